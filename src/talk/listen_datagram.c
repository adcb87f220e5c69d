#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/interrupt.h"
#include "net/udp.h"
#include "talk/listen.h"

#define SEND_MS 1000 /* that a full socket is waited for */

/* A receiver that is not fast enough loses what is over some 200 KiB, each
 * datagram counted with the memory that it takes; so there are pauses. */
#define BURST (48u << 10)
#define OVERHEAD 768
#define PAUSE_MS 1

struct exchange {
	struct talk *t;
	const struct listen_config *config;
	const struct listen_sockets *sockets;
	const struct reply *reply;
	struct log notes;
	int64_t deadline;
	uint64_t least, most; /* datagrams that are received */
	char *in;
	uint64_t received;
	int64_t active; /* clock_now(); when the last one came */

	/* Who sent last, or, of one client, first */
	bool has_peer;
	int fd; /* by which it came */
	struct listen_origin origin;
	char peer[ENDPOINT_PEER];
	struct transcript_place place;

	bool starved, source_ended; /* of t->source, where it is sent */
	size_t burst; /* bytes of it sent since the last pause */
};

static bool is_past(int64_t deadline)
{
	return deadline != DEADLINE_NONE && clock_now() >= deadline;
}

static bool has_reply(const struct exchange *x)
{
	return x->reply->kind != REPLY_NONE;
}

/* --- sending */

/* What one peer was not sent is of no account to the others: it is told of, and
 * 0. */
static int tolerate(const struct exchange *x, int error, const struct error *e)
{
	if (x->most == 1)
		return error;
	log_line(&x->notes, "%s: %s", x->peer, e->text);
	return 0;
}

/* Send to x->origin. */
static int send_one(struct exchange *x, struct str datagram, struct error *e)
{
	int64_t until = deadline_earlier(x->deadline, deadline_in(SEND_MS));
	struct pollfd room = { .fd = x->fd, .events = POLLOUT };
	int rc;

	do
		rc = listen_answer(x->fd, datagram, &x->origin, e);
	while (rc == -ERR_AGAIN && interrupt_poll(&room, 1, until) >= 0 &&
		!is_past(until));
	if (rc == -ERR_AGAIN)
		rc = error_set(e, ERR_SEND,
			"a datagram of %zu bytes could not be sent in time",
			datagram.n);
	if (rc == 0)
		return transcript_tell(x->t->transcript, &x->place,
			TRANSCRIPT_SENT, x->peer, datagram, e);
	return tolerate(x, rc, e);
}

static int answer_one(struct exchange *x, struct str datagram, struct error *e)
{
	struct answer a;
	int rc = answer_init(&a, x->reply, datagram, x->peer, e);

	if (rc == 0)
		rc = answer_gather(&a, SOURCE_DATAGRAM_MAX, e);
	rc = rc < 0 ? tolerate(x, rc, e) : send_one(x, a.bytes, e);
	answer_fini(&a);
	return rc;
}

/* What the source has for the peer: 1 when something was sent, else 0 or an
 * error. */
static int send_next(struct exchange *x, struct error *e)
{
	struct str datagram;
	int rc;

	if (has_reply(x) || !x->has_peer || x->source_ended || x->starved)
		return 0;
	rc = source_datagram(&x->t->source, x->t->lines, &datagram, e);
	x->starved = rc == -ERR_AGAIN;
	x->source_ended = rc == 0;
	if (rc <= 0)
		return x->starved ? 0 : rc;
	rc = send_one(x, datagram, e);
	x->burst += datagram.n + OVERHEAD;
	if (x->burst >= BURST) {
		x->burst = 0;
		interrupt_sleep(deadline_in(PAUSE_MS));
	}
	return rc < 0 ? rc : 1;
}

/* --- receiving */

/* Without a reply, one client is the first who sends. */
static bool is_welcome(
	const struct exchange *x, const struct listen_origin *origin, int fd)
{
	if (!x->has_peer || has_reply(x) || x->config->keep_open)
		return true;
	return fd == x->fd && origin->peer.n == x->origin.peer.n &&
		memcmp(&origin->peer.sa, &x->origin.peer.sa, origin->peer.n) ==
		0;
}

static void greet(
	struct exchange *x, const struct listen_origin *origin, int fd)
{
	char peer[ENDPOINT_PEER];

	endpoint_peer(&origin->peer, peer);
	if (!x->has_peer || strcmp(peer, x->peer) != 0)
		x->place = (struct transcript_place){ 0 };
	memcpy(x->peer, peer, sizeof(peer));
	x->has_peer = true;
	x->fd = fd;
	x->origin = *origin;
}

static void turn_away(
	const struct exchange *x, const struct listen_origin *origin)
{
	char peer[ENDPOINT_PEER];

	endpoint_peer(&origin->peer, peer);
	log_line(&x->notes,
		"%s: a datagram was left aside, for the one client is %s; "
		"--keep-open is for all",
		peer, x->peer);
}

