/* The subject of a certificate (RFC 5280 section 4.1.2.6), found without
 * making an object of it, and a fingerprint to look it up by. */
#ifndef NET_TLS_OPENSSL_SUBJECT_H
#define NET_TLS_OPENSSL_SUBJECT_H

#include <stdint.h>

#include "base/str.h"

/* The subject, a DER Name, of the DER certificate that is `der`; `name` borrows
 * from it. False when it is none, and whenever it is not certain to be one for
 * OpenSSL too, which takes more than is looked at here: fields in other forms
 * than CAs' certificates have them in, bytes behind it. */
bool tls_subject_find(struct str der, struct str *name);

/* A number that is the same for all names that compare equal (RFC 5280 section
 * 7.1: but for letter case, white space, the kind of string and the order of
 * attributes within an RDN), and seldom for others. False when the DER Name is
 * malformed, or of a form for which that is not certain. */
bool tls_subject_fingerprint(struct str name, uint64_t *fingerprint);

#endif
