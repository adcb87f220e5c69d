#include "transfer/body.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>

#include "base/clock.h"
#include "http/chunk.h"
#include "http/review.h"
#include "net/move.h"
#include "transfer/content.h"

#define BUFFER_MIN 16384u
#define BUFFER_PLAIN 262144u
#define BUFFER_TLS 65536u
#define DISCARD_MAX 131072u
#define DIRECT_MIN 65536u
#define SPANS 64

struct body_reader {
	struct exchange *x;
	const struct body_plan *plan;
	struct content content;
	struct chunk_decoder chunks;
	char *buffer;
	size_t size;
	uint64_t left; /* of a body with a length */
	size_t trailers_told; /* bytes that the observer has been told of */
	bool extra; /* bytes have come behind the end ... */
	enum finding_id extra_rule; /* ... and break this rule */
};

/* --- findings */

/* Bytes of the body so far, as it came. */
static uint64_t body_used(const struct body_reader *r)
{
	const struct exchange *x = r->x;

	if (x->framing.kind == FRAMING_CHUNKED)
		return r->chunks.offset;
	return x->size - x->found.base;
}

/* A rule is broken where reading has got to. */
static void note(struct body_reader *r, enum finding_id id)
{
	findings_add(&r->x->found, id, body_used(r));
}

/* `in` stands behind the end of the response. */
static void note_extra(struct body_reader *r, struct str in)
{
	const size_t digit = STR("HTTP/1.1 ").n;

	if (in.n == 0)
		return;
	r->extra = true;
	r->extra_rule = FINDING_EXTRA_DATA;
	if (!str_starts(in, STR("HTTP/1."))) {
		if (r->x->framing.kind == FRAMING_NONE)
			r->extra_rule = FINDING_BODY_UNEXPECTED;
	} else if (in.n > digit && in.p[digit] == '1')
		r->extra_rule = FINDING_INTERIM_LATE;
}

/* TLS has ended without close_notify, with which nobody on the way can end it.
 */
static bool is_truncated(const struct body_reader *r, ssize_t n)
{
	return n == -ERR_RECV && r->x->connection->stream->truncated;
}

/* --- reading */

/* The largest buffer that pays: the kernel's for plain bytes, what stays in
 * cache for TLS. */
static size_t buffer_limit(const struct body_reader *r)
{
	return r->x->connection->stream->plain ? BUFFER_PLAIN : BUFFER_TLS;
}

static int grow_buffer(struct body_reader *r, size_t wanted, struct error *e)
{
	size_t limit = buffer_limit(r);
	char *bigger;

	if (wanted > limit)
		wanted = limit;
	if (wanted <= r->size)
		return 0;
	bigger = realloc(r->buffer, wanted);
	if (!bigger)
		return error_memory(e);
	r->buffer = bigger;
	r->size = wanted;
	return 0;
}

/* More bytes of the body, at most `max`; > 0, 0 at the end or an error. */
static ssize_t read_more(
	struct body_reader *r, uint64_t max, struct str *in, struct error *e)
{
	struct exchange *x = r->x;
	ssize_t n;

	if (!r->buffer && grow_buffer(r, BUFFER_MIN, e) < 0)
		return -e->code;
	n = exchange_read(
		x, r->buffer, r->size < max ? r->size : (size_t)max, e);
	if (n < 0)
		return n;
	*in = (struct str){ r->buffer, (size_t)n };
	x->size += (size_t)n;
	if (n > 0)
		OBSERVE(x->observer, body_in, *in);
	OBSERVE(x->observer, progress, x->facts);
	return n;
}

/* A full buffer is a sign that a larger one would save calls. Only between
 * reads, as what is in it has been handed on then. */
static int adapt_buffer(struct body_reader *r, size_t got, struct error *e)
{
	return got == r->size ? grow_buffer(r, r->size * 4, e) : 0;
}

/* What came together with the head. */
static struct str take_unread(struct body_reader *r, uint64_t max)
{
	struct connection *c = r->x->connection;
	struct str in = str_first(
		connection_unread(c), max < SIZE_MAX ? (size_t)max : SIZE_MAX);

	c->used += in.n;
	r->x->size += in.n;
	if (in.n)
		OBSERVE(r->x->observer, body_in, in);
	if (in.n && r->x->pace)
		pace_spend(&r->x->pace->in, in.n, clock_now());
	return in;
}

static int content_str(struct body_reader *r, struct str in, struct error *e)
{
	struct iovec iov = { (char *)in.p, in.n };

	return in.n ? content_take(&r->content, &iov, 1, e) : 0;
}

/* --- without passing through this program */

