/* The syntax of config files: one option a line, with or without its dashes,
 * its argument behind a blank, '=' or ':', plain or in double quotes. */
#ifndef CLI_CONFIG_H
#define CLI_CONFIG_H

#include "base/buf.h"

enum config_flaw {
	CONFIG_FINE,
	CONFIG_UNQUOTED, /* more words follow an argument without quotes */
	CONFIG_UNCLOSED, /* the closing quote is missing */
	CONFIG_TRAILING, /* something follows the closing quote */
	CONFIG_SINGLE /* a single quote is the first byte of the argument */
};

struct config_item {
	size_t line, byte; /* where it begins, both counted from 1 */
	struct str name; /* as written, with its dashes */
	bool dashed;
	bool has_argument; /* also when it is "" */
	enum config_flaw flaw; /* the argument is used all the same */
	size_t flaw_byte; /* of the line, from 1: the open quote, or the text */
};

/* Take the next option from the front of `text`, at whose front `*line` lines
 * have been taken already (start with 0); blank lines and those that begin with
 * '#' are skipped. Its argument, escapes resolved, replaces the content of
 * `argument`. Returns 1; 0 at the end; or, with line and byte in `item`,
 * -ERR_USAGE for a NUL byte, -ERR_TOO_LARGE for a line over LIMIT_CONFIG_LINE,
 * or -ERR_OUT_OF_MEMORY. */
int config_next(struct str *text, size_t *line, struct config_item *item,
	struct buf *argument, struct error *e) CHECKED;

#endif
