/* Idle connections, kept for the next request to the same peer. */
#ifndef TRANSFER_POOL_H
#define TRANSFER_POOL_H

#include <pthread.h>

#include "transfer/connection.h"

struct pool {
	pthread_mutex_t lock;
	struct connection *idle; /* the most recently used first */
	size_t n;
	long next_id;
};

void pool_init(struct pool *p);

/* Closes what is idle. */
void pool_fini(struct pool *p);

/* Take an idle connection for that key out of the pool, the caller's from now
 * on and marked reused; NULL when there is none. Whether the peer has closed it
 * meanwhile is not looked at. */
struct connection *pool_take(struct pool *p, const struct connection_key *key);

/* Keep an idle connection whose response was read to its end. The one that was
 * idle longest is closed when there are more than LIMIT_POOL_IDLE. */
void pool_give(struct pool *p, struct connection *c);

/* Number a connection that was opened. */
void pool_register(struct pool *p, struct connection *c);

#endif
