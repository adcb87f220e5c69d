/* talk_listen in a thread, and clients for it. */
#ifndef TESTS_SUPPORT_TALKING_H
#define TESTS_SUPPORT_TALKING_H

#include <pthread.h>

#include "base/buf.h"
#include "talk/talk.h"

#define TALKING_URL 256

struct talking {
	struct talk talk; /* to be changed as needed before the start */
	struct listen_config config;
	int fail_after; /* the receiver fails behind so many bytes; 0: never */

	/* From the start on */
	char url[TALKING_URL]; /* as ready was told it */
	uint16_t port; /* in it */

	/* After the stop */
	struct buf received, notes; /* notes: a line each */
	struct error error;
	int result;

	pthread_t thread; /* private as what follows */
	pthread_mutex_t lock;
	pthread_cond_t changed;
	bool is_ready, has_ended;
};

/* For a listener at `url`, without a source. */
void talking_init(struct talking *t, const char *url);

/* Start it. Returns when it is ready, or has failed. */
void talking_start(struct talking *t);

/* Wait for its end; at most 20 s. */
void talking_stop(struct talking *t);
void talking_fini(struct talking *t);

/* Wait until it has received `n` bytes; at most 10 s. */
void talking_wait(struct talking *t, size_t n);

/* A blocking socket of `type` that is connected to the port at 127.0.0.1, or at
 * ::1. A read that lasts 10 s fails. */
int talking_connect(const struct talking *t, int family, int type);

/* Send all of it. */
void talking_send(int fd, struct str bytes);

/* Receive to the end, as a heap string; NULL when the connection was reset.
 * `*n` gets the number of bytes when it is not NULL. */
char *talking_receive(int fd, size_t *n);

/* How many descriptors this process has open. */
int talking_descriptors(void);

#endif
