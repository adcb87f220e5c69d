#include "net/tls_openssl_pin.h"

#include <errno.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <stdlib.h>
#include <string.h>

#include "base/base64.h"
#include "base/str.h"

#define PREFIX STR("sha256//")
#define DIGEST_TEXT_MAX 64

static int add(struct tls_pins *p, const unsigned char *digest, struct error *e)
{
	void *more = realloc(p->digests, (p->n + 1) * sizeof(*p->digests));

	if (!more)
		return error_memory(e);
	p->digests = more;
	memcpy(p->digests[p->n++], digest, SHA256_DIGEST_LENGTH);
	return 0;
}

static bool digest_key(const X509_PUBKEY *key, unsigned char *digest)
{
	unsigned char *der = NULL;
	int n = i2d_X509_PUBKEY(key, &der);
	bool fine = n > 0 &&
		EVP_Digest(der, (size_t)n, digest, NULL, EVP_sha256(), NULL) ==
			1;

	OPENSSL_free(der);
	return fine;
}

/* A digest that is none would never match: all that could be seen of a slip of
 * the hand in it is that the spare key does not work on the day it is needed.
 */
static int add_digest(struct tls_pins *p, struct str text, struct error *e)
{
	struct buf digest;
	int error;

	buf_init(&digest, DIGEST_TEXT_MAX);
	if (str_starts(text, PREFIX) &&
		base64_decode(&digest, str_from(text, PREFIX.n)) &&
		digest.n == SHA256_DIGEST_LENGTH)
		error = add(p, (const unsigned char *)digest.p, e);
	else
		error = error_set(e, ERR_PINNED_KEY,
			"the pinned public key '%.*s' is not sha256// and the "
			"base64 of %d bytes",
			STR_FMT(text), SHA256_DIGEST_LENGTH);
	buf_fini(&digest);
	return error;
}

static int add_digests(struct tls_pins *p, struct str text, struct error *e)
{
	struct str one;
	bool more = true;
	int error = 0;

	while (more && error == 0) {
		more = str_cut(text, ';', &one, &text);
		error = add_digest(p, one, e);
	}
	return error;
}

/* PEM or DER, which cannot be mistaken for each other. */
static X509_PUBKEY *read_key(BIO *in)
{
	X509_PUBKEY *key = PEM_read_bio_X509_PUBKEY(in, NULL, NULL, NULL);

	if (!key && BIO_reset(in) >= 0)
		key = d2i_X509_PUBKEY_bio(in, NULL);
	ERR_clear_error();
	return key;
}

static int add_file(struct tls_pins *p, const char *file, struct error *e)
{
	unsigned char digest[SHA256_DIGEST_LENGTH];
	BIO *in = BIO_new_file(file, "rb");
	X509_PUBKEY *key;
	bool fine;

	if (!in) {
		int unreadable = errno;

		ERR_clear_error();
		return error_set(e, ERR_PINNED_KEY,
			"could not read the pinned public key %s: %s; digests "
			"begin with sha256//",
			file, error_system(unreadable));
	}
	key = read_key(in);
	BIO_free(in);
	fine = key && digest_key(key, digest);
	X509_PUBKEY_free(key);
	if (!fine)
		return error_set(e, ERR_PINNED_KEY,
			"no public key in PEM or DER is in %s; 'openssl x509 "
			"-pubkey -noout' takes it out of a certificate",
			file);
	return add(p, digest, e);
}

int tls_pins_init(struct tls_pins *p, const char *text, struct error *e)
{
	if (!text)
		return 0;
	if (str_starts(str_of(text), PREFIX))
		return add_digests(p, str_of(text), e);
	return add_file(p, text, e);
}

void tls_pins_fini(struct tls_pins *p)
{
	free(p->digests);
}

static bool is_pinned(const struct tls_pins *p, const unsigned char *digest)
{
	for (size_t i = 0; i < p->n; i++)
		if (memcmp(p->digests[i], digest, SHA256_DIGEST_LENGTH) == 0)
			return true;
	return false;
}

int tls_pins_check(const struct tls_pins *p, const SSL *ssl, const char *host,
	const struct log *log, struct error *e)
{
	unsigned char digest[SHA256_DIGEST_LENGTH];
	const X509 *certificate;
	struct buf text;
	int error = 0;

	if (p->n == 0)
		return 0;
	certificate = SSL_get0_peer_certificate(ssl);
	if (!certificate ||
		!digest_key(X509_get_X509_PUBKEY(certificate), digest))
		return error_set(e, ERR_PINNED_KEY,
			"SSL: %s has no public key that could be compared with "
			"the pinned one",
			host);
	buf_init(&text, DIGEST_TEXT_MAX);
	base64_encode(&text,
		(struct str){ (const char *)digest, SHA256_DIGEST_LENGTH });
	log_line(
		log, " public key hash: sha256//%.*s", STR_FMT(buf_str(&text)));
	if (!is_pinned(p, digest))
		error = error_set(e, ERR_PINNED_KEY,
			"SSL: public key does not match pinned public key; %s "
			"has sha256//%.*s",
			host, STR_FMT(buf_str(&text)));
	buf_fini(&text);
	return error;
}
