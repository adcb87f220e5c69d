/* net/listen.h: which sockets wait where, and what becomes of paths. */
#include "net/listen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "net/udp.h"
#include "support/loopback.h"
#include "support/scratch.h"
#include "support/table.h"
#include "support/talking.h"

/* --- TCP and UDP */

typedef int listen_function(struct listen_sockets *l, const char *host,
	uint16_t port, int family, int64_t deadline, struct error *e);

struct inet_row {
	const char *name;
	listen_function *open;
	const char *host;
	int family;
	const char *addresses; /* of the sockets; NULL: it fails */
	const char *says;
};

static const struct inet_row inet_rows[] = {
	{ "TCP at localhost", listen_tcp, "localhost", AF_UNSPEC,
		"::1 127.0.0.1 ", NULL },
	{ "TCP at localhost, IPv4", listen_tcp, "localhost", AF_INET,
		"127.0.0.1 ", NULL },
	{ "TCP at localhost, IPv6", listen_tcp, "localhost", AF_INET6, "::1 ",
		NULL },
	{ "TCP at an address", listen_tcp, "127.0.0.3", AF_UNSPEC, "127.0.0.3 ",
		NULL },
	{ "TCP at an IPv6 address", listen_tcp, "::1", AF_UNSPEC, "::1 ",
		NULL },
	{ "TCP everywhere", listen_tcp, "*", AF_UNSPEC, ":: 0.0.0.0 ", NULL },
	{ "TCP everywhere, IPv4", listen_tcp, "*", AF_INET, "0.0.0.0 ", NULL },
	{ "TCP everywhere, IPv6", listen_tcp, "*", AF_INET6, ":: ", NULL },
	{ "UDP at localhost", listen_udp, "localhost", AF_UNSPEC,
		"::1 127.0.0.1 ", NULL },
	{ "UDP everywhere", listen_udp, "*", AF_UNSPEC, ":: 0.0.0.0 ", NULL },
	{ "TCP at another's address", listen_tcp, "192.0.2.1", AF_UNSPEC, NULL,
		"cannot listen on 192.0.2.1:0: Cannot assign" },
	{ "UDP at another's IPv6 address", listen_udp, "2001:db8::1", AF_UNSPEC,
		NULL, "cannot listen on [2001:db8::1]:0: Cannot assign" },
};

/* All sockets are at one port. */
static void assert_sockets(const struct listen_sockets *l, const char *expected)
{
	char text[ADDRESS_TEXT];
	struct buf all;

	buf_init(&all, 4096);
	for (size_t i = 0; i < l->n; i++) {
		struct address a = { .n = sizeof(a.sa) };
		uint16_t port;

		assert_int_equal(getsockname(l->fds[i], &a.sa.any, &a.n), 0);
		address_text(&a, text, &port);
		assert_int_equal(port, l->port);
		assert_true(port != 0);
		buf_printf(&all, "%s ", text);
	}
	assert_string_equal(buf_text(&all), expected);
	buf_fini(&all);
}

static void test_inet(const void *row)
{
	const struct inet_row *r = row;
	int before = talking_descriptors();
	struct listen_sockets l;
	struct error e = { 0 };
	int rc = r->open(&l, r->host, 0, r->family, deadline_in(5000), &e);

	if (r->addresses) {
		assert_int_equal(rc, 0);
		assert_sockets(&l, r->addresses);
		listen_close(&l);
	} else {
		assert_int_equal(rc, -ERR_INTERFACE);
		assert_int_equal(e.code, ERR_INTERFACE);
		assert_non_null(strstr(e.text, r->says));
	}
	assert_int_equal(l.n, 0);
	listen_close(&l);
	assert_int_equal(talking_descriptors(), before);
}

/* The second has to be refused, also when only one family is taken. */
static void test_taken(const void *row)
{
	const struct inet_row *r = row;
	struct listen_sockets first, second;
	struct error e = { 0 };

	assert_int_equal(
		r->open(&first, r->host, 0, r->family, deadline_in(5000), &e),
		0);
	assert_int_equal(r->open(&second, "localhost", first.port, AF_UNSPEC,
				 deadline_in(5000), &e),
		-ERR_INTERFACE);
	assert_non_null(strstr(e.text, "Address already in use"));
	assert_non_null(strstr(e.text, "port 0 picks a free one"));
	assert_int_equal(second.n, 0);
	listen_close(&first);
	assert_int_equal(r->open(&second, "localhost", 0, AF_UNSPEC,
				 deadline_in(5000), &e),
		0);
	listen_close(&second);
}

