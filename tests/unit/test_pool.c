#include "transfer/pool.h"

#include <pthread.h>

#include "base/clock.h"
#include "support/table.h"

static void no_close(struct stream *s)
{
	free(s);
}

static struct connection *make(const struct connection_key *key)
{
	static const struct stream_ops ops = { .close = no_close };
	struct connection *c = calloc(1, sizeof(*c));

	assert_non_null(c);
	c->stream = calloc(1, sizeof(*c->stream));
	assert_non_null(c->stream);
	c->stream->ops = &ops;
	c->key = *key;
	c->key.host = str_dup(str_of(key->host));
	buf_init(&c->in, 16);
	return c;
}

static const struct connection_key key_a = { .host = "a", .port = 80 };
static const struct connection_key key_b = { .host = "b", .port = 80 };

/* --- in one thread: "a" and "b" take (a small letter) or give back (a capital)
 * a connection to that host, 'x' closes one to a, 'y' replaces it, and 'f'
 * fails to open one to a */

struct take_row {
	const char *name;
	bool shared;
	struct pool_limits limits;
	const char *steps;
	const char *got; /* for each that is taken: 'n'ew, 'r'eused, 't'imeout
			  */
	size_t idle; /* in the end */
};

#define AT_ONCE(all, peer)        \
	{                         \
		all, (peer), true \
	}

static const struct take_row take_rows[] = {
	{ "alone", false, { 0 }, "aA", "n", 1 },
	{ "alone, again", false, { 0 }, "aAa", "nr", 0 },
	{ "alone, another host", false, { 0 }, "aAb", "nn", 1 },
	{ "alone, the oldest of six is closed", false, { 0 }, "bBaaaaaAAAAAb",
		"nnnnnnn", 5 },
	{ "shared", true, AT_ONCE(10, 0), "aAa", "nr", 0 },
	{ "shared, more are kept", true, AT_ONCE(10, 0), "bBaaaaaAAAAAb",
		"nnnnnnr", 5 },
	{ "room is made for a new one", true, AT_ONCE(2, 0), "aAbBb", "nnr",
		1 },
	{ "room is made for two", true, AT_ONCE(2, 0), "aAbBbb", "nnrn", 0 },
	{ "a limit for a peer", true, AT_ONCE(10, 2), "aaa", "nnt", 0 },
	{ "the limit is each peer's", true, AT_ONCE(10, 1), "abab", "nntt", 0 },
	{ "idle ones count and are taken", true, AT_ONCE(10, 1), "aAaA", "nr",
		1 },
	{ "a closed one does not count", true, AT_ONCE(10, 1), "axa", "nn", 0 },
	{ "one that was not opened does not count", true, AT_ONCE(10, 1), "fa",
		"n", 0 },
	{ "one that takes another's place", true, AT_ONCE(10, 1), "aya", "nt",
		0 },
};

struct held {
	struct connection *all[32];
	size_t n;
};

static struct connection *find(struct held *held, const char *host)
{
	for (size_t i = 0; i < held->n; i++)
		if (strcmp(held->all[i]->key.host, host) == 0) {
			struct connection *c = held->all[i];

			held->all[i] = held->all[--held->n];
			return c;
		}
	fail_msg("no connection to %s is held", host);
	return NULL;
}

static char take(
	struct pool *p, struct held *held, const struct connection_key *key)
{
	struct pool_peer *place;
	struct connection *c;
	struct error e = { 0 };
	bool reused;

	if (pool_take(p, key, false, clock_now() + 1000, &c, &place, &e) < 0) {
		assert_int_equal(e.code, ERR_TIMEOUT);
		return 't';
	}
	reused = c != NULL;
	if (reused) {
		assert_true(c->reused);
		assert_null(place);
	} else {
		assert_int_equal(place != NULL, p->shared);
		c = make(key);
		pool_register(p, c, place);
	}
	held->all[held->n++] = c;
	return reused ? 'r' : 'n';
}

static void do_step(
	struct pool *p, struct held *held, char what, struct buf *got)
{
	struct pool_peer *place;
	struct connection *c;
	struct error e = { 0 };

	switch (what) {
	case 'a':
		buf_add_char(got, take(p, held, &key_a));
		break;
	case 'b':
		buf_add_char(got, take(p, held, &key_b));
		break;
	case 'A':
		pool_give(p, find(held, "a"));
		break;
	case 'B':
		pool_give(p, find(held, "b"));
		break;
	case 'x':
		pool_close(p, find(held, "a"));
		break;
	case 'y':
		place = pool_replace(p, find(held, "a"));
		c = make(&key_a);
		pool_register(p, c, place);
		held->all[held->n++] = c;
		break;
	case 'f':
		assert_int_equal(pool_take(p, &key_a, false, DEADLINE_NONE, &c,
					 &place, &e),
			0);
		assert_null(c);
		pool_forgo(p, place);
		break;
	}
}

static void test_take(const void *data)
{
	const struct take_row *row = data;
	struct held held = { .n = 0 };
	struct pool p;
	struct buf got;

	pool_init(&p);
	buf_init(&got, 64);
	if (row->shared)
		pool_share(&p, &row->limits);
	for (const char *step = row->steps; *step; step++)
		do_step(&p, &held, *step, &got);
	assert_string_equal(buf_text(&got), row->got);
	assert_int_equal(p.n, row->idle);
	while (held.n)
		pool_close(&p, held.all[--held.n]);
	pool_fini(&p);
	assert_null(p.peers);
	assert_int_equal(p.open, 0);
	buf_fini(&got);
}

