#include "output/descriptor.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

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

/* Whether a write that failed with errno may be tried again. */
static bool can_go_on(int fd)
{
	struct pollfd wanted = { .fd = fd, .events = POLLOUT };

	if (errno == EINTR)
		return true;
	if (errno != EAGAIN && errno != EWOULDBLOCK)
		return false;
	return poll(&wanted, 1, -1) >= 0 || errno == EINTR;
}

int descriptor_write(int fd, const struct iovec *iov, int n, uint64_t *written)
{
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
		put = write_some(fd, iov, n, done);
		if (put < 0) {
			if (!can_go_on(fd))
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

int descriptor_write_str(int fd, struct str s)
{
	struct iovec iov = { (char *)s.p, s.n };
	uint64_t written = 0;

	return descriptor_write(fd, &iov, 1, &written);
}

bool descriptor_unread(int fd)
{
	struct pollfd out = { .fd = fd };

	return poll(&out, 1, 0) > 0 && (out.revents & POLLERR);
}
