#include "loopback.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <unistd.h>

#include "table.h"

struct endpoint {
	union {
		struct sockaddr any;
		struct sockaddr_in v4;
		struct sockaddr_in6 v6;
	} sa;
	socklen_t n;
};

static struct endpoint endpoint_of(int family, uint16_t port)
{
	struct endpoint p = { .n = sizeof(p.sa.v4) };

	if (family == AF_INET6) {
		p.n = sizeof(p.sa.v6);
		p.sa.v6.sin6_addr = in6addr_loopback;
		p.sa.v6.sin6_port = htons(port);
	} else {
		p.sa.v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
		p.sa.v4.sin_port = htons(port);
	}
	p.sa.any.sa_family = (sa_family_t)family;
	return p;
}

int loopback_refusing(int family, uint16_t *port)
{
	struct endpoint p = endpoint_of(family, *port);
	int fd = socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	if (bind(fd, &p.sa.any, p.n) < 0) {
		assert_int_equal(errno, EADDRINUSE);
		close(fd);
		return -1;
	}
	assert_int_equal(getsockname(fd, &p.sa.any, &p.n), 0);
	*port = ntohs(
		family == AF_INET6 ? p.sa.v6.sin6_port : p.sa.v4.sin_port);
	return fd;
}

int loopback_listen(int family, uint16_t *port)
{
	int fd = loopback_refusing(family, port);

	if (fd >= 0)
		assert_int_equal(listen(fd, 0), 0);
	return fd;
}

void loopback_listen_both(int listeners[2], uint16_t *port)
{
	for (int tries = 0; tries < 100; tries++) {
		*port = 0;
		listeners[0] = loopback_listen(AF_INET, port);
		listeners[1] = loopback_listen(AF_INET6, port);
		if (listeners[1] >= 0)
			return;
		close(listeners[0]);
	}
	fail_msg("no port is free in both families");
}

static bool fill_one(int fd, const struct endpoint *to)
{
	struct pollfd wait = { .fd = fd, .events = POLLOUT };

	assert_true(fd >= 0);
	assert_true(
		connect(fd, &to->sa.any, to->n) == 0 || errno == EINPROGRESS);
	return poll(&wait, 1, 100) > 0;
}

void blackhole_init(struct blackhole *b, int listener)
{
	struct endpoint to = { .n = sizeof(to.sa) };
	int i = 0;
	bool full = false;

	b->listener = listener;
	assert_int_equal(getsockname(listener, &to.sa.any, &to.n), 0);
	for (; i < LOOPBACK_FILL && !full; i++) {
		b->fill[i] = socket(to.sa.any.sa_family,
			SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
		full = !fill_one(b->fill[i], &to);
	}
	assert_true(full);
	for (; i < LOOPBACK_FILL; i++)
		b->fill[i] = -1;
}

void blackhole_fini(struct blackhole *b)
{
	for (int i = 0; i < LOOPBACK_FILL; i++)
		if (b->fill[i] >= 0)
			close(b->fill[i]);
	close(b->listener);
}

void loopback_pair(int ends[2])
{
	uint16_t port = 0;
	int listener = loopback_listen(AF_INET, &port);
	struct endpoint to = endpoint_of(AF_INET, port);

	ends[0] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_true(ends[0] >= 0);
	assert_int_equal(connect(ends[0], &to.sa.any, to.n), 0);
	ends[1] = accept(listener, NULL, NULL);
	assert_true(ends[1] >= 0);
	close(listener);
	assert_int_equal(fcntl(ends[0], F_SETFL, O_NONBLOCK), 0);
}

void loopback_reset(int fd)
{
	struct linger now = { .l_onoff = 1, .l_linger = 0 };

	assert_int_equal(
		setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now)), 0);
	close(fd);
}
