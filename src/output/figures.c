#include "output/figures.h"

#define SECOND INT64_C(1000000)

void figures_count(struct buf *out, uint64_t n)
{
	static const char units[] = "kMGTPE";
	uint64_t whole = n, tenths = 0;
	size_t unit = 0;

	if (n < 100000) {
		buf_printf(out, "%5u", (unsigned)n);
		return;
	}
	while (unit == 0 || whole > 9999) {
		tenths = (whole % 1024) * 10 / 1024;
		whole /= 1024;
		unit++;
	}
	if (whole < 100)
		buf_printf(out, "%2u.%u%c", (unsigned)whole, (unsigned)tenths,
			units[unit - 1]);
	else
		buf_printf(out, "%4u%c", (unsigned)whole, units[unit - 1]);
}

void figures_time(struct buf *out, uint64_t seconds)
{
	uint64_t hours = seconds / 3600;

	if (seconds == 0)
		buf_add_text(out, "--:--:--");
	else if (hours < 100)
		buf_printf(out, "%2u:%02u:%02u", (unsigned)hours,
			(unsigned)(seconds / 60 % 60),
			(unsigned)(seconds % 60));
	else if (hours / 24 < 1000)
		buf_printf(out, "%3ud %02uh", (unsigned)(hours / 24),
			(unsigned)(hours % 24));
	else if (hours / 24 < 10000000)
		buf_printf(out, "%7ud", (unsigned)(hours / 24));
	else
		buf_add_text(out, "--:--:--");
}

uint64_t figures_speed(uint64_t bytes, int64_t us)
{
	double speed = us > 0 ? (double)bytes * SECOND / (double)us : 0;

	return speed < (double)UINT64_MAX ? (uint64_t)speed : UINT64_MAX;
}