/* The descriptor to move to, or -1 when the bytes must be seen. */
static int direct_target(struct body_reader *r, uint64_t expected)
{
	struct exchange *x = r->x;

	if (r->content.coding || r->plan->discard || x->pending ||
		!x->connection->stream->plain || expected < DIRECT_MIN)
		return -1;
	if (x->observer &&
		(x->observer->ops->body_in || x->observer->ops->content))
		return -1;
	return x->sink->ops->direct(x->sink->sink, expected);
}

/* Move what may be moved now, or wait for more: as mover_move, but 1 and
 * nothing in `*moved` after waiting. */
static ssize_t move_some(struct body_reader *r, struct mover *m, uint64_t max,
	uint64_t *moved, struct error *e)
{
	struct exchange *x = r->x;
	uint64_t allowed;
	ssize_t n = exchange_allow(x, &allowed, e);

	*moved = 0;
	if (n < 0)
		return n;
	if (allowed > 0) {
		n = mover_move(
			m, allowed < max ? allowed : max, x->deadline, e);
		if (n > 0) {
			*moved = (uint64_t)n;
			if (x->pace)
				pace_spend(&x->pace->in, *moved, clock_now());
		}
		if (n != STREAM_AGAIN)
			return n;
	}
	n = x->pace ? exchange_wait(x, e)
		    : stream_wait_bytes(x->connection->stream, x->deadline, e);
	return n < 0 ? n : 1;
}

static int unmoved(const struct sink_port *sink, uint64_t reached, int number,
	struct error *e)
{
	sink->ops->moved(sink->sink, reached);
	return sink->ops->unmoved(sink->sink, number, e);
}

/* Moves until `left` is 0 or the stream ends. Returns 1 when the two ends
 * cannot be joined and all is still to be read, 0 at the end. */
static int move(struct body_reader *r, uint64_t *left, struct error *e)
{
	struct exchange *x = r->x;
	struct stream *s = x->connection->stream;
	int to = direct_target(r, *left);
	struct mover *m = to < 0 ? NULL : mover_new(s->fd, to);
	ssize_t n = 1;

	if (!m)
		return 1;
	while (*left > 0) {
		uint64_t moved;

		n = move_some(r, m, *left, &moved, e);
		if (n <= 0)
			break;
		if (moved == 0)
			continue;
		x->sink->ops->moved(x->sink->sink, moved);
		*left -= moved;
		x->size += moved;
		x->facts->wire += moved;
		x->facts->received += moved;
		x->hop->body_in += moved;
		x->hop->content += moved;
		OBSERVE(x->observer, progress, x->facts);
		n = content_check_size(&r->content, x->facts->received, e);
		if (n < 0)
			break;
		n = 1;
	}
	if (n < 0 && mover_refused(m))
		n = 1;
	else if (n == -ERR_WRITE)
		n = unmoved(x->sink, mover_reached(m), errno, e);
	else if (n > 0)
		n = 0;
	mover_free(m);
	return (int)n;
}

/* --- the three framings */

static int ended_early(struct body_reader *r, struct error *e)
{
	uint64_t whole = r->x->framing.length;

	note(r, FINDING_BODY_CUT);
	return error_set(e, ERR_PARTIAL,
		"transfer closed with %llu bytes remaining to read: got %llu "
		"of "
		"%llu",
		(unsigned long long)r->left,
		(unsigned long long)(whole - r->left),
		(unsigned long long)whole);
}

static int receive_length(struct body_reader *r, struct error *e)
{
	struct str in;
	int error;

	r->left = r->x->framing.length;
	in = take_unread(r, r->left);
	r->left -= in.n;
	error = content_str(r, in, e);
	if (error < 0 || r->left == 0)
		return error;
	error = move(r, &r->left, e);
	if (error < 0)
		return error;
	if (error == 0)
		return r->left ? ended_early(r, e) : 0;
	error = grow_buffer(
		r, r->left < BUFFER_PLAIN ? (size_t)r->left : BUFFER_PLAIN, e);
	while (error == 0 && r->left > 0) {
		ssize_t n = read_more(r, r->left, &in, e);

		if (n == 0 || is_truncated(r, n))
			return ended_early(r, e);
		if (n < 0)
			return (int)n;
		r->left -= in.n;
		error = content_str(r, in, e);
	}
	return error;
}

static int receive_until_close(struct body_reader *r, struct error *e)
{
	struct str in = take_unread(r, UINT64_MAX);
	uint64_t left = UINT64_MAX;
	int error = content_str(r, in, e);

	if (error == 0)
		error = move(r, &left, e);
	if (error <= 0)
		return error;
	for (;;) {
		ssize_t n = read_more(r, UINT64_MAX, &in, e);

		if (is_truncated(r, n))
			note(r, FINDING_CLOSE_NOTIFY);
		if (n <= 0)
			return (int)n;
		error = content_str(r, in, e);
		if (error == 0)
			error = adapt_buffer(r, in.n, e);
		if (error < 0)
			return error;
		if (r->plan->discard && r->content.discarded > DISCARD_MAX)
			return 0;
	}
}

