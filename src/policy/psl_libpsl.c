/* The module "psl": public suffixes by libpsl. */
#include "policy/psl.h"

#include "config.h"

#include <libpsl.h>
#include <stdatomic.h>

#include "base/module.h"

/* The newer of the system's list and the one that libpsl was built with, kept
 * until the program ends. Two threads may both come first; one list is kept. */
static const psl_ctx_t *load_list(void)
{
	static _Atomic(psl_ctx_t *) kept;
	psl_ctx_t *list = atomic_load(&kept), *other = NULL;

	if (list)
		return list;
	list = psl_latest(NULL);
	if (!list || atomic_compare_exchange_strong(&kept, &other, list))
		return list;
	psl_free(list);
	return other;
}

static int is_public(const char *domain)
{
	const psl_ctx_t *list = load_list();

	return list ? psl_is_public_suffix(list, domain) != 0 : PSL_UNKNOWN;
}

static const struct psl_functions functions = { .is_public = is_public };

extern const struct module module_psl;
const struct module module_psl = {
	.version = PACKAGE_VERSION,
	.functions = &functions,
};
