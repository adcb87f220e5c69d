/* The content of a response once it is off its framing: decoded, measured, and
 * told to the observer and the sink. */
#ifndef TRANSFER_CONTENT_H
#define TRANSFER_CONTENT_H

#include "http/coding.h"
#include "transfer/body.h"

struct content {
	struct exchange *exchange;
	const struct body_plan *plan;
	struct coding *coding; /* NULL: identity */
	uint64_t discarded; /* bytes, with plan->discard */
};

/* Begin, with decoders for the content codings of the head and then the
 * transfer codings, as the plan has it (RFC 9110 section 8.4, RFC 9112 section
 * 7); both are borrowed. content_fini is due. Returns 0 or as coding_new; an
 * unknown content coding is noted among the findings. */
int content_init(struct content *c, struct exchange *x,
	const struct body_plan *plan, struct error *e) CHECKED;
void content_fini(struct content *c);

/* Take the next bytes. Returns 0, -ERR_TOO_LARGE, -ERR_TIMEOUT, what
 * coding_decode or the sink fails with. */
int content_take(struct content *c, const struct iovec *iov, int n,
	struct error *e) CHECKED;

/* No more will come: 0, or as coding_decode does. */
int content_end(struct content *c, struct error *e) CHECKED;

/* `size` bytes are what is going to be kept: 0, or -ERR_TOO_LARGE when the plan
 * has a lower maximum. */
int content_check_size(
	const struct content *c, uint64_t size, struct error *e) CHECKED;

#endif
