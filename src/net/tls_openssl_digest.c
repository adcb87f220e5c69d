/* The module "tls": digests and random bytes. */
#include <limits.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include "net/tls_openssl.h"

/* OpenSSL's words for why it does not give `what`. */
static int refused(const char *what, struct error *e)
{
	error_set(e, ERR_NOT_BUILT_IN, "OpenSSL does not give %s", what);
	tls_error_reason(e);
	return -ERR_NOT_BUILT_IN;
}

static const EVP_MD *method_of(enum digest digest, const char **name)
{
	switch (digest) {
	case DIGEST_MD5:
		*name = "MD5";
		return EVP_md5();
	case DIGEST_SHA256:
		*name = "SHA-256";
		return EVP_sha256();
	case DIGEST_SHA512_256:
		break;
	}
	*name = "SHA-512-256";
	return EVP_sha512_256();
}

static int hex_digest(
	enum digest digest, struct str in, char *hex, struct error *e)
{
	static const char digits[] = "0123456789abcdef";
	unsigned char bytes[EVP_MAX_MD_SIZE];
	const char *name;
	const EVP_MD *method = method_of(digest, &name);
	unsigned n = 0;

	if (!OPENSSL_init_crypto(TLS_START, NULL) ||
		EVP_Digest(in.p, in.n, bytes, &n, method, NULL) != 1)
		return refused(name, e);
	for (unsigned i = 0; i < n; i++) {
		hex[2 * i] = digits[bytes[i] >> 4];
		hex[2 * i + 1] = digits[bytes[i] & 15];
	}
	hex[2 * n] = '\0';
	return 0;
}

static int hmac_sha256(
	struct str key, struct str in, unsigned char *mac, struct error *e)
{
	/* A key that is NULL would mean the last one once more. */
	const char *bytes = key.n ? key.p : "";

	if (!OPENSSL_init_crypto(TLS_START, NULL) || key.n > INT_MAX ||
		!HMAC(EVP_sha256(), bytes, (int)key.n,
			(const unsigned char *)in.p, in.n, mac, NULL))
		return refused("HMAC-SHA256", e);
	return 0;
}

static int random_bytes(void *to, size_t n, struct error *e)
{
	if (!OPENSSL_init_crypto(TLS_START, NULL) || n > INT_MAX ||
		RAND_bytes(to, (int)n) != 1)
		return refused("random bytes", e);
	return 0;
}

const struct digest_functions tls_digests = {
	.digest = hex_digest,
	.hmac_sha256 = hmac_sha256,
	.random = random_bytes,
};
