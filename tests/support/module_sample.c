/* A module for test_module.c: loaded as "sample" it is a good one; as "stale",
 * by a link of that name, one of another version; by any other name none. */
#include "base/module.h"

#include "config.h"

extern const struct module module_sample, module_stale;

static const char functions[] = "functions of the sample";

const struct module module_sample = { PACKAGE_VERSION, functions };
const struct module module_stale = { "0.0.0-stale", functions };
