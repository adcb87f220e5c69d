/* What may stand behind a content in an argument of -F: ;type= and the like. */
#ifndef CLI_FORM_SETTINGS_H
#define CLI_FORM_SETTINGS_H

#include "cli/form_scan.h"
#include "transfer/form.h"

/* Do to `part`, whose kind of content is known, what the settings say that come
 * now, each with a ';' before it. `may_have`: a file name. Files of headers are
 * read. Returns 0, -ERR_USAGE, -ERR_READ, -ERR_TOO_LARGE or
 * -ERR_OUT_OF_MEMORY. */
int form_settings_take(struct form_scan *s, struct form_part *part,
	bool may_have, struct error *e) CHECKED;

#endif
