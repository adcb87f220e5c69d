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

/* For PEM files with an encrypted key; never asks the terminal. */
static int give_password(char *to, int size, int writing, void *password)
{
	size_t n = password ? strlen(password) : 0;

	(void)writing;
	if (n == 0 || n > (size_t)size)
		return -1;
	memcpy(to, password, n);
	return (int)n;
}

/* The ciphers by which the traditional form of PEM encrypts keys. */
static void add_key_ciphers(void)
{
	EVP_add_cipher(EVP_aes_128_cbc());
	EVP_add_cipher(EVP_aes_192_cbc());
	EVP_add_cipher(EVP_aes_256_cbc());
	EVP_add_cipher(EVP_des_ede3_cbc());
}

static int client_error(struct error *e, const char *what, const char *file,
	const struct tls_config *config)
{
	int unreadable = access(file, R_OK) == 0 ? 0 : errno;

	error_set(e, ERR_CLIENT_CERTIFICATE,
		"could not load PEM client %s "
		"from %s",
		what, file);
	if (unreadable)
		error_add(e, ": %s", error_system(unreadable));
	else
		tls_error_reason(e);
	error_add(e, "%s",
		config->password
			? " (none found, wrong pass phrase, or wrong format?)"
			: " (none found, wrong format, or --pass needed?)");
	ERR_clear_error();
	return -ERR_CLIENT_CERTIFICATE;
}

bool tls_key_mismatch(void)
{
	unsigned long code = ERR_peek_error();

	return ERR_GET_LIB(code) == ERR_LIB_X509 &&
		ERR_GET_REASON(code) == X509_R_KEY_VALUES_MISMATCH;
}

static int mismatch(struct error *e, const char *key, const char *cert)
{
	ERR_clear_error();
	return error_set(e, ERR_CLIENT_CERTIFICATE,
		"the key in %s is not that of the client certificate in %s",
		key, cert);
}

static int set_client(
	SSL_CTX *ssl, const struct tls_config *config, struct error *e)
{
	const char *key = config->key ? config->key : config->cert;

	if (!config->cert)
		return 0;
	add_key_ciphers();
	SSL_CTX_set_default_passwd_cb(ssl, give_password);
	SSL_CTX_set_default_passwd_cb_userdata(ssl, (void *)config->password);
	if (SSL_CTX_use_certificate_chain_file(ssl, config->cert) != 1)
		return client_error(e, "certificate", config->cert, config);
	if (SSL_CTX_use_PrivateKey_file(ssl, key, SSL_FILETYPE_PEM) != 1)
		return tls_key_mismatch() ? mismatch(e, key, config->cert)
					  : client_error(e, "key", key, config);
	if (SSL_CTX_check_private_key(ssl) != 1)
		return mismatch(e, key, config->cert);
	/* The password may not outlive its use. */
	SSL_CTX_set_default_passwd_cb_userdata(ssl, NULL);
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
	set_behaviour(c->ssl, !config->no_resumption);
	tls_keylog(c->ssl);
	error = set_versions(c->ssl, config, e);
	if (error == 0)
		error = set_ciphers(c->ssl, config, e);
	if (error == 0)
		error = set_client(c->ssl, config, e);
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

	if (!c) {
		error_memory(e);
		return NULL;
	}
	tls_sessions_init(&c->sessions);
	c->insecure = config->insecure;
	c->alpn = !config->no_alpn;
	if (!OPENSSL_init_ssl(TLS_START, NULL) || set_up(c, config, e) < 0) {
		tls_context_free(c);
		return NULL;
	}
	return c;
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
