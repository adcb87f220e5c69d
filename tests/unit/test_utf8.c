#include "base/utf8.h"

#include "support/table.h"

static const struct read_row {
	const char *name;
	struct str s;
	enum utf8_result result;
	size_t n;
} read_rows[] = {
	{ "ASCII", STR("ab"), UTF8_CHARACTER, 1 },
	{ "NUL", STR("\0a"), UTF8_CHARACTER, 1 },
	{ "DEL", STR("\x7f"), UTF8_CHARACTER, 1 },
	{ "two bytes", STR("\xc3\xa4x"), UTF8_CHARACTER, 2 },
	{ "three bytes", STR("\xe2\x82\xac"), UTF8_CHARACTER, 3 },
	{ "four bytes", STR("\xf0\x9f\x98\x80\x80"), UTF8_CHARACTER, 4 },
	{ "the last before the surrogates", STR("\xed\x9f\xbf"), UTF8_CHARACTER,
		3 },
	{ "the first behind the surrogates", STR("\xee\x80\x80"),
		UTF8_CHARACTER, 3 },
	{ "the last of all", STR("\xf4\x8f\xbf\xbf"), UTF8_CHARACTER, 4 },
	{ "one of two", STR("\xc3"), UTF8_CUT, 1 },
	{ "two of three", STR("\xe2\x82"), UTF8_CUT, 2 },
	{ "three of four", STR("\xf0\x9f\x98"), UTF8_CUT, 3 },
	{ "continuation alone", STR("\x80\xbf"), UTF8_NONE, 1 },
	{ "overlong in two", STR("\xc0\xaf"), UTF8_NONE, 1 },
	{ "overlong in two, the last", STR("\xc1\xbf"), UTF8_NONE, 1 },
	{ "overlong in three", STR("\xe0\x9f\xbf"), UTF8_NONE, 1 },
	{ "overlong in four", STR("\xf0\x8f\xbf\xbf"), UTF8_NONE, 1 },
	{ "the first surrogate", STR("\xed\xa0\x80"), UTF8_NONE, 1 },
	{ "the last surrogate", STR("\xed\xbf\xbf"), UTF8_NONE, 1 },
	{ "above U+10FFFF", STR("\xf4\x90\x80\x80"), UTF8_NONE, 1 },
	{ "never a lead", STR("\xf5\x80\x80\x80"), UTF8_NONE, 1 },
	{ "0xff", STR("\xff"), UTF8_NONE, 1 },
	{ "broken off after one",
		STR("\xe2"
		    "a"),
		UTF8_NONE, 1 },
	{ "broken off after two", STR("\xe2\x82\xc3"), UTF8_NONE, 2 },
	{ "broken off after three", STR("\xf0\x9f\x98\xc0"), UTF8_NONE, 3 },
};

static void test_read(const void *data)
{
	const struct read_row *row = data;
	char *copy = exact_copy(row->s.p, row->s.n);
	size_t n = 0;

	assert_int_equal(
		utf8_read((struct str){ copy, row->s.n }, &n), row->result);
	assert_int_equal(n, row->n);
	free(copy);
}

/* A character's encoding, by the table of RFC 3629 section 3. */
static size_t encode(unsigned c, char bytes[4])
{
	size_t n = c < 0x80 ? 1 : c < 0x800 ? 2 : c < 0x10000 ? 3 : 4;
	static const unsigned leads[] = { 0, 0, 0xc0, 0xe0, 0xf0 };

	for (size_t i = n - 1; i > 0; i--) {
		bytes[i] = (char)(0x80 | (c & 63));
		c >>= 6;
	}
	bytes[0] = (char)(leads[n] | c);
	return n;
}

/* Each character is one, and each of its beginnings is cut. */
static void test_every_character(const void *data)
{
	(void)data;
	for (unsigned c = 0; c <= 0x10ffff; c++) {
		bool surrogate = c >= 0xd800 && c <= 0xdfff;
		char bytes[4];
		size_t size = encode(c, bytes), n;

		for (size_t i = 1; i < size && !surrogate; i++) {
			assert_int_equal(
				utf8_read((struct str){ bytes, i }, &n),
				UTF8_CUT);
			assert_int_equal(n, i);
		}
		assert_int_equal(utf8_read((struct str){ bytes, size }, &n),
			surrogate ? UTF8_NONE : UTF8_CHARACTER);
		assert_int_equal(n, surrogate ? 1 : size);
	}
}

