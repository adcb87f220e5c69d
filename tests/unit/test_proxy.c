#include "proxy/proxy.h"

#include "base/buf.h"
#include "support/table.h"

#define TEXT_MAX (64u << 10)

/* "socks5://host:1080 user:password /socket", each of the last two only where
 * it is there. */
static char *describe(const struct proxy *p)
{
	struct buf out;

	buf_init(&out, TEXT_MAX);
	buf_printf(
		&out, "%s://%s:%u", proxy_kind_name(p->kind), p->host, p->port);
	if (p->kind == PROXY_HTTP10)
		buf_add_text(&out, " 1.0");
	if (p->user)
		buf_printf(&out, " %s:%s", p->user, p->password);
	if (p->socket)
		buf_printf(&out, " %s", p->socket);
	return buf_take(&out);
}

static void assert_proxy(const struct proxy *p, const char *expected)
{
	char *text = describe(p);

	assert_string_equal(text, expected);
	free(text);
}

static void assert_none(const struct proxy *p)
{
	assert_null(p->host);
	assert_null(p->socket);
	assert_null(p->user);
	assert_null(p->password);
	assert_int_equal(p->port, 0);
}

struct parse_row {
	const char *name, *text;
	enum proxy_kind otherwise;
	const char *expected; /* as described; of an error, words of it */
	int result;
};

