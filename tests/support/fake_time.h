/* A clock that only goes on when somebody waits, and waits that take no time:
 * for programs linked with -Wl,--wrap=clock_gettime,--wrap=poll,
 * --wrap=__poll_chk. The same input then takes the same time whenever it is
 * run. */
#ifndef TESTS_SUPPORT_FAKE_TIME_H
#define TESTS_SUPPORT_FAKE_TIME_H

#include <stdint.h>

/* Start again, on 2026-01-01T00:00:00Z. */
void fake_time_reset(void);

/* So many microseconds pass. */
void fake_time_pass(int64_t us);

#endif
