#include "output/verbose.h"

#include <stdio.h>
#include <unistd.h>

#include "support/scratch.h"
#include "support/table.h"

/* What happens in the order of a real exchange; each letter is an event. */
struct verbose_row {
	const char *name;
	const char *events;
	bool on, safe, data_lines;
	const char *shown;
};

#define REQUEST "> GET / HTTP/1.1\r\n> Host: h\r\n> \r\n"
#define RESPONSE "< HTTP/1.1 200 OK\n< X: \x1b[31m\r\n< \r\n"

static const struct verbose_row verbose_rows[] = {
	{ "nothing", "", true, false, true, "" },
	{ "off", "lohbdf", false, false, true, "" },
	{ "a line", "l", true, false, true, "* Trying [\x1b]...\n" },
	{ "request and response", "oh", true, false, true, REQUEST RESPONSE },
	{ "data in", "hd", true, false, true, RESPONSE "{ [5 bytes data]\n" },
	{ "data in, several times", "hddd", true, false, true,
		RESPONSE "{ [5 bytes data]\n" },
	{ "data in, a line between", "dld", true, false, true,
		"{ [5 bytes data]\n* Trying [\x1b]...\n{ [5 bytes data]\n" },
	{ "data out, then in", "obhd", true, false, true,
		REQUEST "} [3 bytes data]\n" RESPONSE "{ [5 bytes data]\n" },
	{ "data shown elsewhere", "obhd", true, false, false,
		REQUEST RESPONSE },
	{ "a finding", "f", true, false, true,
		"* finding: byte 17: a line ends in LF without CR "
		"(RFC 9112 section 2.2)\n" },
	{ "safe line", "l", true, true, true, "* Trying [\\x1b]...\n" },
	{ "safe head", "h", true, true, true,
		"< HTTP/1.1 200 OK\n< X: \\x1b[31m\r\n< \r\n" },
	{ "line without an end", "e", true, false, true, "< cut\n" },
};

static void happen(const struct observer *o, char event)
{
	static const struct finding finding = { FINDING_BARE_LF, 17 };
	struct str head = STR("HTTP/1.1 200 OK\nX: \x1b[31m\r\n\r\n");
	struct str request = STR("GET / HTTP/1.1\r\nHost: h\r\n\r\n");

	switch (event) {
	case 'l':
		log_line(&o->log, "Trying [%c]...", 0x1b);
		break;
	case 'o':
		if (o->ops->head_out)
			o->ops->head_out(o->context, request);
		break;
	case 'b':
		if (o->ops->body_out)
			o->ops->body_out(o->context, STR("abc"));
		break;
	case 'e':
		o->ops->head_bytes(o->context, HEAD_ANSWER, STR("cut"));
		break;
	case 'h':
		if (o->ops->head_bytes)
			o->ops->head_bytes(o->context, HEAD_ANSWER, head);
		break;
	case 'd':
		if (o->ops->body_in)
			o->ops->body_in(o->context, STR("hello"));
		break;
	case 'f':
		if (o->ops->finding)
			o->ops->finding(o->context, &finding);
		break;
	}
}

static void test_events(const void *data)
{
	const struct verbose_row *row = data;
	struct scratch_ends ends = scratch_pipe();
	struct verbose v = { .to.fd = ends.in,
		.on = row->on,
		.to.safe = row->safe,
		.data_lines = row->data_lines };
	struct observer o = verbose_observer(&v);
	char *shown;

	for (const char *event = row->events; *event; event++)
		happen(&o, *event);
	shown = scratch_drain(&ends, NULL);
	assert_string_equal(shown, row->shown);
	free(shown);
}

/* Who shows no data must not be asked for it: it can then be spliced. */
static void test_body_in_wanted(const void *row)
{
	struct verbose v = { .to.fd = -1, .on = true, .data_lines = true };
	struct observer o = verbose_observer(&v);

	(void)row;
	assert_non_null(o.ops->body_in);
	assert_true(log_wanted(&o.log));
	v.data_lines = false;
	o = verbose_observer(&v);
	assert_null(o.ops->body_in);
	assert_non_null(o.ops->head_bytes);
	v.on = false;
	v.data_lines = true;
	o = verbose_observer(&v);
	assert_null(o.ops->body_in);
	assert_null(o.ops->head_bytes);
	assert_false(log_wanted(&o.log));
	assert_non_null(o.ops->progress);
}

/* A line never lands behind a meter that is being drawn. */
static void test_with_progress(const void *row)
{
	struct scratch_ends ends = scratch_pipe();
	struct error e;
	struct progress *p = progress_new(ends.in, true, &e);
	struct verbose v = { .to.fd = ends.in, .on = true, .to.progress = p };
	struct observer o = verbose_observer(&v);
	struct facts facts;
	char *shown;

	(void)row;
	setenv("COLUMNS", "27", 1);
	facts_init(&facts);
	facts.expected = 4;
	facts.wire = 1;
	o.ops->progress(o.context, &facts);
	log_line(&o.log, "one");
	log_line(&o.log, "two");
	progress_free(p);
	facts_fini(&facts);
	shown = scratch_drain(&ends, NULL);
	assert_string_equal(
		shown, "\r#####                 25.0%\n* one\n* two\n");
	free(shown);
}

static void test_stamped(const void *row)
{
	struct scratch_ends ends = scratch_pipe();
	struct verbose v = { .to.fd = ends.in,
		.on = true,
		.data_lines = true,
		.stamp = { .ids = true, .transfer = 2 } };
	struct observer o = verbose_observer(&v);
	char *shown;

	(void)row;
	happen(&o, 'o');
	happen(&o, 'd');
	shown = scratch_drain(&ends, NULL);
	assert_string_equal(shown,
		"[2-x] > GET / HTTP/1.1\r\n[2-x] > Host: h\r\n[2-x] > \r\n"
		"[2-x] { [5 bytes data]\n");
	free(shown);
}

static void test_closed(const void *row)
{
	struct verbose v = { .to.fd = -1, .on = true, .data_lines = true };
	struct observer o = verbose_observer(&v);

	(void)row;
	for (const char *event = "lohbdf"; *event; event++)
		happen(&o, *event);
	assert_false(v.data_told);
}

int main(void)
{
	const struct table tables[] = {
		TABLE("verbose", verbose_rows, test_events),
		SINGLE("verbose_observer body_in", test_body_in_wanted),
		SINGLE("verbose with progress", test_with_progress),
		SINGLE("verbose with stamps", test_stamped),
		SINGLE("verbose to a closed descriptor", test_closed),
	};

	return table_run("verbose", tables, sizeof(tables) / sizeof(tables[0]));
}
