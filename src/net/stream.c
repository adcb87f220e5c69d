#include "net/stream.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/compat.h"
#include "base/interrupt.h"

struct socket_stream {
	struct stream base;
	short wants;
};

static struct socket_stream *socket_of(struct stream *s)
{
	return (struct socket_stream *)s;
}

static bool is_again(int system_errno)
{
	return system_errno == EAGAIN || system_errno == EWOULDBLOCK;
}

static ssize_t socket_read(
	struct stream *s, void *to, size_t n, struct error *e)
{
	ssize_t got;

	do
		got = recv(s->fd, to, n, 0);
	while (got < 0 && errno == EINTR);
	if (got >= 0)
		return got;
	if (is_again(errno)) {
		socket_of(s)->wants = POLLIN;
		return STREAM_AGAIN;
	}
	return error_set(e, ERR_RECV, "Recv failure: %s", error_system(errno));
}

static ssize_t socket_write(
	struct stream *s, const struct iovec *iov, int n, struct error *e)
{
	struct msghdr message = { .msg_iov = (struct iovec *)iov,
		.msg_iovlen = n < IOV_MAX ? n : IOV_MAX };
	ssize_t put;

	do
		put = sendmsg(s->fd, &message, MSG_NOSIGNAL);
	while (put < 0 && errno == EINTR);
	if (put >= 0)
		return put;
	if (is_again(errno)) {
		socket_of(s)->wants = POLLOUT;
		return STREAM_AGAIN;
	}
	return error_set(e, ERR_SEND, "Send failure: %s", error_system(errno));
}

static int socket_shut(struct stream *s, struct error *e)
{
	if (shutdown(s->fd, SHUT_WR) == 0)
		return 0;
	return error_set(e, ERR_SEND,
		"The sending side could not be closed: %s",
		error_system(errno));
}

static short socket_wants(const struct stream *s)
{
	return ((const struct socket_stream *)s)->wants;
}

static void socket_close(struct stream *s)
{
	close(s->fd);
	free(s);
}

static const struct stream_ops socket_ops = {
	.read = socket_read,
	.write = socket_write,
	.shut = socket_shut,
	.wants = socket_wants,
	.close = socket_close,
};

struct stream *stream_socket(int fd, const char *name, struct error *e)
{
	struct socket_stream *s = calloc(1, sizeof(*s));

	if (!s) {
		close(fd);
		error_memory(e);
		return NULL;
	}
	s->base.ops = &socket_ops;
	s->base.name = name;
	s->base.fd = fd;
	s->base.plain = true;
	return &s->base;
}

void stream_close(struct stream *s)
{
	if (s)
		s->ops->close(s);
}

static int timed_out(short events, struct error *e)
{
	return error_set(e, ERR_TIMEOUT, "Timed out while waiting to %s",
		events & POLLIN ? "receive" : "send");
}

static int wait_for(int fd, short events, int64_t deadline, struct error *e)
{
	struct pollfd wait = { .fd = fd, .events = events };
	int ready = interrupt_poll(&wait, 1, deadline);

	if (ready > 0 && !(wait.revents & POLLNVAL))
		return wait.revents;
	if (ready == 0)
		return timed_out(events, e);
	if (ready > 0)
		errno = EBADF;
	return interrupt_failed(e);
}

int stream_wait(
	struct stream *s, short extra, int64_t deadline, struct error *e)
{
	short events = (short)(s->ops->wants(s) | extra);

	if (s->fd < 0) {
		int error = s->ops->idle(s, e);

		return error < 0 ? error : events;
	}
	return wait_for(s->fd, events, deadline, e);
}

int stream_wait_bytes(struct stream *s, int64_t deadline, struct error *e)
{
	return wait_for(s->fd, POLLIN, deadline, e);
}

/* The clock, and whether a signal has come, are looked at here as well as in
 * poll, for a stream that is always ready never gets there. */
static int check(short events, int64_t deadline, struct error *e)
{
	if (deadline != DEADLINE_NONE && clock_now() >= deadline)
		return timed_out(events, e);
	return interrupt_check(e);
}

ssize_t stream_read(
	struct stream *s, void *to, size_t n, int64_t deadline, struct error *e)
{
	for (;;) {
		ssize_t got;
		int ready = check(POLLIN, deadline, e);

		if (ready < 0)
			return ready;
		got = s->ops->read(s, to, n, e);
		if (got != STREAM_AGAIN)
			return got;
		ready = stream_wait(s, 0, deadline, e);
		if (ready < 0)
			return ready;
	}
}

int stream_write(struct stream *s, const void *from, size_t n, int64_t deadline,
	struct error *e)
{
	struct iovec rest = { .iov_base = (void *)from, .iov_len = n };

	while (rest.iov_len) {
		ssize_t put;
		int ready = check(POLLOUT, deadline, e);

		if (ready < 0)
			return ready;
		put = s->ops->write(s, &rest, 1, e);
		if (put >= 0) {
			rest.iov_base = (char *)rest.iov_base + put;
			rest.iov_len -= (size_t)put;
			continue;
		}
		if (put != STREAM_AGAIN)
			return (int)put;
		ready = stream_wait(s, 0, deadline, e);
		if (ready < 0)
			return ready;
	}
	return 0;
}
