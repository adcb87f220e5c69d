/* One request and its response over one connection, in the order of RFC 9112:
 * send, read heads until the final one, decide the framing, read the body. */
#ifndef TRANSFER_EXCHANGE_H
#define TRANSFER_EXCHANGE_H

#include "http/framing.h"
#include "transfer/connection.h"
#include "transfer/observer.h"

struct exchange {
	/* Set by the caller; all borrowed */
	struct connection *connection;
	const struct sink_port *sink;
	const struct observer *observer; /* may be NULL */
	struct facts *facts;
	int64_t started; /* of the transfer, clock_now() */
	int64_t deadline;
	struct framing_options options;
	bool allow_http09;

	/* Set by exchange_head. The head borrows from connection->in, which
	 * stays as it is until the connection is compacted. */
	struct head head; /* status 0 after an HTTP/0.9 answer */
	struct framing framing;
	struct findings found;
	size_t told; /* findings that the observer has been told of */
	uint64_t size; /* bytes of the response that have been used */
	bool answered; /* at least one byte of a response has come */
	bool cut_short; /* the answer came before the body was sent */
};

void exchange_init(struct exchange *x);
void exchange_fini(struct exchange *x);

/* Send head and body. Returns 0 also when a final answer of 300 or more came
 * before all was sent (then cut_short is set); or -ERR_SEND, -ERR_TIMEOUT,
 * or what reading the early answer failed with. */
int exchange_send(
	struct exchange *x, struct str head, struct str body, struct error *e);

/* Read interim heads, which go to the sink, and the final one, which does not,
 * as the caller decides what becomes of its body; decide the framing. Returns
 * 0; -ERR_EMPTY_REPLY when the connection ended before the first byte,
 * -ERR_PARTIAL inside a head; -ERR_RECV, -ERR_TIMEOUT; or what head_parse and
 * framing_decide fail with. */
int exchange_head(struct exchange *x, struct error *e);

/* Tell the observer of findings that it has not been told of. */
void exchange_tell_findings(struct exchange *x);

#endif
