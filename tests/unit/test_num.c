#include "base/num.h"

#include "support/table.h"

struct unsigned_row {
	const char *name, *s;
	uint64_t max;
	bool expected;
	uint64_t value;
};

static void check_unsigned(const struct unsigned_row *row,
	bool (*parse)(struct str s, uint64_t max, uint64_t *value))
{
	size_t n = strlen(row->s);
	char *copy = exact_copy(row->s, n);
	uint64_t value = 77;

	assert_int_equal(parse((struct str){ copy, n }, row->max, &value),
		row->expected);
	assert_true(value == (row->expected ? row->value : 77));
	free(copy);
}

static const struct unsigned_row decimal_rows[] = {
	{ "zero", "0", 9, true, 0 },
	{ "leading zeros", "000000000000000000000000042", 99, true, 42 },
	{ "at the maximum", "65535", 65535, true, 65535 },
	{ "above the maximum", "65536", 65535, false, 0 },
	{ "digit alone above the maximum", "9", 8, false, 0 },
	{ "maximum zero", "0", 0, true, 0 },
	{ "one above maximum zero", "1", 0, false, 0 },
	{ "2^64 - 1", "18446744073709551615", UINT64_MAX, true, UINT64_MAX },
	{ "2^64", "18446744073709551616", UINT64_MAX, false, 0 },
	{ "2^64 times ten", "184467440737095516160", UINT64_MAX, false, 0 },
	{ "empty", "", 9, false, 0 },
	{ "plus", "+1", 9, false, 0 },
	{ "minus", "-1", 9, false, 0 },
	{ "blank before", " 1", 9, false, 0 },
	{ "blank behind", "1 ", 9, false, 0 },
	{ "hexadecimal digit", "1a", 99, false, 0 },
	{ "0x", "0x1", 99, false, 0 },
	{ "list", "5,5", 99, false, 0 },
};

static void test_decimal(const void *data)
{
	check_unsigned(data, num_decimal);
}

static const struct unsigned_row hex_rows[] = {
	{ "both cases", "aF09", UINT64_MAX, true, 0xaf09 },
	{ "2^64 - 1", "ffffffffffffffff", UINT64_MAX, true, UINT64_MAX },
	{ "2^64", "10000000000000000", UINT64_MAX, false, 0 },
	{ "leading zeros", "00000000000000000001", 1, true, 1 },
	{ "above the maximum", "100", 0xff, false, 0 },
	{ "empty", "", UINT64_MAX, false, 0 },
	{ "0x", "0x10", UINT64_MAX, false, 0 },
	{ "g", "1g", UINT64_MAX, false, 0 },
	{ "underscore", "1_0", UINT64_MAX, false, 0 },
	{ "minus", "-1", UINT64_MAX, false, 0 },
};

static void test_hex(const void *data)
{
	check_unsigned(data, num_hex);
}

static const struct unsigned_row octal_rows[] = {
	{ "file mode", "0644", 07777, true, 0644 },
	{ "above the maximum", "10000", 07777, false, 0 },
	{ "digit 8", "8", 07777, false, 0 },
	{ "empty", "", 07777, false, 0 },
	{ "2^64 - 1", "1777777777777777777777", UINT64_MAX, true, UINT64_MAX },
	{ "2^64", "2000000000000000000000", UINT64_MAX, false, 0 },
};

static void test_octal(const void *data)
{
	check_unsigned(data, num_octal);
}

static const struct signed_row {
	const char *name, *s;
	int64_t min, max;
	bool expected;
	int64_t value;
} signed_rows[] = {
	{ "positive", "5", -9, 9, true, 5 },
	{ "negative", "-5", -9, 9, true, -5 },
	{ "minus zero", "-0", -9, 9, true, 0 },
	{ "at the minimum", "-9", -9, 9, true, -9 },
	{ "below the minimum", "-10", -9, 9, false, 0 },
	{ "above the maximum", "10", -9, 9, false, 0 },
	{ "least", "-9223372036854775808", INT64_MIN, INT64_MAX, true,
		INT64_MIN },
	{ "below the least", "-9223372036854775809", INT64_MIN, INT64_MAX,
		false, 0 },
	{ "greatest", "9223372036854775807", INT64_MIN, INT64_MAX, true,
		INT64_MAX },
	{ "above the greatest", "9223372036854775808", INT64_MIN, INT64_MAX,
		false, 0 },
	{ "below a positive minimum", "2", 3, 9, false, 0 },
	{ "negative below a positive minimum", "-4", 3, 9, false, 0 },
	{ "minus zero below a positive minimum", "-0", 3, 9, false, 0 },
	{ "above a negative maximum", "-2", -9, -3, false, 0 },
	{ "positive above a negative maximum", "0", -9, -3, false, 0 },
	{ "within negative bounds", "-4", -9, -3, true, -4 },
	{ "minus alone", "-", -9, 9, false, 0 },
	{ "two minus signs", "--1", -9, 9, false, 0 },
	{ "plus", "+1", -9, 9, false, 0 },
	{ "empty", "", -9, 9, false, 0 },
	{ "fraction", "1.5", -9, 9, false, 0 },
};

static void test_signed(const void *data)
{
	const struct signed_row *row = data;
	size_t n = strlen(row->s);
	char *copy = exact_copy(row->s, n);
	int64_t value = 77;

	assert_int_equal(
		num_signed((struct str){ copy, n }, row->min, row->max, &value),
		row->expected);
	assert_true(value == (row->expected ? row->value : 77));
	free(copy);
}

