/* Command lines, one word a line: the parser ends in a command that holds
 * together, or in an error with words. */
#include <stdio.h>
#include <stdlib.h>

#include "cli/parse.h"

#define WORDS_MAX 64

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
	if (!holds)
		abort();
}

/* What a word may name must not be a device that never ends. */
static char *copy_word(struct str word)
{
	char *copy = str_dup(word);

	require(copy != NULL);
	for (size_t i = 0; copy[i]; i++)
		if (copy[i] == '/')
			copy[i] = '_';
	return copy;
}

static int split_words(char **argv, const uint8_t *data, size_t size)
{
	struct str rest = { (const char *)data, size }, word;
	int argc = 0;

	argv[argc++] = copy_word(STR("minifetch"));
	argv[argc++] = copy_word(STR("-q"));
	while (rest.n && argc < WORDS_MAX) {
		str_cut(rest, '\n', &word, &rest);
		argv[argc++] = copy_word(word);
	}
	argv[argc] = NULL;
	return argc;
}

static void check_targets(const struct options *o)
{
	require(o->n_urls > 0);
	require(o->n_urls <= o->n_targets && o->n_outputs <= o->n_targets);
	for (size_t i = 0; i < o->n_targets; i++) {
		const struct target *t = &o->targets[i];

		require((t->url != NULL) == (i < o->n_urls));
		require((t->output != NULL) == (t->kind == OUTPUT_FILE));
	}
}

static void check_values(const struct options *o)
{
	require(o->http_minor == 0 || o->http_minor == 1);
	require(o->max_redirs >= -1);
	require(o->connect_timeout_ms >= 0 && o->max_time_ms >= 0);
	require(o->max_filesize >= 0);
	require(o->data.failed == 0 && o->query.failed == 0);
	require(o->has_data || o->data.n == 0);
	require(!o->json || o->has_data);
	require(!(o->head && o->has_data && !o->get));
}

static void check_messages(const struct command *c)
{
	for (size_t i = 0; i < c->n_messages; i++) {
		struct buf out;

		buf_init(&out, LIMIT_CONFIG_LINE);
		message_format(&c->messages[i], 40, &out);
		require(out.failed == 0 && out.n >= 10);
		require(out.p[out.n - 1] == '\n');
		buf_fini(&out);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static bool ready;
	char *argv[WORDS_MAX + 1];
	struct command c;
	struct error e = { 0 };
	int argc, result;

	if (!ready && !freopen("/dev/null", "r", stdin))
		abort();
	ready = true;
	argc = split_words(argv, data, size);
	result = command_parse(&c, argc, argv, &e);
	if (result < 0)
		require(e.code == -result && e.text[0]);
	else if (c.action == COMMAND_RUN) {
		require(c.n_operations > 0);
		for (size_t i = 0; i < c.n_operations; i++) {
			check_targets(&c.operations[i]);
			check_values(&c.operations[i]);
		}
	}
	check_messages(&c);
	command_free(&c);
	for (int i = 0; i < argc; i++)
		free(argv[i]);
	return 0;
}
