/* What each option does to a struct command. */
#ifndef CLI_APPLY_H
#define CLI_APPLY_H

#include "cli/message.h"

/* An option as it was met. */
struct option_use {
	const struct option_row *row;
	const char *shown; /* as written, "-o" or "--output", for messages */
	bool on; /* false: --no-NAME */
	bool again; /* the same letter stands before it in its word */
	bool expand; /* the argument has yet to be expanded */
	const char *argument; /* lives as long as the command; NULL: none */
};

/* Do what `use` says to the last operation of `c`, or to `c` itself. Files that
 * it names are read. Returns 0 or, the option named in `e`, -ERR_USAGE,
 * -ERR_READ, -ERR_TOO_LARGE, -ERR_OUT_OF_MEMORY. Of the options of the table
 * all but --config are done here. */
int apply_option(struct command *c, const struct option_use *use,
	struct error *e) CHECKED;

/* Begin one more operation. Returns 0 or -ERR_OUT_OF_MEMORY. */
int apply_next(struct command *c, struct error *e) CHECKED;

#endif