static const struct parse_row parse_rows[] = {
	{ "a host", "h", PROXY_HTTP, "http://h:1080", 0 },
	{ "a host and a port", "h:80", PROXY_HTTP, "http://h:80", 0 },
	{ "an empty port", "h:", PROXY_HTTP, "http://h:1080", 0 },
	{ "port 0", "h:0", PROXY_HTTP, "http://h:0", 0 },
	{ "capitals", "HTTP://A.Test:1", PROXY_HTTP, "http://a.test:1", 0 },
	{ "http", "http://h", PROXY_SOCKS5, "http://h:1080", 0 },
	{ "https", "https://h", PROXY_HTTP, "https://h:443", 0 },
	{ "https and a port", "https://h:1", PROXY_HTTP, "https://h:1", 0 },
	{ "without a scheme", "h", PROXY_HTTPS, "https://h:443", 0 },
	{ "socks4", "socks4://h", PROXY_HTTP, "socks4://h:1080", 0 },
	{ "socks4a", "socks4a://h", PROXY_HTTP, "socks4a://h:1080", 0 },
	{ "socks5", "socks5://h", PROXY_HTTP, "socks5://h:1080", 0 },
	{ "socks5h", "socks5h://h", PROXY_HTTP, "socks5h://h:1080", 0 },
	{ "socks", "socks://h", PROXY_HTTP, "socks4://h:1080", 0 },
	{ "without a scheme, SOCKS", "h:1", PROXY_SOCKS5H, "socks5h://h:1", 0 },
	{ "HTTP/1.0", "h", PROXY_HTTP10, "http://h:1080 1.0", 0 },
	{ "HTTP/1.0 and http", "http://h", PROXY_HTTP10, "http://h:1080 1.0",
		0 },
	{ "HTTP/1.0 and https", "https://h", PROXY_HTTP10, "https://h:443", 0 },
	{ "HTTP/1.0 and SOCKS", "socks5://h", PROXY_HTTP10, "socks5://h:1080",
		0 },
	{ "a path", "http://h:8080/123", PROXY_HTTP, "http://h:8080", 0 },
	{ "a query", "h:8080?a@b", PROXY_HTTP, "http://h:8080", 0 },
	{ "a fragment", "http://h#:1", PROXY_HTTP, "http://h:1080", 0 },
	{ "one slash", "http:/h:9", PROXY_HTTP, "http://h:9", 0 },
	{ "a user", "http://f%61ke@h:1", PROXY_HTTP, "http://h:1 fake:", 0 },
	{ "a user and a password", "u:p@h:1", PROXY_HTTP, "http://h:1 u:p", 0 },
	{ "encoded", "http://a%40:b%3ac%2f@h", PROXY_HTTP,
		"http://h:1080 a@:b:c/", 0 },
	{ "colons in a password", "u:p:q@h", PROXY_HTTP, "http://h:1080 u:p:q",
		0 },
	{ "an empty user", "@h", PROXY_HTTP, "http://h:1080 :", 0 },
	{ "a password alone", ":p@h", PROXY_HTTP, "http://h:1080 :p", 0 },
	{ "IPv4", "127.0.0.1:1", PROXY_HTTP, "http://127.0.0.1:1", 0 },
	{ "short IPv4", "127.1", PROXY_HTTP, "http://127.0.0.1:1080", 0 },
	{ "IPv6", "[::1]:1", PROXY_HTTP, "http://::1:1", 0 },
	{ "IPv6 with a zone", "socks5://[FE80::1%25lo]:9", PROXY_HTTP,
		"socks5://fe80::1%lo:9", 0 },
	{ "IPv6 with a bare zone", "[fe80::1%lo]", PROXY_HTTP,
		"http://fe80::1%lo:1080", 0 },
	{ "a socket", "socks5h://localhost/a/b.sock", PROXY_HTTP,
		"socks5h://localhost:1080 /a/b.sock", 0 },
	{ "a socket without a scheme", "localhost/a", PROXY_SOCKS4,
		"socks4://localhost:1080 /a", 0 },
	{ "a socket with dots", "socks4a://LOCALHOST/a/../b", PROXY_HTTP,
		"socks4a://localhost:1080 /a/../b", 0 },
	{ "a socket, encoded", "socks5://localhost/a%20%2f", PROXY_HTTP,
		"socks5://localhost:1080 /a /", 0 },
	{ "a socket and a user", "socks5://u:p@localhost/a", PROXY_HTTP,
		"socks5://localhost:1080 u:p /a", 0 },
	{ "a socket's root", "socks5://localhost/", PROXY_HTTP,
		"socks5://localhost:1080", 0 },
	{ "no socket of HTTP", "http://localhost/a", PROXY_HTTP,
		"http://localhost:1080", 0 },
	{ "no socket of another host", "socks5://h/a", PROXY_HTTP,
		"socks5://h:1080", 0 },

	{ "another scheme", "ftp://h", PROXY_HTTP, "\"ftp\" is none of",
		-ERR_UNSUPPORTED_PROTOCOL },
	{ "a Unix socket's scheme", "unix:///a", PROXY_HTTP,
		"\"unix\" is none of", -ERR_UNSUPPORTED_PROTOCOL },
	{ "empty", "", PROXY_HTTP, "in --here: No host part",
		-ERR_RESOLVE_PROXY },
	{ "a blank", " ", PROXY_HTTP, "byte 0x20 at byte offset 0",
		-ERR_RESOLVE_PROXY },
	{ "no host", "http://:80", PROXY_HTTP, "No host part",
		-ERR_RESOLVE_PROXY },
	{ "no slash", "http:h:9", PROXY_HTTP, "Port number was not",
		-ERR_RESOLVE_PROXY },
	{ "a port too high", "h:65536", PROXY_HTTP,
		"\"65536\" at byte offset 2", -ERR_RESOLVE_PROXY },
	{ "a port that is none", "h:1x", PROXY_HTTP, "Port number was not",
		-ERR_RESOLVE_PROXY },
	{ "no brackets", "::1", PROXY_HTTP, "No host part",
		-ERR_RESOLVE_PROXY },
	{ "open brackets", "[::1", PROXY_HTTP, "Bad IPv6 address",
		-ERR_RESOLVE_PROXY },
	{ "a bad host", "u:secret@a^b", PROXY_HTTP, "Bad hostname: '^'",
		-ERR_RESOLVE_PROXY },
	{ "a line end", "h\n", PROXY_HTTP, "byte 0x0a", -ERR_RESOLVE_PROXY },
	{ "NUL in a user", "u%00:secret@h", PROXY_HTTP, "Bad user",
		-ERR_RESOLVE_PROXY },
	{ "NUL in a password", "u:secret%00@h", PROXY_HTTP, "Bad password",
		-ERR_RESOLVE_PROXY },
	{ "NUL in a socket", "socks5://localhost/a%00b", PROXY_HTTP,
		"has a NUL", -ERR_RESOLVE_PROXY },
	{ "a slash in a password", "http://u:secret/x@h", PROXY_HTTP,
		"is written as %2f", -ERR_RESOLVE_PROXY },
	{ "a slash first in a password", "u:/secret@h", PROXY_HTTP,
		"\"u\" is none of", -ERR_UNSUPPORTED_PROTOCOL },
	{ "a query in a password", "u:secret?x@h", PROXY_HTTP,
		"is written as %2f", -ERR_RESOLVE_PROXY },
	{ "a fragment in a password", "socks5://u:secret#x@h", PROXY_HTTP,
		"is written as %2f", -ERR_RESOLVE_PROXY },
	{ "one slash and one in a password", "http:/u:secret/x@h", PROXY_HTTP,
		"is written as %2f", -ERR_RESOLVE_PROXY },
	{ "an at in a password", "u:sec@ret@h", PROXY_HTTP, "Bad login part",
		-ERR_RESOLVE_PROXY },
};

