#include "transfer/sending.h"

#include <stdio.h>
#include <string.h>

#include "base/buf.h"

#define WRITES_AT_ONCE 64

static void add_part(struct sending *s, int kind, const char *p, size_t n)
{
	if (n)
		s->parts[s->n_parts++] = (struct sending_part){
			.bytes = { (char *)p, n }, .kind = kind
		};
}

void sending_init(struct sending *s, struct stream *stream, struct str head,
	struct upload *body)
{
	*s = (struct sending){
		.stream = stream,
		.body = body,
		.ended = body == NULL,
		.budget = UINT64_MAX,
		.head_stop = UINT64_MAX,
	};
	add_part(s, PART_HEAD, head.p, head.n);
}

/* Tell of a piece of the body as it goes over the wire. */
static void tell(const struct sending *s, struct str bytes, const char *line)
{
	struct buf chunk;

	if (!s->observer || !s->observer->ops->body_out)
		return;
	if (!s->chunked) {
		OBSERVE(s->observer, body_out, bytes);
		return;
	}
	buf_init(&chunk, bytes.n + 64);
	buf_add_text(&chunk, line);
	buf_add_str(&chunk, bytes);
	buf_add_text(&chunk, "\r\n");
	OBSERVE(s->observer, body_out, buf_str(&chunk));
	buf_fini(&chunk);
}

/* Put the next bytes of the body behind the parts. */
static int add_body(struct sending *s, struct error *e)
{
	struct str bytes;
	int more = s->body->ops->next(s->body->source, &bytes, e);

	if (more < 0)
		return more;
	s->ended = more == 0;
	if (s->ended) {
		if (s->chunked) {
			add_part(s, PART_CHUNK_LINE, "0\r\n\r\n", 5);
			tell(s, STR(""), "0\r\n");
		}
		return 0;
	}
	if (s->chunked) {
		int n = snprintf(s->line, sizeof(s->line), "%zx\r\n", bytes.n);

		add_part(s, PART_CHUNK_LINE, s->line, (size_t)n);
	}
	add_part(s, PART_BODY, bytes.p, bytes.n);
	if (s->chunked)
		add_part(s, PART_CHUNK_LINE, "\r\n", 2);
	tell(s, bytes, s->line);
	return 0;
}

/* What the parts hold of the body has to go out before its source is asked
 * again. */
static bool body_is_queued(const struct sending *s)
{
	for (int i = 0; i < s->n_parts; i++)
		if (s->parts[i].kind != PART_HEAD)
			return true;
	return false;
}

/* Move behind `n` bytes that have been written. */
static void advance(struct sending *s, size_t n)
{
	int done = 0;

	for (int i = 0; i < s->n_parts && n > 0; i++) {
		struct sending_part *part = &s->parts[i];
		size_t here = n < part->bytes.iov_len ? n : part->bytes.iov_len;

		part->bytes.iov_base = (char *)part->bytes.iov_base + here;
		part->bytes.iov_len -= here;
		n -= here;
		if (part->kind == PART_HEAD)
			s->head_sent += here;
		else if (part->kind == PART_BODY)
			s->body_sent += here;
		if (part->kind != PART_HEAD && s->budget != UINT64_MAX)
			s->budget -= here;
		done += part->bytes.iov_len == 0;
	}
	s->n_parts -= done;
	memmove(s->parts, s->parts + done,
		(size_t)s->n_parts * sizeof(s->parts[0]));
}

/* What may be written now of the parts; the number of those begun. */
static int plan_write(const struct sending *s, struct iovec iov[4])
{
	uint64_t head = s->head_stop - s->head_sent, body = s->budget;
	int n = 0;

	for (int i = 0; i < s->n_parts; i++) {
		bool is_head = s->parts[i].kind == PART_HEAD;
		uint64_t *left = is_head ? &head : &body;

		if (*left == 0)
			break;
		iov[n] = s->parts[i].bytes;
		if (iov[n].iov_len > *left)
			iov[n].iov_len = (size_t)*left;
		if (*left != UINT64_MAX)
			*left -= iov[n].iov_len;
		n++;
		if (iov[n - 1].iov_len < s->parts[i].bytes.iov_len)
			break;
	}
	return n;
}

int sending_step(struct sending *s, struct error *e)
{
	/* Who calls has a deadline to look at now and then. */
	for (int i = 0; i < WRITES_AT_ONCE; i++) {
		struct iovec iov[4];
		ssize_t n;
		int parts;

		if (!s->ended && !s->held && !body_is_queued(s)) {
			int error = add_body(s, e);

			if (error < 0 && error != -ERR_AGAIN)
				return error;
			if (error < 0 && s->n_parts == 0)
				return SENDING_STARVED;
		}
		if (s->n_parts == 0)
			return s->ended ? SENDING_DONE : SENDING_HELD;
		parts = plan_write(s, iov);
		if (parts == 0)
			return s->parts[0].kind == PART_HEAD ? SENDING_CUT
							     : SENDING_PACED;
		n = s->stream->ops->write(s->stream, iov, parts, e);
		if (n == STREAM_AGAIN)
			return SENDING_BLOCKED;
		if (n < 0)
			return (int)n;
		advance(s, (size_t)n);
		if (s->n_parts == 0 && s->ended)
			return SENDING_DONE;
	}
	return SENDING_BLOCKED;
}
