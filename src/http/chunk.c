#include "http/chunk.h"

#include <inttypes.h>

#include "base/ascii.h"

#define SIZE_DIGITS 16u

/* Where the next byte stands (RFC 9112 sections 7.1 and 7.1.1). */
enum state {
	SIZE, /* the digits of a chunk size */
	SIZE_SPACE, /* blanks behind them */
	EXTENSION, /* behind ";" */
	NAME,
	NAME_SPACE, /* blanks behind a name */
	VALUE, /* behind "=" */
	TOKEN,
	QUOTED,
	QUOTED_PAIR, /* behind "\" in a quoted-string */
	VALUE_SPACE, /* behind a quoted-string, or blanks behind a token */
	MALFORMED, /* what is no extension, up to the next ";" */
	SIZE_LF, /* the CR of a size line was taken */
	DATA,
	DATA_END, /* the line end behind the data */
	DATA_LF, /* its CR was taken */
	TRAILERS
};

void chunk_init(struct chunk_decoder *d, struct findings *found)
{
	*d = (struct chunk_decoder){ .state = SIZE, .found = found };
	buf_init(&d->trailers, LIMIT_TRAILERS);
	buf_init(&d->watched, LIMIT_CHUNK_LINE);
}

void chunk_fini(struct chunk_decoder *d)
{
	buf_fini(&d->trailers);
	buf_fini(&d->watched);
}

void chunk_observe(struct chunk_decoder *d, const struct chunk_watch *watch)
{
	d->watch = *watch;
}

static int broken(const struct chunk_decoder *d, enum finding_id id,
	const char *what, struct error *e)
{
	findings_add(d->found, id, d->offset);
	return error_set(e, ERR_RECV,
		"%s in chunked-encoding, at byte %" PRIu64 " of the body", what,
		d->offset);
}

static void tell_line(struct chunk_decoder *d)
{
	struct str line = buf_str(&d->watched);
	ssize_t at = str_find(line, ';');
	struct chunk_line told = { .size = d->left,
		.offset = d->offset - d->line };

	if (at >= 0)
		told.extension = str_from(line, (size_t)at);
	while (told.extension.n &&
		told.extension.p[told.extension.n - 1] == '\r')
		told.extension.n--;
	d->watch.line(d->watch.context, &told);
	buf_clear(&d->watched);
}

/* The size line is over. */
static void end_line(struct chunk_decoder *d)
{
	if (d->watch.line)
		tell_line(d);
	d->state = d->left ? DATA : TRAILERS;
	d->line = 0;
}

/* CR, LF, ";" or a blank behind a size or an extension; false for another
 * byte. */
static bool take_delimiter(struct chunk_decoder *d, char c, enum state blank)
{
	switch (c) {
	case '\r':
		d->state = SIZE_LF;
		return true;
	case '\n':
		findings_add(d->found, FINDING_BARE_LF, d->offset);
		end_line(d);
		return true;
	case ';':
		d->state = EXTENSION;
		return true;
	case ' ':
	case '\t':
		d->state = (int)blank;
		return true;
	}
	return false;
}

static int take_size(struct chunk_decoder *d, char c, struct error *e)
{
	int digit = d->state == SIZE ? ascii_hex_value(c) : -1;
	bool spaced;

	if (digit >= 0) {
		if (d->line == SIZE_DIGITS)
			return broken(d, FINDING_CHUNK_SIZE,
				"Too long hexadecimal number", e);
		if (d->left > (uint64_t)INT64_MAX >> 4)
			return broken(d, FINDING_CHUNK_SIZE,
				"Too large chunk size", e);
		d->left = d->left << 4 | (unsigned)digit;
		return 0;
	}
	spaced = d->state == SIZE_SPACE;
	if (d->line == 0 || !take_delimiter(d, c, SIZE_SPACE))
		return broken(d, FINDING_CHUNK_SIZE,
			"Illegal or missing hexadecimal sequence", e);
	/* Blanks before an extension are grammatical. */
	if (spaced && (c == '\r' || c == '\n'))
		findings_add(d->found, FINDING_CHUNK_SIZE_SPACE, d->offset - 1);
	return 0;
}

/* The first byte of an extension's name or value, which is no delimiter. */
static void begin_word(struct chunk_decoder *d, char c, enum state token)
{
	if (ascii_is_tchar(c)) {
		d->state = (int)token;
		return;
	}
	if (c == '"' && token == TOKEN) {
		d->state = QUOTED;
		return;
	}
	findings_add(d->found, FINDING_CHUNK_EXTENSION, d->offset);
	d->state = c == '"' ? QUOTED : MALFORMED;
}

/* A byte of a quoted-string: its end must be certain, for a reader that
 * respects quotes and one that does not must find the same line end. */
static int take_quoted(struct chunk_decoder *d, char c, struct error *e)
{
	if (ascii_is_control(c) && c != '\t')
		return broken(d, FINDING_CHUNK_EXTENSION,
			"Control character in a quoted extension", e);
	if (d->state == QUOTED_PAIR)
		d->state = QUOTED;
	else if (c == '\\')
		d->state = QUOTED_PAIR;
	else if (c == '"')
		d->state = VALUE_SPACE;
	return 0;
}

