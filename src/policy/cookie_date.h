/* The date of a cookie's Expires attribute, in any order and form that servers
 * have ever written it. */
#ifndef POLICY_COOKIE_DATE_H
#define POLICY_COOKIE_DATE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

/* Read `s` by the algorithm of RFC 6265 section 5.1.1 into seconds since 1970;
 * they are negative for the years from 1601 to 1969. False when it fails; also
 * when `s` is longer than LIMIT_COOKIE_DATE. */
bool cookie_date_parse(struct str s, int64_t *time);

#endif
