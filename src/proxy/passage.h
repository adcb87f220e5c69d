/* A passage through proxies: the sockets, handshakes and requests between here
 * and what is behind them. */
#ifndef PROXY_PASSAGE_H
#define PROXY_PASSAGE_H

#include "net/dial.h"
#include "net/tls.h"
#include "proxy/connect.h"
#include "proxy/proxy.h"
#include "proxy/socks.h"

struct passage {
	const struct proxy *proxy;
	const struct proxy *first; /* a SOCKS proxy on the way to it; NULL */
	const char
		*host; /* behind the proxy; NULL: the proxy is the peer, as */
	uint16_t port; /* for requests that it forwards */
	const struct net_config *net; /* its detours and socket are not for
				       * proxies */
	struct tls_context *context; /* of PROXY_HTTPS */
	const struct connect_ops *ops; /* how an HTTP proxy is asked */
	void *asker; /* theirs */
	int64_t deadline;

	/* Told of each connection that was tried, and of TLS with the proxy;
	 * may be NULL */
	void (*dialed)(void *watcher, const char *host, uint16_t port,
		const struct dial_result *r);
	void (*secured)(void *watcher, struct stream *tls);
	void *watcher;

	/* Results */
	struct stream *stream; /* NULL on failure */
	struct stream *secure; /* the one of TLS with the proxy; NULL: none */
	struct dial_result dial; /* its stream is in use */
	struct buf early; /* what has already come through the tunnel */
	struct socks_choice first_choice, choice; /* what `first` and `proxy`
						   * are asked for */
	struct tls_failure failure; /* of TLS with a proxy */
};

/* Go all the way, again from the beginning when a proxy closes between two
 * requests for a tunnel, or a SOCKS proxy is to be asked for another address.
 * What passes while one is asked for is a connection of its own for net->tap.
 * passage_fini is due, and the stream is the caller's to close. Returns 0;
 * -ERR_RESOLVE_PROXY; or what dial_tcp, TLS, socks_connect and connect_tunnel
 * fail with. */
int passage_open(struct passage *p, struct error *e) CHECKED;
void passage_fini(struct passage *p);

#endif
