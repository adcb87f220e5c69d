/* The monotonic clock, and deadlines: absolute times on it. Everything that can
 * wait takes a deadline, so no wait is ever started afresh by a trickle of
 * bytes. Times are microseconds. */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include <stdint.h>

#define DEADLINE_NONE INT64_MAX

/* Microseconds on the monotonic clock; only differences mean anything. */
int64_t clock_now(void);

/* Microseconds since 1970-01-01T00:00:00Z. */
int64_t clock_wall(void);

/* Seconds since then. */
static inline int64_t clock_seconds(void)
{
	return clock_wall() / 1000000;
}

/* Seconds that local time is ahead of UTC at `wall`, seconds since 1970. */
int clock_zone(int64_t wall);

/* `ms` milliseconds from now; 0 or less means DEADLINE_NONE. */
int64_t deadline_in(int64_t ms);

/* The earlier of two deadlines. */
static inline int64_t deadline_earlier(int64_t a, int64_t b)
{
	return a < b ? a : b;
}

/* The timeout for poll(2): -1 for DEADLINE_NONE, 0 when it has passed, else the
 * milliseconds left, rounded up so that poll never spins before it. */
int deadline_poll(int64_t deadline);

#endif
