/* A tunnel through an HTTP proxy (RFC 9110 section 9.3.6). */
#ifndef PROXY_CONNECT_H
#define PROXY_CONNECT_H

#include "http/head.h"
#include "http/request.h"
#include "net/stream.h"

/* Who asks for a tunnel. */
struct connect_ops {
	/* Append the head of the next request to `out`. As connect_write. */
	int (*request)(void *asker, struct buf *out, struct error *e) CHECKED;

	/* What comes of heads, as it comes, line by line; and where no more
	 * follows, what there is of the last one. May be NULL. */
	void (*came)(void *asker, struct str bytes);

	/* The proxy has answered with `head`, an interim one too, in which
	 * `found` was found. Of a final answer other than 2xx: 1 when another
	 * request is worth sending, else 0; or an error, which ends it. */
	int (*answered)(void *asker, const struct head *head,
		const struct findings *found, struct error *e) CHECKED;
};

/* Append "HOST:PORT" (RFC 9112 section 3.2.3) for a name or an address without
 * brackets. A zone is left out: it is one of this machine's. */
void connect_target(struct buf *out, const char *host, uint16_t port);

/* What a request for a tunnel says. All borrowed. */
struct connect_request {
	struct str target; /* of connect_target */
	bool http10;
	struct str authorization; /* the value of the field; may be empty */
	const char *user_agent; /* "" sends none */
	const struct user_field *fields; /* of the user's for proxies */
	size_t n_fields;
};

/* Append its head to `out`. Returns 0, 1 when it asks for the connection to be
 * closed, or as request_write. */
int connect_write(struct buf *out, const struct connect_request *request,
	struct error *e) CHECKED;

/* Ask the proxy at the other end of `s` for a tunnel, as often as `ops` wants
 * to and the connection lasts. Returns
 * 0: `s` is the tunnel, and `rest`, which is empty and may grow to
 *    CONNECT_REST, gets what has already come through it;
 * 1: the proxy closes the connection, be it unannounced behind a refusal, or
 *    sends too much: ask again over another one;
 * -ERR_CONNECT: it refuses (the message has the status); -ERR_HEADER for an
 * answer that is none of HTTP/1.x; -ERR_RECV when it closes without one;
 * -ERR_WEIRD_REPLY and others as head_parse; -ERR_TIMEOUT, -ERR_SEND; or what
 * `ops` fail with. */
int connect_tunnel(struct stream *s, const struct connect_ops *ops, void *asker,
	struct buf *rest, int64_t deadline, struct error *e) CHECKED;

#define CONNECT_REST 16384

#endif
