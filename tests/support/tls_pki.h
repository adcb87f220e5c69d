/* The certificates that tests of TLS share, as identities and as PEM files in
 * the scratch directory. */
#ifndef TESTS_SUPPORT_TLS_PKI_H
#define TESTS_SUPPORT_TLS_PKI_H

#include "net/tls.h"
#include "support/tls_peer.h"

struct pki {
	struct identity ca; /* "Test CA" */
	struct identity twin; /* another with this name */
	struct identity other; /* "Other CA" */
	struct identity middle; /* an intermediate CA of `ca` */
	struct identity good; /* of `ca`, for localhost, 127.0.0.1 and ::1 */
	struct identity respelled; /* the same, its issuer "TEST  ca" */
	struct identity wide; /* the same, its issuer a BMPString */
	struct identity expired, future; /* of `ca`, for localhost */
	struct identity elsewhere; /* of `ca`, for other.example,
				    * *.example.org and what is no name */
	struct identity nameless; /* of `ca`, its name in the subject only */
	struct identity far; /* of `middle`, for localhost */
	struct identity lone; /* signed by itself, for localhost */
	struct identity client; /* of `ca` */
};

extern struct pki pki;

/* Make the scratch directory, all of `pki`, and these files:
 *   ca.pem middle.pem lone.pem  one certificate
 *   bundle.pem                  other, twin, ca
 *   others.pem                  other, middle
 *   crlf.pem odd.pem trusted.pem bundles in uncommon spellings
 *   good.pub good.der           the public key of `good`
 *   empty.pem broken.pem        no certificate, a damaged one
 *   broken.crl                  a damaged CRL
 *   hashed/                     a directory of links, ca in it
 *   bare/                       a directory without
 *   client.pem client.key both.pem old.key new.key   of the client; the last
 *                               two encrypted with "secret"
 *   client.der key.der client.p12 keyless.p12        likewise, for "secret" */
void pki_begin(void);
void pki_end(void);

/* struct tls_functions of the module, from MODULE_DIR. */
const struct tls_functions *pki_tls(void);

/* Connect to a started peer as `host` and give all of it up again on failure:
 * NULL then. At most 5 s. */
struct stream *pki_connect(struct tls_context *c, const struct peer *peer,
	const char *host, const struct log *log, struct error *e);

#endif
