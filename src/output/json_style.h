/* JSON for a reader: coloured, indented, as it comes, sans I/O. It is not
 * checked: what is no JSON passes with every byte it has. */
#ifndef OUTPUT_JSON_STYLE_H
#define OUTPUT_JSON_STYLE_H

#include <stdbool.h>

#include "base/buf.h"

#define JSON_STYLE_DEPTH \
	256u /* containers deeper than this are not told apart */

/* Set `colour` and `indent` and zero the rest to start. */
struct json_style {
	bool colour; /* SGR around keys, strings, numbers and literals */
	bool indent; /* two blanks a level, white space of the input left out */

	/* private */
	int state;
	unsigned depth;
	unsigned char objects[JSON_STYLE_DEPTH / 8]; /* bits: it is an object */
	bool key; /* the next string is a member's name */
	bool opened; /* a bracket has just been opened */
	bool broken; /* this is no JSON: no bracket or quote began it */
};

/* Append the next bytes of a text, styled. At most 64 bytes, and two for each
 * level of depth, stand in `out` for one. */
void json_style_add(struct json_style *j, struct str in, struct buf *out);

/* Append what is due at the end: the colour is reset, an indented text gets a
 * line end. */
void json_style_end(struct json_style *j, struct buf *out);

/* Whether a Content-Type says JSON: application/json or any "+json"
 * (RFC 6839 section 3.1), parameters aside. */
bool json_style_wanted(struct str content_type);

#endif
