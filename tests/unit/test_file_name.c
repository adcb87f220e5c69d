#include "http/file_name.h"

#include "http/disposition.h"
#include "support/table.h"

struct name_row {
	const char *name;
	const char *value, *wanted; /* NULL: none */
};

static const struct name_row disposition_rows[] = {
	{ "token", "attachment; filename=a.txt", "a.txt" },
	{ "quoted", "attachment; filename=\"a b.txt\"", "a b.txt" },
	{ "no type", "filename=a; charset=funny; option=strange", "a" },
	{ "another case", "Attachment; FileName=a", "a" },
	{ "semicolon in quotes", "inline; filename=\"a;b\"; x=y", "a;b" },
	{ "single quotes", "inline; filename='a;b'; x=y", "a;b" },
	{ "single quote not closed", "inline; filename='a", "a" },
	{ "the same, more behind", "inline; filename='a; x=y", "a" },
	{ "quote not closed", "inline; filename=\"a; x=y", "a; x=y" },
	{ "quoted quote", "a; filename=\"a\\\"b\"", "a\"b" },
	{ "quoted backslash", "a; filename=\"a\\\\b\"", "a\\b" },
	{ "path of DOS", "a; filename=\"C:\\dir\\a\"", "C:\\dir\\a" },
	{ "backslash at the end", "a; filename=\"a\\", "a\\" },
	{ "path", "a; filename=dir/a", "dir/a" },
	{ "blanks", "a ;\tfilename = a b ; x", "a b" },
	{ "behind the quotes", "a; filename=\"a\" b; x=y", "a" },
	{ "percent stays", "a; filename=a%20b", "a%20b" },
	{ "first of two", "a; filename=a; filename=b", "a" },
	{ "UTF-8", "a; filename*=UTF-8''%e2%82%ac%20x", "\xe2\x82\xac x" },
	{ "language", "a; filename*=utf-8'en'a", "a" },
	{ "ISO-8859-1", "a; filename*=iso-8859-1''%e4b",
		"\xc3\xa4"
		"b" },
	{ "extended before plain", "a; filename=p; filename*=UTF-8''x", "x" },
	{ "extended first", "a; filename*=UTF-8''x; filename=p", "x" },
	{ "extended in quotes", "a; filename*=\"UTF-8''x\"", "x" },
	{ "another charset", "a; filename*=koi8-r''%c1; filename=p", "p" },
	{ "no UTF-8", "a; filename*=UTF-8''%ff; filename=p", "p" },
	{ "overlong", "a; filename*=UTF-8''%c0%af; filename=p", "p" },
	{ "cut percent", "a; filename*=UTF-8''a%2; filename=p", "p" },
	{ "bad percent", "a; filename*=UTF-8''a%zz; filename=p", "p" },
	{ "percent at the end", "a; filename*=UTF-8''a%; filename=p", "p" },
	{ "blank in extended", "a; filename*=UTF-8''a b; filename=p", "p" },
	{ "raw bytes in extended", "a; filename*=UTF-8''\xe4; filename=p",
		"p" },
	{ "no language quote", "a; filename*=UTF-8'a; filename=p", "p" },
	{ "no charset", "a; filename*=''a; filename=p", "p" },
	{ "empty extended", "a; filename*=UTF-8''; filename=p", "p" },
	{ "in another parameter", "a; x=\"; filename=b\"; filename=c", "c" },
	{ "as a part of a name", "a; xfilename=b", NULL },
	{ "in the type", "filename", NULL },
	{ "empty", "", NULL },
	{ "empty name", "a; filename=", NULL },
	{ "empty in quotes", "a; filename=\"\"", NULL },
	{ "semicolons", ";;;", NULL },
	{ "type alone", "attachment", NULL },
};

static void test_disposition(const void *data)
{
	const struct name_row *row = data;
	size_t n = strlen(row->value);
	char *copy = exact_copy(row->value, n);
	struct buf out;
	bool found;

	buf_init(&out, 1000);
	buf_add_text(&out, "dir/");
	found = disposition_name(&out, (struct str){ copy, n });
	assert_int_equal(found, row->wanted != NULL);
	assert_string_equal(buf_text(&out) + 4, found ? row->wanted : "");
	buf_fini(&out);
	free(copy);
}

/* The value is taken whole or not at all; a beginning of it reads nothing past
 * its end. */
static void test_beginnings(const void *data)
{
	const struct name_row *row = data;

	for (size_t n = 0; n < strlen(row->value); n++) {
		char *copy = exact_copy(row->value, n);
		struct buf out;

		buf_init(&out, 1000);
		disposition_name(&out, (struct str){ copy, n });
		buf_fini(&out);
		free(copy);
	}
}

