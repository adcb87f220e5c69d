/* Request heads as a server reads them: request line and field lines, sans I/O
 * and without copying (RFC 9112 sections 3 and 5), and how the body behind them
 * is delimited (RFC 9112 section 6.3). */
#ifndef HTTP_REQUEST_PARSE_H
#define HTTP_REQUEST_PARSE_H

#include "http/framing.h"

/* The forms of a request target (RFC 9112 section 3.2). */
enum target_form {
	TARGET_ORIGIN, /* "/path?query" */
	TARGET_ABSOLUTE, /* "http://host/path" */
	TARGET_AUTHORITY, /* "host:port", of CONNECT */
	TARGET_ASTERISK /* "*", of OPTIONS */
};

/* What Expect asks for (RFC 9110 section 10.1.1); nothing in HTTP/1.0. */
enum expectation { EXPECT_NOTHING, EXPECT_CONTINUE, EXPECT_UNKNOWN };

/* Borrows from the bytes it was parsed from, all but the array of fields. */
struct received_request {
	struct str line; /* the request line with its line end; as far as it is
			  * whole, also after a failed parse */
	struct str method, target;
	enum target_form form;
	struct str authority; /* whom it is for: of the target when that names
			       * one (RFC 9112 section 3.2.2), else of Host;
			       * may be empty */
	struct head head; /* version and fields; `bytes` is all of it, with an
			   * empty line in front if there was one. It has no
			   * status */
	struct framing framing; /* FRAMING_NONE, _LENGTH or _CHUNKED */
	enum expectation expectation;
};

/* An empty one, for request_parse; parse into it as often as needed. */
void received_request_init(struct received_request *r);
void received_request_fini(struct received_request *r);

/* Parse one request head at the front of `in`. Returns the bytes used (> 0), 0
 * when the head is not whole yet, or a negative error:
 * -ERR_WEIRD_REPLY: a rule was broken that makes the request doubtful; the
 *   message names the byte and the rule (400);
 * -ERR_UNSUPPORTED_PROTOCOL: a version of HTTP that is not 1.x (505);
 * -ERR_CONTENT_CODING: a transfer coding other than chunked (501);
 * -ERR_TOO_LARGE: a length above INT64_MAX (413);
 * -ERR_TOO_MANY: a line over LIMIT_HEAD_LINE or more fields than LIMIT_FIELDS;
 * -ERR_RECV: all of it over LIMIT_HEAD (431, or 414 when r->line is empty);
 * -ERR_OUT_OF_MEMORY.
 * What can be known of an incomplete head (a method that is no token, no
 * version, a broken line, too long) fails at once. Whatever is a finding of
 * severity ERROR fails, and so does an obs-fold (RFC 9112 section 5.2); lenient
 * with a finding are bare LF, one empty line in front, characters that no
 * target has, controls in values and a Content-Length that is repeated. `found`
 * may be NULL and gets nothing while the result is 0. */
ssize_t request_parse(struct str in, struct received_request *r,
	struct findings *found, struct error *e) CHECKED;

/* Parse the trailer section of a request, as chunk_decode has taken it (RFC
 * 9112 section 7.1.2). What must not stand there is refused, framing fields
 * first of all (RFC 9110 section 6.5.1). Returns the bytes used, or as
 * request_parse. */
ssize_t request_parse_trailers(struct str section, struct head *trailers,
	struct findings *found, struct error *e) CHECKED;

#endif
