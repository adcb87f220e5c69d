/* Both directions of a byte stream at once: what the source gives is sent, what
 * comes is handed to the receiver. */
#ifndef TALK_CONVERSATION_H
#define TALK_CONVERSATION_H

#include "net/stream.h"
#include "talk/pulse.h"
#include "talk/source.h"
#include "talk/transcript.h"

/* Takes what comes. */
struct receiver {
	/* 0 or a negative error, which ends the conversation. */
	int (*take)(void *receiver, struct str bytes, struct error *e) CHECKED;

	/* A descriptor that bytes may be moved to directly, or -1; what is to
	 * take them is opened. May be NULL. */
	int (*direct)(void *receiver);
	void *receiver;
};

struct conversation {
	struct stream *stream; /* borrowed */
	struct str early; /* what of it has been read already; often empty */
	const char *peer; /* for the transcript */
	struct source *source;
	const struct receiver *receiver;
	struct transcript *transcript; /* may be NULL */
	bool keep_sending_side; /* --no-shutdown: no half-close behind the last
				 * byte */
	bool ends_with_peer; /* once the peer has closed, a source that has
			      * nothing now is not waited for; a terminal never
			      * is */
	int64_t wait_ms; /* --wait: give up when nothing has come for so long
			  * and nothing is left to send, or on its way; 0:
			  * never */
	int64_t deadline;
	struct pulse *pulse; /* NULL: nobody wants to know */

	/* Results */
	uint64_t sent, received;
};

/* Hold it until the peer has closed and all is sent. Full duplex: sending never
 * keeps from receiving, nor the other way. When all is sent the stream is shut
 * for sending; a peer that has closed its sending side first is still sent to,
 * as long as it has not closed the other, as far as that can be known (gone.h).
 * Returns 0 at the peer's close; also when `wait_ms` has passed after at least
 * one byte came; -ERR_TIMEOUT when it passed and nothing came, or at the
 * deadline; -ERR_RECV, -ERR_SEND (a peer that closes or resets before all was
 * sent, with the byte count; what it sent before is received), -ERR_READ, or
 * what the receiver fails with. Uses splice and sendfile by way of net/move.h
 * and net/send.h where the ends allow it. SIGPIPE must be ignored. */
int conversation_hold(struct conversation *c, struct error *e) CHECKED;

#endif
