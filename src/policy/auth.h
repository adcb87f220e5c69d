/* HTTP authentication: which scheme to use, and the value of Authorization
 * (RFC 9110 section 11, RFC 7617 Basic, RFC 7616 Digest, RFC 6750 Bearer). */
#ifndef POLICY_AUTH_H
#define POLICY_AUTH_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "http/head.h"

enum auth_scheme { /* bits, a stronger one is higher */
	AUTH_NONE = 0,
	AUTH_BASIC = 1,
	AUTH_DIGEST = 2,
	AUTH_BEARER = 4
};

/* From the weakest to the strongest. */
enum auth_hash { AUTH_MD5, AUTH_SHA256, AUTH_SHA512_256 };

#define AUTH_HEX_SIZE 65 /* the longest digest in hexadecimal, and a NUL */
#define AUTH_MAC_SIZE 32

/* Digests come from a library, which policy/ does not know. */
struct auth_hasher {
	/* The lower-case hexadecimal digest of `in`, NUL-terminated, into
	 * `hex` (AUTH_HEX_SIZE bytes). 0, or -ERR_NOT_BUILT_IN. */
	int (*digest)(enum auth_hash hash, struct str in, char *hex,
		struct error *e) CHECKED;
	/* `n` random bytes. 0 or an error. */
	int (*random)(void *to, size_t n, struct error *e) CHECKED;
	/* HMAC-SHA256 (RFC 2104) of `in`, AUTH_MAC_SIZE bytes; for sigv4_sign
	 * only. 0 or an error. */
	int (*hmac)(struct str key, struct str in, unsigned char *mac,
		struct error *e) CHECKED;
};

/* What is known of one server's (or proxy's) wishes: its last Digest challenge
 * and how often the nonce was used. One a host and a transfer. */
struct auth_state;

struct auth_state *auth_new(struct error *e) CHECKED;
void auth_free(struct auth_state *a); /* NULL is allowed */

struct auth_request {
	struct str method, target;
	struct str user, password; /* user {NULL, 0}: none, "" is one */
	struct str bearer; /* a token; {NULL, 0}: none */
	unsigned allowed; /* AUTH_ bits that the user allows; several: ask
			   * first, the strongest offered is taken */
};

/* Read the challenges of a 401 (WWW-Authenticate) or 407 (Proxy-Authenticate):
 * all fields of `head` named `field`, several challenges in one field too.
 * Returns 1 when another request with what auth_write gives then is worth
 * sending; 0 when not (nothing allowed is offered, or the credentials just sent
 * were refused: not stale); -ERR_WEIRD_REPLY or -ERR_NOT_BUILT_IN for a
 * challenge that is malformed or needs what is not supported (auth-int only, an
 * unknown algorithm), the message naming it. */
int auth_challenged(struct auth_state *a, const struct auth_request *request,
	const struct head *head, struct str field, struct error *e) CHECKED;

/* Take nextnonce from the Authentication-Info field of a success. */
void auth_accepted(
	struct auth_state *a, const struct head *head, struct str field);

/* Append the value for Authorization; nothing when no scheme is chosen yet
 * (several allowed and no challenge so far, or Digest without a challenge).
 * Digest: RFC 7616 with qop auth, -sess algorithms, userhash, cnonce, nc,
 * charset. Returns 0 or a negative error. */
int auth_write(struct auth_state *a, const struct auth_request *request,
	const struct auth_hasher *hasher, struct buf *out,
	struct error *e) CHECKED;

/* The scheme that the next request will use: "Basic", "Digest" or "Bearer",
 * static; NULL before a challenge was answered. */
const char *auth_scheme_name(const struct auth_state *a);

/* With the scheme chosen this request is only to fetch a challenge: a body is
 * better sent later (curl sends Content-Length: 0). */
bool auth_probing(
	const struct auth_state *a, const struct auth_request *request);

#endif
