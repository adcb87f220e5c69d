#include "base/str.h"

#include "base/ascii.h"
#include "support/table.h"

static struct str exact(const char *text)
{
	return (struct str){ exact_copy(text, strlen(text)), strlen(text) };
}

static void release(struct str s)
{
	free((char *)s.p);
}

struct pair_row {
	const char *name, *a, *b;
	bool expected;
};

static const struct pair_row eq_rows[] = {
	{ "same", "Host", "Host", true },
	{ "both empty", "", "", true },
	{ "other case", "Host", "host", false },
	{ "prefix only", "Host", "Hos", false },
	{ "last byte differs", "Host", "Hosu", false },
};

static void test_eq(const void *data)
{
	const struct pair_row *row = data;
	struct str a = exact(row->a), b = exact(row->b);

	assert_int_equal(str_eq(a, b), row->expected);
	assert_int_equal(str_eq(b, a), row->expected);
	release(a);
	release(b);
}

static const struct pair_row eq_nocase_rows[] = {
	{ "same", "Host", "Host", true },
	{ "other case", "cOnTeNt-LeNgTh", "Content-Length", true },
	{ "both empty", "", "", true },
	{ "shorter", "Host", "hos", false },
	{ "at sign is no grave accent", "@", "`", false },
	{ "bracket is no brace", "[", "{", false },
	{ "only letters of ASCII fold", "\xc4", "\xe4", false },
};

static void test_eq_nocase(const void *data)
{
	const struct pair_row *row = data;
	struct str a = exact(row->a), b = exact(row->b);

	assert_int_equal(str_eq_nocase(a, b), row->expected);
	assert_int_equal(str_eq_nocase(b, a), row->expected);
	release(a);
	release(b);
}

static const struct pair_row starts_rows[] = {
	{ "prefix", "http://x", "http://", true },
	{ "whole", "http", "http", true },
	{ "empty prefix", "http", "", true },
	{ "empty prefix of empty", "", "", true },
	{ "other case", "HTTP://x", "http://", false },
	{ "longer than s", "htt", "http", false },
};

static void test_starts(const void *data)
{
	const struct pair_row *row = data;
	struct str s = exact(row->a), prefix = exact(row->b);

	assert_int_equal(str_starts(s, prefix), row->expected);
	release(s);
	release(prefix);
}

static const struct pair_row starts_nocase_rows[] = {
	{ "other case", "HTTP://x", "http://", true },
	{ "empty prefix", "x", "", true },
	{ "longer than s", "HTT", "http", false },
	{ "differs", "hxtp", "http", false },
};

static void test_starts_nocase(const void *data)
{
	const struct pair_row *row = data;
	struct str s = exact(row->a), prefix = exact(row->b);

	assert_int_equal(str_starts_nocase(s, prefix), row->expected);
	release(s);
	release(prefix);
}

static const struct find_row {
	const char *name, *s;
	char c;
	ssize_t expected;
} find_rows[] = {
	{ "first byte", ":a", ':', 0 },
	{ "last byte", "a:", ':', 1 },
	{ "first of two", "a:b:", ':', 1 },
	{ "absent", "abc", ':', -1 },
	{ "empty", "", ':', -1 },
	{ "byte above 127", "a\xff", '\xff', 1 },
};

static void test_find(const void *data)
{
	const struct find_row *row = data;
	struct str s = exact(row->s);

	assert_int_equal(str_find(s, row->c), row->expected);
	release(s);
}

static const struct search_row {
	const char *name, *s, *needle;
	ssize_t expected;
} search_rows[] = {
	{ "at the front", "abcabc", "abc", 0 },
	{ "at the end", "xxabc", "abc", 2 },
	{ "after a false start", "aabaab!", "aab!", 3 },
	{ "empty needle", "abc", "", 0 },
	{ "empty needle in empty", "", "", 0 },
	{ "needle longer than s", "ab", "abc", -1 },
	{ "cut short at the end", "xxab", "abc", -1 },
};

static void test_search(const void *data)
{
	const struct search_row *row = data;
	struct str s = exact(row->s), needle = exact(row->needle);

	assert_int_equal(str_search(s, needle), row->expected);
	release(s);
	release(needle);
}

static const struct cut_row {
	const char *name, *s;
	bool expected;
	const char *before, *after;
} cut_rows[] = {
	{ "in the middle", "name=value", true, "name", "value" },
	{ "at the first of two", "a=b=c", true, "a", "b=c" },
	{ "at the front", "=b", true, "", "b" },
	{ "at the end", "a=", true, "a", "" },
	{ "alone", "=", true, "", "" },
	{ "absent", "abc", false, "abc", "" },
	{ "empty", "", false, "", "" },
};

static void test_cut(const void *data)
{
	const struct cut_row *row = data;
	struct str s = exact(row->s), first = s, second = s, before, after;

	assert_int_equal(str_cut(s, '=', &before, &after), row->expected);
	assert_true(str_eq(before, str_of(row->before)));
	assert_true(str_eq(after, str_of(row->after)));
	/* The holder of the argument may take either part. */
	assert_int_equal(str_cut(first, '=', &first, &after), row->expected);
	assert_true(str_eq(first, before));
	assert_int_equal(str_cut(second, '=', &before, &second), row->expected);
	assert_true(str_eq(second, after));
	release(s);
}

