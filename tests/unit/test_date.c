#include "base/date.h"

#include "support/table.h"

/* 1994-11-06T08:49:37Z, the example of RFC 9110. */
#define EXAMPLE INT64_C(784111777)
/* 2024-02-29T12:00:00Z */
#define LEAP_DAY INT64_C(1709208000)

static const struct split_row {
	const char *name;
	int64_t time;
	struct date date;
} split_rows[] = {
	{ "epoch", 0, { 1970, 1, 1, 0, 0, 0, 4 } },
	{ "a second before", -1, { 1969, 12, 31, 23, 59, 59, 3 } },
	{ "example of RFC 9110", EXAMPLE, { 1994, 11, 6, 8, 49, 37, 0 } },
	{ "leap day", LEAP_DAY, { 2024, 2, 29, 12, 0, 0, 4 } },
	{ "2^31", INT64_C(1) << 31, { 2038, 1, 19, 3, 14, 8, 2 } },
	{ "2^32", INT64_C(1) << 32, { 2106, 2, 7, 6, 28, 16, 0 } },
	{ "year 1", -62135596800, { 1, 1, 1, 0, 0, 0, 1 } },
	{ "year 0", -62167219200, { 0, 1, 1, 0, 0, 0, 6 } },
	{ "end of year 9999", 253402300799, { 9999, 12, 31, 23, 59, 59, 5 } },
};

static void assert_date_equal(const struct date *a, const struct date *b)
{
	assert_int_equal(a->year, b->year);
	assert_int_equal(a->month, b->month);
	assert_int_equal(a->day, b->day);
	assert_int_equal(a->hour, b->hour);
	assert_int_equal(a->minute, b->minute);
	assert_int_equal(a->second, b->second);
	assert_int_equal(a->weekday, b->weekday);
}

static void test_split(const void *data)
{
	const struct split_row *row = data;
	struct date date;

	date_split(row->time, &date);
	assert_date_equal(&date, &row->date);
	assert_int_equal(date_join(&row->date), row->time);
}

static bool is_leap(int year)
{
	return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
}

/* The calendar, turned day by day from 1970 in each direction. */
static void test_every_day(const void *data)
{
	static const int lengths[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31,
		30, 31 };
	struct date day = { 1970, 1, 1, 23, 59, 59, 4 }, split;
	int64_t time = 86399;

	(void)data;
	for (; day.year <= 9999; time += 86400) {
		date_split(time, &split);
		assert_date_equal(&split, &day);
		assert_int_equal(date_join(&day), time);
		day.weekday = (day.weekday + 1) % 7;
		if (day.day++ < lengths[day.month - 1] +
				(day.month == 2 && is_leap(day.year)))
			continue;
		day.day = 1;
		day.year += day.month == 12;
		day.month = day.month % 12 + 1;
	}
	day = (struct date){ 1970, 1, 1, 0, 0, 0, 4 };
	for (time = 0; day.year >= -9999; time -= 86400) {
		date_split(time, &split);
		assert_date_equal(&split, &day);
		assert_int_equal(date_join(&day), time);
		day.weekday = (day.weekday + 6) % 7;
		if (--day.day > 0)
			continue;
		day.year -= day.month == 1;
		day.month = day.month == 1 ? 12 : day.month - 1;
		day.day = lengths[day.month - 1] +
			(day.month == 2 && is_leap(day.year));
	}
}

static const struct format_row {
	const char *name;
	int64_t time;
	const char *expected;
} format_rows[] = {
	{ "example of RFC 9110", EXAMPLE, "Sun, 06 Nov 1994 08:49:37 GMT" },
	{ "epoch", 0, "Thu, 01 Jan 1970 00:00:00 GMT" },
	{ "before the epoch", -1, "Wed, 31 Dec 1969 23:59:59 GMT" },
	{ "leap day", LEAP_DAY, "Thu, 29 Feb 2024 12:00:00 GMT" },
	{ "year of one digit", -62135596800, "Mon, 01 Jan 0001 00:00:00 GMT" },
	{ "end of year 9999", 253402300799, "Fri, 31 Dec 9999 23:59:59 GMT" },
};

