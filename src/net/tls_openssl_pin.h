/* Public keys that a peer must have one of (as in RFC 7469 section 2.4). */
#ifndef NET_TLS_OPENSSL_PIN_H
#define NET_TLS_OPENSSL_PIN_H

#include <openssl/sha.h>
#include <openssl/ssl.h>

#include "base/error.h"
#include "base/log.h"

struct tls_pins {
	unsigned char (*digests)[SHA256_DIGEST_LENGTH]; /* owned */
	size_t n; /* 0: any key will do */
};

/* Take the keys that `text`, as tls_config's pinned_key, stands for; none when
 * it is NULL. 0, -ERR_PINNED_KEY when a digest is none or the file holds no
 * public key, or -ERR_OUT_OF_MEMORY. */
int tls_pins_init(
	struct tls_pins *p, const char *text, struct error *e) CHECKED;
void tls_pins_fini(struct tls_pins *p);

/* Whether the peer, after the handshake, has one of the keys. 0 when it has, or
 * when there are none; -ERR_PINNED_KEY, which says whose key it has, or
 * -ERR_OUT_OF_MEMORY. `host` is whom messages name. */
int tls_pins_check(const struct tls_pins *p, const SSL *ssl, const char *host,
	const struct log *log, struct error *e) CHECKED;

#endif
