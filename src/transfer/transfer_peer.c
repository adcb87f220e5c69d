#include "transfer/tell.h"
#include "transfer/transfer_state.h"

static bool is_https(const struct transfer *t)
{
	return str_eq(t->url.scheme, STR("https"));
}

static void drop_proxy_credentials(struct transfer *t)
{
	if (t->proxy_known)
		credentials_fini(&t->proxy_credentials);
	t->proxy_known = NULL;
}

/* What a proxy has asked for holds as long as it is the same one. */
static int know_proxy(struct transfer *t, struct error *e)
{
	if (t->proxy == t->proxy_known)
		return 0;
	drop_proxy_credentials(t);
	t->proxy_known = t->proxy;
	return credentials_init_proxy(
		&t->proxy_credentials, t->job->proxy, t->proxy, e);
}

/* The host of the URL, in the form that is connected to. */
static int name_peer(struct transfer *t, struct error *e)
{
	buf_clear(&t->peer);
	buf_add_str(&t->peer, t->url.host);
	if (t->url.zone.n) {
		buf_add_char(&t->peer, '%');
		buf_add_str(&t->peer, t->url.zone);
	}
	buf_text(&t->peer);
	return buf_check(&t->peer, "host name", e);
}

static bool leads_elsewhere(const struct transfer *t, const struct route *route)
{
	return (route->host && strcmp(route->host, t->peer.p) != 0) ||
		(route->port && route->port != t->url.port);
}

int transfer_choose_peer(struct transfer *t, struct error *e)
{
	const struct proxy_spec *spec = t->job->proxy;
	struct proxy proxy;
	struct route route;
	int found = name_peer(t, e);

	t->proxy = NULL;
	t->forwarded = false;
	if (found < 0 || !spec || t->job->net.socket)
		return found;
	found = proxy_choose(&proxy, &spec->choice, &t->url, e);
	if (found < 0)
		return found;
	if (found > 0) {
		t->proxy = session_proxy(t->session, &proxy, e);
		proxy_fini(&proxy);
		if (!t->proxy)
			return -e->code;
	} else if (!proxy_excepts(spec->choice.except, t->url.host)) {
		t->proxy = spec->first;
	}
	if (!t->proxy)
		return 0;
	route = dial_route(&t->job->net, t->peer.p, t->url.port);
	t->forwarded = !is_https(t) && !proxy_is_socks(t->proxy) &&
		!spec->tunnel && !leads_elsewhere(t, &route);
	tell_proxy(t->observer, t->proxy, t->forwarded);
	return know_proxy(t, e);
}

void transfer_forget_peer(struct transfer *t)
{
	drop_proxy_credentials(t);
	buf_fini(&t->peer);
}

struct connection_key transfer_key(const struct transfer *t)
{
	struct connection_key key = { .host = t->peer.p, .port = t->url.port };

	if (is_https(t))
		key.tls = t->job->tls;
	key.header = t->job->proxy_header;
	if (t->proxy) {
		key.proxy = t->proxy;
		if (t->proxy != t->job->proxy->first)
			key.first_proxy = t->job->proxy->first;
		key.forwarded = t->forwarded;
		if (t->proxy->kind == PROXY_HTTPS)
			key.proxy_tls = t->job->proxy->tls;
	}
	if (t->forwarded) {
		key.host = t->proxy->host;
		key.port = t->proxy->port;
	} else {
		key.route = dial_route(&t->job->net, key.host, key.port);
	}
	return key;
}
