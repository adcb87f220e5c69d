#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>

void log_line(const struct log *log, const char *format, ...)
{
	char line[2048];
	va_list args;
	int n;

	if (!log_wanted(log))
		return;
	va_start(args, format);
	n = vsnprintf(line, sizeof(line), format, args);
	va_end(args);
	if (n >= 0)
		log->line(log->context, line);
}
