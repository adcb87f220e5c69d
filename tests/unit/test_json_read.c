#include "base/json_read.h"

#include "base/json.h"
#include "support/table.h"

/* Any value: what is wrong with it, and where; NULL: nothing. */
static const struct any_row {
	const char *name, *text, *wrong;
	size_t at;
} any_rows[] = {
	{ "null", "null", NULL, 4 },
	{ "true", " true", NULL, 5 },
	{ "false", "\t\r\nfalse", NULL, 8 },
	{ "number", "0", NULL, 1 },
	{ "long number", "-12.50e+7", NULL, 9 },
	{ "exponent", "1E-9", NULL, 4 },
	{ "string", "\"a\"", NULL, 3 },
	{ "empty array", "[ ]", NULL, 3 },
	{ "empty object", "{ }", NULL, 3 },
	{ "array", "[1, [2,[]], {}]", NULL, 15 },
	{ "object", "{\"a\": [1,{\"b\":{}}] , \"c\":null}", NULL, 30 },
	{ "duplicate name", "{\"a\":1,\"a\":2}", NULL, 13 },
	{ "something behind", "1 x", NULL, 1 },
	{ "nothing", "", "the text ends early", 0 },
	{ "blanks", "  ", "the text ends early", 2 },
	{ "word", "nul", "expected a value", 0 },
	{ "upper case", "True", "expected a value", 0 },
	{ "plus", "+1", "expected a value", 0 },
	{ "minus alone", "-", "the text ends early", 1 },
	{ "minus before a letter", "-a", "expected a number", 1 },
	{ "no digit in front", ".5", "expected a value", 0 },
	{ "no digit behind", "1.", "the text ends early", 2 },
	{ "no exponent", "1e+x", "expected a digit", 3 },
	{ "comma first", "[,1]", "expected a value", 1 },
	{ "comma last", "[1,]", "expected a value", 3 },
	{ "comma last in an object", "{\"a\":1,}", "expected a string", 7 },
	{ "no comma", "[1 2]", "expected a comma or the end", 3 },
	{ "no colon", "{\"a\" 1}", "expected a colon", 5 },
	{ "no name", "{1:2}", "expected a string", 1 },
	{ "wrong bracket", "[1}", "expected a comma or the end", 2 },
	{ "array without end", "[[1]", "the text ends early", 4 },
	{ "string without end", "\"abc", "the text ends early", 4 },
	{ "escape without end", "\"\\", "the text ends early", 2 },
	{ "unknown escape", "\"\\q\"", "an unknown escape", 2 },
	{ "line feed", "\"a\nb\"", "a control character in a string", 2 },
	{ "comment", "/**/1", "expected a value", 0 },
	{ "single quotes", "'a'", "expected a value", 0 },
};

static void test_any(const void *data)
{
	const struct any_row *row = data;
	size_t n = strlen(row->text);
	char *copy = exact_copy(row->text, n);
	struct json_reader r;

	json_reader_init(&r, (struct str){ copy, n });
	assert_int_equal(json_read_any(&r), row->wrong == NULL);
	if (row->wrong)
		assert_string_equal(r.wrong, row->wrong);
	else
		assert_null(r.wrong);
	assert_int_equal(r.at, row->at);
	free(copy);
}

/* Every beginning of a value is an error, and none is read past its end. */
static void test_cut(const void *unused)
{
	static const char text[] = "{\"a\":[-1.5e3,true,null,"
				   "\"\\u00e4\\ud83d\\ude00\\n\"],\"b\":{}}";

	(void)unused;
	for (size_t n = 0; n < sizeof(text); n++) {
		char *copy = exact_copy(text, n);
		struct json_reader r;

		json_reader_init(&r, (struct str){ copy, n });
		assert_int_equal(json_read_any(&r), n == sizeof(text) - 1);
		assert_true(r.at <= n);
		free(copy);
	}
}

