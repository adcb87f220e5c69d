#include "base/schedule.h"

/* POSIX has no such policy. */
#ifndef __linux__

void schedule_for_throughput(void)
{
}

#endif
