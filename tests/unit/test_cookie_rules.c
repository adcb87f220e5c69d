/* The rules of cookies that need no jar. */
#include "policy/cookie_rules.h"

#include "policy/cookie.h"
#include "support/table.h"

#define NOW INT64_C(1700000000)

static const struct domain_row {
	const char *name, *host;
	bool is_address;
	const char *domain;
	bool matches;
} domain_rows[] = {
	{ "itself", "example.com", false, "example.com", true },
	{ "another case", "Example.com", false, "eXAMPLE.COM", true },
	{ "a subdomain", "www.example.com", false, "example.com", true },
	{ "a deep one", "a.b.c.example.com", false, "example.com", true },
	{ "a suffix that is no domain", "badexample.com", false, "example.com",
		false },
	{ "a domain below", "example.com", false, "www.example.com", false },
	{ "a leading dot", "www.example.com", false, ".example.com", false },
	{ "a trailing dot", "www.example.com", false, "example.com.", false },
	{ "trailing dots", "www.example.com.", false, "example.com.", true },
	{ "nothing", "example.com", false, "", false },
	{ "the end of an address", "127.0.0.1", true, "0.0.1", false },
	{ "an address", "127.0.0.1", true, "127.0.0.1", true },
	{ "an IPv6 address", "::1", true, "::1", true },
};

static void test_domain(const void *data)
{
	const struct domain_row *row = data;

	assert_int_equal(cookie_domain_matches(str_of(row->host),
				 row->is_address, str_of(row->domain)),
		row->matches);
}

static const struct path_row {
	const char *name, *path, *cookie_path;
	bool matches;
} path_rows[] = {
	{ "itself", "/a", "/a", true },
	{ "below", "/a/b", "/a", true },
	{ "below, with a slash at the end", "/a/b", "/a/", true },
	{ "the root", "/a", "/", true },
	{ "a longer name", "/ab", "/a", false },
	{ "above", "/", "/a", false },
	{ "without its slash", "/a", "/a/", false },
	{ "another case", "/A", "/a", false },
	{ "an empty path", "", "/", false },
	{ "no path of a cookie", "/a", "", true },
};

static void test_path(const void *data)
{
	const struct path_row *row = data;

	assert_int_equal(cookie_path_matches(
				 str_of(row->path), str_of(row->cookie_path)),
		row->matches);
}

struct text_row {
	const char *name, *text, *wanted;
};

static const struct text_row default_rows[] = {
	{ "empty", "", "/" },
	{ "the root", "/", "/" },
	{ "one name", "/a", "/" },
	{ "a directory", "/a/", "/a" },
	{ "a file in it", "/a/b", "/a" },
	{ "deeper", "/a/b/c.html", "/a/b" },
	{ "two slashes", "//", "/" },
	{ "no slash in front", "a/b", "/" },
};

static void test_default(const void *data)
{
	const struct text_row *row = data;
	struct str path = cookie_path_default(str_of(row->text));

	assert_true(str_eq(path, str_of(row->wanted)));
}

static const struct text_row clean_rows[] = {
	{ "empty", "", "" },
	{ "the root", "/", "/" },
	{ "a slash at the end", "/a/", "/a" },
	{ "slashes at the end", "/a///", "/a" },
	{ "slashes alone", "///", "/" },
	{ "quoted", "\"/a\"", "" },
	{ "relative", "a/b", "" },
};

static void test_clean(const void *data)
{
	const struct text_row *row = data;
	struct str path = cookie_path_clean(str_of(row->text));

	assert_true(str_eq(path, str_of(row->wanted)));
}

static const struct address_row {
	const char *name, *host;
	bool is;
} address_rows[] = {
	{ "IPv4", "127.0.0.1", true },
	{ "short IPv4", "127.1", true },
	{ "IPv6", "2001:db8::1", true },
	{ "a name", "example.com", false },
	{ "a name that begins so", "127.0.0.1.example", false },
	{ "nothing", "", false },
};

static void test_address(const void *data)
{
	const struct address_row *row = data;

	assert_int_equal(cookie_host_is_address(str_of(row->host)), row->is);
}

