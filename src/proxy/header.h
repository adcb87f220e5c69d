/* The header by which a proxy tells who its client is: the PROXY protocol,
 * version 1 (HAProxy's specification proxy-protocol.txt, section 2.1). Sans
 * I/O. */
#ifndef PROXY_HEADER_H
#define PROXY_HEADER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

/* Append "PROXY TCP4 SOURCE DESTINATION SOURCEPORT DESTINATIONPORT\r\n" for a
 * connection from `local` to `peer`, numeric addresses as address_text prints
 * them but without their zones; or, where `local` is "", as on a Unix socket,
 * "PROXY UNKNOWN\r\n". With `client` not NULL, that address is the source and
 * the destination, as --haproxy-clientip has it. */
void proxy_header(struct buf *out, const char *local, uint16_t local_port,
	const char *peer, uint16_t peer_port, const char *client);

/* Whether `text` is a numeric IPv4 or IPv6 address without a zone, as `client`
 * has to be. */
bool proxy_header_accepts(const char *text);

#endif
