#include "talk/conversation.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "support/duplex.h"
#include "support/scratch.h"
#include "support/table.h"

struct hold_case {
	const char *name;
	enum kind kind;
	enum from from;
	size_t n; /* bytes to be sent */
	struct step steps[STEPS];
	enum to to;
	int held_up_ms; /* before a pipe is read */
	bool keep;
	int64_t wait_ms, timeout_ms;
	int code; /* an ERR_ code */
	size_t sent, received; /* SIZE_MAX: some, but not all */
	const char *words;
};

static const struct hold_case holds[] = {
	{ "nothing each way", TCP, TEXTS, 0, { { RECEIVE_ALL, 0 } }, TAKE, 0,
		false, 0, 0, 0, 0, 0, NULL },
	{ "a question and its answer", TCP, TEXTS, 10,
		{ { RECEIVE, 10 }, { SEND, 20 } }, TAKE, 0, false, 0, 0, 0, 10,
		20, NULL },
	{ "an answer behind our end", TCP, TEXTS, 10,
		{ { RECEIVE_ALL, 0 }, { SEND, 20 } }, TAKE, 0, false, 0, 0, 0,
		10, 20, NULL },
	{ "over a Unix socket", UNIX, TEXTS, 10,
		{ { RECEIVE_ALL, 0 }, { SEND, 20 } }, TAKE, 0, false, 0, 0, 0,
		10, 20, NULL },
	{ "the peer ends first, a text", TCP, TEXTS, BIG,
		{ { SEND, 5 }, { SHUT, 0 }, { PAUSE, 50 }, { RECEIVE_ALL, 0 } },
		TAKE, 0, false, 0, 0, 0, BIG, 5, NULL },
	{ "the peer ends first, a file", TCP, FROM_FILE, BIG,
		{ { SEND, 5 }, { SHUT, 0 }, { PAUSE, 50 }, { RECEIVE_ALL, 0 } },
		TO_FILE, 0, false, 0, 0, 0, BIG, 5, NULL },
	{ "the peer ends first, a pipe", UNIX, FROM_PIPE, BIG,
		{ { SEND, 5 }, { SHUT, 0 }, { PAUSE, 50 }, { RECEIVE_ALL, 0 } },
		TAKE, 0, false, 0, 0, 0, BIG, 5, NULL },
	{ "we end first", TCP, FROM_FILE, 5,
		{ { RECEIVE_ALL, 0 }, { PAUSE, 50 }, { SEND, BIG } }, TO_PIPE,
		0, false, 0, 0, 0, 5, BIG, NULL },
	{ "much each way at once, a text", TCP, TEXTS, BIG, { { BOTH, BIG } },
		TAKE, 0, false, 0, 0, 0, BIG, BIG, NULL },
	{ "much each way at once, files", TCP, FROM_FILE, BIG,
		{ { BOTH, BIG } }, TO_FILE, 0, false, 0, 0, 0, BIG, BIG, NULL },
	{ "much each way at once, pipes", TCP, FROM_PIPE, BIG,
		{ { BOTH, BIG } }, TO_PIPE, 0, false, 0, 0, 0, BIG, BIG, NULL },
	{ "much each way at once, a Unix socket", UNIX, FROM_PIPE, BIG,
		{ { BOTH, BIG } }, TO_PIPE, 0, false, 0, 0, 0, BIG, BIG, NULL },
	{ "much each way at once, to /dev/null", TCP, FROM_FILE, BIG,
		{ { BOTH, BIG } }, TO_NULL, 0, false, 0, 0, 0, BIG, BIG, NULL },
	{ "a peer that sends all before it receives, a text", TCP, TEXTS, BIG,
		{ { SEND, BIG }, { RECEIVE_ALL, 0 } }, TAKE, 0, false, 0, 0, 0,
		BIG, BIG, NULL },
	{ "a peer that sends all before it receives, pipes", TCP, FROM_PIPE,
		BIG, { { SEND, BIG }, { RECEIVE_ALL, 0 } }, TO_PIPE, 0, false,
		0, 0, 0, BIG, BIG, NULL },
	{ "a peer that receives all before it sends, files", UNIX, FROM_FILE,
		BIG, { { RECEIVE_ALL, 0 }, { SEND, BIG } }, TO_FILE, 0, false,
		0, 0, 0, BIG, BIG, NULL },
	{ "an output that takes nothing for a while", TCP, FROM_FILE, BIG,
		{ { BOTH, BIG } }, TO_PIPE, 300, false, 0, 0, 0, BIG, BIG,
		NULL },
	{ "the sending side stays open", TCP, TEXTS, 10,
		{ { RECEIVE, 10 }, { NO_END, 0 }, { SEND, 3 } }, TAKE, 0, true,
		0, 0, 0, 10, 3, NULL },
	{ "an early close", TCP, FROM_FILE, 4 * BIG,
		{ { SEND, 5 }, { RECEIVE, 1000 } }, TAKE, 0, false, 0, 0,
		ERR_SEND, SIZE_MAX, 5, "Sending broke off after " },
	{ "an early close, a text", TCP, TEXTS, 4 * BIG,
		{ { SEND, 5 }, { RECEIVE, 1000 } }, TO_PIPE, 0, false, 0, 0,
		ERR_SEND, SIZE_MAX, 5, "Sending broke off after " },
	{ "an early close of a Unix socket", UNIX, FROM_PIPE, 4 * BIG,
		{ { SEND, 5 }, { RECEIVE, 1000 } }, TAKE, 0, false, 0, 0,
		ERR_SEND, SIZE_MAX, 5, "Sending broke off after " },
	{ "a reset while sending", TCP, TEXTS, 4 * BIG,
		{ { RECEIVE, 1000 }, { RESET, 0 } }, TAKE, 0, false, 0, 0,
		ERR_SEND, SIZE_MAX, 0, "Sending broke off after " },
	{ "a reset when all is sent", TCP, TEXTS, 10,
		{ { RECEIVE_ALL, 0 }, { SEND, 7 }, { PAUSE, 50 },
			{ RESET, 0 } },
		TAKE, 0, false, 0, 0, ERR_RECV, 10, 7,
		"Recv failure: Connection reset by peer after 7 bytes were "
		"received" },
	{ "a reset when all is sent, moved", TCP, TEXTS, 10,
		{ { RECEIVE_ALL, 0 }, { SEND, 7 }, { PAUSE, 50 },
			{ RESET, 0 } },
		TO_FILE, 0, false, 0, 0, ERR_RECV, 10, 7,
		"Recv failure: Connection reset by peer after 7 bytes were "
		"received" },
	{ "a deadline while receiving", TCP, TEXTS, 10,
		{ { SEND, 5 }, { PAUSE, 600 } }, TAKE, 0, false, 0, 200,
		ERR_TIMEOUT, 10, 5,
		" milliseconds with 10 bytes sent and 5 bytes received" },
	{ "a deadline while sending", TCP, FROM_FILE, 4 * BIG,
		{ { PAUSE, 600 } }, TAKE, 0, false, 0, 200, ERR_TIMEOUT,
		SIZE_MAX, 0, " bytes sent and 0 bytes received" },
	{ "a deadline while the output is full", TCP, TEXTS, 1,
		{ { SEND, 4 * BIG } }, TO_PIPE, 600, false, 0, 200, ERR_TIMEOUT,
		1, SIZE_MAX, "imed out " },
	{ "a deadline and a peer that never pauses", TCP, TEXTS, 0,
		{ { FLOOD, 0 } }, TO_NULL, 0, false, 0, 100, ERR_TIMEOUT, 0,
		SIZE_MAX, "imed out " },
	{ "a wait for nothing", TCP, TEXTS, 10,
		{ { RECEIVE_ALL, 0 }, { PAUSE, 500 } }, TAKE, 0, false, 100, 0,
		ERR_TIMEOUT, 10, 0,
		"Nothing was received within 100 milliseconds; 10 bytes were "
		"sent" },
	{ "a wait for more", TCP, TEXTS, 10,
		{ { RECEIVE_ALL, 0 }, { SEND, 5 }, { PAUSE, 500 } }, TAKE, 0,
		false, 100, 0, 0, 10, 5, NULL },
	{ "a wait that each byte starts afresh", TCP, TEXTS, 10,
		{ { RECEIVE, 10 }, { PAUSE, 150 }, { SEND, 5 }, { PAUSE, 150 },
			{ SEND, 5 }, { PAUSE, 150 } },
		TO_FILE, 0, false, 250, 0, 0, 10, 10, NULL },
	{ "a wait is not for a peer that is slow to receive", TCP, FROM_FILE,
		BIG, { { PAUSE, 5000 }, { RECEIVE_ALL, 0 } }, TAKE, 0, false,
		4000, 0, 0, BIG, 0, NULL },
};

