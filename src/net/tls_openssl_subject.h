/* The subject of a certificate (RFC 5280 section 4.1.2.6), found without
 * parsing the rest, and a fingerprint to look it up by. */
#ifndef NET_TLS_OPENSSL_SUBJECT_H
#define NET_TLS_OPENSSL_SUBJECT_H

#include <stdint.h>

#include "base/str.h"

/* The subject, a DER Name, of the DER certificate that begins with `der`; what
 * follows the subject may be missing. `name` borrows from `der`. False when
 * `der` ends too early or is not as expected. */
bool tls_subject_find(struct str der, struct str *name);

/* A number that is the same for all names that compare equal (RFC 5280 section
 * 7.1: but for letter case, white space and the kind of string), and seldom for
 * others. False when the DER Name is malformed. */
bool tls_subject_fingerprint(struct str name, uint64_t *fingerprint);

#endif
