#include "talk/conversation.h"

#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/interrupt.h"
#include "net/gone.h"
#include "net/move.h"
#include "net/send.h"

#define IN_SIZE (256u << 10)
#define OUT_SIZE (128u << 10)
#define LAST_WORD_MS \
	1000 /* for what the peer still says when it takes no more */
#define LOOK_MS 500 /* between two looks whether the peer is there */
#define FORGOTTEN_MS 30000 /* until when a system knows what it has closed */
#define BROKEN (POLLERR | POLLHUP)

/* What can go wrong with one direction does not show in the other, so each has
 * a state of its own: over, waiting for poll, or to be tried. */
struct hold {
	struct conversation *c;
	struct transcript_place place;
	bool ends_with_peer;
	int64_t start, active; /* clock_now(); when bytes last went or came */

	/* Receiving */
	struct mover *mover; /* to `target`; NULL: by way of `in` */
	int target;
	bool has_room; /* poll has said so of `target` */
	char *in;
	short read_wants; /* what reading waits for, 0: nothing */
	bool received_all;

	/* Sending */
	struct sender *sender; /* NULL: by way of `out` */
	char *out;
	size_t out_at, out_n; /* what was read from the source, not sent yet */
	short write_wants;
	bool starved; /* the source has nothing now */
	int64_t alone; /* clock_now() since when only the source has been waited
			* for, and the system asks after the peer; 0: not yet */
	bool delivered; /* the peer's system has all that was sent */
	bool source_ended;
	bool sent_all; /* or nothing more can be */
	size_t queued; /* by the system, when it was last looked at */

	struct error failure; /* of one direction, told when the other is over;
			       * code 0: none */
};

static unsigned long long count(uint64_t n)
{
	return (unsigned long long)n;
}

/* Receiving */

/* A descriptor that need not be shown the bytes, or -1. */
static int direct_target(const struct conversation *c)
{
	const struct receiver *r = c->receiver;

	if (c->transcript || !c->stream->plain || !r->direct)
		return -1;
	return r->direct(r->receiver);
}

/* While there is something to send, moving must not wait for a full pipe. */
static bool needs_room(const struct hold *h)
{
	return h->mover && !h->sent_all;
}

static bool can_receive(const struct hold *h)
{
	return !h->received_all && !h->read_wants &&
		(!needs_room(h) || h->has_room);
}

/* A reset is noticed by reading or by writing, whichever comes first; which one
 * it was must not decide on the error. A TLS peer that has closed without
 * saying so may still receive. */
static int receive_failed(struct hold *h, int result, struct error *e)
{
	struct conversation *c = h->c;
	struct error cause = *e;

	if (h->failure.code)
		return error_set(e, h->failure.code, "%s", h->failure.text);
	if (result != -ERR_RECV)
		return result;
	if (c->stream->plain && !h->sent_all)
		return error_set(e, ERR_SEND,
			"Sending broke off after %llu bytes: %s",
			count(c->sent), cause.text);
	error_add(e, " after %llu bytes were received", count(c->received));
	if (!c->stream->truncated || h->sent_all)
		return result;
	h->failure = *e;
	h->received_all = true;
	return 0;
}

static int take(struct hold *h, struct str bytes, struct error *e)
{
	struct conversation *c = h->c;
	int result = transcript_tell(c->transcript, &h->place,
		TRANSCRIPT_RECEIVED, c->peer, bytes, e);

	if (result < 0)
		return result;
	return c->receiver->take(c->receiver->receiver, bytes, e);
}

static int received(struct hold *h, ssize_t n, struct error *e)
{
	if (n == 0) {
		h->received_all = true;
		/* What the source has by now is still to be sent. */
		h->starved = false;
		return 0;
	}
	if (n < 0)
		return receive_failed(h, (int)n, e);
	h->c->received += (uint64_t)n;
	pulse_beat(h->c->pulse, (size_t)n);
	h->active = clock_now();
	return 0;
}