struct show_row {
	const char *name;
	struct str character;
	uint32_t number;
	bool deceptive;
};

static const struct show_row show_rows[] = {
	{ "ESC", STR("\x1b"), 0x1b, true },
	{ "blank", STR(" "), 0x20, false },
	{ "tilde", STR("~"), 0x7e, false },
	{ "DEL", STR("\x7f"), 0x7f, true },
	{ "last C1", STR("\xc2\x9f"), 0x9f, true },
	{ "no-break space", STR("\xc2\xa0"), 0xa0, false },
	{ "Arabic letter mark", STR("\xd8\x9c"), 0x61c, true },
	{ "zero width joiner", STR("\xe2\x80\x8d"), 0x200d, false },
	{ "right-to-left mark", STR("\xe2\x80\x8f"), 0x200f, true },
	{ "hyphen", STR("\xe2\x80\x90"), 0x2010, false },
	{ "paragraph separator", STR("\xe2\x80\xa9"), 0x2029, false },
	{ "embedding", STR("\xe2\x80\xaa"), 0x202a, true },
	{ "override", STR("\xe2\x80\xae"), 0x202e, true },
	{ "narrow space", STR("\xe2\x80\xaf"), 0x202f, false },
	{ "isolate", STR("\xe2\x81\xa6"), 0x2066, true },
	{ "end of an isolate", STR("\xe2\x81\xa9"), 0x2069, true },
	{ "face", STR("\xf0\x9f\x98\x80"), 0x1f600, false },
	{ "first tag", STR("\xf3\xa0\x80\x80"), 0xe0000, true },
	{ "last tag", STR("\xf3\xa0\x81\xbf"), 0xe007f, true },
	{ "variation selector", STR("\xf3\xa0\x84\x80"), 0xe0100, false },
};

static void test_show(const void *data)
{
	const struct show_row *row = data;

	assert_int_equal(utf8_number(row->character), row->number);
	assert_int_equal(utf8_is_deceptive(row->number), row->deceptive);
}

/* Of all pairs and of all triples behind the leads of three, as many are
 * characters as there are characters of that size. */
static void test_count(const void *data)
{
	size_t two = 0, three = 0, n;
	char b[3];

	(void)data;
	for (unsigned i = 0; i < 1u << 24; i++) {
		b[0] = (char)(i >> 16);
		b[1] = (char)(i >> 8);
		b[2] = (char)i;
		if (utf8_read((struct str){ b, 3 }, &n) != UTF8_CHARACTER)
			continue;
		two += n == 2;
		three += n == 3;
	}
	assert_int_equal(two, (0x800 - 0x80) * 256);
	assert_int_equal(three, 0x10000 - 0x800 - 0x800);
}

static const struct cut_row {
	const char *name, *text;
	size_t n;
} cut_rows[] = {
	{ "nothing", "", 0 },
	{ "ASCII", "ab", 0 },
	{ "whole", "a\xe2\x82\xac", 0 },
	{ "one of two", "a\xc3", 1 },
	{ "two of three", "a\xe2\x82", 2 },
	{ "one of three", "\xe2", 1 },
	{ "three of four", "\xf0\x9f\x98", 3 },
	{ "no beginning", "a\x80", 0 },
	{ "never a character", "a\xff", 0 },
};

static void test_cut(const void *data)
{
	const struct cut_row *row = data;

	assert_int_equal(utf8_cut(str_of(row->text)), row->n);
}

int main(void)
{
	static const struct table tables[] = {
		TABLE("utf8_read", read_rows, test_read),
		TABLE("utf8_cut", cut_rows, test_cut),
		TABLE("utf8_is_deceptive", show_rows, test_show),
		SINGLE("utf8_read of every character", test_every_character),
		SINGLE("utf8_read finds no others", test_count),
	};

	return table_run("utf8", tables, sizeof(tables) / sizeof(tables[0]));
}
