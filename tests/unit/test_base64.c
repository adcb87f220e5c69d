#include "base/base64.h"

#include "support/table.h"

/* Test vectors of RFC 4648 section 10, and some with every kind of byte. */
static const struct code_row {
	const char *name, *bytes;
	size_t n;
	const char *text;
} code_rows[] = {
	{ "empty", "", 0, "" },
	{ "f", "f", 1, "Zg==" },
	{ "fo", "fo", 2, "Zm8=" },
	{ "foo", "foo", 3, "Zm9v" },
	{ "foob", "foob", 4, "Zm9vYg==" },
	{ "fooba", "fooba", 5, "Zm9vYmE=" },
	{ "foobar", "foobar", 6, "Zm9vYmFy" },
	{ "zero bytes", "\0\0\0\0", 4, "AAAAAA==" },
	{ "bytes of ones", "\xff\xff\xff\xff\xff", 5, "//////8=" },
	{ "plus and slash", "\xfb\xef\xbe\xff", 4, "++++/w==" },
	{ "user and password", "Aladdin:open sesame", 19,
		"QWxhZGRpbjpvcGVuIHNlc2FtZQ==" },
};

static void test_encode(const void *data)
{
	const struct code_row *row = data;
	char *copy = exact_copy(row->bytes, row->n);
	struct buf out;

	buf_init(&out, strlen(row->text) + 1);
	buf_add_char(&out, '>');
	base64_encode(&out, (struct str){ copy, row->n });
	assert_string_equal(buf_text(&out) + 1, row->text);
	buf_fini(&out);
	free(copy);
}

static void test_decode(const void *data)
{
	const struct code_row *row = data;
	size_t n = strlen(row->text);
	char *copy = exact_copy(row->text, n);
	struct buf out;

	buf_init(&out, row->n + 1);
	buf_add_char(&out, '>');
	assert_true(base64_decode(&out, (struct str){ copy, n }));
	assert_int_equal(out.n, row->n + 1);
	assert_memory_equal(out.p + 1, row->bytes, row->n);
	buf_fini(&out);
	free(copy);
}

static const struct bad_row {
	const char *name, *text;
} bad_rows[] = {
	{ "one character", "Z" },
	{ "two characters", "Zg" },
	{ "three characters", "Zg=" },
	{ "padding missing", "Zm9vYg" },
	{ "three padding characters", "Z===" },
	{ "padding only", "====" },
	{ "padding in the middle", "Zg==Zg==" },
	{ "padding before a character", "Zg=v" },
	{ "group of padding behind", "Zm9v====" },
	{ "bits set under two padding characters", "Zh==" },
	{ "bits set under one padding character", "Zm9=" },
	{ "URL alphabet", "-_-_" },
	{ "blank", "Zm 9v" },
	{ "line feed behind", "Zm9v\n" },
	{ "five characters", "Zm9vY" },
	{ "bad character in the last group", "Zm9vY!==" },
};

static void test_decode_bad(const void *data)
{
	const struct bad_row *row = data;
	size_t n = strlen(row->text);
	char *copy = exact_copy(row->text, n);
	struct buf out;

	buf_init(&out, 100);
	buf_add_text(&out, "kept");
	assert_false(base64_decode(&out, (struct str){ copy, n }));
	assert_string_equal(buf_text(&out), "kept");
	buf_fini(&out);
	free(copy);
}

static void test_decode_each_byte(const void *data)
{
	static const char members[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				      "abcdefghijklmnopqrstuvwxyz"
				      "0123456789+/";

	(void)data;
	for (int c = 0; c < 256; c++)
		for (int at = 0; at < 3; at++) {
			char text[] = "AAAA";
			struct buf out;

			text[at] = (char)c;
			buf_init(&out, 3);
			assert_int_equal(
				base64_decode(&out, (struct str){ text, 4 }),
				c && strchr(members, c));
			buf_fini(&out);
		}
}

static void test_round_trip(const void *data)
{
	char bytes[300];

	(void)data;
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (char)(i * 167 + i / 7);
	for (size_t n = 0; n <= sizeof(bytes); n++) {
		struct buf text, back;

		buf_init(&text, 400);
		buf_init(&back, n);
		base64_encode(&text, (struct str){ bytes, n });
		assert_int_equal(text.n, (n + 2) / 3 * 4);
		assert_true(base64_decode(&back, buf_str(&text)));
		assert_true(str_eq(buf_str(&back), (struct str){ bytes, n }));
		buf_fini(&text);
		buf_fini(&back);
	}
}

static void test_no_room(const void *data)
{
	struct buf out;

	(void)data;
	buf_init(&out, 7);
	base64_encode(&out, STR("foob"));
	assert_int_equal(out.failed, ERR_TOO_LARGE);
	assert_int_equal(out.n, 0);
	buf_fini(&out);
	buf_init(&out, 3);
	assert_false(base64_decode(&out, STR("Zm9vYg==")));
	assert_int_equal(out.failed, ERR_TOO_LARGE);
	assert_int_equal(out.n, 0);
	buf_fini(&out);
}

static const struct table tables[] = {
	TABLE("base64_encode", code_rows, test_encode),
	TABLE("base64_decode", code_rows, test_decode),
	TABLE("base64_decode of bad text", bad_rows, test_decode_bad),
	SINGLE("base64_decode of each byte", test_decode_each_byte),
	SINGLE("round trip of each length", test_round_trip),
	SINGLE("a buffer that is too small", test_no_room),
};

int main(void)
{
	return table_run("base64", tables, sizeof(tables) / sizeof(tables[0]));
}
