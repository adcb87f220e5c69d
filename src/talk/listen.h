/* What talk_listen is made of. */
#ifndef TALK_LISTEN_H
#define TALK_LISTEN_H

#include "net/listen.h"
#include "talk/reply.h"
#include "talk/talk.h"

/* The sockets are ENDPOINT_UDP's. Each datagram is handed to the receiver. With
 * a reply each is answered, and it ends after t->count of them (1 when not
 * given). Without one, what t->source gives is sent to who sent last, and
 * without keep_open only the first one is listened to: it ends when t->count
 * have come (1) and all of the source was sent; a terminal is not waited for
 * when the count was given. With keep_open, and no count, it ends at `deadline`
 * only. Returns as talk_listen: 0; -ERR_TIMEOUT at the deadline, or when
 * nothing came for t->wait_ms, unless something had come and no count is
 * missed. */
int listen_datagrams(struct talk *t, const struct listen_config *config,
	const struct listen_sockets *sockets, const struct reply *reply,
	int64_t deadline, struct error *e) CHECKED;

#endif
