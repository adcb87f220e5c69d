#include "transfer/transfer_state.h"

#include <stdlib.h>

#include "base/clock.h"
#include "transfer/tell.h"
#include "transfer/tunnel.h"

/* --- telling of hops */

void transfer_begin_hop(struct transfer *t, enum hop_reason reason)
{
	unsigned number = t->hop.began ? t->hop.number + 1 : 0;

	t->hop = (struct hop){ .number = number,
		.reason = reason,
		.url = t->shown ? t->shown : &t->url,
		.method = t->method,
		.began = clock_now(),
		.connection_id = -1 };
	if (t->observer && t->observer->ops->hop_begin) {
		t->hop.began_wall = clock_wall();
		t->observer->ops->hop_begin(t->observer->context, &t->hop);
	}
}

void transfer_end_hop(struct transfer *t, const struct error *e)
{
	static const struct error none;

	t->hop.ended = clock_now();
	OBSERVE(t->observer, hop_end, &t->hop, e ? e : &none);
}

/* --- connections */

/* pool_take, with a wait among transfers that run at once. */
static int take_in_turn(struct transfer *t, const struct connection_key *key,
	struct connection **c, struct error *e)
{
	struct pool *pool = session_pool(t->session);
	const struct sink_port *sink = t->sink;
	bool urgent = sink->ops->holds && sink->ops->holds(sink->sink);
	int64_t began = pool->shared ? clock_now() : 0, waited;
	int error = pool_take(pool, key, urgent, t->deadline, c, &t->place, e);

	if (!pool->shared)
		return error;
	waited = clock_now() - began;
	t->facts->times.queue += waited;
	if (waited >= 1000)
		log_line(t->log, "Waited %lld ms for a connection to %s",
			(long long)(waited / 1000), key->host);
	return error;
}

static int check_days(
	const struct transfer *t, const struct connection *c, struct error *e)
{
	if (!t->job->min_days)
		return 0;
	return connection_check_days(c, t->job->min_days, clock_seconds(), e);
}

/* Why an idle connection is not to be used again; NULL: it may be. What comes
 * without a request is no answer to the next one (RFC 9112 section 9.2); and a
 * certificate that was good enough for whoever opened it need not be for this
 * transfer. */
static const char *why_not(const struct transfer *t, struct connection *c)
{
	struct error ignored;

	if (connection_stale(c))
		return "has been closed or is out of step";
	if (check_days(t, c, &ignored) < 0)
		return "has a certificate with too few days left";
	return NULL;
}

int transfer_take_place(struct transfer *t, struct error *e)
{
	struct pool *pool = session_pool(t->session);
	struct connection_key key;
	struct connection *c;

	if (!pool->shared)
		return 0;
	key = transfer_key(t);
	if (take_in_turn(t, &key, &c, e) < 0)
		return -e->code;
	if (c)
		t->place = pool_replace(pool, c);
	return 0;
}

int transfer_take_idle(
	struct transfer *t, struct connection **taken, struct error *e)
{
	struct pool *pool = session_pool(t->session);
	struct connection_key key = transfer_key(t);
	struct connection *c;
	const char *reason;

	*taken = NULL;
	for (;;) {
		if (take_in_turn(t, &key, &c, e) < 0)
			return -e->code;
		reason = c ? why_not(t, c) : NULL;
		if (!reason)
			break;
		log_line(t->log, "Connection #%ld %s, not re-using it", c->id,
			reason);
		pool_close(pool, c);
	}
	if (c)
		log_line(t->log, "Re-using existing connection #%ld with %s %s",
			c->id, t->forwarded ? "proxy" : "host", key.host);
	if (c && t->job->net.want_local)
		connection_find_local(c);
	*taken = c;
	return 0;
}

void transfer_forgo_place(struct transfer *t)
{
	pool_forgo(session_pool(t->session), t->place);
	t->place = NULL;
}

/* The contexts for the TLS that the plan has. */
static int find_contexts(
	struct transfer *t, struct connection_plan *plan, struct error *e)
{
	const struct connection_key *key = &plan->key;

	if (t->job->net.replay)
		return 0;
	if (key->tls &&
		!(plan->context = session_tls_context(t->session, key->tls, e)))
		return -e->code;
	if (key->proxy_tls &&
		!(plan->proxy_context = session_tls_context(
			  t->session, key->proxy_tls, e)))
		return -e->code;
	return 0;
}

static void note_proxy(struct transfer *t)
{
	t->hop.proxy = t->proxy;
	t->hop.tunnelled = t->proxy && !t->forwarded;
	t->facts->proxied = t->proxy != NULL;
}

static int64_t since_start(const struct transfer *t, int64_t when)
{
	return when ? when - t->started : 0;
}

