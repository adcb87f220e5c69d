#include "base/date_loose.h"

#include "support/table.h"

struct date_row {
	const char *name, *text;
	bool good;
	int64_t time;
};

static const struct date_row date_rows[] = {
	{ "IMF-fixdate", "Sun, 06 Nov 1994 08:49:37 GMT", true, 784111777 },
	{ "RFC 850", "Sunday, 06-Nov-94 08:49:37 GMT", true, 784111777 },
	{ "asctime", "Sun Nov  6 08:49:37 1994", true, 784111777 },
	{ "in words' order", "Nov 6 08:49:37 1994", true, 784111777 },
	{ "no time", "06 Nov 1994", true, 784080000 },
	{ "hyphens", "06-Nov-94", true, 784080000 },
	{ "year first", "1994 Nov 6", true, 784080000 },
	{ "month first", "Nov-94 6", true, 784080000 },
	{ "no seconds", "06 Nov 1994 08:49", true, 784111740 },
	{ "one digit of an hour", "06 Nov 1994 8:49:37", true, 784111777 },
	{ "lower case", "dec 12 12:00:00 1999 gmt", true, 945000000 },
	{ "whole month", "6 November 1994", true, 784080000 },
	{ "CET", "06-Nov-94 08:49:37 CET", true, 784108177 },
	{ "EST", "06 Nov 1994 08:49:37 EST", true, 784129777 },
	{ "east", "Wed, 09 Oct 1940 16:45:49 +0100", true, -922349651 },
	{ "west", "06 Nov 1994 08:49:37 -0800", true, 784140577 },
	{ "digits", "20040911", true, 1094860800 },
	{ "digits and time", "20040911 15:05:58", true, 1094915158 },
	{ "1970", "01 Jan 1970", true, 0 },
	{ "two digits, this century", "01 Jan 70", true, 3155760000 },
	{ "two digits, last century", "01 Jan 71", true, 31536000 },
	{ "leap day", "29 Feb 2000", true, 951782400 },
	{ "leap second", "31 Dec 1998 23:59:60", true, 915148800 },
	{ "year 9999", "31 Dec 9999 23:59:59", true, 253402300799 },
	{ "nothing", "", false, 0 },
	{ "blanks", "  ,, ", false, 0 },
	{ "no day", "Nov 1994", false, 0 },
	{ "no year", "6 Nov", false, 0 },
	{ "no month", "6 1994", false, 0 },
	{ "time alone", "08:49:37", false, 0 },
	{ "no leap day", "29 Feb 1900", false, 0 },
	{ "day 32", "32 Jan 2000 1", false, 0 },
	{ "day 31 of April", "31 Apr 2000", false, 0 },
	{ "hour 24", "1 Jan 2000 24:00:00", false, 0 },
	{ "minute 60", "1 Jan 2000 10:60", false, 0 },
	{ "month 13 in digits", "20041311", false, 0 },
	{ "day 0 in digits", "20041100", false, 0 },
	{ "nine digits", "200409111", false, 0 },
	{ "another word", "6 Nov 1994 noon", false, 0 },
	{ "two letters of a month", "6 No 1994", false, 0 },
	{ "two months", "6 Nov Dec 1994", false, 0 },
	{ "two times", "6 Nov 1994 10:00 11:00", false, 0 },
	{ "two zones", "6 Nov 1994 10:00 GMT CET", false, 0 },
	{ "two weekdays", "Mon Tue 6 Nov 1994", false, 0 },
	{ "three numbers too many", "6 Nov 1994 1995", false, 0 },
	{ "before the calendar", "1 Jan 1500", false, 0 },
	{ "file name", "file.txt", false, 0 },
};

static void test_parse(const void *data)
{
	const struct date_row *row = data;
	size_t n = strlen(row->text);
	char *copy = exact_copy(row->text, n);
	int64_t time = 0;

	assert_int_equal(
		date_parse_loose((struct str){ copy, n }, &time), row->good);
	assert_int_equal(time, row->time);
	free(copy);
}

/* A beginning of a date reads nothing past its end. */
static void test_beginnings(const void *data)
{
	const struct date_row *row = data;

	for (size_t n = 0; n < strlen(row->text); n++) {
		char *copy = exact_copy(row->text, n);
		int64_t time;

		date_parse_loose((struct str){ copy, n }, &time);
		free(copy);
	}
}

int main(void)
{
	const struct table tables[] = {
		TABLE("date_parse_loose", date_rows, test_parse),
		TABLE("date_parse_loose cut", date_rows, test_beginnings),
	};

	return table_run(
		"date_loose", tables, sizeof(tables) / sizeof(tables[0]));
}
