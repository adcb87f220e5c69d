#include "net/replay.h"

#include <poll.h>
#include <stdlib.h>

struct replay_stream {
	struct stream base;
	const struct replay_connection *from;
	size_t step;
	size_t turn; /* that is read */
	size_t at; /* in the bytes received */
	bool open; /* what was received in this turn may be read */
	size_t written; /* in this turn, or since a read found nothing */
	size_t sent; /* in all turns */
	size_t accepted; /* the most that may be sent; SIZE_MAX: no end */
};

static struct replay_stream *replay_of(struct stream *s)
{
	return (struct replay_stream *)s;
}

static ssize_t end_reading(struct replay_stream *t, struct error *e)
{
	const struct replay_connection *c = t->from;

	t->base.truncated = c->end == REPLAY_CUT;
	if (c->end == REPLAY_END)
		return 0;
	return error_set(e, c->code, "%s", c->error);
}

/* All that was received in the turn has been read: on to the next one. Bytes
 * written beyond this one count for that. */
static void next_turn(struct replay_stream *t)
{
	size_t sent = t->from->turns[t->turn++].sent;

	t->written -= t->written < sent ? t->written : sent;
	t->open = false;
}

static ssize_t replay_read(
	struct stream *s, void *to, size_t n, struct error *e)
{
	struct replay_stream *t = replay_of(s);
	const struct replay_connection *c = t->from;
	size_t left;

	if (t->turn < c->n_turns && t->at == c->turns[t->turn].end && t->open)
		next_turn(t);
	if (t->turn == c->n_turns)
		return c->end == REPLAY_OPEN ? STREAM_AGAIN : end_reading(t, e);
	if (!t->open && t->written < c->turns[t->turn].sent) {
		t->written = 0;
		return STREAM_AGAIN;
	}
	t->open = true;
	left = c->turns[t->turn].end - t->at;
	if (left == 0) /* the last turn, in which nothing was received */
		return replay_read(s, to, n, e);
	if (n > left)
		n = left;
	if (t->step && n > t->step)
		n = t->step;
	memcpy(to, c->received.p + t->at, n);
	t->at += n;
	return (ssize_t)n;
}

static ssize_t replay_write(
	struct stream *s, const struct iovec *iov, int n, struct error *e)
{
	struct replay_stream *t = replay_of(s);
	size_t put = 0;

	for (int i = 0; i < n; i++)
		put += iov[i].iov_len;
	if (put > t->accepted - t->sent)
		put = t->accepted - t->sent;
	if (put == 0 && t->accepted == t->sent)
		return error_set(
			e, t->from->refused_code, "%s", t->from->refused_error);
	t->sent += put;
	t->written += put;
	return (ssize_t)put;
}

static int replay_shut(struct stream *s, struct error *e)
{
	(void)s;
	(void)e;
	return 0;
}

static short replay_wants(const struct stream *s)
{
	(void)s;
	return POLLIN;
}

static int replay_idle(struct stream *s, struct error *e)
{
	struct replay_stream *t = replay_of(s);

	if (t->turn < t->from->n_turns) {
		t->written = t->from->turns[t->turn].sent;
		t->open = true;
		return 0;
	}
	return error_set(e, ERR_RECV,
		"the recording has no more of connection %llu, which was "
		"closed there",
		(unsigned long long)t->from->number);
}

static void replay_close(struct stream *s)
{
	free(s);
}

static const struct stream_ops replay_ops = {
	.read = replay_read,
	.write = replay_write,
	.shut = replay_shut,
	.wants = replay_wants,
	.idle = replay_idle,
	.close = replay_close,
};

static struct stream *make_stream(const struct replay *r,
	const struct replay_connection *c, struct error *e)
{
	struct replay_stream *t = calloc(1, sizeof(*t));

	if (!t) {
		error_memory(e);
		return NULL;
	}
	t->base.ops = &replay_ops;
	t->base.name = "replay";
	t->base.fd = -1;
	t->from = c;
	t->step = r->step;
	t->accepted = SIZE_MAX;
	if (c->refused) {
		t->accepted = 0;
		for (size_t i = 0; i < c->n_turns; i++)
			t->accepted += c->turns[i].sent;
	}
	return &t->base;
}

/* What was asked for, and what there is. */
static void explain(const struct replay *r, const char *host, uint16_t port,
	bool tls, struct error *e)
{
	error_set(e, ERR_CONNECT,
		"the recording has no connection to %s port %u%s that is not "
		"replayed yet; it has %s",
		host, port, tls ? " with TLS" : "", r->n ? "" : "none");
	for (size_t i = 0; i < r->n; i++) {
		const struct replay_connection *c = &r->connections[i];

		error_add(e, "%s%s port %u%s%s", i ? ", " : "", c->host,
			c->port, c->tls ? " with TLS" : "",
			c->taken ? " (replayed)" : "");
	}
}

struct stream *replay_open(struct replay *r, const char *host, uint16_t port,
	bool tls, struct error *e)
{
	struct replay_connection *c, *found = NULL;

	lock_take(r->lock);
	for (c = r->connections; c < r->connections + r->n && !found; c++)
		if (!c->taken && c->port == port && c->tls == tls &&
			str_eq_nocase(str_of(c->host), str_of(host)))
			found = c;
	if (found)
		found->taken = true;
	else
		explain(r, host, port, tls, e);
	lock_give(r->lock);
	return found ? make_stream(r, found, e) : NULL;
}
