#include "url/idn.h"

#include <stdlib.h>

#include "base/module.h"

#define SHOWN_MAX 256 /* bytes of a name in a message */

int idn_to_ascii(struct buf *out, struct str name, struct error *e)
{
	const struct idn_functions *idn = module_load("idn", e);
	const char *reason = NULL;
	char *text, *ascii;

	if (!idn) {
		error_add(e, "; the host name \"%.*s\" needs it",
			STR_FMT(str_first(name, SHOWN_MAX)));
		return e ? -e->code : -ERR_NOT_BUILT_IN;
	}
	text = str_dup(name);
	if (!text)
		return error_memory(e);
	ascii = idn->to_ascii(text, &reason);
	free(text);
	if (!ascii)
		return error_set(e, ERR_URL_MALFORMED,
			"URL rejected: Bad hostname: \"%.*s\": %s",
			STR_FMT(str_first(name, SHOWN_MAX)), reason);
	buf_add_text(out, ascii);
	free(ascii);
	return 0;
}
