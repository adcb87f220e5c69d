/* The certificate that a client presents, and its key. */
#include <errno.h>
#include <openssl/err.h>
#include <openssl/pkcs12.h>
#include <string.h>
#include <unistd.h>

#include "net/tls_openssl.h"

static const char *const type_names[] = {
	[TLS_FILE_PEM] = "PEM", [TLS_FILE_DER] = "DER", [TLS_FILE_P12] = "P12"
};

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
	enum tls_file_type type, const struct tls_config *config)
{
	int unreadable = access(file, R_OK) == 0 ? 0 : errno;

	error_set(e, ERR_CLIENT_CERTIFICATE,
		"could not load %s client %s from %s", type_names[type], what,
		file);
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

/* What a file of PKCS #12 holds. */
struct bag {
	EVP_PKEY *key;
	X509 *certificate;
	STACK_OF(X509) * chain;
};

static void bag_fini(struct bag *bag)
{
	EVP_PKEY_free(bag->key);
	X509_free(bag->certificate);
	sk_X509_pop_free(bag->chain, X509_free);
}

/* Files that old programs wrote are encrypted as OpenSSL no longer does. */
static int bag_error(const struct tls_config *config, struct error *e)
{
	bool old = ERR_GET_REASON(ERR_peek_error()) == ERR_R_UNSUPPORTED;

	client_error(e, "certificate", config->cert, TLS_FILE_P12, config);
	if (old)
		error_add(e,
			"; it is encrypted in an outdated way: 'openssl pkcs12 "
			"-legacy -nodes' reads it");
	return -ERR_CLIENT_CERTIFICATE;
}

static int bag_read(
	struct bag *bag, const struct tls_config *config, struct error *e)
{
	const char *password = config->password ? config->password : "";
	BIO *in = BIO_new_file(config->cert, "rb");
	PKCS12 *p12 = in ? d2i_PKCS12_bio(in, NULL) : NULL;
	bool fine = p12 &&
		PKCS12_parse(p12, password, &bag->key, &bag->certificate,
			&bag->chain);

	PKCS12_free(p12);
	BIO_free(in);
	if (!fine)
		return bag_error(config, e);
	if (!bag->certificate || !bag->key)
		return error_set(e, ERR_CLIENT_CERTIFICATE,
			"no certificate with its key is in the P12 file %s",
			config->cert);
	return 0;
}

static int bag_use(SSL_CTX *ssl, const struct bag *bag,
	const struct tls_config *config, struct error *e)
{
	if (SSL_CTX_use_certificate(ssl, bag->certificate) != 1 ||
		SSL_CTX_set1_chain(ssl, bag->chain) != 1)
		return client_error(
			e, "certificate", config->cert, TLS_FILE_P12, config);
	if (!config->key && SSL_CTX_use_PrivateKey(ssl, bag->key) != 1)
		return client_error(
			e, "key", config->cert, TLS_FILE_P12, config);
	return 0;
}

static int use_bag(
	SSL_CTX *ssl, const struct tls_config *config, struct error *e)
{
	struct bag bag = { 0 };
	int error = bag_read(&bag, config, e);

	if (error == 0)
		error = bag_use(ssl, &bag, config, e);
	bag_fini(&bag);
	return error;
}

static int use_certificate(
	SSL_CTX *ssl, const struct tls_config *config, struct error *e)
{
	int done;

	if (config->cert_type == TLS_FILE_P12)
		return use_bag(ssl, config, e);
	if (config->cert_type == TLS_FILE_PEM)
		done = SSL_CTX_use_certificate_chain_file(ssl, config->cert);
	else
		done = SSL_CTX_use_certificate_file(
			ssl, config->cert, SSL_FILETYPE_ASN1);
	return done == 1 ? 0
			 : client_error(e, "certificate", config->cert,
				   config->cert_type, config);
}

static int use_key(SSL_CTX *ssl, const struct tls_config *config,
	const char *key, struct error *e)
{
	if (!config->key && config->cert_type == TLS_FILE_P12)
		return 0;
	if (!config->key && config->cert_type == TLS_FILE_DER)
		return error_set(e, ERR_CLIENT_CERTIFICATE,
			"the client certificate in %s is DER, which has no "
			"room for its key; see --key",
			config->cert);
	if (SSL_CTX_use_PrivateKey_file(ssl, key,
		    config->key_type == TLS_FILE_PEM ? SSL_FILETYPE_PEM
						     : SSL_FILETYPE_ASN1) == 1)
		return 0;
	return tls_key_mismatch()
		? mismatch(e, key, config->cert)
		: client_error(e, "key", key, config->key_type, config);
}

int tls_client_init(
	SSL_CTX *ssl, const struct tls_config *config, struct error *e)
{
	const char *key = config->key ? config->key : config->cert;
	int error;

	if (!config->cert)
		return 0;
	add_key_ciphers();
	SSL_CTX_set_default_passwd_cb(ssl, give_password);
	SSL_CTX_set_default_passwd_cb_userdata(ssl, (void *)config->password);
	error = use_certificate(ssl, config, e);
	if (error == 0)
		error = use_key(ssl, config, key, e);
	if (error == 0 && SSL_CTX_check_private_key(ssl) != 1)
		error = mismatch(e, key, config->cert);
	/* The password may not outlive its use. */
	SSL_CTX_set_default_passwd_cb_userdata(ssl, NULL);
	return error;
}
