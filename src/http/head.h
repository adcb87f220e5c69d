/* Response heads: status line and field lines, sans I/O and without copying
 * (RFC 9112 sections 4 and 5). */
#ifndef HTTP_HEAD_H
#define HTTP_HEAD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/str.h"
#include "http/finding.h"

struct field {
	struct str name; /* as received */
	struct str value; /* without white space and folds at its ends; an
			   * obs-fold in it stands as received */
	struct str line; /* the whole field with its line end, as received */
};

/* Borrows from the bytes it was parsed from, all but the array. */
struct head {
	struct str bytes; /* all of it, the empty line included; after a failed
			   * parse the whole lines before the broken one */
	struct str status_line; /* with its line end */
	struct str reason;
	int major, minor; /* HTTP version; 1.0 when it has no minor version */
	int status; /* 100 to 999 */
	bool folded; /* an obs-fold is in it: show value_unfold() of it */
	struct field *fields;
	size_t n;
	size_t cap;
};

/* An empty head, for head_parse; parse into it as often as needed. */
void head_init(struct head *h);
void head_fini(struct head *h);

/* Where a head or trailer section ends: the bytes up to and with its empty
 * line, 0 when there is none in `in` yet. `*scanned` is 0 before the first
 * call, and lets a later call with more bytes go on where this one stopped. */
size_t head_end(struct str in, size_t *scanned);

/* Of a head that comes bit by bit: the whole lines behind its first `told`
 * bytes, up to and with its empty line. */
struct str head_lines(struct str in, size_t told);

/* Parse one response head at the front of `in` (RFC 9112 sections 4 and 5).
 * Returns the bytes used (> 0), 0 when the head is not whole yet, or a negative
 * error:
 * -ERR_UNSUPPORTED_PROTOCOL: this does not begin as HTTP/1.x does, or its
 *   status is not three digits from 100 to 999 and then a blank or the end of
 *   the line;
 * -ERR_WEIRD_REPLY: a rule was broken beyond reading: NUL, a bare CR, no colon,
 *   a nameless field, white space before the first field, Location fields that
 *   differ;
 * -ERR_TOO_MANY: a line over LIMIT_HEAD_LINE, more fields than LIMIT_FIELDS;
 * -ERR_RECV: all of it over LIMIT_HEAD;
 * -ERR_OUT_OF_MEMORY.
 * What can be known of an incomplete head (no "HTTP/1" at its front, a broken
 * line, too long) fails at once. Lenient, with findings: bare LF, obs-fold,
 * white space before the colon, a name that is no token, controls in values,
 * repeated singleton fields, and in the status line a missing reason phrase or
 * minor version ("HTTP/1 200"), several spaces, a code above 599.
 * `found` gets nothing while the result is 0. */
ssize_t head_parse(struct str in, struct head *h, struct findings *found,
	struct error *e) CHECKED;

/* Parse a trailer section, which ends in an empty line; the same rules, no
 * status line (RFC 9112 section 7.1.2). */
ssize_t head_parse_trailers(struct str in, struct head *h,
	struct findings *found, struct error *e) CHECKED;

/* The first field of that name at or after index `from`; its index is put into
 * `*at` when that is not NULL. NULL when there is none. */
const struct field *head_find(
	const struct head *h, struct str name, size_t from, size_t *at);

/* The value of the first field of that name, or {NULL, 0}. */
struct str head_value(const struct head *h, struct str name);

#endif
