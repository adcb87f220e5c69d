/* Options about files that are there already, and which exclude each other. */
#ifndef CLI_FILES_H
#define CLI_FILES_H

#include "cli/apply.h"

/* -C OFFSET, or "-". Returns 0 or -ERR_USAGE. */
int files_resume(struct options *o, const struct option_use *use,
	struct error *e) CHECKED;

/* --clobber and --no-clobber. Returns 0 or -ERR_USAGE. */
int files_clobber(struct options *o, const struct option_use *use,
	struct error *e) CHECKED;

/* --remove-on-error. Returns 0 or -ERR_USAGE. */
int files_remove_on_error(struct options *o, const struct option_use *use,
	struct error *e) CHECKED;

/* -z: a date, or a file that has one; a sign in front says which way. Warns
 * when it is neither. */
void files_condition(
	struct command *c, struct options *o, const struct option_use *use);

#endif
