#include "cli/fields.h"

#include <stdlib.h>

#include "cli/message.h"

/* What stands behind the first word may be a secret. */
static void warn_of_ignored(
	struct command *c, const char *option, const char *line)
{
	struct str text = str_of(line);
	ssize_t blank = str_find(text, ' ');
	bool cut = blank >= 0 && !c->show_secrets;
	struct str shown = cut ? str_first(text, (size_t)blank) : text;

	command_warn(c,
		"option %s: the header '%.*s%s' is ignored: it has no %s",
		option, STR_FMT(shown), cut ? " [redacted]" : "",
		*line == ':' ? "name" : "colon");
}

int fields_parse(struct user_field **fields, size_t *n,
	const struct strings *lines, const char *option, size_t spare,
	struct command *c, struct error *e)
{
	*n = 0;
	*fields = calloc(lines->n + spare + 1, sizeof(**fields));
	if (!*fields)
		return error_memory(e);
	for (size_t i = 0; i < lines->n; i++) {
		struct error reason = { 0 };
		bool ignored = false;
		int error = user_field_parse(str_of(lines->items[i]),
			&(*fields)[*n], &ignored, &reason);

		if (error < 0)
			return error_set(e, reason.code, "option %s: %s",
				option, reason.text);
		if (ignored)
			warn_of_ignored(c, option, lines->items[i]);
		else
			++*n;
	}
	return 0;
}
