#include "support/fake_time.h"

#include <poll.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#define START 1767225600 /* seconds since 1970 */
#define TICK 10 /* microseconds that looking at the clock takes */

static _Atomic int64_t passed; /* microseconds */

int __real_poll(struct pollfd *fds, nfds_t n, int timeout);
int __wrap_poll(struct pollfd *fds, nfds_t n, int timeout);
int __wrap___poll_chk(
	struct pollfd *fds, nfds_t n, int timeout, size_t fds_size);
int __wrap_clock_gettime(clockid_t id, struct timespec *t);

void fake_time_reset(void)
{
	atomic_store(&passed, 0);
}

void fake_time_pass(int64_t us)
{
	atomic_fetch_add(&passed, us);
}

/* All clocks show the same. */
int __wrap_clock_gettime(clockid_t id, struct timespec *t)
{
	int64_t us = atomic_fetch_add(&passed, TICK) + TICK;

	(void)id;
	t->tv_sec = START + us / 1000000;
	t->tv_nsec = us % 1000000 * 1000;
	return 0;
}

/* What is not ready now never will be, for nobody is at the other end. */
int __wrap_poll(struct pollfd *fds, nfds_t n, int timeout)
{
	int ready = __real_poll(fds, n, 0);

	if (ready == 0 && timeout < 0) {
		fputs("fake_time: a wait without an end\n", stderr);
		abort();
	}
	if (ready == 0)
		fake_time_pass((int64_t)timeout * 1000);
	return ready;
}

/* The same, fortified. */
int __wrap___poll_chk(
	struct pollfd *fds, nfds_t n, int timeout, size_t fds_size)
{
	(void)fds_size;
	return __wrap_poll(fds, n, timeout);
}
