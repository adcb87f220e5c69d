#include "transfer/pool.h"

#include <errno.h>
#include <stdlib.h>
#include <time.h>

#include "base/clock.h"
#include "base/limits.h"

#define FIRST_WAIT_MS 1000

/* In the list of a shared pool while it has places or waiting threads. */
struct pool_peer {
	struct connection_key key; /* owns its host */
	size_t places; /* connections in use, idle and being opened */
	size_t opening; /* of them */
	size_t waiting; /* threads */
	bool tried; /* opening one has succeeded or failed by now */
	pthread_cond_t changed;
	struct pool_peer *next;
};

void pool_init(struct pool *p)
{
	*p = (struct pool){ 0 };
	pthread_mutex_init(&p->lock, NULL);
}

void pool_share(struct pool *p, const struct pool_limits *limits)
{
	p->shared = true;
	p->limits = *limits;
}

/* --- peers; all under the lock */

static struct pool_peer *peer_new(const struct connection_key *key)
{
	struct pool_peer *peer = calloc(1, sizeof(*peer));
	pthread_condattr_t monotonic;

	if (!peer)
		return NULL;
	peer->key = *key;
	peer->key.host = str_dup(str_of(key->host));
	if (!peer->key.host) {
		free(peer);
		return NULL;
	}
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&peer->changed, &monotonic);
	pthread_condattr_destroy(&monotonic);
	return peer;
}

static struct pool_peer *peer_find(
	struct pool *p, const struct connection_key *key)
{
	struct pool_peer *peer = p->peers;

	while (peer && !connection_key_equal(&peer->key, key))
		peer = peer->next;
	if (!peer && (peer = peer_new(key))) {
		peer->next = p->peers;
		p->peers = peer;
	}
	return peer;
}

/* Free it once nobody has to do with it. */
static void peer_settle(struct pool *p, struct pool_peer *peer)
{
	struct pool_peer **at = &p->peers;

	if (peer->places || peer->waiting)
		return;
	while (*at != peer)
		at = &(*at)->next;
	*at = peer->next;
	pthread_cond_destroy(&peer->changed);
	free((char *)peer->key.host);
	free(peer);
}

static void peer_vacate(struct pool *p, struct pool_peer *peer)
{
	p->open--;
	peer->places--;
	if (peer->waiting)
		pthread_cond_signal(&peer->changed);
	peer_settle(p, peer);
}

/* How opening a connection ends is what the first ones to come wait for. */
static void peer_tried(struct pool_peer *peer)
{
	peer->opening--;
	peer->tried = true;
	if (peer->waiting)
		pthread_cond_broadcast(&peer->changed);
}

/* --- idle connections; all under the lock */

static struct connection *take_idle(
	struct pool *p, const struct connection_key *key)
{
	struct connection **at = &p->idle, *c;

	while (*at && !connection_key_equal(&(*at)->key, key))
		at = &(*at)->next;
	c = *at;
	if (c) {
		*at = c->next;
		p->n--;
		c->next = NULL;
		c->reused = true;
	}
	return c;
}

static struct connection *take_oldest(struct pool *p)
{
	struct connection **at = &p->idle, *c;

	if (!*at)
		return NULL;
	while ((*at)->next)
		at = &(*at)->next;
	c = *at;
	*at = NULL;
	p->n--;
	if (c->place)
		peer_vacate(p, c->place);
	c->place = NULL;
	return c;
}

void pool_fini(struct pool *p)
{
	struct connection *c;

	while ((c = take_oldest(p)))
		connection_close(c);
	pthread_mutex_destroy(&p->lock);
}

/* --- places */

static bool is_full(const struct pool *p, const struct pool_peer *peer)
{
	return p->limits.peer && peer->places >= p->limits.peer;
}

static bool is_first_opening(const struct pool *p, const struct pool_peer *peer)
{
	return !p->limits.at_once && !peer->tried && peer->opening;
}