static void assert_count(uint64_t count, size_t wanted, size_t all)
{
	if (wanted == SIZE_MAX)
		assert_true(count > 0 && count < all);
	else
		assert_int_equal(count, wanted);
}

static void test_hold(const void *row)
{
	const struct hold_case *c = row;
	char *bytes = pattern_of(c->n);
	struct peer peer = { .steps = c->steps };
	int64_t start = clock_now();
	struct conversation talk = { .keep_sending_side = c->keep,
		.peer = "peer",
		.wait_ms = c->wait_ms,
		.deadline = deadline_in(c->timeout_ms) };
	struct error e = { 0 };
	struct supply supply;
	struct target target;
	pthread_t thread;

	talk.stream = stream_pair(c->kind, &peer.fd);
	supply_init(&supply, c->from, bytes, c->n, false);
	target_init(&target, c->to, c->held_up_ms);
	talk.source = &supply.source;
	talk.receiver = &target.receiver;
	assert_int_equal(pthread_create(&thread, NULL, peer_run, &peer), 0);
	assert_int_equal(conversation_hold(&talk, &e), -c->code);
	assert_true(clock_now() - start < 20000000);
	stream_close(talk.stream);
	supply_fini(&supply);
	pthread_join(thread, NULL);
	target_finish(&target);
	assert_int_equal(e.code, c->code);
	if (c->code)
		assert_non_null(strstr(e.text, c->words));
	if (c->timeout_ms)
		assert_true(clock_now() >= start + c->timeout_ms * 1000);
	assert_count(talk.sent, c->sent, c->n);
	assert_count(talk.received, c->received, SIZE_MAX);
	if (c->code == 0)
		assert_pattern(&peer.got, c->n);
	if (c->to != TO_NULL)
		assert_pattern(&target.got, talk.received);
	assert_false(peer.ended);
	buf_fini(&peer.got);
	buf_fini(&target.got);
	free(bytes);
}

