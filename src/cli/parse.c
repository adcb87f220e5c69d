#include "cli/parse.h"

#include <stdlib.h>
#include <unistd.h>

#include "cli/apply.h"
#include "cli/config.h"
#include "cli/input.h"
#include "cli/suggest.h"
#include "cli/targets.h"
#include "cli/variable.h"

#define NESTING_MAX 16u /* config files that name config files */

/* Where the parser stands in argv, or in a config file. */
struct cursor {
	struct command *command;
	char **next; /* the next word of argv; NULL: in a config file */
	struct str text; /* of the config file: what is left */
	unsigned nesting;
};

static int read_config(struct command *c, const char *path, const char *shown,
	unsigned nesting, struct error *e);

/* --- errors */

static struct str nearest_option(struct str name)
{
	struct suggestion s;

	suggest_begin(&s, name);
	for (size_t i = 0; i < OPTION_COUNT; i++)
		suggest_consider(&s, str_of(option_table[i].name));
	return s.best;
}

/* `name` is without dashes. */
static int unknown_option(const char *shown, struct str name, struct error *e)
{
	const char *reason = option_out_of_scope(name);
	const struct str prefixes[] = { STR("no-"), STR("expand-") };
	struct str best;

	if (reason)
		return error_set(e, ERR_USAGE, "option %s: %s", shown, reason);
	error_set(e, ERR_USAGE, "option %s: is unknown", shown);
	best = nearest_option(name);
	if (best.n)
		error_add(e, "; did you mean --%.*s?", STR_FMT(best));
	for (size_t i = 0; !best.n && i < 2; i++) {
		if (!str_starts(name, prefixes[i]))
			continue;
		best = nearest_option(str_from(name, prefixes[i].n));
		if (best.n)
			error_add(e, "; did you mean --%.*s%.*s?",
				STR_FMT(prefixes[i]), STR_FMT(best));
	}
	return -ERR_USAGE;
}

/* A word with one dash: also a long name that lacks one. */
static int unknown_letter(
	char letter, const char *word, bool first, struct error *e)
{
	char shown[] = { '-', letter, '\0' };
	struct str name = str_of(word + 1);
	bool on;

	if (first && name.n > 1 && option_find(name, &on))
		return error_set(e, ERR_USAGE,
			"option %s: is unknown; did you mean -%s?", word, word);
	if ((unsigned char)letter >= 0x80)
		return error_set(e, ERR_USAGE, "option %s: is unknown", word);
	return unknown_option(shown, str_from(str_of(shown), 1), e);
}

/* --- one option */

static void warn_of_argument(
	struct command *c, const struct option_row *row, const char *argument)
{
	/* U+2000 to U+203F, among them the typographical quotes. */
	if (argument[0] == '\xe2' && argument[1] == '\x80')
		command_warn(c,
			"The argument '%s' starts with a Unicode character. "
			"Maybe ASCII was intended?",
			argument);
	if ((row->flags & OPTION_PATH) && argument[0] == '-' && argument[1])
		command_warn(c,
			"The file name argument '%s' looks like a flag.",
			argument);
}

/* What the list of processes shows should not be a password. */
static int hide(struct command *c, struct option_use *use, struct error *e)
{
	char *visible = (char *)use->argument;

	use->argument = command_own(c, str_of(visible));
	if (!use->argument)
		return error_memory(e);
	memset(visible, '*', strlen(visible));
	return 0;
}

static int use_option(
	const struct cursor *at, struct option_use *use, struct error *e)
{
	struct command *c = at->command;

	if (use->argument) {
		warn_of_argument(c, use->row, use->argument);
		if (at->next && (use->row->flags & OPTION_SECRET) &&
			hide(c, use, e) < 0)
			return -e->code;
		if (use->expand && variable_expand(c, use, e) < 0)
			return -e->code;
	}
	if (option_id(use->row) != OPTION_ID_config)
		return apply_option(c, use, e);
	if (at->nesting >= NESTING_MAX)
		return error_set(e, ERR_USAGE,
			"option %s: config files name each other more than %u "
			"deep",
			use->shown, NESTING_MAX);
	return read_config(c, use->argument, use->shown, at->nesting + 1, e);
}

/* The argument of `use`: `rest` when not empty, else the next word. Sets
 * use->argument, NULL when there is none. */
static void take_argument(
	struct cursor *at, struct option_use *use, const char *rest)
{
	if (rest && *rest)
		use->argument = rest;
	else if (at->next && *at->next)
		use->argument = *at->next++;
}