/* False when `until` has passed. */
static bool wait_for(struct pool *p, struct pool_peer *peer, int64_t until)
{
	struct timespec time = { .tv_sec = (time_t)(until / 1000000),
		.tv_nsec = (long)(until % 1000000) * 1000 };
	int failed;

	peer->waiting++;
	if (until == DEADLINE_NONE)
		failed = pthread_cond_wait(&peer->changed, &p->lock);
	else
		failed = pthread_cond_timedwait(
			&peer->changed, &p->lock, &time);
	peer->waiting--;
	return failed != ETIMEDOUT;
}

/* Under the lock; see pool_take. `*oldest` gets a connection to close. */
static int find_place(struct pool *p, const struct connection_key *key,
	bool urgent, int64_t deadline, struct connection **c,
	struct pool_peer **place, struct connection **oldest, struct error *e)
{
	struct pool_peer *peer = peer_find(p, key);
	int64_t first = p->limits.at_once ? 0 : deadline_in(FIRST_WAIT_MS);
	bool in_time = true;

	if (!peer)
		return error_memory(e);
	while (!(*c = take_idle(p, key)) && !urgent) {
		if (is_full(p, peer)) {
			if (!in_time) {
				peer_settle(p, peer);
				return error_set(e, ERR_TIMEOUT,
					"no connection to %s became free",
					key->host);
			}
			in_time = wait_for(p, peer, deadline);
		} else if (in_time && is_first_opening(p, peer)) {
			if (!wait_for(
				    p, peer, deadline_earlier(first, deadline)))
				in_time = clock_now() < deadline;
			urgent = clock_now() >= first && !is_full(p, peer);
		} else {
			break;
		}
	}
	if (*c)
		return 0;
	if (p->open >= p->limits.all)
		*oldest = take_oldest(p);
	peer->places++;
	peer->opening++;
	p->open++;
	*place = peer;
	return 0;
}

int pool_take(struct pool *p, const struct connection_key *key, bool urgent,
	int64_t deadline, struct connection **c, struct pool_peer **place,
	struct error *e)
{
	struct connection *oldest = NULL;
	int error = 0;

	*c = NULL;
	*place = NULL;
	pthread_mutex_lock(&p->lock);
	if (p->shared)
		error = find_place(
			p, key, urgent, deadline, c, place, &oldest, e);
	else
		*c = take_idle(p, key);
	pthread_mutex_unlock(&p->lock);
	connection_close(oldest);
	return error;
}

void pool_register(
	struct pool *p, struct connection *c, struct pool_peer *place)
{
	pthread_mutex_lock(&p->lock);
	c->id = p->next_id++;
	c->place = place;
	if (place)
		peer_tried(place);
	pthread_mutex_unlock(&p->lock);
}

void pool_forgo(struct pool *p, struct pool_peer *place)
{
	if (!place)
		return;
	pthread_mutex_lock(&p->lock);
	peer_tried(place);
	peer_vacate(p, place);
	pthread_mutex_unlock(&p->lock);
}

void pool_give(struct pool *p, struct connection *c)
{
	struct connection *oldest = NULL;
	size_t most = p->shared ? p->limits.all : LIMIT_POOL_IDLE;

	connection_compact(c);
	pthread_mutex_lock(&p->lock);
	c->next = p->idle;
	p->idle = c;
	if (c->place && c->place->waiting)
		pthread_cond_signal(&c->place->changed);
	if (++p->n > most)
		oldest = take_oldest(p);
	pthread_mutex_unlock(&p->lock);
	connection_close(oldest);
}

void pool_close(struct pool *p, struct connection *c)
{
	if (!c)
		return;
	if (c->place) {
		pthread_mutex_lock(&p->lock);
		peer_vacate(p, c->place);
		pthread_mutex_unlock(&p->lock);
	}
	connection_close(c);
}

struct pool_peer *pool_replace(struct pool *p, struct connection *c)
{
	struct pool_peer *place = c->place;

	connection_close(c);
	if (place) {
		pthread_mutex_lock(&p->lock);
		place->opening++;
		pthread_mutex_unlock(&p->lock);
	}
	return place;
}
