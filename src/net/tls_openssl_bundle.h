/* A file of CA certificates in PEM. Of many each is decoded only when its
 * subject is looked for: a system's bundle holds 150, a chain needs one. Which
 * ones they are is OpenSSL's to say: a file with anything in doubt is read by
 * it alone. */
#ifndef NET_TLS_OPENSSL_BUNDLE_H
#define NET_TLS_OPENSSL_BUNDLE_H

#include <openssl/x509_vfy.h>

#include "base/error.h"

struct tls_bundle;

/* Read `file` and let `store` look certificates up in it from now on; threads
 * may. CRLs in it are in `store` at once. 0 with `*out` set; -ERR_CA_FILE when
 * the file cannot be read, holds none of them, or one that is damaged; or
 * -ERR_OUT_OF_MEMORY. */
int tls_bundle_new(struct tls_bundle **out, const char *file, X509_STORE *store,
	struct error *e) CHECKED;

/* After the store; NULL is allowed. */
void tls_bundle_free(struct tls_bundle *b);

#endif