static int check_use(const struct option_use *use, struct error *e)
{
	if (!use->on && !option_negatable(use->row))
		return error_set(e, ERR_USAGE,
			"option %s: used '--no-' for option that is not a "
			"boolean",
			use->shown);
	if (!use->argument && option_takes_argument(use->row))
		return error_set(e, ERR_USAGE, "option %s: requires parameter",
			use->shown);
	return 0;
}

/* The row of a long name, for use->row; "expand-" in front of it is noted in
 * use->expand. NULL: unknown, and `e` is filled. */
static const struct option_row *find_long(
	struct option_use *use, struct str name, struct error *e)
{
	struct str prefix = STR("expand-");
	const struct option_row *row;

	use->expand = str_starts(name, prefix);
	row = option_find(
		use->expand ? str_from(name, prefix.n) : name, &use->on);
	if (!row) {
		unknown_option(use->shown, name, e);
		return NULL;
	}
	if (!use->expand || (use->on && option_takes_argument(row)))
		return row;
	error_set(e, ERR_USAGE,
		"option %s: takes no argument that could be expanded",
		use->shown);
	return NULL;
}

static bool may_take_argument(const struct option_row *row)
{
	return option_takes_argument(row) || option_id(row) == OPTION_ID_help;
}

/* --- the command line */

/* "--name value" or "--name=value". */
static int parse_long(struct cursor *at, const char *word, struct error *e)
{
	struct option_use use = { .shown = word };
	struct str name, value;
	bool joined = str_cut(str_of(word + 2), '=', &name, &value);

	if (!joined && option_never_so(name))
		return 0;
	use.row = find_long(&use, name, e);
	if (!use.row)
		return -e->code;
	if (joined && !(use.on && may_take_argument(use.row)))
		return error_set(e, ERR_USAGE,
			"option %s: takes no argument, but '%s' follows", word,
			value.p);
	if (joined)
		use.argument = value.p;
	else if (use.on && may_take_argument(use.row))
		take_argument(at, &use, NULL);
	if (check_use(&use, e) < 0)
		return -e->code;
	return use_option(at, &use, e);
}

/* "-sSofile": letters, the last of which may have its argument behind it. */
static int parse_letters(struct cursor *at, const char *word, struct error *e)
{
	for (const char *p = word + 1; p == word + 1 || *p; p++) {
		char shown[] = { '-', *p, '\0' };
		struct option_use use = { .shown = shown, .on = true };
		bool last;
		int error;

		use.again = memchr(word + 1, *p, (size_t)(p - word) - 1);
		use.row = option_find_letter(*p);
		if (!use.row)
			return unknown_letter(*p, word, p == word + 1, e);
		last = may_take_argument(use.row);
		if (last)
			take_argument(at, &use, p + 1);
		error = check_use(&use, e);
		if (error == 0)
			error = use_option(at, &use, e);
		if (error < 0 || last || at->command->action != COMMAND_RUN)
			return error;
	}
	return 0;
}

static int parse_words(struct command *c, char **words, struct error *e)
{
	struct cursor at = { .command = c, .next = words };
	bool options = true;

	while (*at.next && c->action == COMMAND_RUN) {
		const char *word = *at.next++;
		int error;

		if (!options || *word != '-')
			error = targets_url(c, word, e);
		else if (strcmp(word, "--") == 0) {
			options = false;
			continue;
		} else if (word[1] == '-')
			error = parse_long(&at, word, e);
		else
			error = parse_letters(&at, word, e);
		if (error < 0)
			return error;
	}
	return 0;
}

/* --- config files */

static void warn_of_flaw(
	struct command *c, const char *path, const struct config_item *item)
{
	switch (item->flaw) {
	case CONFIG_FINE:
		break;
	case CONFIG_UNQUOTED:
		command_warn(c,
			"%s:%zu Option '%.*s' uses argument with unquoted "
			"whitespace. This may cause side-effects. Consider "
			"double quotes.",
			path, item->line, STR_FMT(item->name));
		break;
	case CONFIG_UNCLOSED:
		command_warn(c,
			"%s:%zu Option '%.*s' uses argument without its "
			"closing quote: it opens at byte %zu.",
			path, item->line, STR_FMT(item->name), item->flaw_byte);
		break;
	case CONFIG_SINGLE:
		command_warn(c,
			"%s:%zu Option '%.*s' uses argument with a single "
			"quote in front, which is part of it. Consider double "
			"quotes.",
			path, item->line, STR_FMT(item->name));
		break;
	case CONFIG_TRAILING:
		command_warn(c,
			"%s:%zu Option '%.*s' has text behind its quoted "
			"argument, at byte %zu, which is ignored.",
			path, item->line, STR_FMT(item->name), item->flaw_byte);
		break;
	}
}

