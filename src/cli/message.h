/* What a struct command keeps for whoever parses or runs it: warnings, and
 * texts that argv does not hold. */
#ifndef CLI_MESSAGE_H
#define CLI_MESSAGE_H

#include "cli/options.h"

/* Add a warning; dropped when c->silent is set by now, or memory is
 * out: c->message_lost. */
void command_warn(struct command *c, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Append "Warning: text\n" to `out`, broken at blanks so that no line is longer
 * than `columns`; each begins with "Warning: ". */
void message_format(
	const struct message *message, int columns, struct buf *out);

/* A NUL-terminated copy of `s` that lives as long as `c`; NULL when memory is
 * out. */
char *command_own(struct command *c, struct str s);

#endif
