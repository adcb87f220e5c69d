#include "talk/pulse.h"

#include "base/clock.h"
#include "base/limits.h"

void pulse_begin(struct pulse *p)
{
	if (p)
		atomic_store(&p->due, deadline_in(PULSE_GRACE_MS));
}

void pulse_beat(struct pulse *p, size_t n)
{
	int64_t worth = (int64_t)n * 1000000 / LIMIT_CLIENT_SPEED;

	if (p)
		atomic_store(&p->due,
			deadline_earlier(atomic_load(&p->due) + worth,
				deadline_in(PULSE_GRACE_MS)));
}
