#include "net/route.h"

#include "support/table.h"

/* --- --connect-to */

struct parse_row {
	const char *name, *text;
	const char *from_host, *to_host;
	int from_port, to_port; /* -1: any */
	const char *words; /* of the error; NULL: none */
};

static const struct parse_row parse_rows[] = {
	{ "all parts", "a:1:b:2", "a", "b", 1, 2, NULL },
	{ "no parts", ":::", "", "", -1, 0, NULL },
	{ "a place for all", "::b:2", "", "b", -1, 2, NULL },
	{ "another host", "a::b:", "a", "b", -1, 0, NULL },
	{ "another port", ":1::2", "", "", 1, 2, NULL },
	{ "addresses in brackets", "[::1]:1:[2001:db8::1]:2", "::1",
		"2001:db8::1", 1, 2, NULL },
	{ "empty brackets", "[]:1:[]:2", "", "", 1, 2, NULL },
	{ "empty", "", NULL, NULL, 0, 0,
		"expected ':' and PORT1 at byte offset 0 of ''" },
	{ "one part", "a", NULL, NULL, 0, 0,
		"expected ':' and PORT1 at byte offset 1 of 'a'" },
	{ "two parts", "a:1", NULL, NULL, 0, 0,
		"expected ':' and HOST2 at byte offset 3 of 'a:1'" },
	{ "three parts", "a:1:b", "a", "b", 1, 0, NULL },
	{ "three parts with brackets", "::[::1]", "", "::1", -1, 0, NULL },
	{ "text behind the second bracket", "a:1:[::1]x", NULL, NULL, 0, 0,
		"expected ':' and PORT2 at byte offset 9 of 'a:1:[::1]x'" },
	{ "five parts", "a:1:b:2:3", NULL, NULL, 0, 0,
		"expected the end at byte offset 7 of 'a:1:b:2:3'" },
	{ "a host for PORT2", "::a:b", NULL, NULL, 0, 0,
		"expected a port from 1 to 65535 or nothing at byte offset 4 "
		"of '::a:b'" },
	{ "too large a PORT1", "a:65536:b:2", NULL, NULL, 0, 0,
		"expected a port from 1 to 65535 or nothing at byte offset 2 "
		"of 'a:65536:b:2'" },
	{ "port 0", "a:1:b:0", NULL, NULL, 0, 0,
		"expected a port from 1 to 65535 or nothing at byte offset 6 "
		"of 'a:1:b:0'" },
	{ "a bracket that stays open", "a:1:[::1", NULL, NULL, 0, 0,
		"expected ']' at byte offset 8 of 'a:1:[::1'" },
	{ "text behind a bracket", "[::1]x:1:b:2", NULL, NULL, 0, 0,
		"expected ':' and PORT1 at byte offset 5 of '[::1]x:1:b:2'" },
};

static void test_parse(const void *arg)
{
	const struct parse_row *row = arg;
	char *copy = exact_copy(row->text, strlen(row->text) + 1);
	struct detour detour;
	struct error e = { 0 };
	int result = detour_parse(&detour, copy, &e);

	if (row->words) {
		assert_int_equal(result, -ERR_OPTION_SYNTAX);
		assert_string_equal(e.text, row->words);
		assert_string_equal(copy, row->text);
	} else {
		assert_int_equal(result, 0);
		assert_string_equal(detour.from_host, row->from_host);
		assert_string_equal(detour.to_host, row->to_host);
		assert_int_equal(detour.any_port, row->from_port < 0);
		if (row->from_port >= 0)
			assert_int_equal(detour.from_port, row->from_port);
		assert_int_equal(detour.to_port, row->to_port);
	}
	free(copy);
}

/* --- routes */

struct find_row {
	const char *name;
	const char *socket;
	const char *detours[3];
	const char *host;
	uint16_t port;
	const char *to_host; /* NULL: the same */
	uint16_t to_port; /* 0: the same */
};

static const struct find_row find_rows[] = {
	{ "none", NULL, { NULL }, "a", 80, NULL, 0 },
	{ "one that fits", NULL, { "a:80:b:81" }, "a", 80, "b", 81 },
	{ "case", NULL, { "A:80:b:81" }, "a", 80, "b", 81 },
	{ "another host", NULL, { "b:80:c:81" }, "a", 80, NULL, 0 },
	{ "another port", NULL, { "a:81:c:82" }, "a", 80, NULL, 0 },
	{ "any host", NULL, { ":80:c:82" }, "a", 80, "c", 82 },
	{ "any port", NULL, { "a::c:82" }, "a", 80, "c", 82 },
	{ "the same host", NULL, { "a:80::81" }, "a", 80, NULL, 81 },
	{ "the same port", NULL, { "a:80:b:" }, "a", 80, "b", 0 },
	{ "the first that fits", NULL, { "b:80:x:1", "a:80:y:2", "::z:3" }, "a",
		80, "y", 2 },
	{ "to where it would go anyway", NULL, { "::A:80" }, "a", 80, NULL, 0 },
	{ "a socket", "/s", { NULL }, "a", 80, NULL, 0 },
	{ "a socket before all", "/s", { "::b:81" }, "a", 80, NULL, 0 },
};

static void test_find(const void *arg)
{
	const struct find_row *row = arg;
	struct detour detours[3];
	char *texts[3] = { 0 };
	struct route route, plain = { 0 };
	struct error e = { 0 };
	size_t n = 0;

	for (; n < 3 && row->detours[n]; n++) {
		texts[n] = exact_copy(
			row->detours[n], strlen(row->detours[n]) + 1);
		assert_int_equal(detour_parse(&detours[n], texts[n], &e), 0);
	}
	route = route_find(row->socket, detours, n, row->host, row->port);
	assert_true(str_eq(str_of(route.host), str_of(row->to_host)));
	assert_int_equal(route.port, row->to_port);
	assert_ptr_equal(route.socket, row->socket);
	assert_int_equal(route_equal(&route, &plain),
		!row->socket && !row->to_host && !row->to_port);
	assert_true(route_equal(&route, &route));
	for (size_t i = 0; i < n; i++)
		free(texts[i]);
}

int main(void)
{
	static const struct table tables[] = {
		TABLE("detour_parse", parse_rows, test_parse),
		TABLE("route_find", find_rows, test_find),
	};

	return table_run("route", tables, sizeof(tables) / sizeof(tables[0]));
}
