/* --dry-run: the bytes of a request, handed to the sink instead of a server. */
#ifndef TRANSFER_DRY_RUN_H
#define TRANSFER_DRY_RUN_H

#include "transfer/transfer_state.h"

/* Write the request of this hop, `m` with its body, or the raw one, to the
 * sink, exactly as it would go out. Returns 0; what the body's source or the
 * sink fails with; -ERR_TIMEOUT when the body does not come in time. */
int dry_run(
	struct transfer *t, const struct message *m, struct error *e) CHECKED;

#endif
