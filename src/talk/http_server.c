#include "talk/http_server.h"

#include "base/clock.h"
#include "base/date.h"
#include "talk/http_input.h"

#define TOGETHER (16u << 10) /* content that leaves with its head */
#define HEAD_SIZE 1024 /* of a response */
#define PLAIN "text/plain; charset=utf-8"

struct session {
	struct visit *v;
	const struct http_service *service;
	struct http_input input;
	uint64_t requests; /* that have begun */
	bool closing; /* no other will follow */
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

	date_format_http(clock_seconds(), date);
	buf_printf(out,
		"HTTP/1.1 %d %s\r\nDate: %s\r\nContent-Length: %llu\r\n",
		status->code, status->reason, date, (unsigned long long)length);
	if (type)
		buf_printf(out, "Content-Type: %s\r\n", type);
	if (s->closing)
		buf_add_text(out, "Connection: close\r\n");
	else if (s->input.request.head.minor == 0)
		buf_add_text(out, "Connection: keep-alive\r\n");
	buf_add_text(out, "\r\n");
}

static int respond(struct session *s, const struct status *status,
	struct answer *a, const char *type, struct error *e)
{
	bool head_only = s->input.has_head &&
		str_eq(s->input.request.method, STR("HEAD"));
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

	return respond(s, status, &a, PLAIN, e);
}

/* --- refusing */

/* By what a request is refused, or NULL when the connection is of no use. */
static const struct status *status_of(const struct session *s, int error)
{
	if (s->input.lost)
		return NULL;
	if (s->input.has_head && s->input.request.expectation == EXPECT_UNKNOWN)
		return &expectation_failed;
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
		if (s->input.has_head)
			return &bad_request;
		return s->input.request.line.n ? &fields_too_large
					       : &uri_too_long;
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
	for (size_t i = 0; i < s->input.found.n; i++)
		if (finding_rule(s->input.found.items[i].id)->severity ==
			FINDING_WARNING)
			note_finding(s, &s->input.found.items[i]);
}

/* Returns `error`, with the status in the words of `e`. */
static int refuse(struct session *s, int error, struct error *e)
{
	const struct status *status = status_of(s, error);
	char text[LIMIT_ERROR_TEXT + 1];
	struct error why = *e, unheard;
	size_t n = strlen(why.text);
	int rc;

	note_findings(s);
	rc = http_record_refused(&s->input.record, &why, &s->input.found, e);
	if (rc < 0)
		return rc;
	if (!status)
		return error;
	memcpy(text, why.text, n);
	memcpy(text + n, "\n", 2);
	s->closing = true;
	respond_text(s, status, text, &unheard);
	return error_set(e, -error, "request %llu was answered with %d: %s",
		(unsigned long long)s->requests, status->code, why.text);
}

/* --- one request */

/* The client waits for this before it sends the body, unless it has begun to
 * (RFC 9110 section 10.1.1). */
static int invite_body(struct session *s, struct error *e)
{
	const struct received_request *r = &s->input.request;
	bool empty = r->framing.kind == FRAMING_NONE ||
		(r->framing.kind == FRAMING_LENGTH && r->framing.length == 0);

	if (r->expectation == EXPECT_UNKNOWN)
		return error_set(e, ERR_WEIRD_REPLY,
			"an expectation other than 100-continue "
			"(RFC 9110 section 10.1.1)");
	if (r->expectation == EXPECT_NOTHING || empty ||
		!http_input_waits(&s->input))
		return 0;
	return visit_send(s->v, STR("HTTP/1.1 100 Continue\r\n\r\n"), e);
}

static int send_reply(struct session *s, struct error *e)
{
	const struct http_service *service = s->service;
	const char *type = service->reply->kind == REPLY_TEXT ? PLAIN : NULL;
	struct error unheard;
	struct str content = buf_str(&s->input.record.content);
	struct answer a = { .fd = -1 };
	int rc = visit_keep(s->v, reply_size(service->reply, content.n), e);

	if (rc == 0)
		rc = answer_init(&a, service->reply, content, s->v->peer, e);
	if (rc < 0) {
		s->closing = true;
		respond_text(
			s, &server_error, "There is no reply.\n", &unheard);
	} else if (service->raw) {
		rc = answer_send(&a, s->v, e);
	} else {
		rc = respond(s, &ok, &a, type, e);
	}
	answer_fini(&a);
	return rc;
}

static int answer(struct session *s, struct error *e)
{
	/* A tunnel would follow a status of 2xx (RFC 9110 section 9.3.6). */
	if (s->input.request.form == TARGET_AUTHORITY && !s->service->raw) {
		s->closing = true;
		return respond_text(
			s, &not_implemented, "This is no proxy.\n", e);
	}
	if (s->service->reply->kind == REPLY_NONE)
		return respond_text(s, &ok, "OK\n", e);
	return send_reply(s, e);
}

/* Returns 1 when another may follow, 0 when none will, or an error. */
static int serve_request(struct session *s, struct error *e)
{
	struct http_input *i = &s->input;
	int rc = http_input_head(i, e);

	if (rc == 0)
		return 0;
	s->requests++;
	if (rc > 0) {
		s->closing = s->service->raw || !i->request.framing.persistent;
		rc = invite_body(s, e);
	}
	if (rc == 0)
		rc = http_input_body(i, e);
	if (rc < 0)
		return refuse(s, rc, e);
	note_findings(s);
	rc = http_record_end(
		&i->record, &i->request, &i->trailers, &i->found, e);
	if (rc == 0)
		rc = answer(s, e);
	return rc < 0 ? rc : !s->closing;
}

int http_serve(
	struct visit *v, const struct http_service *service, struct error *e)
{
	struct session s = { .v = v, .service = service };
	int rc;

	http_input_init(&s.input, v, service->json, service->reply->wants_data);
	do
		rc = serve_request(&s, e);
	while (rc > 0);
	if (rc == 0 && s.requests == 0)
		rc = error_set(e, ERR_EMPTY_REPLY,
			"the client left without a request");
	http_input_fini(&s.input);
	ignore(visit_finish(v, false, NULL));
	return rc;
}
