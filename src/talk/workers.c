#include "talk/workers.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"

#include "base/interrupt.h"

struct worker {
	struct workers *owner;
	struct worker *next;
	pthread_t thread;
	struct work work; /* its fd is -1 when it is not to be shut down */
	bool ended, dismissed;
};

static int out_of(const char *what, int system_errno, struct error *e)
{
	return error_set(e, ERR_TOO_MANY, "there is no %s for a client: %s",
		what, error_system(system_errno));
}

int workers_init(struct workers *w, struct error *e)
{
	*w = (struct workers){ .running = 0 };
	if (pipe(w->ended) < 0)
		return out_of("pipe", errno, e);
	for (int i = 0; i < 2; i++)
		if (fcntl(w->ended[i], F_SETFD, FD_CLOEXEC) < 0 ||
			fcntl(w->ended[i], F_SETFL, O_NONBLOCK) < 0) {
			int error = errno;

			close(w->ended[0]);
			close(w->ended[1]);
			return out_of("pipe", error, e);
		}
	pthread_mutex_init(&w->lock, NULL);
	return 0;
}

void workers_fini(struct workers *w)
{
	close(w->ended[0]);
	close(w->ended[1]);
	pthread_mutex_destroy(&w->lock);
}

static void *run(void *argument)
{
	struct worker *worker = argument;
	struct workers *w = worker->owner;
	ssize_t told;

	worker->work.run(worker, worker->work.job);
	pthread_mutex_lock(&w->lock);
	worker->ended = true;
	/* A full pipe is readable, and that is all it has to be. */
	told = write(w->ended[1], "", 1);
	pthread_mutex_unlock(&w->lock);
	(void)told;
	return NULL;
}

static int create(struct worker *worker)
{
	pthread_attr_t attributes;
	int error = pthread_attr_init(&attributes);

	if (error)
		return error;
	/* A system whose least is more has its default. */
	pthread_attr_setstacksize(&attributes, worker->work.stack);
	error = pthread_create(&worker->thread, &attributes, run, worker);
	pthread_attr_destroy(&attributes);
	return error;
}

/* Whoever had that number has closed it. */
static void forget(struct workers *w, int fd)
{
	for (struct worker *worker = w->all; worker; worker = worker->next)
		if (worker->work.fd == fd)
			worker->work.fd = -1;
}

int workers_start(struct workers *w, const struct work *work, struct error *e)
{
	struct worker *worker = calloc(1, sizeof(*worker));
	int error;

	if (!worker)
		return error_memory(e);
	*worker = (struct worker){ .owner = w, .work = *work };
	/* The thread waits at its end for the lock, so it is in the list by the
	 * time it is looked for. */
	pthread_mutex_lock(&w->lock);
	forget(w, work->fd);
	error = create(worker);
	if (error == 0) {
		worker->next = w->all;
		w->all = worker;
		w->running++;
	}
	pthread_mutex_unlock(&w->lock);
	if (error == 0)
		return 0;
	free(worker);
	return out_of("thread", error, e);
}

void workers_let_go(struct worker *worker)
{
	if (!worker)
		return;
	pthread_mutex_lock(&worker->owner->lock);
	worker->work.fd = -1;
	pthread_mutex_unlock(&worker->owner->lock);
}

bool workers_dismissed(struct worker *worker)
{
	bool dismissed;

	pthread_mutex_lock(&worker->owner->lock);
	dismissed = worker->dismissed;
	pthread_mutex_unlock(&worker->owner->lock);
	return dismissed;
}

/* The one that has been due longest, or will be first. */
static struct worker *find_due(const struct workers *w, int64_t *due)
{
	struct worker *found = NULL;

	*due = DEADLINE_NONE;
	for (struct worker *worker = w->all; worker; worker = worker->next)
		if (worker->work.fd >= 0 &&
			atomic_load(&worker->work.pulse->due) < *due) {
			*due = atomic_load(&worker->work.pulse->due);
			found = worker;
		}
	return found;
}

int64_t workers_dismiss(struct workers *w)
{
	struct worker *worker;
	int64_t due = DEADLINE_NONE;

	pthread_mutex_lock(&w->lock);
	worker = w->leaving ? NULL : find_due(w, &due);
	if (worker && due <= clock_now()) {
		shutdown(worker->work.fd, SHUT_RDWR);
		worker->work.fd = -1;
		worker->dismissed = true;
		w->leaving++;
		due = 0;
	}
	pthread_mutex_unlock(&w->lock);
	return due;
}

/* Take the threads that have ended out of the list. */
static struct worker *take_ended(struct workers *w)
{
	struct worker *taken = NULL, **at = &w->all;

	pthread_mutex_lock(&w->lock);
	while (*at) {
		struct worker *worker = *at;

		if (!worker->ended) {
			at = &worker->next;
			continue;
		}
		*at = worker->next;
		worker->next = taken;
		taken = worker;
		w->running--;
		w->leaving -= worker->dismissed;
	}
	pthread_mutex_unlock(&w->lock);
	return taken;
}

void workers_reap(struct workers *w)
{
	char told[64];
	struct worker *ended;

	while (read(w->ended[0], told, sizeof(told)) > 0)
		continue;
	ended = take_ended(w);
	while (ended) {
		struct worker *worker = ended;

		ended = worker->next;
		pthread_join(worker->thread, NULL);
		free(worker);
	}
}

void workers_interrupt(struct workers *w)
{
	pthread_mutex_lock(&w->lock);
	for (struct worker *worker = w->all; worker; worker = worker->next) {
		if (worker->work.fd >= 0)
			shutdown(worker->work.fd, SHUT_RDWR);
		if (!worker->ended)
			interrupt_wake(worker->thread);
	}
	pthread_mutex_unlock(&w->lock);
}
