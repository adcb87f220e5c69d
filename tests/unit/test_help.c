#include "cli/help.h"

#include "cli/manual.h"
#include "support/table.h"

/* --- topics */

struct topic {
	const char *name;
	const char *topic;
	const char *has[4], *lacks; /* parts of the help; NULL: any */
};

static const struct topic topics[] = {
	{ "none: the most used", NULL,
		{ "Usage: minifetch", " -o, --output FILE ",
			"--help category" },
		"--tls-max" },
	{ "all", "all",
		{ " -o, --output FILE ", "     --tls-max VERSION ",
			" -:, --next " },
		"--help category" },
	{ "category", "category", { " tls         TLS", " http " },
		"--output" },
	{ "a category", "tls", { "tls: TLS", "--tls-max", " -k, --insecure" },
		"--output" },
	{ "a category in capitals", "TLS", { "tls: TLS" }, "--output" },
	{ "an option", "--max-redirs",
		{ "     --max-redirs NUMBER\n        Fail with", "50" },
		"--output" },
	{ "an option without dashes", "max-redirs",
		{ "     --max-redirs NUMBER\n" }, NULL },
	{ "an option by its letter", "-L",
		{ " -L, --location\n", "--no-location undoes it." }, NULL },
	{ "a negated option", "--no-location", { " -L, --location\n" }, NULL },
	{ "an option called as a category", "--url", { "--url URL\n" },
		"category" },
	{ "a global one", "--silent", { "holds for all operations" }, NULL },
	{ "one with a no- name", "--no-atomic", { "--atomic undoes it." },
		NULL },
	{ "the findings", "findings",
		{ "BARE_LF (warning, RFC 9112 section 2.2)\n        A line",
			"BARE_CR (error, RFC 9112 section 2.2)\n",
			"A reader that waits for CR LF" },
		"--output" },
	{ "a label too long for its column", "connection",
		{ "--happy-eyeballs-timeout-ms MILLISECONDS\n" }, NULL },
};

static void test_topic(const void *arg)
{
	const struct topic *row = arg;
	struct buf out;
	struct error e = { 0 };
	struct str rest, line;

	buf_init(&out, 1 << 20);
	assert_int_equal(help_print(&out, row->topic, &e), 0);
	assert_non_null(buf_text(&out));
	for (size_t i = 0; i < 4 && row->has[i]; i++)
		if (!strstr(out.p, row->has[i]))
			fail_msg("'%s' is missing", row->has[i]);
	if (row->lacks)
		assert_null(strstr(out.p, row->lacks));
	rest = buf_str(&out);
	assert_int_equal(rest.p[rest.n - 1], '\n');
	while (rest.n) {
		str_cut(rest, '\n', &line, &rest);
		assert_in_range(line.n, 0, 79);
	}
	buf_fini(&out);
}

struct unknown {
	const char *name;
	const char *topic, *message;
};

static const struct unknown unknowns[] = {
	{ "near to an option", "--max-redir",
		"no help on 'max-redir': it is neither an option nor a "
		"category; did you mean max-redirs?" },
	{ "near to a category", "htttp",
		"no help on 'htttp': it is neither an option nor a category; "
		"did you mean http?" },
	{ "near to nothing", "xyzzy",
		"no help on 'xyzzy': it is neither an option nor a category" },
	{ "an unknown letter", "-%",
		"no help on '%': it is neither an option nor a category" },
	{ "empty", "",
		"no help on '': it is neither an option nor a category" },
};

static void test_unknown(const void *arg)
{
	const struct unknown *row = arg;
	struct buf out;
	struct error e = { 0 };

	buf_init(&out, 1 << 20);
	assert_int_equal(help_print(&out, row->topic, &e), -ERR_USAGE);
	assert_string_equal(e.text, row->message);
	assert_int_equal(out.n, 0);
	buf_fini(&out);
}

/* --- every option has its help */

static void test_every(const void *arg)
{
	struct buf out;
	struct error e = { 0 };

	(void)arg;
	for (size_t i = 0; i < OPTION_COUNT; i++) {
		char topic[40] = "--";

		memcpy(topic + 2, option_table[i].name,
			sizeof(option_table[i].name));
		buf_init(&out, 1 << 20);
		assert_int_equal(help_print(&out, topic, &e), 0);
		assert_non_null(buf_text(&out));
		assert_non_null(strstr(out.p, topic));
		/* No mdoc is left. */
		assert_null(strstr(out.p, "\n."));
		assert_null(strstr(out.p, "\\&"));
		assert_null(strstr(out.p, "\\e"));
		buf_fini(&out);
	}
}

/* --- mdoc */

struct mdoc {
	const char *name;
	const char *mdoc, *text;
};

static const struct mdoc mdocs[] = {
	{ "empty", "", "" },
	{ "words", "Some words.", "  Some words.\n" },
	{ "lines are filled", "Some\nwords.", "  Some words.\n" },
	{ "a flag", ".Fl o", "  -o\n" },
	{ "a long flag", ".Fl -output", "  --output\n" },
	{ "punctuation", "See\n.Fl o ,\nor", "  See -o, or\n" },
	{ "an argument", ".Ar FILE .", "  FILE.\n" },
	{ "a variable", ".Ev HOME ;", "  HOME;\n" },
	{ "a literal", ".Ql a b .", "  'a b'.\n" },
	{ "a literal dash", ".Ql - ,", "  '-',\n" },
	{ "a literal that is punctuation", ".Ql .", "  '.'\n" },
	{ "a page", ".Xr curl 1 .", "  curl(1).\n" },
	{ "a page, no punctuation", ".Xr curl 1", "  curl(1)\n" },
	{ "escapes", ".Ql \\ea\\(dqb\\&:", "  '\\a\"b:'\n" },
	{ "an unfinished escape", ".Ql a\\", "  'a'\n" },
	{ "an unknown macro", "a\n.Pp\nb", "  a b\n" },
	{ "a full line",
		"aaaaaaaaa bbbbbbbbb ccccccccc ddddddddd eeeeeeeee fffffffff "
		"ggggggggg hhhhhhh i",
		"  aaaaaaaaa bbbbbbbbb ccccccccc ddddddddd eeeeeeeee fffffffff "
		"ggggggggg hhhhhhh\n  i\n" },
};

static void test_mdoc(const void *arg)
{
	const struct mdoc *row = arg;
	size_t n = strlen(row->mdoc);
	char *mdoc = exact_copy(row->mdoc, n);
	struct buf out;

	buf_init(&out, 1000);
	manual_text(&out, (struct str){ mdoc, n }, 2);
	assert_string_equal(out.n ? buf_text(&out) : "", row->text);
	buf_fini(&out);
	free(mdoc);
}

int main(void)
{
	static const struct table tables[] = {
		TABLE("help_print", topics, test_topic),
		TABLE("help_print", unknowns, test_unknown),
		SINGLE("help_print: every option", test_every),
		TABLE("manual_text", mdocs, test_mdoc),
	};

	return table_run("help", tables, sizeof(tables) / sizeof(tables[0]));
}
