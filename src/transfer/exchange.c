#include "transfer/exchange.h"

#include <errno.h>

#include "base/clock.h"
#include "base/interrupt.h"
#include "http/review.h"

/* What a peer has to say after a request could not be sent to it is there, or
 * on its way. */
enum { LAST_WORD_MS = 1000 };

void exchange_init(struct exchange *x)
{
	*x = (struct exchange){ 0 };
	head_init(&x->head);
}

void exchange_fini(struct exchange *x)
{
	head_fini(&x->head);
	buf_fini(&x->next);
}

/* --- findings */

bool exchange_reviews(const struct exchange *x)
{
	return x->strict || (x->observer && x->observer->ops->finding);
}

static void tell_findings(struct exchange *x)
{
	for (; x->told < x->found.n; x->told++)
		OBSERVE(x->observer, finding, &x->found.items[x->told]);
}

/* With what has failed so far behind it, which tells more. */
static int refuse(const struct finding *f, int error, struct error *e)
{
	const struct error before = *e;
	struct buf text;

	buf_init(&text, LIMIT_ERROR_TEXT);
	finding_print(&text, f);
	error_set(e, ERR_WEIRD_REPLY, "the response breaks the rule %s at %s",
		finding_rule(f->id)->name,
		buf_text(&text) ? buf_text(&text) : finding_rule(f->id)->what);
	buf_fini(&text);
	if (error < 0)
		error_add(e, "; %s", before.text);
	return -ERR_WEIRD_REPLY;
}

int exchange_judge(struct exchange *x, int error, struct error *e)
{
	tell_findings(x);
	if (x->strict && x->found.broken)
		return refuse(&x->found.first_error, error, e);
	return error;
}

/* --- the request */

static void note_sent(struct exchange *x)
{
	x->facts->request_sent = x->requests_before + x->out.head_sent;
	x->facts->sent = x->out.body_sent;
	x->hop->head_out = x->out.head_sent;
	x->hop->body_out = x->out.body_sent;
	OBSERVE(x->observer, progress, x->facts);
}

static void stop_sending(struct exchange *x)
{
	x->pending = false;
	x->hop->sent = clock_now();
	x->facts->times.post_transfer = x->hop->sent - x->started;
}

/* Up to the next cut of a raw request. */
static void begin_piece(struct exchange *x)
{
	const struct raw_request *raw = x->raw;

	x->pause_end = 0;
	x->out.head_stop = x->cut < raw->n_splits ? raw->splits[x->cut++]
						  : UINT64_MAX;
}

/* sending_step, and with a raw request the pieces whose time has come. */
static int step(struct exchange *x, struct error *e)
{
	for (;;) {
		int state = sending_step(&x->out, e);

		if (state != SENDING_CUT)
			return state;
		if (x->raw->delay_ms && x->pause_end == 0)
			x->pause_end = deadline_in(x->raw->delay_ms);
		if (x->pause_end && clock_now() < x->pause_end)
			return state;
		begin_piece(x);
	}
}

/* Send what the peer takes now. Returns an enum sending_state; a failure to
 * send is kept in send_error and ends it, as what the peer has sent before that
 * may be worth reading. */
static int send_more(struct exchange *x, struct error *e)
{
	struct pace_rate *rate = x->pace ? &x->pace->out : NULL;
	int64_t now = rate ? clock_now() : 0;
	uint64_t allowed = rate ? pace_allow(rate, now) : UINT64_MAX;
	int state;

	x->out.budget = allowed;
	state = step(x, e);
	if (rate)
		pace_spend(rate, allowed - x->out.budget, now);
	note_sent(x);
	if (state == -ERR_READ || state == -ERR_OUT_OF_MEMORY)
		return state;
	if (state < 0) {
		x->send_error = *e;
		x->last_word = deadline_in(LAST_WORD_MS);
		state = SENDING_DONE;
	} else if (state == SENDING_DONE && x->observer)
		log_line(&x->observer->log, "Request completely sent off");
	if (state == SENDING_DONE)
		stop_sending(x);
	return state;
}

static int begin_sending(struct exchange *x, struct error *e)
{
	int state;

	x->pending = true;
	x->requests_before = x->facts->request_sent;
	x->hop->ready = clock_now();
	x->facts->times.pre_transfer = x->hop->ready - x->started;
	state = send_more(x, e);
	return state < 0 ? state : 0;
}

