/* The Digest scheme (RFC 7616): what a challenge says, and the credentials that
 * answer it. */
#ifndef POLICY_DIGEST_H
#define POLICY_DIGEST_H

#include "policy/auth.h"

/* The parameters of a challenge that are of use. User name and password are
 * hashed as the bytes that were given, whatever `charset` says: those of a
 * UTF-8 locale are what it asks for. */
enum digest_parameter {
	DIGEST_REALM,
	DIGEST_NONCE,
	DIGEST_OPAQUE,
	DIGEST_ALGORITHM,
	DIGEST_QOP,
	DIGEST_STALE,
	DIGEST_USERHASH,
	DIGEST_PARAMETERS /* how many */
};

struct digest_challenge {
	struct buf values[DIGEST_PARAMETERS]; /* owned, unquoted */
	unsigned given; /* bits: 1 << enum digest_parameter */
	enum auth_hash hash;
	bool session; /* a -sess algorithm */
	bool protects; /* qop "auth", else the form of RFC 2069 */
	bool stale;
	bool userhash;
};

void digest_init(struct digest_challenge *c);
void digest_fini(struct digest_challenge *c);

/* Read the parameters of a Digest challenge into `c`, which is overwritten.
 * Returns 0; -ERR_WEIRD_REPLY when they are malformed, one stands there twice
 * (RFC 9110 section 11.2), one is over LIMIT_CHALLENGE_VALUE, there is no
 * nonce, or a -sess algorithm without qop; -ERR_NOT_BUILT_IN for an unknown
 * algorithm or when auth-int is the only qop that is known;
 * -ERR_OUT_OF_MEMORY. A missing realm is an empty one, as curl has it. */
int digest_read(struct digest_challenge *c, struct str parameters,
	struct error *e) CHECKED;

/* The value of a parameter, empty when it was not given. */
struct str digest_value(
	const struct digest_challenge *c, enum digest_parameter parameter);

struct digest_request {
	struct str method, target; /* as in the request line */
	struct str user, password;
	struct str nonce; /* that of the challenge, or a nextnonce since */
	struct str cnonce; /* for `c->protects`: random, without '"' and '\',
			    * the same for all answers to one challenge */
	uint32_t count; /* of the requests with this nonce, this one too */
};

/* Append "Digest " and the parameters in curl's order (RFC 7616 section 3.4).
 * Control characters, which no field may have, are percent-encoded as curl does
 * it in user names, but hashed as they are. Returns 0, what the hasher fails
 * with, or -ERR_OUT_OF_MEMORY; a failure appends nothing. */
int digest_write(const struct digest_challenge *c,
	const struct digest_request *request, const struct auth_hasher *hasher,
	struct buf *out, struct error *e) CHECKED;

#endif
