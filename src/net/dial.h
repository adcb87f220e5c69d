/* From a host and a port to a connected stream: resolve, happy eyeballs
 * (RFC 8305), socket options. */
#ifndef NET_DIAL_H
#define NET_DIAL_H

#include <stdbool.h>

#include "base/log.h"
#include "net/names.h"
#include "net/resolve.h"
#include "net/route.h"
#include "net/stream.h"

struct net_config {
	int family; /* AF_UNSPEC, AF_INET (-4), AF_INET6 (-6) */
	int64_t connect_timeout_ms; /* name to TLS ready; 0: curl's 300 s */
	int64_t eyeballs_ms; /* before the other family is tried; 0: 250 */
	bool no_delay_off; /* leave Nagle's algorithm on */
	bool keepalive_off;
	int keepalive_s; /* idle time and interval; 0: 60 */
	const char *interface; /* to connect from: a name, if!NAME or
				* host!ADDRESS; NULL: any */
	uint16_t local_port, local_port_last; /* the same, a range; 0: any */
	const struct names *names; /* asked before the resolver; NULL: none */
	const struct detour *detours; /* --connect-to */
	size_t n_detours;
	const char *socket; /* a Unix socket instead of TCP; NULL: none */
	bool want_local; /* fill dial_result.local */
	struct log log;
	const struct tap *tap; /* is told of what passes over HTTP connections;
				* NULL: nobody */
	struct replay *replay; /* takes their place; NULL: nothing does */
};

/* Whether a connection that was made with `a` is what `b` asks for: the local
 * end, the family, the socket's options and who watches. Where it leads to is
 * left out (dial_route and `names` say that of a host), and so are times. */
bool net_config_shared(const struct net_config *a, const struct net_config *b);

/* One address that was tried. */
struct dial_attempt {
	struct address address;
	int64_t start, end; /* clock_now(); end is 0 while it runs */
	int error; /* an errno value; 0 for the winner; ECANCELED when another
		    * one won */
};

struct dial_result {
	struct stream *stream;
	struct addresses found; /* in the order in which they are tried */
	struct dial_attempt attempts[LIMIT_ADDRESSES];
	size_t n_attempts;
	int64_t started, resolved, connected; /* clock_now() */
	struct address local; /* n is 0 unless want_local */
	struct address peer; /* n is 0 on a Unix socket */
};

/* The route that `config` has for `host` at `port`. */
struct route dial_route(
	const struct net_config *config, const char *host, uint16_t port);

/* The addresses of `host` at `port` where its route leads: those that the user
 * has named, else the resolver's. Returns as resolve. */
int dial_addresses(struct addresses *found, const struct net_config *config,
	const char *host, uint16_t port, int64_t deadline,
	struct error *e) CHECKED;

/* Connect to `host` at `port`, or to where its route leads. Returns 0 with
 * r->stream set; or -ERR_RESOLVE, -ERR_CONNECT (the message names every address
 * tried and why it failed), -ERR_INTERFACE (the local end cannot be had),
 * -ERR_TIMEOUT for the earlier of connect_timeout_ms and `deadline`, or when
 * the system gave up waiting. r->attempts is filled either way. Families
 * alternate, the one getaddrinfo prefers first, the next address 250 ms later
 * or as soon as one fails; the first to connect wins. By way of a Unix socket
 * it is as unix_connect. */
int dial_tcp(struct dial_result *r, const struct net_config *config,
	const char *host, uint16_t port, int64_t deadline,
	struct error *e) CHECKED;

/* The end of the connection `fd` that is here, for whoever did not want it when
 * it was made. False, and local->n is 0, when the system does not say. */
bool dial_local(int fd, struct address *local);

#endif
