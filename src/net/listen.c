#include "net/listen.h"

#include <errno.h>
#include <netinet/tcp.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "net/unix.h"

#define ROOM_WANTED (1 << 20) /* for datagrams that wait to be received */
#define PORT_TRIES 64 /* at a port that is free in all families */
#define PATHS 16 /* more at once are not removed by a signal */

/* --- TCP and UDP */

static void set_port(struct address *a, uint16_t port)
{
	if (a->sa.any.sa_family == AF_INET6)
		a->sa.v6.sin6_port = htons(port);
	else
		a->sa.v4.sin_port = htons(port);
}

static bool set_option(int fd, int level, int option)
{
	int on = 1;

	return setsockopt(fd, level, option, &on, sizeof(on)) == 0;
}

static bool prepare(int fd, int type, int family)
{
	/* Both families can then have the same port. */
	if (family == AF_INET6 && !set_option(fd, IPPROTO_IPV6, IPV6_V6ONLY))
		return false;
	if (type == SOCK_DGRAM) {
		int room = ROOM_WANTED;

		/* A smaller one only loses more of what is not received in
		 * time. */
		setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &room, sizeof(room));
		errno = listen_want_origin(fd, family);
		return errno == 0;
	}
	/* Connections that have ended must not hold the port. */
	return set_option(fd, SOL_SOCKET, SO_REUSEADDR);
}

