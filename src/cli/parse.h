/* A command line and its config files to a struct command. Nothing is printed
 * here: warnings, help requests and errors are results. */
#ifndef CLI_PARSE_H
#define CLI_PARSE_H

#include "cli/message.h"

/* Parse `argv` (argc of them, the program's name first), which outlives `c`;
 * arguments with secrets in them are copied and wiped. Unless the first option
 * is -q, the first of $XDG_CONFIG_HOME/minifetch/config,
 * ~/.config/minifetch/config and ~/.minifetchrc that can be read is parsed
 * before, as if -K named it. Returns 0; or -ERR_USAGE, -ERR_READ (a file an
 * option names), -ERR_TOO_LARGE, -ERR_OUT_OF_MEMORY. In either case `c` is
 * initialised, holds the messages that came up so far and the globals, and
 * needs command_free. */
int command_parse(
	struct command *c, int argc, char **argv, struct error *e) CHECKED;

void command_free(struct command *c);

#endif
