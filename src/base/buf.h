/* An owned, growing byte buffer with a maximum and a sticky error: a writer
 * appends as often as it likes and looks at `failed` once, at the end. */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stdarg.h>
#include <stdint.h>

#include "base/error.h"
#include "base/str.h"

struct buf {
	char *p; /* NULL until the first byte */
	size_t n; /* bytes in use */
	size_t cap; /* bytes allocated */
	size_t max; /* n never grows past this */
	int failed; /* 0, ERR_TOO_LARGE (max reached) or ERR_OUT_OF_MEMORY */
};

/* An empty buffer that may grow to `max` bytes; allocates nothing yet. */
void buf_init(struct buf *b, size_t max);

/* Give the memory back; the buffer is empty and usable again. */
void buf_fini(struct buf *b);

/* Forget the content and the error, keep the memory. */
void buf_clear(struct buf *b);

/* Append. After a failure they do nothing; the content stays as it was before
 * the first append that failed. */
void buf_add(struct buf *b, const void *bytes, size_t n);
void buf_add_str(struct buf *b, struct str s);
void buf_add_text(struct buf *b, const char *text); /* NUL-terminated */
void buf_add_char(struct buf *b, char c);
void buf_add_uint(struct buf *b, uint64_t value); /* in decimal */
void buf_printf(struct buf *b, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void buf_vprintf(struct buf *b, const char *format, va_list args)
	__attribute__((format(printf, 2, 0)));

/* Room for at least `n` more bytes behind the content; the caller writes there
 * and then adds to b->n. NULL on failure (sticky). */
char *buf_reserve(struct buf *b, size_t n);

/* Drop the first `n` bytes (at most all); the rest moves to the front. */
void buf_consume(struct buf *b, size_t n);

/* The content as a str, valid until the buffer changes. */
struct str buf_str(const struct buf *b);

/* The content as a NUL-terminated string, valid until the buffer changes; NULL
 * after a failure. The NUL is not counted in n. */
const char *buf_text(struct buf *b);

/* The content as a NUL-terminated heap string, the caller's to free; the buffer
 * is empty afterwards. NULL after a failure (then freed). */
char *buf_take(struct buf *b) CHECKED;

/* `b` has failed too when `from` has: what it was to get from there is lost. */
void buf_inherit(struct buf *b, const struct buf *from);

/* 0, or the negative error of a failed buffer, put into `e` with `what` (for
 * instance "response head") and the maximum. */
int buf_check(const struct buf *b, const char *what, struct error *e) CHECKED;

#endif