static void test_parse(const void *data)
{
	const struct parse_row *row = data;
	size_t n = strlen(row->text);
	char *text = exact_copy(row->text, n);
	struct error e = { 0 };
	struct proxy p;
	int result = proxy_parse(
		&p, (struct str){ text, n }, row->otherwise, "--here", &e);

	/* It keeps nothing of the text. */
	memset(text, 'x', n);
	free(text);
	assert_int_equal(result, row->result);
	if (result == 0) {
		assert_proxy(&p, row->expected);
		proxy_fini(&p);
	} else {
		assert_int_equal(e.code, -result);
		assert_non_null(strstr(e.text, row->expected));
		assert_non_null(strstr(e.text, "--here"));
		assert_null(strstr(e.text, "secret"));
	}
	assert_none(&p);
}

/* Whatever is cut off, it is a proxy or an error with words. */
static void test_parse_cut(const void *data)
{
	const struct parse_row *row = data;

	for (size_t n = 0; n <= strlen(row->text); n++) {
		char *text = exact_copy(row->text, n);
		struct error e = { 0 };
		struct proxy p;
		int result = proxy_parse(&p, (struct str){ text, n },
			row->otherwise, "--here", &e);

		assert_int_equal(result, -e.code);
		assert_true(result == 0 ? p.host != NULL : *e.text != '\0');
		/* What no '@' follows is no password. */
		if (memchr(text, '@', n))
			assert_null(strstr(e.text, "secret"));
		proxy_fini(&p);
		free(text);
	}
}

static void parse(struct proxy *p, const char *text)
{
	assert_int_equal(
		proxy_parse(p, str_of(text), PROXY_HTTP, "a test", NULL), 0);
}

static void test_copy(const void *data)
{
	const struct parse_row *row = data;
	struct proxy p, copy;

	if (row->result < 0)
		return;
	assert_int_equal(proxy_parse(&p, str_of(row->text), row->otherwise,
				 "a test", NULL),
		0);
	assert_int_equal(proxy_copy(&copy, &p, NULL), 0);
	assert_true(proxy_equal(&p, &copy));
	proxy_fini(&p);
	assert_proxy(&copy, row->expected);
	proxy_fini(&copy);
}

struct equal_row {
	const char *name, *a, *b;
	bool expected;
};

static const struct equal_row equal_rows[] = {
	{ "the same", "http://u:p@h:1", "HTTP://u:p@H:1", true },
	{ "a default", "h", "http://h:1080", true },
	{ "kinds", "socks5://h", "socks5h://h", false },
	{ "hosts", "h", "i", false },
	{ "ports", "h:1", "h:2", false },
	{ "users", "u:p@h", "v:p@h", false },
	{ "passwords", "u:p@h", "u:q@h", false },
	{ "a user and none", "@h", "h", false },
	{ "a password and an empty one", "u:p@h", "u@h", false },
	{ "sockets", "socks5://localhost/a", "socks5://localhost/b", false },
	{ "a socket and none", "socks5://localhost/a", "socks5://localhost/",
		false },
};