int exchange_send(
	struct exchange *x, const struct exchange_plan *plan, struct error *e)
{
	sending_init(&x->out, x->connection->stream, plan->head, plan->body);
	x->out.observer = x->observer;
	x->out.chunked = plan->chunked;
	x->out.held = plan->expect_ms > 0;
	x->expect_deadline = deadline_in(plan->expect_ms);
	x->facts->to_send = plan->body ? plan->body->length : 0;
	OBSERVE(x->observer, head_out, plan->head);
	return begin_sending(x, e);
}

int exchange_send_raw(
	struct exchange *x, const struct raw_request *raw, struct error *e)
{
	sending_init(&x->out, x->connection->stream, raw->bytes, NULL);
	x->expect_deadline = DEADLINE_NONE;
	x->raw = raw;
	begin_piece(x);
	return begin_sending(x, e);
}

void exchange_next(struct exchange *x)
{
	struct connection *c = x->connection;

	connection_compact(c);
	if (x->next.n) { /* all that was in `in` had been read before it */
		buf_fini(&c->in);
		c->in = x->next;
		x->next = (struct buf){ 0 };
	}
	head_fini(&x->head);
	head_init(&x->head);
	x->framing = (struct framing){ 0 };
	x->read = false;
	findings_clear(&x->found);
	x->found.base = 0;
	x->told = 0;
	x->size = 0;
	x->answered = connection_unread(c).n > 0;
}

/* Whether reading has to wait for its turn. */
static bool is_paced(const struct exchange *x)
{
	return x->pace && x->in_body && clock_now() < x->pace->in.due;
}

/* When to look again at what the pace says. */
static int64_t pace_deadline(const struct exchange *x, int state, bool paced)
{
	const struct pace *pace = x->pace;
	int64_t deadline = DEADLINE_NONE;

	if (!pace)
		return deadline;
	deadline = pace_next_look(pace);
	if (paced)
		deadline = deadline_earlier(deadline, pace->in.due);
	if (state == SENDING_PACED)
		deadline = deadline_earlier(deadline, pace->out.due);
	return deadline;
}

/* Of a peer that could not be told all, an answer is not waited for long. */
static int64_t answer_deadline(const struct exchange *x)
{
	if (x->answered || !x->send_error.code)
		return x->deadline;
	return deadline_earlier(x->deadline, x->last_word);
}

/* What reading waits for. What a plain stream wants may be left over from
 * sending that has ended meanwhile, and reading it never wants anything else.
 */
static short read_events(const struct exchange *x, int state)
{
	const struct stream *s = x->connection->stream;

	if (x->read && (s->plain || state != SENDING_BLOCKED))
		return 0;
	if (x->read)
		return s->ops->wants(s);
	return (short)(s->plain ? POLLIN : POLLIN | s->ops->wants(s));
}

/* Wait for what comes, what goes out, and what is to go out. */
static int wait_both(struct exchange *x, int state, struct error *e)
{
	struct stream *s = x->connection->stream;
	struct pollfd fds[2] = { { s->fd, 0, 0 }, { -1, POLLIN, 0 } };
	bool paced = is_paced(x);
	int64_t pace = pace_deadline(x, state, paced);
	int64_t end = answer_deadline(x);
	int64_t deadline = deadline_earlier(end, pace);
	int ready;

	if (s->fd < 0 && state == SENDING_BLOCKED)
		return 0; /* see stream_ops.idle */
	if (s->fd < 0 && state == SENDING_DONE && !paced)
		return s->ops->idle(s, e);
	if (!paced)
		fds[0].events = read_events(x, state);
	if (state == SENDING_BLOCKED)
		fds[0].events |= POLLOUT;
	else if (state == SENDING_STARVED)
		fds[1].fd = x->out.body->fd;
	else if (state == SENDING_HELD)
		deadline = deadline_earlier(deadline, x->expect_deadline);
	else if (state == SENDING_CUT)
		deadline = deadline_earlier(deadline, x->pause_end);
	if (fds[0].events == 0 && !x->read)
		fds[0].fd = -1; /* a hangup is for its turn too */
	ready = interrupt_poll(fds, 2, deadline);
	if (ready < 0)
		return interrupt_failed(e);
	if (ready > 0 && x->read && fds[0].revents & (POLLERR | POLLHUP))
		return error_set(e, ERR_SEND, "the peer has gone");
	if (ready > 0)
		return 0;
	if (deadline == end)
		return error_set(e, ERR_TIMEOUT, "the request was not taken");
	if (state == SENDING_HELD && deadline == x->expect_deadline)
		x->out.held = false;
	return 0;
}

