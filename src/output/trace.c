#include "output/trace.h"

#include <stdlib.h>

#include "base/lock.h"
#include "output/descriptor.h"
#include "output/terminal.h"

#define HEX_ROW 16u
#define ASCII_ROW 64u
#define GATHERED (64u << 10) /* of an entry, written in one piece */
#define ROW_LIMIT 256u

struct trace_file {
	int fd;
	enum trace_form form;
	bool safe;
	struct lock *lock; /* held from an entry's first byte to its last */
	struct buf text; /* what is to be written next */
	int failed; /* a negative errno value; 0: all was written */
};

struct trace_file *trace_file_new(
	int fd, enum trace_form form, bool safe, struct error *e)
{
	struct trace_file *file = calloc(1, sizeof(*file));

	if (!file) {
		error_memory(e);
		return NULL;
	}
	*file = (struct trace_file){ .fd = fd, .form = form, .safe = safe };
	buf_init(&file->text, GATHERED + ROW_LIMIT + LIMIT_HEAD);
	file->lock = lock_new(e);
	if (file->lock)
		return file;
	trace_file_free(file);
	return NULL;
}

void trace_file_free(struct trace_file *file)
{
	if (!file)
		return;
	lock_free(file->lock);
	buf_fini(&file->text);
	free(file);
}

int trace_file_check(struct trace_file *file)
{
	int failed;

	lock_take(file->lock);
	failed = file->failed;
	lock_give(file->lock);
	return failed;
}

/* --- entries */

/* With a gap in it a trace would say what did not happen: after a failure
 * nothing follows. */
static void put(struct trace_file *file)
{
	struct terminal_filter filter = { .n = 0 };
	struct buf escaped;

	if (file->failed == 0 && !file->safe) {
		file->failed = descriptor_write_str(
			file->fd, buf_str(&file->text));
	} else if (file->failed == 0) {
		buf_init(&escaped, TERMINAL_ESCAPED(file->text.n));
		terminal_escape(&filter, buf_str(&file->text), true, &escaped);
		file->failed = descriptor_write_str(
			file->fd, buf_str(&escaped));
		buf_fini(&escaped);
	}
	buf_clear(&file->text);
}

static struct buf *begin(struct trace *t)
{
	lock_take(t->file->lock);
	if (t->progress && t->beside_progress)
		progress_break(t->progress);
	stamp_add(&t->stamp, &t->file->text);
	return &t->file->text;
}

static void end(struct trace *t)
{
	put(t->file);
	lock_give(t->file->lock);
}

static void add_printable(struct buf *out, struct str bytes)
{
	char text[ASCII_ROW];

	for (size_t i = 0; i < bytes.n; i++) {
		char c = bytes.p[i];

		text[i] = c >= ' ' && c < 0x7f ? c : '.';
	}
	buf_add(out, text, bytes.n);
}

static void add_hex(struct buf *out, struct str bytes)
{
	static const char digits[] = "0123456789abcdef";
	char columns[3 * HEX_ROW];

	memset(columns, ' ', sizeof(columns));
	for (size_t i = 0; i < bytes.n; i++) {
		unsigned char c = (unsigned char)bytes.p[i];

		columns[3 * i] = digits[c >> 4];
		columns[3 * i + 1] = digits[c & 15];
	}
	buf_add(out, columns, sizeof(columns));
}

/* Append the row that begins at `from`; the bytes it takes. */
static size_t add_row(const struct trace_file *file, struct buf *out,
	struct str bytes, size_t from)
{
	struct str rest = str_from(bytes, from), row;
	ssize_t line_end;

	buf_printf(out, "%04zx: ", from);
	if (file->form == TRACE_HEX) {
		row = str_first(rest, HEX_ROW);
		add_hex(out, row);
		add_printable(out, row);
		return row.n;
	}
	row = str_first(rest, ASCII_ROW);
	line_end = str_search(str_first(rest, ASCII_ROW + 2), STR("\r\n"));
	if (line_end >= 0)
		row = str_first(row, (size_t)line_end);
	add_printable(out, row);
	return row.n + (line_end >= 0 ? 2 : 0);
}

static void add_entry(struct trace *t, const char *what, struct str bytes)
{
	struct buf *out = begin(t);

	buf_printf(out, "%s, %zu bytes (0x%zx)\n", what, bytes.n, bytes.n);
	for (size_t at = 0; at < bytes.n;) {
		at += add_row(t->file, out, bytes, at);
		buf_add_char(out, '\n');
		if (out->n >= GATHERED)
			put(t->file);
	}
	end(t);
}

static void add_info(struct trace *t, struct str line)
{
	struct buf *out = begin(t);

	buf_add_text(out, "== Info: ");
	buf_add_str(out, line);
	buf_add_char(out, '\n');
	end(t);
}

/* --- the observer */

static void on_line(void *context, const char *line)
{
	add_info(context, str_of(line));
}

static void on_head_out(void *context, struct str bytes)
{
	add_entry(context, "=> Send header", bytes);
}

static void on_body_out(void *context, struct str bytes)
{
	add_entry(context, "=> Send data", bytes);
}

/* Trailers have been shown, as they are part of a chunked body. */
static void on_head_bytes(
	void *context, enum head_section section, struct str bytes)
{
	struct str rest = section == HEAD_TRAILERS ? STR("") : bytes;

	while (rest.n) {
		ssize_t newline = str_find(rest, '\n');
		struct str line = newline < 0
			? rest
			: str_first(rest, (size_t)newline + 1);

		add_entry(context, "<= Recv header", line);
		rest = str_from(rest, line.n);
	}
}

static void on_body_in(void *context, struct str bytes)
{
	add_entry(context, "<= Recv data", bytes);
}

static void on_finding(void *context, const struct finding *finding)
{
	struct buf text;

	buf_init(&text, 1024);
	buf_add_text(&text, "finding: ");
	finding_print(&text, finding);
	add_info(context, buf_str(&text));
	buf_fini(&text);
}

static void on_progress(void *context, const struct facts *f)
{
	struct trace *t = context;

	if (t->progress)
		progress_show(t->progress, f);
}

struct observer trace_observer(struct trace *t)
{
	static const struct observer_ops ops = {
		.tunnel_out = on_head_out,
		.head_out = on_head_out,
		.body_out = on_body_out,
		.head_bytes = on_head_bytes,
		.body_in = on_body_in,
		.finding = on_finding,
		.progress = on_progress,
	};

	return (struct observer){ &ops, t, { on_line, t } };
}