static void test_privileged(const void *row)
{
	struct listen_sockets l;
	struct error e = { 0 };
	FILE *file = fopen(
		"/proc/sys/net/ipv4/ip_unprivileged_port_start", "r");
	char least[16] = "";

	(void)row;
	if (file) {
		if (!fgets(least, sizeof(least), file))
			least[0] = '\0';
		fclose(file);
	}
	if (geteuid() == 0 || strcmp(least, "1024\n") != 0)
		skip();
	assert_int_equal(
		listen_tcp(&l, "localhost", 81, AF_INET, deadline_in(5000), &e),
		-ERR_INTERFACE);
	assert_non_null(strstr(e.text, "below 1024"));
}

/* Connections that have ended do not hold the port. */
static void test_again(const void *row)
{
	struct listen_sockets l;
	struct error e = { 0 };
	struct address peer;
	struct talking client;
	int fd, served;

	(void)row;
	for (int i = 0; i < 3; i++) {
		uint16_t port = i ? client.port : 0;

		assert_int_equal(listen_tcp(&l, "localhost", port, AF_UNSPEC,
					 deadline_in(5000), &e),
			0);
		client.port = l.port;
		fd = talking_connect(&client, AF_INET, SOCK_STREAM);
		served = listen_accept(l.fds[1], &peer, &e);
		assert_true(served >= 0);
		close(served);
		assert_int_equal(recv(fd, &served, 1, 0), 0);
		close(fd);
		listen_close(&l);
	}
}

static void test_accept(const void *row)
{
	struct listen_sockets l;
	struct error e = { 0 };
	struct talking client;
	struct address peer;
	char text[ADDRESS_TEXT];
	int fd, served;

	(void)row;
	assert_int_equal(listen_tcp(&l, "::1", 0, AF_UNSPEC, 0, &e), 0);
	assert_int_equal(listen_accept(l.fds[0], &peer, &e), -ERR_AGAIN);
	client.port = l.port;
	fd = talking_connect(&client, AF_INET6, SOCK_STREAM);
	served = listen_accept(l.fds[0], &peer, &e);
	assert_true(served >= 0);
	address_text(&peer, text, NULL);
	assert_string_equal(text, "::1");
	assert_int_equal(recv(served, text, 1, 0), -1);
	assert_int_equal(errno, EAGAIN);
	assert_int_equal(listen_accept(l.fds[0], &peer, &e), -ERR_AGAIN);
	close(fd);
	close(served);
	listen_close(&l);
	assert_int_equal(listen_accept(-1, &peer, &e), -ERR_RECV);
	assert_int_equal(e.code, ERR_RECV);
}

/* --- datagrams */

struct origin_row {
	const char *name;
	const char *host; /* listened on */
	int family;
	const char *to; /* where the datagram is sent to */
};

static const struct origin_row origin_rows[] = {
	{ "an address", "127.0.0.1", AF_INET, "127.0.0.1" },
	{ "everywhere", "*", AF_INET, "127.0.0.1" },
	{ "another address of the machine", "*", AF_INET, "127.9.8.7" },
	{ "everywhere, IPv6", "*", AF_INET6, "::1" },
};

static int receive(int fd, char *to, struct listen_origin *origin)
{
	struct pollfd ready = { .fd = fd, .events = POLLIN };
	struct error e = { 0 };

	assert_int_equal(poll(&ready, 1, 5000), 1);
	return (int)listen_receive(fd, to, UDP_DATAGRAM_MAX, origin, &e);
}

/* A connected peer takes an answer from the address that it has sent to
 * only. */
static void test_origin(const void *row)
{
	const struct origin_row *r = row;
	struct listen_sockets l;
	struct listen_origin origin;
	struct error e = { 0 };
	struct addresses to;
	char *in = malloc(UDP_DATAGRAM_MAX);
	char text[ADDRESS_TEXT];
	struct pollfd ready = { .events = POLLIN };
	const struct net_config config = { .family = AF_UNSPEC };

	assert_non_null(in);
	assert_int_equal(listen_udp(&l, r->host, 0, r->family, 0, &e), 0);
	assert_int_equal(
		resolve(&to, r->to, l.port, AF_UNSPEC, DEADLINE_NONE, &e), 0);
	ready.fd = udp_open(&to.items[0], &config, &e);
	assert_true(ready.fd >= 0);
	assert_int_equal(
		listen_receive(l.fds[0], in, 10, &origin, &e), -ERR_AGAIN);
	assert_int_equal(udp_send(ready.fd, STR("question"), &e), 0);
	assert_int_equal(receive(l.fds[0], in, &origin), 8);
	assert_memory_equal(in, "question", 8);
	address_text(&origin.local, text, NULL);
	assert_string_equal(text, r->to);
	assert_int_equal(
		listen_answer(l.fds[0], STR("answer"), &origin, &e), 0);
	assert_int_equal(poll(&ready, 1, 5000), 1);
	assert_int_equal(udp_receive(ready.fd, in, UDP_DATAGRAM_MAX, &e), 6);
	assert_memory_equal(in, "answer", 6);
	close(ready.fd);
	listen_close(&l);
	free(in);
}

