/* The grammar of field values (RFC 9110 section 5.6). */
#ifndef HTTP_VALUE_H
#define HTTP_VALUE_H

#include <stdbool.h>

#include "base/buf.h"

/* Without OWS (RFC 9110 section 5.6.3) and line ends at both ends: those of an
 * obs-fold count as blanks. */
struct str value_trim(struct str s);

/* The start of a peer's text, for a message. */
struct value_text {
	char text[65];
};

/* The first 64 bytes of `s`, with a space for each CR and LF: a message is one
 * line, whatever is folded in it. */
struct value_text value_shown(struct str s);

/* Append `s`, a value or a whole head, with each obs-fold in it replaced by one
 * space, as RFC 9112 section 5.2 demands before it is interpreted. */
void value_unfold(struct buf *out, struct str s);

/* The next element of a comma-separated list (RFC 9110 section 5.6.1) at the
 * front of `*rest`, trimmed, with commas in quoted strings left alone; empty
 * elements are skipped, and a quote that is not closed runs to the end. `*rest`
 * moves behind the element. False when none is left. */
bool value_next(struct str *rest, struct str *element);

/* `token` is an element of the list, in any case, parameters aside. */
bool value_has_token(struct str list, struct str token);

/* The next ";name=value" parameter (RFC 9110 section 5.6.6) at the front of
 * `*rest`, which moves behind it; the value still quoted if it was. Blanks
 * around "=" are allowed, as in auth-params (RFC 9110 section 11.2). False, and
 * `*rest` as it was, when none is left or what is there is no parameter. */
bool value_next_parameter(
	struct str *rest, struct str *name, struct str *value);

/* Append a token as it is, or the content of a quoted-string without the
 * backslashes of its quoted-pairs (RFC 9110 section 5.6.4), up to its closing
 * quote or the end. */
void value_unquote(struct buf *out, struct str value);

/* `s` is a token (RFC 9110 section 5.6.2), at least one character. */
bool value_is_token(struct str s);

#endif
