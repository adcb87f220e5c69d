/* --help: everything it can show, made from the option table. */
#ifndef CLI_HELP_H
#define CLI_HELP_H

#include "base/buf.h"

/* Append the help on `topic`, within 79 columns: NULL gives the important
 * options; "all"; "category", the list of categories; a category; or an option
 * as "--name", "-x", or "name" where no category is called that. Returns 0, or
 * -ERR_USAGE naming the nearest topic when there is no such one. */
int help_print(struct buf *out, const char *topic, struct error *e) CHECKED;

#endif
