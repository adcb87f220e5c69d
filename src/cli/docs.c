/* Prints what is made from the lists of the house: the manual page from its
 * template, and the completions of shells. Run while the program is built:
 *   docs man TEMPLATE | docs bash | docs zsh | docs fish */
#include <stdio.h>
#include <stdlib.h>

#include "cli/input.h"
#include "cli/manual.h"
#include "http/finding.h"

#define PAGE_MAX (16u << 20)
#define LINE_WIDTH 60 /* of mdoc, after which a line may end */

/* --- the manual page */

/* Plain sentences as mdoc: each begins a line, and none is long. */
static void add_sentences(struct buf *out, const char *text)
{
	size_t column = 0;

	for (const char *p = text; *p; p++, column++) {
		bool ends = p > text && p[-1] == '.';

		if (*p == '\\')
			buf_add_text(out, "\\e");
		else if (*p == ' ' && (ends || column > LINE_WIDTH)) {
			buf_add_char(out, '\n');
			column = 0;
		} else
			buf_add_char(out, *p);
	}
	buf_add_char(out, '\n');
}

static void add_options(struct buf *out)
{
	buf_add_text(out, ".Bl -tag -width Ds\n");
	for (size_t i = 0; i < OPTION_COUNT; i++) {
		const struct option_row *row = &option_table[i];
		struct str argument = str_of(option_argument(row));

		buf_add_text(out, ".It ");
		if (row->letter)
			buf_printf(out, "Fl \\&%c , ", row->letter);
		buf_printf(out, "Fl -%s", row->name);
		if (str_starts(argument, STR("[")))
			buf_printf(out, " Op Ar %.*s", (int)argument.n - 2,
				argument.p + 1);
		else if (argument.n)
			buf_printf(out, " Ar %s", argument.p);
		buf_add_char(out, '\n');
		option_describe(out, row);
		buf_add_char(out, '\n');
	}
	buf_add_text(out, ".El\n");
}

static void add_exit_codes(struct buf *out)
{
	static const struct {
		int code;
		const char *text;
	} codes[] = {
#define ERROR(name, number, phrase, explanation) { ERR_##name, explanation },
#include "base/errors.def"
#undef ERROR
	};

	buf_add_text(out, ".Bl -tag -width 4n -compact\n");
	for (size_t i = 0; i < sizeof(codes) / sizeof(codes[0]); i++) {
		if (codes[i].code == ERR_AGAIN)
			continue;
		buf_printf(out, ".It %d\n", codes[i].code);
		add_sentences(out, codes[i].text);
	}
	buf_add_text(out, ".El\n");
}

static void add_findings(struct buf *out)
{
	struct buf sentences;

	buf_init(&sentences, PAGE_MAX);
	buf_add_text(out, ".Bl -tag -width Ds\n");
	for (unsigned id = 0; id < FINDING_COUNT; id++) {
		const struct finding_rule *rule = finding_rule(id);

		buf_printf(out, ".It Li %s Pq %s , %s\n", rule->name,
			finding_severity_text(rule), rule->section);
		buf_clear(&sentences);
		finding_describe(&sentences, id);
		if (buf_text(&sentences))
			add_sentences(out, buf_text(&sentences));
	}
	buf_add_text(out, ".El\n");
	buf_fini(&sentences);
}

static const struct {
	const char *name, *text;
} variables[] = {
#define WRITEOUT(name, type, accessor, text) { name, text },
#include "output/writeout.def"
#undef WRITEOUT
};

#define VARIABLE_COUNT (sizeof(variables) / sizeof(variables[0]))

/* header{NAME} is written %header{NAME}, method %{method}. */
static void add_variable_name(struct buf *out, const char *name)
{
	if (strchr(name, '{'))
		buf_printf(out, "%%%s", name);
	else
		buf_printf(out, "%%{%s}", name);
}

