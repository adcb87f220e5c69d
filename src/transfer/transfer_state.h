/* Inside a transfer: its state, and the steps that its ordinary course
 * (transfer.c), raw requests (raw.c) and dry runs (dry_run.c) share
 * (transfer_peer.c, transfer_steps.c, tunnel.c). Nobody else includes this. */
#ifndef TRANSFER_TRANSFER_STATE_H
#define TRANSFER_TRANSFER_STATE_H

#include "transfer/body.h"
#include "transfer/compose.h"
#include "transfer/exchange.h"
#include "transfer/session.h"

/* A job under way: where it has got to. */
struct transfer {
	struct session *session;
	const struct job *job;
	const struct sink_port *sink;
	const struct observer *observer;
	const struct log *log;
	struct facts *facts;
	struct url url; /* of this hop */
	const struct url *shown; /* what a raw request is for; NULL: url */
	struct url first; /* of the first, whose origin may see credentials */
	struct credentials credentials; /* for this hop's origin */
	bool has_credentials;
	const struct proxy *proxy; /* of this hop, from the session; NULL: none
				    */
	bool forwarded; /* requests are for the proxy itself */
	struct credentials proxy_credentials; /* for `proxy_known` */
	const struct proxy *proxy_known; /* NULL: none yet */
	const char *names, *tunnel; /* as in struct connection_key */
	struct buf peer; /* the host that is connected to, with its zone */
	bool was_secure; /* a hop before this one went over https */
	bool own_user; /* a redirect has brought a user of its own */
	struct str method;
	struct str implied; /* what it would be without -X */
	bool with_body;
	bool no_expect; /* a 417 has come */
	bool no_probe; /* a request without its body went unchallenged */
	bool old_server; /* this origin has answered in HTTP/1.0 */
	char *referer; /* of --referer ';auto'; NULL before the first redirect
			*/
	int64_t started, deadline;
	struct pool_peer *place; /* for a connection to be opened, or NULL */
	struct pace pace;
	bool paced; /* pace has been started */
	struct hop hop; /* the one under way */
	bool again; /* another one follows */
	enum hop_reason reason; /* why, then */
	struct url next; /* where to, when that is a redirect */
};

/* A hop begins, or is over with `e` (NULL: it went well): tell the observer. */
void transfer_begin_hop(struct transfer *t, enum hop_reason reason);
void transfer_end_hop(struct transfer *t, const struct error *e);

/* Find out whom this hop connects to, through which proxy. Returns 0, or as
 * proxy_choose. */
int transfer_choose_peer(struct transfer *t, struct error *e) CHECKED;

/* Which connections requests of this hop may go over; borrows from `t`. */
struct connection_key transfer_key(const struct transfer *t);

/* Nothing more will be asked of a proxy. */
void transfer_forget_peer(struct transfer *t);

/* An idle connection to the origin of this hop that the peer has neither closed
 * nor sent anything on, or NULL when one is to be opened. Waits as pool_take
 * does, and returns as it. */
int transfer_take_idle(
	struct transfer *t, struct connection **taken, struct error *e) CHECKED;

/* The place of a new connection to the origin of this hop, which an idle one is
 * closed for. Waits as pool_take does, and returns as it. */
int transfer_take_place(struct transfer *t, struct error *e) CHECKED;

/* No connection will be opened after all. */
void transfer_forgo_place(struct transfer *t);

/* A new connection to the origin of this hop; NULL as connection_open, or
 * -ERR_CERTIFICATE_DAYS. What is wrong with it goes to `found`. */
struct connection *transfer_connect(
	struct transfer *t, struct findings *found, struct error *e) CHECKED;

/* An exchange to be; also without a connection something may be found.
 * exchange_fini is due. */
void transfer_prepare_exchange(const struct transfer *t, struct exchange *x);

/* It takes place over `c`. */
void transfer_begin_exchange(
	struct transfer *t, struct exchange *x, struct connection *c);

/* Done with the connection of the exchange: it goes to the pool, or is closed.
 */
void transfer_end_connection(
	struct transfer *t, struct exchange *x, enum reuse reuse);

#endif
