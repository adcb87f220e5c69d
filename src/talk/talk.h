/* Plain TCP, TLS, Unix and UDP: one call for a client, one for a listener. */
#ifndef TALK_TALK_H
#define TALK_TALK_H

#include "base/log.h"
#include "http/request.h"
#include "net/dial.h"
#include "net/tls.h"
#include "proxy/proxy.h"
#include "talk/conversation.h"
#include "talk/endpoint.h"

/* A client's proxies. Nothing is owned. */
struct talk_proxy {
	const struct proxy *proxy; /* NULL: none */
	const struct proxy *first; /* a SOCKS proxy on the way to it; NULL */
	struct tls_context *context; /* of an HTTPS proxy */
	struct str
		authorization; /* the value for an HTTP proxy; may be empty */
	const char *user_agent; /* in CONNECT; "" sends none */
	const struct user_field *fields; /* likewise */
	size_t n_fields;
};

/* What both have in common. Nothing is owned. */
struct talk {
	struct endpoint endpoint;
	struct net_config net;
	struct talk_proxy through; /* of ENDPOINT_TCP and ENDPOINT_TLS */
	const struct tls_config *tls;
	struct tls_context *tls_context; /* of ENDPOINT_TLS */
	struct source source;
	struct receiver receiver;
	struct transcript *transcript;
	bool lines; /* a datagram a line */
	bool no_shutdown;
	int64_t wait_ms; /* --wait; negative: not given */
	int64_t max_time_ms; /* -m; 0: none */
	int64_t speed; /* --speed-limit: bytes a second that what a listener
			* answers has to come at; 0: any; negative: not given */
	int64_t count; /* --count; negative: not given */
	struct log log;
};

/* Connect, converse, close. Returns 0, -ERR_RESOLVE, -ERR_CONNECT (for UDP: an
 * ICMP refusal, noticed at once), -ERR_TIMEOUT (no reply where one was due),
 * or what passage_open and conversation_hold fail with. UDP: sends a datagram
 * for each that the source gives, then waits `wait_ms` (default 1000) for
 * `count` replies (default 1; 0: does not wait). */
int talk_client(struct talk *t, struct error *e) CHECKED;

/* What a listener answers with. */
struct listen_config {
	struct str reply; /* --reply; %{data} and %{peer} are filled in */
	bool has_reply;
	const char *reply_file; /* --reply-file; NULL: none */
	const char *reply_raw; /* --reply-raw, http only; NULL: none */
	bool keep_open; /* --keep-open */
	bool json; /* --format json: requests as JSON objects */
	const char *cert, *key; /* of tls:// */
	const char *client_ca; /* --cacert: ask for client certificates */

	/* Called once with the address that is listened on, as a URL. */
	void (*ready)(void *context, const char *address);
	/* A line for people: a finding, a client that failed. */
	void (*note)(void *context, const char *line);
	void *context;
};

/* Serve on t->endpoint: one client, then 0; with t->count, that many; with
 * keep_open and no count until the deadline or a signal (of a Unix socket the
 * handler calls listen_remove_paths of net/listen.h). Several are served at
 * once, each in a thread; server.h, http_server.h and listen.h say how. Clients
 * of ENDPOINT_UDP are datagrams. t->wait_ms is how long a client may be silent,
 * or take nothing (by default 30 s with a reply, else for ever), and without
 * keep_open how long nobody may come. A client that fails is told of by `note`
 * and disturbs nobody; for a single client its error is the result. Returns 0;
 * -ERR_TIMEOUT when nobody came, or fewer than t->count; -ERR_USAGE for a count
 * of 0; -ERR_INTERFACE (the address cannot be bound: which and why); -ERR_READ
 * (reply file); what resolve, tls_functions.server_context_new and the receiver
 * fail with. */
int talk_listen(struct talk *t, const struct listen_config *config,
	struct error *e) CHECKED;

#endif
