#include "talk/http_input.h"

#include <stdlib.h>

#include "base/clock.h"

#define BLOCK (64u << 10)

void http_input_init(
	struct http_input *i, struct visit *v, bool json, bool wants_content)
{
	*i = (struct http_input){ .visit = v };
	buf_init(&i->in, LIMIT_HEAD + 4 * BLOCK);
	received_request_init(&i->request);
	head_init(&i->trailers);
	chunk_init(&i->chunks, &i->found);
	http_record_init(&i->record, v, json, wants_content);
}

void http_input_fini(struct http_input *i)
{
	received_request_fini(&i->request);
	head_fini(&i->trailers);
	chunk_fini(&i->chunks);
	http_record_fini(&i->record);
	buf_fini(&i->in);
	free(i->block);
}

/* As visit_receive, but the end is -ERR_PARTIAL in the middle of something. */
static ssize_t receive(struct http_input *i, void *to, size_t n,
	int64_t deadline, const char *middle, struct error *e)
{
	ssize_t got = visit_receive(i->visit, to, n, deadline, e);

	i->lost = got < 0 && got != -ERR_TIMEOUT;
	if (got == -ERR_TIMEOUT && i->has_head &&
		clock_now() >= visit_due(i->visit))
		return visit_too_slow(i->visit, e);
	if (got == 0 && middle)
		return error_set(e, ERR_PARTIAL,
			"the client closed the connection in the middle of %s",
			middle);
	return got;
}

/* An empty line is no request yet (RFC 9112 section 2.2). */
static bool has_begun(const struct http_input *i)
{
	struct str in = buf_str(&i->in);

	return in.n && !str_eq(in, STR("\n")) && !str_eq(in, STR("\r\n"));
}

/* More bytes into `in`; 0 at an end between two requests. */
static ssize_t receive_head(
	struct http_input *i, int64_t deadline, struct error *e)
{
	char *room = buf_reserve(&i->in, BLOCK);
	ssize_t got;

	if (!room)
		return buf_check(&i->in, "request head", e);
	got = receive(i, room, BLOCK, deadline,
		has_begun(i) ? "a request head" : NULL, e);
	if (got > 0 && i->in.n == 0)
		pulse_begin(i->visit->pulse);
	if (got > 0)
		i->in.n += (size_t)got;
	return got;
}

/* Whether parsing is worth while: a head that trickles in must not cost the
 * square of its length. */
static bool is_time(const struct http_input *i, size_t parsed, size_t *scanned)
{
	return i->in.n > LIMIT_HEAD || i->in.n >= 2 * parsed ||
		head_end(buf_str(&i->in), scanned) > 0;
}

/* No more of the head will come. What is wrong with what has come tells more
 * than that, if it has not been looked at. */
static int give_up(
	struct http_input *i, bool parsed, ssize_t error, struct error *e)
{
	struct error wrong = { 0 };
	ssize_t rc = 0;

	if (error == -ERR_TIMEOUT && !has_begun(i)) {
		*e = wrong;
		return 0;
	}
	if (!parsed)
		rc = request_parse(
			buf_str(&i->in), &i->request, &i->found, &wrong);
	if (rc < 0)
		*e = wrong;
	return (int)(rc < 0 ? rc : error);
}

static int read_head(struct http_input *i, struct error *e)
{
	int64_t deadline = visit_deadline(i->visit, i->visit->idle_ms);
	size_t parsed = 0, scanned = 0;

	for (;;) {
		ssize_t n = 0;

		if (i->in.n > parsed && is_time(i, parsed, &scanned)) {
			parsed = i->in.n;
			n = request_parse(
				buf_str(&i->in), &i->request, &i->found, e);
		}
		if (n > 0) {
			i->at = (size_t)n;
			i->has_head = true;
			visit_begin(i->visit);
			return 1;
		}
		if (n < 0)
			return (int)n;
		n = receive_head(i, deadline, e);
		if (n <= 0)
			return n == 0 ? 0 : give_up(i, i->in.n == parsed, n, e);
	}
}

/* Bytes behind the head that have not been used: `*bytes` gets at least one. 0
 * or an error. */
