/* UTF-8 (RFC 3629), read one character at a time. */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

#include <stdint.h>

#include "base/str.h"

enum utf8_result {
	UTF8_CHARACTER,
	UTF8_CUT, /* one that more bytes may complete */
	UTF8_NONE
};

/* What stands at the front of `s`, which is not empty (RFC 3629 section 4:
 * overlong forms, surrogates and what is above U+10FFFF are no characters).
 * `*n` gets its bytes: those of the character; all of `s` when it is cut; else
 * the longest run that could have begun one, at least 1: what one replacement
 * character stands for. */
enum utf8_result utf8_read(struct str s, size_t *n);

/* All of `s` is characters; the empty one is. */
bool utf8_valid(struct str s);

/* The number of the character that is all of `s` (UTF8_CHARACTER). */
uint32_t utf8_number(struct str s);

/* Whether the character of that number is none to show: it controls a terminal,
 * has text seen in another order than it is in, or is not seen at all. C0 and
 * C1 controls and DEL; U+061C, U+200E, U+200F, and the embeddings, overrides
 * and isolates of U+202A to U+202E and U+2066 to U+2069 (UAX #9 section 2); the
 * tags of U+E0000 to U+E007F. */
bool utf8_is_deceptive(uint32_t number);

#endif
