#include "net/listen.h"

/* POSIX has no way to know which address a datagram was sent to: answers leave
 * from the one that the system picks. Linux has listen_linux.c instead. */
#ifndef __linux__

#include <errno.h>

#include "base/compat.h"

int listen_want_origin(int fd, int family)
{
	(void)fd;
	(void)family;
	return 0;
}

ssize_t listen_receive(int fd, void *to, size_t n, struct listen_origin *origin,
	struct error *e)
{
	ssize_t got;

	*origin = (struct listen_origin){ .peer.n = sizeof(origin->peer.sa) };
	do
		got = recvfrom(
			fd, to, n, 0, &origin->peer.sa.any, &origin->peer.n);
	while (got < 0 && errno == EINTR);
	if (got >= 0)
		return got;
	if (errno == EAGAIN || errno == EWOULDBLOCK)
		return -ERR_AGAIN;
	return error_set(e, ERR_RECV, "Recv failure: %s", error_system(errno));
}

int listen_answer(int fd, struct str datagram,
	const struct listen_origin *origin, struct error *e)
{
	ssize_t put;

	do
		put = sendto(fd, datagram.p, datagram.n, MSG_NOSIGNAL,
			&origin->peer.sa.any, origin->peer.n);
	while (put < 0 && errno == EINTR);
	if (put >= 0)
		return 0;
	if (errno == EAGAIN || errno == EWOULDBLOCK)
		return -ERR_AGAIN;
	return error_set(e, errno == EMSGSIZE ? ERR_TOO_LARGE : ERR_SEND,
		"a datagram of %zu bytes could not be sent: %s", datagram.n,
		error_system(errno));
}

#endif
