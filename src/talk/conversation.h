/* Both directions of a byte stream at once: what the source gives is sent, what
 * comes is handed to the receiver. */
#ifndef TALK_CONVERSATION_H
#define TALK_CONVERSATION_H

#include "net/stream.h"
#include "talk/source.h"
#include "talk/transcript.h"

/* Takes what comes. */
struct receiver {
	/* 0 or a negative error, which ends the conversation. */
	int (*take)(void *receiver, struct str bytes, struct error *e);

	/* A descriptor that bytes may be moved to directly, or -1. May be
	 * NULL. */
	int (*direct)(void *receiver);
	void *receiver;
};

struct conversation {
	struct stream *stream; /* borrowed */
	const char *peer; /* for the transcript */
	struct source *source;
	const struct receiver *receiver;
	struct transcript *transcript; /* may be NULL */
	bool keep_sending_side; /* --no-shutdown: no half-close behind the last
				 * byte */
	int64_t wait_ms; /* --wait: give up when nothing has come for so long
			  * and all is sent; 0: never */
	int64_t deadline;

	/* Results */
	uint64_t sent, received;
};

/* Hold it until the peer has closed. Full duplex: sending never keeps from
 * receiving. When all is sent the stream is shut for sending. Returns 0 at the
 * peer's close; also when `wait_ms` has passed after at least one byte came;
 * -ERR_TIMEOUT when it passed and nothing came, or at the deadline; -ERR_RECV,
 * -ERR_SEND (a peer that closes before all was sent, with the byte count),
 * -ERR_READ, or what the receiver fails with. Uses splice and sendfile by way
 * of net/move.h where the ends allow it. */
int conversation_hold(struct conversation *c, struct error *e);

#endif
