/* Host names that certificates are for, where OpenSSL is stricter than others.
 */
#ifndef NET_TLS_OPENSSL_NAME_H
#define NET_TLS_OPENSSL_NAME_H

#include "base/str.h"

/* Whether the dNSName `pattern`, "*." and a name of at least two labels, is for
 * `host`, which has '_' in a label: OpenSSL lets '*' stand for none of those
 * (RFC 6125 section 6.4.3 leaves it open). '*' is all of the left-most label
 * and stands for just one; other names are compared without letter case. False
 * for every host without '_', for addresses, and for what is no host name. */
bool tls_name_wildcard(struct str pattern, struct str host);

#endif
