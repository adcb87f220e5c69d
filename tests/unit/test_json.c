#include "base/json.h"

#include "base/utf8.h"

#include "support/table.h"

#define FFFD "\xef\xbf\xbd"

static const struct escape_row {
	const char *name, *s;
	size_t n;
	const char *expected;
} escape_rows[] = {
	{ "empty", "", 0, "" },
	{ "plain", "GET /", 5, "GET /" },
	{ "quote and backslash", "a\"b\\c", 5, "a\\\"b\\\\c" },
	{ "short escapes", "\b\f\n\r\t", 5, "\\b\\f\\n\\r\\t" },
	{ "NUL", "a\0b", 3, "a\\u0000b" },
	{ "escape character", "\x1b[1m", 4, "\\u001b[1m" },
	{ "last control", "\x1f", 1, "\\u001f" },
	{ "DEL", "\x7f", 1, "\\u007f" },
	{ "C1", "\xc2\x9b", 2, "\\u009b" },
	{ "an override of direction", "\xe2\x80\xae", 3, "\\u202e" },
	{ "a tag", "\xf3\xa0\x81\x81", 4, "\\udb40\\udc41" },
	{ "slash", "/", 1, "/" },
	{ "two bytes", "\xc3\xa4", 2, "\xc3\xa4" },
	{ "three bytes", "\xe2\x82\xac", 3, "\xe2\x82\xac" },
	{ "four bytes", "\xf0\x9f\x98\x80", 4, "\xf0\x9f\x98\x80" },
	{ "U+FFFD itself", FFFD, 3, FFFD },
	{ "Latin-1", "\xe4", 1, FFFD },
	{ "Latin-1 before ASCII", "\xe4x", 2, FFFD "x" },
	{ "lone continuation", "\x80\xbf", 2, FFFD FFFD },
	{ "overlong slash", "\xc0\xaf", 2, FFFD FFFD },
	{ "overlong in three bytes", "\xe0\x80\xaf", 3, FFFD FFFD FFFD },
	{ "overlong in four bytes", "\xf0\x80\x80\xaf", 4,
		FFFD FFFD FFFD FFFD },
	{ "surrogate", "\xed\xa0\x80", 3, FFFD FFFD FFFD },
	{ "above U+10FFFF", "\xf4\x90\x80\x80", 4, FFFD FFFD FFFD FFFD },
	{ "never a lead", "\xf5\xff", 2, FFFD FFFD },
	{ "cut after one of two", "\xc3", 1, FFFD },
	{ "cut after two of three", "\xe2\x82", 2, FFFD },
	{ "cut after three of four", "\xf0\x9f\x98", 3, FFFD },
	{ "broken off by a character",
		"\xf0\x9f\x98"
		"a",
		4, FFFD "a" },
	{ "broken off by a lead", "\xe2\x82\xc3\xa4", 4, FFFD "\xc3\xa4" },
	{ "broken off by a quote", "\xe2\"", 2, FFFD "\\\"" },
};

static void test_escape(const void *data)
{
	const struct escape_row *row = data;
	char *copy = exact_copy(row->s, row->n);
	struct buf out;

	buf_init(&out, 100);
	json_escape(&out, (struct str){ copy, row->n });
	assert_string_equal(buf_text(&out), row->expected);
	buf_fini(&out);
	free(copy);
}

static size_t utf8(unsigned c, char bytes[4])
{
	if (c < 0x800) {
		bytes[0] = (char)(0xc0 | c >> 6);
		bytes[1] = (char)(0x80 | (c & 63));
		return 2;
	}
	if (c < 0x10000) {
		bytes[0] = (char)(0xe0 | c >> 12);
		bytes[1] = (char)(0x80 | (c >> 6 & 63));
		bytes[2] = (char)(0x80 | (c & 63));
		return 3;
	}
	bytes[0] = (char)(0xf0 | c >> 18);
	bytes[1] = (char)(0x80 | (c >> 12 & 63));
	bytes[2] = (char)(0x80 | (c >> 6 & 63));
	bytes[3] = (char)(0x80 | (c & 63));
	return 4;
}

static void test_every_character(const void *data)
{
	struct buf out;

	(void)data;
	buf_init(&out, 12);
	for (unsigned c = 0x80; c <= 0x10ffff; c++) {
		bool surrogate = c >= 0xd800 && c <= 0xdfff;
		char bytes[4];
		size_t n = utf8(c, bytes);

		buf_clear(&out);
		json_escape(&out, (struct str){ bytes, n });
		if (surrogate)
			assert_string_equal(buf_text(&out), FFFD FFFD FFFD);
		else if (utf8_is_deceptive(c))
			assert_memory_equal(buf_text(&out), "\\u", 2);
		else
			assert_true(str_eq(
				buf_str(&out), (struct str){ bytes, n }));
	}
	buf_fini(&out);
}

static void write_empty_object(struct json *j)
{
	json_object_open(j);
	json_object_close(j);
}

static void write_empty_array(struct json *j)
{
	json_array_open(j);
	json_array_close(j);
}

static void write_values(struct json *j)
{
	json_array_open(j);
	json_string(j, STR("a\n"));
	json_int(j, 0);
	json_int(j, INT64_MIN);
	json_int(j, INT64_MAX);
	json_bool(j, true);
	json_bool(j, false);
	json_null(j);
	json_number(j, "0.000123");
	json_array_close(j);
}

static void write_members(struct json *j)
{
	json_object_open(j);
	json_key(j, STR("a\"b"));
	json_string(j, STR(""));
	json_key(j, STR("n"));
	json_int(j, -1);
	json_key(j, STR("t"));
	json_bool(j, true);
	json_object_close(j);
}

static void write_nested(struct json *j)
{
	json_object_open(j);
	json_key(j, STR("list"));
	json_array_open(j);
	write_empty_object(j);
	write_empty_array(j);
	json_int(j, 1);
	write_members(j);
	json_array_close(j);
	json_key(j, STR("after"));
	json_object_open(j);
	json_key(j, STR("x"));
	json_null(j);
	json_object_close(j);
	json_key(j, STR("last"));
	json_int(j, 2);
	json_object_close(j);
}

static const struct write_row {
	const char *name;
	void (*write)(struct json *j);
	const char *expected;
} write_rows[] = {
	{ "empty object", write_empty_object, "{}" },
	{ "empty array", write_empty_array, "[]" },
	{ "each kind of value", write_values,
		"[\"a\\n\",0,-9223372036854775808,9223372036854775807,"
		"true,false,null,0.000123]" },
	{ "members", write_members, "{\"a\\\"b\":\"\",\"n\":-1,\"t\":true}" },
	{ "nested", write_nested,
		"{\"list\":[{},[],1,{\"a\\\"b\":\"\",\"n\":-1,\"t\":true}],"
		"\"after\":{\"x\":null},\"last\":2}" },
};

static void test_write(const void *data)
{
	const struct write_row *row = data;
	struct json j;
	struct buf out;

	buf_init(&out, 1000);
	json_init(&j, &out);
	row->write(&j);
	assert_string_equal(buf_text(&out), row->expected);
	buf_fini(&out);
}

static const struct table tables[] = {
	TABLE("json_escape", escape_rows, test_escape),
	SINGLE("json_escape of every character", test_every_character),
	TABLE("json writer", write_rows, test_write),
};

int main(void)
{
	return table_run("json", tables, sizeof(tables) / sizeof(tables[0]));
}
