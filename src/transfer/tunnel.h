/* Asking an HTTP proxy for a tunnel on behalf of a transfer: the CONNECT
 * requests, and what their answers mean. */
#ifndef TRANSFER_TUNNEL_H
#define TRANSFER_TUNNEL_H

#include "transfer/transfer_state.h"

struct tunnel {
	struct transfer *transfer;
	const struct connection_key *key; /* of the connection through it */
};

/* For connect_tunnel, with a struct tunnel as the asker. Heads of answers go to
 * the sink, unless the user wants none of them, and to the observer, like the
 * requests; findings to the observer. */
extern const struct connect_ops tunnel_ops;

#endif
