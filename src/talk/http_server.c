#include "talk/http_server.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/date.h"
#include "http/chunk.h"
#include "talk/http_record.h"

#define BLOCK (64u << 10)
#define TOGETHER (16u << 10) /* content that leaves with its head */
#define HEAD_SIZE 1024 /* of a response */

/* Bytes are received into `in` until a head is whole, and stay there while the
 * request borrows from them; then into `block`. */
struct session {
	struct visit *v;
	const struct http_service *service;
	struct buf in;
	size_t at; /* bytes of `in` that have been used */
	char *block;
	size_t block_at, block_n;
	bool lost; /* nothing can be received any more */
	uint64_t requests; /* that have begun */

	/* The one at hand */
	bool has_head;
	bool closing; /* no other will follow */
	struct received_request request;
	struct head trailers;
	struct chunk_decoder chunks;
	struct findings found;
	struct http_record record;
};

struct status {
	int code;
	const char *reason;
};

static const struct status ok = { 200, "OK" };
static const struct status bad_request = { 400, "Bad Request" };
static const struct status request_timeout = { 408, "Request Timeout" };
static const struct status too_large = { 413, "Content Too Large" };
static const struct status uri_too_long = { 414, "URI Too Long" };
static const struct status expectation_failed = { 417, "Expectation Failed" };
static const struct status fields_too_large = { 431,
	"Request Header Fields Too Large" };
static const struct status server_error = { 500, "Internal Server Error" };
static const struct status not_implemented = { 501, "Not Implemented" };
static const struct status unsupported_version = { 505,
	"HTTP Version Not Supported" };

/* --- answering */

static void write_head(struct session *s, struct buf *out,
	const struct status *status, uint64_t length, const char *type)
{
	char date[DATE_HTTP_SIZE];

	date_format_http(clock_wall() / 1000000, date);
	buf_printf(out,
		"HTTP/1.1 %d %s\r\nDate: %s\r\nContent-Length: %llu\r\n",
		status->code, status->reason, date, (unsigned long long)length);
	if (type)
		buf_printf(out, "Content-Type: %s\r\n", type);
	if (s->closing)
		buf_add_text(out, "Connection: close\r\n");
	else if (s->request.head.minor == 0)
		buf_add_text(out, "Connection: keep-alive\r\n");
	buf_add_text(out, "\r\n");
}

static int respond(struct session *s, const struct status *status,
	struct answer *a, const char *type, struct error *e)
{
	bool head_only = str_eq(s->request.method, STR("HEAD"));
	bool together = a->fd < 0 && a->length <= TOGETHER;
	struct buf out;
	int rc;

	buf_init(&out, HEAD_SIZE + TOGETHER);
	write_head(s, &out, status, a->length, type);
	if (together && !head_only)
		buf_add_str(&out, a->bytes);
	rc = buf_check(&out, "response", e);
	if (rc == 0)
		rc = visit_send(s->v, buf_str(&out), e);
	if (rc == 0 && !together && !head_only)
		rc = answer_send(a, s->v, e);
	buf_fini(&out);
	return rc;
}

static int respond_text(struct session *s, const struct status *status,
	const char *text, struct error *e)
{
	struct answer a = {
		.bytes = str_of(text), .length = strlen(text), .fd = -1
	};

	return respond(s, status, &a, "text/plain; charset=utf-8", e);
}

/* --- refusing */

/* By what a request is refused, or NULL when the connection is of no use. */
static const struct status *status_of(const struct session *s, int error)
{
	if (s->lost)
		return NULL;
	switch (error) {
	case -ERR_TIMEOUT:
		return &request_timeout;
	case -ERR_TOO_LARGE:
		return &too_large;
	case -ERR_CONTENT_CODING:
		return &not_implemented;
	case -ERR_UNSUPPORTED_PROTOCOL:
		return &unsupported_version;
	case -ERR_OUT_OF_MEMORY:
		return &server_error;
	case -ERR_TOO_MANY:
	case -ERR_RECV:
		if (s->has_head)
			return &bad_request;
		return s->request.line.n ? &fields_too_large : &uri_too_long;
	case -ERR_WEIRD_REPLY:
	case -ERR_PARTIAL:
		return &bad_request;
	default:
		return NULL;
	}
}

static void note_finding(const struct session *s, const struct finding *f)
{
	struct buf text;

	buf_init(&text, LIMIT_ERROR_TEXT);
	finding_print(&text, f);
	if (buf_text(&text))
		log_line(&s->service->notes, "%s: request %llu: %s", s->v->peer,
			(unsigned long long)s->requests, buf_text(&text));
	buf_fini(&text);
}

/* Those that are no reason to refuse it, or were none. */
static void note_findings(const struct session *s)
{
	for (size_t i = 0; i < s->found.n; i++)
		if (finding_rule(s->found.items[i].id)->severity ==
			FINDING_WARNING)
			note_finding(s, &s->found.items[i]);
}

