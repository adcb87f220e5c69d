/* Dates as people and careless servers write them. */
#ifndef BASE_DATE_LOOSE_H
#define BASE_DATE_LOOSE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

/* Read a date that has a day, the English name of a month and a year, in any
 * order, or eight digits YYYYMMDD; perhaps a time of day HH:MM[:SS], the name
 * of a weekday, which is not compared, and a zone ("GMT", "CET", "+0100"). What
 * is no letter or digit separates. Without a time it is midnight, without a
 * zone UTC. Two digits of a year are from 1971 to 2070. False when something
 * else is in it, something is missing or twice there, or no such day exists. So
 * curl_getdate(3) and RFC 9110 section 5.6.7 are both satisfied. */
bool date_parse_loose(struct str s, int64_t *time);

#endif
