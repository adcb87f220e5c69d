/* Parts that are loaded when first needed, so that starting up costs nothing
 * for a library that is not used: TLS, content codings, IDN. A module NAME is
 * NAME.so, linked to its library, and exports one `const struct module
 * module_NAME`. Builds with --disable-modules, and those that leave a library
 * out, link the same files in or have none. */
#ifndef BASE_MODULE_H
#define BASE_MODULE_H

#include "base/error.h"

struct module {
	const char *version; /* PACKAGE_VERSION it was built with */
	const void *functions; /* what the header of the part declares */
};

/* The functions of module `name` ("tls"), loaded at the first call; later calls
 * and other threads get the same pointer. NULL, with ERR_NOT_BUILT_IN and the
 * reason in `e`, when it was left out of the build or cannot be loaded,
 * ERR_OUT_OF_MEMORY when that is for want of memory. It is
 * looked for in the directory of module_set_dir if set, beside the program (a
 * build tree's .libs), then in pkglibdir. */
const void *module_load(const char *name, struct error *e) CHECKED;

/* Look for modules in `dir` (borrowed) only; for tests. */
void module_set_dir(const char *dir);

#endif
