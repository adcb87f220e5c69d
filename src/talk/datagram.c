#include "talk/datagram.h"

#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/interrupt.h"
#include "net/udp.h"

#define WAIT_MS 1000
#define KEPT_MAX (1u << 20) /* sent, and to be sent again when refused */

/* A socket that is not read fast enough drops what is over some 200 KiB, and
 * each datagram counts for the memory that it takes there. So there is a pause
 * after each burst; from a peer that answers each one, until it has answered
 * those of the burst before. */
#define BURST (48u << 10)
#define OVERHEAD 768
#define PAUSE_MS 1
#define PATIENCE_MS 1000 /* then it does not answer each one */

struct exchange {
	struct talk *t;
	int64_t deadline;
	uint64_t wanted; /* replies */
	int64_t wait_ms;
	struct addresses addresses;
	size_t index; /* of the address that is sent to */
	struct error refusals; /* of the addresses, as one message */

	/* With one address */
	int fd;
	char peer[ENDPOINT_PEER];
	struct transcript_place place;
	int64_t active; /* clock_now(); when the last one went or came */
	size_t burst; /* bytes sent since the last pause */
	uint64_t burst_end; /* x->sent at the last pause */
	uint64_t pause_replies; /* the pause is over when so many have come, */
	int64_t pause_end; /* or then, clock_now() */
	bool patient; /* the peer may be one that answers each */
	size_t resent; /* bytes of `kept` that were */
	bool blocked; /* the socket takes nothing now */

	/* With all of them */
	char *in;
	struct buf kept; /* lengths and bytes of what was sent */
	struct str next; /* borrowed from the source or `kept` */
	bool has_next, starved, source_ended;
	uint64_t sent, received;
};

static bool is_past(int64_t deadline)
{
	return deadline != DEADLINE_NONE && clock_now() >= deadline;
}

static unsigned long long count(uint64_t n)
{
	return (unsigned long long)n;
}

/* Receiving */

/* 1 when one has come, 0 when there is none, or an error. */
static int receive(struct exchange *x, struct error *e)
{
	const struct receiver *r = &x->t->receiver;
	ssize_t n = udp_receive(x->fd, x->in, UDP_DATAGRAM_MAX, e);
	struct str reply = { x->in, n > 0 ? (size_t)n : 0 };
	int result;

	if (n < 0)
		return n == -ERR_AGAIN ? 0 : (int)n;
	x->received++;
	x->active = clock_now();
	result = transcript_tell(x->t->transcript, &x->place,
		TRANSCRIPT_RECEIVED, x->peer, reply, e);
	if (result == 0)
		result = r->take(r->receiver, reply, e);
	return result < 0 ? result : 1;
}

/* Sending */

static bool may_be_resent(const struct exchange *x)
{
	return x->received == 0 && x->index + 1 < x->addresses.n;
}

static void keep(struct exchange *x, struct str datagram)
{
	if (!may_be_resent(x)) {
		buf_fini(&x->kept);
		return;
	}
	buf_add(&x->kept, &datagram.n, sizeof(datagram.n));
	buf_add_str(&x->kept, datagram);
	x->resent = x->kept.n;
}

static struct str kept_at(const struct exchange *x, size_t at)
{
	struct str datagram = { x->kept.p + at + sizeof(size_t), 0 };

	memcpy(&datagram.n, x->kept.p + at, sizeof(size_t));
	return datagram;
}

/* Set x->next, unless the source has none now. */
static int find_next(struct exchange *x, struct error *e)
{
	int result;

	if (x->resent < x->kept.n) {
		x->next = kept_at(x, x->resent);
		x->resent += sizeof(size_t) + x->next.n;
		x->has_next = true;
		return 0;
	}
	result = source_datagram(&x->t->source, x->t->lines, &x->next, e);
	x->has_next = result == 1;
	x->source_ended = result == 0;
	x->starved = result == -ERR_AGAIN;
	if (x->has_next)
		keep(x, x->next);
	return result < 0 && !x->starved ? result : 0;
}

static int send_next(struct exchange *x, struct error *e)
{
	int result = 0;

	if (!x->has_next)
		result = find_next(x, e);
	if (result < 0 || !x->has_next)
		return result;
	result = udp_send(x->fd, x->next, e);
	x->blocked = result == -ERR_AGAIN;
	if (result < 0)
		return x->blocked ? 0 : result;
	x->has_next = false;
	x->sent++;
	x->burst += x->next.n + OVERHEAD;
	x->active = clock_now();
	return transcript_tell(x->t->transcript, &x->place, TRANSCRIPT_SENT,
		x->peer, x->next, e);
}

/* Both */

/* No reply is waited for longer than the user would. */
static int64_t patience_ms(const struct exchange *x)
{
	if (!x->patient)
		return PAUSE_MS;
	return x->wait_ms > 0 && x->wait_ms < PATIENCE_MS ? x->wait_ms
							  : PATIENCE_MS;
}

static bool is_pausing(struct exchange *x)
{
	if (x->pause_end == 0)
		return false;
	if (x->received < x->pause_replies) {
		if (!is_past(x->pause_end))
			return true;
		x->patient = false;
	}
	x->pause_end = 0;
	return false;
}

static void pause_after_burst(struct exchange *x)
{
	if (x->burst < BURST)
		return;
	x->pause_replies = x->patient && x->burst_end ? x->burst_end
						      : x->received + 1;
	x->pause_end = clock_now() + patience_ms(x) * 1000;
	x->burst = 0;
	x->burst_end = x->sent;
}

static bool can_send(struct exchange *x)
{
	return !is_pausing(x) && !x->source_ended && !x->starved && !x->blocked;
}