static void add_variables(struct buf *out)
{
	buf_add_text(out, ".Bl -tag -width Ds\n");
	for (size_t i = 0; i < VARIABLE_COUNT; i++) {
		buf_add_text(out, ".It Li ");
		add_variable_name(out, variables[i].name);
		buf_add_char(out, '\n');
		add_sentences(out, variables[i].text);
	}
	buf_add_text(out, ".El\n");
}

static const struct {
	const char *marker;
	void (*add)(struct buf *out);
} markers[] = {
	{ "@OPTIONS@", add_options },
	{ "@FINDINGS@", add_findings },
	{ "@EXIT_STATUS@", add_exit_codes },
	{ "@WRITE_OUT@", add_variables },
};

/* The template with its markers, lines of their own, replaced. */
static int add_page(struct buf *out, const char *path, struct error *e)
{
	struct buf page;
	struct str text, line;
	int error;

	buf_init(&page, PAGE_MAX);
	error = input_read(&page, path, e);
	text = buf_str(&page);
	while (error == 0 && text.n) {
		bool replaced = false;

		str_cut(text, '\n', &line, &text);
		for (size_t i = 0; i < sizeof(markers) / sizeof(markers[0]);
			i++)
			if (str_eq(line, str_of(markers[i].marker))) {
				markers[i].add(out);
				replaced = true;
			}
		if (!replaced) {
			buf_add_str(out, line);
			buf_add_char(out, '\n');
		}
	}
	buf_fini(&page);
	return error;
}

/* --- completions */

/* Append `text` for the inside of a single-quoted word, with a backslash before
 * each byte of `special`; a quote leaves the quotes for a moment. */
static void add_quoted(struct buf *out, const char *text, const char *special)
{
	for (; *text; text++) {
		if (*text == '\'') {
			buf_add_text(out, "'\\''");
			continue;
		}
		if (strchr(special, *text))
			buf_add_char(out, '\\');
		buf_add_char(out, *text);
	}
}

static bool is_path(const struct option_row *row)
{
	return row->flags & OPTION_PATH;
}

/* "-o|--output|-D|--dump-header" of those whose argument is a path, or is not.
 */
static void add_bash_pattern(struct buf *out, bool path)
{
	const char *separator = "\t";

	for (size_t i = 0; i < OPTION_COUNT; i++) {
		const struct option_row *row = &option_table[i];

		if (!option_takes_argument(row) || is_path(row) != path ||
			option_id(row) == OPTION_ID_write_out)
			continue;
		buf_printf(out, "%s--%s", separator, row->name);
		separator = "|\\\n\t";
		if (row->letter)
			buf_printf(out, "|-%c", row->letter);
	}
	buf_add_text(out, ")\n");
}

static void add_topics(struct buf *out)
{
	buf_add_text(out, "all category findings");
	for (unsigned i = 0; category_name(i); i++)
		buf_printf(out, " %s", category_name(i));
}

static void add_bash(struct buf *out)
{
	buf_add_text(out,
		"# bash completion for minifetch\n"
		"_minifetch_reply() {\n"
		"\tmapfile -t COMPREPLY < <(compgen \"$@\" -- \"$word\")\n"
		"}\n\n"
		"_minifetch() {\n"
		"\tlocal word=${COMP_WORDS[COMP_CWORD]}\n"
		"\tcase ${COMP_WORDS[COMP_CWORD-1]} in\n");
	add_bash_pattern(out, true);
	buf_add_text(out,
		"\t\tcompopt -o filenames\n"
		"\t\t_minifetch_reply -f\n"
		"\t\treturn ;;\n"
		"\t-w|--write-out)\n"
		"\t\t_minifetch_reply -W '");
	for (size_t i = 0; i < VARIABLE_COUNT; i++) {
		add_variable_name(out, variables[i].name);
		buf_add_char(out, ' ');
	}
	buf_add_text(out,
		"'\n\t\treturn ;;\n"
		"\t-h|--help)\n"
		"\t\t_minifetch_reply -W '");
	add_topics(out);
	buf_add_text(out, "'\n\t\treturn ;;\n");
	add_bash_pattern(out, false);
	buf_add_text(out,
		"\t\treturn ;;\n"
		"\tesac\n"
		"\t_minifetch_reply -W '");
	for (size_t i = 0; i < OPTION_COUNT; i++)
		buf_printf(out, "\n\t\t--%s", option_table[i].name);
	buf_add_text(out,
		"'\n"
		"}\n"
		"complete -F _minifetch minifetch\n");
}

