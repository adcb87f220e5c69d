/* Dates as HTTP and cookies write them, with no locale and no time zone
 * database. Times are seconds since 1970-01-01T00:00:00Z. */
#ifndef BASE_DATE_H
#define BASE_DATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/str.h"

#define DATE_HTTP_SIZE 30 /* "Sun, 06 Nov 1994 08:49:37 GMT" and a NUL */

struct date {
	int year, month, day; /* month and day from 1 */
	int hour, minute, second;
	int weekday; /* 0 is Sunday */
};

/* Civil UTC fields of a time, any year from -9999 to 9999. */
void date_split(int64_t time, struct date *date);

/* The time of civil UTC fields; they must be in range. */
int64_t date_join(const struct date *date);

/* Write an IMF-fixdate (RFC 9110 section 5.6.7) of a year from 0 to 9999. */
void date_format_http(int64_t time, char out[static DATE_HTTP_SIZE]);

/* Read one of the three HTTP-date forms (RFC 9110 section 5.6.7), strictly; an
 * RFC 850 year that is more than 50 years after `now` is in the past century.
 * The date must exist, but its weekday may be wrong. False when it is none of
 * them. */
bool date_parse_http(struct str s, int64_t now, int64_t *time);

#endif
