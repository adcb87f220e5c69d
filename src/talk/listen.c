#include "talk/listen.h"

#include <inttypes.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/interrupt.h"
#include "talk/server.h"

#define IDLE_MS 30000 /* --wait, where there must be one */
#define WAKE_MS 100 /* between calls for clients to end */
#define RETRY_MS 100 /* while descriptors or threads are out */
#define STACK ((size_t)128 << 10)
#define TLS_STACK ((size_t)256 << 10)
#define URL_MAX 1024

struct listener {
	struct talk *t;
	const struct listen_config *config;
	struct server server; /* what its clients need */
	struct listen_sockets sockets;
	struct workers workers;
	uint64_t limit, accepted; /* clients */
};

static bool is_past(int64_t deadline)
{
	return deadline != DEADLINE_NONE && clock_now() >= deadline;
}

/* As the job of a thread. */
static void serve_apart(struct worker *worker, void *job)
{
	struct client *c = job;
	struct server *s = c->server;
	struct error e = { 0 };
	int rc = server_serve(c, worker, &e);

	/* Browsers connect in advance; and what ends all is told once. */
	if (workers_dismissed(worker))
		log_line(&s->notes, "%s: had to leave for another client",
			c->visit.peer);
	else if (rc < 0 && rc != -ERR_EMPTY_REPLY && !interrupt_is(rc) &&
		!server_has_failed(s))
		log_line(&s->notes, "%s: %s", c->visit.peer, e.text);
	free(c);
}

/* --- taking clients in */

/* Take in who waits at `fd`: the client, or NULL with the error. */
static struct client *accept_client(struct listener *l, int fd, struct error *e)
{
	struct client *c = calloc(1, sizeof(*c));
	struct server *s = &l->server;
	struct address peer;

	if (!c) {
		error_memory(e);
		return NULL;
	}
	c->server = s;
	c->fd = listen_accept(fd, &peer, e);
	if (c->fd < 0) {
		e->code = -c->fd;
		free(c);
		return NULL;
	}
	c->visit = (struct visit){ .peer = l->t->endpoint.path,
		.receiver = s->many ? &s->receiver : &l->t->receiver,
		.transcript = l->t->transcript,
		.idle_ms = s->idle_ms,
		.speed = s->speed,
		.pulse = &c->pulse,
		.kept = &s->kept,
		.deadline = s->deadline };
	if (peer.n) {
		endpoint_peer(&peer, c->text);
		c->visit.peer = c->text;
	}
	pulse_begin(&c->pulse);
	l->accepted++;
	log_line(&s->log, "%s has connected", c->visit.peer);
	return c;
}

static void drop_client(struct client *c)
{
	close(c->fd);
	free(c);
}

static int nobody_came(const struct listener *l, int64_t since, struct error *e)
{
	long long ms = (long long)(clock_now() - since) / 1000;

	if (l->accepted == 0)
		return error_set(e, ERR_TIMEOUT,
			"nobody connected within %lld milliseconds", ms);
	return error_set(e, ERR_TIMEOUT,
		"%" PRIu64 " of %" PRIu64
		" clients connected; no other came within %lld milliseconds",
		l->accepted, l->limit, ms);
}

/* Fill `fds` with the sockets. */
static size_t list_sockets(const struct listener *l, struct pollfd *fds)
{
	for (size_t i = 0; i < l->sockets.n; i++)
		fds[i] = (struct pollfd){ l->sockets.fds[i], POLLIN, 0 };
	return l->sockets.n;
}

/* Until when the next client is waited for: --wait counts from when the last
 * one left, unless it is kept open. */
static int64_t patience(const struct listener *l, int64_t idle_since)
{
	int64_t deadline = l->server.deadline;

	if (l->t->wait_ms <= 0 || l->config->keep_open || l->workers.running)
		return deadline;
	return deadline_earlier(deadline, idle_since + l->t->wait_ms * 1000);
}

/* Wait for the one client there will be. */
static int take_one(struct listener *l, struct client **c, struct error *e)
{
	struct pollfd fds[LIMIT_ADDRESSES];
	int64_t start = clock_now();
	int64_t until = patience(l, start);
	nfds_t n = list_sockets(l, fds);

	for (;;) {
		int ready = interrupt_poll(fds, n, until);

		if (ready < 0)
			return interrupt_failed(e);
		for (size_t i = 0; ready > 0 && i < n; i++) {
			if (!fds[i].revents)
				continue;
			*c = accept_client(l, fds[i].fd, e);
			if (*c)
				return 0;
			if (e->code != ERR_AGAIN)
				return -e->code;
		}
		if (is_past(until))
			return nobody_came(l, start, e);
	}
}