static const struct seconds_row {
	const char *name, *s;
	int64_t max;
	bool expected;
	int64_t value;
} seconds_rows[] = {
	{ "whole", "2", INT64_MAX, true, 2000 },
	{ "fraction", "0.25", INT64_MAX, true, 250 },
	{ "fraction alone", ".5", INT64_MAX, true, 500 },
	{ "three digits", "1.001", INT64_MAX, true, 1001 },
	{ "cut, not rounded", "1.0019999", INT64_MAX, true, 1001 },
	{ "many digits", "0.00100000000000000000000000000000000001", INT64_MAX,
		true, 1 },
	{ "many nines", "0.99999999999999999999999999999999999999", INT64_MAX,
		true, 999 },
	{ "zero", "0", INT64_MAX, true, 0 },
	{ "at the maximum", "1.5", 1500, true, 1500 },
	{ "fraction above the maximum", "1.501", 1500, false, 0 },
	{ "whole above the maximum", "2", 1500, false, 0 },
	{ "fraction alone above the maximum", ".5", 499, false, 0 },
	{ "greatest", "9223372036854775.807", INT64_MAX, true, INT64_MAX },
	{ "above the greatest", "9223372036854775.808", INT64_MAX, false, 0 },
	{ "overflow", "18446744073709551616", INT64_MAX, false, 0 },
	{ "maximum zero", "0", 0, true, 0 },
	{ "negative maximum", "0", -1, false, 0 },
	{ "empty", "", INT64_MAX, false, 0 },
	{ "point alone", ".", INT64_MAX, false, 0 },
	{ "no digit behind the point", "2.", INT64_MAX, false, 0 },
	{ "two points", "1.2.3", INT64_MAX, false, 0 },
	{ "minus", "-1", INT64_MAX, false, 0 },
	{ "minus in the fraction", "1.-5", INT64_MAX, false, 0 },
	{ "exponent", "1e3", INT64_MAX, false, 0 },
	{ "comma", "1,5", INT64_MAX, false, 0 },
	{ "unit", "5s", INT64_MAX, false, 0 },
	{ "letter in the fraction", "1.5s", INT64_MAX, false, 0 },
};

static void test_seconds(const void *data)
{
	const struct seconds_row *row = data;
	size_t n = strlen(row->s);
	char *copy = exact_copy(row->s, n);
	int64_t value = 77;

	assert_int_equal(num_seconds((struct str){ copy, n }, row->max, &value),
		row->expected);
	assert_true(value == (row->expected ? row->value : 77));
	free(copy);
}

static const struct size_row {
	const char *name, *s;
	bool expected;
	int64_t value;
} size_rows[] = {
	{ "bytes", "100", true, 100 },
	{ "zero", "0", true, 0 },
	{ "B", "100B", true, 100 },
	{ "b", "100b", true, 100 },
	{ "k", "1k", true, 1024 },
	{ "K", "1K", true, 1024 },
	{ "kB", "3kB", true, 3072 },
	{ "m", "2m", true, 2 << 20 },
	{ "G", "1G", true, 1 << 30 },
	{ "t", "1t", true, INT64_C(1) << 40 },
	{ "Pb", "1Pb", true, INT64_C(1) << 50 },
	{ "fraction", "1.5k", true, 1536 },
	{ "fraction alone", ".5k", true, 512 },
	{ "fraction rounded down", "0.3k", true, 307 },
	{ "fraction of a petabyte", "0.999999999999999999999p", true,
		(INT64_C(1) << 50) - 1 },
	{ "greatest", "9223372036854775807", true, INT64_MAX },
	{ "above the greatest", "9223372036854775808", false, 0 },
	{ "most petabytes", "8191p", true, INT64_C(8191) << 50 },
	{ "most petabytes and a fraction", "8191.9999999999999999999p", true,
		INT64_MAX },
	{ "2^63 in petabytes", "8192p", false, 0 },
	{ "overflow", "18446744073709551616k", false, 0 },
	{ "fraction of a byte", "1.5", false, 0 },
	{ "fraction of a byte with B", "1.5B", false, 0 },
	{ "empty", "", false, 0 },
	{ "suffix alone", "k", false, 0 },
	{ "B alone", "b", false, 0 },
	{ "point and suffix", ".k", false, 0 },
	{ "no digit behind the point", "1.k", false, 0 },
	{ "two suffixes", "1kk", false, 0 },
	{ "two Bs", "1bb", false, 0 },
	{ "suffix behind B", "1Bk", false, 0 },
	{ "unknown suffix", "1x", false, 0 },
	{ "blank", "1 k", false, 0 },
	{ "minus", "-1", false, 0 },
	{ "minus with suffix", "-1k", false, 0 },
};

static void test_size(const void *data)
{
	const struct size_row *row = data;
	size_t n = strlen(row->s);
	char *copy = exact_copy(row->s, n);
	int64_t value = 77;

	assert_int_equal(
		num_size((struct str){ copy, n }, &value), row->expected);
	assert_true(value == (row->expected ? row->value : 77));
	free(copy);
}

static const struct table tables[] = {
	TABLE("num_decimal", decimal_rows, test_decimal),
	TABLE("num_hex", hex_rows, test_hex),
	TABLE("num_octal", octal_rows, test_octal),
	TABLE("num_signed", signed_rows, test_signed),
	TABLE("num_seconds", seconds_rows, test_seconds),
	TABLE("num_size", size_rows, test_size),
};

int main(void)
{
	return table_run("num", tables, sizeof(tables) / sizeof(tables[0]));
}
