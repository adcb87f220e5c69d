/* Percent-encoding (RFC 3986 section 2.1). */
#ifndef URL_PERCENT_H
#define URL_PERCENT_H

#include "base/buf.h"

/* Append `s` with all but the unreserved characters (RFC 3986 section 2.3)
 * encoded, in upper-case digits. */
void percent_encode(struct buf *out, struct str s);

/* Append the three characters that stand for `c`, whatever it is. */
void percent_encode_byte(struct buf *out, char c);

/* Append `s` decoded; a '%' that two hex digits do not follow stays. */
void percent_decode(struct buf *out, struct str s);

#endif
