#include "net/udp.h"

#include <poll.h>
#include <unistd.h>

#include "support/table.h"

static const struct net_config anywhere;

/* A socket of the loopback interface that is bound and blocks. */
static int bound(int family, struct address *a)
{
	int fd = socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	*a = (struct address){ .n = sizeof(a->sa.v4) };
	a->sa.any.sa_family = (sa_family_t)family;
	a->sa.v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (family == AF_INET6) {
		a->n = sizeof(a->sa.v6);
		a->sa.v6 = (struct sockaddr_in6){ .sin6_family = AF_INET6,
			.sin6_addr = in6addr_loopback };
	}
	assert_true(fd >= 0);
	assert_int_equal(bind(fd, &a->sa.any, a->n), 0);
	assert_int_equal(getsockname(fd, &a->sa.any, &a->n), 0);
	return fd;
}

static void wait_for(int fd)
{
	struct pollfd ready = { .fd = fd, .events = POLLIN };

	assert_int_equal(poll(&ready, 1, 5000), 1);
}

struct exchange_case {
	const char *name;
	int family;
	size_t n;
};

static const struct exchange_case exchanges[] = {
	{ "IPv4", AF_INET, 5 },
	{ "IPv6", AF_INET6, 5 },
	{ "an empty one", AF_INET, 0 },
	{ "the largest over IPv4", AF_INET, 65507 },
	{ "the largest over IPv6", AF_INET6, UDP_DATAGRAM_MAX },
};

static void test_exchange(const void *row)
{
	const struct exchange_case *c = row;
	char *bytes = malloc(UDP_DATAGRAM_MAX), *got = malloc(UDP_DATAGRAM_MAX);
	struct error e = { 0 };
	struct address peer, from;
	int server = bound(c->family, &peer), fd;

	assert_non_null(bytes);
	assert_non_null(got);
	for (size_t i = 0; i < c->n; i++)
		bytes[i] = (char)(i * 7);
	fd = udp_open(&peer, &anywhere, &e);
	assert_true(fd >= 0);
	assert_int_equal(
		udp_receive(fd, got, UDP_DATAGRAM_MAX, &e), -ERR_AGAIN);
	assert_int_equal(udp_send(fd, (struct str){ bytes, c->n }, &e), 0);
	from.n = sizeof(from.sa);
	assert_int_equal(recvfrom(server, got, UDP_DATAGRAM_MAX, 0,
				 &from.sa.any, &from.n),
		c->n);
	assert_memory_equal(got, bytes, c->n);
	memset(got, 0, c->n);
	/* Two at once stay two. */
	for (int i = 0; i < 2; i++)
		assert_int_equal(
			sendto(server, bytes, c->n, 0, &from.sa.any, from.n),
			c->n);
	for (int i = 0; i < 2; i++) {
		wait_for(fd);
		assert_int_equal(
			udp_receive(fd, got, UDP_DATAGRAM_MAX, &e), c->n);
		assert_memory_equal(got, bytes, c->n);
	}
	assert_int_equal(
		udp_receive(fd, got, UDP_DATAGRAM_MAX, &e), -ERR_AGAIN);
	assert_int_equal(udp_check(fd, &e), 0);
	assert_int_equal(e.code, 0);
	close(fd);
	close(server);
	free(bytes);
	free(got);
}

/* Who else sends to the socket is not heard. */
static void test_stranger(const void *row)
{
	struct address peer, other, own = { .n = sizeof(own.sa) };
	int server = bound(AF_INET, &peer), stranger = bound(AF_INET, &other);
	int fd = udp_open(&peer, &anywhere, NULL);
	char byte;

	(void)row;
	assert_true(fd >= 0);
	assert_int_equal(getsockname(fd, &own.sa.any, &own.n), 0);
	assert_true(sendto(stranger, "x", 1, 0, &own.sa.any, own.n) < 0 ||
		udp_receive(fd, &byte, 1, NULL) == -ERR_AGAIN);
	assert_int_equal(sendto(server, "y", 1, 0, &own.sa.any, own.n), 1);
	wait_for(fd);
	assert_int_equal(udp_receive(fd, &byte, 1, NULL), 1);
	assert_int_equal(byte, 'y');
	close(fd);
	close(server);
	close(stranger);
}

static void test_too_large(const void *row)
{
	char *bytes = calloc(1, 65508);
	struct error e = { 0 };
	struct address peer;
	int server = bound(AF_INET, &peer), fd = udp_open(&peer, &anywhere, &e);

	(void)row;
	assert_non_null(bytes);
	assert_true(fd >= 0);
	assert_int_equal(
		udp_send(fd, (struct str){ bytes, 65508 }, &e), -ERR_TOO_LARGE);
	assert_string_equal(e.text,
		"a datagram of 65508 bytes is too large for the network");
	assert_int_equal(udp_send(fd, STR("x"), &e), 0);
	close(fd);
	close(server);
	free(bytes);
}

