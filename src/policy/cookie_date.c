#include "policy/cookie_date.h"

#include "base/ascii.h"
#include "base/date.h"
#include "base/limits.h"

struct found {
	struct date date;
	bool time, day, month, year;
};

/* `delimiter` of the grammar. */
static bool is_delimiter(char c)
{
	return c == '\t' || (c >= ' ' && c <= '/') || (c >= ';' && c <= '@') ||
		(c >= '[' && c <= '`') || (c >= '{' && c <= '~');
}

/* `min` to `max` digits at the front of `*s`, where no further one follows;
 * they are taken off. */
static bool take_digits(struct str *s, size_t min, size_t max, int *value)
{
	size_t n = 0;

	*value = 0;
	while (n < s->n && n < max && ascii_is_digit(s->p[n]))
		*value = *value * 10 + (s->p[n++] - '0');
	if (n < min || (n < s->n && ascii_is_digit(s->p[n])))
		return false;
	*s = str_from(*s, n);
	return true;
}

static bool take_colon(struct str *s)
{
	if (s->n == 0 || s->p[0] != ':')
		return false;
	*s = str_from(*s, 1);
	return true;
}

static bool read_time(struct str token, struct date *date)
{
	return take_digits(&token, 1, 2, &date->hour) && take_colon(&token) &&
		take_digits(&token, 1, 2, &date->minute) &&
		take_colon(&token) && take_digits(&token, 1, 2, &date->second);
}

static bool read_month(struct str token, struct date *date)
{
	static const char names[] = "janfebmaraprmayjunjulaugsepoctnovdec";

	for (int i = 0; i < 12; i++) {
		struct str name = { names + 3 * i, 3 };

		if (str_starts_nocase(token, name)) {
			date->month = i + 1;
			return true;
		}
	}
	return false;
}

/* A token is the first thing that it can be and that is not found yet. */
static void read_token(struct found *found, struct str token)
{
	struct date read = { 0 };

	if (!found->time && read_time(token, &read)) {
		found->time = true;
		found->date.hour = read.hour;
		found->date.minute = read.minute;
		found->date.second = read.second;
	} else if (!found->day && take_digits(&token, 1, 2, &read.day)) {
		found->day = true;
		found->date.day = read.day;
	} else if (!found->month && read_month(token, &read)) {
		found->month = true;
		found->date.month = read.month;
	} else if (!found->year && take_digits(&token, 2, 4, &read.year)) {
		found->year = true;
		found->date.year = read.year;
	}
}

static void read_tokens(struct found *found, struct str s)
{
	size_t start = 0;

	for (size_t i = 0; i <= s.n; i++) {
		if (i < s.n && !is_delimiter(s.p[i]))
			continue;
		if (i > start)
			read_token(
				found, (struct str){ s.p + start, i - start });
		start = i + 1;
	}
}

/* The fields are within their ranges, and the month has such a day. */
static bool date_exists(const struct date *date, int64_t *time)
{
	struct date again;

	if (date->day < 1 || date->day > 31 || date->year < 1601 ||
		date->hour > 23 || date->minute > 59 || date->second > 59)
		return false;
	*time = date_join(date);
	date_split(*time, &again);
	return again.day == date->day;
}

bool cookie_date_parse(struct str s, int64_t *time)
{
	struct found found = { 0 };

	if (s.n > LIMIT_COOKIE_DATE)
		return false;
	read_tokens(&found, s);
	if (!found.time || !found.day || !found.month || !found.year)
		return false;
	if (found.date.year >= 70 && found.date.year <= 99)
		found.date.year += 1900;
	else if (found.date.year <= 69)
		found.date.year += 2000;
	return date_exists(&found.date, time);
}