static int more(struct http_input *i, struct str *bytes, struct error *e)
{
	ssize_t got;

	*bytes = str_from(buf_str(&i->in), i->at);
	if (bytes->n)
		return 0;
	if (!i->block && !(i->block = malloc(BLOCK)))
		return error_memory(e);
	if (i->block_at == i->block_n) {
		got = receive(i, i->block, BLOCK,
			deadline_earlier(visit_due(i->visit),
				visit_deadline(i->visit, i->visit->idle_ms)),
			"a request body", e);
		if (got < 0)
			return (int)got;
		i->block_at = 0;
		i->block_n = (size_t)got;
	}
	*bytes = (struct str){ i->block + i->block_at,
		i->block_n - i->block_at };
	return 0;
}

/* The first `n` of those bytes are part of the request. */
static int use(
	struct http_input *i, struct str bytes, size_t n, struct error *e)
{
	if (i->at < i->in.n)
		i->at += n;
	else
		i->block_at += n;
	return http_record_raw(&i->record, str_first(bytes, n), e);
}

static int read_length(struct http_input *i, struct error *e)
{
	uint64_t left = i->request.framing.length;
	int rc = 0;

	while (rc == 0 && left) {
		struct str bytes;

		rc = more(i, &bytes, e);
		if (rc < 0)
			break;
		if (bytes.n > left)
			bytes.n = (size_t)left;
		left -= bytes.n;
		rc = use(i, bytes, bytes.n, e);
		if (rc == 0)
			rc = http_record_content(&i->record, bytes, e);
	}
	return rc;
}

static int read_trailers(struct http_input *i, struct error *e)
{
	struct str section = buf_str(&i->chunks.trailers);
	ssize_t n;

	i->found.base = i->record.received - section.n;
	n = request_parse_trailers(section, &i->trailers, &i->found, e);
	i->found.base = 0;
	return n < 0 ? (int)n : 0;
}

/* What cannot be decoded is shown all the same. Returns `error`. */
static int broken(struct http_input *i, struct str bytes, int error)
{
	struct error unheard;

	i->found.base = 0;
	use(i, bytes, bytes.n, &unheard);
	return error;
}

static int read_chunked(struct http_input *i, struct error *e)
{
	int rc = 0;

	i->found.base = i->at;
	while (rc == 0 && !i->chunks.done) {
		struct str bytes, data;
		ssize_t n;

		rc = more(i, &bytes, e);
		if (rc < 0)
			break;
		n = chunk_decode(&i->chunks, bytes, &data, e);
		if (n < 0)
			return broken(i, bytes, (int)n);
		rc = use(i, bytes, (size_t)n, e);
		if (rc == 0 && data.n)
			rc = http_record_content(&i->record, data, e);
	}
	i->found.base = 0;
	return rc < 0 ? rc : read_trailers(i, e);
}

/* What was received behind the request is the front of the next one. */
static void leave_request(struct http_input *i)
{
	buf_consume(&i->in, i->at);
	buf_add(&i->in, i->block + i->block_at, i->block_n - i->block_at);
	i->at = 0;
	i->block_at = 0;
	i->block_n = 0;
	i->has_head = false;
	i->found = (struct findings){ .n = 0 };
	head_fini(&i->trailers);
	chunk_fini(&i->chunks);
	chunk_init(&i->chunks, &i->found);
	http_record_begin(&i->record);
}

int http_input_head(struct http_input *i, struct error *e)
{
	struct error unheard;
	int rc;

	leave_request(i);
	rc = read_head(i, e);
	if (rc > 0)
		rc = http_record_raw(
			&i->record, str_first(buf_str(&i->in), i->at), e);
	else if (rc < 0)
		ignore(http_record_raw(&i->record, buf_str(&i->in), &unheard));
	return rc < 0 ? rc : i->has_head;
}

bool http_input_waits(const struct http_input *i)
{
	return i->at == i->in.n && i->block_at == i->block_n;
}

int http_input_body(struct http_input *i, struct error *e)
{
	switch (i->request.framing.kind) {
	case FRAMING_LENGTH:
		return read_length(i, e);
	case FRAMING_CHUNKED:
		return read_chunked(i, e);
	default:
		return 0;
	}
}
