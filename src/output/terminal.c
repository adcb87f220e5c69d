#include "output/terminal.h"

#include <stdlib.h>
#include <sys/ioctl.h>

#include "base/num.h"
#include "base/utf8.h"

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
	f->n = 0;
}

/* What the first `n` pending bytes are. Some characters are none to show. */
static enum utf8_result look(const struct terminal_filter *f, size_t n)
{
	const struct str s = { (const char *)f->pending, n };
	enum utf8_result found = utf8_read(s, &n);

	return found == UTF8_CHARACTER && utf8_is_deceptive(utf8_number(s))
		? UTF8_NONE
		: found;
}

/* Take one byte that needs a look at what stands before it. True when it is
 * done with, false when it begins something of its own. */
static bool take_pending(
	struct terminal_filter *f, unsigned char c, struct buf *out)
{
	if (f->n == 0)
		return false;
	if (f->pending[0] == '\r') {
		if (c != '\n') {
			escape_pending(f, out);
			return false;
		}
		buf_add(out, "\r\n", 2);
		f->n = 0;
		return true;
	}
	f->pending[f->n] = c;
	switch (look(f, f->n + 1u)) {
	case UTF8_NONE:
		escape_pending(f, out);
		return false;
	case UTF8_CUT:
		f->n++;
		break;
	case UTF8_CHARACTER:
		buf_add(out, f->pending, f->n + 1u);
		f->n = 0;
		break;
	}
	return true;
}

static void take_first(
	struct terminal_filter *f, unsigned char c, struct buf *out)
{
	f->pending[0] = c;
	if (c == '\r' || look(f, 1) == UTF8_CUT)
		f->n = 1;
	else
		escape_byte(out, c);
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
