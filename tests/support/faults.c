/* A library for LD_PRELOAD in which one call of a kind fails: the n-th since
 * the program began, of those that the program itself makes.
 *
 *   FAULTS_KIND   which calls, by the names of the table below
 *   FAULTS_AT     which of them fails, from 1; 0: none; with '+' behind it all
 *                 that follow fail too
 *   FAULTS_HOW    "short" (half of what was asked for), or the number of errno
 *   FAULTS_STATE  a file of two 64-bit numbers, shared: calls counted, and
 *                 whether one has failed
 *
 * Without FAULTS_STATE nothing is touched. */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

/* Which calls belong to which kind */
enum kind {
	KIND_NONE,
	KIND_MALLOC,
	KIND_OPEN,
	KIND_READ,
	KIND_WRITE,
	KIND_RENAME,
	KIND_CONNECT,
	KIND_POLL,
	KIND_SPLICE
};

static const struct {
	const char *name;
	enum kind kind;
} kinds[] = {
	{ "malloc", KIND_MALLOC },
	{ "open", KIND_OPEN },
	{ "read", KIND_READ },
	{ "write", KIND_WRITE },
	{ "rename", KIND_RENAME },
	{ "connect", KIND_CONNECT },
	{ "poll", KIND_POLL },
	{ "splice", KIND_SPLICE },
};

struct state {
	_Atomic uint64_t calls;
	_Atomic uint64_t failed;
};

static struct state *state;
static enum kind chosen;
static uint64_t chosen_call;
static int chosen_on; /* and all that follow */
static int how; /* errno; 0: short */

__attribute__((constructor)) static void begin(void)
{
	const char *path = getenv("FAULTS_STATE");
	const char *kind = getenv("FAULTS_KIND"), *at = getenv("FAULTS_AT");
	const char *word = getenv("FAULTS_HOW");
	void *map;
	int fd;

	if (!path || !kind || !at || !word)
		return;
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strcmp(kinds[i].name, kind) == 0)
			chosen = kinds[i].kind;
	for (; *at && *at != '+'; at++)
		chosen_call = chosen_call * 10 + (uint64_t)(*at - '0');
	chosen_on = *at == '+';
	if (strcmp(word, "short") != 0)
		for (; *word; word++)
			how = how * 10 + (*word - '0');
	fd = open(path, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		abort();
	map = mmap(NULL, sizeof(struct state), PROT_READ | PROT_WRITE,
		MAP_SHARED, fd, 0);
	close(fd);
	if (map == MAP_FAILED)
		abort();
	state = map;
}

/* Whether this call is the one. */
static int strikes(enum kind kind)
{
	uint64_t call;

	if (!state || kind != chosen)
		return 0;
	call = atomic_fetch_add(&state->calls, 1) + 1;
	if (chosen_on ? call < chosen_call : call != chosen_call)
		return 0;
	atomic_store(&state->failed, 1);
	errno = how;
	return 1;
}

static size_t half(size_t n)
{
	return n > 1 ? n / 2 : n;
}

