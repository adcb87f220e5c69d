#include "talk/endpoint.h"

#include <arpa/inet.h>

#include "support/table.h"

#define PATH_107                                                       \
	"/123456789/123456789/123456789/123456789/123456789/123456789" \
	"/123456789/123456789/123456789/123456789/123456"

struct parse_case {
	const char *name, *url;
	bool listening;
	int code; /* an ERR_ code */
	enum endpoint_kind kind;
	const char *host, *path;
	uint16_t port;
	const char *words; /* of the error */
};

static const struct parse_case parses[] = {
	{ "tcp", "tcp://example.org:9", false, 0, ENDPOINT_TCP, "example.org",
		NULL, 9, NULL },
	{ "an empty path", "tcp://example.org:9/", false, 0, ENDPOINT_TCP,
		"example.org", NULL, 9, NULL },
	{ "letter case", "TCP://Example.ORG:9", false, 0, ENDPOINT_TCP,
		"example.org", NULL, 9, NULL },
	{ "tls", "tls://localhost:443", false, 0, ENDPOINT_TLS, "localhost",
		NULL, 443, NULL },
	{ "udp, IPv4", "udp://127.0.0.1:65535", false, 0, ENDPOINT_UDP,
		"127.0.0.1", NULL, 65535, NULL },
	{ "IPv6", "udp://[::1]:53", false, 0, ENDPOINT_UDP, "::1", NULL, 53,
		NULL },
	{ "IPv6 with a zone", "tcp://[fe80::1%25lo]:53", false, 0, ENDPOINT_TCP,
		"fe80::1%lo", NULL, 53, NULL },
	{ "unix", "unix:///run/a.socket", false, 0, ENDPOINT_UNIX, NULL,
		"/run/a.socket", 0, NULL },
	{ "unix, one slash", "unix:/run/a.socket", false, 0, ENDPOINT_UNIX,
		NULL, "/run/a.socket", 0, NULL },
	{ "unix, abstract", "unix://@name", false, 0, ENDPOINT_UNIX, NULL,
		"@name", 0, NULL },
	{ "unix, encoded", "unix:///a%20b", false, 0, ENDPOINT_UNIX, NULL,
		"/a b", 0, NULL },
	{ "unix, 107 bytes", "unix://" PATH_107, false, 0, ENDPOINT_UNIX, NULL,
		PATH_107, 0, NULL },
	{ "unix, 108 bytes", "unix://" PATH_107 "7", false, ERR_URL_MALFORMED,
		0, NULL, NULL, 0, "has 107 bytes at most, this one has 108" },
	{ "unix, no path", "unix:///", false, ERR_URL_MALFORMED, 0, NULL, NULL,
		0, "write unix:///path or unix://@name" },
	{ "unix, no name", "unix://@", false, ERR_URL_MALFORMED, 0, NULL, NULL,
		0, "no path of a Unix socket" },
	{ "unix, a star", "unix:///x://*:1", true, 0, ENDPOINT_UNIX, NULL,
		"/x://*:1", 0, NULL },
	{ "no port", "tcp://localhost", false, ERR_URL_MALFORMED, 0, NULL, NULL,
		0, "no port; write HOST:PORT: tcp://localhost" },
	{ "an empty port", "tcp://localhost:", false, ERR_URL_MALFORMED, 0,
		NULL, NULL, 0, "no port" },
	{ "port 0", "tcp://localhost:0", false, ERR_URL_MALFORMED, 0, NULL,
		NULL, 0, "port 0 cannot be connected to" },
	{ "port 65536", "tcp://localhost:65536", false, ERR_URL_MALFORMED, 0,
		NULL, NULL, 0, "\"65536\" at byte offset 16" },
	{ "a port that is no number", "udp://localhost:http", false,
		ERR_URL_MALFORMED, 0, NULL, NULL, 0,
		"decimal number between 0 and 65535 at byte offset 16" },
	{ "a path", "tcp://localhost:9/x", false, ERR_URL_MALFORMED, 0, NULL,
		NULL, 0, "a path is of no use here: tcp://localhost:9/x" },
	{ "a query", "tcp://localhost:9/?x", false, ERR_URL_MALFORMED, 0, NULL,
		NULL, 0, "a query is of no use here" },
	{ "a fragment", "tcp://localhost:9#x", false, ERR_URL_MALFORMED, 0,
		NULL, NULL, 0, "a fragment is of no use here" },
	{ "a user", "tcp://me@localhost:9", false, ERR_URL_MALFORMED, 0, NULL,
		NULL, 0, "a user is of no use here" },
	{ "no host", "tcp://:9", false, ERR_URL_MALFORMED, 0, NULL, NULL, 0,
		"No host part" },
	{ "no scheme", "localhost:9", false, ERR_URL_MALFORMED, 0, NULL, NULL,
		0, "no scheme, such as tcp://: localhost:9" },
	{ "another scheme", "ftp://localhost:9", false,
		ERR_UNSUPPORTED_PROTOCOL, 0, NULL, NULL, 0,
		"Protocol \"ftp\" not supported; use tcp://, tls://, udp:// or "
		"unix://" },
	{ "http", "http://localhost:9", false, ERR_UNSUPPORTED_PROTOCOL, 0,
		NULL, NULL, 0, "Protocol \"http\" not supported" },
	{ "a star", "tcp://*:9", false, ERR_URL_MALFORMED, 0, NULL, NULL, 0,
		"Bad hostname: '*' at byte offset 6" },
	{ "listening: http", "http://localhost:9", true, 0, ENDPOINT_HTTP,
		"localhost", NULL, 9, NULL },
	{ "listening: http's own port", "http://localhost", true, 0,
		ENDPOINT_HTTP, "localhost", NULL, 80, NULL },
	{ "listening: https", "https://localhost", true,
		ERR_UNSUPPORTED_PROTOCOL, 0, NULL, NULL, 0,
		"udp://, http:// or unix://" },
	{ "listening: every address", "tcp://*:9", true, 0, ENDPOINT_TCP, "*",
		NULL, 9, NULL },
	{ "listening: every address, a slash", "udp://*:9/", true, 0,
		ENDPOINT_UDP, "*", NULL, 9, NULL },
	{ "listening: every address, no port", "tcp://*", true,
		ERR_URL_MALFORMED, 0, NULL, NULL, 0,
		"no port; write HOST:PORT, "
		"port 0 picks one: tcp://*" },
	{ "listening: every address, a bad port", "tcp://*:x", true,
		ERR_URL_MALFORMED, 0, NULL, NULL, 0,
		"decimal number between 0 and 65535 at byte offset 8" },
	{ "listening: a star in a name", "tcp://*.org:9", true,
		ERR_URL_MALFORMED, 0, NULL, NULL, 0, "Bad hostname: '*'" },
	{ "listening: port 0", "tcp://localhost:0", true, 0, ENDPOINT_TCP,
		"localhost", NULL, 0, NULL },
	{ "empty", "", false, ERR_URL_MALFORMED, 0, NULL, NULL, 0, "" },
};

