/* Base64 with the standard alphabet and padding (RFC 4648 section 4). */
#ifndef BASE_BASE64_H
#define BASE_BASE64_H

#include "base/buf.h"

/* Append the encoding of `bytes` to `out`. */
void base64_encode(struct buf *out, struct str bytes);

/* Append the decoding of `text` to `out`. False, and nothing appended, when a
 * byte, the length or the padding is wrong, or when `out` has failed. */
bool base64_decode(struct buf *out, struct str text);

#endif
