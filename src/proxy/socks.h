/* SOCKS 4, 4a and 5 (RFC 1928, RFC 1929 for the password): the client's side of
 * the handshake. */
#ifndef PROXY_SOCKS_H
#define PROXY_SOCKS_H

#include "net/dial.h"
#include "proxy/proxy.h"

/* The addresses of a host that is resolved here, one of which a proxy is asked
 * for. All zero at first. */
struct socks_choice {
	struct addresses found; /* those that may be used */
	size_t at; /* the one for the next call */
	bool again; /* the proxy could not reach the one of the last call, and
		     * `at` is another */
};

/* Ask the SOCKS proxy `p` over `s`, which is connected to it, for a connection
 * to `host` (a name or an address, no brackets) at `port`. SOCKS 4 and 5
 * resolve a name here, by the names and the family of `net`, where SOCKS 4 has
 * IPv4 only; 4a and 5h leave it to the proxy. An address is sent as one,
 * without its zone; one of IPv6 to 4a as a name. SOCKS 5 is asked for the
 * address that `choice` has come to, the first one when it is NULL; when the
 * reply means that another may be had (RFC 1928 section 6: general failure,
 * network or host unreachable, connection refused, address type not supported)
 * choice->again is set, and the next call, over another connection to the
 * proxy, asks for that. The detours and the socket of `net` are not looked at.
 * An empty user counts as none, and SOCKS 4 sends no password. No more is read
 * than the handshake, so that what follows is the peer's. net->log is told of
 * the steps.
 *
 * Returns 0; -ERR_PROXY when the proxy refuses (with its reason in words), asks
 * for what is not known, breaks the protocol or closes, or when user, password
 * or host are too long for it; -ERR_RESOLVE; -ERR_TIMEOUT; -ERR_SEND,
 * -ERR_RECV. */
int socks_connect(struct stream *s, const struct proxy *p,
	const struct net_config *net, const char *host, uint16_t port,
	struct socks_choice *choice, int64_t deadline, struct error *e) CHECKED;

#endif