static void test_equal(const void *data)
{
	const struct equal_row *row = data;
	struct proxy a, b;

	parse(&a, row->a);
	parse(&b, row->b);
	assert_int_equal(proxy_equal(&a, &b), row->expected);
	assert_int_equal(proxy_equal(&b, &a), row->expected);
	assert_true(proxy_equal(&a, &a));
	assert_false(proxy_equal(&a, NULL));
	assert_false(proxy_equal(NULL, &a));
	assert_true(proxy_equal(NULL, NULL));
	proxy_fini(&a);
	proxy_fini(&b);
}

struct kind_row {
	const char *name, *text;
	bool socks;
};

static const struct kind_row kind_rows[] = {
	{ "http", "http://h", false },
	{ "https", "https://h", false },
	{ "socks4", "socks4://h", true },
	{ "socks4a", "socks4a://h", true },
	{ "socks5", "socks5://h", true },
	{ "socks5h", "socks5h://h", true },
};

static void test_kind(const void *data)
{
	const struct kind_row *row = data;
	struct proxy p;

	parse(&p, row->text);
	assert_string_equal(proxy_kind_name(p.kind), row->name);
	assert_int_equal(proxy_is_socks(&p), row->socks);
	proxy_fini(&p);
}

struct choose_row {
	const char *name, *url;
	struct proxy_choice choice;
	const char *expected; /* NULL: none; of an error, words of it */
	int result; /* unless it is 0 or 1 */
};

#define ALL_THREE                                                           \
	.http = "h", .https = "s", .https_name = "https_proxy", .all = "a", \
	.all_name = "all_proxy"

static const struct choose_row choose_rows[] = {
	{ "nothing", "http://x", { 0 }, NULL, 0 },
	{ "an option", "http://x", { .text = "p", .option = "-x" },
		"http://p:1080", 0 },
	{ "the kind of an option", "http://x",
		{ .text = "p", .option = "-x", .kind = PROXY_SOCKS4A },
		"socks4a://p:1080", 0 },
	{ "an option and the environment", "https://x",
		{ .text = "p", .option = "-x", ALL_THREE }, "http://p:1080",
		0 },
	{ "an empty option", "http://x",
		{ .text = "", .option = "-x", ALL_THREE }, NULL, 0 },
	{ "http", "http://x", { ALL_THREE }, "http://h:1080", 0 },
	{ "https", "https://x", { ALL_THREE }, "http://s:1080", 0 },
	{ "another scheme", "tcp://x:1", { ALL_THREE }, "http://a:1080", 0 },
	{ "a Unix socket", "unix:///x", { ALL_THREE }, NULL, 0 },
	{ "only all, http", "http://x", { .all = "a", .all_name = "ALL_PROXY" },
		"http://a:1080", 0 },
	{ "only all, https", "https://x",
		{ .all = "socks5h://u:p@a", .all_name = "ALL_PROXY" },
		"socks5h://a:1080 u:p", 0 },
	{ "only http, for https", "https://x", { .http = "h" }, NULL, 0 },
	{ "only https, for http", "http://x",
		{ .https = "s", .https_name = "https_proxy" }, NULL, 0 },
	{ "an empty variable", "http://x",
		{ .http = "", .all = "a", .all_name = "all_proxy" },
		"http://a:1080", 0 },
	{ "all are empty", "https://x", { .http = "", .https = "", .all = "" },
		NULL, 0 },
	/* The kind is one of the option. */
	{ "the kind of a variable", "http://x",
		{ .kind = PROXY_SOCKS5, .http = "h" }, "http://h:1080", 0 },
	{ "an exception to an option", "http://x",
		{ .text = "p", .option = "-x", .except = "x" }, NULL, 0 },
	{ "an exception to a variable", "http://x",
		{ ALL_THREE, .except = "x" }, NULL, 0 },
	{ "an exception of another host", "http://x",
		{ ALL_THREE, .except = "y" }, "http://h:1080", 0 },
	{ "no exception", "http://x", { ALL_THREE, .except = "" },
		"http://h:1080", 0 },
	{ "an exception and no proxy at all", "http://x",
		{ .text = "bad://p", .option = "-x", .except = "*" }, NULL, 0 },
	{ "an address", "http://[::0:1]/",
		{ .text = "p", .option = "-x", .except = "::1" }, NULL, 0 },
	{ "an option that is none", "http://x",
		{ .text = "p:x", .option = "--preproxy" },
		"in --preproxy: ", -ERR_RESOLVE_PROXY },
	{ "another scheme's proxy", "http://x",
		{ .text = "bad://p", .option = "--proxy" },
		"in --proxy: ", -ERR_UNSUPPORTED_PROTOCOL },
	{ "a bad http_proxy", "http://x", { .http = "p:x" },
		"in the environment variable http_proxy: ",
		-ERR_RESOLVE_PROXY },
	{ "a bad HTTPS_PROXY", "https://x",
		{ .https = "p:x", .https_name = "HTTPS_PROXY" },
		"in the environment variable HTTPS_PROXY: ",
		-ERR_RESOLVE_PROXY },
	{ "a bad all_proxy", "https://x",
		{ .all = "p:x", .all_name = "all_proxy" },
		"in the environment variable all_proxy: ", -ERR_RESOLVE_PROXY },
};

