/* What stands under a name that is to be written to, and how much of it a new
 * file in its place would change. */
#ifndef OUTPUT_PLACE_H
#define OUTPUT_PLACE_H

#include <stdbool.h>
#include <sys/stat.h>

#include "base/checked.h"

enum place_kind {
	PLACE_FREE, /* there is nothing */
	PLACE_FILE, /* a file: renaming over it does no more than writing to it
		     */
	PLACE_SHARED, /* a file whose other names, owner, access control list
		       * or mount point a new one would not have */
	PLACE_OTHER /* no regular file, one that cannot be written, or what
		     * cannot be known: it can only be opened as it is */
};

struct place {
	enum place_kind kind;
	char *path; /* owned; where the name leads to by its symbolic links;
		     * NULL: it has none */
	struct stat st; /* of PLACE_FILE and PLACE_SHARED */
};

/* Find out. Only memory that is out is an error: -ENOMEM, else 0. `place->path`
 * is the caller's to free. */
int place_look(struct place *place, const char *path) CHECKED;

/* Whether files can be made and renamed beside `path`; errno says why not. */
bool place_has_room(const char *path) CHECKED;

#endif