static const struct trim_row {
	const char *name, *s, *expected;
} trim_rows[] = {
	{ "nothing to do", "a b", "a b" },
	{ "both ends", " \t a b\t ", "a b" },
	{ "blanks only", " \t ", "" },
	{ "empty", "", "" },
	{ "CR and LF stay", "\r a\n", "\r a\n" },
	{ "one byte", " a", "a" },
};

static void test_trim(const void *data)
{
	const struct trim_row *row = data;
	struct str s = exact(row->s);

	assert_true(str_eq(str_trim(s), str_of(row->expected)));
	release(s);
}

static const struct slice_row {
	const char *name, *s;
	size_t n;
	const char *first, *from;
} slice_rows[] = {
	{ "nothing", "abc", 0, "", "abc" },
	{ "some", "abc", 2, "ab", "c" },
	{ "all", "abc", 3, "abc", "" },
	{ "more than there is", "abc", 4, "abc", "" },
	{ "as much as can be said", "abc", SIZE_MAX, "abc", "" },
};

static void test_slice(const void *data)
{
	const struct slice_row *row = data;
	struct str s = exact(row->s);

	assert_true(str_eq(str_first(s, row->n), str_of(row->first)));
	assert_true(str_eq(str_from(s, row->n), str_of(row->from)));
	release(s);
}

static void test_null(const void *data)
{
	struct str none = str_of(NULL), before, after;
	char *copy;

	(void)data;
	assert_null(none.p);
	assert_int_equal(none.n, 0);
	assert_true(str_eq(none, STR("")));
	assert_int_equal(str_find(none, 'x'), -1);
	assert_int_equal(str_search(none, STR("x")), -1);
	assert_int_equal(str_from(none, 1).n, 0);
	assert_int_equal(str_trim(none).n, 0);
	assert_false(str_cut(none, ':', &before, &after));
	assert_int_equal(before.n + after.n, 0);
	copy = str_dup(none);
	assert_string_equal(copy, "");
	free(copy);
}

static void test_dup(const void *data)
{
	struct str s = { exact_copy("a\0b", 3), 3 };
	char *copy = str_dup(s);

	(void)data;
	assert_memory_equal(copy, "a\0b", 4);
	assert_ptr_not_equal(copy, s.p);
	free(copy);
	release(s);
}

/* Each class against the bytes that belong to it, spelled out. */
static const struct class_row {
	const char *name;
	bool (*is)(char c);
	const char *members;
} class_rows[] = {
	{ "digit", ascii_is_digit, "0123456789" },
	{ "alpha", ascii_is_alpha,
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ" },
	{ "alnum", ascii_is_alnum,
		"0123456789"
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ" },
	{ "space", ascii_is_space, " \t\r\n\v\f" },
	{ "tchar", ascii_is_tchar,
		"!#$%&'*+-.^_`|~0123456789"
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ" },
};

static void test_class(const void *data)
{
	const struct class_row *row = data;

	for (int c = 0; c < 256; c++) {
		bool member = c && strchr(row->members, c);

		assert_int_equal(row->is((char)c), member);
	}
}

static void test_control(const void *data)
{
	(void)data;
	for (int c = 0; c < 256; c++)
		assert_int_equal(ascii_is_control((char)c), c < 32 || c == 127);
}

static void test_case(const void *data)
{
	(void)data;
	for (int c = 0; c < 256; c++) {
		bool upper = c >= 'A' && c <= 'Z', lower = c >= 'a' && c <= 'z';

		assert_int_equal(
			ascii_lower((char)c), (char)(upper ? c + 32 : c));
		assert_int_equal(
			ascii_upper((char)c), (char)(lower ? c - 32 : c));
	}
}

static void test_hex_value(const void *data)
{
	static const char digits[] = "0123456789abcdef0123456789ABCDEF";

	(void)data;
	for (int i = 0; i < 32; i++)
		assert_int_equal(ascii_hex_value(digits[i]), i % 16);
	for (int c = 0; c < 256; c++)
		if (c == 0 || !strchr(digits, c))
			assert_int_equal(ascii_hex_value((char)c), -1);
}

static const struct table tables[] = {
	TABLE("str_eq", eq_rows, test_eq),
	TABLE("str_eq_nocase", eq_nocase_rows, test_eq_nocase),
	TABLE("str_starts", starts_rows, test_starts),
	TABLE("str_starts_nocase", starts_nocase_rows, test_starts_nocase),
	TABLE("str_find", find_rows, test_find),
	TABLE("str_search", search_rows, test_search),
	TABLE("str_cut", cut_rows, test_cut),
	TABLE("str_trim", trim_rows, test_trim),
	TABLE("str_first and str_from", slice_rows, test_slice),
	SINGLE("str of NULL", test_null),
	SINGLE("str_dup", test_dup),
	TABLE("ascii_is", class_rows, test_class),
	SINGLE("ascii_is_control", test_control),
	SINGLE("ascii_lower and ascii_upper", test_case),
	SINGLE("ascii_hex_value", test_hex_value),
};

int main(void)
{
	return table_run("str", tables, sizeof(tables) / sizeof(tables[0]));
}
