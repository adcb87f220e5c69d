/* Strict numbers: every byte of the input must belong to the number, and one
 * that does not fit is an error, never a wrapped or clamped value. */
#ifndef BASE_NUM_H
#define BASE_NUM_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

/* Digits only, no sign, no blanks; false when empty, with another byte in it,
 * or above `max`. */
bool num_decimal(struct str s, uint64_t max, uint64_t *value);

/* Hexadecimal digits only, no "0x"; otherwise like num_decimal. */
bool num_hex(struct str s, uint64_t max, uint64_t *value);

/* Octal digits only; otherwise like num_decimal. */
bool num_octal(struct str s, uint64_t max, uint64_t *value);

/* A decimal number with an optional '-'. */
bool num_signed(struct str s, int64_t min, int64_t max, int64_t *value);

/* Seconds with an optional fraction ("2", "0.25", ".5") as milliseconds; more
 * than three digits of fraction are cut. False when malformed or above
 * `max_ms`. */
bool num_seconds(struct str s, int64_t max_ms, int64_t *ms);

/* A size with an optional suffix k, m, g, t or p of either case (powers of
 * 1024, and a "B" may follow as in curl's options); a fraction such as "1.5k"
 * is allowed before a suffix. False when malformed or above INT64_MAX. */
bool num_size(struct str s, int64_t *bytes);

#endif
