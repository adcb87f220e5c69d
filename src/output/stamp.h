/* What stands in front of the lines of -v and of traces: the time, and which
 * transfer and connection they tell of. */
#ifndef OUTPUT_STAMP_H
#define OUTPUT_STAMP_H

#include "base/buf.h"

struct stamp {
	bool time; /* --trace-time */
	bool ids; /* --trace-ids */
	long transfer; /* counted from 0 */
	const long *connection; /* -1: there is none yet; NULL: likewise */
};

/* Append "12:34:56.123456 " (local time) and "[0-1] ", as they are wanted. */
void stamp_add(const struct stamp *stamp, struct buf *out);

#endif