/* A stream whose operations are ready every other time only, as those of TLS,
 * whose reading may wait for writing. */
struct moody {
	struct stream base;
	struct stream *under;
	bool read_later, write_later, shut_later;
	bool truncates; /* the end is none that TLS allows */
	short wants;
};

static struct moody *moody_of(const struct stream *s)
{
	return (struct moody *)s;
}

static bool put_off(struct moody *m, bool *later, short wants)
{
	*later = !*later;
	if (*later)
		m->wants = wants;
	return *later;
}

static ssize_t moody_read(struct stream *s, void *to, size_t n, struct error *e)
{
	struct moody *m = moody_of(s);
	ssize_t got;

	if (put_off(m, &m->read_later, POLLOUT | POLLIN))
		return STREAM_AGAIN;
	got = m->under->ops->read(m->under, to, n, e);
	m->wants = m->under->ops->wants(m->under);
	if (got || !m->truncates)
		return got;
	s->truncated = true;
	return error_set(e, ERR_RECV, "cut short");
}

static ssize_t moody_write(
	struct stream *s, const struct iovec *iov, int n, struct error *e)
{
	struct moody *m = moody_of(s);
	struct iovec first = iov[0];
	ssize_t put;

	(void)n;
	if (put_off(m, &m->write_later, POLLOUT))
		return STREAM_AGAIN;
	if (first.iov_len > 10000)
		first.iov_len = 10000;
	put = m->under->ops->write(m->under, &first, 1, e);
	m->wants = m->under->ops->wants(m->under);
	return put;
}

