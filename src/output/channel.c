#include "output/channel.h"

#include <unistd.h>

#include "base/limits.h"

#define SLICE 16384u /* escaped and written at a time */
#define SLICE_ESCAPED TERMINAL_ESCAPED(SLICE)
#define STYLED_MAX (JSON_STYLE_ENOUGH + 2 * SLICE_ESCAPED)
#define PLAIN "\x1b[0m"
#define BOLD "\x1b[1m"
#define NAME "\x1b[1;36m"

void channel_began(struct channel *c, const struct sink_config *config)
{
	bool always = config->colour == SINK_COLOUR_ALWAYS;

	c->terminal = !c->file.regular && isatty(c->file.fd);
	c->safe = c->terminal && !config->no_safe_output;
	c->shown = c->terminal || always;
	c->colour = always ||
		(c->terminal && config->colour == SINK_COLOUR_AUTO);
}

static int put(
	struct channel *c, const struct iovec *iov, int n, struct error *e)
{
	if (c->spool)
		return spool_write(c->spool, iov, n, e);
	return file_write(&c->file, iov, n, e);
}

static int put_buf(struct channel *c, const struct buf *b, struct error *e)
{
	struct iovec iov = { b->p, b->n };
	int error = buf_check(b, "terminal output", e);

	return error < 0 || b->n == 0 ? error : put(c, &iov, 1, e);
}

/* --- bytes */

/* Escape and write, with `last` also what a cut character has left over. */
static int write_escaped(
	struct channel *c, struct str s, bool last, struct error *e)
{
	struct buf escaped;
	int error;

	buf_init(&escaped, SLICE_ESCAPED);
	do {
		struct str slice = str_first(s, SLICE);

		s = str_from(s, slice.n);
		buf_clear(&escaped);
		terminal_escape(&c->filter, slice, last && s.n == 0, &escaped);
		error = put_buf(c, &escaped, e);
	} while (error == 0 && s.n > 0);
	buf_fini(&escaped);
	return error;
}

/* JSON, made up and escaped. */
static int write_styled(struct channel *c, struct str s, struct error *e)
{
	struct buf styled;
	int error = 0;

	buf_init(&styled, STYLED_MAX);
	while (error == 0 && s.n > 0) {
		struct str slice = str_first(s, SLICE);
		size_t taken;

		buf_clear(&styled);
		taken = json_view_add(&c->json, slice, &styled);
		s = str_from(s, taken);
		error = put_buf(c, &styled, e);
	}
	buf_fini(&styled);
	return error;
}

static int write_vector(struct channel *c, const struct iovec *iov, int n,
	bool styled, struct error *e)
{
	int error = 0;

	if (!c->safe && !styled)
		return put(c, iov, n, e);
	for (int i = 0; i < n && error == 0; i++) {
		struct str s = { iov[i].iov_base, iov[i].iov_len };

		error = styled ? write_styled(c, s, e)
			       : write_escaped(c, s, false, e);
	}
	return error;
}

int channel_write(
	struct channel *c, const struct iovec *iov, int n, struct error *e)
{
	return write_vector(c, iov, n, false, e);
}

int channel_write_str(struct channel *c, struct str s, struct error *e)
{
	struct iovec iov = { (char *)s.p, s.n };

	return channel_write(c, &iov, 1, e);
}

/* --- heads */

static void add_shown(const struct channel *c, struct str s, struct buf *out)
{
	struct terminal_filter filter = { .n = 0 };

	if (c->safe)
		terminal_escape(&filter, s, true, out);
	else
		buf_add_str(out, s);
}

/* `line` without its line end, made up, and the line end. */
static void add_made_up(const struct channel *c, const char *colour,
	struct str line, size_t n, struct buf *out)
{
	buf_add_text(out, colour);
	add_shown(c, str_first(line, n), out);
	buf_add_text(out, PLAIN);
	add_shown(c, str_from(line, n), out);
}

static const char *class_colour(struct str line)
{
	static const char *const colours[] = { "\x1b[32m", "\x1b[36m",
		"\x1b[33m", "\x1b[31m" };
	ssize_t blank = str_find(line, ' ');
	struct str code = str_from(
		line, blank < 0 ? line.n : (size_t)blank + 1);

	if (code.n == 0 || code.p[0] < '2' || code.p[0] > '5')
		return BOLD;
	return colours[code.p[0] - '2'];
}

static void add_line(
	const struct channel *c, struct str line, bool status, struct buf *out)
{
	ssize_t colon = status ? -1 : str_find(line, ':');
	size_t n = line.n;

	while (n && (line.p[n - 1] == '\n' || line.p[n - 1] == '\r'))
		n--;
	if (status && c->colour)
		add_made_up(c, class_colour(line), line, n, out);
	else if (colon > 0)
		add_made_up(
			c, c->colour ? NAME : BOLD, line, (size_t)colon, out);
	else
		add_shown(c, line, out);
}

int channel_write_head(struct channel *c, struct str text, bool status,
	bool doubled, struct error *e)
{
	struct buf shown;
	int error;

	buf_init(&shown, 16 * LIMIT_HEAD);
	while (text.n) {
		ssize_t end = str_find(text, '\n');
		struct str line = str_first(
			text, end < 0 ? text.n : (size_t)end + 1);

		if (doubled)
			add_shown(c, line, &shown);
		add_line(c, line, status, &shown);
		status = false;
		text = str_from(text, line.n);
	}
	error = put_buf(c, &shown, e);
	buf_fini(&shown);
	return error;
}

/* --- bodies */

void channel_body_begins(
	struct channel *c, const struct sink_config *config, struct str type)
{
	bool indent = config->pretty && c->shown;
	enum json_kind kind = json_kind_of(type, config->pretty > 1);

	c->styling = (c->colour || indent) && kind != JSON_NONE;
	if (!c->styling)
		return;
	c->json.style = (struct json_style){
		.colour = c->colour,
		.indent = indent,
		.decode = indent && c->terminal,
		.filter = c->safe ? &c->filter : NULL,
	};
	json_view_begin(&c->json, kind);
}

int channel_body(
	struct channel *c, const struct iovec *iov, int n, struct error *e)
{
	return write_vector(c, iov, n, c->styling, e);
}

void channel_review(const struct channel *c, struct findings *found)
{
	uint64_t at;

	if (c->styling && json_view_wrong(&c->json, &at))
		findings_add(found, FINDING_JSON_INVALID, at);
}

int channel_flush(struct channel *c, struct error *e)
{
	struct buf end;
	int error;

	buf_init(&end, STYLED_MAX);
	if (c->safe)
		terminal_escape(&c->filter, STR(""), true, &end);
	if (c->styling)
		json_view_end(&c->json, &end);
	if (c->safe)
		terminal_escape(&c->filter, STR(""), true, &end);
	error = put_buf(c, &end, e);
	buf_fini(&end);
	c->styling = false;
	return error;
}
