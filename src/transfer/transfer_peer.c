#include "base/clock.h"
#include "base/compat.h"
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

static int choose_proxy(struct transfer *t, struct error *e)
{
	const struct proxy_spec *spec = t->job->proxy;
	struct proxy proxy;
	struct route route;
	int found;

	t->proxy = NULL;
	t->forwarded = false;
	if (!spec || t->job->net.socket)
		return 0;
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

/* --- what was asked for of the way there */

static void add_addresses(struct buf *out, const struct names *names,
	const char *host, uint16_t port)
{
	char text[ADDRESS_TEXT];
	struct addresses found;

	if (!names_find(names, host, port, clock_now(), &found))
		found.n = 0;
	for (size_t i = 0; i < found.n; i++) {
		address_text(&found.items[i], text, NULL);
		buf_printf(out, "%s,", text);
	}
	buf_add_char(out, ';');
}

/* Of each host whose address may be looked for here. */
static int note_names(struct transfer *t, struct error *e)
{
	const struct names *names = t->job->net.names;
	const struct proxy_spec *spec = t->job->proxy;
	struct route to = dial_route(&t->job->net, t->peer.p, t->url.port);
	struct buf text;
	int error;

	t->names = NULL;
	if (!names || t->job->net.socket)
		return 0;
	buf_init(&text, LIMIT_REQUEST_HEAD);
	add_addresses(&text, names, to.host ? to.host : t->peer.p,
		to.port ? to.port : t->url.port);
	if (t->proxy)
		add_addresses(&text, names, t->proxy->host, t->proxy->port);
	if (t->proxy && spec->first)
		add_addresses(
			&text, names, spec->first->host, spec->first->port);
	error = buf_check(&text, "addresses", e);
	if (error == 0)
		t->names = session_text(t->session, buf_str(&text), e);
	buf_fini(&text);
	return error < 0 ? error : t->names ? 0 : -e->code;
}

/* Who sends other fields with a CONNECT may be let through to elsewhere, or as
 * somebody else. */
static int note_tunnel(struct transfer *t, struct error *e)
{
	const struct proxy_spec *spec = t->job->proxy;
	struct buf text;
	int error;

	t->tunnel = NULL;
	if (!t->proxy || t->forwarded || proxy_is_socks(t->proxy))
		return 0;
	buf_init(&text, 2 * LIMIT_REQUEST_HEAD);
	buf_printf(&text, "%u\n", spec->auth);
	buf_add_text(&text, spec->user_agent ? spec->user_agent : "");
	for (size_t i = 0; i < spec->n_fields; i++) {
		const struct user_field *field = &spec->fields[i];

		buf_printf(&text, "\n%d", (int)field->kind);
		buf_add_str(&text, field->name);
		buf_add_char(&text, '\n');
		buf_add_str(&text, field->line);
	}
	error = buf_check(&text, "proxy fields", e);
	if (error == 0)
		t->tunnel = session_text(t->session, buf_str(&text), e);
	if (text.n)
		explicit_bzero(text.p, text.n);
	buf_fini(&text);
	return error < 0 ? error : t->tunnel ? 0 : -e->code;
}

int transfer_choose_peer(struct transfer *t, struct error *e)
{
	int error = name_peer(t, e);

	if (error == 0)
		error = choose_proxy(t, e);
	if (error == 0)
		error = note_names(t, e);
	return error < 0 ? error : note_tunnel(t, e);
}

void transfer_forget_peer(struct transfer *t)
{
	drop_proxy_credentials(t);
	buf_fini(&t->peer);
}

struct connection_key transfer_key(const struct transfer *t)
{
	struct connection_key key = { .host = t->peer.p,
		.port = t->url.port,
		.net = t->job->net,
		.names = t->names,
		.tunnel = t->tunnel };

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