static int moody_shut(struct stream *s, struct error *e)
{
	struct moody *m = moody_of(s);

	if (put_off(m, &m->shut_later, POLLOUT))
		return STREAM_AGAIN;
	return m->under->ops->shut(m->under, e);
}

static short moody_wants(const struct stream *s)
{
	return moody_of(s)->wants;
}

static void moody_close(struct stream *s)
{
	stream_close(moody_of(s)->under);
}

static const struct stream_ops moody_ops = {
	.read = moody_read,
	.write = moody_write,
	.shut = moody_shut,
	.wants = moody_wants,
	.close = moody_close,
};

struct moody_case {
	const char *name;
	enum from from;
	enum to to;
	struct step steps[STEPS];
	bool truncates;
};

static const struct moody_case moodies[] = {
	{ "at once, a text", TEXTS, TAKE, { { BOTH, BIG } }, false },
	{ "at once, files", FROM_FILE, TO_FILE, { { BOTH, BIG } }, false },
	{ "at once, pipes", FROM_PIPE, TO_PIPE, { { BOTH, BIG } }, false },
	{ "the peer sends first", FROM_PIPE, TAKE,
		{ { SEND, BIG }, { RECEIVE_ALL, 0 } }, false },
	{ "the peer receives first", FROM_FILE, TAKE,
		{ { RECEIVE_ALL, 0 }, { SEND, BIG } }, false },
	{ "the peer sends first and breaks off", FROM_FILE, TAKE,
		{ { SEND, BIG }, { SHUT, 0 }, { RECEIVE_ALL, 0 } }, true },
	{ "the peer receives first and breaks off", FROM_PIPE, TO_FILE,
		{ { RECEIVE_ALL, 0 }, { SEND, BIG } }, true },
};

static void test_moody(const void *row)
{
	const struct moody_case *c = row;
	char *bytes = pattern_of(BIG);
	struct peer peer = { .steps = c->steps };
	struct moody moody = { .base = { .ops = &moody_ops },
		.truncates = c->truncates };
	struct conversation talk = { .stream = &moody.base,
		.peer = "peer",
		.deadline = deadline_in(20000) };
	struct error e = { 0 };
	struct supply supply;
	struct target target;
	pthread_t thread;

	moody.under = stream_pair(TCP, &peer.fd);
	moody.base.fd = moody.under->fd;
	supply_init(&supply, c->from, bytes, BIG, false);
	target_init(&target, c->to, 0);
	talk.source = &supply.source;
	talk.receiver = &target.receiver;
	assert_int_equal(pthread_create(&thread, NULL, peer_run, &peer), 0);
	assert_int_equal(
		conversation_hold(&talk, &e), c->truncates ? -ERR_RECV : 0);
	if (c->truncates)
		assert_string_equal(
			e.text, "cut short after 16777216 bytes were received");
	stream_close(talk.stream);
	supply_fini(&supply);
	pthread_join(thread, NULL);
	target_finish(&target);
	assert_int_equal(talk.sent, BIG);
	assert_int_equal(talk.received, BIG);
	assert_pattern(&peer.got, BIG);
	assert_pattern(&target.got, BIG);
	buf_fini(&peer.got);
	buf_fini(&target.got);
	free(bytes);
}

struct crlf_case {
	const char *name;
	enum from from;
	size_t n, stride; /* an LF each `stride` bytes, a CR in front of each
			   * second one */
};

static const struct crlf_case crlfs[] = {
	{ "a text", TEXTS, 1u << 20, 7 },
	{ "a file", FROM_FILE, 1u << 20, 7 },
	{ "a pipe", FROM_PIPE, 1u << 20, 7 },
	{ "a file of nothing but LF", FROM_FILE, 1u << 20, 1 },
	{ "a text of nothing but LF", TEXTS, (1u << 20) + 1, 1 },
	{ "a pipe of lines of 2 bytes", FROM_PIPE, (1u << 20) + 1, 2 },
};