/* Returns `error`, whose words are in `e`. */
static int refuse(struct session *s, int error, struct error *e)
{
	const struct status *status = status_of(s, error);
	char text[LIMIT_ERROR_TEXT + 1];
	struct error unheard;
	size_t n = strlen(e->text);
	int rc;

	if (!s->has_head)
		http_record_raw(&s->record, buf_str(&s->in), &unheard);
	note_findings(s);
	rc = http_record_refused(&s->record, e, &s->found, &unheard);
	if (rc < 0) {
		*e = unheard;
		return rc;
	}
	if (!status)
		return error;
	log_line(&s->service->notes,
		"%s: request %llu was answered with %d: %s", s->v->peer,
		(unsigned long long)s->requests, status->code, e->text);
	memcpy(text, e->text, n);
	memcpy(text + n, "\n", 2);
	s->closing = true;
	respond_text(s, status, text, &unheard);
	return error;
}

/* --- one request */

/* The client waits for this before it sends the body, unless it has begun to
 * (RFC 9110 section 10.1.1). */
static int invite_body(struct session *s, struct error *e)
{
	const struct framing *f = &s->request.framing;
	bool empty = f->kind == FRAMING_NONE ||
		(f->kind == FRAMING_LENGTH && f->length == 0);

	if (s->request.expectation != EXPECT_CONTINUE || empty ||
		s->at < s->in.n)
		return 0;
	return visit_send(s->v, STR("HTTP/1.1 100 Continue\r\n\r\n"), e);
}

static int read_body(struct session *s, struct error *e)
{
	int rc = http_record_raw(
		&s->record, str_first(buf_str(&s->in), s->at), e);

	if (rc == 0)
		rc = invite_body(s, e);
	if (rc < 0)
		return rc;
	switch (s->request.framing.kind) {
	case FRAMING_LENGTH:
		return read_length(s, e);
	case FRAMING_CHUNKED:
		return read_chunked(s, e);
	default:
		return 0;
	}
}

static int send_reply(struct session *s, struct error *e)
{
	const struct http_service *service = s->service;
	const struct reply *reply = service->reply;
	const char *type =
		reply->kind == REPLY_TEXT ? "text/plain; charset=utf-8" : NULL;
	struct answer a;
	int rc = answer_init(
		&a, reply, buf_str(&s->record.content), s->v->peer, e);

	if (rc == 0 && service->raw)
		rc = answer_send(&a, s->v, e);
	else if (rc == 0)
		rc = respond(s, &ok, &a, type, e);
	else {
		struct error unheard;

		s->closing = true;
		respond_text(s, &server_error, "The reply is not to be had.\n",
			&unheard);
	}
	answer_fini(&a);
	return rc;
}

static int answer(struct session *s, struct error *e)
{
	if (s->service->raw)
		return send_reply(s, e);
	if (s->request.expectation == EXPECT_UNKNOWN) {
		s->closing = true;
		return respond_text(s, &expectation_failed,
			"Only 100-continue can be expected here.\n", e);
	}
	/* A tunnel would follow a status of 2xx (RFC 9110 section 9.3.6). */
	if (s->request.form == TARGET_AUTHORITY) {
		s->closing = true;
		return respond_text(
			s, &not_implemented, "This is no proxy.\n", e);
	}
	if (s->service->reply->kind == REPLY_NONE)
		return respond_text(s, &ok, "OK\n", e);
	return send_reply(s, e);
}

static void begin_request(struct session *s)
{
	s->has_head = false;
	s->at = 0;
	s->found = (struct findings){ .n = 0 };
	http_record_begin(&s->record);
	chunk_fini(&s->chunks);
	chunk_init(&s->chunks, &s->found);
	head_fini(&s->trailers);
}

/* What was received behind the request is the front of the next one. */
static void end_request(struct session *s)
{
	buf_consume(&s->in, s->at);
	buf_add(&s->in, s->block + s->block_at, s->block_n - s->block_at);
	s->block_at = 0;
	s->block_n = 0;
}

/* Returns 1 when another may follow, 0 when none will, or an error. */
static int serve_request(struct session *s, struct error *e)
{
	int rc;

	begin_request(s);
	rc = read_head(s, e);
	if (rc == 0)
		return 0;
	s->requests++;
	if (rc < 0)
		return refuse(s, rc, e);
	s->closing = s->service->raw || !s->request.framing.persistent;
	rc = read_body(s, e);
	if (rc < 0)
		return refuse(s, rc, e);
	note_findings(s);
	rc = http_record_end(
		&s->record, &s->request, &s->trailers, &s->found, e);
	if (rc == 0)
		rc = answer(s, e);
	end_request(s);
	return rc < 0 ? rc : !s->closing;
}

static void session_fini(struct session *s)
{
	received_request_fini(&s->request);
	head_fini(&s->trailers);
	chunk_fini(&s->chunks);
	http_record_fini(&s->record);
	buf_fini(&s->in);
	free(s->block);
}

int http_serve(
	struct visit *v, const struct http_service *service, struct error *e)
{
	struct session s = { .v = v, .service = service };
	int rc;

	buf_init(&s.in, LIMIT_HEAD + 4 * BLOCK);
	chunk_init(&s.chunks, &s.found);
	head_init(&s.trailers);
	received_request_init(&s.request);
	http_record_init(
		&s.record, v, service->json, service->reply->wants_data);
	do
		rc = serve_request(&s, e);
	while (rc > 0);
	if (rc == 0 && s.requests == 0)
		rc = error_set(e, ERR_EMPTY_REPLY,
			"the client left without a request");
	session_fini(&s);
	visit_finish(v, false, NULL);
	return rc;
}
