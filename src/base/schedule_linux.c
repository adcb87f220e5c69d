#include "base/schedule.h"

#ifdef __linux__

#include <sched.h>

void schedule_for_throughput(void)
{
	const struct sched_param none = { .sched_priority = 0 };

	/* What the user has chosen stays. */
	if (sched_getscheduler(0) == SCHED_OTHER)
		sched_setscheduler(0, SCHED_BATCH, &none);
}

#endif
