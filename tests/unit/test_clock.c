#include "base/clock.h"

#include <limits.h>
#include <poll.h>
#include <stdbool.h>
#include <time.h>

#include "support/table.h"

static void test_now(const void *data)
{
	int64_t last = clock_now(), first = last;

	(void)data;
	for (int i = 0; i < 10000; i++) {
		int64_t now = clock_now();

		assert_true(now >= last);
		last = now;
	}
	poll(NULL, 0, 20);
	assert_true(clock_now() - first >= 20000);
}

static void test_wall(const void *data)
{
	int64_t before = (int64_t)time(NULL), now = clock_wall();

	(void)data;
	/* time(2) may lag behind by a tick. */
	assert_in_range(now / 1000000, before, (int64_t)time(NULL) + 1);
}

static const struct zone_row {
	const char *name, *zone;
	int64_t wall;
	int ahead;
} zone_rows[] = {
	{ "UTC", "UTC0", 1700000000, 0 },
	{ "India", "IST-5:30", 1700000000, 19800 },
	{ "New York in winter", "EST5EDT,M3.2.0,M11.1.0", 1700000000, -18000 },
	{ "New York in summer", "EST5EDT,M3.2.0,M11.1.0", 1690000000, -14400 },
	{ "the last second of winter", "EST5EDT,M3.2.0,M11.1.0", 1678604399,
		-18000 },
	{ "the first second of summer", "EST5EDT,M3.2.0,M11.1.0", 1678604400,
		-14400 },
	{ "the last second of summer", "EST5EDT,M3.2.0,M11.1.0", 1699163999,
		-14400 },
	{ "the first second of winter", "EST5EDT,M3.2.0,M11.1.0", 1699164000,
		-18000 },
	{ "summer in the south", "AEST-10AEDT,M10.1.0,M4.1.0/3", 1700000000,
		39600 },
	{ "1970", "IST-5:30", 0, 19800 },
};

static void test_zone(const void *data)
{
	const struct zone_row *row = data;

	setenv("TZ", row->zone, 1);
	assert_int_equal(clock_zone(row->wall), row->ahead);
	unsetenv("TZ");
}

static const struct in_row {
	const char *name;
	int64_t ms;
	bool none;
} in_rows[] = {
	{ "a while", 1500, false },
	{ "a millisecond", 1, false },
	{ "a century", INT64_C(3155760000000), false },
	{ "zero", 0, true },
	{ "negative", -5, true },
	{ "the least", INT64_MIN, true },
	{ "more than the clock can say", INT64_MAX, true },
	{ "overflow by the present", INT64_MAX / 1000, true },
};

static void test_in(const void *data)
{
	const struct in_row *row = data;
	int64_t before = clock_now(), deadline = deadline_in(row->ms);

	if (row->none) {
		assert_true(deadline == DEADLINE_NONE);
		return;
	}
	assert_true(deadline >= before + row->ms * 1000);
	assert_true(deadline <= clock_now() + row->ms * 1000);
}

static void test_earlier(const void *data)
{
	(void)data;
	assert_int_equal(deadline_earlier(1, 2), 1);
	assert_int_equal(deadline_earlier(2, 1), 1);
	assert_int_equal(deadline_earlier(DEADLINE_NONE, 5), 5);
	assert_true(deadline_earlier(DEADLINE_NONE, DEADLINE_NONE) ==
		DEADLINE_NONE);
}

static void test_poll(const void *data)
{
	int64_t now = clock_now();
	int ms;

	(void)data;
	assert_int_equal(deadline_poll(DEADLINE_NONE), -1);
	assert_int_equal(deadline_poll(now), 0);
	assert_int_equal(deadline_poll(0), 0);
	assert_int_equal(deadline_poll(INT64_MAX - 1), INT_MAX);
	ms = deadline_poll(clock_now() + 3600 * INT64_C(1000000));
	assert_in_range(ms, 3600 * 1000 - 10000, 3600 * 1000);
}

/* A poll that has timed out is never before the deadline. */
static void test_poll_is_no_spin(const void *data)
{
	(void)data;
	for (int i = 1; i <= 20; i++) {
		int64_t deadline = clock_now() + i * 137;
		int ms = deadline_poll(deadline);

		if (clock_now() < deadline)
			assert_true(ms >= 1);
		poll(NULL, 0, ms);
		assert_true(clock_now() >= deadline);
		assert_int_equal(deadline_poll(deadline), 0);
	}
}

static const struct table tables[] = {
	SINGLE("clock_now", test_now),
	SINGLE("clock_wall", test_wall),
	TABLE("clock_zone", zone_rows, test_zone),
	TABLE("deadline_in", in_rows, test_in),
	SINGLE("deadline_earlier", test_earlier),
	SINGLE("deadline_poll", test_poll),
	SINGLE("deadline_poll is rounded up", test_poll_is_no_spin),
};

int main(void)
{
	return table_run("clock", tables, sizeof(tables) / sizeof(tables[0]));
}
