#include "output/stamp.h"

#include "base/clock.h"

#define SECOND INT64_C(1000000)
#define DAY (24 * 60 * 60)

static void add_time(struct buf *out, int64_t now)
{
	int64_t local = now / SECOND + clock_zone(now / SECOND);
	int second = (int)((local % DAY + DAY) % DAY);

	buf_printf(out, "%02d:%02d:%02d.%06d ", second / 3600, second / 60 % 60,
		second % 60, (int)(now % SECOND));
}

void stamp_add(const struct stamp *stamp, struct buf *out)
{
	if (stamp->time)
		add_time(out, clock_wall());
	if (!stamp->ids)
		return;
	if (stamp->connection && *stamp->connection >= 0)
		buf_printf(
			out, "[%ld-%ld] ", stamp->transfer, *stamp->connection);
	else
		buf_printf(out, "[%ld-x] ", stamp->transfer);
}
