/* Where a layer tells what it does, one line at a time, for -v and the like.
 * A log without a function is silent and costs a comparison. */
#ifndef BASE_LOG_H
#define BASE_LOG_H

#include <stdbool.h>

struct log {
	/* One line without its newline; `line` is gone when this returns. */
	void (*line)(void *context, const char *line);
	void *context;
};

static inline bool log_wanted(const struct log *log)
{
	return log && log->line;
}

/* Format a line of at most 2 KiB and hand it on; nothing when not wanted. */
void log_line(const struct log *log, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif
