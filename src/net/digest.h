/* Message digests and random bytes, which the module "tls" has of OpenSSL
 * besides TLS. */
#ifndef NET_DIGEST_H
#define NET_DIGEST_H

#include "base/error.h"
#include "base/str.h"

enum digest {
	DIGEST_MD5,
	DIGEST_SHA1,
	DIGEST_SHA256,
	DIGEST_SHA384,
	DIGEST_SHA512,
	DIGEST_SHA512_256
};

struct digest_state; /* of bytes that come in pieces */

#define DIGEST_HEX_SIZE 129 /* the longest in hexadecimal, and a NUL */
#define DIGEST_MAC_SIZE 32

/* Each returns 0, or -ERR_NOT_BUILT_IN with OpenSSL's reason when it does not
 * give that, as one in FIPS mode does not give MD5. All may be called by any
 * thread. */
struct digest_functions {
	/* The lower-case hexadecimal digest of `in`, NUL-terminated (RFC 1321,
	 * FIPS 180-4), into `hex`, which has room for it:
	 * DIGEST_HEX_SIZE bytes for any. */
	int (*digest)(enum digest digest, struct str in, char *hex,
		struct error *e) CHECKED;

	/* The same piece by piece: begin, add as often as wanted, and have the
	 * result, after which the state is only good to be freed. NULL when
	 * `begin` fails. `free` takes NULL. */
	struct digest_state *(*begin)(
		enum digest digest, struct error *e)CHECKED;
	int (*add)(struct digest_state *state, struct str in,
		struct error *e) CHECKED;
	int (*end)(
		struct digest_state *state, char *hex, struct error *e) CHECKED;
	void (*free)(struct digest_state *state);

	/* HMAC-SHA256 of `in` (RFC 2104): DIGEST_MAC_SIZE bytes. */
	int (*hmac_sha256)(struct str key, struct str in, unsigned char *mac,
		struct error *e) CHECKED;

	/* `n` bytes that nobody can guess. */
	int (*random)(void *to, size_t n, struct error *e) CHECKED;
};

#endif