static int receive_direct(struct hold *h, struct error *e)
{
	ssize_t n = mover_move(h->mover, UINT64_MAX, h->c->deadline, e);

	h->has_room = false;
	if (n == -ERR_AGAIN) {
		h->read_wants = POLLIN;
		return 0;
	}
	if (n < 0 && mover_refused(h->mover)) {
		mover_free(h->mover);
		h->mover = NULL;
		return 0;
	}
	return received(h, n, e);
}

static int receive(struct hold *h, struct error *e)
{
	struct stream *s = h->c->stream;
	ssize_t n;
	int result;

	if (h->mover)
		return receive_direct(h, e);
	if (!h->in && !(h->in = malloc(IN_SIZE)))
		return error_memory(e);
	n = s->ops->read(s, h->in, IN_SIZE, e);
	if (n == STREAM_AGAIN) {
		h->read_wants = s->ops->wants(s);
		return 0;
	}
	/* A TLS peer that has sent nothing and closes without saying so, as
	 * some that only receive do, has cut nothing short. */
	if (n < 0 && s->truncated && h->c->received == 0)
		n = 0;
	result = received(h, n, e);
	if (result < 0 || n <= 0)
		return result;
	return take(h, (struct str){ h->in, (size_t)n }, e);
}

/* What came before the conversation began. */
static int receive_early(struct hold *h, struct error *e)
{
	struct str early = h->c->early;

	if (!early.n)
		return 0;
	h->c->received = early.n;
	return take(h, early, e);
}

/* Sending */

static bool can_send(const struct hold *h)
{
	return !h->sent_all && !h->write_wants && !h->starved;
}

/* The peer may have said why before it closed, so that is received first. */
static int send_failed(struct hold *h, int result, struct error *e)
{
	if (result != -ERR_SEND)
		return result;
	error_set(&h->failure, ERR_SEND,
		"Sending broke off after %llu bytes: %s", count(h->c->sent),
		e->text);
	h->sent_all = true;
	h->active = clock_now();
	return 0;
}

static void sent(struct hold *h, size_t n)
{
	h->c->sent += n;
	h->delivered = false;
	pulse_beat(h->c->pulse, n);
	h->active = clock_now();
}

static void free_sender(struct hold *h)
{
	sender_free(h->sender);
	h->sender = NULL;
}

static int send_direct(struct hold *h, struct error *e)
{
	ssize_t n = sender_move(h->sender, UINT64_MAX, e);

	if (n > 0) {
		sent(h, (size_t)n);
	} else if (n == 0) {
		h->source_ended = true;
		free_sender(h);
	} else if (n == -ERR_AGAIN) {
		h->starved = sender_starved(h->sender);
		h->write_wants = h->starved ? 0 : POLLOUT;
	} else if (n == -ERR_NOT_BUILT_IN || n == -ERR_READ) {
		/* The source can name what it cannot read. */
		free_sender(h);
	} else {
		return send_failed(h, (int)n, e);
	}
	return 0;
}

/* What became of the bytes is told by receiving, also when the stream cannot be
 * shut because the peer has closed it. */
static void finish_sending(struct hold *h, struct error *e)
{
	struct stream *s = h->c->stream;
	/* Many TLS peers take close_notify for the end of both directions, so
	 * who only receives says nothing before the peer does. */
	bool silent = !s->plain && h->c->sent == 0;

	if (!h->c->keep_sending_side && !silent &&
		s->ops->shut(s, e) == STREAM_AGAIN)
		h->write_wants = s->ops->wants(s);
	else
		h->sent_all = true;
}

static int fill(struct hold *h, struct error *e)
{
	ssize_t n;

	if (!h->out && !(h->out = malloc(OUT_SIZE)))
		return error_memory(e);
	n = source_read(h->c->source, h->out, OUT_SIZE, e);
	h->starved = n == -ERR_AGAIN;
	h->source_ended = n == 0;
	if (n < 0)
		return h->starved ? 0 : (int)n;
	h->out_at = 0;
	h->out_n = (size_t)n;
	return 0;
}

