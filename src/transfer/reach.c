#include "transfer/reach.h"

#include "base/clock.h"
#include "net/replay.h"
#include "net/tap.h"
#include "proxy/header.h"
#include "proxy/passage.h"

/* --- the first connections */

static void note_ends(struct connection *c, const struct dial_result *r)
{
	c->resolved = r->resolved;
	c->connected = r->connected;
	if (r->peer.n)
		address_text(&r->peer, c->peer.ip, &c->peer.port);
	if (r->local.n)
		address_text(&r->local, c->local.ip, &c->local.port);
}

void connection_find_local(struct connection *c)
{
	struct address local;

	if (c->stream->fd < 0 || c->local.ip[0])
		return;
	if (dial_local(c->stream->fd, &local))
		address_text(&local, c->local.ip, &c->local.port);
}

static int dial(struct connection *c, const struct connection_plan *plan,
	struct error *e)
{
	const struct connection_key *key = &plan->key;
	struct dial_result r = { 0 };
	int error = dial_tcp(
		&r, plan->net, key->host, key->port, plan->deadline, e);

	OBSERVE(plan->observer, dialed, key->host, key->port, &r);
	note_ends(c, &r);
	if (error < 0)
		return error;
	c->stream = r.stream;
	return 0;
}

/* --- through proxies */

static void tell_dialed(void *watcher, const char *host, uint16_t port,
	const struct dial_result *r)
{
	OBSERVE(watcher, dialed, host, port, r);
}

static void tell_secured(void *watcher, struct stream *s)
{
	const struct observer *o = watcher;

	if (o && o->ops->proxy_secured)
		o->ops->proxy_secured(o->context, tls_load(NULL)->info(s));
}

static int pass(struct connection *c, const struct connection_plan *plan,
	struct error *e)
{
	const struct connection_key *key = &plan->key;
	struct passage p = { .proxy = key->proxy,
		.first = key->first_proxy,
		.net = plan->net,
		.context = plan->proxy_context,
		.ops = plan->tunnel,
		.asker = plan->asker,
		.deadline = plan->deadline,
		.dialed = tell_dialed,
		.secured = tell_secured,
		.watcher = (void *)plan->observer };
	int error;

	if (!key->forwarded) {
		p.host = key->route.host ? key->route.host : key->host;
		p.port = key->route.port ? key->route.port : key->port;
	}
	error = passage_open(&p, e);
	c->proxy_verify_result = p.failure.verify_result;
	if (p.failure.spoke_http)
		findings_add(plan->found, FINDING_PLAIN_ON_TLS_PORT, 0);
	c->stream = p.stream;
	c->proxy_secure = p.secure;
	note_ends(c, &p.dial);
	if (error == 0)
		c->passed = clock_now();
	/* The origin is not to speak before it has been asked something. */
	if (error == 0 && p.early.n)
		error = error_set(e, ERR_WEIRD_REPLY,
			"%zu bytes have come behind the answer to CONNECT",
			p.early.n);
	passage_fini(&p);
	return error;
}

/* --- all the way */

static int send_header(struct connection *c, const struct connection_plan *plan,
	struct error *e)
{
	const char *client = plan->key.header;
	struct buf header;
	int error;

	buf_init(&header, 256);
	proxy_header(&header, c->local.ip, c->local.port, c->peer.ip,
		c->peer.port, *client ? client : NULL);
	error = buf_check(&header, "PROXY header", e);
	if (error == 0)
		error = stream_write(
			c->stream, header.p, header.n, plan->deadline, e);
	buf_fini(&header);
	return error;
}

static int replay(struct connection *c, const struct connection_plan *plan,
	struct error *e)
{
	const struct connection_key *key = &plan->key;
	bool tls = key->tls != NULL ||
		(key->forwarded && key->proxy_tls != NULL);

	c->stream = replay_open(
		plan->net->replay, key->host, key->port, tls, e);
	if (!c->stream)
		return -e->code;
	c->resolved = c->connected = clock_now();
	if (tls)
		c->secured = c->connected;
	log_line(&plan->net->log, "Replaying a connection to %s port %u",
		key->host, key->port);
	return 0;
}

static int secure(struct connection *c, const struct connection_plan *plan,
	struct error *e)
{
	const struct tls_functions *tls = tls_load(e);
	struct tls_failure failure = { 0 };

	if (!tls)
		return -e->code;
	c->stream = tls->connect(plan->context, c->stream, plan->key.host,
		"http", plan->deadline, &plan->net->log, &failure, e);
	c->verify_result = failure.verify_result;
	if (failure.spoke_http)
		findings_add(plan->found, FINDING_PLAIN_ON_TLS_PORT, 0);
	if (!c->stream)
		return -e->code;
	c->secure = c->stream;
	c->secured = clock_now();
	if (plan->observer && plan->observer->ops->secured)
		plan->observer->ops->secured(
			plan->observer->context, tls->info(c->stream));
	return 0;
}

static int reach_peer(struct connection *c, const struct connection_plan *plan,
	struct error *e)
{
	int error;

	if (plan->net->replay)
		return replay(c, plan, e);
	error = plan->key.proxy ? pass(c, plan, e) : dial(c, plan, e);
	if (error == 0 && plan->key.header)
		error = send_header(c, plan, e);
	if (error == 0 && plan->key.tls)
		error = secure(c, plan, e);
	return error;
}

int reach(struct connection *c, const struct connection_plan *plan,
	struct error *e)
{
	const struct connection_key *key = &plan->key;
	int error = reach_peer(c, plan, e);

	if (error < 0 || !plan->net->tap)
		return error;
	c->stream = tap_stream(plan->net->tap, c->stream, key->host, key->port,
		key->tls || (key->forwarded && key->proxy_tls), e);
	return c->stream ? 0 : -e->code;
}
