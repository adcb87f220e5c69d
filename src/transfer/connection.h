/* A connection to one peer, with what has been received and not yet used. */
#ifndef TRANSFER_CONNECTION_H
#define TRANSFER_CONNECTION_H

#include "base/buf.h"
#include "net/dial.h"
#include "net/tls.h"
#include "proxy/connect.h"
#include "proxy/proxy.h"
#include "transfer/observer.h"

/* Which requests may share a connection: those that ask for the same in each of
 * the members. `host` is borrowed when looking one
 * up, owned by the connection otherwise. */
struct connection_key {
	const char *host;
	uint16_t port;
	const struct tls_config *tls; /* NULL: plain */
	struct route route; /* borrowed from the options either way */
	const struct proxy *proxy; /* from session_proxy; NULL: none */
	const struct proxy *first_proxy; /* a SOCKS proxy on the way to it */
	const struct tls_config *proxy_tls; /* of an HTTPS proxy */
	bool forwarded; /* requests are for the proxy, which is what `host` and
			 * `port` are then */
	const char *header; /* the PROXY protocol's, as in struct job */
	struct net_config net; /* as net_config_shared compares it: what it
				* points to may be gone, but for the options */
	const char *names; /* from session_text: what --resolve has for the
			    * hosts on the way; NULL: nothing */
	const char *tunnel; /* likewise, what a CONNECT says beside the target
			     * and the proxy's user; NULL: none is sent */
};

struct connection;

/* A connection to be: how it is had, and who hears of it. */
struct connection_plan {
	struct connection_key key;
	const struct net_config *net;
	struct tls_context *context; /* for key.tls */
	struct tls_context *proxy_context; /* for key.proxy_tls */
	const struct connect_ops *tunnel; /* how a proxy is asked for one */
	void *asker; /* theirs, and of `failed` */
	/* Told of a connection that could not be had, how far it got. */
	void (*failed)(void *asker, const struct connection *c);
	const struct observer *observer; /* NULL: nobody */
	struct findings *found;
	int64_t deadline;
};

struct pool_peer;

struct connection {
	struct connection_key key;
	struct stream *stream;
	struct stream *secure; /* the stream that TLS made, `stream` or below
				* it; NULL: none */
	struct stream *proxy_secure; /* likewise, the one with a proxy */
	/* X509_V_ codes of TLS with the peer or a proxy that failed; else 0 */
	long verify_result, proxy_verify_result;
	struct buf in; /* received bytes; those before `used` are spent but stay
			* where they are until connection_compact */
	size_t used;
	long id; /* counts connections from 0 */
	bool reused;
	bool old_peer; /* it has answered in HTTP/1.0 */
	/* clock_now(); 0: not done. `passed` is when the proxies were. */
	int64_t resolved, connected, passed, secured;
	struct connection_end {
		char ip[ADDRESS_TEXT]; /* "" when not asked for */
		uint16_t port;
	} peer, local;
	struct connection *next; /* in the pool's list */
	struct pool_peer *place; /* in a shared pool's books; else NULL */
};

/* Connect as planned, telling the observer how that went, and noting in `found`
 * a peer that speaks plain HTTP where TLS was due; or take a connection from
 * net->replay, with neither dialling nor proxies nor TLS, when that is given,
 * and then no context is needed. The connection is the caller's, to close. NULL
 * with `e` filled on failure, in the words of dial_tcp, of TLS, of
 * socks_connect and connect_tunnel, and of replay_open. */
struct connection *connection_open(
	const struct connection_plan *plan, struct error *e) CHECKED;

/* Fill c->local where whoever opened it did not want to know. */
void connection_find_local(struct connection *c);

/* Whether requests for the one may go over a connection for the other. */
bool connection_key_equal(
	const struct connection_key *a, const struct connection_key *b);

/* Whether each certificate that the peer has sent is valid for `days` days more
 * at `now`, seconds since 1970; a plain connection has none. 0, or
 * -ERR_CERTIFICATE_DAYS naming the certificate. */
int connection_check_days(const struct connection *c, int64_t days, int64_t now,
	struct error *e) CHECKED;

/* Close and free; NULL is allowed. */
void connection_close(struct connection *c);

/* What has been received and not used yet. */
struct str connection_unread(const struct connection *c);

#define CONNECTION_READ 16384

/* Room for CONNECTION_READ more bytes behind the unread ones; whoever puts some
 * there adds to c->in.n. NULL, and ERR_TOO_LARGE in `e`, when `in` is full. */
char *connection_room(struct connection *c, struct error *e) CHECKED;

/* Forget the used bytes; whatever borrowed from them is void. */
void connection_compact(struct connection *c);

/* The peer has closed or sent bytes that nobody asked for: not for reuse. */
bool connection_stale(struct connection *c);

#endif
