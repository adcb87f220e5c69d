#include "net/tls.h"

#include "base/module.h"

const struct tls_functions *tls_load(struct error *e)
{
	const struct tls_functions *functions = module_load("tls", e);

	if (functions)
		functions->share(interrupt_noted());
	return functions;
}
