/* One error space: exit codes. A function that can fail returns 0 or positive
 * for success and a negative ERR_ code for failure, the words in `struct
 * error`. */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

#include <stdarg.h>
#include <stdbool.h>

#include "base/checked.h"
#include "base/limits.h"

enum error_code {
#define ERROR(name, number, phrase, explanation) ERR_##name = number,
#include "base/errors.def"
#undef ERROR
};

struct error {
	int code; /* an ERR_ code, 0 while nothing has failed */
	/* "what happened: the detail", one line; those of a glob may have a
	 * picture below it that points to the place. */
	char text[LIMIT_ERROR_TEXT];
	bool refused; /* of ERR_CONNECT: a peer refused the connection */
};

/* Fill `e` (which may be NULL) and return -code, so that a failing function
 * says `return error_set(e, ERR_RECV, "...")`. The text is cut at
 * LIMIT_ERROR_TEXT - 1 bytes. It may hold bytes from a peer; who prints it to a
 * terminal escapes it. */
int error_set(struct error *e, int code, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* Append to the text of a filled error, as ": detail" or "; hint". */
void error_add(struct error *e, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* error_set(ERR_OUT_OF_MEMORY) in the standard words. */
int error_memory(struct error *e);

/* The phrase of errors.def for a positive code ("Couldn't resolve host"), or
 * "Unknown error". */
const char *error_phrase(int code);

/* The system's words for an errno value, in the C locale ("Connection
 * refused"); needs no freeing and is safe in threads. */
const char *error_system(int system_errno);

#endif
