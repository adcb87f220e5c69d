/* Dates of cookies, by RFC 6265 section 5.1.1. */
#include "policy/cookie_date.h"

#include "base/limits.h"
#include "support/table.h"

#define EXAMPLE INT64_C(784111777) /* 1994-11-06T08:49:37Z */

struct date_row {
	const char *name, *text;
	int64_t time;
};

static const struct date_row good_rows[] = {
	{ "IMF-fixdate", "Sun, 06 Nov 1994 08:49:37 GMT", EXAMPLE },
	{ "RFC 850", "Sunday, 06-Nov-94 08:49:37 GMT", EXAMPLE },
	{ "asctime", "Sun Nov  6 08:49:37 1994", EXAMPLE },
	{ "the zone means nothing", "Sun, 06 Nov 1994 08:49:37 +0200",
		EXAMPLE },
	{ "no weekday", "06 Nov 1994 08:49:37", EXAMPLE },
	{ "any order", "1994 08:49:37 nov 06", EXAMPLE },
	{ "every delimiter",
		"\t!\"#$%&'()*+,-./;<=>?@[\\]^_`{|}~06~Nov}1994|08:49:37",
		EXAMPLE },
	{ "words behind numbers", "6th November 1994th 8:49:37pm", EXAMPLE },
	{ "a month in capitals", "06 NOVEMBRE 1994 08:49:37", EXAMPLE },
	{ "the first of each counts", "6 Nov 1994 08:49:37 7 Dec 1995 09:50:38",
		EXAMPLE },
	{ "one digit each", "6 Nov 94 8:9:7", EXAMPLE - 40 * 60 - 30 },
	{ "year 69", "01 Jan 69 00:00:00", INT64_C(3124224000) },
	{ "year 70", "01 Jan 70 00:00:00", 0 },
	{ "year 99", "31 Dec 99 23:59:59", 946684799 },
	{ "year 069", "01 Jan 069 00:00:00", INT64_C(3124224000) },
	{ "year 1601", "1 Jan 1601 00:00:00", INT64_C(-11644473600) },
	{ "year 9999", "31 Dec 9999 23:59:59", INT64_C(253402300799) },
	{ "leap day", "29 Feb 2024 12:00:00", 1709208000 },
	{ "unknown bytes", "\x80\xff 06 Nov \x01 1994 08:49:37", EXAMPLE },
};

static void test_good(const void *data)
{
	const struct date_row *row = data;
	size_t n = strlen(row->text);
	char *copy = exact_copy(row->text, n);
	int64_t time = -1;

	assert_true(cookie_date_parse((struct str){ copy, n }, &time));
	assert_int_equal(time, row->time);
	free(copy);
}

static const struct date_row bad_rows[] = {
	{ "empty", "", 0 },
	{ "words", "totally bad", 0 },
	{ "no year", "Thu, 01 Jan 00:00:00", 0 },
	{ "no month", "06 1994 08:49:37", 0 },
	{ "no day", "Nov 1994 08:49:37", 0 },
	{ "no time", "06 Nov 1994", 0 },
	{ "time without seconds", "06 Nov 1994 08:49", 0 },
	{ "time with a third digit", "06 Nov 1994 08:49:370", 0 },
	{ "a third digit of the hour", "06 Nov 1994 008:49:37", 0 },
	{ "day 0", "00 Nov 1994 08:49:37", 0 },
	{ "day 32", "32 Nov 1994 08:49:37", 0 },
	{ "31 November", "31 Nov 1994 08:49:37", 0 },
	{ "29 February 2023", "29 Feb 2023 08:49:37", 0 },
	{ "29 February 1900", "29 Feb 1900 08:49:37", 0 },
	{ "year 1600", "06 Nov 1600 08:49:37", 0 },
	{ "year of five digits", "06 Nov 01994 08:49:37", 0 },
	{ "year of three digits", "06 Nov 199 08:49:37", 0 },
	{ "hour 24", "06 Nov 1994 24:49:37", 0 },
	{ "minute 60", "06 Nov 1994 08:60:37", 0 },
	{ "second 60", "06 Nov 1994 08:49:60", 0 },
	{ "month cut short", "06 No 1994 08:49:37", 0 },
	{ "the year takes the place of the day", "94 Nov 06 08:49:37", 0 },
};

static void test_bad(const void *data)
{
	const struct date_row *row = data;
	size_t n = strlen(row->text);
	char *copy = exact_copy(row->text, n);
	int64_t time;

	assert_false(cookie_date_parse((struct str){ copy, n }, &time));
	free(copy);
}

/* Nothing behind the end is looked at, wherever that is. */
static void test_prefixes(const void *data)
{
	const struct date_row *row = data;
	int64_t time;

	for (size_t n = 0; n < strlen(row->text); n++) {
		char *copy = exact_copy(row->text, n);

		if (cookie_date_parse((struct str){ copy, n }, &time))
			assert_in_range(time + INT64_C(11644473600), 0,
				INT64_C(265046774399));
		free(copy);
	}
}

/* A date with blanks behind it, up to the limit and beyond. */
static void test_length(const void *row)
{
	char text[LIMIT_COOKIE_DATE + 1];
	int64_t time;

	(void)row;
	memset(text, ' ', sizeof(text));
	memcpy(text, "06 Nov 1994 08:49:37", 20);
	assert_true(cookie_date_parse(
		(struct str){ text, LIMIT_COOKIE_DATE }, &time));
	assert_int_equal(time, EXAMPLE);
	assert_false(cookie_date_parse(
		(struct str){ text, LIMIT_COOKIE_DATE + 1 }, &time));
}

int main(void)
{
	static const struct table tables[] = {
		TABLE("cookie_date_parse", good_rows, test_good),
		TABLE("cookie_date_parse fails", bad_rows, test_bad),
		TABLE("cookie_date_parse of beginnings", good_rows,
			test_prefixes),
		SINGLE("cookie_date_parse of a long one", test_length),
	};

	return table_run(
		"cookie_date", tables, sizeof(tables) / sizeof(tables[0]));
}
