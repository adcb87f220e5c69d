/* A thread for each client of a listener, no more than so many at once. */
#ifndef TALK_WORKERS_H
#define TALK_WORKERS_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

#include "base/error.h"

struct worker; /* one thread */

struct workers {
	int ended[2]; /* a pipe: [0] is readable when a thread has ended */
	size_t running;
	pthread_mutex_t lock; /* of the rest */
	struct worker *all; /* a list */
	bool interrupted;
};

/* 0, -ERR_TOO_MANY (descriptors are out). */
int workers_init(struct workers *w, struct error *e) CHECKED;

/* All must have been reaped. */
void workers_fini(struct workers *w);

/* Run `work` in a thread with `stack` bytes of stack. 0; -ERR_TOO_MANY when the
 * system has no thread left, or -ERR_OUT_OF_MEMORY: then `job` is still the
 * caller's. */
int workers_start(struct workers *w, void (*work)(struct worker *, void *job),
	void *job, size_t stack, struct error *e) CHECKED;

/* For the thread: `fd`, a socket, is shut down by workers_interrupt, at once if
 * that was called before, until workers_let_go is called. */
void workers_hold(struct worker *worker, int fd);
void workers_let_go(struct worker *worker);

/* Take back the threads that have ended; w->running says how many have not. */
void workers_reap(struct workers *w);

/* End the conversations of all. */
void workers_interrupt(struct workers *w);

#endif