/* The socket, or a negative errno value. */
static int open_one(const struct address *a, int type)
{
	int family = a->sa.any.sa_family;
	int fd = socket(family, type | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int error;

	if (fd < 0)
		return -errno;
	if (prepare(fd, type, family) && bind(fd, &a->sa.any, a->n) == 0 &&
		(type == SOCK_DGRAM || listen(fd, SOMAXCONN) == 0))
		return fd;
	error = errno;
	close(fd);
	return -error;
}

static uint16_t port_of(int fd)
{
	struct address local = { .n = sizeof(local.sa) };
	char text[ADDRESS_TEXT];
	uint16_t port = 0;

	if (getsockname(fd, &local.sa.any, &local.n) == 0)
		address_text(&local, text, &port);
	return port;
}

/* This machine does not have that family, or not that address of it. */
static bool is_missing(int system_errno)
{
	return system_errno == EAFNOSUPPORT || system_errno == EADDRNOTAVAIL;
}

static int failed(const struct address *a, int system_errno, struct error *e)
{
	char text[ADDRESS_TEXT];
	uint16_t port;
	bool six = a->sa.any.sa_family == AF_INET6;

	address_text(a, text, &port);
	error_set(e, ERR_INTERFACE,
		six ? "cannot listen on [%s]:%u: %s"
		    : "cannot listen on %s:%u: %s",
		text, port, error_system(system_errno));
	if (system_errno == EADDRINUSE)
		error_add(e,
			"; another program has this port, and port 0 picks a "
			"free one");
	if (system_errno == EACCES && port < 1024)
		error_add(e,
			"; ports below 1024 are for programs with privileges");
	return -ERR_INTERFACE;
}

static bool is_repeated(const struct addresses *all, size_t i)
{
	for (size_t k = 0; k < i; k++)
		if (all->items[k].n == all->items[i].n &&
			memcmp(&all->items[k].sa, &all->items[i].sa,
				all->items[i].n) == 0)
			return true;
	return false;
}

/* Listen on all at `port`. 0, or a negative errno value with `*which` the
 * address it is about. */
static int open_all(struct listen_sockets *l, struct addresses *all,
	uint16_t port, int type, const struct address **which)
{
	int missing = 0;

	for (size_t i = 0; i < all->n; i++) {
		struct address *a = &all->items[i];
		int fd;

		set_port(a, port);
		if (is_repeated(all, i))
			continue;
		fd = open_one(a, type);
		if (fd < 0 && !is_missing(-fd)) {
			*which = a;
			return fd;
		}
		if (fd < 0) {
			*which = missing ? *which : a;
			missing = missing ? missing : fd;
			continue;
		}
		l->fds[l->n++] = fd;
		if (port == 0)
			port = port_of(fd);
	}
	l->port = port;
	return l->n ? 0 : missing;
}

static void every_address(struct addresses *all, int family)
{
	*all = (struct addresses){ .n = 0 };
	if (family != AF_INET) {
		struct address *a = &all->items[all->n++];

		a->sa.v6 = (struct sockaddr_in6){ .sin6_family = AF_INET6 };
		a->n = sizeof(a->sa.v6);
	}
	if (family != AF_INET6) {
		struct address *a = &all->items[all->n++];

		a->sa.v4 = (struct sockaddr_in){ .sin_family = AF_INET };
		a->n = sizeof(a->sa.v4);
	}
}

static int listen_inet(struct listen_sockets *l, const char *host,
	uint16_t port, int family, int type, int64_t deadline, struct error *e)
{
	const struct address *which = NULL;
	struct addresses all;
	int rc = 0;

	*l = (struct listen_sockets){ .n = 0 };
	if (strcmp(host, "*") == 0)
		every_address(&all, family);
	else
		rc = resolve(&all, host, port, family, deadline, e);
	if (rc < 0)
		return rc;
	/* The port picked for one may be taken on another. */
	for (int i = 0; i < PORT_TRIES; i++) {
		rc = open_all(l, &all, port, type, &which);
		if (rc == 0)
			return 0;
		listen_close(l);
		if (port || rc != -EADDRINUSE)
			break;
	}
	return failed(which, -rc, e);
}

int listen_tcp(struct listen_sockets *l, const char *host, uint16_t port,
	int family, int64_t deadline, struct error *e)
{
	return listen_inet(l, host, port, family, SOCK_STREAM, deadline, e);
}

int listen_udp(struct listen_sockets *l, const char *host, uint16_t port,
	int family, int64_t deadline, struct error *e)
{
	return listen_inet(l, host, port, family, SOCK_DGRAM, deadline, e);
}

/* --- Unix sockets */

struct listen_path {
	char *path;
	dev_t device;
	ino_t inode;
};

/* Each is owned by whoever has exchanged it out of its slot: listen_close, or a
 * signal handler that then removes it. */
static _Atomic(struct listen_path *) paths[PATHS];

/* Remove the socket unless somebody has put another in its place. */
static void remove_path(const struct listen_path *p)
{
	struct stat st;

	if (lstat(p->path, &st) == 0 && st.st_dev == p->device &&
		st.st_ino == p->inode)
		unlink(p->path);
}

void listen_remove_paths(void)
{
	int saved = errno;

	for (size_t i = 0; i < PATHS; i++) {
		struct listen_path *p = atomic_exchange(&paths[i], NULL);

		if (p)
			remove_path(p);
	}
	errno = saved;
}

static void remember_path(struct listen_path *p)
{
	for (size_t i = 0; i < PATHS; i++) {
		struct listen_path *empty = NULL;

		if (atomic_compare_exchange_strong(&paths[i], &empty, p))
			return;
	}
}

/* False when a signal handler has it: it is still using it then, and the
 * program about to end. */
static bool take_path(struct listen_path *p)
{
	for (size_t i = 0; i < PATHS; i++) {
		struct listen_path *expected = p;

		if (atomic_compare_exchange_strong(&paths[i], &expected, NULL))
			return true;
	}
	return false;
}

static void free_path(struct listen_path *p)
{
	if (p)
		free(p->path);
	free(p);
}

static int unix_failed(const char *path, const char *why, struct error *e)
{
	return error_set(
		e, ERR_INTERFACE, "cannot listen on %s: %s", path, why);
}

/* Whether somebody listens at an address: an errno value, EPROTOTYPE if so. A
 * socket of another type is told apart without being a client of it. */
static int probe(const struct unix_address *a)
{
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int error = 0;

	if (fd < 0)
		return errno;
	if (connect(fd, (const struct sockaddr *)&a->sa, a->n) < 0)
		error = errno;
	close(fd);
	return error;
}

/* Make room for a socket at `path`, where something is. */
static int replace(
	const struct unix_address *a, const char *path, struct error *e)
{
	struct stat st;
	int error;

	if (a->sa.sun_path[0] == '\0')
		return unix_failed(path, error_system(EADDRINUSE), e);
	if (lstat(path, &st) < 0)
		return errno == ENOENT
			? 0
			: unix_failed(path, error_system(errno), e);
	if (!S_ISSOCK(st.st_mode))
		return unix_failed(
			path, "there is a file that is no socket", e);
	error = probe(a);
	if (error == 0 || error == EPROTOTYPE)
		return unix_failed(path, "another program listens there", e);
	if (error != ECONNREFUSED && error != ENOENT)
		return unix_failed(path, error_system(error), e);
	if (unlink(path) < 0 && errno != ENOENT)
		return unix_failed(path, error_system(errno), e);
	return 0;
}

static int bind_path(
	int fd, const struct unix_address *a, const char *path, struct error *e)
{
	const struct sockaddr *sa = (const struct sockaddr *)&a->sa;
	int rc;

	if (bind(fd, sa, a->n) == 0)
		return 0;
	if (errno != EADDRINUSE)
		return unix_failed(path, error_system(errno), e);
	rc = replace(a, path, e);
	if (rc < 0)
		return rc;
	if (bind(fd, sa, a->n) < 0)
		return unix_failed(path, error_system(errno), e);
	return 0;
}

/* Have the bound path of mode 0600, and removed in the end. Nobody can connect
 * before listen(2). */
static int adopt_path(
	struct listen_sockets *l, const char *path, struct error *e)
{
	struct stat st;

	if (chmod(path, S_IRUSR | S_IWUSR) < 0 || lstat(path, &st) < 0) {
		unix_failed(path, error_system(errno), e);
		unlink(path);
		return -ERR_INTERFACE;
	}
	l->path = calloc(1, sizeof(*l->path));
	if (l->path)
		l->path->path = str_dup(str_of(path));
	if (!l->path || !l->path->path) {
		free_path(l->path);
		l->path = NULL;
		unlink(path);
		return error_memory(e);
	}
	l->path->device = st.st_dev;
	l->path->inode = st.st_ino;
	remember_path(l->path);
	return 0;
}

int listen_unix(struct listen_sockets *l, const char *path, struct error *e)
{
	struct unix_address a;
	int fd, rc;

	*l = (struct listen_sockets){ .n = 0 };
	rc = unix_address(&a, path, e);
	if (rc < 0)
		return rc;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return unix_failed(path, error_system(errno), e);
	l->fds[l->n++] = fd;
	rc = bind_path(fd, &a, path, e);
	if (rc == 0 && a.sa.sun_path[0])
		rc = adopt_path(l, path, e);
	if (rc == 0 && listen(fd, SOMAXCONN) < 0)
		rc = unix_failed(path, error_system(errno), e);
	if (rc < 0)
		listen_close(l);
	return rc;
}

/* --- all of them */

void listen_close(struct listen_sockets *l)
{
	/* Removed first: nobody is to find a path at which nobody listens. */
	if (l->path && take_path(l->path)) {
		remove_path(l->path);
		free_path(l->path);
	}
	for (size_t i = 0; i < l->n; i++)
		close(l->fds[i]);
	*l = (struct listen_sockets){ .n = 0 };
}

static bool is_exhaustion(int system_errno)
{
	return system_errno == EMFILE || system_errno == ENFILE ||
		system_errno == ENOBUFS || system_errno == ENOMEM;
}

/* What does not concern the connection that has failed before it was accepted;
 * accept(2) hands on its network errors, too. */
static bool is_lasting(int system_errno)
{
	return system_errno == EBADF || system_errno == EINVAL ||
		system_errno == ENOTSOCK || system_errno == EFAULT;
}

int listen_accept(int fd, struct address *peer, struct error *e)
{
	int client;

	peer->n = sizeof(peer->sa);
	do
		client = accept4(fd, &peer->sa.any, &peer->n,
			SOCK_NONBLOCK | SOCK_CLOEXEC);
	while (client < 0 && errno == EINTR);
	if (client >= 0) {
		if (peer->sa.any.sa_family == AF_UNIX)
			peer->n = 0;
		else
			set_option(client, IPPROTO_TCP, TCP_NODELAY);
		return client;
	}
	if (is_exhaustion(errno))
		return error_set(e, ERR_TOO_MANY,
			"no client can be taken in for now: %s",
			error_system(errno));
	if (is_lasting(errno))
		return error_set(e, ERR_RECV, "no client can be taken in: %s",
			error_system(errno));
	return -ERR_AGAIN;
}