/* '*'{'-o+',--output}'[help]:argument:_files' */
static void add_zsh_row(struct buf *out, const struct option_row *row)
{
	const char *argument = option_argument(row);
	bool takes = option_takes_argument(row);
	char letter[] = { row->letter, '\0' };

	buf_add_text(out, "  '*'");
	if (row->letter) {
		buf_add_text(out, "{'-");
		add_quoted(out, letter, ":");
		buf_printf(out, "%s',--%s}", takes ? "+" : "", row->name);
	} else
		buf_printf(out, "--%s", row->name);
	buf_add_text(out, "'[");
	add_quoted(out, option_help(row), "[]");
	buf_add_text(out, "]");
	if (*argument) {
		buf_add_text(out, takes ? ":" : "::");
		add_quoted(out, argument, ":");
		buf_add_text(out, is_path(row) ? ":_files" : ":");
	}
	if (option_id(row) == OPTION_ID_help) {
		buf_add_text(out, "(");
		add_topics(out);
		buf_add_text(out, ")");
	}
	buf_add_text(out, "' \\\n");
}

static void add_zsh(struct buf *out)
{
	buf_add_text(out,
		"#compdef minifetch\n"
		"_arguments -s -S \\\n");
	for (size_t i = 0; i < OPTION_COUNT; i++)
		add_zsh_row(out, &option_table[i]);
	buf_add_text(out, "  '*:URL:_urls'\n");
}

static void add_fish(struct buf *out)
{
	buf_add_text(out,
		"# fish completion for minifetch\n"
		"complete -c minifetch -f\n");
	for (size_t i = 0; i < OPTION_COUNT; i++) {
		const struct option_row *row = &option_table[i];

		buf_printf(out, "complete -c minifetch -l %s", row->name);
		if (row->letter)
			buf_printf(out, " -s '%c'", row->letter);
		if (is_path(row))
			buf_add_text(out, " -r -F");
		else if (*option_argument(row))
			buf_add_text(out, " -x");
		if (option_id(row) == OPTION_ID_help) {
			buf_add_text(out, " -a '");
			add_topics(out);
			buf_add_text(out, "'");
		}
		buf_add_text(out, " -d '");
		add_quoted(out, option_help(row), "\\");
		buf_add_text(out, "'\n");
	}
}

/* --- */

static int add_kind(struct buf *out, int argc, char **argv, struct error *e)
{
	const char *kind = argc > 1 ? argv[1] : "";

	if (strcmp(kind, "man") == 0 && argc == 3)
		return add_page(out, argv[2], e);
	if (strcmp(kind, "bash") == 0)
		add_bash(out);
	else if (strcmp(kind, "zsh") == 0)
		add_zsh(out);
	else if (strcmp(kind, "fish") == 0)
		add_fish(out);
	else
		return error_set(e, ERR_USAGE,
			"usage: docs man TEMPLATE | bash | zsh | fish");
	return 0;
}

int main(int argc, char **argv)
{
	struct buf out;
	struct error e = { 0 };
	int error;

	buf_init(&out, PAGE_MAX);
	error = add_kind(&out, argc, argv, &e);
	if (error == 0)
		error = buf_check(&out, "document", &e);
	if (error == 0 &&
		(fwrite(out.p, 1, out.n, stdout) != out.n ||
			fflush(stdout) != 0))
		error = error_set(&e, ERR_WRITE, "cannot write");
	if (error < 0)
		fprintf(stderr, "docs: %s\n", e.text);
	buf_fini(&out);
	return -error;
}
