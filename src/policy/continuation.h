/* Going on with a body that broke off, where what has come of it cannot be
 * taken back: only as the same bytes of the same representation (RFC 9110
 * sections 13.1.5 and 14). */
#ifndef POLICY_CONTINUATION_H
#define POLICY_CONTINUATION_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "http/head.h"

#define CONTINUATION_UNKNOWN UINT64_MAX

/* What the first answer said of its representation; owned. */
struct continuation {
	struct buf validator; /* a strong entity tag, or a date that is strong;
			       * empty: there is none */
	bool tag; /* it is an entity tag */
	struct buf mark; /* the entity tag, were it weak, or else the date, were
			  * it young; empty: there is neither */
	bool mark_is_tag;
	bool coded; /* it was decoded: bytes handed on are not those counted */
	uint64_t length; /* of the whole; CONTINUATION_UNKNOWN */
	const char *obstacle; /* why it cannot be continued; static; NULL */
};

void continuation_init(struct continuation *c);
void continuation_fini(struct continuation *c);

/* Take down what `head` says, that of an answer whose body follows. `coded`: a
 * content coding in it will be undone, so that the bytes handed on are not
 * those that a range counts. */
void continuation_note(
	struct continuation *c, const struct head *head, bool coded);

/* Whether a part of which nothing was to be held against its version has one
 * all the same, and another one: an entity tag (compared weakly, RFC 9110
 * section 8.8.3.2) or a date that differs. */
bool continuation_differs(
	const struct continuation *c, const struct head *head);

enum continuation_answer {
	CONTINUATION_REST, /* the bytes from the offset on */
	CONTINUATION_WHOLE, /* the same representation from its beginning */
	CONTINUATION_OTHER /* not what was asked for */
};

/* What an answer to a request for the bytes from `offset` on is, which had the
 * validator in If-Range. */
enum continuation_answer continuation_answer(const struct continuation *c,
	const struct head *head, uint64_t offset, bool coded);

#endif
