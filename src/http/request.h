/* Request heads, written by hand (RFC 9112 section 3, RFC 9110 sections 7
 * and 10.1). */
#ifndef HTTP_REQUEST_H
#define HTTP_REQUEST_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"

/* A field line of the user's (-H): `Name: value` adds or replaces, `Name:`
 * removes what would be sent by itself, `Name;` sends it empty. */
enum user_field_kind { USER_FIELD_SEND, USER_FIELD_REMOVE, USER_FIELD_EMPTY };

struct user_field {
	enum user_field_kind kind;
	struct str name; /* without white space around it */
	struct str value; /* likewise; empty unless SEND */
	struct str line; /* of SEND: what will be sent, as the user wrote it */
};

/* Read one -H argument; what it borrows is `text`'s. Returns 0, or -ERR_USAGE
 * naming the byte when it has CR, LF or NUL in it. `*ignored` is set when it is
 * none of the three forms (no colon and no semicolon at its end, or no name),
 * so is to be left out with a warning. */
int user_field_parse(struct str text, struct user_field *field, bool *ignored,
	struct error *e) CHECKED;

/* Everything that goes into one request head. Empty strs leave their field
 * out; a field of `fields` with the same name takes its place or removes
 * it. Nothing is owned. */
struct request {
	struct str method;
	struct str target; /* as it is sent: origin-form, absolute-form,
			    * authority-form or what the user gave */
	int minor; /* of HTTP/1.x: 0 or 1 */
	struct str host; /* for Host */
	struct str proxy_authorization; /* whole values */
	struct str authorization;
	struct str signed_lines[2]; /* whole lines that it is a signature of */
	struct str range;
	struct str if_range;
	struct str content_range; /* of an upload that resumes */
	struct str user_agent;
	struct str accept;
	struct str te; /* with it, Connection: TE is sent too */
	struct str accept_encoding;
	struct str referer;
	bool proxy_connection; /* Proxy-Connection: Keep-Alive */
	struct str cookie;
	struct str condition; /* a whole line: If-Modified-Since: ... */
	struct str if_none_match; /* goes behind `fields` */
	const struct user_field *fields;
	size_t n_fields;
	bool has_body;
	bool chunked; /* the length is unknown */
	uint64_t length;
	struct str content_type;
	bool expect_continue;
};

/* Append request line, fields and empty line to `out`, in curl's order: Host,
 * those of `request` in the order of its members as far as `condition`,
 * `fields`, then Content-Length, Content-Type and Expect (Transfer-Encoding
 * stands before Cookie). Every line of `fields` goes out as it was written, and
 * what it names is not sent by itself; but:
 * - the first Host that is not a removal takes the place of Host, others are
 *   left out;
 * - with `te`, the first Connection gets ", TE" and removing it has no effect;
 *   a TE of the user's leaves `te` out;
 * - Transfer-Encoding leaves out Content-Length (RFC 9112 section 6.2).
 * Returns 0; -ERR_USAGE, and `out` as it was, when a CR, LF or NUL, or a space
 * in method or target, or an empty one, would reach the head (the message names
 * the field and the byte); or what buf_check() says of `out`. */
int request_write(struct buf *out, const struct request *request,
	struct error *e) CHECKED;

/* `fields` have one of that name with `token` in its list. */
bool request_says(
	const struct request *request, struct str name, struct str token);

/* `fields` have this connection option (RFC 9110 section 7.6.1), with
 * `proxy_connection` in a Proxy-Connection too: an old proxy knows no other. */
bool request_has_option(const struct request *request, struct str option);

/* The last of `fields` with that name, or NULL. */
const struct user_field *user_field_find(
	const struct user_field *fields, size_t n, struct str name);

#endif