static void test_crlf(const void *row)
{
	const struct crlf_case *c = row;
	static const struct step steps[STEPS] = { { RECEIVE_ALL, 0 } };
	struct peer peer = { .steps = steps };
	char *bytes = malloc(c->n), *wanted = malloc(2 * c->n);
	struct conversation talk = { .deadline = deadline_in(20000) };
	struct supply supply;
	struct target target;
	size_t n = 0;
	pthread_t thread;

	assert_non_null(bytes);
	assert_non_null(wanted);
	memset(bytes, 'x', c->n);
	for (size_t i = c->stride - 1; i < c->n; i += c->stride) {
		bytes[i] = '\n';
		if (c->stride > 1 && i / c->stride % 2)
			bytes[i - 1] = '\r';
	}
	for (size_t i = 0; i < c->n; i++) {
		if (bytes[i] == '\n' && (i == 0 || bytes[i - 1] != '\r'))
			wanted[n++] = '\r';
		wanted[n++] = bytes[i];
	}
	talk.stream = stream_pair(TCP, &peer.fd);
	supply_init(&supply, c->from, bytes, c->n, true);
	target_init(&target, TAKE, 0);
	talk.source = &supply.source;
	talk.receiver = &target.receiver;
	assert_int_equal(pthread_create(&thread, NULL, peer_run, &peer), 0);
	assert_int_equal(conversation_hold(&talk, NULL), 0);
	stream_close(talk.stream);
	supply_fini(&supply);
	pthread_join(thread, NULL);
	assert_int_equal(talk.sent, n);
	assert_int_equal(peer.got.n, n);
	assert_memory_equal(peer.got.p, wanted, n);
	buf_fini(&peer.got);
	buf_fini(&target.got);
	free(bytes);
	free(wanted);
}

/* What is told of a conversation, in its order. */
static void test_transcript(const void *row)
{
	static const struct step steps[STEPS] = { { RECEIVE, 5 }, { SEND, 3 } };
	struct peer peer = { .steps = steps };
	struct scratch_ends hex = scratch_pipe();
	struct conversation talk = { .peer = "127.0.0.1:9",
		.transcript = transcript_new(hex.in, -1, NULL),
		.deadline = deadline_in(20000) };
	struct supply supply;
	struct target target;
	pthread_t thread;
	char *text, *second;

	(void)row;
	talk.stream = stream_pair(TCP, &peer.fd);
	supply_init(&supply, FROM_FILE, "hello", 5, false);
	target_init(&target, TO_FILE, 0);
	talk.source = &supply.source;
	talk.receiver = &target.receiver;
	assert_int_equal(pthread_create(&thread, NULL, peer_run, &peer), 0);
	assert_int_equal(conversation_hold(&talk, NULL), 0);
	stream_close(talk.stream);
	supply_fini(&supply);
	pthread_join(thread, NULL);
	target_finish(&target);
	transcript_free(talk.transcript);
	assert_pattern(&target.got, 3);
	text = scratch_drain(&hex, NULL);
	assert_non_null(strstr(text,
		" > 127.0.0.1:9, 5 bytes at 0\n00000000  "
		"68 65 6c 6c 6f  "));
	second = strstr(text,
		" < 127.0.0.1:9, 3 bytes at 0\n00000000  00 1f "
		"3e  ");
	assert_non_null(second);
	assert_true(second > strstr(text, " > "));
	free(text);
	buf_fini(&peer.got);
	buf_fini(&target.got);
}

/* Sources that have nothing now when the peer closes */

enum idle { IDLE_PIPE, IDLE_TERMINAL };

struct idle_case {
	const char *name;
	enum kind kind;
	enum idle idle;
	bool ends_with_peer;
	int64_t wait_ms;
	const char *later; /* what the source gives 100 ms afterwards */
	struct step steps[STEPS];
	int code;
	size_t received;
};

