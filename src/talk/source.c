#include "talk/source.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

#include "base/crlf.h"

#define READ_BLOCK 65536 /* of a file of lines */

static int failed(const struct source *s, struct error *e)
{
	bool is_stdin = !s->name || str_eq(str_of(s->name), STR("-"));

	return error_set(e, ERR_READ, "Failed to read %s: %s",
		is_stdin ? "standard input" : s->name, error_system(errno));
}

/* What the file has now, as source_read without `crlf`. A file that is not
 * non-blocking is asked first whether reading would wait. */
static ssize_t read_file(struct source *s, void *to, size_t n, struct error *e)
{
	struct pollfd ready = { .fd = s->fd, .events = POLLIN };
	ssize_t got;

	if (s->ended)
		return 0;
	if (poll(&ready, 1, 0) <= 0)
		return -ERR_AGAIN;
	got = read(s->fd, to, n);
	if (got < 0 &&
		(errno == EINTR || errno == EAGAIN || errno == EWOULDBLOCK))
		return -ERR_AGAIN;
	/* A terminal's that nobody in the foreground is left of. */
	if (got < 0 && errno == EIO && isatty(s->fd))
		got = 0;
	if (got < 0)
		return failed(s, e);
	s->ended = got == 0;
	return got;
}

/* What is left of the text that is being given; false behind the last. */
static bool current_text(struct source *s, struct str *rest)
{
	if (s->index >= s->n)
		return false;
	*rest = str_from(s->texts[s->index], s->offset);
	return true;
}

static void next_text(struct source *s)
{
	s->index++;
	s->offset = 0;
}

static size_t read_texts(struct source *s, char *to, size_t n)
{
	size_t put = 0;
	struct str rest;

	while (n - put > 1 && current_text(s, &rest)) {
		size_t room = s->crlf ? (n - put) / 2 : n - put;

		rest = str_first(rest, room);
		if (rest.n == 0) {
			next_text(s);
			continue;
		}
		s->offset += rest.n;
		if (s->crlf) {
			put += crlf_expand(
				&s->after_cr, rest.p, rest.n, to + put);
			continue;
		}
		memcpy(to + put, rest.p, rest.n);
		put += rest.n;
	}
	return put;
}

ssize_t source_read(struct source *s, void *to, size_t n, struct error *e)
{
	size_t half = n / 2;
	char *behind = (char *)to + (n - half);
	ssize_t got;

	switch (s->kind) {
	case SOURCE_TEXTS:
		return (ssize_t)read_texts(s, to, n);
	case SOURCE_FILE:
		if (!s->crlf)
			return read_file(s, to, n, e);
		got = read_file(s, behind, half, e);
		return got <= 0 ? got
				: (ssize_t)crlf_expand(&s->after_cr, behind,
					  (size_t)got, to);
	case SOURCE_NONE:
		break;
	}
	return 0;
}

static int too_large(size_t n, bool at_least, const char *hint, struct error *e)
{
	return error_set(e, ERR_TOO_LARGE,
		"a datagram of %zu bytes%s was to be sent, and %d is the "
		"maximum%s",
		n, at_least ? " or more" : "", SOURCE_DATAGRAM_MAX, hint);
}

/* The line that `rest` begins with; the bytes that it takes with its LF. */
static size_t cut_line(struct str rest, struct str *line)
{
	ssize_t end = str_find(rest, '\n');

	*line = end < 0 ? rest : str_first(rest, (size_t)end);
	return end < 0 ? rest.n : (size_t)end + 1;
}

/* The next text or line of one, as it was given. */
static bool next_piece(struct source *s, bool lines, struct str *piece)
{
	for (; current_text(s, piece); next_text(s)) {
		if (!lines) {
			next_text(s);
			return true;
		}
		if (piece->n) {
			s->offset += cut_line(*piece, piece);
			return true;
		}
	}
	return false;
}

static size_t size_on_wire(const struct source *s, struct str piece)
{
	bool after_cr = false;
	size_t n = piece.n;

	for (size_t i = 0; s->crlf && i < piece.n; i++) {
		n += piece.p[i] == '\n' && !after_cr;
		after_cr = piece.p[i] == '\r';
	}
	return n;
}

static int check_texts(const struct source *s, bool lines, struct error *e)
{
	struct source probe = *s;
	struct str piece;

	while (next_piece(&probe, lines, &piece)) {
		size_t n = size_on_wire(s, piece);

		if (n > SOURCE_DATAGRAM_MAX)
			return too_large(n, false, "", e);
	}
	return 0;
}

static int datagram_of_texts(
	struct source *s, bool lines, struct str *datagram, struct error *e)
{
	bool after_cr = false;
	char *room;
	int result = 0;

	if (s->index == 0 && s->offset == 0)
		result = check_texts(s, lines, e);
	if (result < 0)
		return result;
	if (!next_piece(s, lines, datagram))
		return 0;
	if (!s->crlf || datagram->n == 0)
		return 1;
	buf_clear(&s->held);
	room = buf_reserve(&s->held, 2 * datagram->n);
	if (!room)
		return error_memory(e);
	s->held.n = crlf_expand(&after_cr, datagram->p, datagram->n, room);
	*datagram = buf_str(&s->held);
	return 1;
}

/* One byte more than may be is asked for, so that what is too large shows. */
static int datagram_of_read(
	struct source *s, struct str *datagram, struct error *e)
{
	size_t n = (SOURCE_DATAGRAM_MAX + 1) * (s->crlf ? 2 : 1);
	char *room;
	ssize_t got;

	buf_clear(&s->held);
	room = buf_reserve(&s->held, n);
	if (!room)
		return error_memory(e);
	s->after_cr = false;
	got = source_read(s, room, n, e);
	if (got <= 0)
		return (int)got;
	if (got > SOURCE_DATAGRAM_MAX)
		return too_large((size_t)got, true,
			"; --lines sends a datagram a line", e);
	*datagram = (struct str){ room, (size_t)got };
	return 1;
}

/* s->offset is where in s->held the next line begins. */
static int datagram_of_line(struct source *s, struct str *line, struct error *e)
{
	for (;;) {
		struct str rest = str_from(buf_str(&s->held), s->offset);
		size_t used = cut_line(rest, line);
		char *room;
		ssize_t got;

		if (line->n > SOURCE_DATAGRAM_MAX)
			return too_large(line->n, used == line->n, "", e);
		if (used > line->n || (s->ended && used)) {
			s->offset += used;
			return 1;
		}
		buf_consume(&s->held, s->offset);
		s->offset = 0;
		room = buf_reserve(&s->held, READ_BLOCK);
		if (!room)
			return error_memory(e);
		got = read_file(s, room, READ_BLOCK, e);
		if (got < 0)
			return (int)got;
		if (got == 0 && s->held.n == 0)
			return 0;
		s->held.n += (size_t)got;
	}
}

int source_datagram(
	struct source *s, bool lines, struct str *datagram, struct error *e)
{
	/* What the reads may leave and the next one adds. */
	s->held.max = 4 * (SOURCE_DATAGRAM_MAX + READ_BLOCK);
	switch (s->kind) {
	case SOURCE_TEXTS:
		return datagram_of_texts(s, lines, datagram, e);
	case SOURCE_FILE:
		return lines ? datagram_of_line(s, datagram, e)
			     : datagram_of_read(s, datagram, e);
	case SOURCE_NONE:
		break;
	}
	return 0;
}

void source_fini(struct source *s)
{
	buf_fini(&s->held);
}