static void test_datagram_sizes(const void *row)
{
	struct listen_sockets l;
	struct listen_origin origin;
	struct error e = { 0 };
	struct addresses to;
	char *in = calloc(1, UDP_DATAGRAM_MAX);
	const struct net_config config = { .family = AF_UNSPEC };
	int fd;

	(void)row;
	assert_non_null(in);
	assert_int_equal(listen_udp(&l, "127.0.0.1", 0, AF_INET, 0, &e), 0);
	assert_int_equal(
		resolve(&to, "127.0.0.1", l.port, AF_UNSPEC, DEADLINE_NONE, &e),
		0);
	fd = udp_open(&to.items[0], &config, &e);
	assert_int_equal(udp_send(fd, STR(""), &e), 0);
	assert_int_equal(receive(l.fds[0], in, &origin), 0);
	assert_int_equal(udp_send(fd, (struct str){ in, 65507 }, &e), 0);
	assert_int_equal(receive(l.fds[0], in, &origin), 65507);
	assert_int_equal(
		listen_answer(l.fds[0], (struct str){ in, 65508 }, &origin, &e),
		-ERR_TOO_LARGE);
	assert_int_equal(e.code, ERR_TOO_LARGE);
	close(fd);
	listen_close(&l);
	free(in);
}

/* --- Unix sockets */

static int unix_client(const char *path)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	size_t n = strlen(path);
	socklen_t size =
		(socklen_t)(offsetof(struct sockaddr_un, sun_path) + n);
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	memcpy(a.sun_path, path, n);
	if (path[0] == '@')
		a.sun_path[0] = '\0';
	else
		size++;
	if (connect(fd, (struct sockaddr *)&a, size) == 0)
		return fd;
	close(fd);
	return -1;
}

static bool exists(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0;
}

static void test_path(const void *row)
{
	const char *path = scratch_path("socket");
	int before = talking_descriptors();
	struct listen_sockets l;
	struct error e = { 0 };
	struct address peer;
	struct stat st;
	int fd, served;

	(void)row;
	umask(0);
	assert_int_equal(listen_unix(&l, path, &e), 0);
	assert_int_equal(l.n, 1);
	assert_int_equal(l.port, 0);
	assert_int_equal(lstat(path, &st), 0);
	assert_true(S_ISSOCK(st.st_mode));
	assert_int_equal(st.st_mode & 07777, 0600);
	fd = unix_client(path);
	assert_true(fd >= 0);
	served = listen_accept(l.fds[0], &peer, &e);
	assert_true(served >= 0);
	assert_int_equal(peer.n, 0);
	close(fd);
	close(served);
	listen_close(&l);
	assert_false(exists(path));
	listen_close(&l);
	assert_int_equal(talking_descriptors(), before);
}

/* What may be at a path, and whether it gives way. */
enum found { STALE, LIVE, FILE_THERE, LINK_TO_STALE, DIRECTORY_MISSING };

struct found_row {
	const char *name;
	enum found found;
	const char *says; /* NULL: it is replaced */
};

static const struct found_row found_rows[] = {
	{ "a socket of a program that has gone", STALE, NULL },
	{ "a socket that is listened on", LIVE, "another program listens" },
	{ "a file", FILE_THERE, "no socket" },
	{ "a link to a socket", LINK_TO_STALE, "no socket" },
	{ "no directory", DIRECTORY_MISSING, "No such file or directory" },
};

static int bind_socket(const char *path)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	memcpy(a.sun_path, path, strlen(path));
	assert_int_equal(bind(fd, (struct sockaddr *)&a, sizeof(a)), 0);
	return fd;
}

