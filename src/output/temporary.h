/* Files that are made beside another one, to take its name when they are whole:
 * what they are called, and that none is left behind by a signal. */
#ifndef OUTPUT_TEMPORARY_H
#define OUTPUT_TEMPORARY_H

#include <sys/types.h>

#include "base/str.h"

struct temporary {
	char *path; /* owned; NULL: there is none */
	int slot; /* private: where a signal handler finds it; -1: nowhere */
};

/* The part of `path` up to and with its last slash, often empty. */
struct str directory_of(const char *path);

/* Make ".NAME.RANDOM.part" of that mode, less the umask, beside the file
 * `path`. Returns its descriptor, for reading and writing, or a negative errno
 * value, and there is none then. */
int temporary_make(struct temporary *t, const char *path, mode_t mode) CHECKED;

/* Remove it, if there is one. */
void temporary_drop(struct temporary *t);

/* It has got another name, or is gone. */
void temporary_forget(struct temporary *t);

/* No signal removes it any more. */
void temporary_keep(struct temporary *t);

/* The program is about to end: remove those that there are (the first 1,024),
 * and let no thread make another one. Async-signal-safe. */
void temporaries_remove(void);

#endif
