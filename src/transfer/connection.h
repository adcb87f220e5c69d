/* A connection to one peer, with what has been received and not yet used. */
#ifndef TRANSFER_CONNECTION_H
#define TRANSFER_CONNECTION_H

#include "base/buf.h"
#include "net/dial.h"
#include "net/tls.h"
#include "transfer/observer.h"
#include "url/url.h"

/* Which requests may share a connection. `host` is borrowed when looking one
 * up, owned by the connection otherwise. */
struct connection_key {
	const char *host;
	uint16_t port;
	const struct tls_config *tls; /* NULL: plain */
	struct route route; /* borrowed from the options either way */
};

struct pool_peer;

struct connection {
	struct connection_key key;
	struct stream *stream;
	struct stream *secure; /* the stream that TLS made, `stream` or below
				* it; NULL: none */
	struct buf in; /* received bytes; those before `used` are spent but stay
			* where they are until connection_compact */
	size_t used;
	long id; /* counts connections from 0 */
	bool reused;
	int64_t resolved, connected, secured; /* clock_now(); 0: not done */
	struct connection_end {
		char ip[ADDRESS_TEXT]; /* "" when not asked for */
		uint16_t port;
	} peer, local;
	struct connection *next; /* in the pool's list */
	struct pool_peer *place; /* in a shared pool's books; else NULL */
};

/* Connect to the origin of `url`, with TLS when `tls` is given, telling
 * `observer` (NULL: nobody) how that went, and noting in `found` a peer that
 * speaks plain HTTP where TLS was due; or take a connection from net->replay,
 * with neither dialling nor TLS, when that is given, and then `context` is not
 * needed. The connection is the caller's, to close. NULL with `e` filled on
 * failure, in the words of dial_tcp, of TLS and of replay_open. */
struct connection *connection_open(const struct url *url,
	const struct net_config *net, const struct tls_config *tls,
	struct tls_context *context, const struct observer *observer,
	struct findings *found, int64_t deadline, struct error *e);

/* Whether each certificate that the peer has sent is valid for `days` days more
 * at `now`, seconds since 1970; a plain connection has none. 0, or
 * -ERR_CERTIFICATE_DAYS naming the certificate. */
int connection_check_days(
	const struct connection *c, int64_t days, int64_t now, struct error *e);

/* Close and free; NULL is allowed. */
void connection_close(struct connection *c);

/* What has been received and not used yet. */
struct str connection_unread(const struct connection *c);

#define CONNECTION_READ 16384

/* Room for CONNECTION_READ more bytes behind the unread ones; whoever puts some
 * there adds to c->in.n. NULL, and ERR_TOO_LARGE in `e`, when `in` is full. */
char *connection_room(struct connection *c, struct error *e);

/* Forget the used bytes; whatever borrowed from them is void. */
void connection_compact(struct connection *c);

/* The peer has closed or sent bytes that nobody asked for: not for reuse. */
bool connection_stale(struct connection *c);

#endif