static int serve_one(struct listener *l, struct error *e)
{
	struct client *c = NULL;
	int rc = take_one(l, &c, e);

	if (rc < 0)
		return rc;
	listen_close(&l->sockets);
	rc = server_serve(c, NULL, e);
	free(c);
	return rc;
}

/* --- many clients */

/* No other client can be taken in, and one waits: wait for a place, whose
 * client may have to leave. */
static void make_room(struct listener *l, int64_t until)
{
	struct pollfd ended = { l->workers.ended[0], POLLIN, 0 };
	int64_t due = workers_dismiss(&l->workers);

	if (due)
		until = deadline_earlier(until, due);
	interrupt_poll(&ended, 1, until);
	workers_reap(&l->workers);
}

static int start_thread(struct listener *l, struct client *c, struct error *e)
{
	const struct work work = { .run = serve_apart,
		.job = c,
		.fd = c->fd,
		.pulse = &c->pulse,
		.stack = l->server.tls ? TLS_STACK : STACK };
	int rc = workers_start(&l->workers, &work, e);

	while (rc < 0 && l->workers.running && !interrupt_number() &&
		!is_past(l->server.deadline)) {
		make_room(l,
			deadline_earlier(
				l->server.deadline, deadline_in(RETRY_MS)));
		rc = workers_start(&l->workers, &work, e);
	}
	return rc;
}

/* Take in one who waits at `fd`. 1 when that cannot be done for now, else 0 or
 * an error. */
static int start_one(struct listener *l, int fd, struct error *e)
{
	struct client *c = accept_client(l, fd, e);
	int rc;

	/* What goes to standard output has it from the first byte to the end,
	 * and this thread is the one to give it back. */
	if (c && l->accepted == 1 && l->t->receiver.direct)
		l->t->receiver.direct(l->t->receiver.receiver);
	if (!c)
		rc = e->code == ERR_AGAIN ? 0 : -e->code;
	else
		rc = start_thread(l, c, e);
	if (rc < 0 && c) {
		log_line(&l->server.notes, "%s: %s", c->visit.peer, e->text);
		drop_client(c);
	}
	return rc == -ERR_TOO_MANY || rc == -ERR_OUT_OF_MEMORY ? 1 : rc;
}

/* A client comes, or the others leave a place. 1 when there is no way to take
 * one in for now. */
static int wait_and_start(struct listener *l, int64_t until, struct error *e)
{
	struct pollfd fds[LIMIT_ADDRESSES + 1];
	size_t n = list_sockets(l, fds);
	bool full = l->workers.running >= LIMIT_CLIENTS;
	int ready, rc = 0;

	fds[n] = (struct pollfd){ l->workers.ended[0], POLLIN, 0 };
	ready = interrupt_poll(fds, n + 1, until);
	if (ready <= 0)
		return ready < 0 ? interrupt_failed(e) : 0;
	if (fds[n].revents)
		return 0;
	if (full)
		make_room(l, until);
	for (size_t i = 0; !full && rc == 0 && i < n && l->accepted < l->limit;
		i++)
		if (fds[i].revents)
			rc = start_one(l, fds[i].fd, e);
	return rc;
}

static int accept_many(struct listener *l, struct error *e)
{
	int64_t idle_since = clock_now();
	bool told = false; /* that no client can be taken in */

	while (l->accepted < l->limit && !server_has_failed(&l->server)) {
		int64_t until;
		int rc;

		if (l->workers.running)
			idle_since = clock_now();
		workers_reap(&l->workers);
		until = patience(l, idle_since);
		if (is_past(until))
			return l->accepted && l->config->keep_open &&
					l->limit == UINT64_MAX
				? 0
				: nobody_came(l, idle_since, e);
		rc = wait_and_start(l, until, e);
		if (rc < 0)
			return rc;
		if (rc > 0 && !told)
			log_line(&l->server.notes, "%s; waiting", e->text);
		told |= rc > 0;
		if (rc > 0)
			make_room(l,
				deadline_earlier(until, deadline_in(RETRY_MS)));
	}
	return 0;
}

static int serve_many(struct listener *l, struct error *e)
{
	struct server *s = &l->server;
	struct pollfd ended = { .events = POLLIN };
	int rc = workers_init(&l->workers, e);

	if (rc < 0)
		return rc;
	ended.fd = l->workers.ended[0];
	rc = accept_many(l, e);
	listen_close(&l->sockets);
	for (;;) {
		/* What ends them all but their own ends. */
		if (server_has_failed(s) || (rc < 0 && rc != -ERR_TIMEOUT))
			workers_interrupt(&l->workers);
		workers_reap(&l->workers);
		if (l->workers.running == 0)
			break;
		if (interrupt_poll(&ended, 1, DEADLINE_NONE) < 0) {
			rc = interrupt_failed(e);
			poll(&ended, 1, WAKE_MS);
		}
	}
	workers_fini(&l->workers);
	if (s->failure.code)
		return error_set(e, s->failure.code, "%s", s->failure.text);
	return rc;
}