static const struct parse_row {
	const char *name, *text;
	int verdict;
	const char *cookie; /* name|value|domain|path|flags|expires */
} parse_rows[] = {
	{ "a pair", "a=b", COOKIE_STORED, "a|b||||" },
	{ "blanks around", " \ta\t = b c \t", COOKIE_STORED, "a|b c||||" },
	{ "an empty value", "a=", COOKIE_STORED, "a|||||" },
	{ "more signs", "a=b=c", COOKIE_STORED, "a|b=c||||" },
	{ "quotes stay", "a=\"b\"", COOKIE_STORED, "a|\"b\"||||" },
	{ "a quoted semicolon ends it", "a=\"b;c\"", COOKIE_STORED,
		"a|\"b||||" },
	{ "UTF-8", "\xc3\xa9=\xe2\x82\xac", COOKIE_STORED,
		"\xc3\xa9|\xe2\x82\xac||||" },
	{ "nothing", "", COOKIE_NO_NAME, NULL },
	{ "a semicolon", ";", COOKIE_NO_NAME, NULL },
	{ "no sign", "a; path=/", COOKIE_NO_NAME, NULL },
	{ "no name", "=b", COOKIE_NO_NAME, NULL },
	{ "a blank name", " =b", COOKIE_NO_NAME, NULL },
	{ "a control", "a=b\x01", COOKIE_BAD_BYTE, NULL },
	{ "DEL", "a=b\x7f", COOKIE_BAD_BYTE, NULL },
	{ "a control in an attribute", "a=b; c=\x1f", COOKIE_BAD_BYTE, NULL },
	{ "CR", "a=b\r", COOKIE_BAD_BYTE, NULL },
	/* Attributes. */
	{ "all", "a=b; Domain=.E.com; PATH=/p/ ;secure;HttpOnly ; max-age=7",
		COOKIE_STORED, "a|b|E.com|/p|SH|1700000007" },
	{ "flags with values", "a=b; secure=no; httponly=", COOKIE_STORED,
		"a|b|||SH|" },
	{ "unknown", "a=b; expiry=totally bad; SameSite=None; x", COOKIE_STORED,
		"a|b||||" },
	{ "the later one", "a=b; domain=c; domain=d; path=/e; path=/f",
		COOKIE_STORED, "a|b|d|/f||" },
	{ "an empty domain", "a=b; domain=c; domain=", COOKIE_STORED,
		"a|b|c|||" },
	{ "an empty path", "a=b; path=/c; path=", COOKIE_STORED, "a|b||||" },
	{ "a relative path", "a=b; path=c", COOKIE_STORED, "a|b||||" },
	{ "a quoted path", "a=b; path=\"/c/\"", COOKIE_STORED, "a|b||/c||" },
	{ "half a quoted path", "a=b; path=\"/c", COOKIE_STORED, "a|b||/c||" },
	{ "quotes alone", "a=b; path=\"\"", COOKIE_STORED, "a|b||||" },
	{ "a single quote", "a=b; path=\"", COOKIE_STORED, "a|b||||" },
	/* Dates. */
	{ "Expires", "a=b; expires=Tue, 14 Nov 2023 22:13:21 GMT",
		COOKIE_STORED, "a|b||||1700000001" },
	{ "Expires in 1970", "a=b; expires=Thu, 01 Jan 1970 00:00:00 GMT",
		COOKIE_STORED, "a|b||||0" },
	{ "Expires is no date", "a=b; expires=tomorrow", COOKIE_STORED,
		"a|b||||" },
	{ "Expires too late", "a=b; expires=Fri Feb 13 11:56:27 GMT 2525",
		COOKIE_STORED, "a|b||||1734559980" },
	{ "Max-Age before Expires",
		"a=b; max-age=5; expires=Thu, 01 Jan 1970 00:00:00 GMT",
		COOKIE_STORED, "a|b||||1700000005" },
	{ "Expires before Max-Age",
		"a=b; expires=Thu, 01 Jan 1970 00:00:00 GMT; max-age=5",
		COOKIE_STORED, "a|b||||1700000005" },
	{ "Max-Age 0", "a=b; max-age=0", COOKIE_STORED,
		"a|b||||-9223372036854775808" },
	{ "Max-Age below 0", "a=b; max-age=-1", COOKIE_STORED,
		"a|b||||-9223372036854775808" },
	{ "Max-Age far below 0", "a=b; max-age=-99999999999999999999",
		COOKIE_STORED, "a|b||||-9223372036854775808" },
	{ "400 days", "a=b; max-age=34560000", COOKIE_STORED,
		"a|b||||1734560000" },
	{ "a second more", "a=b; max-age=34560001", COOKIE_STORED,
		"a|b||||1734559980" },
	{ "Max-Age out of range", "a=b; max-age=99999999999999999999",
		COOKIE_STORED, "a|b||||1734559980" },
	{ "Max-Age is no number", "a=b; max-age=5x", COOKIE_STORED, "a|b||||" },
	{ "Max-Age with a plus", "a=b; max-age=+5", COOKIE_STORED, "a|b||||" },
	{ "Max-Age is a minus", "a=b; max-age=-", COOKIE_STORED, "a|b||||" },
	{ "Max-Age quoted", "a=b; max-age=\"5\"", COOKIE_STORED, "a|b||||" },
};

