#include "base/date.h"

#include "base/num.h"

#define SECONDS_A_DAY 86400

static const char *const weekdays[] = { "Sunday", "Monday", "Tuesday",
	"Wednesday", "Thursday", "Friday", "Saturday" };
static const char *const months[] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun",
	"Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };

/* Days are counted in eras of 400 years, all of the same 146097 days, and in
 * years that begin on the 1st of March, so that the leap day comes last. Day 0
 * of era 0 is 0000-03-01, 719468 days before 1970-01-01. */
#define ERA_YEARS 400
#define ERA_DAYS 146097
#define EPOCH_DAYS 719468

static int64_t floor_divide(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

static int64_t days_from_civil(int64_t year, int month, int day)
{
	int march_month = (month + 9) % 12;
	int64_t era, year_of_era, day_of_year;

	year -= month <= 2;
	era = floor_divide(year, ERA_YEARS);
	year_of_era = year - era * ERA_YEARS;
	day_of_year = (153 * march_month + 2) / 5 + day - 1;
	return era * ERA_DAYS + year_of_era * 365 + year_of_era / 4 -
		year_of_era / 100 + day_of_year - EPOCH_DAYS;
}

static void civil_from_days(int64_t days, struct date *date)
{
	int64_t era, day_of_era, year_of_era, day_of_year, march_month;

	days += EPOCH_DAYS;
	era = floor_divide(days, ERA_DAYS);
	day_of_era = days - era * ERA_DAYS;
	year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 -
			      day_of_era / 146096) /
		365;
	day_of_year = day_of_era -
		(365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	march_month = (5 * day_of_year + 2) / 153;
	date->day = (int)(day_of_year - (153 * march_month + 2) / 5 + 1);
	date->month =
		(int)(march_month < 10 ? march_month + 3 : march_month - 9);
	date->year = (int)(year_of_era + era * ERA_YEARS + (date->month <= 2));
}

void date_split(int64_t time, struct date *date)
{
	int64_t days = floor_divide(time, SECONDS_A_DAY);
	int second = (int)(time - days * SECONDS_A_DAY);

	civil_from_days(days, date);
	date->hour = second / 3600;
	date->minute = second / 60 % 60;
	date->second = second % 60;
	/* 1970-01-01 was a Thursday. */
	date->weekday = (int)(days + 4 - floor_divide(days + 4, 7) * 7);
}

int64_t date_join(const struct date *date)
{
	return days_from_civil(date->year, date->month, date->day) *
		SECONDS_A_DAY +
		date->hour * 3600 + date->minute * 60 + date->second;
}

static char *put_name(char *to, const char *name)
{
	memcpy(to, name, 3);
	return to + 3;
}

static char *put_number(char *to, int value, size_t digits)
{
	for (size_t i = digits; i > 0; i--) {
		to[i - 1] = (char)('0' + value % 10);
		value /= 10;
	}
	return to + digits;
}

static char *put_char(char *to, char c)
{
	*to = c;
	return to + 1;
}

void date_format_http(int64_t time, char out[static DATE_HTTP_SIZE])
{
	struct date date;
	char *to = out;

	date_split(time, &date);
	to = put_name(to, weekdays[date.weekday]);
	to = put_char(put_char(to, ','), ' ');
	to = put_char(put_number(to, date.day, 2), ' ');
	to = put_char(put_name(to, months[date.month - 1]), ' ');
	to = put_char(put_number(to, date.year, 4), ' ');
	to = put_char(put_number(to, date.hour, 2), ':');
	to = put_char(put_number(to, date.minute, 2), ':');
	to = put_char(put_number(to, date.second, 2), ' ');
	memcpy(to, "GMT", sizeof("GMT"));
}

/* The take functions move `s` past what they name, or return false. */
static bool take(struct str *s, struct str text)
{
	if (!str_starts(*s, text))
		return false;
	*s = str_from(*s, text.n);
	return true;
}

static bool take_number(struct str *s, size_t digits, int *value)
{
	uint64_t number;

	if (s->n < digits || !num_decimal(str_first(*s, digits), 9999, &number))
		return false;
	*s = str_from(*s, digits);
	*value = (int)number;
	return true;
}

static bool take_weekday(struct str *s, bool whole)
{
	for (int i = 0; i < 7; i++) {
		struct str name = str_of(weekdays[i]);

		if (take(s, whole ? name : str_first(name, 3)))
			return true;
	}
	return false;
}

static bool take_month(struct str *s, int *month)
{
	for (int i = 0; i < 12; i++)
		if (take(s, str_of(months[i]))) {
			*month = i + 1;
			return true;
		}
	return false;
}

static bool take_time_of_day(struct str *s, struct date *date)
{
	return take_number(s, 2, &date->hour) && take(s, STR(":")) &&
		take_number(s, 2, &date->minute) && take(s, STR(":")) &&
		take_number(s, 2, &date->second);
}

static bool read_imf_fixdate(struct str s, struct date *date)
{
	return take_weekday(&s, false) && take(&s, STR(", ")) &&
		take_number(&s, 2, &date->day) && take(&s, STR(" ")) &&
		take_month(&s, &date->month) && take(&s, STR(" ")) &&
		take_number(&s, 4, &date->year) && take(&s, STR(" ")) &&
		take_time_of_day(&s, date) && str_eq(s, STR(" GMT"));
}

/* A day below 10 has a space in place of its first digit. */
static bool take_asctime_day(struct str *s, int *day)
{
	return take(s, STR(" ")) ? take_number(s, 1, day)
				 : take_number(s, 2, day);
}

static bool read_asctime(struct str s, struct date *date)
{
	return take_weekday(&s, false) && take(&s, STR(" ")) &&
		take_month(&s, &date->month) && take(&s, STR(" ")) &&
		take_asctime_day(&s, &date->day) && take(&s, STR(" ")) &&
		take_time_of_day(&s, date) && take(&s, STR(" ")) &&
		take_number(&s, 4, &date->year) && s.n == 0;
}

static bool read_rfc850(struct str s, struct date *date)
{
	return take_weekday(&s, true) && take(&s, STR(", ")) &&
		take_number(&s, 2, &date->day) && take(&s, STR("-")) &&
		take_month(&s, &date->month) && take(&s, STR("-")) &&
		take_number(&s, 2, &date->year) && take(&s, STR(" ")) &&
		take_time_of_day(&s, date) && str_eq(s, STR(" GMT"));
}

/* Turn a year of two digits into the latest one that does not put the date more
 * than 50 years after `now` (RFC 9110 section 5.6.7). */
static void choose_century(struct date *date, int64_t now)
{
	struct date today, limit;

	date_split(now, &today);
	limit = today;
	limit.year += 50;
	date->year += limit.year - limit.year % 100;
	if (date_join(date) > date_join(&limit))
		date->year -= 100;
}

static int days_in_month(int year, int month)
{
	bool december = month == 12;

	return (int)(days_from_civil(
			     year + december, december ? 1 : month + 1, 1) -
		days_from_civil(year, month, 1));
}

/* A second of 60 is a leap second. */
static bool in_range(const struct date *date)
{
	return date->day >= 1 &&
		date->day <= days_in_month(date->year, date->month) &&
		date->hour <= 23 && date->minute <= 59 && date->second <= 60;
}

bool date_parse_http(struct str s, int64_t now, int64_t *time)
{
	struct date date = { 0 };

	if (read_rfc850(s, &date))
		choose_century(&date, now);
	else if (!read_imf_fixdate(s, &date) && !read_asctime(s, &date))
		return false;
	if (!in_range(&date))
		return false;
	*time = date_join(&date);
	return true;
}
