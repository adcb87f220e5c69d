#include "base/error.h"

#include <stdio.h>
#include <string.h>

#include "base/compat.h"

int error_set(struct error *e, int code, const char *format, ...)
{
	va_list args;

	if (!e)
		return -code;
	e->code = code;
	e->refused = false;
	va_start(args, format);
	if (vsnprintf(e->text, sizeof(e->text), format, args) < 0)
		e->text[0] = '\0';
	va_end(args);
	return -code;
}

void error_add(struct error *e, const char *format, ...)
{
	va_list args;
	size_t n;

	if (!e)
		return;
	n = strlen(e->text);
	va_start(args, format);
	if (vsnprintf(e->text + n, sizeof(e->text) - n, format, args) < 0)
		e->text[n] = '\0';
	va_end(args);
}

int error_memory(struct error *e)
{
	return error_set(e, ERR_OUT_OF_MEMORY, "no memory is left");
}

const char *error_phrase(int code)
{
	switch (code) {
#define ERROR(name, number, phrase, explanation) \
	case ERR_##name:                         \
		return phrase;
#include "base/errors.def"
#undef ERROR
	}
	return "Unknown error";
}

const char *error_system(int system_errno)
{
	const char *words = compat_errno_words(system_errno);

	return words ? words : "Unknown system error";
}
