/* From a job and the hop it has reached to the bytes of a request head. */
#ifndef TRANSFER_COMPOSE_H
#define TRANSFER_COMPOSE_H

#include "transfer/credentials.h"

/* What changes from hop to hop. All borrowed. */
struct compose {
	const struct job *job;
	const struct url *url;
	struct str method;
	struct str referer;
	bool with_body;
	struct credentials *credentials;
	int64_t now; /* seconds since 1970, for cookies */
	bool old_server; /* it has answered in HTTP/1.0, so it is asked so */
	bool no_probe; /* nobody wants credentials: the body goes along */
	bool no_expect; /* the server has refused to be asked (417) */
	bool trusted; /* this origin may see credentials */
	bool forwarded; /* by a proxy, which the request is for */
	struct credentials *proxy_credentials; /* then; else NULL */
	bool first_host; /* this is the host that -H 'Host: x' was meant for */
};

/* A request as it goes over the wire. */
struct message {
	struct buf head;
	bool chunked; /* its body goes in chunks: its length is unknown, or the
		       * user's own field says so */
	bool expects; /* its body waits for 100 (Continue) */
	bool asks_continue; /* it says Expect: 100-continue, be there a body or
			     * not */
	bool probing; /* its body is left out: it would only be refused */
	bool closes; /* it asks for the connection to be closed, or its end is
		      * not clear */
};

void message_init(struct message *m);
void message_fini(struct message *m);

/* Write the request into `m`, which is new. Returns 0, -ERR_USAGE as
 * request_write, -ERR_UPLOAD for a body of unknown length in HTTP/1.0, or
 * -ERR_OUT_OF_MEMORY. */
int compose(
	struct message *m, const struct compose *c, struct error *e) CHECKED;

#endif
