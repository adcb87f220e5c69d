/* What the head of the last answer says of what was asked for: all, a part, or
 * something newer. */
#ifndef TRANSFER_VERDICT_H
#define TRANSFER_VERDICT_H

#include "http/framing.h"
#include "policy/resume.h"
#include "transfer/job.h"

struct verdict {
	bool ignore_body; /* nothing of it is to be handed on */
	bool unmodified; /* as with 304 (Not Modified), real or simulated */
	struct content_range part; /* satisfied: what the body has to be */
};

/* Reach it. Returns 0 or -ERR_RANGE: what was asked for does not come. */
int verdict_reach(struct verdict *v, const struct job *job,
	const struct head *head, const struct framing *framing,
	struct error *e) CHECKED;

#endif
