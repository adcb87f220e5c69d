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

/* Append the head to `out`. Returns 0, -ERR_USAGE as request_write, or
 * -ERR_OUT_OF_MEMORY. */
int compose_request(struct buf *out, const struct compose *c, struct error *e);

#endif
