/* A borrowed run of bytes. Never owns, never needs a terminating NUL. */
#ifndef BASE_STR_H
#define BASE_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <sys/types.h>

#include "base/checked.h"

struct str {
	const char *p;
	size_t n;
};

/* A string literal as a str. */
#define STR(literal) ((struct str){ "" literal, sizeof(literal) - 1 })

/* For printf's "%.*s". */
#define STR_FMT(s) (int)(s).n, (s).p ? (s).p : ""

/* The bytes of a NUL-terminated string without its NUL; NULL gives {NULL, 0}.
 */
static inline struct str str_of(const char *text)
{
	return (struct str){ text, text ? strlen(text) : 0 };
}

static inline bool str_eq(struct str a, struct str b)
{
	return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0);
}

/* `s` from byte `from` on; empty when `from` is at or past the end. */
static inline struct str str_from(struct str s, size_t from)
{
	if (from > s.n)
		from = s.n;
	return (struct str){ s.p ? s.p + from : NULL, s.n - from };
}

/* The first `n` bytes of `s`, or all of it when it is shorter. */
static inline struct str str_first(struct str s, size_t n)
{
	return (struct str){ s.p, n < s.n ? n : s.n };
}

static inline bool str_starts(struct str s, struct str prefix)
{
	return s.n >= prefix.n && str_eq(str_first(s, prefix.n), prefix);
}

/* Equal but for the case of ASCII letters. */
bool str_eq_nocase(struct str a, struct str b);

/* `s` starts with `prefix`, but for the case of ASCII letters. */
bool str_starts_nocase(struct str s, struct str prefix);

/* The offset of the first `c` in `s`, or -1. */
ssize_t str_find(struct str s, char c);

/* The offset of the first `needle` in `s`, or -1; an empty needle is at 0. */
ssize_t str_search(struct str s, struct str needle);

/* Split at the first `separator`: `before` and `after` get the parts around it
 * (either may be `&s`'s own holder). False, and all of it in `before`, when
 * there is none. */
bool str_cut(
	struct str s, char separator, struct str *before, struct str *after);

/* Without spaces and tabs (OWS of RFC 9110 section 5.6.3) at both ends. */
struct str str_trim(struct str s);

/* A NUL-terminated heap copy, the caller's to free; NULL when memory is out. */
char *str_dup(struct str s) CHECKED;

#endif