static void test_format(const void *data)
{
	const struct format_row *row = data;
	char out[DATE_HTTP_SIZE];
	int64_t time;

	memset(out, 'x', sizeof(out));
	date_format_http(row->time, out);
	assert_string_equal(out, row->expected);
	assert_true(date_parse_http(str_of(out), 0, &time));
	assert_int_equal(time, row->time);
}

static const struct parse_row {
	const char *name, *s;
	int64_t now;
	bool expected;
	int64_t time;
} parse_rows[] = {
	{ "IMF-fixdate", "Sun, 06 Nov 1994 08:49:37 GMT", 0, true, EXAMPLE },
	{ "RFC 850", "Sunday, 06-Nov-94 08:49:37 GMT", EXAMPLE, true, EXAMPLE },
	{ "asctime", "Sun Nov  6 08:49:37 1994", 0, true, EXAMPLE },
	{ "asctime, day of two digits", "Wed Nov 16 08:49:37 1994", 0, true,
		EXAMPLE + 10 * 86400 },
	{ "asctime, day with a zero", "Sun Nov 06 08:49:37 1994", 0, true,
		EXAMPLE },
	{ "wrong weekday", "Mon, 06 Nov 1994 08:49:37 GMT", 0, true, EXAMPLE },
	{ "leap second", "Sat, 31 Dec 2016 23:59:60 GMT", 0, true, 1483228800 },
	{ "leap day", "Thu, 29 Feb 2024 12:00:00 GMT", 0, true, LEAP_DAY },
	{ "leap day of 2000", "Tue, 29 Feb 2000 00:00:00 GMT", 0, true,
		951782400 },
	{ "no leap day in 1900", "Thu, 29 Feb 1900 00:00:00 GMT", 0, false, 0 },
	{ "no leap day in 2023", "Wed, 29 Feb 2023 00:00:00 GMT", 0, false, 0 },
	{ "day 31 of April", "Thu, 31 Apr 2020 00:00:00 GMT", 0, false, 0 },
	{ "day 32 of December", "Thu, 32 Dec 2020 00:00:00 GMT", 0, false, 0 },
	{ "day 31 of December", "Thu, 31 Dec 2020 00:00:00 GMT", 0, true,
		1609372800 },
	{ "day 0", "Thu, 00 Dec 2020 00:00:00 GMT", 0, false, 0 },
	{ "hour 24", "Sun, 06 Nov 1994 24:00:00 GMT", 0, false, 0 },
	{ "minute 60", "Sun, 06 Nov 1994 00:60:00 GMT", 0, false, 0 },
	{ "second 61", "Sun, 06 Nov 1994 00:00:61 GMT", 0, false, 0 },
	{ "lower case", "sun, 06 nov 1994 08:49:37 gmt", 0, false, 0 },
	{ "day of one digit", "Sun, 6 Nov 1994 08:49:37 GMT", 0, false, 0 },
	{ "UTC for GMT", "Sun, 06 Nov 1994 08:49:37 UTC", 0, false, 0 },
	{ "offset for GMT", "Sun, 06 Nov 1994 08:49:37 +0000", 0, false, 0 },
	{ "hyphens", "Sun, 06-Nov-1994 08:49:37 GMT", 0, false, 0 },
	{ "RFC 850 with a short day name", "Sun, 06-Nov-94 08:49:37 GMT", 0,
		false, 0 },
	{ "no weekday", "06 Nov 1994 08:49:37 GMT", 0, false, 0 },
	{ "blank before", " Sun, 06 Nov 1994 08:49:37 GMT", 0, false, 0 },
	{ "blank behind", "Sun, 06 Nov 1994 08:49:37 GMT ", 0, false, 0 },
	{ "asctime with GMT", "Sun Nov  6 08:49:37 1994 GMT", 0, false, 0 },
	{ "sign in a number", "Sun, 06 Nov 1994 08:49:+7 GMT", 0, false, 0 },
	{ "unknown month", "Sun, 06 Nof 1994 08:49:37 GMT", 0, false, 0 },
	{ "a number", "0", 0, false, 0 },
	{ "empty", "", 0, false, 0 },
};

