#include "output/terminal.h"

#include <stdlib.h>
#include <sys/ioctl.h>

#include "base/num.h"

#define COLUMNS_DEFAULT 79
#define COLUMNS_LEAST 21
#define COLUMNS_MOST 10000

static void escape_byte(struct buf *out, unsigned char c)
{
	static const char digits[] = "0123456789abcdef";
	const char escape[] = { '\\', 'x', digits[c >> 4], digits[c & 15] };

	buf_add(out, escape, sizeof(escape));
}

static void escape_pending(struct terminal_filter *f, struct buf *out)
{
	for (unsigned char i = 0; i < f->n; i++)
		escape_byte(out, f->pending[i]);
	f->n = f->want = 0;
}

/* Bytes of the character that `c` begins; 0 when it begins none
 * (RFC 3629 section 4). */
static unsigned char character_length(unsigned char c)
{
	if (c < 0xc2 || c > 0xf4)
		return 0;
	if (c < 0xe0)
		return 2;
	return c < 0xf0 ? 3 : 4;
}

/* Whether `c` can follow what is pending. The second byte alone decides between
 * a character and an overlong form, a surrogate or more than U+10FFFF; after
 * 0xc2 it also decides whether this is a C1 control. */
static bool goes_on(const struct terminal_filter *f, unsigned char c)
{
	unsigned char low = 0x80, high = 0xbf;

	if (f->n == 1) {
		if (f->pending[0] == 0xc2 || f->pending[0] == 0xe0)
			low = 0xa0;
		else if (f->pending[0] == 0xf0)
			low = 0x90;
		if (f->pending[0] == 0xed)
			high = 0x9f;
		else if (f->pending[0] == 0xf4)
			high = 0x8f;
	}
	return c >= low && c <= high;
}

/* Take one byte that needs a look at what stands before it. True when it is
 * done with, false when it begins something of its own. */
static bool take_pending(
	struct terminal_filter *f, unsigned char c, struct buf *out)
{
	if (f->n == 0)
		return false;
	if (f->pending[0] == '\r' && c == '\n') {
		buf_add(out, "\r\n", 2);
		f->n = 0;
		return true;
	}
	if (f->pending[0] == '\r' || !goes_on(f, c)) {
		escape_pending(f, out);
		return false;
	}
	f->pending[f->n++] = c;
	if (f->n == f->want) {
		buf_add(out, f->pending, f->n);
		f->n = f->want = 0;
	}
	return true;
}

static void take_first(
	struct terminal_filter *f, unsigned char c, struct buf *out)
{
	f->want = character_length(c);
	if (c == '\r' || f->want) {
		f->pending[0] = c;
		f->n = 1;
	} else {
		escape_byte(out, c);
	}
}

static bool is_harmless(char c)
{
	return (c >= 0x20 && c < 0x7f) || c == '\n' || c == '\t';
}

void terminal_escape(
	struct terminal_filter *f, struct str s, bool last, struct buf *out)
{
	size_t i = 0;

	while (i < s.n) {
		size_t run = i;

		while (f->n == 0 && run < s.n && is_harmless(s.p[run]))
			run++;
		if (run > i) {
			buf_add(out, s.p + i, run - i);
			i = run;
			continue;
		}
		if (!take_pending(f, (unsigned char)s.p[i], out)) {
			if (is_harmless(s.p[i]))
				continue; /* nothing is pending any more */
			take_first(f, (unsigned char)s.p[i], out);
		}
		i++;
	}
	if (last)
		escape_pending(f, out);
}

int terminal_columns(int fd)
{
	uint64_t columns;
	struct winsize size;

	if (num_decimal(str_of(getenv("COLUMNS")), COLUMNS_MOST, &columns) &&
		columns >= COLUMNS_LEAST)
		return (int)columns;
	if (ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col >= COLUMNS_LEAST &&
		size.ws_col <= COLUMNS_MOST)
		return size.ws_col;
	return COLUMNS_DEFAULT;
}