static void print_cookie(const struct cookie *c, struct buf *out)
{
	buf_printf(out, "%.*s|%.*s|%.*s|%.*s|%s%s|", STR_FMT(c->name),
		STR_FMT(c->value), STR_FMT(c->domain), STR_FMT(c->path),
		c->secure ? "S" : "", c->http_only ? "H" : "");
	if (c->persistent)
		buf_printf(out, "%lld", (long long)c->expires);
}

static void test_parse(const void *data)
{
	const struct parse_row *row = data;
	size_t n = strlen(row->text);
	char *copy = exact_copy(row->text, n);
	struct cookie c;
	struct buf out;

	buf_init(&out, 1000);
	assert_int_equal(
		cookie_parse((struct str){ copy, n }, NOW, &c), row->verdict);
	if (row->cookie) {
		print_cookie(&c, &out);
		assert_string_equal(buf_text(&out), row->cookie);
	}
	buf_fini(&out);
	free(copy);
}

/* Nothing behind the end is looked at, wherever that is. */
static void test_parse_prefixes(const void *data)
{
	const struct parse_row *row = data;
	struct cookie c;

	for (size_t n = 0; n < strlen(row->text); n++) {
		char *copy = exact_copy(row->text, n);

		if (cookie_parse((struct str){ copy, n }, NOW, &c) ==
			COOKIE_STORED)
			assert_true(c.name.n > 0);
		free(copy);
	}
}

/* An attribute that is too long is as none at all. */
static void test_long_attribute(const void *row)
{
	struct cookie c;
	struct buf text;

	(void)row;
	buf_init(&text, 10000);
	buf_add_text(&text, "a=b; path=/x; path=/");
	for (size_t i = 1; i < LIMIT_COOKIE_ATTRIBUTE; i++)
		buf_add_char(&text, 'y');
	assert_int_equal(cookie_parse(buf_str(&text), NOW, &c), COOKIE_STORED);
	assert_int_equal(c.path.n, LIMIT_COOKIE_ATTRIBUTE);
	buf_add_char(&text, 'y');
	assert_int_equal(cookie_parse(buf_str(&text), NOW, &c), COOKIE_STORED);
	assert_true(str_eq(c.path, STR("/x")));
	buf_fini(&text);
}

