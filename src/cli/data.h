/* -d and its relatives: what is sent as the body, or in the query. */
#ifndef CLI_DATA_H
#define CLI_DATA_H

#include "cli/apply.h"

enum data_form {
	DATA_TEXT, /* "@FILE" without its CR, LF and NUL bytes */
	DATA_BINARY, /* "@FILE" as it is */
	DATA_RAW, /* '@' is nothing special */
	DATA_JSON, /* as DATA_BINARY, and nothing is put before it */
	DATA_ENCODED /* TEXT, =TEXT, NAME=TEXT, @FILE or NAME@FILE */
};

/* Append the argument of `use` to o->data, behind an '&' unless it is the
 * first. Returns 0 or, the option named in `e`, -ERR_READ, -ERR_TOO_LARGE,
 * -ERR_OUT_OF_MEMORY. */
int data_add(struct options *o, enum data_form form,
	const struct option_use *use, struct error *e) CHECKED;

/* Append the argument of --url-query to o->query: as DATA_ENCODED, or what
 * follows a '+' as it is. Returns as data_add. */
int data_add_query(struct options *o, const struct option_use *use,
	struct error *e) CHECKED;

#endif