int exchange_wait(struct exchange *x, struct error *e)
{
	int state = SENDING_DONE;

	if (!x->pending && !x->pace)
		return stream_wait(
			x->connection->stream, 0, answer_deadline(x), e);
	if (x->pending) {
		state = send_more(x, e);
		if (state < 0 || state == SENDING_DONE)
			return state < 0 ? state : 0;
	}
	return wait_both(x, state, e);
}

static int too_slow(const struct pace *pace, struct error *e)
{
	return error_set(e, ERR_TIMEOUT,
		"Operation too slow. Less than %llu bytes/sec transferred the "
		"last %lld seconds",
		(unsigned long long)pace->min_speed,
		(long long)(pace->min_speed_us / 1000000));
}

int exchange_allow(struct exchange *x, uint64_t *n, struct error *e)
{
	int64_t now;

	*n = UINT64_MAX;
	if (interrupt_number())
		return interrupt_check(e);
	if (!x->pace && x->deadline == DEADLINE_NONE)
		return 0;
	now = clock_now();
	/* Also when there is always something to read. */
	if (now >= x->deadline)
		return error_set(e, ERR_TIMEOUT, "the time is over");
	if (!x->pace)
		return 0;
	if (pace_look(x->pace, x->facts->wire + x->facts->sent, now))
		return too_slow(x->pace, e);
	if (x->in_body)
		*n = pace_allow(&x->pace->in, now);
	return 0;
}

int exchange_finish(struct exchange *x, struct error *e)
{
	uint64_t allowed;
	int error = 0;

	if (x->pipelined || x->cut_short || x->head.status >= 300)
		return 0;
	x->read = true;
	while (error >= 0 && x->pending) {
		error = exchange_allow(x, &allowed, e);
		if (error >= 0)
			error = exchange_wait(x, e);
	}
	if (error >= 0 && x->send_error.code) {
		*e = x->send_error;
		error = -e->code;
	}
	if (error == -ERR_SEND)
		error_add(e, "; status %d came before all was sent",
			x->head.status);
	return error < 0 ? error : 0;
}

ssize_t exchange_read(struct exchange *x, void *to, size_t n, struct error *e)
{
	struct stream *s = x->connection->stream;

	for (;;) {
		uint64_t allowed;
		ssize_t got = exchange_allow(x, &allowed, e);

		if (got < 0)
			return got;
		if (allowed > 0) {
			got = s->ops->read(
				s, to, allowed < n ? (size_t)allowed : n, e);
			if (got > 0 && allowed != UINT64_MAX)
				pace_spend(&x->pace->in, (uint64_t)got,
					clock_now());
			if (got != STREAM_AGAIN)
				return got;
		}
		got = exchange_wait(x, e);
		if (got < 0)
			return got;
	}
}

/* --- the response's head */

static void note_first_byte(struct exchange *x)
{
	x->answered = true;
	x->hop->first_byte = clock_now();
	if (x->facts->times.start_transfer == 0)
		x->facts->times.start_transfer = x->hop->first_byte -
			x->started;
}

/* Nothing of an answer can be there just after the request has gone: do not ask
 * in vain. Only where nothing but the kernel keeps what has come, and nothing
 * but the deadline limits the wait. */
static int await_answer(struct exchange *x, struct error *e)
{
	struct stream *s = x->connection->stream;

	if (x->answered || x->pending || !s->plain || x->pace)
		return 0;
	return stream_wait_bytes(s, answer_deadline(x), e);
}

/* More bytes for a head that is not whole; 0 when some have come. */
static int fill_head(struct exchange *x, struct error *e)
{
	struct connection *c = x->connection;
	size_t unread = connection_unread(c).n;
	char *room = connection_room(c, e);
	ssize_t n;

	if (!room)
		return -e->code;
	n = await_answer(x, e);
	if (n >= 0)
		n = exchange_read(x, room, CONNECTION_READ, e);
	if (n > 0) {
		c->in.n += (size_t)n;
		if (!x->answered)
			note_first_byte(x);
		return 0;
	}
	if (!x->answered && x->send_error.code) {
		*e = x->send_error;
		return -e->code;
	}
	if (unread == 0 && n == 0)
		return error_set(e, ERR_EMPTY_REPLY,
			x->answered ? "Empty reply from server: the connection "
				      "ended behind an interim response"
				    : "Empty reply from server");
	if (unread && (n == 0 || c->stream->truncated))
		findings_add(&x->found, FINDING_HEAD_CUT, unread);
	if (n < 0)
		return (int)n;
	return error_set(e, ERR_PARTIAL,
		"the connection ended inside a response head, after %llu bytes",
		(unsigned long long)(x->size + unread));
}