static const struct string_row {
	const char *name, *text;
	const char *value; /* NULL: `wrong` */
	size_t n;
	const char *wrong;
} string_rows[] = {
	{ "empty", "\"\"", "", 0, NULL },
	{ "plain", " \"abc\"", "abc", 3, NULL },
	{ "escapes", "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"", "\"\\/\b\f\n\r\t", 8,
		NULL },
	{ "UTF-8", "\"\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80\"",
		"\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80", 9, NULL },
	{ "NUL", "\"\\u0000\"", "", 1, NULL },
	{ "one byte", "\"\\u007f\"", "\x7f", 1, NULL },
	{ "two bytes", "\"\\u0080\\u07fF\"", "\xc2\x80\xdf\xbf", 4, NULL },
	{ "three bytes", "\"\\u0800\\uffff\"", "\xe0\xa0\x80\xef\xbf\xbf", 6,
		NULL },
	{ "surrogates", "\"\\ud83d\\ude00\\uD800\\uDC00\\udbff\\udfff\"",
		"\xf0\x9f\x98\x80\xf0\x90\x80\x80\xf4\x8f\xbf\xbf", 12, NULL },
	{ "high surrogate alone", "\"\\ud83d\"", NULL, 0,
		"half of a surrogate pair" },
	{ "two high surrogates", "\"\\ud83d\\ud83d\"", NULL, 0,
		"half of a surrogate pair" },
	{ "low surrogate alone", "\"\\ude00\"", NULL, 0,
		"half of a surrogate pair" },
	{ "three digits", "\"\\u00e\"", NULL, 0,
		"\\u is not followed by four digits" },
	{ "Latin-1", "\"\xe4\"", NULL, 0, "bytes that are not UTF-8" },
	{ "cut character", "\"\xe2\x82\"", NULL, 0,
		"bytes that are not UTF-8" },
	{ "number", "1", NULL, 0, "expected a string" },
	{ "too long", "\"0123456789012345678901234567890123456789\"", NULL, 0,
		"a string is too long" },
};

static void test_string(const void *data)
{
	const struct string_row *row = data;
	size_t n = strlen(row->text);
	char *copy = exact_copy(row->text, n);
	struct json_reader r;
	struct buf out;

	buf_init(&out, 32);
	json_reader_init(&r, (struct str){ copy, n });
	assert_int_equal(json_read_string(&r, &out), row->value != NULL);
	if (row->value) {
		assert_int_equal(out.n, row->n);
		assert_memory_equal(out.n ? out.p : "", row->value, row->n);
		assert_true(json_read_end(&r));
	} else {
		assert_string_equal(r.wrong, row->wrong);
	}
	buf_fini(&out);
	free(copy);
}

static const struct uint_row {
	const char *name, *text;
	bool good;
	uint64_t value;
} uint_rows[] = {
	{ "zero", "0", true, 0 },
	{ "maximum", " 255", true, 255 },
	{ "above it", "256", false, 0 },
	{ "negative", "-1", false, 0 },
	{ "fraction", "1.0", false, 0 },
	{ "exponent", "1e1", false, 0 },
	{ "string", "\"1\"", false, 0 },
	{ "nothing", "", false, 0 },
	{ "huge", "99999999999999999999999", false, 0 },
};

static void test_uint(const void *data)
{
	const struct uint_row *row = data;
	struct json_reader r;
	uint64_t value = 0;

	json_reader_init(&r, str_of(row->text));
	assert_int_equal(json_read_uint(&r, 255, &value), row->good);
	assert_true(value == row->value);
	assert_int_equal(r.wrong == NULL, row->good);
}

