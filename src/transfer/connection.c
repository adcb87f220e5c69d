#include "transfer/connection.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/limits.h"
#include "transfer/reach.h"

#define CONNECT_TIMEOUT_MS 300000

static bool text_equal(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

bool connection_key_equal(
	const struct connection_key *a, const struct connection_key *b)
{
	return a->port == b->port && a->tls == b->tls && a->proxy == b->proxy &&
		a->first_proxy == b->first_proxy &&
		a->proxy_tls == b->proxy_tls && a->forwarded == b->forwarded &&
		strcmp(a->host, b->host) == 0 &&
		route_equal(&a->route, &b->route) &&
		text_equal(a->header, b->header) && a->names == b->names &&
		a->tunnel == b->tunnel && net_config_shared(&a->net, &b->net);
}

struct connection *connection_open(
	const struct connection_plan *plan, struct error *e)
{
	struct connection_plan limited = *plan;
	struct connection *c = calloc(1, sizeof(*c));
	int64_t limit = plan->net->connect_timeout_ms
		? plan->net->connect_timeout_ms
		: CONNECT_TIMEOUT_MS;

	if (!c) {
		error_memory(e);
		return NULL;
	}
	c->key = plan->key;
	c->key.host = str_dup(str_of(plan->key.host));
	buf_init(&c->in, LIMIT_HEAD + CONNECTION_READ);
	if (!c->key.host) {
		error_memory(e);
		free(c);
		return NULL;
	}
	limited.deadline = deadline_earlier(plan->deadline, deadline_in(limit));
	if (reach(c, &limited, e) < 0) {
		plan->failed(plan->asker, c);
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
		ignore(buf_check(&c->in, "response head", e));
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
