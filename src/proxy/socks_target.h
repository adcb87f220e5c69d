/* What a SOCKS proxy is asked to connect to. */
#ifndef PROXY_SOCKS_TARGET_H
#define PROXY_SOCKS_TARGET_H

#include <stdint.h>

#include "base/str.h"

/* The most bytes of a name, a user and a password: RFC 1928 section 5 and RFC
 * 1929 section 2 have a byte for the length, and SOCKS 4 is held to the same.
 */
#define SOCKS_TEXT_MAX 255

/* The numbers are those of ATYP (RFC 1928 section 5). */
enum socks_target_kind {
	SOCKS_IPV4 = 1,
	SOCKS_NAME = 3, /* the proxy resolves it */
	SOCKS_IPV6 = 4
};

struct socks_target {
	enum socks_target_kind kind;
	unsigned char address[16]; /* in network order, the first 4 of IPv4 */
	struct str name; /* of SOCKS_NAME */
	uint16_t port;
};

#endif
