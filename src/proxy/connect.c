#include "proxy/connect.h"

#include "base/clock.h"
#include "base/interrupt.h"
#include "base/limits.h"
#include "http/chunk.h"
#include "http/framing.h"

#define SKIPPED_MAX 65536u /* of a refusal's body, before it is too much */
#define REFUSAL_MS 1000 /* for the body of the last one */

/* What has come of an answer; errors are negative. */
enum next {
	NEXT_ELSEWHERE, /* ask again, over another connection */
	NEXT_REQUEST, /* ask again, over this one */
	NEXT_ANSWER, /* this one was interim */
	NEXT_TUNNEL /* it is there */
};

struct connect {
	struct stream *stream;
	const struct connect_ops *ops;
	void *asker;
	struct buf in; /* received and not used */
	struct head head; /* borrows from `in` */
	struct findings found;
	int64_t deadline;
	bool malformed; /* a body has been */
	bool closes; /* the last request asked for that */
	bool heard; /* something has come since the last request */
	size_t told; /* bytes of the head being read that `ops` know of */
};

void connect_target(struct buf *out, const char *host, uint16_t port)
{
	struct str address, zone;

	if (!strchr(host, ':')) {
		buf_printf(out, "%s:%u", host, port);
		return;
	}
	str_cut(str_of(host), '%', &address, &zone);
	buf_printf(out, "[%.*s]:%u", STR_FMT(address), port);
}

int connect_write(
	struct buf *out, const struct connect_request *request, struct error *e)
{
	const struct request head = {
		.method = STR("CONNECT"),
		.target = request->target,
		.minor = request->http10 ? 0 : 1,
		.host = request->target,
		.proxy_authorization = request->authorization,
		.user_agent = str_of(request->user_agent),
		.proxy_connection = true,
		.fields = request->fields,
		.n_fields = request->n_fields,
	};

	int error = request_write(out, &head, e);

	return error < 0 ? error : request_has_option(&head, STR("close"));
}

/* More bytes behind those of `in`: 1, 0 at the end, or an error. */
static int fill(struct connect *c, struct error *e)
{
	char *room = buf_reserve(&c->in, CONNECT_REST);
	ssize_t n;

	if (!room)
		return buf_check(&c->in, "answer to CONNECT", e);
	n = stream_read(c->stream, room, CONNECT_REST, c->deadline, e);
	if (n > 0) {
		c->in.n += (size_t)n;
		c->heard = true;
	}
	return n > 0 ? 1 : (int)n;
}

static int ended(const struct connect *c, struct error *e)
{
	if (c->in.n == 0)
		return error_set(e, ERR_RECV, "Proxy CONNECT aborted");
	return error_set(e, ERR_RECV,
		"Proxy CONNECT aborted: the connection ended inside the "
		"answer, after %zu bytes",
		c->in.n);
}

/* Tell of the whole lines of what may become a head; or of all of it. */
static void tell(struct connect *c, struct str in, bool all)
{
	struct str lines = all ? str_from(in, c->told)
			       : head_lines(in, c->told);

	if (c->ops->came && lines.n)
		c->ops->came(c->asker, lines);
	c->told += lines.n;
}

/* All that has come of a head that is broken, or will not become whole. */
static void tell_rest(struct connect *c)
{
	struct str in = buf_str(&c->in);
	size_t scanned = 0, end = head_end(in, &scanned);

	if (end)
		in.n = end;
	tell(c, in, true);
}

/* head_parse of what has come; an answer that is none is a broken one. */
static ssize_t parse(struct connect *c, struct error *e)
{
	ssize_t n = c->in.n
		? head_parse(buf_str(&c->in), &c->head, &c->found, e)
		: 0;

	if (n == -ERR_UNSUPPORTED_PROTOCOL)
		return error_set(e, ERR_HEADER, "Invalid response header");
	return n;
}

/* No more comes of a head that is not whole: `error`, or 0 at the end, but what
 * is broken in what has come is the reason, no matter in how many pieces it
 * came. */
static ssize_t judge_cut(struct connect *c, int error, struct error *e)
{
	struct error broken;
	ssize_t n;

	if (error == -ERR_OUT_OF_MEMORY || interrupt_is(error))
		return error;
	n = parse(c, &broken);
	if (n < 0) {
		*e = broken;
		return n;
	}
	return error < 0 ? error : ended(c, e);
}

/* Read one head, interim or final: the bytes of `in` that it takes, or an
 * error. */
static ssize_t read_head(struct connect *c, struct error *e)
{
	size_t scanned = 0, seen = 0;

	for (;;) {
		ssize_t n = 0;
		int error;

		if (head_end(buf_str(&c->in), &scanned) || seen < 256 ||
			c->in.n > LIMIT_HEAD)
			n = parse(c, e);
		if (n != 0)
			return n;
		seen = c->in.n;
		if (str_starts(buf_str(&c->in), STR("HTTP/1")))
			tell(c, buf_str(&c->in), false);
		error = fill(c, e);
		if (error <= 0)
			return judge_cut(c, error, e);
	}
}

/* Let `n` bytes go by; 1, or 0 when the connection ends before. */
static int skip_length(struct connect *c, uint64_t n, struct error *e)
{
	while (c->in.n < n) {
		int more;

		n -= c->in.n;
		buf_clear(&c->in);
		more = fill(c, e);
		if (more <= 0)
			return more;
	}
	buf_consume(&c->in, (size_t)n);
	return 1;
}

