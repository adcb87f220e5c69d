#include "net/tls.h"

#include "base/module.h"

const struct tls_functions *tls_load(struct error *e)
{
	return module_load("tls", e);
}
