#include "support/fake_terminal.h"

#include <errno.h>
#include <sys/uio.h>
#include <unistd.h>

static int terminal = -1;

int __real_isatty(int fd);
int __wrap_isatty(int fd);
ssize_t __real_write(int fd, const void *bytes, size_t n);
ssize_t __wrap_write(int fd, const void *bytes, size_t n);
ssize_t __real_writev(int fd, const struct iovec *iov, int n);
ssize_t __wrap_writev(int fd, const struct iovec *iov, int n);

void fake_terminal_set(int fd)
{
	terminal = fd;
}

int __wrap_isatty(int fd)
{
	return terminal < 0 ? __real_isatty(fd) : fd != STDIN_FILENO;
}

static int place_of(int fd)
{
	return terminal >= 0 && fd == STDOUT_FILENO ? terminal : fd;
}

ssize_t __wrap_write(int fd, const void *bytes, size_t n)
{
	return __real_write(place_of(fd), bytes, n);
}

ssize_t __wrap_writev(int fd, const struct iovec *iov, int n)
{
	return __real_writev(place_of(fd), iov, n);
}