enum notice { BY_RECEIVE, BY_SEND, BY_CHECK };

struct refused_case {
	const char *name;
	int family;
	enum notice notice;
};

static const struct refused_case refusals[] = {
	{ "noticed by receiving", AF_INET, BY_RECEIVE },
	{ "noticed by sending", AF_INET, BY_SEND },
	{ "noticed by asking", AF_INET, BY_CHECK },
	{ "IPv6, noticed by receiving", AF_INET6, BY_RECEIVE },
	{ "IPv6, noticed by asking", AF_INET6, BY_CHECK },
};

static ssize_t notice(enum notice how, int fd, struct error *e)
{
	char byte;

	switch (how) {
	case BY_RECEIVE:
		return udp_receive(fd, &byte, 1, e);
	case BY_SEND:
		return udp_send(fd, STR("x"), e);
	case BY_CHECK:
		break;
	}
	return udp_check(fd, e);
}

static void test_refused(const void *row)
{
	const struct refused_case *c = row;
	struct error e = { 0 };
	struct address peer;
	int server = bound(c->family, &peer),
	    fd = udp_open(&peer, &anywhere, &e);
	struct pollfd ready = { .fd = fd };

	assert_true(fd >= 0);
	close(server);
	assert_int_equal(udp_send(fd, STR("x"), &e), 0);
	assert_int_equal(poll(&ready, 1, 5000), 1);
	assert_true(ready.revents & POLLERR);
	assert_int_equal(notice(c->notice, fd, &e), -ERR_CONNECT);
	assert_string_equal(e.text, "port unreachable");
	assert_int_equal(udp_check(fd, &e), 0);
	close(fd);
}

/* What the system does not allow is no silence. */
static void test_broadcast(const void *row)
{
	struct address peer = { .n = sizeof(peer.sa.v4) };
	struct error e = { 0 };

	(void)row;
	peer.sa.v4.sin_family = AF_INET;
	peer.sa.v4.sin_port = htons(9);
	peer.sa.v4.sin_addr.s_addr = htonl(0xffffffff);
	assert_int_equal(udp_open(&peer, &anywhere, &e), -ERR_CONNECT);
	assert_string_equal(e.text, "Permission denied");
}

struct local_case {
	const char *name, *interface;
	bool has_port;
	const char *address; /* that the peer sees */
	int code;
};

static const struct local_case locals[] = {
	{ "an address", "127.0.0.2", false, "127.0.0.2", 0 },
	{ "a port", NULL, true, "127.0.0.1", 0 },
	{ "both", "host!127.0.0.3", true, "127.0.0.3", 0 },
	{ "an address of nobody here", "host!203.0.113.1", false, NULL,
		ERR_INTERFACE },
};

static void test_local(const void *row)
{
	const struct local_case *c = row;
	struct address peer, from = { .n = sizeof(from.sa) }, unused;
	int server = bound(AF_INET, &peer), free_port = bound(AF_INET, &unused);
	struct net_config config = { .interface = c->interface };
	char text[ADDRESS_TEXT], byte;
	struct error e = { 0 };
	uint16_t port;
	int fd;

	close(free_port);
	if (c->has_port)
		config.local_port = config.local_port_last = ntohs(
			unused.sa.v4.sin_port);
	fd = udp_open(&peer, &config, &e);
	if (c->code) {
		assert_int_equal(fd, -c->code);
		assert_int_equal(e.code, c->code);
		close(server);
		return;
	}
	assert_true(fd >= 0);
	assert_int_equal(udp_send(fd, STR("x"), &e), 0);
	assert_int_equal(
		recvfrom(server, &byte, 1, 0, &from.sa.any, &from.n), 1);
	address_text(&from, text, &port);
	assert_string_equal(text, c->address);
	if (c->has_port)
		assert_int_equal(port, config.local_port);
	close(fd);
	close(server);
}

int main(void)
{
	static const struct table tables[] = {
		TABLE("udp_send, udp_receive", exchanges, test_exchange),
		SINGLE("udp_receive: a stranger", test_stranger),
		SINGLE("udp_send: too large", test_too_large),
		TABLE("a refusal", refusals, test_refused),
		SINGLE("udp_open: broadcast", test_broadcast),
		TABLE("udp_open: from", locals, test_local),
	};

	return table_run("udp", tables, sizeof(tables) / sizeof(tables[0]));
}
