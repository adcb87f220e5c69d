/* The way to a peer, layer by layer: the socket, proxies, the PROXY protocol's
 * header, TLS, a tap. */
#ifndef TRANSFER_REACH_H
#define TRANSFER_REACH_H

#include "transfer/connection.h"

/* Connect `c`, which is new, as planned: its stream, times and ends; or to a
 * replay. Returns 0, or as connection_open fails; `c` is to be closed either
 * way. */
int reach(struct connection *c, const struct connection_plan *plan,
	struct error *e) CHECKED;

#endif
