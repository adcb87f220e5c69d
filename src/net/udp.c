#include "net/udp.h"

#include <errno.h>
#include <unistd.h>

#include "base/compat.h"
#include "net/bind.h"

#define ROOM_WANTED (1 << 20) /* for datagrams that wait to be received */

/* What ICMP had to say of an earlier datagram (udp(7)), as against what this
 * call did wrong. */
static bool is_refusal(int system_errno)
{
	switch (system_errno) {
	case ECONNREFUSED:
	case EHOSTUNREACH:
	case EHOSTDOWN:
	case ENETUNREACH:
	case ENETDOWN:
		return true;
	default:
		return false;
	}
}

static int failed(int code, const char *what, int system_errno, struct error *e)
{
	if (system_errno == ECONNREFUSED)
		return error_set(e, ERR_CONNECT, "port unreachable");
	if (is_refusal(system_errno))
		return error_set(
			e, ERR_CONNECT, "%s", error_system(system_errno));
	return error_set(e, code, "%s: %s", what, error_system(system_errno));
}

static bool is_again(int system_errno)
{
	return system_errno == EAGAIN || system_errno == EWOULDBLOCK;
}

static int connect_socket(int fd, const struct address *peer,
	const struct net_config *config, struct error *e)
{
	int room = ROOM_WANTED, result;

	/* A smaller one only loses more of what is not received in time. */
	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof(room));
	result = bind_local(fd, peer->sa.any.sa_family, config, e);
	if (result < 0)
		return result;
	do
		result = connect(fd, &peer->sa.any, peer->n);
	while (result < 0 && errno == EINTR);
	if (result == 0)
		return 0;
	return error_set(e, ERR_CONNECT, "%s", error_system(errno));
}

int udp_open(const struct address *peer, const struct net_config *config,
	struct error *e)
{
	int fd = socket(peer->sa.any.sa_family,
		SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_UDP);
	int result;

	if (fd < 0)
		return error_set(e, ERR_CONNECT, "%s", error_system(errno));
	result = connect_socket(fd, peer, config, e);
	if (result == 0)
		return fd;
	close(fd);
	return result;
}

int udp_send(int fd, struct str datagram, struct error *e)
{
	ssize_t put;

	do
		put = send(fd, datagram.p, datagram.n, MSG_NOSIGNAL);
	while (put < 0 && errno == EINTR);
	if (put >= 0)
		return 0;
	if (is_again(errno))
		return -ERR_AGAIN;
	if (errno == EMSGSIZE)
		return error_set(e, ERR_TOO_LARGE,
			"a datagram of %zu bytes is too large for the network",
			datagram.n);
	return failed(ERR_SEND, "Send failure", errno, e);
}

ssize_t udp_receive(int fd, void *to, size_t n, struct error *e)
{
	ssize_t got;

	do
		got = recv(fd, to, n, 0);
	while (got < 0 && errno == EINTR);
	if (got >= 0)
		return got;
	if (is_again(errno))
		return -ERR_AGAIN;
	return failed(ERR_RECV, "Recv failure", errno, e);
}

int udp_check(int fd, struct error *e)
{
	int error = 0;
	socklen_t size = sizeof(error);

	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) < 0)
		error = errno;
	return error ? failed(ERR_SEND, "Send failure", error, e) : 0;
}
