#include "net/unix.h"

#include <errno.h>
#include <poll.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/interrupt.h"

#define RETRY_MS 10 /* between attempts at a full queue */

int unix_address(struct unix_address *out, const char *path, struct error *e)
{
	size_t n = strlen(path);

	if (n == 0 || n >= sizeof(out->sa.sun_path))
		return error_set(e, ERR_URL_MALFORMED,
			"The path of a Unix socket has 1 to %zu bytes, this "
			"one has %zu: %s",
			sizeof(out->sa.sun_path) - 1, n, path);
	*out = (struct unix_address){ .sa.sun_family = AF_UNIX };
	memcpy(out->sa.sun_path, path, n);
	if (path[0] == '@')
		out->sa.sun_path[0] = '\0';
	else
		n++;
	out->n = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n);
	return 0;
}

static int timed_out(const char *path, int64_t start, struct error *e)
{
	return error_set(e, ERR_TIMEOUT,
		"Connection to %s timed out after %lld milliseconds: its "
		"queue is full",
		path, (long long)(clock_now() - start) / 1000);
}

static int failed(const char *path, int system_errno, struct error *e)
{
	return error_set(e, ERR_CONNECT, "Failed to connect to %s: %s", path,
		error_system(system_errno));
}

/* The errno value of a connection that was on its way. */
static int wait_connected(int fd, int64_t deadline)
{
	struct pollfd wait = { .fd = fd, .events = POLLOUT };
	int error = 0;
	socklen_t size = sizeof(error);

	int ready = interrupt_poll(&wait, 1, deadline);

	if (ready < 0 && errno != EINTR)
		return errno;
	if (ready <= 0)
		return EAGAIN;
	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size) < 0)
		return errno;
	return error;
}

/* A non-blocking socket of the Unix domain is not told when a full queue has
 * room again. */
static int connect_until(int fd, const struct unix_address *a, const char *path,
	int64_t deadline, struct error *e)
{
	int64_t start = clock_now();

	for (;;) {
		int error = 0;

		if (connect(fd, (const struct sockaddr *)&a->sa, a->n) < 0)
			error = errno;
		if (error == EINPROGRESS)
			error = wait_connected(fd, deadline);
		if (error == 0 || error == EISCONN)
			return 0;
		if (error != EAGAIN && error != EINTR)
			return failed(path, error, e);
		if (interrupt_number())
			return interrupt_check(e);
		if (clock_now() >= deadline)
			return timed_out(path, start, e);
		interrupt_sleep(deadline_in(RETRY_MS));
	}
}

struct stream *unix_connect(const char *path, int64_t deadline, struct error *e)
{
	struct unix_address a;
	int fd;

	if (unix_address(&a, path, e) < 0)
		return NULL;
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0) {
		failed(path, errno, e);
		return NULL;
	}
	if (connect_until(fd, &a, path, deadline, e) == 0)
		return stream_socket(fd, "unix", e);
	close(fd);
	return NULL;
}
