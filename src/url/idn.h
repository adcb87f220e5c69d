/* Internationalized host names to their ASCII form, by libidn2 (a module). */
#ifndef URL_IDN_H
#define URL_IDN_H

#include "base/buf.h"

/* What the module "idn" exports as its functions. */
struct idn_functions {
	/* The A-label form of the UTF-8 `name` in a heap string, the caller's
	 * to free with free(); NULL and libidn2's words in `reason`. */
	char *(*to_ascii)(const char *name, const char **reason);
};

/* Append the ASCII form of `name` (UTS 46, non-transitional). Returns 0,
 * -ERR_URL_MALFORMED with libidn2's reason, -ERR_OUT_OF_MEMORY, or
 * -ERR_NOT_BUILT_IN. `name` is UTF-8 without NUL. */
int idn_to_ascii(struct buf *out, struct str name, struct error *e) CHECKED;

#endif
