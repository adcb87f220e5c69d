#include "base/interrupt.h"

#include <errno.h>
#include <signal.h>
#include <unistd.h>

#include "base/clock.h"
#include "support/table.h"

static void clean(void)
{
}

static void on_other(int number)
{
	(void)number;
}

/* In this order: what a signal has done stays so. */
static void test_before(const void *row)
{
	struct error e = { 0 };
	int64_t start = clock_now();

	(void)row;
	assert_int_equal(interrupt_number(), 0);
	assert_int_equal(interrupt_check(&e), 0);
	assert_int_equal(e.code, 0);
	assert_true(interrupt_deadline() == DEADLINE_NONE);
	assert_int_equal(interrupt_poll(NULL, 0, start + 20000), 0);
	assert_true(clock_now() >= start + 20000);
	interrupt_wake(pthread_self()); /* nobody asked for it */
	interrupt_end();
}

/* Any other signal does not end a wait before its time. */
static void test_other_signal(const void *row)
{
	struct sigaction action = { .sa_handler = on_other };
	int64_t start = clock_now();

	(void)row;
	interrupt_catch(clean);
	interrupt_catch(clean);
	sigaction(SIGALRM, &action, NULL);
	ualarm(1000, 0);
	assert_int_equal(interrupt_poll(NULL, 0, start + 50000), 0);
	assert_true(clock_now() >= start + 50000);
}

static void test_ready(const void *row)
{
	int ends[2];
	struct pollfd fd;

	(void)row;
	assert_int_equal(pipe(ends), 0);
	fd = (struct pollfd){ .fd = ends[0], .events = POLLIN };
	assert_int_equal(interrupt_poll(&fd, 1, clock_now()), 0);
	assert_int_equal(fd.revents, 0);
	assert_int_equal(write(ends[1], "", 1), 1);
	assert_int_equal(interrupt_poll(&fd, 1, DEADLINE_NONE), 1);
	assert_int_equal(fd.revents, POLLIN);
	close(ends[0]);
	close(ends[1]);
}

static void test_after(const void *row)
{
	struct error e = { 0 };

	(void)row;
	raise(SIGTERM);
	assert_int_equal(interrupt_number(), SIGTERM);
	assert_int_equal(interrupt_check(&e), -ERR_TERMINATED);
	assert_int_equal(e.code, 128 + SIGTERM);
	assert_true(interrupt_is(-e.code));
	assert_false(interrupt_is(-ERR_TIMEOUT));
	assert_int_equal(interrupt_poll(NULL, 0, DEADLINE_NONE), -1);
	assert_int_equal(errno, EINTR);
	assert_true(interrupt_deadline() < clock_now() + 1000001);
	interrupt_sleep(clock_now() + 3600 * INT64_C(1000000));
	interrupt_share(interrupt_noted());
	assert_int_equal(interrupt_number(), SIGTERM);
	alarm(0);
}

int main(void)
{
	const struct table tables[] = {
		SINGLE("before a signal", test_before),
		SINGLE("another signal", test_other_signal),
		SINGLE("a descriptor that is ready", test_ready),
		SINGLE("after it", test_after),
	};

	return table_run(
		"interrupt", tables, sizeof(tables) / sizeof(tables[0]));
}
