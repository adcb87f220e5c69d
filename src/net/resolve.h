/* Names to addresses, with a deadline. */
#ifndef NET_RESOLVE_H
#define NET_RESOLVE_H

#include <netinet/in.h>
#include <stdint.h>
#include <sys/socket.h>

#include "base/error.h"
#include "base/limits.h"

struct address {
	union {
		struct sockaddr any;
		struct sockaddr_in v4;
		struct sockaddr_in6 v6;
	} sa;
	socklen_t n;
};

#define ADDRESS_TEXT 64 /* "fe80::1%eth0" and a NUL */

struct addresses {
	struct address items[LIMIT_ADDRESSES];
	size_t n;
};

/* Resolve `host` (a name or a literal; ports are set to `port`) into `out`, in
 * the order of getaddrinfo. A literal and "localhost" (RFC 6761 section 6.3)
 * ask nobody. `family` is AF_UNSPEC, AF_INET or AF_INET6. getaddrinfo runs in
 * a thread of its own that is left behind when the deadline passes. Returns 0,
 * -ERR_RESOLVE with the resolver's words, -ERR_TIMEOUT. */
int resolve(struct addresses *out, const char *host, uint16_t port, int family,
	int64_t deadline, struct error *e) CHECKED;

/* The numeric form without a port; `*port` gets the port when not NULL. */
void address_text(
	const struct address *a, char out[static ADDRESS_TEXT], uint16_t *port);

#endif
