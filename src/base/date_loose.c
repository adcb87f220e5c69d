#include "base/date_loose.h"

#include "base/ascii.h"
#include "base/date.h"
#include "base/num.h"

#define WORD_MIN 3u /* letters, that name a month or weekday */

struct reading {
	struct date date;
	int64_t zone; /* seconds east */
	bool day, month, year, time, weekday, has_zone;
};

struct zone {
	char name[5];
	signed char hours; /* east */
};

/* No half hours, and none of the names that mean several zones. */
static const struct zone zones[] = {
	{ "GMT", 0 },
	{ "UTC", 0 },
	{ "UT", 0 },
	{ "Z", 0 },
	{ "WET", 0 },
	{ "WEST", 1 },
	{ "BST", 1 },
	{ "CET", 1 },
	{ "MET", 1 },
	{ "MEZ", 1 },
	{ "CEST", 2 },
	{ "MEST", 2 },
	{ "MESZ", 2 },
	{ "EET", 2 },
	{ "EEST", 3 },
	{ "JST", 9 },
	{ "NZST", 12 },
	{ "NZDT", 13 },
	{ "AST", -4 },
	{ "ADT", -3 },
	{ "EST", -5 },
	{ "EDT", -4 },
	{ "CST", -6 },
	{ "CDT", -5 },
	{ "MST", -7 },
	{ "MDT", -6 },
	{ "PST", -8 },
	{ "PDT", -7 },
	{ "HST", -10 },
};

/* Which of `names` the word is, or begins with three letters or more; -1. */
static int find_name(
	struct str word, const char *const *names, int n, size_t least)
{
	for (int i = 0; i < n; i++) {
		struct str name = str_of(names[i]);

		if (word.n >= least && str_starts_nocase(name, word))
			return i;
	}
	return -1;
}

static bool read_weekday(struct reading *r, struct str word)
{
	static const char *const names[] = { "sunday", "monday", "tuesday",
		"wednesday", "thursday", "friday", "saturday" };

	if (r->weekday || find_name(word, names, 7, WORD_MIN) < 0)
		return false;
	r->weekday = true;
	return true;
}

static bool read_month(struct reading *r, struct str word)
{
	static const char *const names[] = { "january", "february", "march",
		"april", "may", "june", "july", "august", "september",
		"october", "november", "december" };
	int month = find_name(word, names, 12, WORD_MIN);

	if (r->month || month < 0)
		return false;
	r->date.month = month + 1;
	r->month = true;
	return true;
}

static bool read_zone(struct reading *r, struct str word)
{
	for (size_t i = 0; i < sizeof(zones) / sizeof(zones[0]); i++)
		if (!r->has_zone &&
			str_eq_nocase(word, str_of(zones[i].name))) {
			r->zone = zones[i].hours * 3600;
			r->has_zone = true;
			return true;
		}
	return false;
}

static size_t digits_at(struct str s)
{
	size_t n = 0;

	while (n < s.n && ascii_is_digit(s.p[n]))
		n++;
	return n;
}

/* Take one or two digits below `limit`. */
static bool take_part(struct str *s, int limit, int *value)
{
	size_t n = digits_at(*s);
	uint64_t number;

	if (n < 1 || n > 2 || !num_decimal(str_first(*s, n), 99, &number) ||
		(int)number >= limit)
		return false;
	*value = (int)number;
	*s = str_from(*s, n);
	return true;
}

static bool take_colon(struct str *s)
{
	if (!str_starts(*s, STR(":")))
		return false;
	*s = str_from(*s, 1);
	return true;
}

/* HH:MM or HH:MM:SS; 60 is a leap second. */
static bool take_time(struct reading *r, struct str *s)
{
	struct str rest = *s;
	int hour, minute, second = 0;

	if (r->time || !take_part(&rest, 24, &hour) || !take_colon(&rest) ||
		!take_part(&rest, 60, &minute))
		return false;
	if (take_colon(&rest) && !take_part(&rest, 61, &second))
		return false;
	r->date.hour = hour;
	r->date.minute = minute;
	r->date.second = second;
	r->time = true;
	*s = rest;
	return true;
}

static bool read_number(struct reading *r, struct str digits, char before)
{
	uint64_t number;

	if (digits.n > 8 || !num_decimal(digits, UINT32_MAX, &number))
		return false;
	if (digits.n == 4 && number <= 1400 && number % 100 < 60 &&
		(before == '+' || before == '-') && !r->has_zone) {
		r->zone = (int64_t)(number / 100 * 3600 + number % 100 * 60);
		if (before == '-')
			r->zone = -r->zone;
		r->has_zone = true;
	} else if (digits.n == 8 && !r->day && !r->month && !r->year) {
		r->date.year = (int)(number / 10000);
		r->date.month = (int)(number / 100 % 100);
		r->date.day = (int)(number % 100);
		r->day = r->month = r->year = true;
	} else if (digits.n <= 2 && !r->day && number >= 1 && number <= 31) {
		r->date.day = (int)number;
		r->day = true;
	} else if (digits.n <= 4 && !r->year) {
		if (digits.n <= 2)
			number += number > 70 ? 1900 : 2000;
		r->date.year = (int)number;
		r->year = true;
	} else
		return false;
	return true;
}

/* The date is what it says: the day is one of that month. */
static bool exists(const struct date *date, int64_t time)
{
	struct date back;

	date_split(time, &back);
	return date->month >= 1 && date->month <= 12 && date->day >= 1 &&
		date->day <= 31 && date->year >= 1583 &&
		back.day == date->day && back.month == date->month;
}

static bool take_word(struct reading *r, struct str *s)
{
	size_t n = 0;
	struct str word;

	while (n < s->n && ascii_is_alpha(s->p[n]))
		n++;
	word = str_first(*s, n);
	*s = str_from(*s, n);
	return read_weekday(r, word) || read_month(r, word) ||
		read_zone(r, word);
}

static bool take_number(struct reading *r, struct str *s, char before)
{
	struct str digits;

	if (take_time(r, s))
		return true;
	digits = str_first(*s, digits_at(*s));
	*s = str_from(*s, digits.n);
	return read_number(r, digits, before);
}

bool date_parse_loose(struct str s, int64_t *time)
{
	struct reading r = { 0 };
	struct date midnight;
	char before = '\0';
	bool good = true;

	while (s.n && good) {
		char c = *s.p;

		if (ascii_is_alpha(c))
			good = take_word(&r, &s);
		else if (ascii_is_digit(c))
			good = take_number(&r, &s, before);
		else
			s = str_from(s, 1);
		before = c;
	}
	if (!good || !r.day || !r.month || !r.year || r.date.month < 1 ||
		r.date.month > 12)
		return false;
	midnight = (struct date){
		.year = r.date.year, .month = r.date.month, .day = r.date.day
	};
	if (!exists(&r.date, date_join(&midnight)))
		return false;
	*time = date_join(&r.date) - r.zone;
	return true;
}