/* --- beginning */

static int open_sockets(struct listener *l, struct error *e)
{
	const struct endpoint *p = &l->t->endpoint;
	int family = l->t->net.family;

	switch (p->kind) {
	case ENDPOINT_UNIX:
		return listen_unix(&l->sockets, p->path, e);
	case ENDPOINT_UDP:
		return listen_udp(&l->sockets, p->host, p->port, family,
			l->server.deadline, e);
	default:
		return listen_tcp(&l->sockets, p->host, p->port, family,
			l->server.deadline, e);
	}
}

static int find_reply(struct listener *l, struct error *e)
{
	const struct listen_config *config = l->config;
	const char *file = config->reply_raw ? config->reply_raw
					     : config->reply_file;
	struct server *s = &l->server;

	reply_init(&s->reply);
	if (file)
		return reply_file(&s->reply, file, s->deadline, e);
	if (config->has_reply)
		reply_text(&s->reply, config->reply);
	return 0;
}

static int find_tls(struct listener *l, struct error *e)
{
	const struct listen_config *config = l->config;
	struct server *s = &l->server;

	if (l->t->endpoint.kind != ENDPOINT_TLS)
		return 0;
	s->tls = tls_load(e);
	if (!s->tls)
		return -e->code;
	s->tls_context = s->tls->server_context_new(
		config->cert, config->key, config->client_ca, e);
	return s->tls_context ? 0 : -e->code;
}

/* Tell who has to know which URL it is now. */
static int tell_ready(struct listener *l, struct error *e)
{
	static const char *const schemes[] = {
		[ENDPOINT_TCP] = "tcp",
		[ENDPOINT_TLS] = "tls",
		[ENDPOINT_UDP] = "udp",
		[ENDPOINT_UNIX] = "unix",
		[ENDPOINT_HTTP] = "http",
	};
	const struct endpoint *p = &l->t->endpoint;
	struct str host = str_of(p->host), zone = { 0 };
	bool six = str_find(host, ':') >= 0;
	struct buf url;
	int rc;

	if (!l->config->ready)
		return 0;
	buf_init(&url, URL_MAX);
	buf_printf(&url, "%s://", schemes[p->kind]);
	if (p->kind == ENDPOINT_UNIX) {
		buf_add_text(&url, p->path);
	} else {
		str_cut(host, '%', &host, &zone);
		buf_printf(&url, "%s%.*s%s%.*s%s:%u", six ? "[" : "",
			STR_FMT(host), zone.n ? "%25" : "", STR_FMT(zone),
			six ? "]" : "", l->sockets.port);
	}
	rc = buf_check(&url, "URL", e);
	if (rc == 0)
		l->config->ready(l->config->context, buf_text(&url));
	buf_fini(&url);
	return rc;
}

static int begin(struct listener *l, struct error *e)
{
	int rc = find_reply(l, e);

	if (rc == 0)
		rc = find_tls(l, e);
	if (rc == 0)
		rc = open_sockets(l, e);
	if (rc == 0)
		rc = tell_ready(l, e);
	return rc;
}

static uint64_t client_limit(
	const struct talk *t, const struct listen_config *config)
{
	if (t->count > 0)
		return (uint64_t)t->count;
	return config->keep_open ? UINT64_MAX : 1;
}

int talk_listen(
	struct talk *t, const struct listen_config *config, struct error *e)
{
	struct listener l = { .t = t,
		.config = config,
		.limit = client_limit(t, config),
		.server = { .t = t,
			.config = config,
			.deadline = deadline_in(t->max_time_ms),
			.idle_ms = t->wait_ms > 0 ? t->wait_ms : IDLE_MS,
			.speed = t->speed < 0 ? LIMIT_CLIENT_SPEED
					      : t->speed } };
	struct server *s = &l.server;
	struct error own = { 0 };
	int rc;

	if (!e)
		e = &own;
	if (t->count == 0)
		return error_set(e, ERR_USAGE,
			"a listener for no client at all: --count must be 1 "
			"or more");
	s->many = l.limit > 1;
	server_init(s);
	rc = begin(&l, e);
	if (rc == 0 && t->endpoint.kind == ENDPOINT_UDP)
		rc = listen_datagrams(
			t, config, &l.sockets, &s->reply, s->deadline, e);
	else if (rc == 0)
		rc = s->many ? serve_many(&l, e) : serve_one(&l, e);
	listen_close(&l.sockets);
	if (s->tls)
		s->tls->context_free(s->tls_context);
	reply_fini(&s->reply);
	server_fini(s);
	if (rc == 0)
		*e = (struct error){ 0 };
	return rc;
}
