/* What --retry makes of the part of a body that came before it broke off: it is
 * taken back, kept until all comes again, or gone on from. */
#ifndef CLI_SALVAGE_H
#define CLI_SALVAGE_H

#include "cli/attempts.h"

/* The body of `head` is about to be handed on. Returns 0; -ERR_RESUME or
 * -ERR_RANGE when it is not what may stand behind, or in the place of, what has
 * been kept; or what the sink fails with. */
int salvage_head(
	struct attempts *a, const struct head *head, struct error *e) CHECKED;

/* An attempt that was to bring a rest has ended well: 0, or -ERR_RESUME when
 * nothing of it came. `status` is that of its answer. */
int salvage_check(struct attempts *a, int status, struct error *e) CHECKED;

/* Another attempt follows: make the output and the request ready, with what is
 * in the output `whole` or even `wrong`. Returns 0; 1 when there can be no
 * other attempt, which has been told; or a negative error. */
int salvage_prepare(struct attempts *a, enum retry_reason reason, bool whole,
	bool wrong, struct error *e) CHECKED;

#endif
