#include "base/interrupt.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <unistd.h>

#include "base/clock.h"

#define GRACE_US 5000000 /* for all that is still to be finished */
#define WRITE_US 1000000 /* for each that nobody takes */
#define TICK_S 1

struct interrupts {
	atomic_int number; /* 0: none */
	_Atomic int64_t came; /* clock_now() */
	int wake[2]; /* a pipe that is readable from then on; -1: none */
};

static struct interrupts own = { .wake = { -1, -1 } };
static _Atomic(struct interrupts *) noted = &own;

/* --- asking */

static struct interrupts *state(void)
{
	return atomic_load_explicit(&noted, memory_order_relaxed);
}

struct interrupts *interrupt_noted(void)
{
	return state();
}

void interrupt_share(struct interrupts *with)
{
	atomic_store_explicit(&noted, with, memory_order_relaxed);
}

int interrupt_number(void)
{
	return atomic_load_explicit(&state()->number, memory_order_relaxed);
}

int interrupt_check(struct error *e)
{
	switch (interrupt_number()) {
	case 0:
		return 0;
	case SIGHUP:
		return error_set(e, ERR_HANGUP, "Ended by SIGHUP");
	case SIGTERM:
		return error_set(e, ERR_TERMINATED, "Ended by SIGTERM");
	default:
		return error_set(e, ERR_INTERRUPTED, "Interrupted by SIGINT");
	}
}

bool interrupt_is(int error)
{
	return error == -ERR_HANGUP || error == -ERR_INTERRUPTED ||
		error == -ERR_TERMINATED;
}

int64_t interrupt_deadline(void)
{
	return interrupt_number() ? atomic_load(&state()->came) + WRITE_US
				  : DEADLINE_NONE;
}

/* --- waiting */

/* The pipe is watched along with `fds`: between a look at the number and a wait
 * that only the signal itself would end, it could come unnoticed. */
static int poll_woken(
	struct pollfd *fds, nfds_t n, int wake, int timeout, bool *woken)
{
	struct pollfd all[LIMIT_WAITS + 1];
	int ready;

	for (nfds_t i = 0; i < n; i++)
		all[i] = fds[i];
	all[n] = (struct pollfd){ .fd = wake, .events = POLLIN };
	ready = poll(all, n + 1, timeout);
	for (nfds_t i = 0; i < n; i++)
		fds[i].revents = all[i].revents;
	*woken = ready > 0 && all[n].revents;
	return ready;
}

int interrupt_poll(struct pollfd *fds, nfds_t n, int64_t deadline)
{
	int wake = state()->wake[0];

	for (;;) {
		int timeout = deadline_poll(deadline);
		bool woken = false;
		int ready = wake < 0 || n > LIMIT_WAITS
			? poll(fds, n, timeout)
			: poll_woken(fds, n, wake, timeout, &woken);

		if (woken ||
			(ready < 0 && errno == EINTR && interrupt_number())) {
			errno = EINTR;
			return -1;
		}
		if (ready > 0 || (ready < 0 && errno != EINTR))
			return ready;
		if (ready == 0 && (!timeout || !deadline_poll(deadline)))
			return 0;
	}
}

int interrupt_failed(struct error *e)
{
	int system_errno = errno;
	int error = interrupt_check(e);

	return error < 0 ? error
			 : error_set(e, ERR_RECV, "Poll failure: %s",
				   error_system(system_errno));
}

void interrupt_sleep(int64_t deadline)
{
	interrupt_poll(NULL, 0, deadline);
}

/* --- signals */

static void (*clean_up)(void);

/* Its default action is due when the handler that calls this returns. */
static void end_by(int number)
{
	if (clean_up)
		clean_up();
	signal(number, SIG_DFL);
	raise(number);
}

/* Again and again, so that a call that has begun to block when the signal had
 * just been looked for ends too. */
static void on_tick(int tick)
{
	int saved = errno;

	(void)tick;
	if (clock_now() >= atomic_load(&own.came) + GRACE_US)
		end_by(atomic_load(&own.number));
	alarm(TICK_S);
	errno = saved;
}

static void on_signal(int number)
{
	struct sigaction tick = { .sa_handler = on_tick };
	int none = 0, saved = errno;
	ssize_t told;

	if (atomic_load(&own.number) == 0)
		atomic_store(&own.came, clock_now());
	if (!atomic_compare_exchange_strong(&own.number, &none, number)) {
		end_by(number);
		return;
	}
	told = write(own.wake[1], "", 1);
	(void)told;
	sigaction(SIGALRM, &tick, NULL);
	alarm(TICK_S);
	errno = saved;
}

void interrupt_catch(void (*clean)(void))
{
	static const int numbers[] = { SIGINT, SIGTERM, SIGHUP };
	static bool caught;
	struct sigaction action = { .sa_handler = on_signal };

	if (caught)
		return;
	caught = true;
	clean_up = clean;
	if (pipe2(own.wake, O_CLOEXEC | O_NONBLOCK) < 0)
		own.wake[0] = own.wake[1] = -1; /* the ticks have to do */
	for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++) {
		struct sigaction old;

		if (sigaction(numbers[i], NULL, &old) == 0 &&
			old.sa_handler != SIG_IGN)
			sigaction(numbers[i], &action, NULL);
	}
}

void interrupt_wake(pthread_t thread)
{
	if (interrupt_number())
		pthread_kill(thread, SIGALRM);
}

void interrupt_end(void)
{
	int number = interrupt_number();

	if (!number)
		return;
	alarm(0);
	signal(number, SIG_DFL);
	raise(number);
}
