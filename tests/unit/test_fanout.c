/* Several observers as one: who is told what, and what is asked for. */
#include "output/fanout.h"

#include "support/table.h"

/* An observer that writes down its name and what it was told. */
struct teller {
	char name;
	struct buf *to;
};

static void note(struct teller *t, const char *what)
{
	buf_printf(t->to, "%c:%s ", t->name, what);
}

static void on_head_out(void *context, struct str bytes)
{
	(void)bytes;
	note(context, "head_out");
}

static void on_content(void *context, struct str bytes)
{
	(void)bytes;
	note(context, "content");
}

static void on_decision(
	void *context, enum decision_kind kind, const char *text)
{
	(void)kind;
	note(context, text);
}

static void on_line(void *context, const char *line)
{
	note(context, line);
}

static const struct observer_ops heads = { .head_out = on_head_out };
static const struct observer_ops both = {
	.head_out = on_head_out, .content = on_content, .decision = on_decision
};

static void tell_all(const struct observer *o)
{
	OBSERVE(o, head_out, STR("GET / HTTP/1.1"));
	OBSERVE(o, content, STR("x"));
	observer_decide(o, DECISION_COOKIE, "%s-%d", "kept", 7);
	log_line(&o->log, "line");
}

static void test_fanout(const void *row)
{
	struct buf text;
	struct teller a = { 'a', &text }, b = { 'b', &text },
		      c = { 'c', &text };
	struct fanout f = { .n = 0 };
	struct observer o;

	(void)row;
	buf_init(&text, 1024);
	fanout_add(&f, &(struct observer){ &heads, &a, { NULL, NULL } });
	o = fanout_observer(&f);
	assert_ptr_equal(o.ops, &heads); /* alone, it is itself */
	fanout_add(&f, &(struct observer){ &heads, &b, { on_line, &b } });
	o = fanout_observer(&f);
	assert_null(o.ops->content); /* nobody wants it */
	assert_null(o.ops->body_in);
	tell_all(&o);
	assert_string_equal(buf_text(&text), "a:head_out b:head_out b:line ");
	buf_clear(&text);
	fanout_add(&f, &(struct observer){ &both, &c, { NULL, NULL } });
	o = fanout_observer(&f);
	tell_all(&o);
	assert_string_equal(buf_text(&text),
		"a:head_out b:head_out c:head_out c:content c:kept-7 b:line ");
	buf_fini(&text);
}

static void test_nobody(const void *row)
{
	(void)row;
	observer_decide(NULL, DECISION_RETRY, "%d", 1);
	observer_decide(&(struct observer){ &heads, NULL, { NULL, NULL } },
		DECISION_RETRY, "%d", 1);
}

int main(void)
{
	const struct table tables[] = {
		SINGLE("fanout_observer", test_fanout),
		SINGLE("observer_decide: to nobody", test_nobody),
	};

	return table_run("fanout", tables, sizeof(tables) / sizeof(tables[0]));
}
