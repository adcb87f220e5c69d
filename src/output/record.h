/* What is kept of a response beside its body: the name it suggests (-J), the
 * entity-tag (--etag-save), its time (-R), extended attributes (--xattr). */
#ifndef OUTPUT_RECORD_H
#define OUTPUT_RECORD_H

#include "base/buf.h"
#include "http/head.h"

/* record_init before the first head. */
struct record {
	int status; /* of the last response; 0: none has come */
	struct buf disposition; /* the name in Content-Disposition; empty: none
				 */
	struct buf location; /* that of the last redirect that was followed */
	struct buf etag; /* empty: none */
	struct buf media_type; /* of Content-Type, without parameters */
	bool has_modified;
	int64_t modified; /* Last-Modified, seconds since 1970 */
};

void record_init(struct record *r);
void record_fini(struct record *r);

/* Take what a head says; what an earlier one has said is forgotten, but for the
 * name in Location when redirects are followed (`follows`), as long as no later
 * one has a better. Interim heads say
 * nothing. Returns 0 or -ERR_OUT_OF_MEMORY. */
int record_head(struct record *r, const struct head *head, bool follows,
	struct error *e) CHECKED;

/* The name that the server suggests, one harmless path component; {NULL, 0}
 * when it suggests none. */
struct str record_name(const struct record *r);

/* Write the entity-tag and a line end into the file `path` ("-": standard
 * output), which is made empty when there is none. A response that is neither a
 * success nor a 304 with an entity-tag leaves the file alone. `safe`: a
 * terminal gets it escaped. Returns 0 or -ERR_WRITE. */
int record_save_etag(const struct record *r, const char *path, bool create_dirs,
	bool safe, struct error *e) CHECKED;

/* Give the open file `fd` the attributes that --xattr is about: the two URLs
 * (NULL: none) without credentials, media type, entity-tag. False, and errno,
 * when one could not be set. */
bool record_attributes(const struct record *r, int fd, const char *origin,
	const char *referrer);

#endif
