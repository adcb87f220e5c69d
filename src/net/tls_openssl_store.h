/* Which certificates are trusted. */
#ifndef NET_TLS_OPENSSL_STORE_H
#define NET_TLS_OPENSSL_STORE_H

#include <openssl/x509_vfy.h>

#include "net/tls.h"

struct tls_bundle;

/* Where they come from. */
struct tls_store {
	char *ca_file, *ca_path; /* owned, NULL: none; both NULL: nobody is
				  * trusted, for the system has none */
	struct tls_bundle *bundle; /* of ca_file */
};

/* Let `store` find the certificates of `config` when they are needed. With
 * neither file nor directory named there, these are the system's: a directory
 * of hashed links if there is one, for it need not be read, else a bundle. 0,
 * -ERR_CA_FILE or -ERR_OUT_OF_MEMORY. */
int tls_store_init(struct tls_store *s, X509_STORE *store,
	const struct tls_config *config, struct error *e) CHECKED;

/* Put the CRLs (RFC 5280 section 5) of `file`, in PEM, into `store`. 0,
 * -ERR_CRL_FILE when it cannot be read or holds none, or -ERR_OUT_OF_MEMORY. */
int tls_store_add_crls(
	X509_STORE *store, const char *file, struct error *e) CHECKED;

/* After `store` was freed, also when tls_store_init has failed. */
void tls_store_fini(struct tls_store *s);

#endif
