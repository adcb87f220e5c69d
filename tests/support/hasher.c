#include "support/hasher.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

static void write_hex(const EVP_MD *method, struct str in, char *hex)
{
	unsigned char bytes[EVP_MAX_MD_SIZE];
	unsigned n = 0;

	if (EVP_Digest(in.p, in.n, bytes, &n, method, NULL) != 1)
		abort();
	for (unsigned i = 0; i < n && i < 32; i++) {
		hex[2 * i] = "0123456789abcdef"[bytes[i] >> 4];
		hex[2 * i + 1] = "0123456789abcdef"[bytes[i] & 15];
		hex[2 * i + 2] = '\0';
	}
}

static int digest(
	enum auth_hash hash, struct str in, char *hex, struct error *e)
{
	(void)e;
	write_hex(hash == AUTH_MD5            ? EVP_md5()
			: hash == AUTH_SHA256 ? EVP_sha256()
					      : EVP_sha512_256(),
		in, hex);
	return 0;
}

static int cut_digest(
	enum auth_hash hash, struct str in, char *hex, struct error *e)
{
	if (hash != AUTH_SHA512_256)
		return digest(hash, in, hex, e);
	write_hex(EVP_sha512(), in, hex);
	return 0;
}

static int broken_digest(
	enum auth_hash hash, struct str in, char *hex, struct error *e)
{
	(void)hash;
	(void)in;
	(void)hex;
	return error_set(e, ERR_NOT_BUILT_IN, "no digests today");
}

static int count_up(void *to, size_t n, struct error *e)
{
	(void)e;
	for (size_t i = 0; i < n; i++)
		((unsigned char *)to)[i] = (unsigned char)i;
	return 0;
}

static int broken_random(void *to, size_t n, struct error *e)
{
	(void)to;
	(void)n;
	return error_set(e, ERR_NOT_BUILT_IN, "no random bytes today");
}

static int hmac(
	struct str key, struct str in, unsigned char *mac, struct error *e)
{
	(void)e;
	if (!HMAC(EVP_sha256(), key.n ? key.p : "", (int)key.n,
		    (const unsigned char *)in.p, in.n, mac, NULL))
		abort();
	return 0;
}

static int broken_hmac(
	struct str key, struct str in, unsigned char *mac, struct error *e)
{
	(void)key;
	(void)in;
	(void)mac;
	return error_set(e, ERR_NOT_BUILT_IN, "no codes today");
}

const struct auth_hasher hasher = { digest, count_up, hmac };
const struct auth_hasher cut_hasher = { cut_digest, count_up, hmac };
const struct auth_hasher broken_hasher = { broken_digest, broken_random,
	broken_hmac };
