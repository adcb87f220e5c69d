/* Which local address, interface and port a socket sends from. */
#ifndef NET_BIND_H
#define NET_BIND_H

#include "net/dial.h"

/* Bind a new socket of `family` (AF_INET, AF_INET6) as config->interface and
 * config->local_port say; nothing when they say nothing. The first free port of
 * the range is taken. Returns 0, or -ERR_INTERFACE naming interface, address or
 * port and why; also when the interface has no address of that family. */
int bind_local(int fd, int family, const struct net_config *config,
	struct error *e) CHECKED;

#endif
