#include "url/idn.h"

#include "base/module.h"
#include "support/table.h"
#include "url/url.h"

struct idn_row {
	const char *name, *host, *wanted;
};

static const struct idn_row ascii_rows[] = {
	{ "letters with marks", "www.\xc3\xa5\xc3\xa4\xc3\xb6.se",
		"www.xn--4cab6c.se" },
	{ "sharp s stays itself",
		"www.gro\xc3\x9f"
		"e.de",
		"www.xn--groe-xna.de" },
	{ "capitals", "\xc3\x89X.ORG", "xn--x-9fa.org" },
	{ "decomposed", "e\xcc\x81.org", "xn--9ca.org" },
	{ "ideographic full stop", "\xc3\xa9\xe3\x80\x82org", "xn--9ca.org" },
	{ "full-width letters", "\xef\xbd\x81\xef\xbd\x82", "ab" },
	{ "trailing dot", "\xc3\xa9.org.", "xn--9ca.org." },
};

/* In a build without libidn2 the test is skipped. */
static void need_idn(void)
{
	struct error e = { 0 };
	struct buf out;
	int result;

	buf_init(&out, 100);
	result = idn_to_ascii(&out, STR("\xc3\xa9"), &e);
	buf_fini(&out);
	if (result == -ERR_NOT_BUILT_IN)
		skip();
	assert_int_equal(result, 0);
}

static void test_ascii(const void *data)
{
	const struct idn_row *row = data;
	size_t n = strlen(row->host);
	char *copy = exact_copy(row->host, n);
	struct error e = { 0 };
	struct buf out;

	need_idn();
	buf_init(&out, 1000);
	buf_add_text(&out, "before ");
	assert_int_equal(idn_to_ascii(&out, (struct str){ copy, n }, &e), 0);
	assert_string_equal(buf_text(&out) + 7, row->wanted);
	buf_fini(&out);
	free(copy);
}

static const struct idn_row error_rows[] = {
	{ "label too long",
		"\xc3\xa9"
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
		"URL rejected: Bad hostname: \"\xc3\xa9"
		"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\""
		": " },
	{ "unassigned", "\xf3\xa0\x82\x80",
		"URL rejected: Bad hostname: \"\xf3\xa0\x82\x80\": " },
};

static void test_error(const void *data)
{
	const struct idn_row *row = data;
	size_t n = strlen(row->wanted);
	struct error e = { 0 };
	struct buf out;

	need_idn();
	buf_init(&out, 1000);
	assert_int_equal(
		idn_to_ascii(&out, str_of(row->host), &e), -ERR_URL_MALFORMED);
	assert_int_equal(e.code, ERR_URL_MALFORMED);
	assert_int_equal(out.n, 0);
	assert_memory_equal(e.text, row->wanted, n);
	/* libidn2's words follow. */
	assert_true(strlen(e.text) > n);
	buf_fini(&out);
}

/* What url_parse makes of such hosts. */
static const struct idn_row host_rows[] = {
	{ "international", "http://\xc3\xa9.org/", "http://xn--9ca.org/" },
	{ "percent-encoded", "http://%c3%a9.org/", "http://xn--9ca.org/" },
	{ "full-width digits are an address",
		"http://\xef\xbc\x91\xef\xbc\x92\xef\xbc\x97.1/",
		"http://127.0.0.1/" },
	{ "a sign that maps to delimiters", "http://\xe2\x84\x80/", NULL },
	{ "nothing is left", "http://\xc2\xad/", NULL },
	{ "cut UTF-8", "http://a\xc3/", NULL },
	{ "Latin-1", "http://\xe9.org/", NULL },
	{ "surrogate", "http://\xed\xa0\x80/", NULL },
	{ "overlong", "http://\xc0\xaf/", NULL },
	{ "beyond Unicode", "http://\xf4\x90\x80\x80/", NULL },
	{ "NUL", "http://\xc3\xa9%00/", NULL },
};

static void test_host(const void *data)
{
	const struct idn_row *row = data;
	struct error e = { 0 };
	struct url u;
	char *text;
	int result;

	need_idn();
	result = url_parse(&u, str_of(row->host), NULL, &e);
	if (!row->wanted) {
		assert_int_equal(result, -ERR_URL_MALFORMED);
		assert_non_null(strstr(e.text, "at byte offset "));
		return;
	}
	assert_int_equal(result, 0);
	text = url_print(&u, 0);
	assert_string_equal(text, row->wanted);
	free(text);
	url_fini(&u);
}

static void test_shown(const void *row)
{
	struct error e = { 0 };
	struct url u, next;
	char *text;

	(void)row;
	need_idn();
	assert_int_equal(
		url_parse(&u, STR("http://\xc3\xa9.org/a"), NULL, &e), 0);
	assert_int_equal(url_resolve(&next, &u, STR("b"), NULL, &e), 0);
	text = url_print(&next, URL_PRINT_SHOWN);
	assert_string_equal(text, "http://\xc3\xa9.org/b");
	free(text);
	url_fini(&u);
	url_fini(&next);
}

struct bad_row {
	const char *name, *url, *words;
};

static const struct bad_row utf8_rows[] = {
	{ "names the byte", "http://ab\xe9.org/",
		"URL rejected: Bad hostname: byte 0xe9 at byte offset 9; "
		"the name is not valid UTF-8" },
	{ "start of a decoded name", "http://ab%e9.org/",
		"URL rejected: Bad hostname: byte 0xe9 at byte offset 7; "
		"the name is not valid UTF-8" },
};

/* What a name is mapped to has other places than what was written. */
static void test_mapped(const void *row)
{
	struct error e = { 0 };
	struct url u;

	(void)row;
	need_idn();
	assert_int_equal(url_parse(&u, STR("http://\xe2\x84\x80/"), NULL, &e),
		-ERR_URL_MALFORMED);
	assert_string_equal(
		e.text, "URL rejected: Bad hostname: '/' at byte offset 7");
}

static void test_utf8(const void *data)
{
	const struct bad_row *row = data;
	struct error e = { 0 };
	struct url u;

	assert_int_equal(
		url_parse(&u, str_of(row->url), NULL, &e), -ERR_URL_MALFORMED);
	assert_string_equal(e.text, row->words);
}

int main(void)
{
	static const struct table tables[] = {
		TABLE("idn_to_ascii", ascii_rows, test_ascii),
		TABLE("idn_to_ascii fails", error_rows, test_error),
		TABLE("url_parse", host_rows, test_host),
		TABLE("url_parse of what is no UTF-8", utf8_rows, test_utf8),
		SINGLE("url_parse of a name mapped to another", test_mapped),
		SINGLE("url_print as written", test_shown),
	};

	/* Set where the modules of this build are shared objects. */
	module_set_dir(getenv("MODULE_DIR"));
	return table_run("idn", tables, sizeof(tables) / sizeof(tables[0]));
}
