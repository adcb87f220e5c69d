/* Message digests and random bytes, which the module "tls" has of OpenSSL
 * besides TLS. */
#ifndef NET_DIGEST_H
#define NET_DIGEST_H

#include "base/error.h"
#include "base/str.h"

enum digest { DIGEST_MD5, DIGEST_SHA256, DIGEST_SHA512_256 };

#define DIGEST_HEX_SIZE 65 /* the longest in hexadecimal, and a NUL */
#define DIGEST_MAC_SIZE 32

/* Each returns 0, or -ERR_NOT_BUILT_IN with OpenSSL's reason when it does not
 * give that, as one in FIPS mode does not give MD5. All may be called by any
 * thread. */
struct digest_functions {
	/* The lower-case hexadecimal digest of `in`, NUL-terminated (RFC 1321,
	 * FIPS 180-4), into the DIGEST_HEX_SIZE bytes of `hex`. */
	int (*digest)(
		enum digest digest, struct str in, char *hex, struct error *e);

	/* HMAC-SHA256 of `in` (RFC 2104): DIGEST_MAC_SIZE bytes. */
	int (*hmac_sha256)(struct str key, struct str in, unsigned char *mac,
		struct error *e);

	/* `n` bytes that nobody can guess. */
	int (*random)(void *to, size_t n, struct error *e);
};

#endif
