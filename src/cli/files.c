#include "cli/files.h"

#include <sys/stat.h>

#include "base/date_loose.h"
#include "base/num.h"

static int refuse_together(const struct option_use *use, const char *name,
	const char *other, struct error *e)
{
	return error_set(e, ERR_USAGE,
		"%s is mutually exclusive with %s\n"
		"minifetch: option %s: is badly used here",
		name, other, use->shown);
}

int files_resume(
	struct options *o, const struct option_use *use, struct error *e)
{
	struct str text = str_of(use->argument);

	if (o->clobber == CLOBBER_NEVER)
		return refuse_together(use, "--continue-at", "--no-clobber", e);
	if (o->remove_on_error)
		return refuse_together(
			use, "--continue-at", "--remove-on-error", e);
	o->resume = true;
	o->resume_at = 0;
	o->resume_auto = str_eq(text, STR("-"));
	if (o->resume_auto || num_decimal(text, INT64_MAX, &o->resume_at))
		return 0;
	return error_set(e, ERR_USAGE,
		"option %s: expected a %s numerical parameter", use->shown,
		str_starts(text, STR("-")) ? "positive" : "proper");
}

int files_clobber(
	struct options *o, const struct option_use *use, struct error *e)
{
	if (!use->on && o->resume)
		return refuse_together(use, "--no-clobber", "--continue-at", e);
	o->clobber = use->on ? CLOBBER_ALWAYS : CLOBBER_NEVER;
	return 0;
}

int files_remove_on_error(
	struct options *o, const struct option_use *use, struct error *e)
{
	if (use->on && o->resume)
		return refuse_together(
			use, "--remove-on-error", "--continue-at", e);
	o->remove_on_error = use->on;
	return 0;
}

void files_condition(
	struct command *c, struct options *o, const struct option_use *use)
{
	const char *text = use->argument;
	enum condition_kind kind = CONDITION_NEWER;
	struct stat st;
	int64_t when;

	if (*text == '-')
		kind = CONDITION_OLDER;
	else if (*text == '=')
		kind = CONDITION_LAST_MODIFIED;
	if (*text == '-' || *text == '=' || *text == '+')
		text++;
	o->condition = (struct condition){ .kind = kind };
	if (date_parse_loose(str_of(text), &when))
		o->condition.when = when;
	else if (stat(text, &st) == 0)
		o->condition.when = st.st_mtime;
	else {
		o->condition.kind = CONDITION_NONE;
		command_warn(c,
			"Illegal date format for -z, --time-cond (and not a "
			"file name). Disabling time condition.");
	}
}
