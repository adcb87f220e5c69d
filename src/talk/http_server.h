/* The server's side of HTTP/1.x: each request is read strictly, shown as it was
 * received, and answered (RFC 9112). */
#ifndef TALK_HTTP_SERVER_H
#define TALK_HTTP_SERVER_H

#include "base/log.h"
#include "talk/reply.h"

struct http_service {
	const struct reply *reply; /* the content of responses; of a text,
				    * %{data} is the content of the request.
				    * REPLY_NONE: a short text */
	bool raw; /* the reply is sent instead of a response, as it is, and the
		   * connection closed */
	bool json; /* requests are shown as one JSON object a line */
	struct log notes; /* findings */
};

/* Serve the requests of one connection until it is closed, idle for
 * v->idle_ms, or not persistent (RFC 9112 section 9.3). Requests go to the
 * receiver: head and body as they came, or as JSON with their content decoded.
 * Those that are over 1 MiB are handed on in parts while they come. The stream
 * is shut for sending, but not closed. Returns 0; -ERR_EMPTY_REPLY when it was
 * closed or idle without a request; what http_input_head and http_input_body
 * fail with (the client was answered with a status of 400 or more, if it was
 * still there); -ERR_SEND, -ERR_TIMEOUT, what the receiver fails with, or what
 * the reply does. */
int http_serve(struct visit *v, const struct http_service *service,
	struct error *e) CHECKED;

#endif
