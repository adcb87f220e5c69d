/* The lines of -H and --proxy-header. */
#ifndef CLI_FIELDS_H
#define CLI_FIELDS_H

#include "cli/options.h"

/* Parse `lines`, the arguments of `option`, into an array that is the caller's
 * to free, borrows from them, and has room for `spare` more; `*n` gets their
 * number. Those that are no field lines are left out with a warning through
 * `c`, which shows no more than its first word, unless secrets are shown.
 * Returns 0, -ERR_USAGE naming option and byte as user_field_parse, or
 * -ERR_OUT_OF_MEMORY. */
int fields_parse(struct user_field **fields, size_t *n,
	const struct strings *lines, const char *option, size_t spare,
	struct command *c, struct error *e) CHECKED;

#endif
