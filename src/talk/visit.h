/* One client at a listener: receiving from it and sending to it so that it can
 * neither hold the listener up nor go unseen. */
#ifndef TALK_VISIT_H
#define TALK_VISIT_H

#include <stdatomic.h>

#include "net/stream.h"
#include "talk/conversation.h"

/* What is kept for clients, who are in threads of their own. */
struct kept {
	_Atomic size_t n; /* bytes, LIMIT_HEARD_ALL at most */
};

struct visit {
	struct stream *stream; /* owned by whoever serves the client */
	const char *peer; /* for transcripts and messages */
	const struct receiver *receiver;
	struct transcript *transcript; /* may be NULL */
	struct transcript_place place;
	int64_t idle_ms; /* at most this long between two of its bytes */
	int64_t speed; /* bytes a second that a request has to come at; 0: any
			*/
	int64_t deadline; /* of all of it */
	struct pulse *pulse; /* NULL: nobody wants to know */
	struct kept *kept; /* of all clients; NULL: nobody counts */

	/* Private */
	size_t keeps; /* of those bytes */
	int64_t begun; /* clock_now(), of the request */
	uint64_t come; /* bytes since then */
};

/* The earlier of the visit's deadline and `ms` from now. */
int64_t visit_deadline(const struct visit *v, int64_t ms);

/* A request begins. As a whole it has to come within idle_ms and the time that
 * its bytes take at `speed`. */
void visit_begin(struct visit *v);

/* When that time is over, as far as it has come. */
int64_t visit_due(const struct visit *v);

/* It is. Returns -ERR_TIMEOUT, saying so. */
int visit_too_slow(const struct visit *v, struct error *e);

/* So many bytes more are to be kept in memory. 0, or -ERR_TOO_LARGE when all
 * clients together have too many. */
int visit_keep(struct visit *v, size_t n, struct error *e) CHECKED;

/* None of them is kept any more. */
void visit_forget(struct visit *v);

/* Receive up to `n` bytes: > 0, 0 at the end, -ERR_TIMEOUT at `deadline`, or
 * what else stream_read fails with. The transcript is told. */
ssize_t visit_receive(struct visit *v, void *to, size_t n, int64_t deadline,
	struct error *e) CHECKED;

/* Hand bytes to the receiver: 0 or its error. */
int visit_take(struct visit *v, struct str bytes, struct error *e) CHECKED;

/* Send all of it, in pieces of which each must be taken within idle_ms: 0,
 * -ERR_TIMEOUT, -ERR_SEND. The transcript is told. */
int visit_send(struct visit *v, struct str bytes, struct error *e) CHECKED;

/* Close the sending side, and receive what still comes for a short while, for
 * bytes that are not received make a reset of the close, which can destroy what
 * was sent (RFC 9112 section 9.6). With `take` they are handed to the receiver,
 * for as long as they keep coming. 0 or the receiver's error; what else goes
 * wrong is of no account by now. */
int visit_finish(struct visit *v, bool take, struct error *e) CHECKED;

#endif
