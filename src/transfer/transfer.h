/* One URL to its end: requests, redirects, and what goes wrong on the way. */
#ifndef TRANSFER_TRANSFER_H
#define TRANSFER_TRANSFER_H

#include "transfer/facts.h"
#include "transfer/job.h"
#include "transfer/observer.h"
#include "transfer/session.h"

/* Do `job`: heads and body go to `sink`, what happens to `observer` (may be
 * NULL), the rest is in `facts` (initialised by the caller), also on failure.
 * Returns 0 or the negative exit code, its words in `e`. */
int transfer_run(struct session *s, const struct job *job,
	const struct sink_port *sink, const struct observer *observer,
	struct facts *facts, struct error *e) CHECKED;

#endif