static int parse_long_item(const struct cursor *at, const char *shown,
	struct str name, const char *argument, struct error *e)
{
	struct option_use use = { .shown = shown, .argument = argument };

	if ((!argument || !*argument) && option_never_so(name))
		return 0;
	use.row = find_long(&use, name, e);
	if (!use.row && argument && strncmp(argument, "//", 2) == 0)
		error_set(e, ERR_USAGE,
			"'%s:%s' is no option; URLs stand behind url =", shown,
			argument);
	if (!use.row)
		return -e->code;
	if (argument && *argument && !may_take_argument(use.row))
		return error_set(e, ERR_USAGE,
			"option %s: takes no argument, but '%s' follows", shown,
			argument);
	if (!may_take_argument(use.row))
		use.argument = NULL;
	if (check_use(&use, e) < 0)
		return -e->code;
	return use_option(at, &use, e);
}

/* "-Lo" and its argument are parsed as two words of a command line. */
static int parse_letters_item(const struct cursor *at, const char *shown,
	char *argument, struct error *e)
{
	char *words[] = { argument, NULL };
	struct cursor inside = *at;
	int error;

	inside.next = words;
	error = parse_letters(&inside, shown, e);
	if (error == 0 && argument && *argument && inside.next == words)
		return error_set(e, ERR_USAGE,
			"option %s: takes no argument, but '%s' follows", shown,
			argument);
	return error;
}

/* "--name=value", as on the command line. */
static int parse_joined_item(const struct cursor *at, const char *shown,
	const char *argument, struct error *e)
{
	char *none = NULL;
	struct cursor inside = *at;

	if (argument)
		return error_set(e, ERR_USAGE,
			"option %s: '%s' follows; with '=' in it the line has "
			"no quotes and no blanks",
			shown, argument);
	inside.next = &none;
	return parse_long(&inside, shown, e);
}

static int parse_item(const struct cursor *at, const struct config_item *item,
	const struct buf *argument, struct error *e)
{
	struct command *c = at->command;
	struct str name = item->name;
	char *shown = command_own(c, name);
	char *text = NULL;

	if (item->has_argument)
		text = command_own(c, buf_str(argument));
	if (!shown || (item->has_argument && !text))
		return error_memory(e);
	if (!item->dashed)
		return parse_long_item(at, shown, name, text, e);
	if (!str_starts(name, STR("--")))
		return parse_letters_item(at, shown, text, e);
	if (str_find(name, '=') >= 0)
		return parse_joined_item(at, shown, text, e);
	return parse_long_item(at, shown, str_from(name, 2), text, e);
}

static int parse_config(struct cursor *at, const char *path, struct error *e)
{
	struct command *c = at->command;
	struct config_item item;
	struct buf argument;
	struct error reason = { 0 };
	size_t line = 0;
	int result = 0;

	buf_init(&argument, LIMIT_CONFIG_LINE);
	while (result == 0 && c->action == COMMAND_RUN) {
		result = config_next(
			&at->text, &line, &item, &argument, &reason);
		if (result == 0)
			break;
		if (result > 0) {
			warn_of_flaw(c, path, &item);
			result = parse_item(at, &item, &argument, &reason);
		}
	}
	buf_fini(&argument);
	if (result < 0)
		error_set(e, reason.code, "%s:%zu:%zu: %s", path, item.line,
			item.byte, reason.text);
	return result;
}

/* `shown` is the option that names the file. */
static int read_config(struct command *c, const char *path, const char *shown,
	unsigned nesting, struct error *e)
{
	struct cursor at = { .command = c, .nesting = nesting };
	struct buf content;
	struct error reason = { 0 };
	int error;

	buf_init(&content, LIMIT_REQUEST_BODY);
	error = input_read(&content, path, &reason);
	if (error < 0)
		error_set(e, reason.code, "option %s: %s", shown, reason.text);
	else {
		at.text = buf_str(&content);
		error = parse_config(&at, path, e);
	}
	buf_fini(&content);
	return error;
}

