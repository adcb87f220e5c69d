/* Certificates made on the spot, and a TLS server in a thread at the other end
 * of a socket pair, for tests of the client. */
#ifndef TESTS_SUPPORT_TLS_PEER_H
#define TESTS_SUPPORT_TLS_PEER_H

#include <openssl/ssl.h>
#include <pthread.h>
#include <stdbool.h>

/* A certificate and its key. */
struct identity {
	X509 *certificate;
	EVP_PKEY *key;
};

/* What a certificate is to be. */
struct identity_spec {
	const char *name; /* CN of the subject */
	int name_type; /* V_ASN1_...STRING, 0: UTF-8 */
	bool is_ca;
	const char
		*alternatives; /* subjectAltName as in openssl.cnf; or NULL */
	long starts, ends; /* seconds from now; both 0: -1 hour and +1 day */
	const char *issuer_name; /* if it is to be spelled otherwise; or NULL */
	int issuer_name_type;
	const char *key; /* in PEM; NULL: a new one */
};

/* Make one, signed by `ca`, or by itself when that is NULL. Aborts on failure,
 * as all here. */
struct identity identity_new(
	const struct identity_spec *spec, const struct identity *ca);
void identity_free(struct identity *identity);

/* Write a PEM file of `n` certificates. */
void identity_write(
	const char *path, const struct identity *const *all, size_t n);

/* What the server does after it was connected to. */
enum peer_act {
	PEER_GREET, /* handshake, "hello", close_notify, close */
	PEER_TRUNCATE, /* the same without close_notify */
	PEER_ECHO, /* handshake, receive until close_notify, send it all back,
		    * close_notify */
	PEER_PLAIN, /* answer in clear text */
	PEER_SILENT, /* never answer */
	PEER_TRICKLE, /* begin a record and send a byte each 5 ms */
	PEER_CLOSE, /* close when the first bytes have come */
	PEER_NESTED /* handshake, in it another handshake, then as GREET */
};

struct peer {
	enum peer_act act;
	const struct identity *identity; /* NULL: none is needed */
	const struct identity *intermediate; /* sent too; or NULL */
	const struct identity *client_ca; /* client certificates are required */
	int min_version, max_version; /* TLS1_2_VERSION ...; 0: any */
	int fd; /* the client's end */
	bool handshake_done, resumed; /* after peer_stop */

	int own_fd; /* its end, private as what follows */
	SSL_CTX *context;
	pthread_t thread;
};

/* Start `p`, of which the first part is filled; p->fd is non-blocking then and
 * the caller's to close. The same SSL_CTX may serve several connections: start
 * it again after peer_stop. */
void peer_start(struct peer *p);

/* Wait for its end; p->fd must be closed. */
void peer_stop(struct peer *p);

/* Forget the SSL_CTX. */
void peer_free(struct peer *p);

#endif
