#include "support/tls_peer.h"

#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define HOUR 3600L
#define DAY (24 * HOUR)
#define ECHO_MAX (4u << 20)

/* What cannot fail in a working test. */
static void must(int fine, const char *what)
{
	if (fine)
		return;
	fprintf(stderr, "%s failed\n", what);
	ERR_print_errors_fp(stderr);
	abort();
}

/* `type` is V_ASN1_UTF8STRING, V_ASN1_BMPSTRING ... */
static void add_entry(
	X509_NAME *name, const char *field, int type, const char *text)
{
	unsigned char bytes[2 * 64];
	size_t width = type == V_ASN1_BMPSTRING ? 2 : 1, n = strlen(text);

	must(n <= 64, text);
	memset(bytes, 0, sizeof(bytes));
	for (size_t i = 0; i < n; i++)
		bytes[width * i + width - 1] = (unsigned char)text[i];
	must(X509_NAME_add_entry_by_txt(
		     name, field, type, bytes, (int)(width * n), -1, 0),
		text);
}

static X509_NAME *name_new(const char *text, int type)
{
	X509_NAME *name = X509_NAME_new();

	must(name != NULL, "X509_NAME_new");
	add_entry(name, "O", V_ASN1_UTF8STRING, "minifetch");
	add_entry(name, "CN", type ? type : V_ASN1_UTF8STRING, text);
	return name;
}

static void add_extension(
	X509 *certificate, X509 *issuer, int nid, const char *value)
{
	X509_EXTENSION *extension;
	X509V3_CTX context;

	X509V3_set_ctx(&context, issuer, certificate, NULL, NULL, 0);
	extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
	must(extension && X509_add_ext(certificate, extension, -1),
		"X509_add_ext");
	X509_EXTENSION_free(extension);
}

static void set_names(X509 *certificate, const struct identity_spec *spec,
	const struct identity *ca)
{
	X509_NAME *subject = name_new(spec->name, spec->name_type);
	X509_NAME *issuer = NULL;

	if (spec->issuer_name)
		issuer = name_new(spec->issuer_name, spec->issuer_name_type);
	X509_set_subject_name(certificate, subject);
	X509_set_issuer_name(certificate,
		issuer       ? issuer
			: ca ? X509_get_subject_name(ca->certificate)
			     : subject);
	X509_NAME_free(subject);
	X509_NAME_free(issuer);
}

static EVP_PKEY *read_key(const char *pem)
{
	BIO *in = BIO_new_mem_buf(pem, -1);
	EVP_PKEY *key = PEM_read_bio_PrivateKey(in, NULL, NULL, NULL);

	BIO_free(in);
	return key;
}

struct identity identity_new(
	const struct identity_spec *spec, const struct identity *ca)
{
	static long serial = 1;
	struct identity identity = { X509_new(),
		spec->key ? read_key(spec->key) : EVP_EC_gen("P-256") };
	X509 *x = identity.certificate;
	bool dated = spec->starts || spec->ends;

	must(x && identity.key, "EVP_EC_gen");
	X509_set_version(x, X509_VERSION_3);
	ASN1_INTEGER_set(X509_get_serialNumber(x), serial++);
	X509_gmtime_adj(X509_getm_notBefore(x), dated ? spec->starts : -HOUR);
	X509_gmtime_adj(X509_getm_notAfter(x), dated ? spec->ends : DAY);
	set_names(x, spec, ca);
	X509_set_pubkey(x, identity.key);
	add_extension(x, x, NID_subject_key_identifier, "hash");
	add_extension(x, ca ? ca->certificate : x, NID_authority_key_identifier,
		"keyid");
	if (spec->is_ca)
		add_extension(x, x, NID_basic_constraints, "critical,CA:TRUE");
	if (spec->alternatives)
		add_extension(x, x, NID_subject_alt_name, spec->alternatives);
	must(X509_sign(x, ca ? ca->key : identity.key, EVP_sha256()),
		"X509_sign");
	return identity;
}

void identity_free(struct identity *identity)
{
	X509_free(identity->certificate);
	EVP_PKEY_free(identity->key);
}

void identity_write(
	const char *path, const struct identity *const *all, size_t n)
{
	BIO *out = BIO_new_file(path, "w");

	must(out != NULL, path);
	for (size_t i = 0; i < n; i++) {
		BIO_puts(out, "A certificate -- with a comment\n");
		must(PEM_write_bio_X509(out, all[i]->certificate), path);
	}
	BIO_free(out);
}

/* Receive until the peer's close_notify, then send all of it back. */
static void echo(SSL *ssl)
{
	char *data = malloc(ECHO_MAX);
	size_t n = 0, got;

	must(data != NULL, "malloc");
	/* A client that is not read from at once has to wait. */
	nanosleep(&(struct timespec){ 0, 20000000 }, NULL);
	while (n < ECHO_MAX && SSL_read_ex(ssl, data + n, ECHO_MAX - n, &got))
		n += got;
	if (n)
		SSL_write_ex(ssl, data, n, &got);
	free(data);
}

