#include "output/verbose.h"

#include <stdio.h>

#include "output/descriptor.h"
#include "output/terminal.h"

#define TEXT_LIMIT (2 * LIMIT_REQUEST_HEAD)
#define ESCAPED_LIMIT (4 * TEXT_LIMIT + 16)

/* Write whole lines in one piece. What does not fit the memory, or cannot be
 * written, is not shown: telling of a transfer must not end it. */
static void put(struct verbose *v, const struct buf *lines)
{
	struct terminal_filter filter = { .n = 0 };
	struct buf escaped;

	if (v->progress)
		progress_break(v->progress);
	if (!v->safe) {
		(void)descriptor_write_str(v->fd, buf_str(lines));
		return;
	}
	buf_init(&escaped, ESCAPED_LIMIT);
	terminal_escape(&filter, buf_str(lines), true, &escaped);
	(void)descriptor_write_str(v->fd, buf_str(&escaped));
	buf_fini(&escaped);
}

/* Each line of `text` behind a mark such as "> ". */
static void put_lines(struct verbose *v, const char *mark, struct str text)
{
	struct buf lines;

	buf_init(&lines, TEXT_LIMIT);
	while (text.n) {
		ssize_t end = str_find(text, '\n');
		struct str line = end < 0 ? text
					  : str_first(text, (size_t)end + 1);

		buf_add_text(&lines, mark);
		buf_add_str(&lines, line);
		if (end < 0)
			buf_add_char(&lines, '\n');
		text = str_from(text, line.n);
	}
	v->data_told = false;
	put(v, &lines);
	buf_fini(&lines);
}

static void put_data(struct verbose *v, char mark, size_t n)
{
	struct buf line;

	if (!v->data_lines || v->data_told)
		return;
	buf_init(&line, 64);
	buf_printf(&line, "%c [%zu bytes data]\n", mark, n);
	put(v, &line);
	buf_fini(&line);
	v->data_told = true;
}

static void on_line(void *context, const char *line)
{
	put_lines(context, "* ", str_of(line));
}

static void on_head_out(void *context, struct str bytes)
{
	put_lines(context, "> ", bytes);
}

static void on_head_in(void *context, const struct head *head)
{
	put_lines(context, "< ", head->bytes);
}

static void on_body_out(void *context, struct str bytes)
{
	put_data(context, '}', bytes.n);
}

static void on_body_in(void *context, struct str bytes)
{
	put_data(context, '{', bytes.n);
}

static void on_finding(void *context, const struct finding *finding)
{
	struct buf text;

	buf_init(&text, 1024);
	buf_add_text(&text, "finding: ");
	finding_print(&text, finding);
	put_lines(context, "* ", buf_str(&text));
	buf_fini(&text);
}

static void on_progress(void *context, const struct facts *f)
{
	struct verbose *v = context;

	if (v->progress)
		progress_show(v->progress, f);
}

/* Who does not look at data leaves body_in out, and it need not pass through
 * this program. */
static const struct observer_ops ops_all = {
	.head_out = on_head_out,
	.body_out = on_body_out,
	.head_in = on_head_in,
	.body_in = on_body_in,
	.finding = on_finding,
	.progress = on_progress,
};
static const struct observer_ops ops_heads = {
	.head_out = on_head_out,
	.head_in = on_head_in,
	.finding = on_finding,
	.progress = on_progress,
};
static const struct observer_ops ops_progress = { .progress = on_progress };

struct observer verbose_observer(struct verbose *v)
{
	struct observer o = { .ops = &ops_progress, .context = v };

	v->data_told = false;
	if (!v->on)
		return o;
	o.ops = v->data_lines ? &ops_all : &ops_heads;
	o.log = (struct log){ on_line, v };
	return o;
}