/* The function behind ours, looked up once. */
#define BEHIND(name)                            \
	static __typeof__(&(name)) real_##name; \
	if (!real_##name)                       \
	real_##name = (__typeof__(&(name)))dlsym(RTLD_NEXT, #name)

/* --- memory */

void *malloc(size_t n)
{
	BEHIND(malloc);

	return strikes(KIND_MALLOC) ? NULL : real_malloc(n);
}

void *calloc(size_t n, size_t size)
{
	BEHIND(calloc);

	return strikes(KIND_MALLOC) ? NULL : real_calloc(n, size);
}

void *realloc(void *p, size_t n)
{
	BEHIND(realloc);

	return strikes(KIND_MALLOC) ? NULL : real_realloc(p, n);
}

/* --- files */

#define OPEN(name)                                                          \
	int name(const char *path, int flags, ...);                         \
	int name(const char *path, int flags, ...)                          \
	{                                                                   \
		BEHIND(name);                                               \
		va_list args;                                               \
		mode_t mode = 0;                                            \
                                                                            \
		va_start(args, flags);                                      \
		if (flags & (O_CREAT | __O_TMPFILE))                        \
			mode = va_arg(args, mode_t);                        \
		va_end(args);                                               \
		return strikes(KIND_OPEN) ? -1                              \
					  : real_##name(path, flags, mode); \
	}
OPEN(open)
OPEN(open64)

#define OPENAT(name)                                          \
	int name(int at, const char *path, int flags, ...);   \
	int name(int at, const char *path, int flags, ...)    \
	{                                                     \
		BEHIND(name);                                 \
		va_list args;                                 \
		mode_t mode = 0;                              \
                                                              \
		va_start(args, flags);                        \
		if (flags & (O_CREAT | __O_TMPFILE))          \
			mode = va_arg(args, mode_t);          \
		va_end(args);                                 \
		return strikes(KIND_OPEN)                     \
			? -1                                  \
			: real_##name(at, path, flags, mode); \
	}
OPENAT(openat)
OPENAT(openat64)

int rename(const char *from, const char *to)
{
	BEHIND(rename);

	return strikes(KIND_RENAME) ? -1 : real_rename(from, to);
}

int renameat2(int from_dir, const char *from, int to_dir, const char *to,
	unsigned int flags)
{
	BEHIND(renameat2);

	return strikes(KIND_RENAME)
		? -1
		: real_renameat2(from_dir, from, to_dir, to, flags);
}

int link(const char *from, const char *to)
{
	BEHIND(link);

	return strikes(KIND_RENAME) ? -1 : real_link(from, to);
}

/* --- bytes */

ssize_t read(int fd, void *p, size_t n)
{
	BEHIND(read);

	if (strikes(KIND_READ)) {
		if (how)
			return -1;
		n = half(n);
	}
	return real_read(fd, p, n);
}

ssize_t pread(int fd, void *p, size_t n, off_t at)
{
	BEHIND(pread);

	if (strikes(KIND_READ)) {
		if (how)
			return -1;
		n = half(n);
	}
	return real_pread(fd, p, n, at);
}

ssize_t recv(int fd, void *p, size_t n, int flags)
{
	BEHIND(recv);

	if (strikes(KIND_READ)) {
		if (how)
			return -1;
		n = half(n);
	}
	return real_recv(fd, p, n, flags);
}

ssize_t write(int fd, const void *p, size_t n)
{
	BEHIND(write);

	if (strikes(KIND_WRITE)) {
		if (how)
			return -1;
		n = half(n);
	}
	return real_write(fd, p, n);
}

/* A datagram goes as a whole. */
static int is_stream(int fd)
{
	int type = 0;
	socklen_t size = sizeof(type);

	getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size);
	return type == SOCK_STREAM;
}

ssize_t send(int fd, const void *p, size_t n, int flags)
{
	BEHIND(send);

	if (strikes(KIND_WRITE)) {
		if (how)
			return -1;
		if (is_stream(fd))
			n = half(n);
	}
	return real_send(fd, p, n, flags);
}

/* The first byte of a vector is what is short of it. */
ssize_t writev(int fd, const struct iovec *iov, int n)
{
	BEHIND(writev);

	if (strikes(KIND_WRITE)) {
		if (how)
			return -1;
		return write(fd, iov->iov_base, half(iov->iov_len));
	}
	return real_writev(fd, iov, n);
}

ssize_t sendmsg(int fd, const struct msghdr *m, int flags)
{
	BEHIND(sendmsg);

	if (strikes(KIND_WRITE) && how)
		return -1;
	return real_sendmsg(fd, m, flags);
}

ssize_t splice(int in, off64_t *in_at, int out, off64_t *out_at, size_t n,
	unsigned int flags)
{
	BEHIND(splice);

	if (strikes(KIND_SPLICE)) {
		if (how)
			return -1;
		n = half(n);
	}
	return real_splice(in, in_at, out, out_at, n, flags);
}

ssize_t sendfile(int out, int in, off_t *at, size_t n)
{
	BEHIND(sendfile);

	if (strikes(KIND_SPLICE)) {
		if (how)
			return -1;
		n = half(n);
	}
	return real_sendfile(out, in, at, n);
}

/* --- waiting for peers */

/* One that a signal interrupts goes on all the same (POSIX, connect). */
int connect(int fd, const struct sockaddr *address, socklen_t size)
{
	BEHIND(connect);

	if (strikes(KIND_CONNECT)) {
		if (how == EINTR)
			real_connect(fd, address, size);
		errno = how;
		return -1;
	}
	return real_connect(fd, address, size);
}

int poll(struct pollfd *fds, nfds_t n, int timeout)
{
	BEHIND(poll);

	return strikes(KIND_POLL) ? -1 : real_poll(fds, n, timeout);
}

/* What a build with fortification calls in its place */
int __poll_chk(struct pollfd *fds, nfds_t n, int timeout, size_t room);
int __poll_chk(struct pollfd *fds, nfds_t n, int timeout, size_t room)
{
	(void)room;
	return poll(fds, n, timeout);
}
