#include "cli/narration.h"

#include "cli/message.h"

static void choose(struct command *c, enum narration kind, const char *option)
{
	if (c->narration != NARRATION_NONE && c->narration != kind)
		command_warn(c, "%s overrides an earlier trace/verbose option",
			option);
	c->narration = kind;
}

void narration_verbose(struct command *c, bool on, bool again)
{
	if (!again) {
		if (c->verbosity > 1)
			c->trace_ids = c->trace_time = false;
		if (c->verbosity > 2)
			c->narration = NARRATION_NONE;
		c->verbosity = 0;
	}
	if (!on) {
		c->narration = NARRATION_NONE;
		return;
	}
	c->verbosity++;
	if (!again)
		choose(c, NARRATION_VERBOSE, "-v, --verbose");
	if (c->verbosity == 2)
		c->trace_ids = c->trace_time = true;
	if (c->verbosity == 3) {
		c->narration = NARRATION_ASCII;
		c->trace_file = "%";
	}
}

void narration_trace(struct command *c, const char *file, bool ascii)
{
	choose(c, ascii ? NARRATION_ASCII : NARRATION_TRACE,
		ascii ? "--trace-ascii" : "--trace");
	c->trace_file = file;
}

void narration_config(struct command *c, struct str list)
{
	while (list.n) {
		struct str name;
		bool on, all;

		str_cut(list, ',', &name, &list);
		name = str_trim(name);
		on = !str_starts(name, STR("-"));
		if (!on)
			name = str_from(name, 1);
		all = str_eq_nocase(name, STR("all"));
		if (all || str_eq_nocase(name, STR("ids")))
			c->trace_ids = on;
		if (all || str_eq_nocase(name, STR("time")))
			c->trace_time = on;
	}
}
