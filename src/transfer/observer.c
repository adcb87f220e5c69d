#include "transfer/observer.h"

#include <stdarg.h>
#include <stdio.h>

void observer_decide(const struct observer *o, enum decision_kind kind,
	const char *format, ...)
{
	char text[2048];
	va_list arguments;

	if (!o || !o->ops->decision)
		return;
	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	o->ops->decision(o->context, kind, text);
}

void observer_hear(const struct observer *o, enum head_section section,
	struct str in, bool all, size_t *told)
{
	struct str lines;

	if (!o || !o->ops->head_bytes || *told >= in.n)
		return;
	lines = all ? str_from(in, *told) : head_lines(in, *told);
	if (lines.n)
		o->ops->head_bytes(o->context, section, lines);
	*told += lines.n;
}
