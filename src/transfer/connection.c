#include "transfer/connection.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/limits.h"
#include "net/replay.h"
#include "net/tap.h"

#define CONNECT_TIMEOUT_MS 300000

static int secure(struct connection *c, struct tls_context *context,
	const struct net_config *net, const struct observer *observer,
	struct findings *found, int64_t deadline, struct error *e)
{
	const struct tls_functions *tls = tls_load(e);
	bool spoke_http = false;

	if (!tls)
		return -e->code;
	c->stream = tls->connect(context, c->stream, c->key.host, deadline,
		&net->log, &spoke_http, e);
	if (spoke_http)
		findings_add(found, FINDING_PLAIN_ON_TLS_PORT, 0);
	if (!c->stream)
		return -e->code;
	c->secure = c->stream;
	c->secured = clock_now();
	if (observer && observer->ops->secured)
		observer->ops->secured(observer->context, tls->info(c->stream));
	return 0;
}

static int dial(struct connection *c, const struct net_config *net,
	const struct observer *observer, int64_t deadline, struct error *e)
{
	struct dial_result r = { 0 };
	int error;

	error = dial_tcp(&r, net, c->key.host, c->key.port, deadline, e);
	OBSERVE(observer, dialed, c->key.host, c->key.port, &r);
	if (error < 0)
		return error;
	c->stream = r.stream;
	c->resolved = r.resolved;
	c->connected = r.connected;
	address_text(&r.peer, c->peer.ip, &c->peer.port);
	if (r.local.n)
		address_text(&r.local, c->local.ip, &c->local.port);
	return 0;
}

static int replay(
	struct connection *c, const struct net_config *net, struct error *e)
{
	bool tls = c->key.tls != NULL;

	c->stream = replay_open(net->replay, c->key.host, c->key.port, tls, e);
	if (!c->stream)
		return -e->code;
	c->resolved = c->connected = clock_now();
	if (tls)
		c->secured = c->connected;
	log_line(&net->log, "Replaying a connection to %s port %u", c->key.host,
		c->key.port);
	return 0;
}

/* All that can be had instead of a peer, or the peer. */
static int reach(struct connection *c, const struct net_config *net,
	struct tls_context *context, const struct observer *observer,
	struct findings *found, int64_t deadline, struct error *e)
{
	int error;

	if (net->replay)
		return replay(c, net, e);
	error = dial(c, net, observer, deadline, e);
	if (error == 0 && c->key.tls)
		error = secure(c, context, net, observer, found, deadline, e);
	return error;
}

static int tap(
	struct connection *c, const struct net_config *net, struct error *e)
{
	if (!net->tap)
		return 0;
	c->stream = tap_stream(net->tap, c->stream, c->key.host, c->key.port,
		c->key.tls != NULL, e);
	return c->stream ? 0 : -e->code;
}

static char *dial_host(const struct url *url)
{
	struct buf b;

	buf_init(&b, LIMIT_URL);
	buf_add_str(&b, url->host);
	if (url->zone.n) {
		buf_add_char(&b, '%');
		buf_add_str(&b, url->zone);
	}
	return buf_take(&b);
}

struct connection *connection_open(const struct url *url,
	const struct net_config *net, const struct tls_config *tls,
	struct tls_context *context, const struct observer *observer,
	struct findings *found, int64_t deadline, struct error *e)
{
	struct connection *c = calloc(1, sizeof(*c));
	int64_t limit = net->connect_timeout_ms ? net->connect_timeout_ms
						: CONNECT_TIMEOUT_MS;

	if (!c || !(c->key.host = dial_host(url))) {
		error_memory(e);
		free(c);
		return NULL;
	}
	buf_init(&c->in, LIMIT_HEAD + CONNECTION_READ);
	c->key.port = url->port;
	c->key.tls = tls;
	c->key.route = dial_route(net, c->key.host, c->key.port);
	deadline = deadline_earlier(deadline, deadline_in(limit));
	if (reach(c, net, context, observer, found, deadline, e) < 0 ||
		tap(c, net, e) < 0) {
		connection_close(c);
		return NULL;
	}
	return c;
}

int connection_check_days(
	const struct connection *c, int64_t days, int64_t now, struct error *e)
{
	const struct tls_info *info;

	if (!c->secure)
		return 0;
	info = tls_load(NULL)->info(c->secure);
	for (size_t i = 0; i < info->n_certificates; i++) {
		const struct tls_certificate *x = &info->certificates[i];
		int64_t left = (x->expires - now) / 86400;

		if (x->expires - now < days * 86400)
			return error_set(e, ERR_CERTIFICATE_DAYS,
				"certificate %zu of %zu, of %s, has %lld days "
				"left, fewer than %lld (--cert-min-days)",
				i + 1, info->n_certificates,
				x->subject ? x->subject : "no name",
				(long long)left, (long long)days);
	}
	return 0;
}

void connection_close(struct connection *c)
{
	if (!c)
		return;
	stream_close(c->stream);
	buf_fini(&c->in);
	free((char *)c->key.host);
	free(c);
}

struct str connection_unread(const struct connection *c)
{
	return str_from(buf_str(&c->in), c->used);
}

char *connection_room(struct connection *c, struct error *e)
{
	char *room = buf_reserve(&c->in, CONNECTION_READ);

	if (!room)
		buf_check(&c->in, "response head", e);
	return room;
}

void connection_compact(struct connection *c)
{
	buf_consume(&c->in, c->used);
	c->used = 0;
}

bool connection_stale(struct connection *c)
{
	char byte;
	struct error ignored;

	return c->stream->ops->read(c->stream, &byte, 1, &ignored) !=
		STREAM_AGAIN;
}
