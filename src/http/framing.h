/* Where a response's body ends (RFC 9112 section 6.3). */
#ifndef HTTP_FRAMING_H
#define HTTP_FRAMING_H

#include "base/error.h"
#include "http/head.h"

enum framing_kind {
	FRAMING_NONE, /* no body: HEAD, 1xx, 204, 304 (item 1) */
	FRAMING_TUNNEL, /* 2xx to CONNECT (item 2), or a granted upgrade */
	FRAMING_CHUNKED, /* item 4 */
	FRAMING_LENGTH, /* item 6 */
	FRAMING_CLOSE /* items 4 and 8: until the connection is closed */
};

struct framing {
	enum framing_kind kind;
	uint64_t length; /* of FRAMING_LENGTH, at most INT64_MAX */
	int item; /* of RFC 9112 section 6.3 that decided */
	bool persistent; /* the connection may be used again when the body has
			  * been read to its end (RFC 9112 section 9.3) */
	char codings[48]; /* Transfer-Encoding before the final chunked, a list
			   * to be decoded ("deflate, gzip"), often empty */
};

struct framing_options {
	bool ignore_length; /* --ignore-content-length */
	bool head_request;
	bool connect_request;
	bool codings_wanted; /* TE was sent, so codings may come */
	bool is_request; /* the head is that of a request, with a status of 200
			  * put in: it asks for no coding, but offers its own */
	bool http10_request; /* HTTP/1.0 was spoken: no coding may come */
	bool from_proxy; /* its Proxy-Connection counts as Connection does */
	bool raw; /* --raw: codings will not be decoded, any may come */
};

/* Decide how the body of the parsed `head` is delimited. Returns 0, or
 * -ERR_WEIRD_REPLY for lengths that are invalid or differ (item 5),
 * -ERR_TOO_LARGE for a length above INT64_MAX, -ERR_CONTENT_CODING for a
 * transfer coding that is unknown, was not asked for or follows chunked, and
 * for more than LIMIT_CODINGS. "identity" is no coding, and where it is all
 * that a response names, it is as if that field were absent. Transfer-Encoding
 * overrides Content-Length (item 3). Faulty framing makes the connection not
 * persistent: both of them, Transfer-Encoding in HTTP/1.0 (decoded all the
 * same, RFC 9112 section 6.1), a repeated chunked, white space before the colon
 * of either, or either in a 204. A 101 is FRAMING_TUNNEL; whether it was asked
 * for is the caller's to know. */
int framing_decide(const struct head *head,
	const struct framing_options *options, struct framing *framing,
	struct findings *found, struct error *e) CHECKED;

/* Why a connection cannot be used again after a response of this head and
 * framing, which is not persistent: a phrase that follows "because", static. */
const char *framing_closing(
	const struct head *head, const struct framing *framing);

#endif
