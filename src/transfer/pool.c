#include "transfer/pool.h"

#include "base/limits.h"

void pool_init(struct pool *p)
{
	*p = (struct pool){ 0 };
	pthread_mutex_init(&p->lock, NULL);
}

void pool_fini(struct pool *p)
{
	while (p->idle) {
		struct connection *c = p->idle;

		p->idle = c->next;
		connection_close(c);
	}
	pthread_mutex_destroy(&p->lock);
}

static bool key_equal(
	const struct connection_key *a, const struct connection_key *b)
{
	return a->port == b->port && a->tls == b->tls &&
		strcmp(a->host, b->host) == 0 &&
		route_equal(&a->route, &b->route);
}

struct connection *pool_take(struct pool *p, const struct connection_key *key)
{
	struct connection **at, *c;

	pthread_mutex_lock(&p->lock);
	for (at = &p->idle; *at; at = &(*at)->next)
		if (key_equal(&(*at)->key, key))
			break;
	c = *at;
	if (c) {
		*at = c->next;
		p->n--;
		c->next = NULL;
		c->reused = true;
	}
	pthread_mutex_unlock(&p->lock);
	return c;
}

static struct connection *unlink_oldest(struct pool *p)
{
	struct connection **at = &p->idle, *c;

	while ((*at)->next)
		at = &(*at)->next;
	c = *at;
	*at = NULL;
	p->n--;
	return c;
}

void pool_give(struct pool *p, struct connection *c)
{
	struct connection *oldest = NULL;

	connection_compact(c);
	pthread_mutex_lock(&p->lock);
	c->next = p->idle;
	p->idle = c;
	if (++p->n > LIMIT_POOL_IDLE)
		oldest = unlink_oldest(p);
	pthread_mutex_unlock(&p->lock);
	connection_close(oldest);
}

void pool_register(struct pool *p, struct connection *c)
{
	pthread_mutex_lock(&p->lock);
	c->id = p->next_id++;
	pthread_mutex_unlock(&p->lock);
}
