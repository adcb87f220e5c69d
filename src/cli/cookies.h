/* -b, -c and -j: the cookie jar of a run and its files. */
#ifndef CLI_COOKIES_H
#define CLI_COOKIES_H

#include "cli/parse.h"
#include "policy/cookie.h"

/* Whether the operation obeys cookies at all. */
bool cookies_wanted(const struct options *options);

/* Read the files of -b into the jar; those that are not there, and lines that
 * hold no cookie, are warned of through `c`. Returns 0,
 * -ERR_OUT_OF_MEMORY, or the error of one that is there and cannot be read. */
int cookies_read(struct cookie_jar *jar, struct command *c,
	const struct options *options, struct error *e) CHECKED;

/* Write the jar to the -c file, as a whole, or to standard output; nothing
 * without -c. `safe`: a terminal gets it escaped. Returns 0 or -ERR_WRITE. */
int cookies_write(struct cookie_jar *jar, const struct options *options,
	bool safe, struct error *e) CHECKED;

#endif
