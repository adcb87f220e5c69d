#include "cli/help.h"

#include "cli/manual.h"
#include "cli/suggest.h"
#include "http/finding.h"

#define LABEL_WIDTH 32 /* of the options' column */
#define CATEGORY_WIDTH 12
#define USAGE "Usage: minifetch [options...] URL...\n"

/* " -o, --output FILE" */
static void add_label(struct buf *out, const struct option_row *row)
{
	if (row->letter)
		buf_printf(out, " -%c, --%s", row->letter, row->name);
	else
		buf_printf(out, "     --%s", row->name);
	if (*option_argument(row))
		buf_printf(out, " %s", option_argument(row));
}

static void add_row(struct buf *out, const struct option_row *row)
{
	size_t start = out->n, n;

	add_label(out, row);
	n = out->n - start;
	if (n >= LABEL_WIDTH) {
		buf_add_char(out, '\n');
		n = 0;
	}
	buf_printf(
		out, "%*s%s\n", (int)(LABEL_WIDTH - n), "", option_help(row));
}

static void add_important(struct buf *out)
{
	buf_add_text(out, USAGE);
	for (size_t i = 0; i < OPTION_COUNT; i++)
		if (option_important(&option_table[i]))
			add_row(out, &option_table[i]);
	buf_add_text(out,
		"\n"
		"These are the most used options. More is told by\n"
		" --help all          every option\n"
		" --help category     the categories of options\n"
		" --help CATEGORY     the options of one category\n"
		" --help --OPTION     everything on one option\n"
		" --help findings     the rules that servers break\n"
		" man minifetch       the manual page\n");
}

static void add_all(struct buf *out)
{
	buf_add_text(out, USAGE);
	for (size_t i = 0; i < OPTION_COUNT; i++)
		add_row(out, &option_table[i]);
}

static void add_categories(struct buf *out)
{
	for (unsigned i = 0; category_name(i); i++)
		buf_printf(out, " %-*s%s\n", CATEGORY_WIDTH, category_name(i),
			category_help(i));
}

static void add_category(struct buf *out, unsigned category)
{
	buf_printf(out, "%s: %s\n", category_name(category),
		category_help(category));
	for (size_t i = 0; i < OPTION_COUNT; i++)
		if (option_in_category(&option_table[i], category))
			add_row(out, &option_table[i]);
}

static void add_option(struct buf *out, const struct option_row *row)
{
	struct buf manual;

	buf_init(&manual, LIMIT_CONFIG_LINE);
	option_describe(&manual, row);
	add_label(out, row);
	buf_add_char(out, '\n');
	manual_text(out, buf_str(&manual), 8);
	buf_fini(&manual);
}

static void add_findings(struct buf *out)
{
	struct buf sentences;

	buf_init(&sentences, LIMIT_CONFIG_LINE);
	for (unsigned id = 0; id < FINDING_COUNT; id++) {
		const struct finding_rule *rule = finding_rule(id);

		buf_printf(out, "%s (%s, %s)\n", rule->name,
			finding_severity_text(rule), rule->section);
		buf_clear(&sentences);
		finding_describe(&sentences, id);
		manual_text(out, buf_str(&sentences), 8);
	}
	buf_fini(&sentences);
}

static const struct option_row *find_option(struct str topic)
{
	bool on;

	if (str_starts(topic, STR("--")))
		return option_find(str_from(topic, 2), &on);
	if (topic.n == 2 && *topic.p == '-')
		return option_find_letter(topic.p[1]);
	return option_find(topic, &on);
}

static int unknown_topic(struct str topic, struct error *e)
{
	struct suggestion s;

	while (str_starts(topic, STR("-")))
		topic = str_from(topic, 1);
	suggest_begin(&s, topic);
	for (unsigned i = 0; category_name(i); i++)
		suggest_consider(&s, str_of(category_name(i)));
	suggest_consider(&s, STR("findings"));
	for (size_t i = 0; i < OPTION_COUNT; i++)
		suggest_consider(&s, str_of(option_table[i].name));
	error_set(e, ERR_USAGE,
		"no help on '%.*s': it is neither an option "
		"nor a category",
		STR_FMT(topic));
	if (s.best.n)
		error_add(e, "; did you mean %.*s?", STR_FMT(s.best));
	return -ERR_USAGE;
}

int help_print(struct buf *out, const char *topic, struct error *e)
{
	struct str name = str_of(topic);
	const struct option_row *row;

	if (!topic) {
		add_important(out);
		return 0;
	}
	if (str_eq_nocase(name, STR("all"))) {
		add_all(out);
		return 0;
	}
	if (str_eq_nocase(name, STR("category"))) {
		add_categories(out);
		return 0;
	}
	if (str_eq_nocase(name, STR("findings"))) {
		add_findings(out);
		return 0;
	}
	for (unsigned i = 0; category_name(i); i++)
		if (str_eq_nocase(name, str_of(category_name(i)))) {
			add_category(out, i);
			return 0;
		}
	row = find_option(name);
	if (!row)
		return unknown_topic(name, e);
	add_option(out, row);
	return 0;
}
