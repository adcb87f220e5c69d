/* Do what a command line asks for. */
#ifndef CLI_RUN_H
#define CLI_RUN_H

#include "cli/console.h"

/* All URLs of all operations, in order; errors and warnings are told on
 * `console` as they come. Returns the exit code: the last URL's. */
int run_command(struct command *command, const struct console *console);

/* --help TOPIC and --version, on standard output. Return the exit code. */
int run_help(const char *topic, const struct console *console);
int run_version(const struct console *console);

#endif
