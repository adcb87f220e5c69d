/* --hsts: the list of a run and its files. */
#ifndef CLI_STRICT_H
#define CLI_STRICT_H

#include "cli/parse.h"
#include "policy/hsts.h"

/* Read the files of --hsts into `hsts`; one that is not there is empty,
 * and lines that name no host are warned of through `c`. Returns 0,
 * -ERR_OUT_OF_MEMORY, or the error of one that is there and cannot be read. */
int strict_read(struct hsts *hsts, struct command *c,
	const struct options *options, struct error *e) CHECKED;

/* Write the list to the last of these files, as a whole; nowhere when its name
 * is empty. `safe`: a terminal gets it escaped. Returns 0 or -ERR_WRITE. */
int strict_write(struct hsts *hsts, const struct options *options, bool safe,
	struct error *e) CHECKED;

#endif
