#include "cli/queue.h"

#include <stdio.h>

#include "support/command.h"
#include "support/table.h"

static const struct console quiet = { .fd = 2, .silent = true };

/* --- what comes, in which order */

struct order_row {
	const char *name;
	const char *words[12];
	/* URL>PATH@URL NUMBER.TRANSFER NUMBER, or !CODE, of each task */
	const char *tasks;
};

static const struct order_row order_rows[] = {
	{ "one", { "h" }, "h@0.0" },
	{ "two targets", { "a", "-o", "f", "b" }, "a>f@0.0 b@1.1" },
	{ "a glob", { "h/[1-3]", "-o", "#1" },
		"h/1>1@0.0 h/2>2@0.1 h/3>3@0.2" },
	{ "no glob", { "-g", "h/[1-3]" }, "h/[1-3]@0.0" },
	{ "a glob and others", { "h/{a,b}", "c", "--next", "{d,e}" },
		"h/a@0.0 h/b@0.1 c@1.2 d@2.3 e@2.4" },
	{ "operations", { "a", "--next", "b", "c" }, "a@0.0 b@1.1 c@2.2" },
	{ "uploads, each with all URLs",
		{ "-T", "/dev/{null,zero}", "h/{a,b}" },
		"h/a@0.0 h/b@0.1 h/a@0.2 h/b@0.3" },
	{ "an empty -T", { "-T", "", "h" }, "h@0.0" },
	{ "a bad glob between good ones", { "a", "b{", "c" },
		"a@0.0 !3 c@2.1" },
	{ "a bad glob of uploads", { "-T", "{", "a", "b" }, "!3 b@1.0" },
	{ "a file that is not there", { "-T", "/nowhere", "a", "b" },
		"!26 b@1.0" },
	{ "an operation that cannot be begun",
		{ "-H", "a\nb: c", "a", "--next", "b" }, "!2 b@0.0" },
};

static void describe(const struct task *task, struct buf *out)
{
	const struct errand *errand = &task->errand;

	buf_add_text(out, errand->url);
	if (errand->path)
		buf_printf(out, ">%s", errand->path);
	buf_printf(
		out, "@%ld.%ld", errand->url_number, errand->transfer_number);
}

static struct queue *begin(
	struct run *run, const char *const *words, struct session **session)
{
	struct error e = { 0 };
	struct queue *q;

	run_words(run, words);
	assert_int_equal(run->result, 0);
	*session = session_new(&e);
	q = queue_new(&run->command, &quiet, *session, NULL, &e);
	assert_non_null(q);
	return q;
}

static void end(struct run *run, struct queue *q, struct session *session)
{
	struct error e = { 0 };

	assert_int_equal(queue_stop(q, &e), 0);
	queue_free(q);
	session_free(session);
	run_fini(run);
}

static void test_order(const void *data)
{
	const struct order_row *row = data;
	struct session *session;
	struct run run;
	struct queue *q = begin(&run, row->words, &session);
	struct error e = { 0 };
	struct task task;
	struct buf got;
	int result;

	buf_init(&got, 4096);
	while ((result = queue_next(q, &task, &e)) != 0) {
		if (got.n)
			buf_add_char(&got, ' ');
		if (result < 0) {
			buf_printf(&got, "!%d", -result);
			continue;
		}
		assert_false(queue_exhausted(q));
		describe(&task, &got);
		assert_int_equal(queue_done(q, &task, &e), 0);
	}
	assert_true(queue_exhausted(q));
	assert_int_equal(queue_next(q, &task, &e), 0);
	assert_string_equal(buf_text(&got), row->tasks);
	buf_fini(&got);
	end(&run, q, session);
}

/* --- several at once */

/* Tasks outlive the turn of their operation, and have bodies of their own. */
static void test_open_at_once(const void *row)
{
	const char *const words[] = { "-Z", "-d", "x", "h/[1-2]", "--next", "i",
		NULL };
	struct session *session;
	struct run run;
	struct queue *q = begin(&run, words, &session);
	struct error e = { 0 };
	struct task tasks[4];

	(void)row;
	for (int i = 0; i < 3; i++)
		assert_int_equal(queue_next(q, &tasks[i], &e), 1);
	assert_int_equal(queue_next(q, &tasks[3], &e), 0);
	for (int i = 0; i < 2; i++) {
		struct upload *body = tasks[i].errand.job.request.body;
		struct str bytes;

		assert_int_equal(body->ops->next(body->source, &bytes, &e), 1);
		assert_true(str_eq(bytes, STR("x")));
	}
	assert_null(tasks[2].errand.job.request.body);
	assert_ptr_equal(tasks[0].options, tasks[1].options);
	for (int i = 0; i < 3; i++)
		assert_int_equal(queue_done(q, &tasks[i], &e), 0);
	end(&run, q, session);
}

/* What is performed when the queue is stopped can still be done. */
static void test_stopped(const void *row)
{
	const char *const words[] = { "-Z", "h/[1-9]", NULL };
	struct session *session;
	struct run run;
	struct queue *q = begin(&run, words, &session);
	struct error e = { 0 };
	struct task task, other;

	(void)row;
	assert_int_equal(queue_next(q, &task, &e), 1);
	assert_int_equal(queue_stop(q, &e), 0);
	assert_int_equal(queue_next(q, &other, &e), 0);
	assert_int_equal(queue_done(q, &task, &e), 0);
	end(&run, q, session);
}

int main(void)
{
	const struct table tables[] = {
		TABLE("queue_next", order_rows, test_order),
		SINGLE("queue_next with tasks under way", test_open_at_once),
		SINGLE("queue_stop with a task under way", test_stopped),
	};

	return table_run("queue", tables, sizeof(tables) / sizeof(tables[0]));
}
