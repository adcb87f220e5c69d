/* Conditional requests: the time of -z, entity-tags (RFC 9110 sections 8.8 and
 * 13). */
#ifndef POLICY_CONDITION_H
#define POLICY_CONDITION_H

#include "base/buf.h"
#include "http/head.h"

enum condition_kind {
	CONDITION_NONE,
	CONDITION_NEWER, /* If-Modified-Since */
	CONDITION_OLDER, /* If-Unmodified-Since */
	CONDITION_LAST_MODIFIED /* Last-Modified, as curl has it for "=" */
};

struct condition {
	enum condition_kind kind;
	int64_t when; /* seconds since 1970, of a year from 0 to 9999 */
};

/* Append the field line that asks for it, without a line end. Nothing for
 * CONDITION_NONE. */
void condition_write(struct buf *out, const struct condition *condition);

/* Whether a response should have been "not modified": its Last-Modified does
 * not satisfy the condition, and the server has not looked. False when it has
 * no such date, or is no success. */
bool condition_unmet(
	const struct condition *condition, const struct head *head);

/* The entity-tag in the content of a file that --etag-save wrote: its first
 * line, without blanks around it. */
struct str etag_from_file(struct str content);

/* An entity-tag that promises the same bytes (RFC 9110 section 8.8.1): quoted,
 * not weak, well formed. */
bool etag_is_strong(struct str etag);

#endif
