#include "transfer/exchange.h"

#include <poll.h>

#include "base/clock.h"

void exchange_init(struct exchange *x)
{
	*x = (struct exchange){ 0 };
	head_init(&x->head);
}

void exchange_fini(struct exchange *x)
{
	head_fini(&x->head);
}

void exchange_tell_findings(struct exchange *x)
{
	for (; x->told < x->found.n; x->told++)
		OBSERVE(x->observer, finding, &x->found.items[x->told]);
}

/* --- the request */

/* While the peer does not take more: it may have answered already. Returns 1
 * when that is so and the rest of the request is not wanted. */
static int wait_to_send(struct exchange *x, struct error *e)
{
	struct connection *c = x->connection;
	int events = stream_wait(c->stream, POLLIN, x->deadline, e);
	ssize_t n;

	if (events < 0)
		return events;
	if (!(events & POLLIN))
		return 0;
	n = connection_fill_now(c, e);
	if (n == STREAM_AGAIN)
		return 0;
	if (n <= 0)
		return n < 0 ? (int)n
			     : error_set(e, ERR_SEND,
				       "the peer closed the connection while "
				       "the request was being sent");
	x->answered = true;
	n = head_parse(connection_unread(c), &x->head, NULL, e);
	return n > 0 && x->head.status >= 300;
}

static int send_vector(
	struct exchange *x, struct iovec *iov, int n, struct error *e)
{
	struct stream *s = x->connection->stream;

	while (n > 0) {
		ssize_t put;

		if (iov->iov_len == 0) {
			iov++;
			n--;
			continue;
		}
		put = s->ops->write(s, iov, n, e);
		if (put == STREAM_AGAIN)
			put = wait_to_send(x, e);
		else if (put > 0) {
			size_t first = (size_t)put < iov->iov_len
				? (size_t)put
				: iov->iov_len;
			size_t rest = (size_t)put - first;

			iov->iov_base = (char *)iov->iov_base + first;
			iov->iov_len -= first;
			if (rest) { /* the vector is head and body */
				iov[1].iov_base = (char *)iov[1].iov_base +
					rest;
				iov[1].iov_len -= rest;
			}
			OBSERVE(x->observer, progress, x->facts);
			continue;
		}
		if (put != 0)
			return (int)put;
	}
	return 0;
}

int exchange_send(
	struct exchange *x, struct str head, struct str body, struct error *e)
{
	struct iovec iov[2] = {
		{ (char *)head.p, head.n },
		{ (char *)body.p, body.n },
	};
	int result;

	x->facts->times.pre_transfer = clock_now() - x->started;
	OBSERVE(x->observer, head_out, head);
	result = send_vector(x, iov, 2, e);
	x->facts->request_sent += head.n - iov[0].iov_len;
	x->facts->sent += body.n - iov[1].iov_len;
	if (body.n > iov[1].iov_len)
		OBSERVE(x->observer, body_out,
			str_first(body, body.n - iov[1].iov_len));
	x->facts->times.post_transfer = clock_now() - x->started;
	if (result < 0)
		return result;
	x->cut_short = result > 0;
	return 0;
}

/* --- the response's head */

/* More bytes for a head that is not whole; 0 when some have come. */
static int fill_head(struct exchange *x, struct error *e)
{
	struct connection *c = x->connection;
	size_t unread = connection_unread(c).n;
	ssize_t n = connection_fill(c, x->deadline, e);

	if (n > 0) {
		if (!x->answered && x->facts->times.start_transfer == 0)
			x->facts->times.start_transfer = clock_now() -
				x->started;
		x->answered = true;
		return 0;
	}
	if (n < 0)
		return (int)n;
	if (!x->answered)
		return error_set(e, ERR_EMPTY_REPLY, "Empty reply from server");
	return error_set(e, ERR_PARTIAL,
		"the connection ended inside a response head, after %llu bytes",
		(unsigned long long)(x->size + unread));
}

/* The next whole head at the front of what is unread; the bytes it takes, or
 * an error. */
