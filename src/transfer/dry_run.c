#include "transfer/dry_run.h"

#include <errno.h>
#include <poll.h>

#include "base/clock.h"
#include "base/interrupt.h"

/* A stream whose peer is the sink. */
struct sink_stream {
	struct stream base;
	const struct sink_port *sink;
};

static ssize_t write_to_sink(
	struct stream *s, const struct iovec *iov, int n, struct error *e)
{
	struct sink_stream *to = (struct sink_stream *)s;
	ssize_t size = 0;
	int error;

	for (int i = 0; i < n; i++)
		size += (ssize_t)iov[i].iov_len;
	error = to->sink->ops->body(to->sink->sink, iov, n, e);
	return error < 0 ? error : size;
}

/* More of the body, which comes from a pipe or a terminal. */
static int wait_for_body(const struct transfer *t, struct error *e)
{
	struct pollfd fd = { t->job->request.body->fd, POLLIN, 0 };
	int ready;

	ready = interrupt_poll(&fd, 1, t->deadline);
	if (ready > 0)
		return 0;
	if (ready < 0 && interrupt_number())
		return interrupt_check(e);
	return ready == 0
		? error_set(e, ERR_TIMEOUT,
			  "the request body did not come in time")
		: error_set(e, ERR_READ, "poll: %s", error_system(errno));
}

int dry_run(struct transfer *t, const struct message *m, struct error *e)
{
	static const struct stream_ops ops = { .write = write_to_sink };
	struct sink_stream to = { .base = { .ops = &ops, .fd = -1 },
		.sink = t->sink };
	struct upload *body = t->with_body && !m->probing && !t->job->raw
		? t->job->request.body
		: NULL;
	struct str head = t->job->raw ? t->job->raw->bytes : buf_str(&m->head);
	struct sending sending;
	int state = body ? body->ops->rewind(body->source, e) : 0;

	if (state < 0)
		return state;
	sending_init(&sending, &to.base, head, body);
	sending.chunked = m->chunked;
	do {
		state = sending_step(&sending, e);
		if (state == SENDING_STARVED && wait_for_body(t, e) < 0)
			return -e->code;
	} while (state >= 0 && state != SENDING_DONE);
	return state < 0 ? state : 0;
}
