/* --raw-request: bytes of the user's own over a connection, and the responses
 * to them. */
#ifndef TRANSFER_RAW_H
#define TRANSFER_RAW_H

#include "transfer/transfer_state.h"

/* The method of the first request in it; GET where it has none. Borrows. */
struct str raw_method(const struct raw_request *raw);

/* Send the job's raw request over a new connection and hand the responses to
 * the sink, one for each request that can be told apart in it (see
 * http/request_list.h), heads and bodies. Redirects are not followed. Returns
 * 0, or what connecting, sending and receiving fail with; -ERR_EMPTY_REPLY
 * names the request that was not answered. */
int raw_run(struct transfer *t, struct error *e) CHECKED;

#endif
