#include "support/command.h"

#include <sys/socket.h>

#include "support/table.h"

/* --- a command as a text: whatever is not as it was in the beginning */

static void describe_field(struct buf *out, const struct option_row *row,
	const void *values, const void *initial)
{
	const void *field = (const char *)values + row->offset;
	const void *before = (const char *)initial + row->offset;

	switch (row->kind) {
	case OPTION_BOOL:
		if (*(const bool *)field != *(const bool *)before)
			buf_printf(out, " %s%s",
				*(const bool *)field ? "" : "!", row->name);
		break;
	case OPTION_STRING:
		if (*(const char *const *)field)
			buf_printf(out, " %s=%s", row->name,
				*(const char *const *)field);
		break;
	case OPTION_NUMBER:
	case OPTION_SECONDS:
	case OPTION_SIZE:
		if (*(const int64_t *)field != *(const int64_t *)before)
			buf_printf(out, " %s=%lld", row->name,
				(long long)*(const int64_t *)field);
		break;
	default:
		break;
	}
}

static void describe_custom(struct buf *out, const struct options *o)
{
	static const char *const fails[] = { "", " fail", " fail-with-body" };

	for (size_t i = 0; i < o->headers.n; i++)
		buf_printf(out, " header=%s", o->headers.items[i]);
	if (o->referer)
		buf_printf(out, " referer=%s", o->referer);
	buf_add_text(out, o->auto_referer ? " auto-referer" : "");
	if (o->write_out)
		buf_printf(out, " write-out=%s", o->write_out);
	if (o->cert)
		buf_printf(out, " cert=%s", o->cert);
	buf_add_text(out, fails[o->fail]);
	buf_add_text(out, o->location_trusted ? " trusted" : "");
	buf_add_text(out, o->follow ? " follow" : "");
	if (o->http_minor != 1)
		buf_printf(out, " http1.%d", o->http_minor);
	if (o->family != AF_UNSPEC)
		buf_printf(out, " ipv%d", o->family == AF_INET ? 4 : 6);
	if (o->tls_min || o->tls_max)
		buf_printf(out, " tls=%d-%d", o->tls_min, o->tls_max);
	if (o->proto != 3 || o->proto_redir != 3)
		buf_printf(out, " proto=%u,%u", o->proto, o->proto_redir);
	buf_add_text(out, o->json ? " json" : "");
	if (o->has_data) {
		buf_add_text(out, " data=");
		buf_add_str(out, buf_str(&o->data));
	}
	if (o->has_query) {
		buf_add_text(out, " query=");
		buf_add_str(out, buf_str(&o->query));
	}
}

static void describe_targets(struct buf *out, const struct options *o)
{
	for (size_t i = 0; i < o->n_targets; i++) {
		const struct target *t = &o->targets[i];

		assert_int_equal(t->url != NULL, i < o->n_urls);
		assert_int_equal(t->output != NULL, t->kind == OUTPUT_FILE);
		buf_printf(out, " <%s>", t->url ? t->url : "");
		if (t->kind == OUTPUT_FILE)
			buf_printf(out, "%s", t->output);
		else if (t->kind == OUTPUT_REMOTE_NAME)
			buf_add_text(out, "remote-name");
		else if (t->kind == OUTPUT_NULL)
			buf_add_text(out, "null");
	}
}

static void describe(struct buf *out, const struct command *c)
{
	static const struct command initial = {
		.har_body_limit = HAR_BODY_LIMIT,
		.colour = SINK_COLOUR_AUTO,
	};
	struct options o;

	if (c->action == COMMAND_HELP)
		buf_printf(out, " HELP %s", c->help_topic ? c->help_topic : "");
	if (c->action == COMMAND_VERSION)
		buf_add_text(out, " VERSION");
	if (c->narration == NARRATION_VERBOSE)
		buf_add_text(out, " verbose");
	else if (c->narration != NARRATION_NONE)
		buf_printf(out, " %s=%s",
			c->narration == NARRATION_TRACE ? "trace"
							: "trace-ascii",
			c->trace_file);
	options_init(&o);
	for (size_t j = 0; j < OPTION_COUNT; j++)
		if (option_table[j].flags & OPTION_GLOBAL)
			describe_field(out, &option_table[j], c, &initial);
	for (size_t i = 0; i < c->n_operations; i++) {
		const struct options *operation = &c->operations[i];

		buf_add_text(out, i ? " NEXT" : "");
		for (size_t j = 0; j < OPTION_COUNT; j++)
			if (!(option_table[j].flags & OPTION_GLOBAL))
				describe_field(
					out, &option_table[j], operation, &o);
		describe_custom(out, operation);
		describe_targets(out, operation);
	}
	options_fini(&o);
}

/* --- running the parser */

void run_words(struct run *run, const char *const *words)
{
	*run = (struct run){ .argc = 1 };
	run->argv[0] = exact_copy("minifetch", 10);
	for (; *words; words++) {
		assert_true(run->argc <= RUN_WORDS_MAX);
		run->argv[run->argc++] = exact_copy(*words, strlen(*words) + 1);
	}
	run->result = command_parse(
		&run->command, run->argc, run->argv, &run->error);
}

void run_fini(struct run *run)
{
	command_free(&run->command);
	for (int i = 0; i < run->argc; i++)
		free(run->argv[i]);
}

void assert_described(const struct run *run, const char *wanted)
{
	struct buf text;

	if (run->result < 0)
		fail_msg("error %d: %s", run->result, run->error.text);
	buf_init(&text, 1 << 20);
	describe(&text, &run->command);
	assert_non_null(buf_text(&text));
	assert_string_equal(text.n ? text.p + 1 : "", wanted);
	buf_fini(&text);
}

void assert_messages(const struct run *run, const char *wanted)
{
	struct buf text;

	buf_init(&text, 1 << 20);
	for (size_t i = 0; i < run->command.n_messages; i++)
		buf_printf(&text, "%s\n", run->command.messages[i].text);
	assert_string_equal(text.n ? buf_text(&text) : "", wanted);
	buf_fini(&text);
}
