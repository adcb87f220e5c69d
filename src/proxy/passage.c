#include "proxy/passage.h"

#include "net/tap.h"
#include "proxy/socks.h"

#define ROUNDS_MAX 8 /* connections to a proxy that closes between them */

static int dial(struct passage *p, struct error *e)
{
	const struct proxy *to = p->first ? p->first : p->proxy;
	struct net_config net = *p->net;
	int error;

	net.detours = NULL;
	net.n_detours = 0;
	net.socket = to->socket;
	p->dial = (struct dial_result){ 0 };
	error = dial_tcp(&p->dial, &net, to->host, to->port, p->deadline, e);
	if (p->dialed)
		p->dialed(p->watcher, to->host, to->port, &p->dial);
	if (error == -ERR_RESOLVE)
		error = error_set(e, ERR_RESOLVE_PROXY,
			"Could not resolve proxy: %s", to->host);
	if (error == 0)
		p->stream = p->dial.stream;
	return error;
}

static int secure(struct passage *p, struct error *e)
{
	const struct tls_functions *tls = tls_load(e);

	if (!tls)
		return -e->code;
	p->stream = tls->connect(p->context, p->stream, p->proxy->host, "http",
		p->deadline, &p->net->log, &p->failure, e);
	if (!p->stream) {
		error_add(e,
			"; this was TLS with the proxy, for which there are "
			"--proxy-cacert and its like");
		return -e->code;
	}
	p->secure = p->stream;
	if (p->secured)
		p->secured(p->watcher, p->stream);
	return 0;
}

static int ask_tunnel(struct passage *p, struct error *e)
{
	const struct tap *tap = p->net->tap;
	int result;

	if (tap)
		p->stream = tap_stream(tap, p->stream, p->proxy->host,
			p->proxy->port, p->proxy->kind == PROXY_HTTPS, e);
	if (!p->stream)
		return -e->code;
	result = connect_tunnel(
		p->stream, p->ops, p->asker, &p->early, p->deadline, e);
	if (tap)
		p->stream = tap_release(p->stream);
	return result;
}

/* 0, 1 when it is worth going again, or an error. */
static int go(struct passage *p, struct error *e)
{
	int result = dial(p, e);

	if (result == 0 && p->first)
		result = socks_connect(p->stream, p->first, p->net,
			p->proxy->host, p->proxy->port, &p->first_choice,
			p->deadline, e);
	if (result == 0 && p->proxy->kind == PROXY_HTTPS)
		result = secure(p, e);
	if (result < 0 || !p->host)
		return result;
	if (proxy_is_socks(p->proxy))
		return socks_connect(p->stream, p->proxy, p->net, p->host,
			p->port, &p->choice, p->deadline, e);
	return ask_tunnel(p, e);
}

static void turn_back(struct passage *p)
{
	stream_close(p->stream);
	p->stream = p->secure = NULL;
}

/* As go, and again for as many addresses as SOCKS proxies may be asked for. */
static int go_about(struct passage *p, struct error *e)
{
	int result = go(p, e);

	while (result < 0 && (p->first_choice.again || p->choice.again)) {
		p->first_choice.again = p->choice.again = false;
		turn_back(p);
		*e = (struct error){ 0 };
		result = go(p, e);
	}
	return result;
}

int passage_open(struct passage *p, struct error *e)
{
	int result;

	p->stream = p->secure = NULL;
	buf_init(&p->early, CONNECT_REST);
	result = go_about(p, e);
	for (int i = 1; result > 0; i++) {
		turn_back(p);
		if (i == ROUNDS_MAX)
			return error_set(e, ERR_CONNECT,
				"the proxy has closed %d connections in a row "
				"instead of answering CONNECT",
				i);
		log_line(&p->net->log,
			"The proxy closes the connection: CONNECT again over "
			"another one");
		result = go_about(p, e);
	}
	if (result < 0)
		turn_back(p);
	return result;
}

void passage_fini(struct passage *p)
{
	buf_fini(&p->early);
}
