#include "base/clock.h"

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
