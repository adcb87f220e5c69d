/* A JSON writer onto a buf: commas and escapes are its business, structure is
 * the caller's. Bytes that are no UTF-8 become U+FFFD. */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

struct json {
	struct buf *out;
	bool comma; /* a value stands before the next one at this level */
};

/* Start writing to `out`, which the caller owns. */
void json_init(struct json *j, struct buf *out);

/* Text of `from` has been written, or was to be: fail when it has. */
void json_depend(struct json *j, const struct buf *from);

void json_object_open(struct json *j);
void json_object_close(struct json *j);
void json_array_open(struct json *j);
void json_array_close(struct json *j);

/* The name of the next member of an object. */
void json_key(struct json *j, struct str name);

void json_string(struct json *j, struct str value);
void json_int(struct json *j, int64_t value);
/* Microseconds, at least 0, as milliseconds with three decimals. */
void json_milliseconds(struct json *j, int64_t us);
void json_bool(struct json *j, bool value);
void json_null(struct json *j);

/* A number that is already written ("0.000123"); NULL, a text for which memory
 * ran out, is null. */
void json_number(struct json *j, const char *digits);

/* Append `s` to `out` with the escapes of a JSON string, without quotes
 * (RFC 8259 section 7). What utf8_is_deceptive is escaped too, so that the text
 * is JSON wherever it is shown. */
void json_escape(struct buf *out, struct str s);

#endif
