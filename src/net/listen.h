/* Sockets that wait for others: TCP and UDP on every address of a name, and
 * Unix sockets. */
#ifndef NET_LISTEN_H
#define NET_LISTEN_H

#include "base/str.h"
#include "net/resolve.h"

struct listen_path;

struct listen_sockets {
	int fds[LIMIT_ADDRESSES]; /* non-blocking */
	size_t n;
	uint16_t port; /* of all of them; 0 for Unix sockets */
	struct listen_path *path; /* private: what is to be removed */
};

/* Listen on TCP at every address of `host` (a name or a literal; "*" is every
 * address of this machine) at `port`; 0 picks one that is free in both
 * families. `family` is AF_UNSPEC, AF_INET or AF_INET6. A family that this
 * machine does not have is left out when the other is there. Returns 0;
 * -ERR_INTERFACE with the address and why; what resolve fails with. */
int listen_tcp(struct listen_sockets *l, const char *host, uint16_t port,
	int family, int64_t deadline, struct error *e) CHECKED;

/* The same for UDP. Use listen_receive and listen_answer with the sockets. */
int listen_udp(struct listen_sockets *l, const char *host, uint16_t port,
	int family, int64_t deadline, struct error *e) CHECKED;

/* Listen at a path, with mode 0600, or at "@name" in Linux's abstract
 * namespace. A socket at the path that nobody listens on any more is replaced;
 * one that is listened on, or what is no socket, is not. Returns 0,
 * -ERR_INTERFACE or -ERR_URL_MALFORMED. */
int listen_unix(
	struct listen_sockets *l, const char *path, struct error *e) CHECKED;

/* Close the sockets, and remove the path unless something else stands there by
 * now. May be called again, and of zeroed sockets. */
void listen_close(struct listen_sockets *l);

/* Remove the paths of all Unix sockets that are listened on now;
 * async-signal-safe, for the handler of signals that end the program. */
void listen_remove_paths(void);

/* Take in the next who waits at the stream socket `fd`: a non-blocking
 * descriptor, `*peer` its address (n is 0 for Unix sockets). -ERR_AGAIN when
 * nobody is there (any more); -ERR_TOO_MANY when descriptors or memory are out
 * for now; -ERR_RECV. */
int listen_accept(int fd, struct address *peer, struct error *e) CHECKED;

/* Who sent a datagram, and to which of our addresses. */
struct listen_origin {
	struct address peer;
	struct address local; /* n is 0 when it is not known; no port */
	unsigned interface; /* it came by; 0: not known */
};

/* Receive one datagram; give `to` UDP_DATAGRAM_MAX bytes. Its length, which may
 * be 0; -ERR_AGAIN (poll for POLLIN); -ERR_RECV. */
ssize_t listen_receive(int fd, void *to, size_t n, struct listen_origin *origin,
	struct error *e) CHECKED;

/* Send a datagram to where one came from, out of the address that it was sent
 * to: a peer that has connected its socket takes it from no other. 0;
 * -ERR_AGAIN (poll for POLLOUT); -ERR_TOO_LARGE; -ERR_SEND. */
int listen_answer(int fd, struct str datagram,
	const struct listen_origin *origin, struct error *e) CHECKED;

/* For listen_udp: have the system tell what struct listen_origin holds. 0 or an
 * errno value. */
int listen_want_origin(int fd, int family);

#endif