static void test_found(const void *row)
{
	const struct found_row *r = row;
	const char *path = scratch_path(
		r->found == DIRECTORY_MISSING ? "none/socket" : "socket");
	const char *other = scratch_path("other");
	int before = talking_descriptors(), there = -1;
	struct listen_sockets l;
	struct error e = { 0 };
	int rc;

	if (r->found == STALE)
		close(bind_socket(path));
	if (r->found == LIVE) {
		there = bind_socket(path);
		assert_int_equal(listen(there, 1), 0);
	}
	if (r->found == FILE_THERE)
		scratch_write("socket", "content", 0600);
	if (r->found == LINK_TO_STALE) {
		close(bind_socket(other));
		assert_int_equal(symlink(other, path), 0);
	}
	rc = listen_unix(&l, path, &e);
	assert_int_equal(rc, r->says ? -ERR_INTERFACE : 0);
	if (r->says)
		assert_non_null(strstr(e.text, r->says));
	else
		close(unix_client(path));
	listen_close(&l);
	assert_int_equal(
		exists(path), r->says && r->found != DIRECTORY_MISSING);
	if (there >= 0)
		close(there);
	unlink(path);
	unlink(other);
	assert_int_equal(talking_descriptors(), before);
}

static void test_abstract(const void *row)
{
	struct listen_sockets l, second;
	struct error e = { 0 };
	char name[64];

	(void)row;
	snprintf(name, sizeof(name), "@minifetch-test-%ld", (long)getpid());
	assert_int_equal(listen_unix(&l, name, &e), 0);
	assert_int_equal(listen_unix(&second, name, &e), -ERR_INTERFACE);
	assert_non_null(strstr(e.text, "already in use"));
	close(unix_client(name));
	listen_close(&l);
	assert_int_equal(unix_client(name), -1);
	assert_int_equal(listen_unix(&l, name, &e), 0);
	listen_close(&l);
}

static void test_path_too_long(const void *row)
{
	struct listen_sockets l;
	struct error e = { 0 };
	char path[200];

	(void)row;
	memset(path, 'a', sizeof(path));
	path[0] = '/';
	path[sizeof(path) - 1] = '\0';
	assert_int_equal(listen_unix(&l, path, &e), -ERR_URL_MALFORMED);
	listen_close(&l);
}

/* Somebody else's socket at the path is left alone. */
static void test_replaced(const void *row)
{
	const char *path = scratch_path("socket");
	struct listen_sockets l;
	struct error e = { 0 };
	int other;

	(void)row;
	assert_int_equal(listen_unix(&l, path, &e), 0);
	assert_int_equal(rename(path, scratch_path("kept")), 0);
	other = bind_socket(path);
	listen_close(&l);
	assert_true(exists(path));
	close(other);
	unlink(path);
	unlink(scratch_path("kept"));
}

/* In a program that is about to end. */
static int remove_paths(void)
{
	const char *paths[2] = { scratch_path("one"), scratch_path("two") };
	struct listen_sockets l[2];
	struct error e = { 0 };

	for (int i = 0; i < 2; i++)
		if (listen_unix(&l[i], paths[i], &e) < 0)
			return 1;
	listen_close(&l[0]);
	if (listen_unix(&l[0], paths[0], &e) < 0)
		return 2;
	errno = 0;
	listen_remove_paths();
	if (errno || exists(paths[0]) || exists(paths[1]))
		return 3;
	/* What others put there by then is not touched. */
	scratch_write("one", "another's", 0600);
	listen_close(&l[0]);
	return exists(paths[0]) ? 0 : 4;
}

static void test_remove_paths(const void *row)
{
	pid_t child = fork();
	int status = -1;

	(void)row;
	if (child == 0)
		_exit(remove_paths());
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	unlink(scratch_path("one"));
}

int main(void)
{
	const struct table tables[] = {
		TABLE("listen_tcp, listen_udp", inet_rows, test_inet),
		{ "listen_tcp, listen_udp, taken", inet_rows, 3,
			sizeof(inet_rows[0]), test_taken },
		SINGLE("listen_tcp, a low port", test_privileged),
		SINGLE("listen_tcp, again", test_again),
		SINGLE("listen_accept", test_accept),
		TABLE("listen_receive, listen_answer", origin_rows,
			test_origin),
		SINGLE("listen_answer, sizes", test_datagram_sizes),
		SINGLE("listen_unix", test_path),
		TABLE("listen_unix, where something is", found_rows,
			test_found),
		SINGLE("listen_unix, abstract", test_abstract),
		SINGLE("listen_unix, too long", test_path_too_long),
		SINGLE("listen_close, replaced", test_replaced),
		SINGLE("listen_remove_paths", test_remove_paths),
	};
	int failed;

	scratch_begin(NULL);
	failed = table_run(
		"listen_sockets", tables, sizeof(tables) / sizeof(tables[0]));
	scratch_end();
	return failed;
}
