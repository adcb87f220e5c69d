#include "talk/server.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "talk/http_server.h"

#define PAUSE_MS 50 /* behind which a client is taken to await the reply */
#define BLOCK (64u << 10)

/* --- what clients share */

static int take_locked(void *context, struct str bytes, struct error *e)
{
	struct server *s = context;
	const struct receiver *r = &s->t->receiver;

	pthread_mutex_lock(&s->lock);
	if (s->failure.code == 0)
		ignore(r->take(r->receiver, bytes, &s->failure));
	*e = s->failure;
	pthread_mutex_unlock(&s->lock);
	return -e->code;
}

static void note_locked(void *context, const char *line)
{
	struct server *s = context;

	if (!s->config->note)
		return;
	pthread_mutex_lock(&s->lock);
	s->config->note(s->config->context, line);
	pthread_mutex_unlock(&s->lock);
}

static void log_locked(void *context, const char *line)
{
	struct server *s = context;

	pthread_mutex_lock(&s->lock);
	s->t->log.line(s->t->log.context, line);
	pthread_mutex_unlock(&s->lock);
}

void server_init(struct server *s)
{
	pthread_mutex_init(&s->lock, NULL);
	s->receiver = (struct receiver){ .take = take_locked, .receiver = s };
	s->notes = (struct log){ note_locked, s };
	s->log = (struct log){ s->t->log.line ? log_locked : NULL, s };
}

void server_fini(struct server *s)
{
	pthread_mutex_destroy(&s->lock);
}

bool server_has_failed(struct server *s)
{
	bool failed;

	pthread_mutex_lock(&s->lock);
	failed = s->failure.code != 0;
	pthread_mutex_unlock(&s->lock);
	return failed;
}

/* --- one client, with a reply */

static bool is_past(int64_t deadline)
{
	return deadline != DEADLINE_NONE && clock_now() >= deadline;
}

/* Receive until the client has ended or pauses; with `heard`, keep it. */
static int hear(
	struct visit *v, char *block, struct buf *heard, struct error *e)
{
	int64_t deadline = visit_deadline(v, v->idle_ms);
	bool some = false;

	for (;;) {
		ssize_t n = visit_receive(v, block, BLOCK, deadline, e);
		struct str bytes = { block, n > 0 ? (size_t)n : 0 };
		int rc;

		if (n == -ERR_TIMEOUT && some && !is_past(v->deadline)) {
			if (is_past(visit_due(v)))
				return visit_too_slow(v, e);
			*e = (struct error){ 0 };
			return 0;
		}
		if (n <= 0)
			return (int)n;
		rc = visit_take(v, bytes, e);
		if (rc == 0 && heard)
			rc = visit_keep(v, bytes.n, e);
		if (rc == 0 && heard)
			buf_add_str(heard, bytes);
		if (rc == 0 && heard)
			rc = buf_check(heard, "what a client has sent", e);
		if (rc < 0)
			return rc;
		if (!some)
			visit_begin(v);
		some = true;
		deadline = deadline_earlier(
			visit_due(v), visit_deadline(v, PAUSE_MS));
	}
}

static int reply_to(const struct server *s, struct visit *v, struct error *e)
{
	const struct reply *reply = &s->reply;
	char *block = malloc(BLOCK);
	struct buf heard;
	struct answer a;
	int rc;

	if (!block)
		return error_memory(e);
	buf_init(&heard, LIMIT_HEARD);
	rc = hear(v, block, reply->wants_data ? &heard : NULL, e);
	free(block);
	if (rc == 0)
		rc = visit_keep(v, reply_size(reply, heard.n), e);
	if (rc == 0) {
		rc = answer_init(&a, reply, buf_str(&heard), v->peer, e);
		if (rc == 0)
			rc = answer_send(&a, v, e);
		answer_fini(&a);
	}
	buf_fini(&heard);
	visit_forget(v);
	return rc < 0 ? rc : visit_finish(v, true, e);
}

