/* The URLs of an operation, and what their bodies go to and come from. */
#ifndef CLI_TARGETS_H
#define CLI_TARGETS_H

#include "cli/apply.h"

/* One more URL for the last operation. Returns 0 or -ERR_OUT_OF_MEMORY. */
int targets_url(struct command *c, const char *url, struct error *e) CHECKED;

/* -o, -O, --out-null: the next output of the operation. Returns 0 or
 * -ERR_OUT_OF_MEMORY. */
int targets_output(struct options *o, enum output_kind kind, const char *output,
	struct error *e) CHECKED;

/* -T: the next file to send; as targets_output. */
int targets_upload(
	struct options *o, const char *path, struct error *e) CHECKED;

/* The text of a file that an option names, "-" for standard input, which lives
 * as long as the command. NULL for one that cannot be read, is too large, or
 * has a NUL byte in it. */
const char *targets_own_file(struct command *c, const char *path,
	const struct option_use *use, struct error *e) CHECKED;

/* All targets of an operation are known. Returns 0; -ERR_HEADER when an output
 * means a glob by a name that none has; -ERR_USAGE when --etag-save is to have
 * the tags of several; or -ERR_OUT_OF_MEMORY. */
int targets_check(const struct options *o, struct error *e) CHECKED;

/* --url @FILE: one URL a line, which is no glob and is saved as -O would; blank
 * lines and those that begin with '#' are none. Returns 0, or what reading
 * fails with. */
int targets_from_file(struct command *c, const struct option_use *use,
	struct error *e) CHECKED;

#endif
