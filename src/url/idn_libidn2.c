/* The module "idn": international host names by libidn2. */
#include "url/idn.h"

#include "config.h"

#include <idn2.h>

#include "base/module.h"

static char *to_ascii(const char *name, const char **reason)
{
	char *found = NULL, *copy;
	int result = idn2_to_ascii_8z(
		name, &found, IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL);

	if (result != IDN2_OK) {
		*reason = idn2_strerror(result);
		return NULL;
	}
	/* What libidn2 allocated is libidn2's to free. */
	copy = str_dup(str_of(found));
	idn2_free(found);
	if (!copy)
		*reason = idn2_strerror(IDN2_MALLOC);
	return copy;
}

static const struct idn_functions functions = { .to_ascii = to_ascii };

extern const struct module module_idn;
const struct module module_idn = {
	.version = PACKAGE_VERSION,
	.functions = &functions,
};