static int skip_chunks(struct connect *c, struct error *e)
{
	struct chunk_decoder decoder;
	size_t total = 0;
	int more = 1;

	chunk_init(&decoder, NULL);
	while (more > 0 && !decoder.done) {
		struct str data;
		ssize_t used = 0;

		if (c->in.n)
			used = chunk_decode(
				&decoder, buf_str(&c->in), &data, e);
		else
			more = fill(c, e);
		c->malformed = used < 0;
		if (used < 0)
			more = (int)used;
		else
			buf_consume(&c->in, (size_t)used);
		total += used > 0 ? (size_t)used : 0;
		if (total > SKIPPED_MAX)
			more = 0;
	}
	chunk_fini(&decoder);
	return more;
}

/* Let the body of a refusal go by, which comes behind a head of so many bytes.
 * NEXT_REQUEST, NEXT_ELSEWHERE or an error. */
static int skip_body(struct connect *c, size_t head, struct error *e)
{
	struct framing_options options = { .from_proxy = true };
	struct framing framing;
	int more = framing_decide(&c->head, &options, &framing, NULL, e);

	if (more < 0)
		return more;
	buf_consume(&c->in, head);
	if (framing.kind == FRAMING_NONE)
		more = 1;
	else if (framing.kind == FRAMING_LENGTH && framing.length < SKIPPED_MAX)
		more = skip_length(c, framing.length, e);
	else if (framing.kind == FRAMING_CHUNKED && !framing.codings[0])
		more = skip_chunks(c, e);
	if (more < 0)
		return more;
	return more && framing.persistent && !c->closes ? NEXT_REQUEST
							: NEXT_ELSEWHERE;
}

/* No other request will follow. What is wrong with the answer as a whole goes
 * before what it says. */
static int refused(struct connect *c, size_t head, struct error *e)
{
	int status = c->head.status, error;

	c->deadline = deadline_earlier(c->deadline, deadline_in(REFUSAL_MS));
	error = skip_body(c, head, e);
	if (error < 0 && c->malformed)
		return error;
	return error_set(
		e, ERR_CONNECT, "CONNECT tunnel failed, response %d", status);
}

/* The head of `n` bytes has come. Returns an enum next or an error. */
static int use_answer(
	struct connect *c, size_t n, struct buf *rest, struct error *e)
{
	int status = c->head.status;
	int again = c->ops->answered(c->asker, &c->head, &c->found, e);

	if (again < 0)
		return again;
	if (status < 200 && status != 101) {
		buf_consume(&c->in, n);
		return NEXT_ANSWER;
	}
	if (status >= 200 && status < 300) {
		buf_add_str(rest, str_from(buf_str(&c->in), n));
		return rest->failed ? buf_check(rest, "answer to CONNECT", e)
				    : NEXT_TUNNEL;
	}
	return again ? skip_body(c, n, e) : refused(c, n, e);
}

static int ask(struct connect *c, struct error *e)
{
	struct buf request;
	int error;

	c->heard = false;
	buf_init(&request, LIMIT_REQUEST_HEAD);
	error = c->ops->request(c->asker, &request, e);
	c->closes = error > 0;
	if (error >= 0)
		error = stream_write(
			c->stream, request.p, request.n, c->deadline, e);
	buf_fini(&request);
	return error;
}

/* One request and its answers. As use_answer, but never NEXT_ANSWER. */
static int round_trip(struct connect *c, struct buf *rest, struct error *e)
{
	int result = ask(c, e);
	unsigned interims = 0;

	if (result < 0)
		return result;
	do {
		ssize_t n;

		if (interims++ > LIMIT_INTERIM)
			return error_set(e, ERR_WEIRD_REPLY,
				"more than %u interim (1xx) responses to "
				"CONNECT",
				LIMIT_INTERIM);
		findings_clear(&c->found);
		c->told = 0;
		n = read_head(c, e);
		tell_rest(c);
		if (n < 0)
			return (int)n;
		result = use_answer(c, (size_t)n, rest, e);
	} while (result == NEXT_ANSWER);
	return result;
}

/* The proxy had closed the connection behind its last answer, without a word of
 * that, when the next request came (RFC 9112 section 9.3.1). */
static bool had_closed(const struct connect *c, int error)
{
	return (error == -ERR_RECV || error == -ERR_SEND) && !c->heard &&
		c->in.n == 0;
}

int connect_tunnel(struct stream *s, const struct connect_ops *ops, void *asker,
	struct buf *rest, int64_t deadline, struct error *e)
{
	struct connect c = {
		.stream = s, .ops = ops, .asker = asker, .deadline = deadline
	};
	int result;

	buf_init(&c.in, LIMIT_HEAD + CONNECT_REST);
	head_init(&c.head);
	result = round_trip(&c, rest, e);
	while (result == NEXT_REQUEST) {
		result = round_trip(&c, rest, e);
		if (had_closed(&c, result)) {
			*e = (struct error){ 0 };
			result = NEXT_ELSEWHERE;
		}
	}
	head_fini(&c.head);
	buf_fini(&c.in);
	if (result < 0)
		return result;
	return result == NEXT_TUNNEL ? 0 : 1;
}