static const struct check_row {
	const char *name;
	struct cookie c;
	int verdict;
} check_rows[] = {
	{ "plain", { .name = { "a", 1 }, .path = { "/", 1 } }, COOKIE_STORED },
	{ "no name", { .value = { "a", 1 } }, COOKIE_NO_NAME },
	{ "a tab in the name", { .name = { "a\tb", 3 } }, COOKIE_BAD_BYTE },
	{ "a tab in the value", { .name = { "a", 1 }, .value = { "\t", 1 } },
		COOKIE_BAD_BYTE },
	{ "a tab in the path", { .name = { "a", 1 }, .path = { "/\t", 2 } },
		COOKIE_BAD_BYTE },
	{ "a control in the domain",
		{ .name = { "a", 1 }, .domain = { "b\nc", 3 } },
		COOKIE_BAD_DOMAIN },
	{ "a blank in the domain",
		{ .name = { "a", 1 }, .domain = { " b", 2 } },
		COOKIE_BAD_DOMAIN },
	{ "a comment for a domain",
		{ .name = { "a", 1 }, .domain = { "#b", 2 } },
		COOKIE_BAD_DOMAIN },
	{ "a dot in front of the domain",
		{ .name = { "a", 1 }, .domain = { ".b", 2 } },
		COOKIE_BAD_DOMAIN },
	{ "an IPv6 address", { .name = { "a", 1 }, .domain = { "::1", 3 } },
		COOKIE_STORED },
	{ "a NUL in the value", { .name = { "a", 1 }, .value = { "", 1 } },
		COOKIE_BAD_BYTE },
	{ "__Secure- and secure",
		{ .name = { "__Secure-a", 10 }, .secure = true },
		COOKIE_STORED },
	{ "__Secure- and not secure", { .name = { "__Secure-a", 10 } },
		COOKIE_BAD_PREFIX },
	{ "__secure- means nothing", { .name = { "__secure-a", 10 } },
		COOKIE_STORED },
	{ "__Host- and all of it",
		{ .name = { "__Host-a", 8 },
			.path = { "/", 1 },
			.secure = true,
			.host_only = true },
		COOKIE_STORED },
	{ "__Host- and not secure",
		{ .name = { "__Host-a", 8 },
			.path = { "/", 1 },
			.host_only = true },
		COOKIE_BAD_PREFIX },
	{ "__Host- and a domain",
		{ .name = { "__Host-a", 8 },
			.path = { "/", 1 },
			.secure = true },
		COOKIE_BAD_PREFIX },
	{ "__Host- and another path",
		{ .name = { "__Host-a", 8 },
			.path = { "/b", 2 },
			.secure = true,
			.host_only = true },
		COOKIE_BAD_PREFIX },
};

static void test_check(const void *data)
{
	const struct check_row *row = data;

	assert_int_equal(cookie_check(&row->c), row->verdict);
}

static void test_check_sizes(const void *row)
{
	static char bytes[LIMIT_COOKIE + 1];
	struct cookie c = { .name = { bytes, 3000 } };

	(void)row;
	memset(bytes, '/', sizeof(bytes));
	c.value = (struct str){ bytes, LIMIT_COOKIE - 3000 };
	assert_int_equal(cookie_check(&c), COOKIE_STORED);
	c.value.n++;
	assert_int_equal(cookie_check(&c), COOKIE_TOO_LARGE);
	c.value.n = 0;
	c.path = (struct str){ bytes, LIMIT_COOKIE };
	assert_int_equal(cookie_check(&c), COOKIE_STORED);
	c.path.n++;
	assert_int_equal(cookie_check(&c), COOKIE_TOO_LARGE);
	c.path.n = 1;
	memset(bytes, 'x', sizeof(bytes));
	c.domain = (struct str){ bytes, LIMIT_COOKIE_HOST };
	assert_int_equal(cookie_check(&c), COOKIE_STORED);
	c.domain.n++;
	assert_int_equal(cookie_check(&c), COOKIE_BAD_DOMAIN);
}

int main(void)
{
	static const struct table tables[] = {
		TABLE("cookie_domain_matches", domain_rows, test_domain),
		TABLE("cookie_path_matches", path_rows, test_path),
		TABLE("cookie_path_default", default_rows, test_default),
		TABLE("cookie_path_clean", clean_rows, test_clean),
		TABLE("cookie_host_is_address", address_rows, test_address),
		TABLE("cookie_parse", parse_rows, test_parse),
		TABLE("cookie_parse of beginnings", parse_rows,
			test_parse_prefixes),
		SINGLE("cookie_parse of a long attribute", test_long_attribute),
		TABLE("cookie_check", check_rows, test_check),
		SINGLE("cookie_check of sizes", test_check_sizes),
	};

	return table_run(
		"cookie_rules", tables, sizeof(tables) / sizeof(tables[0]));
}
