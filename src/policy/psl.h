/* The public suffix list, by libpsl (a module): domains under which anybody
 * may register a name, and which therefore share no cookies. */
#ifndef POLICY_PSL_H
#define POLICY_PSL_H

#include "base/str.h"

/* What the module "psl" exports as its functions. */
struct psl_functions {
	/* `domain` is NUL-terminated, lower-case ASCII, without a dot at either
	 * end. */
	int (*is_public)(const char *domain); /* as psl_is_public */
};

enum { PSL_UNKNOWN = -1 };

/* `domain` (without a leading dot; a trailing one and upper case do not matter)
 * is a public suffix. A name of one label is one by the list's rule "*", except
 * "localhost", which nobody registers (RFC 6761 section 6.3); for others the
 * module is asked. Returns 1, 0, or PSL_UNKNOWN when the list cannot be loaded
 * that this build should have; in a build without it only names of one label
 * are public. */
int psl_is_public(struct str domain);

#endif
