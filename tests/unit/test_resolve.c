#include "net/resolve.h"

#include <errno.h>
#include <netdb.h>
#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "support/names.h"
#include "support/table.h"

#define PORT 8080

/* The addresses in order, with a space between; each must have PORT. */
static void check_addresses(const struct addresses *found, const char *expected)
{
	char all[LIMIT_ADDRESSES * ADDRESS_TEXT] = "", text[ADDRESS_TEXT];
	uint16_t port;
	size_t n = 0;

	for (size_t i = 0; i < found->n; i++) {
		address_text(&found->items[i], text, &port);
		assert_int_equal(port, PORT);
		n += (size_t)snprintf(
			all + n, sizeof(all) - n, "%s%s", i ? " " : "", text);
	}
	assert_string_equal(all, expected);
}

struct silent_case {
	const char *name;
	const char *host;
	int family;
	const char *addresses; /* NULL: -ERR_RESOLVE with `words` */
	const char *words;
};

static const struct silent_case silent[] = {
	{ "IPv4", "192.0.2.7", AF_UNSPEC, "192.0.2.7", NULL },
	{ "IPv4 with -4", "192.0.2.7", AF_INET, "192.0.2.7", NULL },
	{ "IPv4 with -6", "192.0.2.7", AF_INET6, NULL,
		"Could not resolve host: 192.0.2.7 (an IPv4 address, and only "
		"IPv6 may be used)" },
	{ "IPv6", "2001:db8::1", AF_UNSPEC, "2001:db8::1", NULL },
	{ "IPv6 with -6", "::1", AF_INET6, "::1", NULL },
	{ "IPv6 with -4", "::1", AF_INET, NULL,
		"Could not resolve host: ::1 (an IPv6 address, and only IPv4 "
		"may be used)" },
	{ "IPv6 is printed in its short form", "2001:DB8:0:0:0:0:0:1",
		AF_UNSPEC, "2001:db8::1", NULL },
	{ "IPv4 in IPv6", "::ffff:192.0.2.7", AF_UNSPEC, "::ffff:192.0.2.7",
		NULL },
	{ "the longest IPv6", "1111:2222:3333:4444:5555:6666:255.255.255.255",
		AF_UNSPEC, "1111:2222:3333:4444:5555:6666:ffff:ffff", NULL },
	{ "a zone by name", "fe80::1%lo", AF_UNSPEC, "fe80::1%lo", NULL },
	{ "a zone by number", "fe80::1%1", AF_UNSPEC, "fe80::1%lo", NULL },
	{ "a zone number without an interface", "fe80::1%4000000000", AF_UNSPEC,
		"fe80::1%4000000000", NULL },
	{ "a zone that does not exist", "fe80::1%nosuch0", AF_UNSPEC, NULL,
		"Could not resolve host: fe80::1%nosuch0 (no network interface "
		"has that zone)" },
	{ "an empty zone", "fe80::1%", AF_UNSPEC, NULL, "has that zone" },
	{ "zone 0", "fe80::1%0", AF_UNSPEC, NULL, "has that zone" },
	{ "a zone with -4", "fe80::1%lo", AF_INET, NULL, "only IPv4" },
	{ "localhost", "localhost", AF_UNSPEC, "::1 127.0.0.1", NULL },
	{ "localhost with -4", "localhost", AF_INET, "127.0.0.1", NULL },
	{ "localhost with -6", "localhost", AF_INET6, "::1", NULL },
	{ "localhost in capitals", "LocalHost", AF_UNSPEC, "::1 127.0.0.1",
		NULL },
	{ "localhost with a final dot", "localhost.", AF_UNSPEC,
		"::1 127.0.0.1", NULL },
	{ "below localhost", "a.b.localhost", AF_UNSPEC, "::1 127.0.0.1",
		NULL },
	{ "below localhost with a final dot", "a.localhost.", AF_UNSPEC,
		"::1 127.0.0.1", NULL },
};

static void test_silent(const void *row)
{
	const struct silent_case *c = row;
	size_t size = strlen(c->host) + 1;
	char *host = exact_copy(c->host, size);
	struct error e = { 0 };
	struct addresses found;
	int result;

	names_set(NULL);
	result = resolve(&found, host, PORT, c->family, deadline_in(5000), &e);
	free(host);
	if (c->addresses) {
		assert_int_equal(result, 0);
		check_addresses(&found, c->addresses);
		return;
	}
	assert_int_equal(result, -ERR_RESOLVE);
	assert_int_equal(e.code, ERR_RESOLVE);
	assert_non_null(strstr(e.text, c->words));
	assert_int_equal(found.n, 0);
}

struct asking_case {
	const char *name;
	const char *host;
	int family;
	struct names_answer answer;
	int questions;
	const char *addresses; /* NULL: -ERR_RESOLVE with exactly `words` */
	const char *words;
};

#define EIGHT(a) a " " a " " a " " a " " a " " a " " a " " a

