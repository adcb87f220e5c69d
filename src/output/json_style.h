/* JSON for a reader: coloured, indented, as it comes, sans I/O. No value is
 * changed: what is no JSON passes as it came, from the byte on that cannot be
 * there (RFC 8259). */
#ifndef OUTPUT_JSON_STYLE_H
#define OUTPUT_JSON_STYLE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "output/terminal.h"

#define JSON_STYLE_DEPTH 8192u /* levels; what is deeper passes as it came */
#define JSON_STYLE_ENOUGH 65536u /* bytes of output at a time */

/* Set what is not private and zero the rest to start. */
struct json_style {
	bool colour; /* SGR around keys, strings, numbers and literals */
	bool indent; /* two blanks a level, white space of the input left out */
	bool decode; /* \uXXXX of what can be seen is shown as a character */
	char separator; /* what stands between values; 0: there is one value */
	bool spans; /* ... if it is white space, it may be in a value too */
	bool resumes; /* behind a separator, when a value was none */
	const char *margin; /* in front of lines that are begun here; not NULL
			     */
	struct terminal_filter *filter; /* all but colours pass it; NULL: none
					 */

	/* private */
	int state, expected;
	int number; /* the part of a number that is read */
	const char *word; /* what is left of a literal */
	unsigned depth;
	unsigned char objects[JSON_STYLE_DEPTH / 8]; /* bits: it is an object */
	bool key; /* the string is a member's name */
	bool opened; /* a bracket has just been opened */
	bool separated; /* from the last value */
	bool line_open; /* a line was begun here, and has no end yet */
	bool broken; /* this is no JSON */
	bool wrong; /* something was not ... */
	uint64_t wrong_at; /* ... from this byte on */
	uint64_t at;
	char blanks[64]; /* white space that may have to be shown */
	unsigned char n_blanks;
	char escape[12]; /* one that may have to be shown as it is */
	unsigned char n_escape, wanted;
};

/* Append the next bytes of a text, styled. Returns how many were taken: all of
 * them, or fewer when `out` holds JSON_STYLE_ENOUGH by then. It can be twice
 * that large. */
size_t json_style_add(struct json_style *j, struct str in, struct buf *out);

/* Whether something was no JSON, or would be if the text ended here, and from
 * which byte on. */
bool json_style_wrong(const struct json_style *j, uint64_t *at);

/* Append what is due at the end: the colour is reset, an indented text gets a
 * line end. What follows is another text. */
void json_style_end(struct json_style *j, struct buf *out);

/* End a line that was begun here. */
void json_style_end_line(struct json_style *j, struct buf *out);

/* A line is begun with `front`, which takes the place of what white space may
 * still have to be shown. */
void json_style_begin_line(
	struct json_style *j, struct str front, struct buf *out);

/* Append bytes that are none of the text. */
void json_style_pass(struct json_style *j, struct str s, struct buf *out);

#endif
