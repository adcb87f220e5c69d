/* Digests for the tests of what calculates with them, by OpenSSL directly. */
#ifndef TESTS_SUPPORT_HASHER_H
#define TESTS_SUPPORT_HASHER_H

#include "policy/auth.h"

/* Its random bytes are 0, 1, 2 and so on: 24 of them are "AAECAwQFBgcICQoLDA0O
 * DxAREhMUFRYX" in base64. */
extern const struct auth_hasher hasher;

#define HASHER_CNONCE "AAECAwQFBgcICQoLDA0ODxAREhMUFRYX"

/* As `hasher`, but with the first 256 bits of SHA-512 for SHA-512-256, as the
 * example of RFC 7616 section 3.9.2 was made by mistake (erratum 4897). */
extern const struct auth_hasher cut_hasher;

/* One of which all fails: "no digests today", "no random bytes today", "no
 * codes today". */
extern const struct auth_hasher broken_hasher;

#endif