static const struct idle_case idles[] = {
	{ "a pipe is waited for", TCP, IDLE_PIPE, false, 0, "late",
		{ { SEND, 5 }, { SHUT, 0 }, { RECEIVE_ALL, 0 } }, 0, 5 },
	{ "a pipe is waited for, a Unix socket", UNIX, IDLE_PIPE, false, 0,
		"late", { { SEND, 5 }, { SHUT, 0 }, { RECEIVE_ALL, 0 } }, 0,
		5 },
	{ "a pipe is not waited for", TCP, IDLE_PIPE, true, 0, NULL,
		{ { SEND, 5 } }, 0, 5 },
	{ "a pipe, a wait for more", TCP, IDLE_PIPE, false, 100, NULL,
		{ { SEND, 5 }, { PAUSE, 300 } }, 0, 5 },
	{ "a pipe, a wait for nothing", TCP, IDLE_PIPE, false, 100, NULL,
		{ { PAUSE, 300 } }, ERR_TIMEOUT, 0 },
	{ "a pipe, a Unix socket closed for good", UNIX, IDLE_PIPE, false, 0,
		NULL, { { SEND, 5 } }, 0, 5 },
	{ "a pipe, a reset", TCP, IDLE_PIPE, false, 0, NULL,
		{ { SEND, 5 }, { PAUSE, 50 }, { RESET, 0 } }, ERR_SEND, 5 },
	{ "a pipe, a reset behind the end", TCP, IDLE_PIPE, false, 0, NULL,
		{ { SEND, 5 }, { SHUT, 0 }, { PAUSE, 50 }, { RESET, 0 } },
		ERR_SEND, 5 },
	{ "a terminal is not waited for", TCP, IDLE_TERMINAL, false, 0, NULL,
		{ { SEND, 5 } }, 0, 5 },
	{ "a terminal", TCP, IDLE_TERMINAL, false, 0, "line\n\004",
		{ { RECEIVE_ALL, 0 }, { SEND, 5 } }, 0, 5 },
};

struct later {
	int fd;
	const char *text;
	bool closes;
};

static void *give_later(void *argument)
{
	struct later *l = argument;
	size_t n = strlen(l->text);

	usleep(100000);
	if (write(l->fd, l->text, n) != (ssize_t)n)
		abort();
	if (l->closes)
		close(l->fd);
	return NULL;
}

static struct scratch_ends open_idle(enum idle idle)
{
	struct scratch_ends ends;
	int pty;

	if (idle == IDLE_PIPE)
		return scratch_pipe();
	pty = posix_openpt(O_RDWR | O_NOCTTY);
	assert_true(pty >= 0);
	assert_int_equal(grantpt(pty), 0);
	assert_int_equal(unlockpt(pty), 0);
	ends.in = pty;
	ends.out = open(ptsname(pty), O_RDWR | O_NOCTTY);
	assert_true(ends.out >= 0);
	return ends;
}

static void test_idle(const void *row)
{
	const struct idle_case *c = row;
	struct scratch_ends ends = open_idle(c->idle);
	struct peer peer = { .steps = c->steps };
	struct source source = {
		.kind = SOURCE_FILE, .fd = ends.out, .name = "-"
	};
	struct conversation talk = { .source = &source,
		.ends_with_peer = c->ends_with_peer,
		.wait_ms = c->wait_ms,
		.deadline = deadline_in(10000) };
	struct later later = { ends.in, c->later, c->idle == IDLE_PIPE };
	size_t typed = c->later ? strcspn(c->later, "\004") : 0;
	struct error e = { 0 };
	struct target target;
	pthread_t thread, giving;

	talk.stream = stream_pair(c->kind, &peer.fd);
	target_init(&target, TAKE, 0);
	talk.receiver = &target.receiver;
	assert_int_equal(pthread_create(&thread, NULL, peer_run, &peer), 0);
	if (c->later)
		assert_int_equal(
			pthread_create(&giving, NULL, give_later, &later), 0);
	assert_int_equal(conversation_hold(&talk, &e), -c->code);
	stream_close(talk.stream);
	pthread_join(thread, NULL);
	assert_int_equal(talk.sent, typed);
	assert_int_equal(peer.got.n, typed);
	assert_memory_equal(peer.got.p, c->later, typed);
	assert_pattern(&target.got, c->received);
	if (c->later)
		pthread_join(giving, NULL);
	if (!c->later || !later.closes)
		close(ends.in);
	close(ends.out);
	buf_fini(&peer.got);
	buf_fini(&target.got);
}

