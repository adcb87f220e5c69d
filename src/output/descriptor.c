#include "output/descriptor.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/interrupt.h"

#define NAP_MS 10
#define VECTOR_MAX 1024 /* Linux's IOV_MAX, POSIX's is 16 at least */

/* One attempt at what is left: all of the vector but the `done` bytes at the
 * front of its first part. A part that was cut is finished on its own, so that
 * the caller's vector need not be copied. */
static ssize_t write_some(int fd, const struct iovec *iov, int n, size_t done)
{
	const char *p = iov->iov_base;

	if (done || n == 1)
		return write(fd, p + done, iov->iov_len - done);
	return writev(fd, iov, n < VECTOR_MAX ? n : VECTOR_MAX);
}

/* A write that began before a signal came is no more than it interrupts; what
 * is written after that is what has to be finished. */
struct writing {
	int fd;
	int64_t deadline;
	bool late;
};

static bool is_interrupted(const struct writing *w)
{
	return !w->late && interrupt_number();
}

/* Wait for room: 0, or -1 with errno, ETIMEDOUT at the deadline. */
static int wait_for_room(const struct writing *w)
{
	struct pollfd wanted = { .fd = w->fd, .events = POLLOUT };
	int ready;

	do
		ready = w->late ? poll(&wanted, 1, deadline_poll(w->deadline))
				: interrupt_poll(&wanted, 1, w->deadline);
	while (ready < 0 && errno == EINTR && w->late);
	if (ready == 0)
		errno = ETIMEDOUT;
	return ready > 0 ? 0 : -1;
}

/* The same with a deadline. A pipe that poll finds ready takes PIPE_BUF bytes
 * at once. */
static ssize_t write_in_time(
	const struct writing *w, const struct iovec *iov, size_t done)
{
	size_t left = iov->iov_len - done;

	if (wait_for_room(w) < 0)
		return -1;
	return write(w->fd, (const char *)iov->iov_base + done,
		left < PIPE_BUF ? left : PIPE_BUF);
}

/* Whether a write that failed with errno may be tried again. */
static bool can_go_on(const struct writing *w)
{
	if (errno == EINTR)
		return !is_interrupted(w);
	if (errno != EAGAIN && errno != EWOULDBLOCK)
		return false;
	if (w->deadline == DEADLINE_NONE)
		return wait_for_room(w) == 0;
	/* There was room, but not for what a terminal makes of a line end. */
	if (clock_now() >= w->deadline) {
		errno = ETIMEDOUT;
		return false;
	}
	poll(NULL, 0, NAP_MS);
	return true;
}

int descriptor_write(int fd, const struct iovec *iov, int n, int64_t deadline,
	uint64_t *written)
{
	const struct writing w = { fd,
		deadline_earlier(deadline, interrupt_deadline()),
		interrupt_number() != 0 };
	size_t done = 0;

	for (;;) {
		ssize_t put;

		while (n > 0 && iov->iov_len == done) {
			iov++;
			n--;
			done = 0;
		}
		if (n <= 0)
			return 0;
		put = w.deadline == DEADLINE_NONE
			? write_some(fd, iov, n, done)
			: write_in_time(&w, iov, done);
		if (put < 0) {
			if (!can_go_on(&w))
				return -errno;
			continue;
		}
		*written += (uint64_t)put;
		done += (size_t)put;
		while (n > 0 && done >= iov->iov_len) {
			done -= iov->iov_len;
			iov++;
			n--;
		}
	}
}

int descriptor_write_until(int fd, struct str s, int64_t deadline)
{
	struct iovec iov = { (char *)s.p, s.n };
	uint64_t written = 0;

	return descriptor_write(fd, &iov, 1, deadline, &written);
}

int descriptor_write_str(int fd, struct str s)
{
	return descriptor_write_until(fd, s, DEADLINE_NONE);
}

int descriptor_of_terminal(int fd)
{
	struct stat given, opened;
	char name[PATH_MAX];
	int own;

	if (!isatty(fd) || ttyname_r(fd, name, sizeof(name)) != 0)
		return -1;
	own = open(name, O_WRONLY | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	if (own < 0)
		return -1;
	if (fstat(fd, &given) == 0 && fstat(own, &opened) == 0 &&
		given.st_rdev == opened.st_rdev)
		return own;
	close(own);
	return -1;
}

bool descriptor_unread(int fd)
{
	struct pollfd out = { .fd = fd };

	return poll(&out, 1, 0) > 0 && (out.revents & POLLERR);
}
