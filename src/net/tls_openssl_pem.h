/* Certificates in PEM (RFC 7468), where there is no doubt about them: what this
 * reader and OpenSSL's might see differently is left to OpenSSL's. */
#ifndef NET_TLS_OPENSSL_PEM_H
#define NET_TLS_OPENSSL_PEM_H

#include "base/buf.h"

enum tls_pem {
	TLS_PEM_END, /* no more certificates, and nothing else in PEM */
	TLS_PEM_CERTIFICATE,
	TLS_PEM_DOUBT /* what is behind this place has to be read by OpenSSL */
};

/* Go on to the next certificate in `*text`, which is stepped past it: `*pem`
 * borrows its lines from BEGIN to END, `der` gets what they encode. In doubt
 * are other labels than CERTIFICATE, BEGIN where it does not begin a line or
 * with more behind it, lines that are not whole groups of base64, long lines,
 * NUL, and memory that is out. */
enum tls_pem tls_pem_next(struct str *text, struct str *pem, struct buf *der);

#endif
