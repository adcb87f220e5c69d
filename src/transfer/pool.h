/* Connections: the idle ones, kept for the next request to the same peer, and
 * how many there may be when several transfers run at once. */
#ifndef TRANSFER_POOL_H
#define TRANSFER_POOL_H

#include <pthread.h>

#include "transfer/connection.h"

/* For transfers that run at once. */
struct pool_limits {
	size_t all; /* of all connections; idle ones are closed to make room */
	size_t peer; /* of those to one peer: others wait; 0: no limit */
	bool at_once; /* do not wait for the first connection to a peer */
};

struct pool_peer; /* a peer that connections are open to, or being opened */

struct pool {
	pthread_mutex_t lock;
	struct connection *idle; /* the most recently used first */
	size_t n; /* of them */
	long next_id;
	bool shared; /* by transfers that run at once; else what follows is 0 */
	struct pool_limits limits;
	struct pool_peer *peers;
	size_t open; /* connections in use, idle, and being opened */
};

void pool_init(struct pool *p);

/* Closes what is idle. */
void pool_fini(struct pool *p);

/* Several transfers are going to use the pool at once. To be called before any
 * of them begins. */
void pool_share(struct pool *p, const struct pool_limits *limits);

/* A connection to that peer: an idle one in `*c`, the caller's from now on and
 * marked reused (whether the peer has closed it meanwhile is not looked at); or
 * NULL there, when the caller is to open one.
 *
 * In a shared pool `*place` is then what pool_register or pool_forgo is due
 * with, and there is a wait: while limits.peer connections are in use, and, for
 * a second at most, while the first connection to the peer is being opened:
 * those that come after it may find it idle, and resume its TLS session.
 * `urgent` callers never wait. Returns 0, or -ERR_TIMEOUT after `deadline`. */
int pool_take(struct pool *p, const struct connection_key *key, bool urgent,
	int64_t deadline, struct connection **c, struct pool_peer **place,
	struct error *e) CHECKED;

/* Number a connection that was opened, and let it have the place. */
void pool_register(
	struct pool *p, struct connection *c, struct pool_peer *place);

/* None could be opened: give the place back. NULL is allowed. */
void pool_forgo(struct pool *p, struct pool_peer *place);

/* Keep an idle connection whose response was read to its end. The one that was
 * idle longest is closed when there are too many (LIMIT_POOL_IDLE, when the
 * pool is not shared). */
void pool_give(struct pool *p, struct connection *c);

/* Close a connection that the pool was told of. NULL is allowed. */
void pool_close(struct pool *p, struct connection *c);

/* Close it, and return its place for the one that is to be opened instead. */
struct pool_peer *pool_replace(struct pool *p, struct connection *c);

#endif
