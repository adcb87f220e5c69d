#include "http/range.h"

#include "support/table.h"

struct range_row {
	const char *name, *value;
	bool good, satisfied;
	uint64_t first, last, whole;
};

static const struct range_row rows[] = {
	{ "whole", "bytes 0-99/100", true, true, 0, 99, 100 },
	{ "part", "bytes 10-19/100", true, true, 10, 19, 100 },
	{ "one byte", "bytes 5-5/6", true, true, 5, 5, 6 },
	{ "unknown length", "bytes 10-19/*", true, true, 10, 19,
		RANGE_UNKNOWN },
	{ "unsatisfied", "bytes */100", true, false, 0, 0, 100 },
	{ "unsatisfied, empty", "bytes */0", true, false, 0, 0, 0 },
	{ "no unit", "10-19/100", true, true, 10, 19, 100 },
	{ "no unit, unsatisfied", "*/100", true, false, 0, 0, 100 },
	{ "another case", "Bytes 1-2/3", true, true, 1, 2, 3 },
	{ "colon", "bytes: 1-2/3", true, true, 1, 2, 3 },
	{ "equals sign", "bytes=1-2/3", true, true, 1, 2, 3 },
	{ "blanks", "  bytes\t1-2 / 3 ", true, true, 1, 2, 3 },
	{ "large",
		"bytes 18446744073709551612-18446744073709551613/"
		"18446744073709551614",
		true, true, UINT64_MAX - 3, UINT64_MAX - 2, UINT64_MAX - 1 },
	{ "empty", "", false, false, 0, 0, 0 },
	{ "unit alone", "bytes", false, false, 0, 0, 0 },
	{ "another unit", "lines 1-2/3", false, false, 0, 0, 0 },
	{ "no whole", "bytes 1-2", false, false, 0, 0, 0 },
	{ "empty whole", "bytes 1-2/", false, false, 0, 0, 0 },
	{ "nothing known", "bytes */*", false, false, 0, 0, 0 },
	{ "backwards", "bytes 3-2/9", false, false, 0, 0, 0 },
	{ "beyond", "bytes 0-3/3", false, false, 0, 0, 0 },
	{ "no first", "bytes -3/9", false, false, 0, 0, 0 },
	{ "no last", "bytes 3-/9", false, false, 0, 0, 0 },
	{ "sign", "bytes +1-2/3", false, false, 0, 0, 0 },
	{ "too large", "bytes 0-18446744073709551616/*", false, false, 0, 0,
		0 },
	{ "the mark of unknown", "bytes 0-1/18446744073709551615", false, false,
		0, 0, 0 },
	{ "something behind", "bytes 1-2/3x", false, false, 0, 0, 0 },
};

static void test_parse(const void *data)
{
	const struct range_row *row = data;
	size_t n = strlen(row->value);
	char *copy = exact_copy(row->value, n);
	struct content_range range;
	bool good = content_range_parse((struct str){ copy, n }, &range);

	assert_int_equal(good, row->good);
	if (good) {
		assert_int_equal(range.satisfied, row->satisfied);
		assert_int_equal(range.first, row->first);
		assert_int_equal(range.last, row->last);
		assert_int_equal(range.whole, row->whole);
	}
	free(copy);
}

static void test_beginnings(const void *data)
{
	const struct range_row *row = data;

	for (size_t n = 0; n < strlen(row->value); n++) {
		char *copy = exact_copy(row->value, n);
		struct content_range range;

		content_range_parse((struct str){ copy, n }, &range);
		free(copy);
	}
}

int main(void)
{
	const struct table tables[] = {
		TABLE("content_range_parse", rows, test_parse),
		TABLE("content_range_parse cut", rows, test_beginnings),
	};

	return table_run("range", tables, sizeof(tables) / sizeof(tables[0]));
}
