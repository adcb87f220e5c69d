/* The decisions of a transfer in words, for observers and for -v. Each takes an
 * observer that may be NULL, and formats nothing that nobody reads. */
#ifndef TRANSFER_TELL_H
#define TRANSFER_TELL_H

#include "transfer/body.h"
#include "transfer/credentials.h"

/* The connection of the exchange is kept, or closed and why. */
void tell_connection_end(
	const struct observer *o, const struct exchange *x, enum reuse reuse);

struct redirect_step {
	int status;
	const struct url *to;
	struct str method; /* of the next request */
	bool with_body;
	bool without_credentials; /* some are known and do not go along */
};

/* A redirect will be followed. */
void tell_redirect(const struct observer *o, const struct redirect_step *r);

/* One was asked for and will not be. */
void tell_not_followed(const struct observer *o, int status);

/* A hop to `url`, after a redirect, begins. */
void tell_next_url(const struct observer *o, const struct url *url);

/* What became of a Set-Cookie value. The cookie's value is left out. */
void tell_cookie(const struct observer *o, struct str cookie, int verdict);

/* The proxy that a hop takes: the request is for it to forward, or goes through
 * it to the origin. */
void tell_proxy(
	const struct observer *o, const struct proxy *p, bool forwarded);

/* A 401 has come, or a 407 when these are credentials for a proxy: `again` the
 * request is sent, with such of their scheme; or it is not. */
void tell_challenge(
	const struct observer *o, const struct credentials *c, bool again);

#endif