static ssize_t next_head(struct exchange *x, struct error *e)
{
	size_t scanned = 0;

	for (;;) {
		struct str in = connection_unread(x->connection);
		int error;

		/* A short beginning shows what cannot become a head, a full
		 * buffer what has become too long for one. */
		if (head_end(in, &scanned) || in.n < 256 || in.n > LIMIT_HEAD) {
			size_t before = x->found.n;
			ssize_t n = head_parse(in, &x->head, &x->found, e);

			if (n != 0)
				return n;
			x->found.n = before; /* found again when it is whole */
		}
		error = fill_head(x, e);
		if (error < 0)
			return error;
	}
}

static void use_head(struct exchange *x, size_t n)
{
	x->connection->used += n;
	x->size += n;
	x->found.base = x->size;
	x->facts->head_received += n;
	x->facts->status = x->head.status;
	x->facts->major = x->head.major;
	x->facts->minor = x->head.minor;
	OBSERVE(x->observer, head_in, &x->head);
	exchange_tell_findings(x);
}

/* An answer without a head: all of it is body (RFC 9112 section 2.3 knows it
 * no more; HTTP/0.9). */
static int accept_http09(struct exchange *x, struct error *e)
{
	if (x->options.head_request)
		return error_set(e, ERR_WEIRD_REPLY,
			"HEAD was answered with a body and no head");
	head_fini(&x->head);
	head_init(&x->head);
	x->found.n = 0;
	x->framing = (struct framing){ .kind = FRAMING_CLOSE, .item = 8 };
	return 0;
}

/* Hand on the lines of a head that came before it broke: they show how far the
 * peer got. What failed is the result all the same. */
static void hand_on_broken(struct exchange *x)
{
	struct error ignored;

	if (x->head.bytes.n)
		x->sink->ops->head(x->sink->sink, &x->head, false, &ignored);
}

/* The whole lines of a head that the connection has cut short. */
static void hand_on_cut(struct exchange *x)
{
	struct connection *c = x->connection;
	struct str in = connection_unread(c);
	struct error ignored;

	while (in.n && in.p[in.n - 1] != '\n')
		in.n--;
	c->in.n = c->used + in.n;
	buf_add_text(&c->in, "\r\n");
	if (in.n &&
		head_parse(connection_unread(c), &x->head, NULL, &ignored) > 0)
		x->head.bytes.n -= 2;
	hand_on_broken(x);
}

static int interim(struct exchange *x, unsigned *count, struct error *e)
{
	int error = x->sink->ops->head(x->sink->sink, &x->head, false, e);

	if (error < 0)
		return error;
	if (++*count > LIMIT_INTERIM) {
		findings_add(&x->found, FINDING_TOO_MANY_INTERIM, 0);
		exchange_tell_findings(x);
		return error_set(e, ERR_WEIRD_REPLY,
			"more than %u interim (1xx) responses", LIMIT_INTERIM);
	}
	return 0;
}

static int head_failed(
	struct exchange *x, int error, unsigned interims, struct error *e)
{
	exchange_tell_findings(x);
	if (error == -ERR_PARTIAL)
		hand_on_cut(x);
	else
		hand_on_broken(x);
	if (error == -ERR_UNSUPPORTED_PROTOCOL && interims)
		error = error_set(e, ERR_WEIRD_REPLY,
			"an interim response is followed by what is no "
			"HTTP/1.x response");
	return error;
}

int exchange_head(struct exchange *x, struct error *e)
{
	unsigned interims = 0;
	int error;

	for (;;) {
		ssize_t n = next_head(x, e);

		if (n == -ERR_UNSUPPORTED_PROTOCOL && x->allow_http09 &&
			interims == 0)
			return accept_http09(x, e);
		if (n < 0)
			return head_failed(x, (int)n, interims, e);
		use_head(x, (size_t)n);
		if (x->head.status >= 200 || x->head.status == 101 ||
			x->head.status < 100)
			break;
		error = interim(x, &interims, e);
		if (error < 0)
			return error;
	}
	buf_clear(&x->facts->heads);
	buf_add_str(&x->facts->heads, x->head.bytes);
	error = framing_decide(
		&x->head, &x->options, &x->framing, &x->found, e);
	exchange_tell_findings(x);
	return error;
}
