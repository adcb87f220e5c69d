/* Variables of the command line: what --variable says, and how {{NAME}} is
 * replaced in the argument of an --expand-OPTION. Sans I/O. */
#ifndef CLI_EXPAND_H
#define CLI_EXPAND_H

#include "base/buf.h"

#define VARIABLE_NAME_MAX 127u

/* Where a variable gets its content. */
enum variable_source {
	VARIABLE_NONE, /* only from the environment */
	VARIABLE_TEXT, /* `content` itself */
	VARIABLE_FILE /* the file that `content` names, "-" standard input */
};

/* The argument of --variable; the strs borrow from it. */
struct variable_spec {
	struct str name;
	bool import; /* the environment's variable comes first */
	uint64_t first, last; /* which bytes of the content, both included */
	enum variable_source source;
	struct str content;
};

/* Take "[%]NAME[[FIRST-[LAST]]][=TEXT|@FILE]" apart. Returns 0, or -ERR_USAGE
 * with the byte's offset (from 0) in the message. */
int variable_parse(
	struct variable_spec *spec, struct str text, struct error *e) CHECKED;

struct variables {
	struct variable *items;
	size_t n;
};

/* Set a variable, or set it anew. Returns 0 or -ERR_OUT_OF_MEMORY. */
int variables_set(struct variables *variables, struct str name,
	struct str content, struct error *e) CHECKED;
void variables_fini(struct variables *variables);

/* What was left as it is because it is no reference to a variable. */
struct expand_flaw {
	const char *what; /* static; NULL: nothing was */
	size_t at; /* the offset of the first one, from 0 */
};

/* Append `text` to `out` with each {{NAME}} replaced by the variable's content,
 * by nothing when there is no such variable, and each {{NAME:FUNCTION...}} by
 * what the functions, from left to right, make of it: trim, json, url, b64,
 * 64dec. "\{{" stands for "{{". Returns 0; -ERR_USAGE with the variable's name
 * and the byte's offset, for an unknown function or a NUL byte in what was to
 * be inserted; -ERR_TOO_LARGE when it does not fit into `out`, or a function's
 * result not into LIMIT_CONFIG_LINE; -ERR_OUT_OF_MEMORY. */
int expand(struct buf *out, struct str text, const struct variables *variables,
	struct expand_flaw *flaw, struct error *e) CHECKED;

#endif