/* What looks like a head so far is told of as it comes. */
static void tell_lines(struct exchange *x, struct str in)
{
	if (str_starts(in, STR("HTTP/1")))
		observer_hear(x->observer, HEAD_ANSWER, in, false, &x->heard);
}

/* All that came of a head that will not become whole, or is broken. */
static void tell_rest(struct exchange *x)
{
	struct str in = connection_unread(x->connection);
	size_t scanned = 0, end = head_end(in, &scanned);

	if (end)
		in.n = end;
	observer_hear(x->observer, HEAD_ANSWER, in, true, &x->heard);
	x->hop->head_in += in.n;
	x->heard = 0;
}

/* A head that will not become whole: let x->head be its whole lines. What it
 * was before borrows from where the bytes may not be any more. */
static void cut_head(struct exchange *x)
{
	struct connection *c = x->connection;
	struct str in = connection_unread(c);
	struct error ignored;

	x->head.bytes = (struct str){ NULL, 0 };
	while (in.n && in.p[in.n - 1] != '\n')
		in.n--;
	c->in.n = c->used + in.n;
	buf_add_text(&c->in, "\r\n");
	if (in.n &&
		head_parse(connection_unread(c), &x->head, NULL, &ignored) > 0)
		x->head.bytes.n -= 2;
}

/* The next whole head at the front of what is unread; the bytes it takes, or
 * an error. */
/* No more comes of a head that is not whole: `error`, but when what has come is
 * broken that is the reason, no matter in how many pieces it came. `begun`:
 * what had been found before. */
static ssize_t judge_cut(struct exchange *x, const struct findings_mark *begun,
	int error, struct error *e)
{
	struct findings_mark cut = findings_mark(&x->found);
	struct error broken;
	ssize_t n;

	if (error == -ERR_OUT_OF_MEMORY || interrupt_is(error))
		return error;
	findings_rewind(&x->found, begun);
	n = head_parse(
		connection_unread(x->connection), &x->head, &x->found, &broken);
	if (n < 0) {
		*e = broken;
		return n;
	}
	findings_rewind(&x->found, &cut);
	return error;
}

static ssize_t next_head(struct exchange *x, struct error *e)
{
	size_t scanned = 0, seen = 0;

	for (;;) {
		struct str in = connection_unread(x->connection);
		struct findings_mark begun;
		int error;

		/* The beginning shows what cannot become a head, a full buffer
		 * what has become too long for one. */
		if (head_end(in, &scanned) || seen < 256 || in.n > LIMIT_HEAD) {
			ssize_t n = head_parse(in, &x->head, &x->found, e);

			if (n != 0)
				return n;
		}
		seen = in.n;
		tell_lines(x, in);
		begun = findings_mark(&x->found);
		error = fill_head(x, e);
		if (error < 0)
			return judge_cut(x, &begun, error, e);
	}
}

static void use_head(struct exchange *x, size_t n)
{
	x->connection->used += n;
	x->size += n;
	x->facts->head_received += n;
	x->hop->head_in += n;
	x->facts->status = x->hop->status = x->head.status;
	x->facts->major = x->head.major;
	x->facts->minor = x->head.minor;
	observer_hear(x->observer, HEAD_ANSWER, x->head.bytes, true, &x->heard);
	x->heard = 0;
	OBSERVE(x->observer, head_in, &x->head);
	if (x->head.status < 200 && x->options.http10_request)
		findings_add(&x->found, FINDING_INTERIM_TO_HTTP10, 0);
	if (exchange_reviews(x))
		review_head(&x->head, &x->found);
	tell_findings(x);
}

/* The next finding is behind the head. */
static void end_head(struct exchange *x)
{
	x->found.base = x->size;
}

/* An answer without a head: all of it is body (RFC 9112 section 2.3 knows it
 * no more; HTTP/0.9). */
