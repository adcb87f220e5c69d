/* From a job and the hop it has reached to the bytes of a request head. */
#ifndef TRANSFER_COMPOSE_H
#define TRANSFER_COMPOSE_H

#include "transfer/job.h"

/* What changes from hop to hop. All borrowed. */
struct compose {
	const struct job *job;
	const struct url *url;
	struct str method;
	struct str referer;
	bool with_body;
	bool trusted; /* this origin may see credentials */
	bool first_host; /* this is the host that -H 'Host: x' was meant for */
};

/* A request as it goes over the wire. */
struct message {
	struct buf head;
	struct str body; /* borrows from the job, or from `coded` */
	struct buf coded; /* private: a body in the chunked transfer coding */
};

void message_init(struct message *m);
void message_fini(struct message *m);

/* Write the request into `m`, which is new. A body goes in chunks when the user
 * has written "Transfer-Encoding: chunked" (RFC 9112 section 7.1). Returns 0,
 * -ERR_USAGE as request_write, or -ERR_OUT_OF_MEMORY. */
int compose(struct message *m, const struct compose *c, struct error *e);

#endif