static int send_out(struct hold *h, struct error *e)
{
	struct conversation *c = h->c;
	struct stream *s = c->stream;
	struct iovec rest = { h->out + h->out_at, h->out_n };
	ssize_t n = s->ops->write(s, &rest, 1, e);
	struct str bytes = { rest.iov_base, n > 0 ? (size_t)n : 0 };

	if (n == STREAM_AGAIN) {
		h->write_wants = s->ops->wants(s);
		return 0;
	}
	if (n < 0)
		return send_failed(h, (int)n, e);
	h->out_at += bytes.n;
	h->out_n -= bytes.n;
	sent(h, bytes.n);
	return transcript_tell(
		c->transcript, &h->place, TRANSCRIPT_SENT, c->peer, bytes, e);
}

static int send_some(struct hold *h, struct error *e)
{
	int result = 0;

	if (h->sender)
		return send_direct(h, e);
	if (h->out_n == 0 && !h->source_ended)
		result = fill(h, e);
	if (result < 0 || h->starved)
		return result;
	if (h->out_n)
		return send_out(h, e);
	finish_sending(h, e);
	return 0;
}

/* Both */

static int timed_out(struct hold *h, struct error *e)
{
	return error_set(e, ERR_TIMEOUT,
		"The conversation timed out after %lld milliseconds with %llu "
		"bytes sent and %llu bytes received",
		(long long)(clock_now() - h->start) / 1000, count(h->c->sent),
		count(h->c->received));
}

/* Nothing has come for wait_ms, or as a last word. Returns 1, for that is an
 * end; but 0 while what the system holds is on its way to the peer, who cannot
 * have answered yet. */
static int gone_quiet(struct hold *h, struct error *e)
{
	size_t queued = send_queued(h->c->stream->fd);

	if (h->failure.code)
		return 1;
	if (queued && queued != h->queued) {
		h->queued = queued;
		h->active = clock_now();
		return 0;
	}
	if (h->c->received)
		return 1;
	return error_set(e, ERR_TIMEOUT,
		"Nothing was received within %lld milliseconds; %llu bytes "
		"were sent",
		(long long)h->c->wait_ms, count(h->c->sent));
}

/* When --wait ends it: while it is the peer's turn. A peer that could not be
 * sent to may never have heard of it. */
static int64_t quiet_deadline(const struct hold *h)
{
	bool idle = h->sent_all || h->starved;
	bool listening = h->received_all || h->read_wants;

	int64_t wait_ms = h->c->wait_ms;

	if (h->failure.code && h->sent_all &&
		(wait_ms <= 0 || wait_ms > LAST_WORD_MS))
		wait_ms = LAST_WORD_MS;
	if (wait_ms <= 0 || !idle || !listening)
		return DEADLINE_NONE;
	return h->active + wait_ms * 1000;
}

static bool is_past(int64_t deadline)
{
	return deadline != DEADLINE_NONE && clock_now() >= deadline;
}

/* Both directions have been closed by the peer while the source had nothing
 * now. Returns 1 or an error. */
static int peer_gone(struct hold *h, short events, struct error *e)
{
	/* A reset that comes so late says no more than that. */
	bool forgotten = h->delivered &&
		clock_now() - h->alone > (int64_t)FORGOTTEN_MS * 1000;

	if (!(events & POLLERR) || forgotten)
		return 1;
	return error_set(e, ERR_SEND,
		"Sending broke off after %llu bytes: the peer has reset the "
		"connection",
		count(h->c->sent));
}

/* Only the source is waited for, which may be for ever: is there anybody left
 * to send to? */
static bool is_lonely(struct hold *h)
{
	int fd = h->c->stream->fd;

	if (!h->received_all || !h->starved)
		return false;
	if (!h->alone) {
		gone_watch(fd);
		h->alone = clock_now();
	}
	h->delivered |= send_queued(fd) == 0;
	return true;
}

