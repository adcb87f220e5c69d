/* What a conversation is held with in tests: a peer that plays steps, something
 * to send, somewhere to receive to. Bytes are those of a pattern. */
#ifndef TESTS_SUPPORT_DUPLEX_H
#define TESTS_SUPPORT_DUPLEX_H

#include <pthread.h>

#include "base/buf.h"
#include "talk/conversation.h"

#define BIG (16u << 20)
#define STEPS 6

/* The first `n` bytes of the pattern, the caller's to free. */
char *pattern_of(size_t n);

/* `b` holds the first `n` bytes of the pattern. */
void assert_pattern(const struct buf *b, size_t n);

/* The other end of the connection */

enum action {
	END, /* close, in this thread; also behind the last step */
	SEND, /* n bytes of the pattern */
	RECEIVE, /* n bytes */
	RECEIVE_ALL, /* to the end */
	BOTH, /* send n bytes and receive to the end at once */
	FLOOD, /* send until that fails */
	SHUT,
	RESET,
	PAUSE, /* n milliseconds */
	NO_END /* all that came is read, and the end has not come */
};

struct step {
	enum action action;
	size_t n;
};

struct peer {
	int fd; /* owned */
	const struct step *steps;
	struct buf got; /* the caller's to give back */
	size_t at; /* of the pattern */
	bool ended; /* NO_END found an end */
};

/* Plays the steps; for pthread_create. */
void *peer_run(void *peer);

enum kind { TCP, UNIX };

/* A connection: a stream, and the descriptor of the other end. */
struct stream *stream_pair(enum kind kind, int *other);

/* What is sent */

enum from { TEXTS, FROM_FILE, FROM_PIPE };

/* Writes to a pipe all that is to be sent. */
struct feeder {
	int fd;
	const char *bytes;
	size_t n;
};

struct supply {
	enum from from;
	struct str text;
	struct source source;
	struct feeder feeder;
	pthread_t feeding;
};

void supply_init(struct supply *s, enum from from, const char *bytes, size_t n,
	bool crlf);
void supply_fini(struct supply *s);

/* Where it is received to */

enum to { TAKE, TO_FILE, TO_PIPE, TO_NULL };

struct target {
	enum to to;
	struct receiver receiver;
	struct buf got; /* of TAKE, and after target_finish; the caller's to
			 * give back */
	int fd, reader;
	int64_t held_up_until; /* the pipe is not read before, clock_now() */
	pthread_t reading;
	bool failing; /* takes nothing */
};

void target_init(struct target *t, enum to to, int held_up_ms);

/* All has been received: close it, and find what that was. */
void target_finish(struct target *t);

#endif
