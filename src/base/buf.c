#include "base/buf.h"

#include <stdio.h>
#include <stdlib.h>

#define FIRST_CAPACITY 64

void buf_init(struct buf *b, size_t max)
{
	*b = (struct buf){ .max = max };
}

void buf_fini(struct buf *b)
{
	free(b->p);
	buf_init(b, b->max);
}

void buf_clear(struct buf *b)
{
	b->n = 0;
	b->failed = 0;
}

/* The capacity to go to for `need` bytes: doubled, so that appending is cheap
 * however small the pieces are, but no more than max and a NUL can use. */
static size_t next_capacity(const struct buf *b, size_t need)
{
	size_t next = b->cap ? b->cap : FIRST_CAPACITY / 2;

	next = next > SIZE_MAX / 2 ? SIZE_MAX : next * 2;
	if (next > b->max)
		next = b->max + 1;
	return next < need ? need : next;
}

char *buf_reserve(struct buf *b, size_t n)
{
	size_t need;
	char *p;

	if (b->failed)
		return NULL;
	if (n > b->max - b->n) {
		b->failed = ERR_TOO_LARGE;
		return NULL;
	}
	/* The NUL of buf_text always fits. */
	need = b->n + n + 1;
	if (need == 0) {
		b->failed = ERR_OUT_OF_MEMORY;
		return NULL;
	}
	if (need > b->cap) {
		size_t cap = next_capacity(b, need);

		p = realloc(b->p, cap);
		if (!p) {
			b->failed = ERR_OUT_OF_MEMORY;
			return NULL;
		}
		b->p = p;
		b->cap = cap;
	}
	return b->p + b->n;
}

void buf_add(struct buf *b, const void *bytes, size_t n)
{
	char *room;

	if (n == 0)
		return;
	room = buf_reserve(b, n);
	if (!room)
		return;
	memcpy(room, bytes, n);
	b->n += n;
}

void buf_add_str(struct buf *b, struct str s)
{
	buf_add(b, s.p, s.n);
}

void buf_add_text(struct buf *b, const char *text)
{
	buf_add(b, text, strlen(text));
}

void buf_add_char(struct buf *b, char c)
{
	buf_add(b, &c, 1);
}

void buf_add_uint(struct buf *b, uint64_t value)
{
	char digits[20];
	size_t at = sizeof(digits);

	do {
		digits[--at] = (char)('0' + value % 10);
		value /= 10;
	} while (value);
	buf_add(b, digits + at, sizeof(digits) - at);
}

void buf_vprintf(struct buf *b, const char *format, va_list args)
{
	va_list again;
	char *room = buf_reserve(b, 0);
	int n;

	if (!room)
		return;
	va_copy(again, args);
	n = vsnprintf(room, b->cap - b->n, format, args);
	if (n < 0) {
		b->failed = ERR_OUT_OF_MEMORY;
	} else if ((size_t)n >= b->cap - b->n) {
		room = buf_reserve(b, (size_t)n);
		if (room)
			vsnprintf(room, (size_t)n + 1, format, again);
	}
	if (!b->failed)
		b->n += (size_t)n;
	va_end(again);
}

void buf_printf(struct buf *b, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	buf_vprintf(b, format, args);
	va_end(args);
}

void buf_consume(struct buf *b, size_t n)
{
	if (n >= b->n) {
		b->n = 0;
		return;
	}
	b->n -= n;
	memmove(b->p, b->p + n, b->n);
}

struct str buf_str(const struct buf *b)
{
	return (struct str){ b->p, b->n };
}

const char *buf_text(struct buf *b)
{
	char *end = buf_reserve(b, 0);

	if (!end)
		return NULL;
	*end = '\0';
	return b->p;
}

char *buf_take(struct buf *b)
{
	char *text;

	if (!buf_text(b)) {
		buf_fini(b);
		return NULL;
	}
	text = b->p;
	buf_init(b, b->max);
	return text;
}

void buf_inherit(struct buf *b, const struct buf *from)
{
	if (!b->failed)
		b->failed = from->failed;
}

int buf_check(const struct buf *b, const char *what, struct error *e)
{
	if (!b->failed)
		return 0;
	if (b->failed == ERR_OUT_OF_MEMORY)
		return error_memory(e);
	return error_set(
		e, b->failed, "the %s is larger than %zu bytes", what, b->max);
}
