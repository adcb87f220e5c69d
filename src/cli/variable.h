/* --variable: files and the environment as the content of variables, and the
 * arguments of --expand-OPTION. */
#ifndef CLI_VARIABLE_H
#define CLI_VARIABLE_H

#include "cli/apply.h"

/* Set the variable that `use` names. Returns 0; -ERR_USAGE, also when the
 * environment lacks what is to be imported; -ERR_READ; -ERR_TOO_LARGE;
 * -ERR_OUT_OF_MEMORY. */
int variable_apply(struct command *c, const struct option_use *use,
	struct error *e) CHECKED;

/* Replace use->argument by its expansion, which lives as long as `c`; flaws in
 * it are warned of. Returns as expand, the option named in `e`. */
int variable_expand(
	struct command *c, struct option_use *use, struct error *e) CHECKED;

#endif
