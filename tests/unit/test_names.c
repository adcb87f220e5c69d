#include "net/names.h"

#include <stdio.h>

#include "support/table.h"

#define MINUTE (60 * (int64_t)1000000)

/* --- entries that are found, or not */

struct find_row {
	const char *name;
	const char *texts[4];
	const char *host;
	uint16_t port;
	int64_t now;
	const char *found; /* "address:port ..." or NULL */
};

static const struct find_row find_rows[] = {
	{ "an address", { "a.test:80:192.0.2.1" }, "a.test", 80, 0,
		"192.0.2.1:80" },
	{ "several addresses", { "a.test:80:192.0.2.1,[2001:db8::1],::1" },
		"a.test", 80, 0, "192.0.2.1:80 2001:db8::1:80 ::1:80" },
	{ "another host", { "a.test:80:192.0.2.1" }, "b.test", 80, 0, NULL },
	{ "another port", { "a.test:80:192.0.2.1" }, "a.test", 81, 0, NULL },
	{ "case", { "A.tesT:80:192.0.2.1" }, "a.TEST", 80, 0, "192.0.2.1:80" },
	{ "a dot at the end of the entry", { "a.test.:80:192.0.2.1" }, "a.test",
		80, 0, "192.0.2.1:80" },
	{ "a dot at the end of the host", { "a.test:80:192.0.2.1" }, "a.test.",
		80, 0, "192.0.2.1:80" },
	{ "any host", { "*:80:192.0.2.1" }, "a.test", 80, 0, "192.0.2.1:80" },
	{ "any host, another port", { "*:80:192.0.2.1" }, "a.test", 81, 0,
		NULL },
	{ "any host comes last", { "*:80:192.0.2.1", "a.test:80:192.0.2.2" },
		"a.test", 80, 0, "192.0.2.2:80" },
	{ "a literal", { "[::1]:80:192.0.2.1" }, "::1", 80, 0, "192.0.2.1:80" },
	{ "the last one counts",
		{ "a.test:80:192.0.2.1", "a.test:80:192.0.2.2" }, "a.test", 80,
		0, "192.0.2.2:80" },
	{ "taken out", { "a.test:80:192.0.2.1", "-A.test:80" }, "a.test", 80, 0,
		NULL },
	{ "one of two taken out",
		{ "a.test:80:192.0.2.1", "b.test:80:192.0.2.2", "-a.test:80" },
		"b.test", 80, 0, "192.0.2.2:80" },
	{ "taken out with an address behind",
		{ "a.test:80:192.0.2.1", "-a.test:80:192.0.2.1" }, "a.test", 80,
		0, NULL },
	{ "taken out although it is not there", { "-a.test:80" }, "a.test", 80,
		0, NULL },
	{ "taken out at another port", { "a.test:80:192.0.2.1", "-a.test:81" },
		"a.test", 80, 0, "192.0.2.1:80" },
	{ "for a minute", { "+a.test:80:192.0.2.1" }, "a.test", 80, MINUTE - 1,
		"192.0.2.1:80" },
	{ "after a minute", { "+a.test:80:192.0.2.1" }, "a.test", 80, MINUTE,
		NULL },
	{ "any host after a minute",
		{ "+a.test:80:192.0.2.1", "*:80:192.0.2.2" }, "a.test", 80,
		MINUTE, "192.0.2.2:80" },
	{ "for ever", { "a.test:80:192.0.2.1" }, "a.test", 80, INT64_MAX - 1,
		"192.0.2.1:80" },
	{ "nothing", { NULL }, "a.test", 80, 0, NULL },
};

static void describe(char text[static 400], const struct addresses *a)
{
	size_t n = 0;

	for (size_t i = 0; i < a->n; i++) {
		char address[ADDRESS_TEXT];
		uint16_t port;

		address_text(&a->items[i], address, &port);
		n += (size_t)snprintf(text + n, 400 - n, "%s%s:%u",
			i ? " " : "", address, port);
	}
}

