/* What the files of the module "tls" share; nothing else includes it. */
#ifndef NET_TLS_OPENSSL_H
#define NET_TLS_OPENSSL_H

#include <openssl/ssl.h>

#include "net/tls.h"
#include "net/tls_openssl_pin.h"
#include "net/tls_openssl_session.h"
#include "net/tls_openssl_store.h"

/* Loading OpenSSL costs most of a small fetch, so it is made ready without
 * openssl.cnf, the words of libcrypto's errors, the objects of all ciphers that
 * only encrypted keys ask for, and tidying up at exit. */
#define TLS_START                                                            \
	(OPENSSL_INIT_NO_LOAD_CONFIG | OPENSSL_INIT_NO_LOAD_CRYPTO_STRINGS | \
		OPENSSL_INIT_NO_ADD_ALL_CIPHERS | OPENSSL_INIT_NO_ATEXIT)

#define TLS_READ_BUFFER 65536

struct tls_context {
	SSL_CTX *ssl;
	BIO_METHOD *bio; /* of the streams below */
	struct tls_store store;
	struct tls_sessions sessions;
	struct tls_pins pins;
	bool insecure, alpn;
	bool status; /* an OCSP response is asked for, and has to be fine */
};

/* What the verification stumbled over. */
struct tls_complaint {
	int error; /* an X509_V_ERR_ code, 0: nothing */
	int depth; /* of the certificate in its chain; the server's is 0 */
	X509 *certificate; /* owned; may be NULL */
};

struct tls_stream {
	struct stream base;
	struct stream *under; /* owned */
	struct tls_context *context;
	SSL *ssl;
	char *host; /* as it is verified: no zone, no trailing dot */
	const char *plain; /* the scheme without TLS, static; NULL: a server */
	struct tls_complaint complaint;
	struct tls_info info; /* the strings of the certificate are owned */
	bool has_info;

	/* The stream below, as the BIO sees it. */
	struct error under_error; /* code 0: none */
	bool under_ended;
	char first[5]; /* the first bytes that came, ... */
	unsigned char n_first; /* ... so many of them */
	unsigned reads; /* of it, in the operation that is running */
	short wants; /* what the last STREAM_AGAIN of `under` waits for */
	char *out; /* records not written yet */
	size_t out_at, out_n; /* where they begin, how many bytes */

	size_t owed; /* bytes of the caller's that are in `out`, and are not
		      * reported as written before it is empty */
	bool shut; /* close_notify was sent or is in `out` */
	bool ended; /* nothing more can be read, because of: */
	struct error ending; /* code 0: close_notify */
};

/* The stream of an SSL. */
static inline struct tls_stream *tls_stream_of(const SSL *ssl)
{
	return SSL_get_app_data(ssl);
}

/* Append OpenSSL's words for the oldest error of this thread to a filled `e`,
 * with what to do about it where that is known; nothing when there is none.
 * The thread's errors are cleared. */
void tls_error_reason(struct error *e);

/* Do the handshake of the client or the server that t->ssl was made; t->host is
 * whom messages name. 0, -ERR_CERTIFICATE, -ERR_TLS_CONNECT, -ERR_TIMEOUT. */
int tls_handshake(
	struct tls_stream *t, int64_t deadline, struct error *e) CHECKED;

/* tls_openssl_stream.c */

/* How OpenSSL reaches a stream; NULL when memory is out. */
BIO_METHOD *tls_bio_new(void);

/* A stream over `under`, which it owns from now on, before its handshake. NULL
 * when memory is out (then `under` is closed). */
struct stream *tls_stream_new(
	struct tls_context *c, struct stream *under, struct error *e) CHECKED;

/* Write what `out` holds: 0 when it is empty, STREAM_AGAIN (with `wants`), or
 * the error of the stream below. */
int tls_flush(struct tls_stream *t, struct error *e) CHECKED;

/* tls_openssl_verify.c */

/* Have the peer's certificate verified for t->host. 0 or ERR_OUT_OF_MEMORY. */
int tls_verify_host(
	struct tls_stream *t, bool is_address, struct error *e) CHECKED;

/* The failed verification in words; returns -ERR_CERTIFICATE. */
int tls_verify_error(const struct tls_stream *t, struct error *e) CHECKED;

/* tls_openssl_status.c */

/* After the handshake, where it is asked for: whether the server has sent an
 * OCSP response along that says its certificate is fine. 0 or
 * -ERR_CERTIFICATE_STATUS. */
int tls_status_check(const struct tls_stream *t, const struct log *log,
	struct error *e) CHECKED;

/* tls_openssl_info.c */

/* The text of a name, "C=SE; O=Example; CN=localhost", and of a time, "Jan  1
 * 00:00:00 2026 GMT": heap strings, or NULL when memory is out. */
char *tls_name_text(const X509_NAME *name) CHECKED;
char *tls_time_text(const ASN1_TIME *time);

/* What was printed into `bio`, which is freed: a heap string. NULL when that is
 * nothing, when it is not `fine` and when memory is out. */
char *tls_take_text(BIO *bio, bool fine) CHECKED;

/* struct tls_functions' info. */
const struct tls_info *tls_info_get(struct stream *s);
void tls_info_fini(struct tls_info *info);

/* Tell what the handshake agreed on, as curl -v does. */
void tls_info_log(struct tls_stream *t, const struct log *log);

/* tls_openssl_chain.c */

/* struct tls_functions' chain. */
int tls_chain(struct stream *s, char **text);

/* tls_openssl_context.c */

/* struct tls_functions' context_new and context_free. */
struct tls_context *tls_context_new(
	const struct tls_config *config, struct error *e) CHECKED;
void tls_context_free(struct tls_context *c);

/* tls_openssl_client.c */

/* Present the certificate of `config`, if there is one, and use its key. 0,
 * -ERR_CLIENT_CERTIFICATE or -ERR_OUT_OF_MEMORY. */
int tls_client_init(
	SSL_CTX *ssl, const struct tls_config *config, struct error *e) CHECKED;

/* Why a key could not be used: it is not that of the certificate. */
bool tls_key_mismatch(void);

/* tls_openssl_server.c */

/* struct tls_functions' server_context_new and accept. */
struct tls_context *tls_server_context_new(const char *cert, const char *key,
	const char *client_ca, struct error *e) CHECKED;
struct stream *tls_accept(struct tls_context *c, struct stream *under,
	int64_t deadline, const struct log *log, struct error *e) CHECKED;

/* As tls_error_reason, of a server's handshake. */
void tls_server_reason(struct tls_stream *t, struct error *e);

/* tls_openssl_keylog.c */

/* Have the secrets of the connections of `ctx` appended to the file that the
 * environment's SSLKEYLOGFILE names; nothing when it names none. */
void tls_keylog(SSL_CTX *ctx);

/* tls_openssl_digest.c */

/* struct tls_functions' digests. */
extern const struct digest_functions tls_digests;

#endif
