/* The server's side of TLS. */
#include <errno.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/str.h"
#include "net/tls_openssl.h"

/* What to do about some failures. */
static const struct {
	int reason; /* of SSL */
	const char *hint;
} hints[] = {
	{ SSL_R_HTTP_REQUEST, "the client speaks http" },
	{ SSL_R_HTTPS_PROXY_REQUEST, "the client takes this for a proxy" },
	{ SSL_R_WRONG_VERSION_NUMBER, "the client does not speak TLS" },
	{ SSL_R_UNSUPPORTED_PROTOCOL,
		"the client speaks no version of TLS that is allowed here" },
	{ SSL_R_TLSV1_ALERT_UNKNOWN_CA,
		"the client does not trust the certificate; give it that of "
		"its CA" },
	{ SSL_R_SSLV3_ALERT_BAD_CERTIFICATE,
		"the client did not accept the certificate" },
	{ SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED,
		"the client did not accept the certificate" },
	{ SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE,
		"--cacert asks clients for a certificate, and it has none" },
};

void tls_server_reason(struct tls_stream *t, struct error *e)
{
	unsigned long code = ERR_peek_error();
	long verified = SSL_get_verify_result(t->ssl);
	const char *reason = code ? ERR_reason_error_string(code) : NULL;

	if (reason)
		error_add(e, ": %s", reason);
	if (verified != X509_V_OK)
		error_add(e, " (%s)", X509_verify_cert_error_string(verified));
	for (size_t i = 0; i < sizeof(hints) / sizeof(*hints); i++)
		if (ERR_GET_LIB(code) == ERR_LIB_SSL &&
			ERR_GET_REASON(code) == hints[i].reason)
			error_add(e, "; %s", hints[i].hint);
	ERR_clear_error();
}

static int file_error(
	int code, const char *what, const char *file, struct error *e)
{
	int unreadable = access(file, R_OK) == 0 ? 0 : errno;

	error_set(e, code, "could not load the %s from %s", what, file);
	if (unreadable)
		error_add(e, ": %s", error_system(unreadable));
	else
		tls_error_reason(e);
	ERR_clear_error();
	return -code;
}

/* Keys with a password cannot be used; the terminal is not asked for it. */
static int no_password(char *to, int size, int writing, void *context)
{
	(void)to;
	(void)size;
	(void)writing;
	(void)context;
	return -1;
}

static int set_identity(
	SSL_CTX *ssl, const char *cert, const char *key, struct error *e)
{
	if (!cert)
		return error_set(e, ERR_CLIENT_CERTIFICATE,
			"a server of TLS needs a certificate and its key: see "
			"--cert and --key");
	if (!key)
		key = cert;
	SSL_CTX_set_default_passwd_cb(ssl, no_password);
	if (SSL_CTX_use_certificate_chain_file(ssl, cert) != 1)
		return file_error(
			ERR_CLIENT_CERTIFICATE, "PEM certificate", cert, e);
	if (SSL_CTX_use_PrivateKey_file(ssl, key, SSL_FILETYPE_PEM) != 1 &&
		!tls_key_mismatch())
		return file_error(ERR_CLIENT_CERTIFICATE,
			"PEM key without a password", key, e);
	if (SSL_CTX_check_private_key(ssl) == 1)
		return 0;
	ERR_clear_error();
	return error_set(e, ERR_CLIENT_CERTIFICATE,
		"the key in %s is not that of the certificate in %s", key,
		cert);
}

/* Only clients with a certificate of these CAs are served. */
static int set_client_ca(SSL_CTX *ssl, const char *file, struct error *e)
{
	STACK_OF(X509_NAME) * names;

	if (!file)
		return 0;
	names = SSL_load_client_CA_file(file);
	if (!names || SSL_CTX_load_verify_file(ssl, file) != 1) {
		sk_X509_NAME_pop_free(names, X509_NAME_free);
		return file_error(
			ERR_CA_FILE, "CA certificates for clients", file, e);
	}
	SSL_CTX_set_client_CA_list(ssl, names);
	SSL_CTX_set_verify(
		ssl, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, NULL);
	X509_VERIFY_PARAM_set_flags(
		SSL_CTX_get0_param(ssl), X509_V_FLAG_PARTIAL_CHAIN);
	return 0;
}

/* Without resumption nothing is sent behind the handshake that a client which
 * has sent all and gone could answer with a reset. */
static void set_behaviour(SSL_CTX *ssl)
{
	SSL_CTX_set_options(ssl,
		SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
			SSL_OP_NO_TICKET);
	SSL_CTX_set_num_tickets(ssl, 0);
	SSL_CTX_set_session_cache_mode(ssl, SSL_SESS_CACHE_OFF);
	SSL_CTX_set_read_ahead(ssl, 1);
	SSL_CTX_set_default_read_buffer_len(ssl, TLS_READ_BUFFER);
	SSL_CTX_set_min_proto_version(ssl, TLS1_2_VERSION);
}

static int set_up(struct tls_context *c, const char *cert, const char *key,
	const char *client_ca, struct error *e)
{
	int rc;

	c->ssl = SSL_CTX_new(TLS_server_method());
	c->bio = tls_bio_new();
	if (!c->ssl || !c->bio)
		return error_memory(e);
	set_behaviour(c->ssl);
	tls_keylog(c->ssl);
	rc = set_identity(c->ssl, cert, key, e);
	return rc < 0 ? rc : set_client_ca(c->ssl, client_ca, e);
}

struct tls_context *tls_server_context_new(const char *cert, const char *key,
	const char *client_ca, struct error *e)
{
	struct tls_context *c = calloc(1, sizeof(*c));
	int error;

	if (!c) {
		error_memory(e);
		return NULL;
	}
	tls_sessions_init(&c->sessions);
	error = OPENSSL_init_ssl(TLS_START, NULL)
		? set_up(c, cert, key, client_ca, e)
		: error_memory(e);
	if (error == 0)
		return c;
	tls_context_free(c);
	return NULL;
}

static int greet(struct tls_stream *t, int64_t deadline, struct error *e)
{
	t->host = str_dup(STR("the client"));
	if (!t->host)
		return error_memory(e);
	SSL_set_accept_state(t->ssl);
	return tls_handshake(t, deadline, e);
}

struct stream *tls_accept(struct tls_context *c, struct stream *under,
	int64_t deadline, const struct log *log, struct error *e)
{
	struct stream *s = tls_stream_new(c, under, e);
	const struct tls_info *info;

	if (!s)
		return NULL;
	if (greet((struct tls_stream *)s, deadline, e) < 0) {
		stream_close(s);
		return NULL;
	}
	if (!log_wanted(log))
		return s;
	info = tls_info_get(s);
	log_line(log, "SSL connection using %s / %s", info->version,
		info->cipher);
	if (info->subject)
		log_line(log, "Client certificate: %s", info->subject);
	return s;
}
