#include "base/clock.h"

#include <errno.h>
#include <limits.h>
#include <time.h>

static int64_t read_clock(clockid_t id)
{
	struct timespec t = { 0 };

	clock_gettime(id, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

int64_t clock_now(void)
{
	return read_clock(CLOCK_MONOTONIC);
}

int64_t clock_wall(void)
{
	return read_clock(CLOCK_REALTIME);
}

/* mktime, for it keeps its result where its caller says. It takes a local time,
 * here a standard one, and gives back what the clocks show then. */
int clock_zone(int64_t wall)
{
	struct tm civil = { .tm_year = 70 };
	int64_t standard = 0;

	for (int i = 0; i < 2; i++) {
		int64_t local = wall + standard;

		civil = (struct tm){ .tm_year = 70,
			.tm_mday = 1 + (int)(local / 86400),
			.tm_sec = (int)(local % 86400) };
		standard = local - (int64_t)mktime(&civil);
	}
	return (int)civil.tm_gmtoff;
}

int64_t deadline_in(int64_t ms)
{
	int64_t now;

	if (ms <= 0)
		return DEADLINE_NONE;
	now = clock_now();
	if (ms > (DEADLINE_NONE - now) / 1000)
		return DEADLINE_NONE;
	return now + ms * 1000;
}

int deadline_poll(int64_t deadline)
{
	int64_t left, ms;

	if (deadline == DEADLINE_NONE)
		return -1;
	left = deadline - clock_now();
	if (left <= 0)
		return 0;
	ms = (left - 1) / 1000 + 1;
	return ms > INT_MAX ? INT_MAX : (int)ms;
}

void clock_sleep(int64_t deadline)
{
	struct timespec t = { .tv_sec = (time_t)(deadline / 1000000),
		.tv_nsec = (long)(deadline % 1000000) * 1000 };

	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &t, NULL) ==
		EINTR)
		;
}
