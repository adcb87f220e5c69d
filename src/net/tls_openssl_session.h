/* Sessions of TLS for resumption (RFC 8446 section 2.2, RFC 5077), a few for
 * each TLS context. */
#ifndef NET_TLS_OPENSSL_SESSION_H
#define NET_TLS_OPENSSL_SESSION_H

#include <openssl/ssl.h>
#include <pthread.h>

#define TLS_SESSIONS 16

struct tls_sessions {
	pthread_mutex_t lock; /* of the rest */
	struct {
		char *host; /* NULL: free */
		SSL_SESSION *session;
	} kept[TLS_SESSIONS];
	size_t next; /* the oldest, which is replaced next */
};

void tls_sessions_init(struct tls_sessions *s);
void tls_sessions_fini(struct tls_sessions *s);

/* Keep a copy of a session for connections to `host`: no two connections, which
 * may be of different threads, share one. Forgets it when memory is out. */
void tls_sessions_put(
	struct tls_sessions *s, const char *host, const SSL_SESSION *session);

/* A session for a connection to `host`, the caller's to free; NULL when there
 * is none. One of TLS 1.3 is given out once only, so that connections cannot be
 * linked by it (RFC 8446 appendix C.4). */
SSL_SESSION *tls_sessions_take(struct tls_sessions *s, const char *host);

#endif