/* Bytes have come behind the last chunk: of the next response, when there is to
 * be one. The head of this one is still to be read where it stands. */
static int leave_rest(
	struct body_reader *r, struct str rest, int error, struct error *e)
{
	struct connection *c = r->x->connection;

	if (!r->x->pipelined) {
		note_extra(r, rest);
		return error;
	}
	r->x->size -= rest.n;
	if (rest.p >= c->in.p && rest.p < c->in.p + c->in.n) {
		c->used -= rest.n;
		return error;
	}
	buf_init(&r->x->next, c->in.max);
	buf_add_str(&r->x->next, rest);
	return error < 0 ? error : buf_check(&r->x->next, "response", e);
}

/* The chunks in `in`, with one call to the sink for many of them. */
static int decode_chunks(struct body_reader *r, struct str in, struct error *e)
{
	struct iovec iov[SPANS];
	struct str all = in;
	int n = 0, error = 0;

	while (in.n && !r->chunks.done && error == 0) {
		struct str data;
		ssize_t used = chunk_decode(&r->chunks, in, &data, e);

		if (used < 0) {
			error = (int)used;
			break;
		}
		in = str_from(in, (size_t)used);
		if (r->plan->raw || data.n == 0)
			continue;
		iov[n++] = (struct iovec){ (char *)data.p, data.n };
		if (n == SPANS) {
			error = content_take(&r->content, iov, n, e);
			n = 0;
		}
	}
	if (r->chunks.done && in.n > 0)
		error = leave_rest(r, in, error, e);
	if (n && error != -ERR_WRITE) {
		struct error late = { 0 };
		int last = content_take(&r->content, iov, n, &late);

		/* What is wrong in front of what broke the chunks is first. */
		if (last < 0) {
			error = last;
			*e = late;
		}
	}
	if (r->plan->raw && error == 0)
		error = content_str(r, str_first(all, all.n - in.n), e);
	return error;
}

/* Parse the trailer section, which has been taken in as the last thing. */
static int parse_trailers(
	struct body_reader *r, struct head *trailers, struct error *e)
{
	struct findings *found = &r->x->found;
	struct str section = buf_str(&r->chunks.trailers);
	uint64_t base = found->base;
	ssize_t n;

	found->base += r->chunks.offset - section.n;
	n = head_parse_trailers(section, trailers, found, e);
	if (n >= 0 && exchange_reviews(r->x))
		review_trailers(trailers, found);
	found->base = base;
	return n < 0 ? (int)n : 0;
}

/* Only the empty line is no trailer section. */
static void tell_trailers(struct body_reader *r, bool all)
{
	struct str section = buf_str(&r->chunks.trailers);

	if (section.n > 2)
		observer_hear(r->x->observer, HEAD_TRAILERS, section, all,
			&r->trailers_told);
}

/* Reading ends with `error` before the body does: show what has come of the
 * trailer section, its whole lines also to the sink. Returns the error. */
static int end_in_trailers(struct body_reader *r, int error)
{
	struct exchange *x = r->x;
	struct buf *section = &r->chunks.trailers;
	struct error ignored;
	struct head trailers;
	size_t n = section->n;

	tell_trailers(r, true);
	x->hop->head_in += n;
	while (n && section->p[n - 1] != '\n')
		n--;
	if (n == 0 || r->plan->discard)
		return error;
	section->n = n;
	buf_add_text(section, "\r\n");
	head_init(&trailers);
	if (head_parse_trailers(buf_str(section), &trailers, NULL, &ignored) >
		0)
		trailers.bytes.n -= 2;
	if (trailers.bytes.n)
		ignore(x->sink->ops->head(
			x->sink->sink, &trailers, false, &ignored));
	head_fini(&trailers);
	return error;
}

static int finish_chunks(struct body_reader *r, struct error *e)
{
	struct exchange *x = r->x;
	struct head trailers;
	int error;

	/* Only the empty line: no trailers. */
	if (r->chunks.trailers.n <= 2)
		return 0;
	tell_trailers(r, true);
	head_init(&trailers);
	error = parse_trailers(r, &trailers, e);
	if (error < 0) {
		error = end_in_trailers(r, error);
	} else {
		OBSERVE(x->observer, head_in, &trailers);
		buf_add_str(&x->facts->heads, trailers.bytes);
		x->hop->head_in += trailers.bytes.n;
		error = buf_check(&x->facts->heads, "response head", e);
		if (error == 0 && !r->plan->discard)
			error = x->sink->ops->head(
				x->sink->sink, &trailers, false, e);
	}
	head_fini(&trailers);
	return error;
}

