/* A response's body from the connection to the sink: framed (RFC 9112 section
 * 6), decoded, counted. */
#ifndef TRANSFER_BODY_H
#define TRANSFER_BODY_H

#include "transfer/exchange.h"

struct body_plan {
	bool discard; /* read it for the connection's sake only, and give up
		       * when that would cost more than a new connection */
	bool raw; /* hand on what came, chunks and codings included */
	bool decode; /* undo the content codings; transfer codings are always
		      * undone */
	bool unlimited; /* however much comes of little */
	uint64_t max_size; /* bytes that are handed on; 0: no maximum */
};

/* Whether a connection can carry another exchange, or why not. */
enum reuse {
	REUSE_POSSIBLE,
	REUSE_NOT_PERSISTENT, /* see framing_closing */
	REUSE_CLOSE_ASKED, /* the request does not let it be kept */
	REUSE_UNREAD, /* the response was not read to its end */
	REUSE_EXTRA, /* bytes have come behind the end */
	REUSE_UNSENT, /* the request was not sent to its end */
	REUSE_RAW /* what was sent on it was the user's own */
};

/* Read the body of the exchange whose head has been read, and then send what is
 * left of the request. Returns 0, and
 * `*reuse` either way. Fails with
 * -ERR_PARTIAL (it ended early: how many bytes of how many came), -ERR_RECV,
 * -ERR_TIMEOUT, -ERR_TOO_LARGE, -ERR_CONTENT_CODING, -ERR_DECODE_RATIO, what
 * chunk_decode fails with, what the sink and exchange_finish fail with, and of
 * a strict exchange as exchange_judge.
 */
int body_receive(struct exchange *x, const struct body_plan *plan,
	enum reuse *reuse, struct error *e) CHECKED;

#endif
