/* A thread for each client of a listener, no more than so many at once. */
#ifndef TALK_WORKERS_H
#define TALK_WORKERS_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"
#include "talk/pulse.h"

struct worker; /* one thread */

struct workers {
	int ended[2]; /* a pipe: [0] is readable when a thread has ended */
	size_t running;
	size_t leaving; /* of them, that were dismissed */
	pthread_mutex_t lock; /* of the rest */
	struct worker *all; /* a list */
};

/* 0, -ERR_TOO_MANY (descriptors are out). */
int workers_init(struct workers *w, struct error *e) CHECKED;

/* All must have been reaped. */
void workers_fini(struct workers *w);

/* What a thread is to do. */
struct work {
	void (*run)(struct worker *worker, void *job);
	void *job;
	int fd; /* its client's socket, which is shut down to be rid of it */
	struct pulse *pulse; /* the client's, in `job` */
	size_t stack; /* bytes */
};

/* Run `work` in a thread. 0; -ERR_TOO_MANY when the system has no thread left,
 * or -ERR_OUT_OF_MEMORY: then the job is still the caller's. To be called by
 * the thread alone that accepts clients: a number that a socket is given anew
 * is no longer that of the client who had it. */
int workers_start(
	struct workers *w, const struct work *work, struct error *e) CHECKED;

/* For the thread: the socket is not to be shut down any more, nor the pulse
 * looked at. NULL is allowed. */
void workers_let_go(struct worker *worker);

/* For the thread: it was dismissed. */
bool workers_dismissed(struct worker *worker);

/* Give up the client whose pulse has been due longest, unless the last one has
 * not left yet. Returns 0, or when it is worth trying again: clock_now(), or
 * DEADLINE_NONE, when a thread has ended. */
int64_t workers_dismiss(struct workers *w);

/* Take back the threads that have ended; w->running says how many have not. */
void workers_reap(struct workers *w);

/* End the conversations of all. */
void workers_interrupt(struct workers *w);

#endif
