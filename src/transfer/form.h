/* Forms: trees of parts, to be sent as multipart/form-data (RFC 7578). */
#ifndef TRANSFER_FORM_H
#define TRANSFER_FORM_H

#include "base/buf.h"
#include "transfer/form_encode.h"

#define FORM_DEPTH_MAX 100 /* multiparts within one another */

enum form_content {
	FORM_BYTES, /* in memory */
	FORM_FILE,
	FORM_PARTS /* a multipart (RFC 2046 section 5.1) */
};

/* A part; its strings are on the heap and its own, and NULL where it has none.
 */
struct form_part {
	char *name;
	char *file_name; /* as it is sent */
	char *type; /* the media type; NULL: that of `fields`, or guessed */
	struct buf fields; /* more field lines, each with its CRLF */
	enum form_encoding encoding; /* not of FORM_PARTS */

	enum form_content content;
	struct buf bytes; /* of FORM_BYTES */
	char *path; /* of FORM_FILE: read when its turn has come */
	int fd; /* the regular file to read where `path` is NULL; borrowed */
	uint64_t start; /* the offset in `fd` to begin at */
	struct form_part *first, *last; /* of FORM_PARTS */

	struct form_part *parent, *next;
};

struct form {
	struct form_part root; /* the multipart that all are in */
	struct form_part *open; /* the one that is being filled */
	size_t depth; /* of `open` below the root */
};

/* An empty form. It must not be moved. */
void form_init(struct form *form);

/* With all of its parts. */
void form_fini(struct form *form);

/* A part without anything, of no bytes; NULL when memory is out. */
struct form_part *form_part_new(void) CHECKED;
void form_part_free(struct form_part *part);

/* Put `part` behind the others of `parent`, which owns it then. */
void form_part_add(struct form_part *parent, struct form_part *part);

/* Put `part`, a multipart, into the one that is being filled, and fill it from
 * now on. False, and `part` is still the caller's, when FORM_DEPTH_MAX is
 * reached. */
bool form_open(struct form *form, struct form_part *part);

/* Go on with what surrounds the multipart that is being filled. False when that
 * is the form itself. */
bool form_close(struct form *form);

/* The value of the last of the part's own field lines of that name, in either
 * case; false when there is none. */
bool form_part_field(
	const struct form_part *part, struct str name, struct str *value);

#endif
