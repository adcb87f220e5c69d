/* A strict JSON reader (RFC 8259) over a text in memory: the caller asks for
 * what it expects, in order. Nothing is read past the end of the text; the
 * first thing that is wrong stays, and everything fails from there on. */
#ifndef BASE_JSON_READ_H
#define BASE_JSON_READ_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

#define JSON_DEPTH 64 /* objects and arrays in one another */

struct json_reader {
	struct str text;
	size_t at; /* the next byte; of what is wrong, where that is */
	const char *wrong; /* what is, static; NULL: nothing */

	/* private */
	bool first; /* no member or item has been read at this level */
	unsigned depth;
};

/* Start in front of the value of `text`, which must stay as it is. */
void json_reader_init(struct json_reader *r, struct str text);

/* Enter an object. False when the next value is none; then `wrong` is set, as
 * it is wherever a function here fails. */
bool json_read_object(struct json_reader *r);

/* The next member of the object: its name replaces what `name` held, and its
 * value is to be read next. False at the end of the object, which is left, and
 * when something is wrong. */
bool json_read_member(struct json_reader *r, struct buf *name);

/* The next string, appended to `out` without its escapes. Bytes that are no
 * UTF-8, and surrogates without their other half, are wrong; so is one that
 * `out` has no room for. */
bool json_read_string(struct json_reader *r, struct buf *out);

/* The next number, which has to be whole, without exponent, between 0 and
 * `max`. */
bool json_read_uint(struct json_reader *r, uint64_t max, uint64_t *value);

/* The next value: true or false. */
bool json_read_bool(struct json_reader *r, bool *value);

/* Pass over the next value, whatever it is. */
bool json_read_any(struct json_reader *r);

/* Nothing but blanks is left. */
bool json_read_end(struct json_reader *r);

#endif