/* The state that blanks lead to from inside an extension. */
static enum state after_blank(enum state state)
{
	switch (state) {
	case NAME:
		return NAME_SPACE;
	case TOKEN:
		return VALUE_SPACE;
	default:
		return state;
	}
}

static int take_extension(struct chunk_decoder *d, char c, struct error *e)
{
	enum state state = (enum state)d->state;
	bool wanted = state == EXTENSION || state == VALUE;

	if (state == QUOTED || state == QUOTED_PAIR)
		return take_quoted(d, c, e);
	if (take_delimiter(d, c, after_blank(state))) {
		if (wanted && c != ' ' && c != '\t')
			findings_add(
				d->found, FINDING_CHUNK_EXTENSION, d->offset);
		return 0;
	}
	if (ascii_is_control(c))
		return broken(d, FINDING_CHUNK_EXTENSION,
			"Control character in an extension", e);
	if ((state == NAME || state == NAME_SPACE) && c == '=')
		d->state = VALUE;
	else if (state == MALFORMED)
		d->state = c == '"' ? QUOTED : MALFORMED;
	else if (wanted)
		begin_word(d, c, state == VALUE ? TOKEN : NAME);
	else if (!(ascii_is_tchar(c) && (state == NAME || state == TOKEN))) {
		findings_add(d->found, FINDING_CHUNK_EXTENSION, d->offset);
		d->state = c == '"' ? QUOTED : MALFORMED;
	}
	return 0;
}

/* Behind the data of a chunk, or behind a CR. */
static int take_line_end(struct chunk_decoder *d, char c, struct error *e)
{
	if (d->state == DATA_END && c == '\r') {
		d->state = DATA_LF;
		return 0;
	}
	if (c != '\n')
		return broken(d,
			d->state == SIZE_LF ? FINDING_BARE_CR
					    : FINDING_CHUNK_END,
			"No line end where one was due", e);
	if (d->state == SIZE_LF) {
		end_line(d);
		return 0;
	}
	if (d->state == DATA_END)
		findings_add(d->found, FINDING_BARE_LF, d->offset);
	d->state = SIZE;
	return 0;
}

/* One byte of what stands between the data. */
static int take_byte(struct chunk_decoder *d, char c, struct error *e)
{
	int rc;

	if (d->watch.line && d->state != DATA_END && d->state != DATA_LF &&
		c != '\n')
		buf_add_char(&d->watched, c);
	switch (d->state) {
	case SIZE_LF:
	case DATA_END:
	case DATA_LF:
		rc = take_line_end(d, c, e);
		d->offset += rc == 0;
		return rc;
	case SIZE:
	case SIZE_SPACE:
		rc = take_size(d, c, e);
		break;
	default:
		rc = take_extension(d, c, e);
		break;
	}
	if (rc < 0)
		return rc;
	d->offset++;
	if (d->state == DATA || d->state == TRAILERS)
		return 0;
	if (++d->line > LIMIT_CHUNK_LINE)
		return error_set(e, ERR_TOO_MANY,
			"a chunk size line of over %u bytes, at byte %" PRIu64
			" of the body",
			LIMIT_CHUNK_LINE, d->offset);
	return 0;
}

/* Take trailer lines from the front of `in`, up to the empty one. Returns the
 * bytes taken. */
static ssize_t take_trailers(
	struct chunk_decoder *d, struct str in, struct error *e)
{
	size_t used = 0;

	while (used < in.n && !d->done) {
		struct str rest = str_from(in, used);
		ssize_t lf = str_find(rest, '\n');
		size_t n = lf < 0 ? rest.n : (size_t)lf + 1;
		struct buf *t = &d->trailers;

		if (n > LIMIT_TRAILERS - t->n)
			return error_set(e, ERR_TOO_MANY,
				"the trailer section is larger than %u bytes",
				LIMIT_TRAILERS);
		buf_add_str(t, str_first(rest, n));
		if (t->failed)
			return buf_check(t, "trailer section", e);
		used += n;
		d->line += n;
		if (lf < 0)
			break;
		d->done = d->line == 1 ||
			(d->line == 2 && t->p[t->n - 2] == '\r');
		d->line = 0;
	}
	d->offset += used;
	return (ssize_t)used;
}

static size_t take_data(
	struct chunk_decoder *d, struct str in, struct str *data)
{
	size_t n = d->left < in.n ? (size_t)d->left : in.n;

	*data = str_first(in, n);
	d->left -= n;
	d->offset += n;
	d->data += n;
	if (d->left == 0)
		d->state = DATA_END;
	return n;
}

ssize_t chunk_decode(struct chunk_decoder *d, struct str in, struct str *data,
	struct error *e)
{
	size_t used = 0;

	*data = (struct str){ NULL, 0 };
	if (d->done)
		return 0;
	while (used < in.n) {
		struct str rest = str_from(in, used);
		ssize_t n;

		if (d->state == DATA)
			return (ssize_t)(used + take_data(d, rest, data));
		if (d->state == TRAILERS) {
			n = take_trailers(d, rest, e);
			return n < 0 ? n : (ssize_t)used + n;
		}
		n = take_byte(d, rest.p[0], e);
		if (n < 0)
			return n;
		used++;
	}
	return (ssize_t)used;
}