static const struct asking_case asking[] = {
	{ "one address", "example.test", AF_UNSPEC,
		{ .addresses = "192.0.2.1" }, 1, "192.0.2.1", NULL },
	{ "the order is kept", "example.test", AF_UNSPEC,
		{ .addresses = "192.0.2.1 2001:db8::1 192.0.2.2" }, 1,
		"192.0.2.1 2001:db8::1 192.0.2.2", NULL },
	{ "-4", "example.test", AF_INET,
		{ .addresses = "2001:db8::1 192.0.2.1" }, 1, "192.0.2.1",
		NULL },
	{ "-6", "example.test", AF_INET6,
		{ .addresses = "192.0.2.1 2001:db8::1" }, 1, "2001:db8::1",
		NULL },
	{ "not quite localhost", "notlocalhost", AF_UNSPEC,
		{ .addresses = "192.0.2.1" }, 1, "192.0.2.1", NULL },
	{ "localhost is not the last label", "localhost.test", AF_UNSPEC,
		{ .addresses = "192.0.2.1" }, 1, "192.0.2.1", NULL },
	{ "not quite an address", "192.0.2.1.5", AF_UNSPEC,
		{ .addresses = "192.0.2.1" }, 1, "192.0.2.1", NULL },
	{ "a family that only loopback has", "example.test", AF_UNSPEC,
		{ .addresses = "::1", .flagged = EAI_NONAME }, 2, "::1", NULL },
	{ "more addresses than are tried", "example.test", AF_UNSPEC,
		{ .addresses = EIGHT(EIGHT("192.0.2.1")) " 192.0.2.2" }, 1,
		EIGHT(EIGHT("192.0.2.1")), NULL },
	{ "no such name", "nosuch.test", AF_UNSPEC, { .result = EAI_NONAME }, 2,
		NULL, "Could not resolve host: nosuch.test" },
	{ "no answer from the name server", "slow.test", AF_UNSPEC,
		{ .result = EAI_AGAIN }, 1, NULL,
		"Could not resolve host: slow.test (Temporary failure in name "
		"resolution)" },
	{ "a system error", "broken.test", AF_UNSPEC,
		{ .result = EAI_SYSTEM, .system_errno = EMFILE }, 1, NULL,
		"Could not resolve host: broken.test (Too many open files)" },
	{ "an empty answer", "empty.test", AF_UNSPEC, { .addresses = "" }, 1,
		NULL,
		"Could not resolve host: empty.test (no address of a family "
		"that may be used)" },
};

static void test_asking(const void *row)
{
	const struct asking_case *c = row;
	struct error e = { 0 };
	struct addresses found;
	int result;

	names_set(&c->answer);
	result = resolve(&found, c->host, PORT, c->family, DEADLINE_NONE, &e);
	assert_int_equal(names_asked(), c->questions);
	if (c->addresses) {
		assert_int_equal(result, 0);
		check_addresses(&found, c->addresses);
		return;
	}
	assert_int_equal(result, -ERR_RESOLVE);
	assert_string_equal(e.text, c->words);
}

struct memory_case {
	const char *name;
	struct names_answer answer;
};

static const struct memory_case memories[] = {
	{ "the resolver's", { .result = EAI_MEMORY } },
	{ "the system's", { .result = EAI_SYSTEM, .system_errno = ENOMEM } },
};

static void test_memory(const void *row)
{
	const struct memory_case *c = row;
	struct error e = { 0 };
	struct addresses found;

	names_set(&c->answer);
	assert_int_equal(resolve(&found, "example.test", PORT, AF_UNSPEC,
				 DEADLINE_NONE, &e),
		-ERR_OUT_OF_MEMORY);
	assert_int_equal(e.code, ERR_OUT_OF_MEMORY);
}

struct slow_case {
	const char *name;
	int delay_ms, timeout_ms; /* timeout -1: a deadline in the past */
	int result;
};

static const struct slow_case slow[] = {
	{ "in time", 30, 5000, 0 },
	{ "too late", 400, 30, -ERR_TIMEOUT },
	{ "a deadline in the past", 300, -1, -ERR_TIMEOUT },
};

/* Also shows that the thread left behind goes on and frees what it holds: the
 * sanitizers see to that. */
static void test_slow(const void *row)
{
	static struct names_answer answer;
	const struct slow_case *c = row;
	int64_t start = clock_now();
	int64_t deadline = start + (int64_t)c->timeout_ms * 1000;
	struct error e = { 0 };
	struct addresses found;

	answer = (struct names_answer){ .addresses = "192.0.2.1",
		.delay_ms = c->delay_ms };
	names_set(&answer);
	assert_int_equal(
		resolve(&found, "slow.test", PORT, AF_UNSPEC, deadline, &e),
		c->result);
	if (c->result == -ERR_TIMEOUT) {
		assert_int_equal(names_answered(), 0);
		assert_true(clock_now() >= deadline);
		assert_int_equal(
			strncmp(e.text, "Resolving timed out after ", 26), 0);
		assert_non_null(strstr(e.text, " milliseconds: slow.test"));
	}
	while (names_answered() == 0)
		usleep(1000);
	usleep(20000);
}

static void test_text_unknown(const void *row)
{
	struct address a = { .n = 0 };
	char text[ADDRESS_TEXT] = "x";
	uint16_t port = 1;

	(void)row;
	address_text(&a, text, &port);
	assert_string_equal(text, "");
	assert_int_equal(port, 0);
	address_text(&a, text, NULL);
}

int main(void)
{
	static const struct table tables[] = {
		TABLE("resolve without asking", silent, test_silent),
		TABLE("resolve", asking, test_asking),
		TABLE("resolve: no memory", memories, test_memory),
		TABLE("resolve in time", slow, test_slow),
		SINGLE("address_text: no family", test_text_unknown),
	};

	return table_run("resolve", tables, sizeof(tables) / sizeof(tables[0]));
}