/* The default config file: the first of these that can be read. */
static int read_default_config(struct command *c, struct error *e)
{
	static const struct {
		const char *variable, *path;
	} places[] = {
		{ "XDG_CONFIG_HOME", "/minifetch/config" },
		{ "HOME", "/.config/minifetch/config" },
		{ "HOME", "/.minifetchrc" },
	};

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		const char *base = getenv(places[i].variable);
		struct buf path;
		int error = 0;
		bool found;

		if (!base || !*base)
			continue;
		buf_init(&path, LIMIT_CONFIG_LINE);
		buf_add_text(&path, base);
		buf_add_text(&path, places[i].path);
		found = buf_text(&path) && access(path.p, R_OK) == 0;
		if (found)
			error = read_config(c, path.p, "-K", 1, e);
		buf_fini(&path);
		if (found)
			return error;
	}
	return 0;
}

/* -q counts only as the first option. */
static bool starts_disabled(int argc, char **argv)
{
	return argc > 1 &&
		(strncmp(argv[1], "-q", 2) == 0 ||
			strcmp(argv[1], "--disable") == 0);
}

/* --- the whole */

/* A method that goes without saying is told of to those who look closely; a
 * HEAD that is no -I shows nothing. */
static void warn_of_method(struct command *c, const struct options *o)
{
	bool body = !o->get && (o->has_data || o->form);
	const char *usual = o->n_uploads ? "PUT"
		: o->head                ? "HEAD"
		: body                   ? "POST"
					 : "GET";

	if (!o->request)
		return;
	if (strcmp(o->request, usual) == 0 && c->narration != NARRATION_NONE)
		command_warn(c, "-X %s is needless: that is the method anyway",
			usual);
	if (strcmp(o->request, "HEAD") == 0 && !o->head)
		command_warn(c,
			"-X HEAD changes the method alone. Consider -I, which "
			"shows the head too.");
}

/* What -I shows is the answer to a request without a body. */
static int check_head(const struct options *o, struct error *e)
{
	bool data = o->has_data && !o->get;

	if (!o->head || (!data && !o->form && !o->n_uploads))
		return 0;
	return error_set(e, ERR_USAGE,
		"-I asks for HEAD and %s: leave one of them out%s",
		data              ? "-d for POST"
			: o->form ? "-F for POST"
				  : "-T for PUT",
		data ? ", or add -G to put the data into the URL" : "");
}

static int check_operation(
	struct command *c, const struct options *o, struct error *e)
{
	if (!o->n_urls)
		return error_set(e, ERR_USAGE, "no URL specified");
	if (o->resume && o->remote_header_name)
		return error_set(e, ERR_USAGE,
			"--continue-at and --remote-header-name cannot be "
			"combined");
	if (o->resume && o->range)
		return error_set(e, ERR_USAGE,
			"--continue-at and --range cannot be combined");
	if (o->resume && !o->resume_auto && o->resume_at && !o->get &&
		(o->has_data || o->form))
		return error_set(e, ERR_USAGE,
			"option -C: only a download or an upload with -T can "
			"be resumed, not a POST");
	if (targets_check(o, e) < 0)
		return -e->code;
	warn_of_method(c, o);
	if (o->n_outputs > o->n_urls)
		command_warn(c, "Got more output options than URLs");
	return check_head(o, e);
}

static int check_command(struct command *c, struct error *e)
{
	/* --next at the end begins nothing. */
	if (c->n_operations > 1 && !c->operations[c->n_operations - 1].touched)
		options_fini(&c->operations[--c->n_operations]);
	for (size_t i = 0; i < c->n_operations; i++)
		if (check_operation(c, &c->operations[i], e) < 0)
			return -e->code;
	return 0;
}

int command_parse(struct command *c, int argc, char **argv, struct error *e)
{
	int error;

	*c = (struct command){ .action = COMMAND_RUN,
		.har_body_limit = HAR_BODY_LIMIT,
		.colour = SINK_COLOUR_AUTO };
	error = apply_next(c, e);
	if (error == 0 && !starts_disabled(argc, argv))
		error = read_default_config(c, e);
	if (error == 0 && argc > 0)
		error = parse_words(c, argv + 1, e);
	if (error == 0 && c->action == COMMAND_RUN)
		error = check_command(c, e);
	return error;
}

void command_free(struct command *c)
{
	for (size_t i = 0; i < c->n_operations; i++)
		options_fini(&c->operations[i]);
	for (size_t i = 0; i < c->n_messages; i++)
		free(c->messages[i].text);
	for (size_t i = 0; i < c->owned.n; i++)
		free((char *)c->owned.items[i]);
	variables_fini(&c->variables);
	free(c->operations);
	free(c->messages);
	free(c->owned.items);
}