/* --- one client, without */

static bool is_regular(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISREG(st.st_mode);
}

/* The source of one of many. `*own` is to be closed when it is not negative. */
static int find_source(struct server *s, struct conversation *c,
	struct source *copy, int *own, struct error *e)
{
	struct source *source = &s->t->source;

	if (source->kind == SOURCE_TEXTS) {
		*copy = (struct source){ .kind = SOURCE_TEXTS,
			.texts = source->texts,
			.n = source->n,
			.crlf = source->crlf };
	} else if (source->kind == SOURCE_FILE && source->name &&
		!str_eq(str_of(source->name), STR("-")) &&
		is_regular(source->fd)) {
		*own = open(source->name, O_RDONLY | O_CLOEXEC | O_NOCTTY);
		if (*own < 0)
			return error_set(e, ERR_READ, "Failed to read %s: %s",
				source->name, error_system(errno));
		*copy = (struct source){ .kind = SOURCE_FILE,
			.fd = *own,
			.name = source->name,
			.crlf = source->crlf };
	} else if (source->kind == SOURCE_FILE) {
		pthread_mutex_lock(&s->lock);
		if (!s->source_lent)
			c->source = source;
		s->source_lent = true;
		pthread_mutex_unlock(&s->lock);
		c->keep_sending_side |= c->source != source;
	}
	return 0;
}

static void give_back(struct server *s, const struct conversation *c)
{
	if (c->source != &s->t->source)
		return;
	pthread_mutex_lock(&s->lock);
	s->source_lent = false;
	pthread_mutex_unlock(&s->lock);
}

static int converse(struct server *s, struct visit *v, struct error *e)
{
	struct source copy = { .kind = SOURCE_NONE };
	struct conversation c = { .stream = v->stream,
		.peer = v->peer,
		.source = &copy,
		.receiver = v->receiver,
		.transcript = v->transcript,
		.keep_sending_side = s->t->no_shutdown,
		.ends_with_peer = s->many,
		.wait_ms = s->t->wait_ms > 0 ? s->t->wait_ms : 0,
		.deadline = v->deadline,
		.pulse = v->pulse };
	int own = -1;
	int rc = 0;

	if (s->many)
		rc = find_source(s, &c, &copy, &own, e);
	else
		c.source = &s->t->source;
	if (rc == 0)
		rc = conversation_hold(&c, e);
	v->place = (struct transcript_place){ c.sent, c.received };
	give_back(s, &c);
	if (own >= 0)
		close(own);
	return rc;
}

/* --- one client */

static int serve_http(struct server *s, struct visit *v, struct error *e)
{
	const struct http_service service = { .reply = &s->reply,
		.raw = s->config->reply_raw != NULL,
		.json = s->config->json,
		.notes = s->notes };

	return http_serve(v, &service, e);
}

int server_serve(struct client *c, struct worker *worker, struct error *e)
{
	struct server *s = c->server;
	struct visit *v = &c->visit;
	int rc;

	v->stream = stream_socket(
		c->fd, v->peer == c->text ? "tcp" : "unix", e);
	if (v->stream && s->tls)
		v->stream = s->tls->accept(s->tls_context, v->stream,
			visit_deadline(v, s->idle_ms), &s->log, e);
	if (!v->stream) {
		workers_let_go(worker);
		return -e->code;
	}
	if (s->t->endpoint.kind == ENDPOINT_HTTP)
		rc = serve_http(s, v, e);
	else if (s->reply.kind != REPLY_NONE)
		rc = reply_to(s, v, e);
	else
		rc = converse(s, v, e);
	workers_let_go(worker);
	stream_close(v->stream);
	log_line(&s->log,
		"%s has left: %" PRIu64 " bytes received, %" PRIu64 " sent",
		v->peer, v->place.received, v->place.sent);
	return rc;
}