static int accept_http09(struct exchange *x, struct error *e)
{
	if (x->options.head_request)
		return error_set(e, ERR_WEIRD_REPLY,
			"HEAD was answered with a body and no head");
	head_fini(&x->head);
	head_init(&x->head);
	findings_clear(&x->found);
	*e = (struct error){ 0 };
	x->framing = (struct framing){ .kind = FRAMING_CLOSE, .item = 8 };
	return 0;
}

/* What is known of an answer by the lines before its head broke. */
static void note_broken(struct exchange *x)
{
	struct facts *f = x->facts;

	if (!x->head.bytes.n || x->head.status < 100)
		return;
	f->status = x->hop->status = x->head.status;
	f->major = x->head.major;
	f->minor = x->head.minor;
	f->head_received += x->head.bytes.n;
	buf_clear(&f->heads);
	buf_add_str(&f->heads, x->head.bytes);
	buf_add_text(&f->heads, "\r\n");
}

/* Hand on the lines of a head that came before it broke: they show how far the
 * peer got. What failed is the result all the same. */
static void hand_on_broken(struct exchange *x)
{
	struct error ignored;

	if (x->head.bytes.n)
		ignore(x->sink->ops->head(
			x->sink->sink, &x->head, false, &ignored));
}

static int interim(struct exchange *x, unsigned *count, struct error *e)
{
	int error = exchange_judge(x, 0, e);

	if (error == 0)
		error = x->sink->ops->head(x->sink->sink, &x->head, false, e);
	if (error < 0)
		return error;
	if (x->head.status == 100)
		x->out.held = false;
	if (++*count > LIMIT_INTERIM) {
		findings_add(&x->found, FINDING_TOO_MANY_INTERIM, 0);
		return error_set(e, ERR_WEIRD_REPLY,
			"more than %u interim (1xx) responses", LIMIT_INTERIM);
	}
	connection_compact(x->connection);
	end_head(x);
	return 0;
}

static int head_failed(
	struct exchange *x, int error, unsigned interims, struct error *e)
{
	tell_rest(x);
	tell_findings(x);
	cut_head(x);
	note_broken(x);
	hand_on_broken(x);
	if (error == -ERR_UNSUPPORTED_PROTOCOL && interims)
		error = error_set(e, ERR_WEIRD_REPLY,
			"an interim response is followed by what is no "
			"HTTP/1.x response");
	return error;
}

/* A change of protocol that nobody has asked for (RFC 9110 section 15.2.2):
 * what follows is in one that nobody here speaks. */
static int not_asked(struct exchange *x, struct error *e)
{
	findings_add(&x->found, FINDING_SWITCH_UNREQUESTED, 0);
	tell_findings(x);
	hand_on_broken(x);
	return error_set(e, ERR_WEIRD_REPLY,
		"the server changes to another protocol (101), which the "
		"request did not ask for");
}

/* What is kept of a final head. The one before it has led here. */
static void keep_head(struct facts *facts, struct str head)
{
	buf_add_str(&facts->earlier,
		str_first(buf_str(&facts->heads), facts->head_size));
	buf_clear(&facts->heads);
	buf_add_str(&facts->heads, head);
	facts->head_size = head.n;
}

int exchange_head(struct exchange *x, struct error *e)
{
	unsigned interims = 0;
	int error;

	for (;;) {
		ssize_t n = next_head(x, e);

		if (n == -ERR_UNSUPPORTED_PROTOCOL && x->allow_http09 &&
			interims == 0)
			return accept_http09(x, e);
		if (n < 0)
			return head_failed(x, (int)n, interims, e);
		use_head(x, (size_t)n);
		if (x->head.status >= 200 || x->head.status == 101 ||
			x->head.status < 100)
			break;
		error = interim(x, &interims, e);
		if (error < 0)
			return error;
	}
	if (x->head.status == 101 && !x->upgrade_asked)
		return not_asked(x, e);
	x->out.held = false;
	if (x->pending && !x->pipelined && x->head.status >= 300) {
		x->cut_short = true;
		stop_sending(x);
	}
	keep_head(x->facts, x->head.bytes);
	error = buf_check(&x->facts->heads, "response head", e);
	if (error == 0)
		error = framing_decide(
			&x->head, &x->options, &x->framing, &x->found, e);
	end_head(x);
	tell_findings(x);
	if (error == 0)
		OBSERVE(x->observer, framing, &x->framing);
	return error;
}
