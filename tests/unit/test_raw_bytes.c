/* The escapes and cuts of --raw-request. */
#include "cli/raw_bytes.h"

#include "support/table.h"

struct escape_row {
	const char *name, *in;
	const char *out; /* NULL: refused */
	size_t n;
	const char *says;
};

#define BYTES(text) text, sizeof(text) - 1

static const struct escape_row escape_rows[] = {
	{ "nothing", "", BYTES(""), NULL },
	{ "no escape", "GET / HTTP/1.1", BYTES("GET / HTTP/1.1"), NULL },
	{ "all of them", "a\\r\\n\\t\\0\\\\b", BYTES("a\r\n\t\0\\b"), NULL },
	{ "hexadecimal", "\\x00\\xfF\\x41B",
		BYTES("\0\xff"
		      "AB"),
		NULL },
	{ "an escaped backslash", "\\\\n", BYTES("\\n"), NULL },
	{ "an unknown one", "ab\\q", NULL, 0, "byte 2" },
	{ "at the end", "ab\\", NULL, 0, "byte 2" },
	{ "one digit", "\\x4", NULL, 0, "byte 0" },
	{ "no digit", "a\\xg0", NULL, 0, "byte 1" },
};

static void test_unescape(const void *row)
{
	const struct escape_row *r = row;
	size_t n = strlen(r->in);
	char *copy = exact_copy(r->in, n);
	struct error e = { 0 };
	struct buf out;
	int error;

	buf_init(&out, 1024);
	error = raw_unescape(&out, (struct str){ copy, n }, &e);
	if (r->out) {
		assert_int_equal(error, 0);
		assert_int_equal(out.n, r->n);
		if (r->n)
			assert_memory_equal(out.p, r->out, r->n);
	} else {
		assert_int_equal(error, -ERR_USAGE);
		assert_non_null(strstr(e.text, r->says));
		assert_non_null(strstr(e.text, "--raw-escapes"));
	}
	buf_fini(&out);
	free(copy);
}

struct split_row {
	const char *name, *in;
	ssize_t n; /* or a negative error */
	size_t last;
	const char *says;
};

static const struct split_row split_rows[] = {
	{ "one", "5", 1, 5, NULL },
	{ "several", "1,2,300", 3, 300, NULL },
	{ "zero", "0", -ERR_USAGE, 0, "byte 0" },
	{ "the same again", "1,1", -ERR_USAGE, 0, "byte 2" },
	{ "falling", "1,20,3", -ERR_USAGE, 0, "byte 5" },
	{ "no number", "1,x", -ERR_USAGE, 0, "byte 2" },
	{ "empty", "", -ERR_USAGE, 0, "byte 0" },
	{ "a comma behind", "1,", -ERR_USAGE, 0, "byte 2" },
	{ "negative", "-1", -ERR_USAGE, 0, "byte 0" },
	{ "huge", "99999999999999999999", -ERR_USAGE, 0, "byte 0" },
};

static void test_splits(const void *row)
{
	const struct split_row *r = row;
	size_t splits[RAW_SPLITS_MAX];
	struct error e = { 0 };
	ssize_t n = raw_splits(splits, str_of(r->in), &e);

	assert_int_equal(n, r->n);
	if (n > 0)
		assert_int_equal(splits[n - 1], r->last);
	else
		assert_non_null(strstr(e.text, r->says));
}

static void test_too_many(const void *row)
{
	size_t splits[RAW_SPLITS_MAX];
	struct error e = { 0 };
	struct buf list;

	(void)row;
	buf_init(&list, 1u << 16);
	for (unsigned i = 1; i <= RAW_SPLITS_MAX; i++)
		buf_printf(&list, "%s%u", i > 1 ? "," : "", i);
	assert_int_equal(
		raw_splits(splits, buf_str(&list), &e), RAW_SPLITS_MAX);
	buf_printf(&list, ",%u", RAW_SPLITS_MAX + 1);
	assert_int_equal(raw_splits(splits, buf_str(&list), &e), -ERR_USAGE);
	assert_non_null(strstr(e.text, "more than 1024"));
	buf_fini(&list);
}

int main(void)
{
	const struct table tables[] = {
		TABLE("raw_unescape", escape_rows, test_unescape),
		TABLE("raw_splits", split_rows, test_splits),
		SINGLE("raw_splits: too many", test_too_many),
	};

	return table_run(
		"raw_bytes", tables, sizeof(tables) / sizeof(tables[0]));
}