static void test_find(const void *arg)
{
	const struct find_row *row = arg;
	struct names names = { 0 };
	struct addresses found;
	struct error e = { 0 };
	char text[400] = "";

	for (size_t i = 0; row->texts[i]; i++) {
		size_t n = strlen(row->texts[i]);
		char *copy = exact_copy(row->texts[i], n);

		assert_int_equal(
			names_add(&names, (struct str){ copy, n }, 0, &e), 0);
		free(copy);
	}
	assert_int_equal(
		names_find(&names, row->host, row->port, row->now, &found),
		row->found != NULL);
	if (row->found) {
		describe(text, &found);
		assert_string_equal(text, row->found);
	}
	names_fini(&names);
}

/* --- entries that are refused */

struct bad_row {
	const char *name, *text, *words;
};

static const struct bad_row bad_rows[] = {
	{ "empty", "",
		"expected ':' and a port behind the host at byte offset "
		"0 of ''" },
	{ "no port", "a.test",
		"expected ':' and a port behind the host at byte offset 6 of "
		"'a.test'" },
	{ "no host", ":80:192.0.2.1",
		"expected a host, or * for any at byte offset 0 of "
		"':80:192.0.2.1'" },
	{ "no host behind the sign", "+:80:192.0.2.1",
		"expected a host, or * for any at byte offset 1 of "
		"'+:80:192.0.2.1'" },
	{ "an open bracket", "[::1:80:192.0.2.1",
		"expected a host as [ADDRESS]: at byte offset 0 of "
		"'[::1:80:192.0.2.1'" },
	{ "no number", "a.test:http:192.0.2.1",
		"expected a port from 0 to 65535 at byte offset 7 of "
		"'a.test:http:192.0.2.1'" },
	{ "too large a number", "a:65536:192.0.2.1",
		"expected a port from 0 to 65535 at byte offset 2 of "
		"'a:65536:192.0.2.1'" },
	{ "no address", "a:80",
		"expected ':' and an address behind the port at byte offset 4 "
		"of 'a:80'" },
	{ "an empty address", "a:80:",
		"expected an IPv4 or IPv6 address at byte offset 5 of "
		"'a:80:'" },
	{ "a name for an address", "a:80:192.0.2.1,b",
		"expected an IPv4 or IPv6 address at byte offset 15 of "
		"'a:80:192.0.2.1,b'" },
	{ "an open bracket around an address", "a:80:[::1",
		"expected an IPv4 or IPv6 address at byte offset 5 of "
		"'a:80:[::1'" },
	{ "removal of no port", "-a",
		"expected ':' and a port behind the host at byte offset 2 of "
		"'-a'" },
};

static void test_bad(const void *arg)
{
	const struct bad_row *row = arg;
	size_t n = strlen(row->text);
	char *copy = exact_copy(row->text, n);
	struct names names = { 0 };
	struct error e = { 0 };

	assert_int_equal(names_add(&names, (struct str){ copy, n }, 0, &e),
		-ERR_OPTION_SYNTAX);
	assert_string_equal(e.text, row->words);
	assert_int_equal(names.n, 0);
	names_fini(&names);
	free(copy);
}

/* --- as many addresses as can be tried */

static void test_many(const void *arg)
{
	char text[2000] = "a:80:127.0.0.1";
	struct names names = { 0 };
	struct addresses found;
	struct error e = { 0 };

	(void)arg;
	for (size_t i = 1; i < LIMIT_ADDRESSES; i++)
		strncat(text, ",127.0.0.2", sizeof(text) - strlen(text) - 1);
	assert_int_equal(names_add(&names, str_of(text), 0, &e), 0);
	assert_true(names_find(&names, "a", 80, 0, &found));
	assert_int_equal(found.n, LIMIT_ADDRESSES);
	strncat(text, ",127.0.0.2", sizeof(text) - strlen(text) - 1);
	assert_int_equal(
		names_add(&names, str_of(text), 0, &e), -ERR_OPTION_SYNTAX);
	names_fini(&names);
}

int main(void)
{
	static const struct table tables[] = {
		TABLE("names_find", find_rows, test_find),
		TABLE("names_add: refused", bad_rows, test_bad),
		SINGLE("names_add: many addresses", test_many),
	};

	return table_run("names", tables, sizeof(tables) / sizeof(tables[0]));
}