static int broke_off(struct body_reader *r, struct error *e)
{
	note(r, FINDING_BODY_CUT);
	return error_set(e, ERR_PARTIAL,
		"transfer closed with outstanding read data remaining: the "
		"chunked body broke off after %llu bytes",
		(unsigned long long)r->chunks.data);
}

static int receive_chunked(struct body_reader *r, struct error *e)
{
	int error = decode_chunks(r, take_unread(r, UINT64_MAX), e);

	while (error == 0 && !r->chunks.done) {
		struct str in;
		ssize_t n;

		tell_trailers(r, false);
		n = read_more(r, UINT64_MAX, &in, e);
		if (n == 0 || is_truncated(r, n))
			error = broke_off(r, e);
		else
			error = n < 0 ? (int)n : decode_chunks(r, in, e);
		if (error == 0)
			error = adapt_buffer(r, in.n, e);
		if (r->plan->discard && r->content.discarded > DISCARD_MAX)
			return 0;
	}
	return error < 0 ? end_in_trailers(r, error) : finish_chunks(r, e);
}

/* --- all of it */

static int end_content(struct body_reader *r, struct error *e)
{
	int error = content_end(&r->content, e);

	if (error == -ERR_PARTIAL)
		note(r, FINDING_CONTENT_CODING_CUT);
	return error;
}

static int receive(struct body_reader *r, struct error *e)
{
	int error = 0;

	switch (r->x->framing.kind) {
	case FRAMING_LENGTH:
		if (!r->content.coding)
			error = content_check_size(
				&r->content, r->x->framing.length, e);
		if (error == 0 && !r->plan->discard)
			r->x->facts->expected = r->x->framing.length;
		if (error == 0)
			error = receive_length(r, e);
		break;
	case FRAMING_CHUNKED:
		error = receive_chunked(r, e);
		break;
	case FRAMING_CLOSE:
	case FRAMING_TUNNEL:
		error = receive_until_close(r, e);
		break;
	case FRAMING_NONE:
		break;
	}
	if (error == 0)
		error = end_content(r, e);
	if (error == -ERR_DECODE_RATIO)
		note(r, FINDING_CONTENT_CODING_BOMB);
	return error;
}

/* Reading costs more than a new connection does. */
static bool not_worth_reading(
	const struct exchange *x, const struct body_plan *plan)
{
	if (!plan->discard || x->pending)
		return false;
	if (x->framing.kind == FRAMING_LENGTH)
		return !x->framing.persistent ||
			x->framing.length > DISCARD_MAX;
	return x->framing.kind != FRAMING_NONE && !x->framing.persistent;
}

static enum reuse judge_reuse(const struct body_reader *r, int error)
{
	const struct exchange *x = r->x;

	if (x->cut_short || x->pending || x->send_error.code)
		return REUSE_UNSENT;
	if (!x->framing.persistent)
		return REUSE_NOT_PERSISTENT;
	if (x->close_asked)
		return REUSE_CLOSE_ASKED;
	if (error < 0 ||
		(x->framing.kind == FRAMING_CHUNKED && !r->chunks.done))
		return REUSE_UNREAD;
	return r->extra ? REUSE_EXTRA : REUSE_POSSIBLE;
}

/* What a whole body shows. */
static void review_body(struct body_reader *r)
{
	struct exchange *x = r->x;

	if (!r->extra && !x->pipelined)
		note_extra(r, connection_unread(x->connection));
	if (r->extra)
		note(r, r->extra_rule);
	if (x->head.status == 205 && x->hop->body_in)
		findings_add(&x->found, FINDING_BODY_IN_205, 0);
}

int body_receive(struct exchange *x, const struct body_plan *plan,
	enum reuse *reuse, struct error *e)
{
	struct body_reader r = { .x = x, .plan = plan };
	int error;

	*reuse = REUSE_UNREAD;
	x->in_body = true;
	if (not_worth_reading(x, plan))
		return 0;
	chunk_init(&r.chunks, &x->found);
	if (x->observer && x->observer->ops->chunk)
		chunk_observe(&r.chunks,
			&(struct chunk_watch){ x->observer->ops->chunk,
				x->observer->context });
	error = content_init(&r.content, x, plan, e);
	if (error == 0)
		error = receive(&r, e);
	if (error == 0)
		error = exchange_finish(x, e);
	if (error == 0)
		review_body(&r);
	error = exchange_judge(x, error, e);
	*reuse = judge_reuse(&r, error);
	chunk_fini(&r.chunks);
	content_fini(&r.content);
	free(r.buffer);
	return error;
}
