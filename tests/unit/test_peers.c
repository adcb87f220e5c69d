#include "cli/peers.h"

#include "support/command.h"
#include "support/table.h"

struct row {
	const char *name;
	const char *words[RUN_WORDS_MAX];
	const char *seen; /* "resolve TEXT\ndetour A B\nsocket S\n" */
};

static const struct row rows[] = {
	{ "none", { "u" }, "" },
	{ "--resolve", { "--resolve", "a:80:::1", "u" }, "resolve a:80:::1\n" },
	{ "--resolve twice", { "--resolve", "a:80:::1", "--resolve", "-a:80" },
		"resolve a:80:::1\nresolve -a:80\n" },
	{ "--connect-to", { "--connect-to", "a:1:b:2" }, "detour a b\n" },
	{ "--connect-to twice", { "--connect-to", ":::", "--connect-to=:1::2" },
		"detour  \ndetour  \n" },
	{ "--unix-socket", { "--unix-socket", "/s" }, "socket /s\n" },
	{ "--unix-socket that begins with @", { "--unix-socket", "@s" },
		"socket ./@s\n" },
	{ "--abstract-unix-socket", { "--abstract-unix-socket", "s" },
		"socket @s\n" },
	{ "the last socket",
		{ "--abstract-unix-socket", "s", "--unix-socket", "t" },
		"socket t\n" },
};

static void test_row(const void *arg)
{
	const struct row *row = arg;
	const struct options *o;
	struct buf seen;
	struct run run;

	run_words(&run, row->words);
	o = &run.command.operations[0];
	buf_init(&seen, 1000);
	for (size_t i = 0; i < o->resolve.n; i++)
		buf_printf(&seen, "resolve %s\n", o->resolve.items[i]);
	for (size_t i = 0; i < o->n_detours; i++)
		buf_printf(&seen, "detour %s %s\n", o->detours[i].from_host,
			o->detours[i].to_host);
	if (o->socket)
		buf_printf(&seen, "socket %s\n", o->socket);
	assert_string_equal(seen.n ? buf_text(&seen) : "", row->seen);
	buf_fini(&seen);
	run_fini(&run);
}

struct bad_row {
	const char *name;
	const char *words[RUN_WORDS_MAX];
	int code;
	const char *text;
};

static const struct bad_row bad_rows[] = {
	{ "--resolve", { "--resolve", "a", "u" }, ERR_OPTION_SYNTAX,
		"option --resolve: expected ':' and a port behind the host at "
		"byte offset 1 of 'a'" },
	{ "--connect-to", { "--connect-to", "a", "u" }, ERR_OPTION_SYNTAX,
		"option --connect-to: expected ':' and PORT1 at byte offset 1 "
		"of 'a'" },
	{ "no path", { "--unix-socket", "", "u" }, ERR_USAGE,
		"option --unix-socket: the path is empty" },
	{ "no name", { "--abstract-unix-socket", "", "u" }, ERR_USAGE,
		"option --abstract-unix-socket: the name is empty" },
};

static void test_bad(const void *arg)
{
	const struct bad_row *row = arg;
	struct run run;

	run_words(&run, row->words);
	assert_int_equal(run.result, -row->code);
	assert_string_equal(run.error.text, row->text);
	run_fini(&run);
}

/* Entries of operations that came before hold on. */
static void test_operations(const void *arg)
{
	static const char *const words[] = { "--resolve", "a:80:127.0.0.1", "u",
		"--next", "--resolve", "b:80:127.0.0.2", "v", "--next",
		"--resolve", "-a:80", "w", NULL };
	static const char *const found[] = { "a", "ab", "b" };
	struct run run;

	(void)arg;
	run_words(&run, words);
	assert_int_equal(run.result, 0);
	for (size_t i = 0; i < 3; i++) {
		struct names names = { 0 };
		struct addresses addresses;
		struct error e = { 0 };
		struct buf seen;

		assert_int_equal(peers_init(&names, &run.command,
					 &run.command.operations[i], &e),
			0);
		buf_init(&seen, 10);
		for (char host[] = "a"; *host <= 'b'; ++*host)
			if (names_find(&names, host, 80, 0, &addresses))
				buf_add_text(&seen, host);
		assert_string_equal(buf_text(&seen), found[i]);
		buf_fini(&seen);
		names_fini(&names);
	}
	run_fini(&run);
}

int main(void)
{
	static const struct table tables[] = {
		TABLE("peers", rows, test_row),
		TABLE("peers: errors", bad_rows, test_bad),
		SINGLE("peers_init", test_operations),
	};

	unsetenv("HOME");
	unsetenv("XDG_CONFIG_HOME");
	return table_run("peers", tables, sizeof(tables) / sizeof(tables[0]));
}
