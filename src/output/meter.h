/* The progress meter of transfers that run at once: one line for all. */
#ifndef OUTPUT_METER_H
#define OUTPUT_METER_H

#include <stdatomic.h>

#include "transfer/observer.h"

/* What all have moved so far. The counters are added to by the transfers, the
 * rest belongs to whoever draws. */
struct meter {
	int fd;
	atomic_ullong received, sent; /* body bytes */
	atomic_ullong expected; /* to be received, as far as is known */
	atomic_ulong unknown; /* transfers under way that tell no size */
	atomic_ulong started, ended; /* transfers */
	atomic_bool complete; /* there are no more to start */
	int64_t begun; /* clock_now() */
	struct meter_sample {
		int64_t time;
		uint64_t bytes;
	} samples[6]; /* a ring; the speed is that of the last intervals */
	size_t n_samples;
};

/* One transfer's part in it. */
struct meter_part {
	struct meter *meter; /* NULL: none is shown */
	uint64_t received, sent, expected; /* that the meter knows of */
	uint64_t before; /* received before the count began anew */
	bool sized; /* it knows the size */
};

void meter_init(struct meter *m, int fd);

/* A transfer begins, has moved bytes, is over. Safe in threads; nothing is
 * drawn. */
void meter_join(struct meter_part *part, struct meter *m);
void meter_note(struct meter_part *part, const struct facts *f);

/* An observer that notes what has moved. */
struct observer meter_observer(struct meter_part *part);
void meter_leave(struct meter_part *part, const struct facts *f);

/* The line as it is now, and, the first time, the heading: appended to `out`
 * behind a "\r". */
void meter_line(struct meter *m, struct buf *out);

/* Draw that line; meter_end ends it too. */
void meter_draw(struct meter *m);
void meter_end(struct meter *m);

#endif
