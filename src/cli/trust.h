/* Whom TLS trusts. */
#ifndef CLI_TRUST_H
#define CLI_TRUST_H

#include "net/tls.h"

/* Where `tls` verifies and no option has named CA certificates, take those of
 * the variables that curl and OpenSSL know: CURL_CA_BUNDLE, else SSL_CERT_FILE
 * and SSL_CERT_DIR. The texts are the environment's. */
void trust_environment(struct tls_config *tls);

#endif
