/* One request and its response within a transfer: redirects, rounds of
 * authentication and connections that died make several of them. */
#ifndef TRANSFER_HOP_H
#define TRANSFER_HOP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"
#include "net/resolve.h"
#include "proxy/proxy.h"
#include "url/url.h"

/* Why a hop is made. */
enum hop_reason {
	HOP_FIRST,
	HOP_REDIRECT,
	HOP_AUTHENTICATION, /* with other credentials, for a 401 */
	HOP_EXPECTATION_FAILED, /* without Expect, for a 417 */
	HOP_UNCHALLENGED, /* with the body, as nobody asked for credentials */
	HOP_PIPELINED, /* a raw request that was sent behind another one */
	HOP_CONNECTION_DIED /* a reused connection turned out closed */
};

/* What is known of a hop, more of it with each event. Times are those of
 * clock_now(), 0 for what has not happened; bytes of this hop alone. */
struct hop {
	unsigned number; /* from 0 */
	enum hop_reason reason;
	const struct url *url; /* borrowed for the hop */
	struct str method; /* likewise */
	int64_t began; /* before a connection was looked for */
	int64_t began_wall; /* the same, microseconds since 1970 */

	/* When there is a connection */
	long connection_id; /* -1: none yet */
	bool reused; /* then the times below are 0 */
	int64_t resolved, connected;
	int64_t passed; /* the proxies let us through; 0: there were none */
	int64_t secured;
	char peer_ip[ADDRESS_TEXT], local_ip[ADDRESS_TEXT];
	uint16_t peer_port, local_port;

	const struct proxy *proxy; /* NULL: none; outlives the hop */
	bool tunnelled; /* through it, rather than asked of it */
	int connect_status; /* of its last answer to CONNECT; 0: none */

	int64_t ready; /* the request began to go out */
	int64_t sent; /* it was out */
	int64_t first_byte; /* of the answer */
	int64_t ended;

	int status; /* of the final head; 0: none */
	uint64_t head_out, body_out; /* bytes; the body without chunk lines */
	uint64_t tunnel_in; /* heads of answers to CONNECT */
	uint64_t head_in; /* all heads of the answer, trailers too */
	uint64_t body_in; /* content as it came: off the framing, coded */
	uint64_t content; /* decoded */
};

#endif
