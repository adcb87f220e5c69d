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

/* How many bytes at the end of `s` more bytes could make a character of. */
size_t utf8_cut(struct str s);

/* All of `s` is characters; the empty one is. */
bool utf8_valid(struct str s);

/* The number of the character that is all of `s` (UTF8_CHARACTER). */
uint32_t utf8_number(struct str s);

#define UTF8_MOST 4u /* bytes of a character */

/* The bytes of the character of that number, and how many they are. */
size_t utf8_write(uint32_t number, char bytes[UTF8_MOST]);

/* The halves of a character in UTF-16: the number of both together, or `first`
 * when they are no pair (RFC 2781 section 2.2). */
bool utf8_is_first_half(uint32_t number);
uint32_t utf8_pair(uint32_t first, uint32_t second);

/* Whether who sees the character knows which one it is: no control, no other
 * blank than U+0020, nothing that is not seen or combines with what is in front
 * of it, nothing of private use, no half of a pair. */
bool utf8_can_be_seen(uint32_t number);

/* Whether the character of that number is none to show: it controls a terminal,
 * has text seen in another order than it is in, or is not seen at all. C0 and
 * C1 controls and DEL; U+061C, U+200E, U+200F, and the embeddings, overrides
 * and isolates of U+202A to U+202E and U+2066 to U+2069 (UAX #9 section 2); the
 * tags of U+E0000 to U+E007F. */
bool utf8_is_deceptive(uint32_t number);

#endif
