#include "cli/variable.h"

#include <stdlib.h>

#include "cli/input.h"

/* What `spec` leaves of a text that is there as a whole. */
static struct str cut(const struct variable_spec *spec, struct str text)
{
	if (spec->first >= text.n)
		return STR("");
	if (spec->last < text.n)
		text = str_first(text, (size_t)spec->last + 1);
	return str_from(text, (size_t)spec->first);
}

static int refuse(const struct option_use *use, const struct error *reason,
	struct error *e)
{
	return error_set(
		e, reason->code, "option %s: %s", use->shown, reason->text);
}

/* The environment's variable; NULL when it is not wanted, or not set. */
static const char *import(const struct variable_spec *spec)
{
	char name[VARIABLE_NAME_MAX + 1];

	if (!spec->import)
		return NULL;
	memcpy(name, spec->name.p, spec->name.n);
	name[spec->name.n] = '\0';
	return getenv(name);
}

static int set_from_file(
	struct command *c, const struct variable_spec *spec, struct error *e)
{
	struct buf content;
	int error;

	buf_init(&content, LIMIT_CONFIG_LINE);
	/* It stands at the end of the argument. */
	error = input_read_part(
		&content, spec->content.p, spec->first, spec->last, e);
	if (error == 0)
		error = variables_set(
			&c->variables, spec->name, buf_str(&content), e);
	buf_fini(&content);
	return error;
}

int variable_apply(
	struct command *c, const struct option_use *use, struct error *e)
{
	struct variable_spec spec;
	struct error reason = { 0 };
	const char *imported;
	int error = variable_parse(&spec, str_of(use->argument), &reason);

	if (error < 0)
		return refuse(use, &reason, e);
	imported = import(&spec);
	if (imported)
		error = variables_set(&c->variables, spec.name,
			cut(&spec, str_of(imported)), &reason);
	else if (spec.source == VARIABLE_FILE)
		error = set_from_file(c, &spec, &reason);
	else if (spec.source == VARIABLE_TEXT)
		error = variables_set(&c->variables, spec.name,
			cut(&spec, spec.content), &reason);
	else
		error = error_set(&reason, ERR_USAGE,
			"the environment has no '%.*s'; %%%.*s=TEXT gives a "
			"default",
			STR_FMT(spec.name), STR_FMT(spec.name));
	return error < 0 ? refuse(use, &reason, e) : 0;
}

int variable_expand(struct command *c, struct option_use *use, struct error *e)
{
	struct error reason = { 0 };
	struct expand_flaw flaw;
	struct buf text;
	int error;

	buf_init(&text, LIMIT_CONFIG_LINE);
	error = expand(
		&text, str_of(use->argument), &c->variables, &flaw, &reason);
	if (error == 0 && flaw.what)
		command_warn(c,
			"%s: %s is left as it is, at byte offset %zu of '%s'",
			use->shown, flaw.what, flaw.at, use->argument);
	if (error < 0)
		refuse(use, &reason, e);
	else if (!(use->argument = command_own(c, buf_str(&text))))
		error = error_memory(e);
	buf_fini(&text);
	return error;
}