/* Whom the connection is with, and when it got how far. */
static void note_path(struct transfer *t, const struct connection *c)
{
	struct facts *f = t->facts;
	struct hop *hop = &t->hop;

	if (!c->reused) {
		hop->resolved = c->resolved;
		hop->connected = c->connected;
		hop->passed = c->passed;
		hop->secured = c->secured;
	}
	memcpy(hop->peer_ip, c->peer.ip, sizeof(hop->peer_ip));
	memcpy(hop->local_ip, c->local.ip, sizeof(hop->local_ip));
	hop->peer_port = c->peer.port;
	hop->local_port = c->local.port;
	f->times.name_lookup = f->times.connect = f->times.tls = 0;
	if (!c->reused) {
		f->times.name_lookup = since_start(t, c->resolved);
		f->times.connect = since_start(t, c->connected);
		f->times.tls = since_start(t, c->secured);
	}
	memcpy(f->peer_ip, c->peer.ip, sizeof(f->peer_ip));
	memcpy(f->local_ip, c->local.ip, sizeof(f->local_ip));
	f->peer_port = c->peer.port;
	f->local_port = c->local.port;
}

static void note_failed(void *asker, const struct connection *c)
{
	struct tunnel *tunnel = asker;
	struct facts *f = tunnel->transfer->facts;

	note_path(tunnel->transfer, c);
	f->tls_verify_result = c->verify_result;
	f->proxy_verify_result = c->proxy_verify_result;
}

static struct connection *open_new(
	struct transfer *t, struct findings *found, struct error *e)
{
	struct connection_plan plan = { .key = transfer_key(t),
		.net = &t->job->net,
		.tunnel = &tunnel_ops,
		.observer = t->observer,
		.found = found,
		.deadline = t->deadline };
	struct tunnel tunnel = { t, &plan.key };
	struct connection *c = NULL;

	note_proxy(t);
	plan.asker = &tunnel;
	plan.failed = note_failed;
	if (find_contexts(t, &plan, e) == 0)
		c = connection_open(&plan, e);
	if (c && check_days(t, c, e) < 0) {
		note_path(t, c);
		connection_close(c);
		return NULL;
	}
	return c;
}

struct connection *transfer_connect(
	struct transfer *t, struct findings *found, struct error *e)
{
	struct connection *c = open_new(t, found, e);

	if (!c) {
		transfer_forgo_place(t);
		return NULL;
	}
	pool_register(session_pool(t->session), c, t->place);
	t->place = NULL;
	t->facts->connects++;
	return c;
}

static void note_certificates(struct facts *f, const struct connection *c)
{
	free(f->tls_chain);
	f->tls_chain = NULL;
	f->tls_chain_length = 0;
	if (c->secure)
		f->tls_chain_length = tls_load(NULL)->chain(
			c->secure, &f->tls_chain);
}

static void note_connection(struct transfer *t, const struct connection *c)
{
	struct facts *f = t->facts;
	struct hop *hop = &t->hop;

	hop->connection_id = c->id;
	note_proxy(t);
	hop->reused = c->reused;
	f->connection_id = c->id;
	note_path(t, c);
	if (c->secure && t->job->net.want_local)
		f->tls_verify_result =
			tls_load(NULL)->info(c->secure)->verify_result;
	if (c->proxy_secure && t->job->net.want_local)
		f->proxy_verify_result =
			tls_load(NULL)->info(c->proxy_secure)->verify_result;
	if (t->job->want_certificates)
		note_certificates(f, c);
}

/* --- exchanges */

/* What limits the speed, from the first request on; NULL: nothing does. */
static struct pace *pace_of(struct transfer *t)
{
	if (!pace_wanted(&t->job->pace))
		return NULL;
	if (!t->paced)
		pace_start(&t->pace, &t->job->pace, 0, clock_now());
	t->paced = true;
	return &t->pace;
}

void transfer_prepare_exchange(const struct transfer *t, struct exchange *x)
{
	exchange_init(x);
	x->observer = t->observer;
	x->strict = t->job->strict;
}

void transfer_begin_exchange(
	struct transfer *t, struct exchange *x, struct connection *c)
{
	const struct user_field *upgrade = user_field_find(
		t->job->request.fields, t->job->request.n_fields,
		STR("Upgrade"));

	x->connection = c;
	x->sink = t->sink;
	x->facts = t->facts;
	x->hop = &t->hop;
	x->started = t->started;
	x->deadline = t->deadline;
	x->pace = pace_of(t);
	x->options.ignore_length = t->job->request.ignore_length;
	x->options.raw = t->job->request.raw;
	x->options.from_proxy = t->forwarded;
	x->options.codings_wanted = t->job->request.tr_encoding;
	x->options.head_request = str_eq(t->method, STR("HEAD"));
	x->options.http10_request = t->job->request.minor == 0;
	x->allow_http09 = t->job->request.allow_http09;
	x->upgrade_asked = upgrade && upgrade->kind == USER_FIELD_SEND;
	note_connection(t, c);
	OBSERVE(t->observer, connected, &t->hop);
}

void transfer_end_connection(
	struct transfer *t, struct exchange *x, enum reuse reuse)
{
	struct connection *c = x->connection;
	bool keep = reuse == REUSE_POSSIBLE;

	tell_connection_end(t->observer, x, reuse);
	if (keep)
		pool_give(session_pool(t->session), c);
	else
		pool_close(session_pool(t->session), c);
	x->connection = NULL;
}
