#include <errno.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "net/tls_openssl.h"

/* Highest versions last: min_version 10 is the first. */
static const int versions[] = { TLS1_VERSION, TLS1_1_VERSION, TLS1_2_VERSION,
	TLS1_3_VERSION };

/* OpenSSL's number for one of struct tls_config, `unset` for 0, -1 when there
 * is no such version. */
static int version_number(int version, int unset)
{
	if (version == 0)
		return unset;
	return version >= 10 && version <= 13 ? versions[version - 10] : -1;
}

static int set_versions(
	SSL_CTX *ssl, const struct tls_config *config, struct error *e)
{
	int min = version_number(config->min_version, TLS1_2_VERSION);
	int max = version_number(config->max_version, TLS1_3_VERSION);

	/* Without a minimum, a low maximum is what is meant. */
	if (config->min_version == 0 && max < min)
		min = max;
	if (min > 0 && max >= min &&
		SSL_CTX_set_min_proto_version(ssl, min) == 1 &&
		SSL_CTX_set_max_proto_version(
			ssl, config->max_version ? max : 0) == 1)
		return 0;
	return error_set(e, ERR_CIPHER,
		"no version of TLS is between the lowest (%d) and the highest "
		"(%d) that are allowed",
		config->min_version, config->max_version);
}

static int set_ciphers(
	SSL_CTX *ssl, const struct tls_config *config, struct error *e)
{
	if (config->ciphers &&
		SSL_CTX_set_cipher_list(ssl, config->ciphers) != 1) {
		error_set(e, ERR_CIPHER, "failed setting cipher list: %s",
			config->ciphers);
		tls_error_reason(e);
		return -ERR_CIPHER;
	}
	if (config->ciphers13 &&
		SSL_CTX_set_ciphersuites(ssl, config->ciphers13) != 1) {
		error_set(e, ERR_CIPHER,
			"failed setting TLS 1.3 cipher suite: %s",
			config->ciphers13);
		tls_error_reason(e);
		return -ERR_CIPHER;
	}
	if (config->curves &&
		SSL_CTX_set1_curves_list(ssl, config->curves) != 1) {
		error_set(e, ERR_CIPHER,
			"failed setting curves list: %s; names such as X25519 "
			"and P-256, each once, with ':' between them, are "
			"expected",
			config->curves);
		ERR_clear_error();
		return -ERR_CIPHER;
	}
	return 0;
}

/* As with curl, each certificate of the chain needs the CRL of its issuer. */
static int set_revocation(SSL_CTX *ssl, const char *crl_file, struct error *e)
{
	if (!crl_file)
		return 0;
	X509_VERIFY_PARAM_set_flags(SSL_CTX_get0_param(ssl),
		X509_V_FLAG_CRL_CHECK | X509_V_FLAG_CRL_CHECK_ALL);
	return tls_store_add_crls(SSL_CTX_get_cert_store(ssl), crl_file, e);
}

static int set_trust(
	struct tls_context *c, const struct tls_config *config, struct error *e)
{
	int error = tls_store_init(&c->store, SSL_CTX_get_cert_store(c->ssl),
		config, config->insecure ? NULL : e);

	/* A CA that is an intermediate one, or the server itself, will do. */
	X509_VERIFY_PARAM_set_flags(
		SSL_CTX_get0_param(c->ssl), X509_V_FLAG_PARTIAL_CHAIN);
	if (error < 0 && !config->insecure)
		return error;
	return set_revocation(c->ssl, config->crl_file, e);
}

/* OpenSSL hands every session over here, and to no cache of its own. */
static int keep_session(SSL *ssl, SSL_SESSION *session)
{
	struct tls_stream *t = tls_stream_of(ssl);

	if (SSL_SESSION_is_resumable(session))
		tls_sessions_put(&t->context->sessions, t->host, session);
	return 0;
}

static void set_behaviour(SSL_CTX *ssl, bool resumes)
{
	SSL_CTX_set_options(
		ssl, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
	SSL_CTX_set_read_ahead(ssl, 1);
	SSL_CTX_set_default_read_buffer_len(ssl, TLS_READ_BUFFER);
	if (!resumes)
		return;
	SSL_CTX_set_session_cache_mode(
		ssl, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
	SSL_CTX_sess_set_new_cb(ssl, keep_session);
}

static int set_up(
	struct tls_context *c, const struct tls_config *config, struct error *e)
{
	int error;

	c->ssl = SSL_CTX_new(TLS_client_method());
	c->bio = tls_bio_new();
	if (!c->ssl || !c->bio)
		return error_memory(e);
	/* A resumed session comes without an OCSP response. */
	set_behaviour(c->ssl, !config->no_resumption && !config->status);
	tls_keylog(c->ssl);
	error = set_versions(c->ssl, config, e);
	if (error == 0)
		error = set_ciphers(c->ssl, config, e);
	if (error == 0)
		error = tls_client_init(c->ssl, config, e);
	if (error == 0)
		error = set_trust(c, config, e);
	if (error == 0)
		error = tls_pins_init(&c->pins, config->pinned_key, e);
	return error;
}

struct tls_context *tls_context_new(
	const struct tls_config *config, struct error *e)
{
	struct tls_context *c = calloc(1, sizeof(*c));
	int error;

	if (!c) {
		error_memory(e);
		return NULL;
	}
	tls_sessions_init(&c->sessions);
	c->insecure = config->insecure;
	c->alpn = !config->no_alpn;
	c->status = config->status;
	error = OPENSSL_init_ssl(TLS_START, NULL) ? set_up(c, config, e)
						  : error_memory(e);
	if (error == 0)
		return c;
	tls_context_free(c);
	return NULL;
}

void tls_context_free(struct tls_context *c)
{
	if (!c)
		return;
	tls_sessions_fini(&c->sessions);
	SSL_CTX_free(c->ssl);
	BIO_meth_free(c->bio);
	tls_store_fini(&c->store);
	tls_pins_fini(&c->pins);
	free(c);
}
