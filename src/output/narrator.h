/* Whole lines onto a descriptor that others write to as well: a progress meter
 * that stands in the way, a terminal that must not be controlled. */
#ifndef OUTPUT_NARRATOR_H
#define OUTPUT_NARRATOR_H

#include "base/buf.h"
#include "output/progress.h"

struct narrator {
	int fd;
	bool safe; /* escape what the peer sent: fd is a terminal */
	bool secrets; /* --show-secrets */
	struct progress *progress; /* may be NULL */
};

#define NARRATOR_LIMIT (2 * LIMIT_REQUEST_HEAD) /* bytes at a time */

/* Write whole lines in one piece. What does not fit the memory, or cannot be
 * written, is not shown: telling of a transfer must not end it. */
void narrator_write(const struct narrator *n, const struct buf *lines);

/* Append `head` as it may be shown: with `secrets` as it is, else redacted. */
void narrator_add_head(
	const struct narrator *n, struct buf *out, struct str head);

/* The same for a head that comes bit by bit, whole lines but for its last one.
 * `*secret` is kept from one to the next: the last field was one to redact,
 * and so are lines that continue it. */
void narrator_add_part(const struct narrator *n, struct buf *out,
	struct str lines, bool *secret);

/* Append each line of `text` behind a mark such as "> "; the last one gets a
 * line end when it has none. */
void narrator_add_lines(struct buf *out, struct str mark, struct str text);

#endif
