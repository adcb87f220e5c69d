/* base/module.h for builds that link the modules in (--disable-modules).
 *
 * Each module is referred to weakly, so that one whose library was left out of
 * the build is simply absent. A weak reference does not pull a member out of an
 * archive: the objects of the modules must be given to the linker themselves,
 * not through libminifetch.a. */
#include "base/module.h"

#include <string.h>

#define MODULE(name) \
	extern const struct module module_##name __attribute__((weak));
#include "base/modules.def"
#undef MODULE

static const struct {
	const char *name;
	const struct module *module;
} linked[] = {
#define MODULE(name) { #name, &module_##name },
#include "base/modules.def"
#undef MODULE
};

const void *module_load(const char *name, struct error *e)
{
	for (size_t i = 0; i < sizeof(linked) / sizeof(linked[0]); i++)
		if (linked[i].module && strcmp(linked[i].name, name) == 0)
			return linked[i].module->functions;
	error_set(e, ERR_NOT_BUILT_IN, "this build has no module '%s'", name);
	return NULL;
}

void module_set_dir(const char *dir)
{
	(void)dir;
}