static void greet(SSL *ssl, bool notify)
{
	SSL_write(ssl, "hello", 5);
	if (notify)
		SSL_shutdown(ssl);
}

/* Another handshake inside the one that is done. */
static void nest(struct peer *p, SSL *outer)
{
	BIO *bio = BIO_new(BIO_f_ssl());
	SSL *inner = SSL_new(p->context);

	must(bio && inner, "SSL_new");
	BIO_set_ssl(bio, outer, BIO_NOCLOSE);
	SSL_set_bio(inner, bio, bio);
	if (SSL_accept(inner) == 1)
		greet(inner, true);
	SSL_free(inner);
	SSL_shutdown(outer);
}

static void act(struct peer *p, SSL *ssl)
{
	switch (p->act) {
	case PEER_ECHO:
		echo(ssl);
		SSL_shutdown(ssl);
		break;
	case PEER_NESTED:
		nest(p, ssl);
		break;
	default:
		greet(ssl, p->act != PEER_TRUNCATE);
	}
}

static void serve_tls(struct peer *p)
{
	SSL *ssl = SSL_new(p->context);

	must(ssl && SSL_set_fd(ssl, p->own_fd), "SSL_new");
	p->handshake_done = SSL_accept(ssl) == 1;
	p->resumed = p->handshake_done && SSL_session_reused(ssl);
	if (p->handshake_done)
		act(p, ssl);
	shutdown(p->own_fd, SHUT_WR);
	/* Unread data at the close would reset the connection. */
	if (p->handshake_done) {
		char rest[256];

		while (read(p->own_fd, rest, sizeof(rest)) > 0)
			;
	}
	SSL_free(ssl);
	ERR_clear_error();
}

static void trickle(int fd)
{
	static const unsigned char record[] = { 22, 3, 3, 0x20, 0, 2, 0, 0x1f };

	if (send(fd, record, sizeof(record), MSG_NOSIGNAL) < 0)
		return;
	while (send(fd, "x", 1, MSG_NOSIGNAL) == 1)
		nanosleep(&(struct timespec){ 0, 5000000 }, NULL);
}

static void *serve(void *argument)
{
	static const char answer[] = "HTTP/1.1 400 Bad Request\r\n\r\n";
	struct peer *p = argument;
	char bytes[4096];

	if (p->identity)
		serve_tls(p);
	else if (read(p->own_fd, bytes, sizeof(bytes)) > 0) {
		if (p->act == PEER_PLAIN)
			send(p->own_fd, answer, strlen(answer), MSG_NOSIGNAL);
		else if (p->act == PEER_TRICKLE)
			trickle(p->own_fd);
		while (p->act == PEER_SILENT &&
			read(p->own_fd, bytes, sizeof(bytes)) > 0)
			;
	}
	close(p->own_fd);
	return NULL;
}

static void make_context(struct peer *p)
{
	p->context = SSL_CTX_new(TLS_server_method());
	must(p->context &&
			SSL_CTX_use_certificate(
				p->context, p->identity->certificate) &&
			SSL_CTX_use_PrivateKey(p->context, p->identity->key),
		"SSL_CTX_new");
	if (p->intermediate)
		SSL_CTX_add1_chain_cert(
			p->context, p->intermediate->certificate);
	SSL_CTX_set_min_proto_version(p->context, p->min_version);
	SSL_CTX_set_max_proto_version(p->context, p->max_version);
	/* So that it may speak what is old or seldom used. */
	SSL_CTX_set_security_level(p->context, 0);
	SSL_CTX_set_cipher_list(p->context, "ALL");
	SSL_CTX_set_ciphersuites(p->context,
		"TLS_AES_256_GCM_SHA384:TLS_AES_128_GCM_SHA256:"
		"TLS_CHACHA20_POLY1305_SHA256:TLS_AES_128_CCM_SHA256");
	if (p->client_ca) {
		X509_STORE_add_cert(SSL_CTX_get_cert_store(p->context),
			p->client_ca->certificate);
		SSL_CTX_set_verify(p->context,
			SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT,
			NULL);
	}
	SSL_CTX_set_session_id_context(
		p->context, (const unsigned char *)"test", 4);
}

void peer_start(struct peer *p)
{
	int fds[2];

	if (p->identity && !p->context)
		make_context(p);
	must(socketpair(AF_UNIX, SOCK_STREAM, 0, fds) == 0, "socketpair");
	p->fd = fds[0];
	p->own_fd = fds[1];
	fcntl(p->fd, F_SETFL, O_NONBLOCK);
	must(pthread_create(&p->thread, NULL, serve, p) == 0, "pthread_create");
}

void peer_stop(struct peer *p)
{
	pthread_join(p->thread, NULL);
}

void peer_free(struct peer *p)
{
	SSL_CTX_free(p->context);
	p->context = NULL;
}
