/* Line ends of text as protocols have them. */
#ifndef BASE_CRLF_H
#define BASE_CRLF_H

#include <stdbool.h>
#include <stddef.h>

/* Copy `n` bytes to `to` with a CR before each LF that has none, at most 2 * n
 * bytes, and return how many they are. `*after_cr`, false at first, is whether
 * the bytes before ended in a CR. `to` may overlap `from` when it has n bytes
 * in front of it. */
size_t crlf_expand(bool *after_cr, const char *from, size_t n, char *to);

#endif