static void test_choose(const void *data)
{
	const struct choose_row *row = data;
	struct error e = { 0 };
	struct proxy p;
	struct url url;
	int result;

	assert_int_equal(url_parse(&url, str_of(row->url), NULL, &e), 0);
	result = proxy_choose(&p, &row->choice, &url, &e);
	url_fini(&url);
	if (row->result < 0) {
		assert_int_equal(result, row->result);
		assert_non_null(strstr(e.text, row->expected));
	} else {
		assert_int_equal(result, row->expected != NULL);
		if (result)
			assert_proxy(&p, row->expected);
	}
	proxy_fini(&p);
	assert_none(&p);
}

struct except_row {
	const char *name, *list, *host;
	bool expected;
};

static const struct except_row except_rows[] = {
	{ "no list", NULL, "a.test", false },
	{ "an empty list", "", "a.test", false },
	{ "separators alone", " ,, \t,", "a.test", false },
	{ "itself", "a.test", "a.test", true },
	{ "below", "a.test", "www.a.test", true },
	{ "far below", "a.test", "b.c.d.a.test", true },
	{ "no label of its own", "a.test", "xa.test", false },
	{ "above", "www.a.test", "a.test", false },
	{ "the first part", "a", "a.test", false },
	{ "a leading dot", ".a.test", "a.test", true },
	{ "a leading dot and below", ".a.test", "b.a.test", true },
	{ "two leading dots", "..a.test", "b.a.test", false },
	{ "a dot alone", ".", "a.test", false },
	{ "a dot alone and a dot at the end", ".", "a.test.", false },
	{ "a dot at the end of the entry", "a.test.", "b.a.test", true },
	{ "a dot at the end of the host", "a.test", "b.a.test.", true },
	{ "dots at both ends", ".a.test.", "a.test.", true },
	{ "case", "A.tESt", "a.Test", true },
	{ "the second of two", "b.test,a.test", "a.test", true },
	{ "the second behind a space", "b.test a.test", "a.test", true },
	{ "the second behind a tab", "b.test\ta.test", "a.test", true },
	{ "many separators", " ,, b.test , a.test ,", "a.test", true },
	{ "none of three", "b.test, c.test d.test", "a.test", false },
	{ "a semicolon", "b.test;a.test", "a.test", false },
	{ "a port", "a.test:80", "a.test", false },
	{ "everything", "*", "a.test", true },
	{ "everything, addresses too", "*", "::1", true },
	{ "everything between blanks", " * ", "a.test", true },
	{ "an asterisk among others", "b.test,*", "a.test", false },
	{ "an asterisk as a label", "*.a.test", "b.a.test", false },

	{ "an IPv4 address", "192.0.2.1", "192.0.2.1", true },
	{ "another one", "192.0.2.1", "192.0.2.2", false },
	{ "the end of one", "0.2.1", "192.0.2.1", false },
	{ "the number at its end", "1", "192.0.2.1", false },
	{ "an IPv4 address with a port", "192.0.2.1:80", "192.0.2.1", false },
	{ "a network", "192.0.2.0/24", "192.0.2.255", true },
	{ "a network, its last bits set", "192.0.2.77/24", "192.0.2.1", true },
	{ "beside a network", "192.0.2.0/24", "192.0.3.0", false },
	{ "a network of 9 bits", "10.128.0.0/9", "10.129.0.1", true },
	{ "beside one of 9 bits", "10.128.0.0/9", "10.127.0.1", false },
	{ "a network of 31 bits", "192.0.2.2/31", "192.0.2.3", true },
	{ "beside one of 31 bits", "192.0.2.2/31", "192.0.2.4", false },
	{ "a network of 32 bits", "192.0.2.1/32", "192.0.2.1", true },
	{ "beside one of 32 bits", "192.0.2.1/32", "192.0.2.0", false },
	{ "a network of 0 bits", "0.0.0.0/0", "192.0.2.1", true },
	{ "33 bits", "192.0.2.1/33", "192.0.2.1", false },
	{ "no bits", "192.0.2.1/", "192.0.2.1", false },
	{ "bits that are none", "192.0.2.1/a", "192.0.2.1", false },
	{ "negative bits", "192.0.2.1/-1", "192.0.2.1", false },
	{ "bits twice", "192.0.2.1/32/32", "192.0.2.1", false },
	{ "a network of names", "a.test/8", "a.test", false },
	{ "a name in a network", "0.0.0.0/0", "a.test", false },

	{ "an IPv6 address", "2001:db8::1", "2001:db8::1", true },
	{ "spelled otherwise", "2001:0DB8:0::1", "2001:db8::1", true },
	{ "in brackets", "[2001:db8::1]", "2001:db8::1", true },
	{ "in half of them", "[2001:db8::1", "2001:db8::1", false },
	{ "brackets alone", "[]", "2001:db8::1", false },
	{ "another address", "2001:db8::1", "2001:db8::2", false },
	{ "with a zone", "fe80::1", "fe80::1%eth0", true },
	{ "with a zone in the list", "[fe80::1%eth0]", "fe80::1", true },
	{ "a network of IPv6", "2001:db8::/32", "2001:db8:1::", true },
	{ "beside it", "2001:db8::/32", "2001:db9::", false },
	{ "brackets and bits", "[2001:db8::]/33", "2001:db8:7fff::1", true },
	{ "beside those", "[2001:db8::]/33", "2001:db8:8000::1", false },
	{ "128 bits", "::1/128", "::1", true },
	{ "129 bits", "::1/129", "::1", false },
	{ "127 bits", "::2/127", "::3", true },
	{ "all of IPv6", "::/0", "2001:db8::1", true },
	{ "all of IPv6 for IPv4", "::/0", "192.0.2.1", false },
	{ "all of IPv4 for IPv6", "0.0.0.0/0", "2001:db8::1", false },
};

static void test_except(const void *data)
{
	const struct except_row *row = data;
	size_t n = strlen(row->host);
	char *host = exact_copy(row->host, n);
	char *list = row->list ? exact_copy(row->list, strlen(row->list) + 1)
			       : NULL;

	assert_int_equal(
		proxy_excepts(list, (struct str){ host, n }), row->expected);
	free(host);
	free(list);
}

int main(void)
{
	static const struct table tables[] = {
		TABLE("proxy_parse", parse_rows, test_parse),
		TABLE("proxy_parse, cut", parse_rows, test_parse_cut),
		TABLE("proxy_copy", parse_rows, test_copy),
		TABLE("proxy_equal", equal_rows, test_equal),
		TABLE("proxy_kind_name", kind_rows, test_kind),
		TABLE("proxy_choose", choose_rows, test_choose),
		TABLE("proxy_excepts", except_rows, test_except),
	};

	return table_run("proxy", tables, sizeof(tables) / sizeof(tables[0]));
}
