/* UDP sockets that are connected to one peer, so that ICMP's refusals reach
 * them (RFC 1122 section 4.1.3.3). */
#ifndef NET_UDP_H
#define NET_UDP_H

#include "base/str.h"
#include "net/dial.h"

#define UDP_DATAGRAM_MAX 65527 /* RFC 768: 16 bits less the header */

/* A non-blocking socket for datagrams to and from `peer`, with the local end of
 * `config`; nothing is sent. The descriptor, -ERR_CONNECT (no route, for
 * instance), or -ERR_INTERFACE when the local end cannot be had. */
int udp_open(const struct address *peer, const struct net_config *config,
	struct error *e) CHECKED;

/* Send one datagram. 0; -ERR_AGAIN when there is no room now (poll for
 * POLLOUT); -ERR_CONNECT when an earlier one was refused (this one was not
 * sent); -ERR_TOO_LARGE; -ERR_SEND. */
int udp_send(int fd, struct str datagram, struct error *e) CHECKED;

/* Receive one datagram; give `to` UDP_DATAGRAM_MAX bytes. Its length, which may
 * be 0; -ERR_AGAIN (poll for POLLIN); -ERR_CONNECT when one that was sent has
 * been refused ("port unreachable"); -ERR_RECV. */
ssize_t udp_receive(int fd, void *to, size_t n, struct error *e) CHECKED;

/* What has become known of datagrams sent, without receiving: 0, -ERR_CONNECT
 * or -ERR_SEND. */
int udp_check(int fd, struct error *e) CHECKED;

#endif