/* What poll found, in the order of the array of `wait_ready`. */
static int note_ready(
	struct hold *h, const struct pollfd ready[3], struct error *e)
{
	short events = ready[0].revents;

	if (events & POLLNVAL)
		return error_set(e, ERR_RECV, "The connection is not open");
	if (events & BROKEN && h->received_all && h->starved)
		return peer_gone(h, events, e);
	if (events & (h->read_wants | BROKEN))
		h->read_wants = 0;
	if (events & (h->write_wants | BROKEN))
		h->write_wants = 0;
	if (ready[1].revents)
		h->starved = false;
	if (ready[2].revents)
		h->has_room = true;
	return 0;
}

/* Ask for what is waited for; wait, when nothing can be done meanwhile. 0, 1
 * when this is the end, or an error. */
static int wait_ready(struct hold *h, struct error *e)
{
	bool busy = can_receive(h) || can_send(h);
	bool to_wait = needs_room(h) && !h->has_room && !h->received_all &&
		!h->read_wants;
	short events = (short)(h->read_wants | h->write_wants);
	/* A stream that nothing is wanted of would wake poll with its end again
	 * and again. */
	bool to_watch = events || h->received_all;
	struct pollfd fds[3] = {
		{ .fd = to_watch ? h->c->stream->fd : -1, .events = events },
		{ .fd = h->starved ? h->c->source->fd : -1, .events = POLLIN },
		{ .fd = to_wait ? h->target : -1, .events = POLLOUT },
	};
	int64_t quiet = quiet_deadline(h);
	int64_t until = deadline_earlier(h->c->deadline, quiet);
	bool lonely = is_lonely(h);
	int ready;

	if (is_past(h->c->deadline))
		return timed_out(h, e);
	if (interrupt_number())
		return interrupt_check(e);
	if (busy && !events && !h->starved && !to_wait)
		return 0;
	if (lonely)
		until = deadline_earlier(until, deadline_in(LOOK_MS));
	ready = interrupt_poll(fds, 3, busy ? 0 : until);
	if (ready < 0)
		return interrupt_failed(e);
	if (ready > 0)
		return note_ready(h, fds, e);
	if (lonely && gone_for_good(h->c->stream->fd))
		return 1;
	return !busy && is_past(quiet) ? gone_quiet(h, e) : 0;
}

static bool is_over(const struct hold *h)
{
	if (!h->received_all)
		return false;
	return h->sent_all || (h->starved && h->ends_with_peer);
}

static int run(struct hold *h, struct error *e)
{
	while (!is_over(h)) {
		int result = 0;

		if (can_receive(h))
			result = receive(h, e);
		if (result == 0 && can_send(h))
			result = send_some(h, e);
		if (result == 0 && !is_over(h))
			result = wait_ready(h, e);
		if (result < 0)
			return result;
		if (result)
			break;
	}
	if (h->failure.code)
		return error_set(e, h->failure.code, "%s", h->failure.text);
	return 0;
}

static struct sender *find_sender(const struct conversation *c)
{
	const struct source *s = c->source;

	if (c->transcript || !c->stream->plain || s->kind != SOURCE_FILE ||
		s->crlf)
		return NULL;
	return sender_new(s->fd, c->stream->fd);
}

int conversation_hold(struct conversation *c, struct error *e)
{
	struct hold h = { .c = c, .target = direct_target(c) };
	struct error own = { 0 };
	int result;

	c->sent = 0;
	c->received = 0;
	h.start = clock_now();
	h.active = h.start;
	h.ends_with_peer = c->ends_with_peer ||
		(c->source->kind == SOURCE_FILE && isatty(c->source->fd));
	h.sender = find_sender(c);
	if (h.target >= 0)
		h.mover = mover_new(c->stream->fd, h.target);
	result = receive_early(&h, e ? e : &own);
	if (result == 0)
		result = run(&h, e ? e : &own);
	mover_free(h.mover);
	sender_free(h.sender);
	free(h.in);
	free(h.out);
	return result;
}
