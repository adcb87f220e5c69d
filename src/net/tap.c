#include "net/tap.h"

#include <stdlib.h>

struct tap_stream {
	struct stream base;
	struct stream *under;
	struct tap tap;
	long connection;
};

static struct tap_stream *tap_of(struct stream *s)
{
	return (struct tap_stream *)s;
}

static ssize_t tap_read(struct stream *s, void *to, size_t n, struct error *e)
{
	struct tap_stream *t = tap_of(s);
	const struct tap *tap = &t->tap;
	ssize_t got = t->under->ops->read(t->under, to, n, e);

	s->truncated = t->under->truncated;
	if (got > 0)
		tap->ops->received(tap->to, t->connection,
			(struct str){ to, (size_t)got });
	else if (got != STREAM_AGAIN)
		tap->ops->ended(tap->to, t->connection, s->truncated,
			got < 0 ? e : NULL);
	return got;
}

static ssize_t tap_write(
	struct stream *s, const struct iovec *iov, int n, struct error *e)
{
	struct tap_stream *t = tap_of(s);
	const struct tap *tap = &t->tap;
	ssize_t put = t->under->ops->write(t->under, iov, n, e);

	if (put > 0)
		tap->ops->sent(tap->to, t->connection, iov, (size_t)put);
	else if (put < 0 && put != STREAM_AGAIN)
		tap->ops->refused(tap->to, t->connection, e);
	return put;
}

static int tap_shut(struct stream *s, struct error *e)
{
	struct tap_stream *t = tap_of(s);
	int error = t->under->ops->shut(t->under, e);

	if (error == 0)
		t->tap.ops->shut(t->tap.to, t->connection);
	return error;
}

static short tap_wants(const struct stream *s)
{
	const struct stream *under = ((const struct tap_stream *)s)->under;

	return under->ops->wants(under);
}

static int tap_idle(struct stream *s, struct error *e)
{
	struct stream *under = tap_of(s)->under;

	return under->ops->idle(under, e);
}

static void tap_close(struct stream *s)
{
	struct tap_stream *t = tap_of(s);

	t->tap.ops->closed(t->tap.to, t->connection);
	stream_close(t->under);
	free(t);
}

struct stream *tap_release(struct stream *s)
{
	struct tap_stream *t = tap_of(s);
	struct stream *under = t->under;

	t->tap.ops->closed(t->tap.to, t->connection);
	free(t);
	return under;
}

static const struct stream_ops tap_ops = {
	.read = tap_read,
	.write = tap_write,
	.shut = tap_shut,
	.wants = tap_wants,
	.idle = tap_idle,
	.close = tap_close,
};

struct stream *tap_stream(const struct tap *tap, struct stream *under,
	const char *host, uint16_t port, bool tls, struct error *e)
{
	struct tap_stream *t = calloc(1, sizeof(*t));

	if (!t) {
		stream_close(under);
		error_memory(e);
		return NULL;
	}
	t->base.ops = &tap_ops;
	t->base.name = "tap";
	t->base.fd = under->fd;
	t->under = under;
	t->tap = *tap;
	t->connection = tap->ops->opened(tap->to, host, port, tls);
	return &t->base;
}