static int timed_out(const struct exchange *x, struct error *e)
{
	return error_set(e, ERR_TIMEOUT,
		"The time was over after %llu datagrams sent to %s and %llu "
		"received",
		count(x->sent), x->peer, count(x->received));
}

static int no_reply(const struct exchange *x, struct error *e)
{
	const char *nothing = x->sent ? "" : "; nothing was sent";

	if (x->received == 0)
		return error_set(e, ERR_TIMEOUT,
			"no reply from %s within %lld ms%s", x->peer,
			(long long)x->wait_ms, nothing);
	return error_set(e, ERR_TIMEOUT,
		"got %llu of %llu replies from %s; no other came within %lld "
		"ms",
		count(x->received), count(x->wanted), x->peer,
		(long long)x->wait_ms);
}

static int wait_ready(struct exchange *x, struct error *e)
{
	struct pollfd fds[2] = {
		{ .fd = x->fd, .events = x->wanted ? POLLIN : 0 },
		{ .fd = x->starved ? x->t->source.fd : -1, .events = POLLIN },
	};
	int64_t until = x->deadline;
	bool last = x->source_ended && x->wait_ms > 0;
	int ready;

	if (x->blocked)
		fds[0].events |= POLLOUT;
	if (last)
		until = deadline_earlier(until, x->active + x->wait_ms * 1000);
	else if (x->pause_end)
		until = deadline_earlier(until, x->pause_end);
	ready = interrupt_poll(fds, 2, until);
	if (ready < 0)
		return interrupt_failed(e);
	if (ready > 0) {
		if (fds[0].revents & POLLOUT)
			x->blocked = false;
		if (fds[1].revents)
			x->starved = false;
		/* Nobody receives, which would tell of it. */
		if (fds[0].revents & POLLERR && !x->wanted)
			return udp_check(x->fd, e);
		return 0;
	}
	if (is_past(x->deadline))
		return timed_out(x, e);
	return last && is_past(until) ? no_reply(x, e) : 0;
}

/* With the address that x->fd is connected to, until all is sent and as many
 * replies have come as are due. */
static int run(struct exchange *x, struct error *e)
{
	for (;;) {
		int result = 0;

		if (is_past(x->deadline))
			return timed_out(x, e);
		if (interrupt_number())
			return interrupt_check(e);
		if (x->wanted)
			result = receive(x, e);
		if (result == 0 && can_send(x)) {
			result = send_next(x, e);
			pause_after_burst(x);
		}
		if (result < 0)
			return result;
		if (x->source_ended && x->received >= x->wanted)
			return x->wanted ? 0 : udp_check(x->fd, e);
		if (result == 0 && !can_send(x))
			result = wait_ready(x, e);
		if (result < 0)
			return result;
	}
}

static int refused(struct exchange *x, struct error *e)
{
	struct error *all = &x->refusals;

	if (!all->code)
		error_set(all, ERR_CONNECT,
			"Failed to reach %s over UDP: ", x->t->endpoint.host);
	else
		error_add(all, ", ");
	error_add(all, "%s %s", x->peer, e->text);
	if (x->received)
		error_add(all, " after %llu replies", count(x->received));
	log_line(&x->t->log, "%s: %s", x->peer, e->text);
	return error_set(e, ERR_CONNECT, "%s", all->text);
}

static int try_address(struct exchange *x, struct error *e)
{
	int result;

	endpoint_peer(&x->addresses.items[x->index], x->peer);
	log_line(&x->t->log, "Sending datagrams to %s", x->peer);
	x->fd = udp_open(&x->addresses.items[x->index], &x->t->net, e);
	if (x->fd < 0)
		return x->fd == -ERR_CONNECT ? refused(x, e) : x->fd;
	x->place = (struct transcript_place){ 0 };
	x->active = clock_now();
	x->burst = 0;
	x->burst_end = 0;
	x->pause_end = 0;
	x->patient = x->wanted > 0;
	x->resent = 0;
	x->sent = 0;
	x->blocked = false;
	x->has_next = false;
	x->source_ended = false;
	result = run(x, e);
	close(x->fd);
	return result == -ERR_CONNECT ? refused(x, e) : result;
}

static int try_all(struct exchange *x, struct error *e)
{
	for (;;) {
		int result = try_address(x, e);
		bool failed = result == -ERR_CONNECT ||
			result == -ERR_INTERFACE;

		if (!failed || !may_be_resent(x) || x->kept.failed)
			return result;
		x->index++;
	}
}

int datagram_client(struct talk *t, int64_t deadline, struct error *e)
{
	/* Who has nothing to send is owed no reply. */
	uint64_t due = t->source.kind != SOURCE_NONE;
	struct exchange x = { .t = t,
		.deadline = deadline,
		.wanted = t->count < 0 ? due : (uint64_t)t->count,
		.wait_ms = t->wait_ms < 0 ? WAIT_MS : t->wait_ms };
	struct error own = { 0 };
	int result;

	if (!e)
		e = &own;
	if (t->net.socket)
		return error_set(e, ERR_USAGE,
			"option --unix-socket: it is for streams, not for "
			"datagrams");
	result = dial_addresses(&x.addresses, &t->net, t->endpoint.host,
		t->endpoint.port,
		deadline_earlier(
			deadline, deadline_in(t->net.connect_timeout_ms)),
		e);
	if (result < 0)
		return result;
	x.in = malloc(UDP_DATAGRAM_MAX);
	if (!x.in)
		return error_memory(e);
	buf_init(&x.kept, KEPT_MAX);
	result = try_all(&x, e);
	buf_fini(&x.kept);
	free(x.in);
	return result;
}
