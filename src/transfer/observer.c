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