static void test_members(const void *unused)
{
	struct json_reader r;
	struct buf name, text;
	uint64_t number;
	bool flag = false;

	(void)unused;
	buf_init(&name, 10);
	buf_init(&text, 10);
	json_reader_init(&r,
		STR("{\"n\":7, \"o\":{\"f\":true}, \"x\":[{}], \"s\":\"t\"} "));
	assert_true(json_read_object(&r));
	assert_true(json_read_member(&r, &name));
	assert_string_equal(buf_text(&name), "n");
	assert_true(json_read_uint(&r, 9, &number));
	assert_true(json_read_member(&r, &name));
	assert_true(json_read_object(&r));
	assert_true(json_read_member(&r, &name));
	assert_string_equal(buf_text(&name), "f");
	assert_true(json_read_bool(&r, &flag));
	assert_true(flag);
	assert_false(json_read_member(&r, &name));
	assert_true(json_read_member(&r, &name));
	assert_true(json_read_any(&r));
	assert_true(json_read_member(&r, &name));
	assert_string_equal(buf_text(&name), "s");
	assert_true(json_read_string(&r, &text));
	assert_string_equal(buf_text(&text), "t");
	assert_false(json_read_member(&r, &name));
	assert_null(r.wrong);
	assert_true(json_read_end(&r));
	buf_fini(&name);
	buf_fini(&text);
}

/* What is wrong first stays, and so does its place. */
static void test_sticky(const void *unused)
{
	struct json_reader r;
	struct buf out;
	uint64_t value;
	bool flag;

	(void)unused;
	buf_init(&out, 10);
	json_reader_init(&r, STR("{} 1 true \"a\""));
	assert_true(json_read_object(&r));
	assert_false(json_read_member(&r, &out));
	assert_false(json_read_end(&r));
	assert_string_equal(r.wrong, "something stands behind it");
	assert_int_equal(r.at, 3);
	assert_false(json_read_uint(&r, 9, &value));
	assert_false(json_read_bool(&r, &flag));
	assert_false(json_read_string(&r, &out));
	assert_false(json_read_object(&r));
	assert_false(json_read_member(&r, &out));
	assert_false(json_read_any(&r));
	assert_string_equal(r.wrong, "something stands behind it");
	assert_int_equal(r.at, 3);
	buf_fini(&out);
}

static void check_depth(size_t depth, bool good)
{
	char text[2 * JSON_DEPTH + 2];
	struct json_reader r;

	memset(text, '[', depth);
	memset(text + depth, ']', depth);
	json_reader_init(&r, (struct str){ text, 2 * depth });
	assert_int_equal(json_read_any(&r), good);
	if (!good)
		assert_string_equal(r.wrong, "too many levels");
}

static void test_depth(const void *unused)
{
	(void)unused;
	check_depth(JSON_DEPTH, true);
	check_depth(JSON_DEPTH + 1, false);
}

/* What json.h writes is read as it was. */
static void test_written(const void *unused)
{
	struct json_reader r;
	struct json j;
	struct buf written, value, read;

	(void)unused;
	buf_init(&written, 4096);
	buf_init(&value, 4096);
	buf_init(&read, 4096);
	for (int c = 0; c < 0x80; c++)
		buf_add_char(&value, (char)c);
	buf_add_text(&value, "\xc3\xa4\xf0\x9f\x98\x80");
	json_init(&j, &written);
	json_string(&j, buf_str(&value));
	json_reader_init(&r, buf_str(&written));
	assert_true(json_read_string(&r, &read));
	assert_true(json_read_end(&r));
	assert_true(str_eq(buf_str(&read), buf_str(&value)));
	buf_fini(&written);
	buf_fini(&value);
	buf_fini(&read);
}

int main(void)
{
	static const struct table tables[] = {
		TABLE("json_read_any", any_rows, test_any),
		SINGLE("json_read_any, cut", test_cut),
		TABLE("json_read_string", string_rows, test_string),
		TABLE("json_read_uint", uint_rows, test_uint),
		SINGLE("json_read_member", test_members),
		SINGLE("errors stay", test_sticky),
		SINGLE("levels", test_depth),
		SINGLE("what was written", test_written),
	};

	return table_run(
		"json_read", tables, sizeof(tables) / sizeof(tables[0]));
}
