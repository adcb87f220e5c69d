/* The messages of SOCKS 4 ("SOCKS: A protocol for TCP proxy across firewalls",
 * Ying-Da Lee) and of its extension 4a. Sans I/O. */
#ifndef PROXY_SOCKS4_H
#define PROXY_SOCKS4_H

#include "base/buf.h"
#include "proxy/socks_target.h"

/* Append a CONNECT request for an IPv4 address, or for a name as 4a has it.
 * `user` is the user id, NULL: an empty one. Returns 0, or -ERR_PROXY, and
 * nothing appended, when user or name are too long or the target is an IPv6
 * address. */
int socks4_request(struct buf *out, const struct socks_target *target,
	const char *user, struct error *e) CHECKED;

/* Judge the reply, of which `in` is what has come so far. Returns 1 when it is
 * whole and the request was granted; 0 when it has to be `*length` bytes long
 * before more can be said, which is never more than it has; -ERR_PROXY with the
 * words for the code when the proxy refuses or this is no SOCKS 4, as soon as
 * that shows. */
int socks4_reply(struct str in, size_t *length, struct error *e) CHECKED;

#endif
