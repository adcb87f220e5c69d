/* What an answer means for a download that goes on at an offset (RFC 9110
 * sections 14.2 and 15.3.7). */
#ifndef POLICY_RESUME_H
#define POLICY_RESUME_H

#include "http/head.h"
#include "http/range.h"

struct resume {
	uint64_t offset; /* asked for; 0: nothing is there yet */
	struct str validator; /* what went into If-Range, an entity-tag or a
			       * date; {NULL, 0}: nothing */
	bool whole_will_do; /* so may all of it come, from its beginning */
	bool decodes; /* content codings are undone */
	bool transcript; /* whoever reads the output sees the head too */
};

enum resume_verdict {
	RESUME_GOES_ON, /* the body is what is missing: `range` says which */
	RESUME_BEGINS, /* the body is all of it, from its beginning */
	RESUME_COMPLETE /* nothing is missing; the body is to be ignored */
};

/* Judge the head of the final answer; `length` is the Content-Length, or
 * RANGE_UNKNOWN. A 206 that begins at the offset goes on, but not one that
 * counts coded bytes where decoded ones are. Complete is what a 416 is the
 * answer to that says that the whole is as long as the offset, or in a
 * transcript does not say otherwise, as curl has it; an answer with a body of
 * just that length, of a server that knows no ranges, where the whole will do
 * under its validator only; and one that has no body (204, 304). All else is
 * -ERR_RANGE: nothing of it may get into the file; but where nothing is there
 * yet, or the whole will do, a success begins it. */
int resume_judge(const struct resume *resume, const struct head *head,
	uint64_t length, struct content_range *range, struct error *e) CHECKED;

/* The body of a RESUME_GOES_ON had `received` bytes. Returns 0, or -ERR_PARTIAL
 * when they are not those of the range, or the range ends before the whole
 * does. */
int resume_check(const struct content_range *range, uint64_t received,
	struct error *e) CHECKED;

#endif
