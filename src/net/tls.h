/* TLS over any stream. What stands behind it is the module "tls", the only
 * part that knows OpenSSL. */
#ifndef NET_TLS_H
#define NET_TLS_H

#include <stdbool.h>

#include "base/interrupt.h"
#include "base/log.h"
#include "net/digest.h"
#include "net/stream.h"

/* How a file holds a certificate or a key. */
enum tls_file_type {
	TLS_FILE_PEM,
	TLS_FILE_DER,
	TLS_FILE_P12 /* PKCS #12 (RFC 7292): certificate, key and chain */
};

struct tls_config {
	bool insecure; /* -k: verify nothing */
	const char *ca_file; /* --cacert, CURL_CA_BUNDLE, SSL_CERT_FILE */
	const char *ca_path; /* --capath, SSL_CERT_DIR; several with ':' */
	const char *crl_file; /* --crlfile; NULL: nobody is asked for CRLs */
	int min_version, max_version; /* 10, 11, 12, 13; 0: 12 and highest */
	const char *ciphers, *ciphers13; /* NULL: OpenSSL's */
	const char *curves; /* "X25519:P-256"; NULL: OpenSSL's */
	const char *cert, *key, *password; /* of the client; NULL for the key:
					    * it is in the cert's file */
	enum tls_file_type cert_type;
	enum tls_file_type key_type; /* of `key`; not P12 */
	const char *pinned_key; /* --pinnedpubkey: "sha256//BASE64;...", or a
				 * file of a public key; NULL: any */
	bool no_alpn, no_resumption;
	bool status; /* --cert-status: an OCSP response has to be stapled */
};

/* One certificate of those that the peer sent. */
struct tls_certificate {
	char *subject, *issuer; /* NULL when memory was short */
	int64_t starts, expires; /* seconds since 1970 */
};

/* What the handshake agreed on; owned by the stream, gone with it. */
struct tls_info {
	const char *version; /* "TLSv1.3" */
	const char *cipher;
	const char *alpn; /* "http/1.1", NULL when none was agreed on */
	long verify_result; /* X509_V_ codes of the chain, 0 is fine */
	bool verified; /* the chain, and the name that it is for, were asked
			* about and are fine: what is told may be believed */
	struct tls_certificate *certificates; /* the peer's own first */
	size_t n_certificates;
	char *subject, *issuer, *expires, *starts; /* of the peer's certificate;
						    * NULL when it has none */
};

/* What is known of a handshake that failed. */
struct tls_failure {
	bool spoke_http; /* the peer has answered in plain HTTP */
	long verify_result; /* X509_V_ codes; 0: it was not the certificate */
};

struct tls_context;

/* What the module "tls" exports as its functions. */
struct tls_functions {
	/* Settings, CA store and session cache for many connections, of any
	 * threads. With neither ca_file nor ca_path the system's certificates
	 * are trusted, else only those named. `config` is not needed
	 * afterwards. NULL on failure: ERR_CA_FILE, ERR_CRL_FILE,
	 * ERR_CLIENT_CERTIFICATE, ERR_CIPHER, ERR_PINNED_KEY,
	 * ERR_OUT_OF_MEMORY. */
	struct tls_context *(*context_new)(
		const struct tls_config *config, struct error *e)CHECKED;

	/* After the last of its streams was closed; NULL is allowed. */
	void (*context_free)(struct tls_context *c);

	/* A TLS client on top of `under`, handshake done; takes `under` over,
	 * and closes it on failure. `host` is for SNI and verification: a name
	 * or an address literal. NULL on failure: ERR_CERTIFICATE (which
	 * certificate, whose, why), ERR_PINNED_KEY (which key it has),
	 * ERR_CERTIFICATE_STATUS,
	 * ERR_TLS_CONNECT, ERR_TIMEOUT.
	 * `plain` is the scheme of such a connection without TLS ("http"), for
	 * messages; static. `failure`, which may be NULL, is set on failure.
	 *
	 * A write to the stream that gave STREAM_AGAIN must be repeated with
	 * the same bytes in front, or not at all. */
	struct stream *(*connect)(struct tls_context *c, struct stream *under,
		const char *host, const char *plain, int64_t deadline,
		const struct log *log, struct tls_failure *failure,
		struct error *e)CHECKED;

	/* Of a stream that `connect` made; worked out when first asked for.
	 * Never NULL; what memory was too short for is NULL in it. */
	const struct tls_info *(*info)(struct stream *s);

	/* The certificates that the peer of such a stream sent, its own first:
	 * how many, and in `*text` the fields of each, line by line, with the
	 * certificate in PEM behind them. The text is the caller's to free, and
	 * NULL when there is none or memory is out. */
	int (*chain)(struct stream *s, char **text);

	/* OpenSSL's name and version, static: "OpenSSL/3.0.19". */
	const char *(*version)(void);

	/* As context_new, for servers: the PEM files of the certificate (with
	 * its chain) and of its key, which is in the same file when `key` is
	 * NULL, and has no password. With `client_ca`, a file of CA
	 * certificates, clients must present a certificate of one of them. No
	 * session is resumed. NULL on failure: ERR_CLIENT_CERTIFICATE (for the
	 * server's, too), ERR_CA_FILE, ERR_OUT_OF_MEMORY. */
	struct tls_context *(*server_context_new)(const char *cert,
		const char *key, const char *client_ca, struct error *e)CHECKED;

	/* A TLS server on top of `under`, as `connect` with the context of
	 * server_context_new. NULL on failure: ERR_TLS_CONNECT (the client's
	 * certificate was not accepted, too), ERR_TIMEOUT. */
	struct stream *(*accept)(struct tls_context *c, struct stream *under,
		int64_t deadline, const struct log *log,
		struct error *e)CHECKED;

	/* Not of a connection; static. */
	const struct digest_functions *digests;

	/* interrupt_share of the module's own copy. */
	void (*share)(struct interrupts *noted);
};

/* The module, loaded when first asked for; NULL as module_load. */
const struct tls_functions *tls_load(struct error *e) CHECKED;

#endif