struct failing_case {
	const char *name;
	bool source_fails, target_fails;
	int code;
	const char *text;
};

static const struct failing_case failing[] = {
	{ "a source", true, false, ERR_READ,
		"Failed to read x: Is a "
		"directory" },
	{ "a receiver", false, true, ERR_WRITE, "the target is full" },
};

static void test_failing(const void *row)
{
	const struct failing_case *c = row;
	static const struct step steps[STEPS] = { { SEND, 5 }, { PAUSE, 50 } };
	struct peer peer = { .steps = steps };
	struct source source = { .kind = SOURCE_NONE };
	struct conversation talk = { .source = &source,
		.deadline = deadline_in(10000) };
	struct error e = { 0 };
	struct target target;
	pthread_t thread;

	if (c->source_fails)
		source = (struct source){ .kind = SOURCE_FILE,
			.fd = open("/", O_RDONLY),
			.name = "x" };
	talk.stream = stream_pair(TCP, &peer.fd);
	target_init(&target, TAKE, 0);
	target.failing = c->target_fails;
	talk.receiver = &target.receiver;
	assert_int_equal(pthread_create(&thread, NULL, peer_run, &peer), 0);
	assert_int_equal(conversation_hold(&talk, &e), -c->code);
	assert_int_equal(e.code, c->code);
	assert_string_equal(e.text, c->text);
	stream_close(talk.stream);
	pthread_join(thread, NULL);
	if (c->source_fails)
		close(source.fd);
	buf_fini(&peer.got);
	buf_fini(&target.got);
}

/* Hold one with somebody who stays, and sends nothing. */
static int hold_with_silent(
	struct str text, bool deaf, const struct rlimit *fewer, struct error *e)
{
	struct target target;
	struct supply supply;
	struct conversation talk = { .receiver = &target.receiver,
		.source = &supply.source,
		.deadline = deadline_in(10000) };
	int result, other;

	talk.stream = stream_pair(UNIX, &other);
	if (deaf)
		assert_int_equal(shutdown(other, SHUT_RD), 0);
	supply_init(&supply, TEXTS, text.p, text.n, false);
	target_init(&target, TAKE, 0);
	if (fewer)
		assert_int_equal(setrlimit(RLIMIT_NOFILE, fewer), 0);
	result = conversation_hold(&talk, e);
	stream_close(talk.stream);
	supply_fini(&supply);
	target_finish(&target);
	buf_fini(&target.got);
	close(other);
	return result;
}

static void test_deaf(const void *row)
{
	struct error e = { 0 };

	(void)row;
	assert_int_equal(
		hold_with_silent(STR("anybody there?"), true, NULL, &e),
		-ERR_SEND);
	assert_string_equal(e.text,
		"Sending broke off after 0 bytes: Send failure: Broken pipe");
}

/* poll refuses more descriptors than may be open. */
static void test_poll_fails(const void *row)
{
	struct rlimit old, few;
	struct error e = { 0 };
	int result;

	(void)row;
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &old), 0);
	few = old;
	few.rlim_cur = 2;
	result = hold_with_silent(STR(""), false, &few, &e);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &old), 0);
	assert_int_equal(result, -ERR_RECV);
	assert_string_equal(e.text, "Poll failure: Invalid argument");
}

int main(void)
{
	static const struct table tables[] = {
		TABLE("conversation_hold", holds, test_hold),
		TABLE("conversation_hold: a stream over another, much", moodies,
			test_moody),
		TABLE("conversation_hold: crlf", crlfs, test_crlf),
		SINGLE("conversation_hold: a transcript", test_transcript),
		TABLE("conversation_hold: an idle source", idles, test_idle),
		TABLE("conversation_hold: failing", failing, test_failing),
		SINGLE("conversation_hold: a peer that takes nothing",
			test_deaf),
		SINGLE("conversation_hold: poll fails", test_poll_fails),
	};

	signal(SIGPIPE, SIG_IGN);
	return table_run(
		"conversation", tables, sizeof(tables) / sizeof(tables[0]));
}