/* Take in one datagram from `fd`: 1, 0 when there is none, or an error. */
static int receive(struct exchange *x, int fd, struct error *e)
{
	const struct receiver *r = &x->t->receiver;
	struct listen_origin origin;
	struct str datagram = { x->in, 0 };
	ssize_t n = listen_receive(fd, x->in, UDP_DATAGRAM_MAX, &origin, e);
	int rc;

	if (n < 0)
		return n == -ERR_AGAIN ? 0 : (int)n;
	if (!is_welcome(x, &origin, fd)) {
		turn_away(x, &origin);
		return 1;
	}
	datagram.n = (size_t)n;
	greet(x, &origin, fd);
	x->received++;
	x->active = clock_now();
	rc = transcript_tell(x->t->transcript, &x->place, TRANSCRIPT_RECEIVED,
		x->peer, datagram, e);
	if (rc == 0)
		rc = r->take(r->receiver, datagram, e);
	if (rc == 0 && has_reply(x))
		rc = answer_one(x, datagram, e);
	return rc < 0 ? rc : 1;
}

/* One from each socket. */
static int receive_some(struct exchange *x, struct error *e)
{
	int some = 0;

	for (size_t i = 0; i < x->sockets->n; i++) {
		int rc;

		if (x->received >= x->most)
			return some;
		rc = receive(x, x->sockets->fds[i], e);
		if (rc < 0)
			return rc;
		some |= rc;
	}
	return some;
}

/* --- both */

static bool is_over(const struct exchange *x)
{
	if (x->received < x->least)
		return false;
	if (has_reply(x) || x->source_ended)
		return true;
	if (!x->starved)
		return false;
	return x->config->keep_open ||
		(x->t->count > 0 && isatty(x->t->source.fd));
}

/* Nothing has come for --wait, or the time is over. 0 when that is an end like
 * any other. */
static int timed_out(const struct exchange *x, struct error *e)
{
	if (x->received && (x->received >= x->least || x->t->count < 0))
		return 0;
	if (x->received == 0)
		return error_set(e, ERR_TIMEOUT, "no datagram came in time");
	return error_set(e, ERR_TIMEOUT, "%llu of %llu datagrams came in time",
		(unsigned long long)x->received, (unsigned long long)x->least);
}

/* Returns 1 when it is to go on, else the end. */
static int wait_ready(struct exchange *x, struct error *e)
{
	struct pollfd fds[LIMIT_ADDRESSES + 1];
	size_t n = x->sockets->n;
	int64_t until = x->deadline;
	bool full = x->received >= x->most;
	int ready;

	for (size_t i = 0; i < n; i++)
		fds[i] = (struct pollfd){ x->sockets->fds[i], POLLIN, 0 };
	fds[n] = (struct pollfd){ x->t->source.fd, POLLIN, 0 };
	if (!x->starved)
		fds[n].fd = -1;
	if (x->t->wait_ms > 0 && !x->config->keep_open)
		until = deadline_earlier(
			until, x->active + x->t->wait_ms * 1000);
	/* Only the source is waited for. */
	for (size_t i = 0; full && i < n; i++)
		fds[i].fd = -1;
	ready = interrupt_poll(fds, n + 1, until);
	if (ready < 0)
		return interrupt_failed(e);
	if (ready > 0) {
		if (fds[n].revents)
			x->starved = false;
		return 1;
	}
	return is_past(until) ? timed_out(x, e) : 1;
}

static int run(struct exchange *x, struct error *e)
{
	for (;;) {
		int rc = 0, sent;

		if (is_past(x->deadline))
			return timed_out(x, e);
		if (interrupt_number())
			return interrupt_check(e);
		rc = receive_some(x, e);
		if (rc < 0)
			return rc;
		sent = send_next(x, e);
		if (sent < 0)
			return sent;
		if (is_over(x))
			return 0;
		if (rc || sent)
			continue;
		rc = wait_ready(x, e);
		if (rc <= 0)
			return rc;
	}
}

int listen_datagrams(struct talk *t, const struct listen_config *config,
	const struct listen_sockets *sockets, const struct reply *reply,
	int64_t deadline, struct error *e)
{
	struct exchange x = { .t = t,
		.config = config,
		.sockets = sockets,
		.reply = reply,
		.notes = { config->note, config->context },
		.deadline = deadline,
		.active = clock_now() };
	int rc;

	x.least = t->count > 0 ? (uint64_t)t->count : 1;
	x.most = x.least;
	if (t->count < 0 && config->keep_open)
		x.least = UINT64_MAX;
	if (t->count < 0 && (config->keep_open || !has_reply(&x)))
		x.most = UINT64_MAX;
	x.in = malloc(UDP_DATAGRAM_MAX);
	if (!x.in)
		return error_memory(e);
	rc = run(&x, e);
	free(x.in);
	return rc;
}
