/* The module "tls": digests and random bytes. */
#include <limits.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <stdlib.h>

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
	case DIGEST_SHA1:
		*name = "SHA-1";
		return EVP_sha1();
	case DIGEST_SHA256:
		*name = "SHA-256";
		return EVP_sha256();
	case DIGEST_SHA384:
		*name = "SHA-384";
		return EVP_sha384();
	case DIGEST_SHA512:
		*name = "SHA-512";
		return EVP_sha512();
	case DIGEST_SHA512_256:
		break;
	}
	*name = "SHA-512-256";
	return EVP_sha512_256();
}

static void write_hex(const unsigned char *bytes, unsigned n, char *hex)
{
	static const char digits[] = "0123456789abcdef";

	for (unsigned i = 0; i < n; i++) {
		hex[2 * i] = digits[bytes[i] >> 4];
		hex[2 * i + 1] = digits[bytes[i] & 15];
	}
	hex[2 * n] = '\0';
}

static int hex_digest(
	enum digest digest, struct str in, char *hex, struct error *e)
{
	unsigned char bytes[EVP_MAX_MD_SIZE];
	const char *name;
	const EVP_MD *method = method_of(digest, &name);
	unsigned n = 0;

	if (!OPENSSL_init_crypto(TLS_START, NULL) ||
		EVP_Digest(in.p, in.n, bytes, &n, method, NULL) != 1)
		return refused(name, e);
	write_hex(bytes, n, hex);
	return 0;
}

struct digest_state {
	EVP_MD_CTX *context;
	const char *name;
};

static void state_free(struct digest_state *state)
{
	if (state)
		EVP_MD_CTX_free(state->context);
	free(state);
}

static struct digest_state *state_begin(enum digest digest, struct error *e)
{
	struct digest_state *state = calloc(1, sizeof(*state));
	const EVP_MD *method;

	if (!state) {
		error_memory(e);
		return NULL;
	}
	method = method_of(digest, &state->name);
	state->context = OPENSSL_init_crypto(TLS_START, NULL) ? EVP_MD_CTX_new()
							      : NULL;
	if (state->context &&
		EVP_DigestInit_ex(state->context, method, NULL) == 1)
		return state;
	refused(state->name, e);
	state_free(state);
	return NULL;
}

static int state_add(struct digest_state *state, struct str in, struct error *e)
{
	if (EVP_DigestUpdate(state->context, in.p, in.n) != 1)
		return refused(state->name, e);
	return 0;
}

static int state_end(struct digest_state *state, char *hex, struct error *e)
{
	unsigned char bytes[EVP_MAX_MD_SIZE];
	unsigned n = 0;

	if (EVP_DigestFinal_ex(state->context, bytes, &n) != 1)
		return refused(state->name, e);
	write_hex(bytes, n, hex);
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
	.begin = state_begin,
	.add = state_add,
	.end = state_end,
	.free = state_free,
	.hmac_sha256 = hmac_sha256,
	.random = random_bytes,
};