/* --- with a second thread, which takes a connection to a */

struct other {
	struct pool *p;
	bool urgent;
	struct connection *c;
	struct pool_peer *place;
	int error;
};

static void *run_other(void *argument)
{
	struct other *o = argument;
	struct error e = { 0 };

	o->error = pool_take(
		o->p, &key_a, o->urgent, DEADLINE_NONE, &o->c, &o->place, &e);
	return NULL;
}

enum ending { GIVEN, CLOSED, REGISTERED, FORGONE, NEVER };

struct wait_row {
	const char *name;
	struct pool_limits limits;
	bool urgent;
	bool opening; /* the first thread's connection is being opened */
	enum ending ending;
	bool reused; /* what the second thread gets */
};

static const struct wait_row wait_rows[] = {
	{ "a place: given back", { 10, 1, true }, false, false, GIVEN, true },
	{ "a place: closed", { 10, 1, true }, false, false, CLOSED, false },
	{ "a place: not opened", { 10, 1, true }, false, true, FORGONE, false },
	{ "the first: opened", { 10, 0, false }, false, true, REGISTERED,
		false },
	{ "the first: failed", { 10, 0, false }, false, true, FORGONE, false },
	{ "the first: for a while only", { 10, 0, false }, false, true, NEVER,
		false },
	{ "at once", { 10, 0, true }, false, true, NEVER, false },
	{ "nothing, once one was opened", { 10, 0, false }, false, false, NEVER,
		false },
	{ "nothing, being urgent", { 10, 1, false }, true, true, NEVER, false },
};

static void end_first(struct pool *p, struct connection **c,
	struct pool_peer *place, enum ending ending)
{
	switch (ending) {
	case GIVEN:
		pool_give(p, *c);
		*c = NULL;
		break;
	case CLOSED:
		pool_close(p, *c);
		*c = NULL;
		break;
	case REGISTERED:
		*c = make(&key_a);
		pool_register(p, *c, place);
		break;
	case FORGONE:
		pool_forgo(p, place);
		break;
	case NEVER:
		break;
	}
}

static void test_wait(const void *data)
{
	const struct wait_row *row = data;
	struct pool_peer *place;
	struct connection *c;
	struct error e = { 0 };
	struct pool p;
	struct other other = { .p = &p, .urgent = row->urgent };
	pthread_t thread;

	pool_init(&p);
	pool_share(&p, &row->limits);
	assert_int_equal(
		pool_take(&p, &key_a, false, DEADLINE_NONE, &c, &place, &e), 0);
	assert_null(c);
	if (!row->opening) {
		c = make(&key_a);
		pool_register(&p, c, place);
	}
	assert_int_equal(pthread_create(&thread, NULL, run_other, &other), 0);
	end_first(&p, &c, place, row->ending);
	pthread_join(thread, NULL);
	assert_int_equal(other.error, 0);
	assert_int_equal(other.c != NULL, row->reused);
	pool_forgo(&p, other.place);
	pool_close(&p, other.c);
	pool_close(&p, c);
	if (row->opening && row->ending == NEVER)
		pool_forgo(&p, place);
	pool_fini(&p);
	assert_null(p.peers);
}

/* --- many threads over few connections */

#define THREADS 8
#define ROUNDS 200
#define PLACES 3

struct crowd {
	struct pool p;
	pthread_mutex_t lock;
	int using, most;
};

static void *use(void *argument)
{
	struct crowd *crowd = argument;

	for (int i = 0; i < ROUNDS; i++) {
		struct pool_peer *place;
		struct connection *c;
		struct error e = { 0 };

		if (pool_take(&crowd->p, &key_a, false, DEADLINE_NONE, &c,
			    &place, &e) < 0)
			return crowd;
		if (!c) {
			c = make(&key_a);
			pool_register(&crowd->p, c, place);
		}
		pthread_mutex_lock(&crowd->lock);
		if (++crowd->using > crowd->most)
			crowd->most = crowd->using;
		pthread_mutex_unlock(&crowd->lock);
		pthread_mutex_lock(&crowd->lock);
		crowd->using --;
		pthread_mutex_unlock(&crowd->lock);
		if (i % 7 == 0)
			pool_close(&crowd->p, c);
		else
			pool_give(&crowd->p, c);
	}
	return NULL;
}

static void test_crowd(const void *row)
{
	const struct pool_limits limits = { 10, PLACES, false };
	struct crowd crowd = { .most = 0 };
	pthread_t threads[THREADS];

	(void)row;
	pool_init(&crowd.p);
	pool_share(&crowd.p, &limits);
	pthread_mutex_init(&crowd.lock, NULL);
	for (int i = 0; i < THREADS; i++)
		assert_int_equal(
			pthread_create(&threads[i], NULL, use, &crowd), 0);
	for (int i = 0; i < THREADS; i++) {
		void *failed;

		pthread_join(threads[i], &failed);
		assert_null(failed);
	}
	assert_in_range(crowd.most, 1, PLACES);
	pool_fini(&crowd.p);
	assert_null(crowd.p.peers);
	pthread_mutex_destroy(&crowd.lock);
}

int main(void)
{
	const struct table tables[] = {
		TABLE("pool_take", take_rows, test_take),
		TABLE("pool_take waits for", wait_rows, test_wait),
		SINGLE("pool_take in many threads", test_crowd),
	};

	return table_run("pool", tables, sizeof(tables) / sizeof(tables[0]));
}
