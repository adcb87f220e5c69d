/* Content-Range (RFC 9110 section 14.4). */
#ifndef HTTP_RANGE_H
#define HTTP_RANGE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

#define RANGE_UNKNOWN UINT64_MAX

struct content_range {
	bool satisfied; /* false: "bytes *" "/N", and no first and last */
	uint64_t first, last; /* byte positions, both in the range */
	uint64_t whole; /* length of all of it, or RANGE_UNKNOWN */
};

/* Read "bytes 0-99/200", "bytes 0-99" "/" "*", or "bytes *" "/200". The unit
 * may be missing, as some servers have it, and a colon or "=" stand behind it.
 * False when it is another unit, or malformed: the last before the first or
 * not within the whole. */
bool content_range_parse(struct str value, struct content_range *range);

#endif
