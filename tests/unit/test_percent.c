#include "url/percent.h"

#include "support/table.h"

struct percent_row {
	const char *name;
	struct str plain, encoded;
};

static const struct percent_row encode_rows[] = {
	{ "nothing", STR(""), STR("") },
	{ "unreserved", STR("aZ09-._~"), STR("aZ09-._~") },
	{ "space", STR("a b"), STR("a%20b") },
	{ "delimiters", STR(":/?#[]@"), STR("%3A%2F%3F%23%5B%5D%40") },
	{ "sub-delimiters", STR("!$&'()*+,;="),
		STR("%21%24%26%27%28%29%2A%2B%2C%3B%3D") },
	{ "percent", STR("%41"), STR("%2541") },
	{ "NUL", STR("\0x"), STR("%00x") },
	{ "UTF-8", STR("\xc3\xa9"), STR("%C3%A9") },
	{ "0xff", STR("\xff"), STR("%FF") },
	{ "controls", STR("\r\n\x7f"), STR("%0D%0A%7F") },
};

static void test_encode(const void *data)
{
	const struct percent_row *row = data;
	char *copy = exact_copy(row->plain.p, row->plain.n);
	struct buf out, back;

	buf_init(&out, 1000);
	buf_init(&back, 1000);
	percent_encode(&out, (struct str){ copy, row->plain.n });
	assert_int_equal(out.failed, 0);
	assert_true(str_eq(buf_str(&out), row->encoded));
	percent_decode(&back, buf_str(&out));
	assert_true(str_eq(buf_str(&back), row->plain));
	buf_fini(&out);
	buf_fini(&back);
	free(copy);
}

static const struct percent_row decode_rows[] = {
	{ "nothing", STR(""), STR("") },
	{ "plain", STR("abc"), STR("abc") },
	{ "one triplet", STR("A"), STR("%41") },
	{ "lower case digits", STR("\xab"), STR("%ab") },
	{ "upper case digits", STR("\xab"), STR("%AB") },
	{ "triplets in a row", STR("A/B"), STR("%41%2f%42") },
	{ "between plain bytes", STR("a b c"), STR("a%20b%20c") },
	{ "once only", STR("%41"), STR("%2541") },
	{ "NUL", STR("a\0b"), STR("a%00b") },
	{ "lone percent", STR("%"), STR("%") },
	{ "one digit at the end", STR("a%4"), STR("a%4") },
	{ "no digits", STR("%zz"), STR("%zz") },
	{ "second is no digit", STR("%4z1"), STR("%4z1") },
	{ "percent before a triplet", STR("%A"), STR("%%41") },
	{ "plus is no space", STR("a+b"), STR("a+b") },
};

static void test_decode(const void *data)
{
	const struct percent_row *row = data;
	char *copy = exact_copy(row->encoded.p, row->encoded.n);
	struct buf out;

	buf_init(&out, 1000);
	percent_decode(&out, (struct str){ copy, row->encoded.n });
	assert_int_equal(out.failed, 0);
	assert_true(str_eq(buf_str(&out), row->plain));
	buf_fini(&out);
	free(copy);
}

struct byte_row {
	const char *name;
	char byte;
	const char *wanted;
};

static const struct byte_row byte_rows[] = {
	{ "a letter too", 'a', "%61" },
	{ "zero", '\0', "%00" },
	{ "above 0x7f", '\xe9', "%E9" },
};

static void test_byte(const void *data)
{
	const struct byte_row *row = data;
	struct buf out;

	buf_init(&out, 1000);
	percent_encode_byte(&out, row->byte);
	assert_string_equal(buf_text(&out), row->wanted);
	buf_fini(&out);
}

static void test_full(const void *row)
{
	struct buf out;

	(void)row;
	buf_init(&out, 4);
	percent_encode(&out, STR("a b c"));
	assert_int_equal(out.failed, ERR_TOO_LARGE);
	buf_fini(&out);
}

int main(void)
{
	static const struct table tables[] = {
		TABLE("percent_encode", encode_rows, test_encode),
		TABLE("percent_decode", decode_rows, test_decode),
		TABLE("percent_encode_byte", byte_rows, test_byte),
		SINGLE("percent_encode into a full buffer", test_full),
	};

	return table_run("percent", tables, sizeof(tables) / sizeof(tables[0]));
}
