/* One request and its response over one connection, in the order of RFC 9112:
 * send, read heads until the final one, decide the framing, read the body. */
#ifndef TRANSFER_EXCHANGE_H
#define TRANSFER_EXCHANGE_H

#include "http/framing.h"
#include "policy/pace.h"
#include "transfer/connection.h"
#include "transfer/job.h"
#include "transfer/sending.h"

struct exchange {
	/* Set by the caller; all borrowed */
	struct connection *connection;
	const struct sink_port *sink;
	const struct observer *observer; /* may be NULL */
	struct facts *facts;
	struct hop *hop;
	int64_t started; /* of the transfer, clock_now() */
	int64_t deadline;
	struct pace *pace; /* NULL: as fast and as slow as it goes */
	struct framing_options options;
	bool allow_http09;
	bool strict; /* a finding of severity ERROR ends it */
	bool upgrade_asked; /* the request has an Upgrade field */
	bool close_asked; /* the request says Connection: close */
	bool pipelined; /* other requests go out behind this one: no answer
			 * ends the sending */

	/* Set by exchange_send */
	struct sending out;
	bool pending; /* not all of the request is out */
	struct error send_error; /* why no more of it can be sent */
	int64_t last_word; /* then: until when an answer is waited for */
	int64_t expect_deadline; /* for a 100 (Continue) */
	uint64_t requests_before; /* facts->request_sent, less this head */
	const struct raw_request *raw; /* NULL: none */
	size_t cut; /* of raw->splits: the next one */
	int64_t pause_end; /* at the cut before it; 0: not there yet */

	/* Set by exchange_head. The head borrows from connection->in, which
	 * stays as it is until the connection is compacted. */
	struct head head; /* status 0 after an HTTP/0.9 answer */
	struct buf next; /* of the response behind, read with this body */
	struct framing framing;
	struct findings found;
	size_t told; /* findings that the observer has been told of */
	uint64_t size; /* bytes of the response that have been used */
	size_t heard; /* bytes of the head being read that the observer has been
		       * told of */
	bool answered; /* at least one byte of a response has come */
	bool cut_short; /* the answer came before all was sent */
	bool in_body; /* set by body_receive: pace->in holds */
	bool read; /* set by exchange_finish: nothing more is to be read */
};

void exchange_init(struct exchange *x);
void exchange_fini(struct exchange *x);

/* How a request goes out. */
struct exchange_plan {
	struct str head; /* borrowed until the exchange is over */
	struct upload *body; /* likewise; NULL: none */
	bool chunked;
	int64_t expect_ms; /* hold the body back for so long, or until the peer
			    * says 100 (RFC 9110 section 10.1.1); 0: do not */
};

/* Begin to send. What the peer does not take at once goes out while its answer
 * is read, so that neither waits for the other. Returns 0, also when sending
 * has failed: the peer may have said why, which is waited for a second at the
 * most; or -ERR_READ of the body's source. */
int exchange_send(struct exchange *x, const struct exchange_plan *plan,
	struct error *e) CHECKED;

/* Begin to send bytes that may be no request at all, the same way, with the
 * cuts and pauses asked for; `raw` is borrowed until the exchange is over. The
 * observer is not told of them. Returns as exchange_send. */
int exchange_send_raw(struct exchange *x, const struct raw_request *raw,
	struct error *e) CHECKED;

/* The response has been read; another one follows on the same connection, as
 * its request has gone out, or still goes, behind the first. */
void exchange_next(struct exchange *x);

/* Read with waiting, and meanwhile send what is left of the request: > 0, 0 at
 * the end, -ERR_TIMEOUT, -ERR_RECV, -ERR_READ ... */
ssize_t exchange_read(
	struct exchange *x, void *to, size_t n, struct error *e) CHECKED;

/* Wait until there is something to read, or to look at again: the pace's limits
 * and the deadline, for which 0 is returned too. -ERR_TIMEOUT, -ERR_RECV. */
int exchange_wait(struct exchange *x, struct error *e) CHECKED;

/* What of the body may be read now: as many bytes, 0 when it has to wait;
 * -ERR_TIMEOUT when the deadline has passed or it has been too slow; or as
 * interrupt_check. */
int exchange_allow(struct exchange *x, uint64_t *n, struct error *e) CHECKED;

/* Read interim heads, which go to the sink, and the final one, which does not,
 * as the caller decides what becomes of its body; decide the framing. A final
 * answer of 300 or more ends the sending (then cut_short is set), any other has
 * a body that is held back go out (RFC 9110 section 10.1.1). Returns
 * 0; -ERR_EMPTY_REPLY when the connection ended before the first byte of a
 * final head, -ERR_PARTIAL inside a head; -ERR_WEIRD_REPLY for a 101 that was
 * not asked for; -ERR_RECV, -ERR_TIMEOUT; or what head_parse and framing_decide
 * fail with. Interim heads have been judged, the result of this function is
 * still to be. */
int exchange_head(struct exchange *x, struct error *e) CHECKED;

/* The response has been read to its end: send what is left of the request,
 * unless cut_short. Returns 0, -ERR_TIMEOUT, -ERR_READ, or why it could not be
 * sent. */
int exchange_finish(struct exchange *x, struct error *e);

/* Somebody wants to hear of findings: those are worth looking for that change
 * nothing else. */
bool exchange_reviews(const struct exchange *x);

/* Tell the observer of findings that it has not been told of. Returns `error`,
 * 0 or what has failed so far; or, when the exchange is strict and one of the
 * findings so far has severity ERROR, -ERR_WEIRD_REPLY with the first of them
 * in `e`. */
int exchange_judge(struct exchange *x, int error, struct error *e) CHECKED;

#endif
