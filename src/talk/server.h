/* Clients at a listener of streams: what they share, and how each is served. */
#ifndef TALK_SERVER_H
#define TALK_SERVER_H

#include <pthread.h>

#include "talk/reply.h"
#include "talk/talk.h"
#include "talk/workers.h"

struct server {
	struct talk *t; /* borrowed as what follows */
	const struct listen_config *config;
	struct reply reply;
	const struct tls_functions *tls; /* of ENDPOINT_TLS, else NULL */
	struct tls_context *tls_context;
	int64_t deadline; /* of everything */
	int64_t idle_ms; /* of a client that has to send or to take something */
	int64_t speed; /* the lowest that a request may come at; 0: any */
	struct kept kept; /* of all clients */
	bool many; /* clients, in threads: what they share of `t` and `config`
		    * is called under the lock */

	pthread_mutex_t lock; /* of the rest */
	struct receiver receiver;
	struct log notes, log;
	struct error failure; /* of t->receiver, the end of all; code 0: none */
	bool source_lent;
};

struct client {
	struct server *server;
	int fd; /* server_serve takes it over */
	struct visit visit;
	struct pulse pulse; /* of the visit */
	char text[ENDPOINT_PEER]; /* visit.peer, of TCP */
};

/* Fill in receiver, notes, log and lock; the rest is there. */
void server_init(struct server *s);
void server_fini(struct server *s);

/* The receiver has failed: everything is to end with s->failure. */
bool server_has_failed(struct server *s);

/* Serve a client to its end, in the thread of `worker`, or NULL. Without a
 * reply it is a conversation: it is sent the texts of t->source, or its file
 * from the beginning. Standard input (and a pipe) is lent to one of many
 * clients at a time, the first that comes while no other has it, until that one
 * leaves; the others are only received from. With a reply, it is sent when the
 * client has ended or paused; what it sends afterwards is still received.
 * Returns 0; -ERR_TOO_LARGE when more than LIMIT_HEARD was to be filled in;
 * what tls_functions.accept, conversation_hold, visit_receive, visit_send,
 * answer_init and http_serve fail with. */
int server_serve(
	struct client *c, struct worker *worker, struct error *e) CHECKED;

#endif