static const struct name_row safe_rows[] = {
	{ "plain", "a.txt", "a.txt" },
	{ "path", "/etc/passwd", "passwd" },
	{ "path of DOS", "C:\\windows\\a.dll", "a.dll" },
	{ "both", "a\\b/c\\d", "d" },
	{ "up", "../../a", "a" },
	{ "hidden", ".bashrc", "_bashrc" },
	{ "hidden in a path", "a/.bashrc", "_bashrc" },
	{ "three dots", "...", "_.." },
	{ "controls", "a\r\n\x1b[b\x7f", "a___[b_" },
	{ "C1",
		"a\xc2\x9b"
		"b",
		"a_b" },
	{ "not C1", "a\xc2\xa0", "a\xc2\xa0" },
	{ "turned around",
		"a\xe2\x80\xae"
		"gpj.exe",
		"a_gpj.exe" },
	{ "isolate",
		"\xe2\x81\xa6"
		"a",
		"_a" },
	{ "no UTF-8", "a\xff", "a\xff" },
	{ "blanks stay", " a b ", " a b " },
	{ "dash at the front", "-rf", "-rf" },
	{ "empty", "", NULL },
	{ "dot", ".", NULL },
	{ "two dots", "..", NULL },
	{ "directory", "a/", NULL },
	{ "directory of DOS", "a\\", NULL },
	{ "up at the end", "a/..", NULL },
};

static void check(
	const struct name_row *row, bool (*function)(struct buf *, struct str))
{
	size_t n = strlen(row->value);
	char *copy = exact_copy(row->value, n);
	struct buf out;
	bool found;

	buf_init(&out, 1000);
	buf_add_text(&out, "dir/");
	found = function(&out, (struct str){ copy, n });
	assert_int_equal(found, row->wanted != NULL);
	assert_string_equal(buf_text(&out) + 4, found ? row->wanted : "");
	buf_fini(&out);
	free(copy);
}

static void test_safe(const void *row)
{
	check(row, file_name_safe);
}

static void test_nul(const void *row)
{
	struct buf out;

	(void)row;
	buf_init(&out, 100);
	assert_true(file_name_safe(&out, STR("a\0b")));
	assert_string_equal(buf_text(&out), "a_b");
	buf_fini(&out);
}

static const struct name_row reference_rows[] = {
	{ "name", "a", "a" },
	{ "path", "go/here/a", "a" },
	{ "absolute path", "/go/a", "a" },
	{ "URL", "http://h/go/a", "a" },
	{ "without scheme", "//h/go/a", "a" },
	{ "query", "a?b/c", "a" },
	{ "fragment", "too/a?f#second/b", "a" },
	{ "trailing slash", "go/a/", "a" },
	{ "percent stays", "a%2fb", "a%2fb" },
	{ "colon in a path", "/a:b/c", "c" },
	{ "backslash", "/a\\b", "b" },
	{ "hidden", "/.a", "_a" },
	{ "host alone", "http://host", NULL },
	{ "host without scheme", "//host", NULL },
	{ "root", "/", NULL },
	{ "query alone", "?a", NULL },
	{ "up", "..", NULL },
	{ "empty", "", NULL },
};

static void test_reference(const void *row)
{
	check(row, file_name_from_reference);
}

static void test_head(const void *row)
{
	struct str text = STR(
		"HTTP/1.1 200 OK\r\n"
		"Content-Disposition: attachment\r\n"
		"Content-Disposition: a;\r\n filename=\"../.b\"\r\n"
		"Content-Disposition: a; filename=c\r\n\r\n");
	struct error e = { 0 };
	struct head head;
	struct buf out;

	(void)row;
	buf_init(&out, 100);
	head_init(&head);
	assert_int_equal(head_parse(text, &head, NULL, &e), text.n);
	assert_true(file_name_from_head(&out, &head));
	assert_string_equal(buf_text(&out), "_b");
	head.n = 1;
	assert_false(file_name_from_head(&out, &head));
	head_fini(&head);
	buf_fini(&out);
}

int main(void)
{
	const struct table tables[] = {
		TABLE("disposition_name", disposition_rows, test_disposition),
		TABLE("disposition_name cut", disposition_rows,
			test_beginnings),
		TABLE("file_name_safe", safe_rows, test_safe),
		SINGLE("file_name_safe with a NUL", test_nul),
		TABLE("file_name_from_reference", reference_rows,
			test_reference),
		SINGLE("file_name_from_head", test_head),
	};

	return table_run(
		"file_name", tables, sizeof(tables) / sizeof(tables[0]));
}
