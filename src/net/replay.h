/* --replay: connections as a recording has them (output/recording.h says how
 * it is written), in the place of those to peers. */
#ifndef NET_REPLAY_H
#define NET_REPLAY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/lock.h"
#include "net/stream.h"

/* How reading a connection comes to an end. */
enum replay_end {
	REPLAY_OPEN, /* it does not: this side closed */
	REPLAY_END,
	REPLAY_CUT, /* with `code` and `error` */
	REPLAY_FAILED /* likewise */
};

/* What was received in answer to what was sent, until more was sent. */
struct replay_turn {
	size_t sent; /* bytes */
	size_t end; /* in `received` */
};

struct replay_connection {
	uint64_t number; /* in the recording */
	char *host;
	uint16_t port;
	bool tls;
	bool taken; /* it has been replayed */
	struct buf received; /* of all turns */
	struct replay_turn *turns;
	size_t n_turns;
	enum replay_end end;
	int code; /* why reading failed, */
	char *error; /* in words; NULL when it did not */
	bool refused; /* writing failed behind the last byte sent; likewise */
	int refused_code;
	char *refused_error;
};

struct replay {
	struct replay_connection *connections;
	size_t n;
	struct lock *lock; /* of `taken` */
	size_t step; /* the most bytes a read gives; 0: any number */
};

/* Make a replay of the text of a recording, `step` being 0. Returns 0;
 * -ERR_READ, naming line and byte, when it is none; or -ERR_OUT_OF_MEMORY.
 * replay_fini is due either way. */
int replay_parse(struct replay *r, struct str text, struct error *e) CHECKED;
void replay_fini(struct replay *r);

/* The next connection of the recording to this host and port, with or without
 * TLS, as a stream above TLS that has no socket. NULL with ERR_CONNECT when
 * there is none (left); the message says which ones there are. The replay must
 * outlive the stream.
 *
 * Reading gives what was received. What was received only after more had been
 * sent is given when as many bytes have been written as were, or when nothing
 * is left to be done but wait. Writing takes everything, up to where the
 * recorded one failed. */
struct stream *replay_open(struct replay *r, const char *host, uint16_t port,
	bool tls, struct error *e) CHECKED;

#endif
