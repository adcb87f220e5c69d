#include "output/writeout_value.h"

#include "base/date.h"

#define DAY INT64_C(86400)

/* A time in all the ways that a conversion may ask for. */
struct moment {
	struct date date;
	int64_t seconds; /* since 1970 */
	int microseconds;
	int day_of_year; /* from 0 */
	int iso_year, iso_week; /* ISO 8601 */
};

static const char days[] = "Sunday   Monday   Tuesday  WednesdayThursday "
			   "Friday   Saturday ";
static const char months[] = "January  February March    April    May      "
			     "June     July     August   SeptemberOctober  "
			     "November December ";

#define NAME_WIDTH 9u

static struct str name_of(const char *names, int number)
{
	struct str name = { names + NAME_WIDTH * (size_t)number, NAME_WIDTH };

	return str_trim(name);
}

/* Days from the first of January of `year` to `date`. */
static int days_since(int year, const struct date *date)
{
	struct date first = { .year = year, .month = 1, .day = 1 };
	struct date day = {
		.year = date->year, .month = date->month, .day = date->day
	};

	return (int)((date_join(&day) - date_join(&first)) / DAY);
}

/* An ISO week belongs to the year that its Thursday is in. */
static void find_iso_week(struct moment *m)
{
	int64_t thursday = m->seconds + DAY * (3 - (m->date.weekday + 6) % 7);
	struct date date;

	date_split(thursday, &date);
	m->iso_year = date.year;
	m->iso_week = days_since(date.year, &date) / 7 + 1;
}

static void moment_init(struct moment *m, int64_t now)
{
	m->microseconds = (int)(now % 1000000);
	m->seconds = now / 1000000;
	date_split(m->seconds, &m->date);
	m->day_of_year = days_since(m->date.year, &m->date);
	find_iso_week(m);
}

/* The conversions that stand for several others; NULL for the rest. */
static const char *expansion_of(char conversion)
{
	switch (conversion) {
	case 'c':
		return "%a %b %e %H:%M:%S %Y";
	case 'D':
	case 'x':
		return "%m/%d/%y";
	case 'F':
		return "%Y-%m-%d";
	case 'r':
		return "%I:%M:%S %p";
	case 'R':
		return "%H:%M";
	case 'T':
	case 'X':
		return "%H:%M:%S";
	default:
		return NULL;
	}
}

/* Conversions that are words. False when it is none of them. */
static bool add_word(struct buf *out, const struct moment *m, char conversion)
{
	struct str day = name_of(days, m->date.weekday);
	struct str month = name_of(months, m->date.month - 1);
	bool afternoon = m->date.hour >= 12;

	switch (conversion) {
	case 'a':
		buf_add_str(out, str_first(day, 3));
		return true;
	case 'A':
		buf_add_str(out, day);
		return true;
	case 'b':
	case 'h':
		buf_add_str(out, str_first(month, 3));
		return true;
	case 'B':
		buf_add_str(out, month);
		return true;
	case 'p':
		buf_add_text(out, afternoon ? "PM" : "AM");
		return true;
	case 'P':
		buf_add_text(out, afternoon ? "pm" : "am");
		return true;
	case 'n':
		buf_add_char(out, '\n');
		return true;
	case 't':
		buf_add_char(out, '\t');
		return true;
	case 'z':
		buf_add_text(out, "+0000");
		return true;
	case 'Z':
		buf_add_text(out, "UTC");
		return true;
	case '%':
		buf_add_char(out, '%');
		return true;
	default:
		return false;
	}
}

/* Conversions that are numbers: the value, its least width and what fills that.
 * The width is 0 when it is none of them. */
static long long number_of(
	const struct moment *m, char conversion, int *width, char *pad)
{
	const struct date *d = &m->date;
	int hour12 = d->hour % 12 ? d->hour % 12 : 12;

	*width = 2;
	*pad = '0';
	switch (conversion) {
	case 'C':
		return d->year / 100;
	case 'd':
		return d->day;
	case 'e':
		*pad = ' ';
		return d->day;
	case 'f':
		*width = 6;
		return m->microseconds;
	case 'g':
		return m->iso_year % 100;
	case 'G':
		*width = 4;
		return m->iso_year;
	case 'H':
		return d->hour;
	case 'I':
		return hour12;
	case 'j':
		*width = 3;
		return m->day_of_year + 1;
	case 'k':
		*pad = ' ';
		return d->hour;
	case 'l':
		*pad = ' ';
		return hour12;
	case 'm':
		return d->month;
	case 'M':
		return d->minute;
	case 's':
		*width = 1;
		return m->seconds;
	case 'S':
		return d->second;
	case 'u':
		*width = 1;
		return d->weekday ? d->weekday : 7;
	case 'U':
		return (m->day_of_year + 7 - d->weekday) / 7;
	case 'V':
		return m->iso_week;
	case 'w':
		*width = 1;
		return d->weekday;
	case 'W':
		return (m->day_of_year + 7 - (d->weekday + 6) % 7) / 7;
	case 'y':
		return d->year % 100;
	case 'Y':
		*width = 4;
		return d->year;
	default:
		*width = 0;
		return 0;
	}
}

static bool add_number(struct buf *out, const struct moment *m, char conversion)
{
	int width;
	char pad;
	long long number = number_of(m, conversion, &width, &pad);

	if (width == 0)
		return false;
	if (pad == ' ')
		buf_printf(out, "%*lld", width, number);
	else
		buf_printf(out, "%0*lld", width, number);
	return true;
}

static void format_moment(
	struct buf *out, struct str format, const struct moment *m)
{
	for (size_t i = 0; i < format.n; i++) {
		size_t at = i;
		const char *several;
		char c;

		if (format.p[i] != '%') {
			buf_add_char(out, format.p[i]);
			continue;
		}
		/* the modifiers of other locales change nothing in this one */
		if (i + 2 < format.n &&
			(format.p[i + 1] == 'E' || format.p[i + 1] == 'O'))
			i++;
		c = i + 1 < format.n ? format.p[++i] : '\0';
		several = expansion_of(c);
		if (several)
			format_moment(out, str_of(several), m);
		else if (!add_word(out, m, c) && !add_number(out, m, c))
			buf_add(out, format.p + at, i + 1 - at);
	}
}

void writeout_time(struct buf *out, struct str format, int64_t now)
{
	struct moment m;

	moment_init(&m, now);
	format_moment(out, format, &m);
}