static void assert_text(const char *got, const char *wanted)
{
	if (wanted)
		assert_string_equal(got, wanted);
	else
		assert_null(got);
}

static void test_parse(const void *row)
{
	const struct parse_case *c = row;
	size_t n = strlen(c->url);
	char *url = exact_copy(c->url, n);
	struct error e = { 0 };
	struct endpoint p;
	int result = endpoint_parse(
		&p, (struct str){ url, n }, c->listening, &e);

	free(url);
	assert_int_equal(result, -c->code);
	if (c->code) {
		assert_int_equal(e.code, c->code);
		assert_non_null(strstr(e.text, c->words));
		return;
	}
	assert_int_equal(p.kind, c->kind);
	assert_text(p.host, c->host);
	assert_text(p.path, c->path);
	assert_int_equal(p.port, c->port);
	endpoint_fini(&p);
	assert_null(p.host);
	assert_null(p.path);
}

struct scheme_case {
	const char *name, *url;
	bool is_ours;
};

static const struct scheme_case scheme_cases[] = {
	{ "tcp", "tcp://h:1", true },
	{ "tls", "tls://h:1", true },
	{ "udp", "UDP://h:1", true },
	{ "unix", "unix:/p", true },
	{ "http", "http://h:1", false },
	{ "a longer scheme", "tcps://h:1", false },
	{ "a host of that name", "tcp:80", false },
	{ "no colon", "tcp", false },
	{ "empty", "", false },
};

static void test_scheme(const void *row)
{
	const struct scheme_case *c = row;
	size_t n = strlen(c->url);
	char *url = exact_copy(c->url, n);

	assert_int_equal(endpoint_scheme((struct str){ url, n }), c->is_ours);
	free(url);
}

struct peer_case {
	const char *name;
	int family;
	const char *address;
	uint16_t port;
	const char *text;
};

static const struct peer_case peers[] = {
	{ "IPv4", AF_INET, "127.0.0.1", 9, "127.0.0.1:9" },
	{ "IPv6", AF_INET6, "::1", 65535, "[::1]:65535" },
	{ "the longest", AF_INET6, "1111:2222:3333:4444:5555:6666:7777:8888",
		65535, "[1111:2222:3333:4444:5555:6666:7777:8888]:65535" },
};

static void test_peer(const void *row)
{
	const struct peer_case *c = row;
	struct address a = { 0 };
	char text[ENDPOINT_PEER];

	a.sa.any.sa_family = (sa_family_t)c->family;
	if (c->family == AF_INET6) {
		assert_int_equal(
			inet_pton(AF_INET6, c->address, &a.sa.v6.sin6_addr), 1);
		a.sa.v6.sin6_port = htons(c->port);
	} else {
		assert_int_equal(
			inet_pton(AF_INET, c->address, &a.sa.v4.sin_addr), 1);
		a.sa.v4.sin_port = htons(c->port);
	}
	endpoint_peer(&a, text);
	assert_string_equal(text, c->text);
}

int main(void)
{
	static const struct table tables[] = {
		TABLE("endpoint_parse", parses, test_parse),
		TABLE("endpoint_scheme", scheme_cases, test_scheme),
		TABLE("endpoint_peer", peers, test_peer),
	};

	return table_run(
		"endpoint", tables, sizeof(tables) / sizeof(tables[0]));
}
