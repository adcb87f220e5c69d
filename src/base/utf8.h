/* UTF-8 (RFC 3629), read one character at a time. */
#ifndef BASE_UTF8_H
#define BASE_UTF8_H

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

#endif