static void test_parse(const void *data)
{
	const struct parse_row *row = data;
	size_t n = strlen(row->s);
	char *copy = exact_copy(row->s, n);
	int64_t time = 77;

	assert_int_equal(
		date_parse_http((struct str){ copy, n }, row->now, &time),
		row->expected);
	assert_int_equal(time, row->expected ? row->time : 77);
	free(copy);
}

/* No proper prefix of a date is one. */
static void test_parse_prefixes(const void *data)
{
	const struct parse_row *row = data;
	int64_t time = 77;

	for (size_t n = 0; n < strlen(row->s); n++) {
		char *copy = exact_copy(row->s, n);

		assert_false(date_parse_http(
			(struct str){ copy, n }, row->now, &time));
		assert_int_equal(time, 77);
		free(copy);
	}
}

static const struct century_row {
	const char *name, *s;
	struct date now;
	int year;
} century_rows[] = {
	{ "this year", "Monday, 01-Jul-24 00:00:00 GMT",
		{ 2024, 7, 1, 0, 0, 0, 0 }, 2024 },
	{ "last century", "Monday, 01-Jul-94 00:00:00 GMT",
		{ 2024, 7, 1, 0, 0, 0, 0 }, 1994 },
	{ "next century", "Monday, 01-Jul-05 00:00:00 GMT",
		{ 1999, 7, 1, 0, 0, 0, 0 }, 2005 },
	{ "50 years ahead to the second", "Monday, 01-Jul-74 12:00:00 GMT",
		{ 2024, 7, 1, 12, 0, 0, 0 }, 2074 },
	{ "a second more than 50 years", "Monday, 01-Jul-74 12:00:01 GMT",
		{ 2024, 7, 1, 12, 0, 0, 0 }, 1974 },
	{ "49 years ahead", "Monday, 01-Jul-73 00:00:00 GMT",
		{ 2024, 7, 1, 0, 0, 0, 0 }, 2073 },
	{ "51 years ahead", "Monday, 01-Jul-75 00:00:00 GMT",
		{ 2024, 7, 1, 0, 0, 0, 0 }, 1975 },
	{ "epoch as a far future's past", "Thursday, 01-Jan-70 00:00:00 GMT",
		{ 2024, 7, 1, 0, 0, 0, 0 }, 2070 },
	{ "from 2060, into the next century", "Monday, 01-Jul-05 00:00:00 GMT",
		{ 2060, 7, 1, 0, 0, 0, 0 }, 2105 },
	{ "from 2060, this century", "Monday, 01-Jul-11 00:00:00 GMT",
		{ 2060, 7, 1, 0, 0, 0, 0 }, 2011 },
	{ "leap day of the year 00", "Tuesday, 29-Feb-00 00:00:00 GMT",
		{ 2024, 7, 1, 0, 0, 0, 0 }, 2000 },
};

static void test_century(const void *data)
{
	const struct century_row *row = data;
	struct date date;
	int64_t time;

	assert_true(
		date_parse_http(str_of(row->s), date_join(&row->now), &time));
	date_split(time, &date);
	assert_int_equal(date.year, row->year);
}

static const struct table tables[] = {
	TABLE("date_split and date_join", split_rows, test_split),
	SINGLE("every day of 20,000 years", test_every_day),
	TABLE("date_format_http", format_rows, test_format),
	TABLE("date_parse_http", parse_rows, test_parse),
	/* The first five rows are dates whose every part is needed. */
	{ "prefix of a date", parse_rows, 5, sizeof(parse_rows[0]),
		test_parse_prefixes },
	TABLE("century of an RFC 850 date", century_rows, test_century),
};

int main(void)
{
	return table_run("date", tables, sizeof(tables) / sizeof(tables[0]));
}
