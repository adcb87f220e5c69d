#include <limits.h>

#include "base/clock.h"

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
