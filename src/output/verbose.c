#include "output/verbose.h"

#include <stdio.h>

static void put_lines(struct verbose *v, const char *mark, struct str text)
{
	struct buf lines, front;

	buf_init(&lines, NARRATOR_LIMIT);
	buf_init(&front, 256);
	stamp_add(&v->stamp, &front);
	buf_add_text(&front, mark);
	narrator_add_lines(&lines, buf_str(&front), text);
	v->data_told = false;
	narrator_write(&v->to, &lines);
	buf_fini(&lines);
	buf_fini(&front);
}

static void put_head(struct verbose *v, const char *mark, struct str head)
{
	struct buf shown;

	buf_init(&shown, NARRATOR_LIMIT);
	narrator_add_head(&v->to, &shown, head);
	put_lines(v, mark, buf_str(&shown));
	buf_fini(&shown);
}

static void put_data(struct verbose *v, char mark, size_t n)
{
	struct buf line;

	if (!v->data_lines || v->data_told)
		return;
	buf_init(&line, 256);
	stamp_add(&v->stamp, &line);
	buf_printf(&line, "%c [%zu bytes data]\n", mark, n);
	narrator_write(&v->to, &line);
	buf_fini(&line);
	v->data_told = true;
}

static void on_line(void *context, const char *line)
{
	put_lines(context, "* ", str_of(line));
}

static void on_head_out(void *context, struct str bytes)
{
	put_head(context, "> ", bytes);
}

static void on_head_bytes(
	void *context, enum head_section section, struct str bytes)
{
	struct verbose *v = context;
	struct buf shown;

	(void)section;
	buf_init(&shown, NARRATOR_LIMIT);
	narrator_add_part(&v->to, &shown, bytes, &v->secret);
	put_lines(v, "< ", buf_str(&shown));
	buf_fini(&shown);
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

	if (v->to.progress)
		progress_show(v->to.progress, f);
}

/* Who does not look at data leaves body_in out, and it need not pass through
 * this program. */
static const struct observer_ops ops_all = {
	.tunnel_out = on_head_out,
	.head_out = on_head_out,
	.body_out = on_body_out,
	.head_bytes = on_head_bytes,
	.body_in = on_body_in,
	.finding = on_finding,
	.progress = on_progress,
};
static const struct observer_ops ops_heads = {
	.tunnel_out = on_head_out,
	.head_out = on_head_out,
	.head_bytes = on_head_bytes,
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
