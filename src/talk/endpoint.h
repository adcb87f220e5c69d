/* Who to talk to, or where to listen: tcp://host:port, tls://host:port,
 * udp://host:port, unix:///path, unix://@name (abstract), and for listeners
 * http://address:port. */
#ifndef TALK_ENDPOINT_H
#define TALK_ENDPOINT_H

#include "base/error.h"
#include "net/resolve.h"
#include "url/url.h"

enum endpoint_kind {
	ENDPOINT_TCP,
	ENDPOINT_TLS,
	ENDPOINT_UDP,
	ENDPOINT_UNIX,
	ENDPOINT_HTTP /* listeners only */
};

struct endpoint {
	enum endpoint_kind kind;
	char *host; /* NULL for ENDPOINT_UNIX; "*" is every address */
	char *path; /* of ENDPOINT_UNIX; "@name" is abstract */
	uint16_t port;
};

/* The URL is one for talk/: its scheme is tcp, tls, udp or unix. */
bool endpoint_scheme(struct str url);

/* Read a URL into `p`. Returns 0; -ERR_URL_MALFORMED (no port, a path behind
 * it, a user part, a unix path over 107 bytes: the message names the byte or
 * what is missing); -ERR_UNSUPPORTED_PROTOCOL; -ERR_OUT_OF_MEMORY. On failure
 * `p` needs no endpoint_fini. http is accepted when `listening`. */
int endpoint_parse(struct endpoint *p, struct str url, bool listening,
	struct error *e) CHECKED;
void endpoint_fini(struct endpoint *p);

#define ENDPOINT_PEER                                          \
	(ADDRESS_TEXT + 8) /* "[fe80::1%eth0]:65535" and a NUL \
			    */

/* An address with its port, as peers are called in transcripts and messages:
 * "127.0.0.1:9", "[::1]:9". */
void endpoint_peer(const struct address *a, char out[static ENDPOINT_PEER]);

#endif
