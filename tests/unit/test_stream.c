#include "net/stream.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "support/loopback.h"
#include "support/table.h"

#define BIG (8u << 20)

static struct stream *stream_of(int fd)
{
	struct stream *s = stream_socket(fd, "tcp", NULL);

	assert_non_null(s);
	assert_string_equal(s->name, "tcp");
	assert_int_equal(s->fd, fd);
	assert_true(s->plain);
	return s;
}

enum action { SEND, PAUSE, FINISH, RESET };

struct step {
	enum action action;
	const char *text;
	int ms;
};

#define STEPS 8

struct peer {
	int fd;
	const struct step *steps;
};

/* The peer stays open after its last step, until the test closes it. */
static void *play(void *argument)
{
	struct peer *peer = argument;

	for (size_t i = 0; i < STEPS; i++) {
		const struct step *step = &peer->steps[i];

		if (step->action == SEND && step->text)
			send(peer->fd, step->text, strlen(step->text), 0);
		else if (step->action == PAUSE)
			usleep((useconds_t)step->ms * 1000);
		else if (step->action == FINISH)
			shutdown(peer->fd, SHUT_WR);
		else if (step->action == RESET) {
			loopback_reset(peer->fd);
			peer->fd = -1;
			break;
		}
	}
	return NULL;
}

struct read_case {
	const char *name;
	struct step steps[STEPS];
	size_t size; /* of the buffer of each read */
	int64_t timeout_ms;
	const char *bytes; /* that come */
	int end; /* what comes then */
	const char *words;
};

static const struct read_case reads[] = {
	{ "all at once, then the end",
		{ { SEND, "hello", 0 }, { FINISH, 0, 0 } }, 16, 5000, "hello",
		0, NULL },
	{ "a buffer of one byte", { { SEND, "hello", 0 }, { FINISH, 0, 0 } }, 1,
		5000, "hello", 0, NULL },
	{ "stuttering",
		{ { SEND, "h", 0 }, { PAUSE, 0, 20 }, { SEND, "el", 0 },
			{ PAUSE, 0, 20 }, { SEND, "lo", 0 }, { PAUSE, 0, 20 },
			{ FINISH, 0, 0 } },
		16, 5000, "hello", 0, NULL },
	{ "no deadline",
		{ { PAUSE, 0, 20 }, { SEND, "x", 0 }, { FINISH, 0, 0 } }, 16, 0,
		"x", 0, NULL },
	{ "the end and nothing else", { { FINISH, 0, 0 } }, 16, 5000, "", 0,
		NULL },
	{ "nothing until the deadline", { { 0 } }, 16, 60, "", -ERR_TIMEOUT,
		"Timed out while waiting to receive" },
	{ "bytes, then nothing until the deadline", { { SEND, "hi", 0 } }, 16,
		300, "hi", -ERR_TIMEOUT, "waiting to receive" },
	{ "a trickle does not start the deadline afresh",
		{ { SEND, "a", 0 }, { PAUSE, 0, 50 }, { SEND, "b", 0 },
			{ PAUSE, 0, 50 }, { SEND, "c", 0 }, { PAUSE, 0, 700 },
			{ SEND, "d", 0 } },
		16, 500, "abc", -ERR_TIMEOUT, "waiting to receive" },
	{ "a reset", { { RESET, 0, 0 } }, 16, 5000, "", -ERR_RECV,
		"Recv failure: Connection reset by peer" },
	{ "a reset while waiting", { { PAUSE, 0, 20 }, { RESET, 0, 0 } }, 16,
		5000, "", -ERR_RECV, "Recv failure: Connection reset by peer" },
};

static void test_read(const void *row)
{
	const struct read_case *c = row;
	int64_t deadline, start = clock_now();
	struct error e = { 0 };
	char got[64];
	size_t n = 0;
	ssize_t result;
	struct peer peer = { .steps = c->steps };
	pthread_t thread;
	struct stream *s;
	int ends[2];

	loopback_pair(ends);
	s = stream_of(ends[0]);
	peer.fd = ends[1];
	deadline = deadline_in(c->timeout_ms);
	assert_int_equal(pthread_create(&thread, NULL, play, &peer), 0);
	while ((result = stream_read(s, got + n, c->size, deadline, &e)) > 0) {
		assert_true((size_t)result <= c->size);
		n += (size_t)result;
	}
	assert_int_equal(result, c->end);
	assert_int_equal(n, strlen(c->bytes));
	assert_memory_equal(got, c->bytes, n);
	if (c->words)
		assert_non_null(strstr(e.text, c->words));
	assert_int_equal(e.code, -c->end);
	if (c->end == -ERR_TIMEOUT)
		assert_true(clock_now() >= start + c->timeout_ms * 1000);
	pthread_join(thread, NULL);
	stream_close(s);
	if (peer.fd >= 0)
		close(peer.fd);
}

static void test_read_past(const void *row)
{
	struct error e = { 0 };
	struct stream *s;
	int ends[2];
	char byte;

	(void)row;
	loopback_pair(ends);
	s = stream_of(ends[0]);
	assert_int_equal(send(ends[1], "x", 1, 0), 1);
	assert_int_equal(stream_wait(s, POLLIN, deadline_in(5000), &e), POLLIN);
	assert_int_equal(
		stream_read(s, &byte, 1, clock_now() - 1, &e), -ERR_TIMEOUT);
	assert_int_equal(e.code, ERR_TIMEOUT);
	assert_int_equal(stream_read(s, &byte, 1, deadline_in(5000), &e), 1);
	assert_int_equal(byte, 'x');
	stream_close(s);
	close(ends[1]);
}

enum reader { READS_ALL, READS_NOTHING, RESETS };

struct write_case {
	const char *name;
	size_t n;
	enum reader reader;
	int64_t timeout_ms; /* -1: a deadline in the past */
	int result;
	const char *words;
};

static const struct write_case writes[] = {
	{ "nothing", 0, READS_ALL, 5000, 0, NULL },
	{ "a byte", 1, READS_ALL, 5000, 0, NULL },
	{ "more than the buffers hold", BIG, READS_ALL, 5000, 0, NULL },
	{ "no deadline", BIG, READS_ALL, 0, 0, NULL },
	{ "a peer that does not read", 4 * BIG, READS_NOTHING, 60, -ERR_TIMEOUT,
		"Timed out while waiting to send" },
	{ "a peer that resets", 4 * BIG, RESETS, 5000, -ERR_SEND,
		"Send failure: " },
	{ "a deadline in the past", 1, READS_NOTHING, -1, -ERR_TIMEOUT,
		"waiting to send" },
};

struct drain {
	int fd;
	enum reader reader;
	size_t n;
	bool right; /* every byte was the one that was sent */
};

static char pattern(size_t at)
{
	return (char)(at * 31 + (at >> 12));
}

static void *drain_run(void *argument)
{
	static char block[65536];
	struct drain *d = argument;
	ssize_t got;

	if (d->reader == RESETS) {
		usleep(20000);
		loopback_reset(d->fd);
		return NULL;
	}
	d->right = true;
	while ((got = recv(d->fd, block, sizeof(block), 0)) > 0)
		for (ssize_t i = 0; i < got; i++, d->n++)
			if (block[i] != pattern(d->n))
				d->right = false;
	return NULL;
}

static void test_write(const void *row)
{
	const struct write_case *c = row;
	char *bytes = malloc(c->n ? c->n : 1);
	int64_t deadline;
	struct error e = { 0 };
	struct drain d = { .reader = c->reader };
	pthread_t thread;
	struct stream *s;
	int ends[2];

	assert_non_null(bytes);
	for (size_t i = 0; i < c->n; i++)
		bytes[i] = pattern(i);
	loopback_pair(ends);
	s = stream_of(ends[0]);
	d.fd = ends[1];
	if (c->reader != READS_NOTHING)
		assert_int_equal(
			pthread_create(&thread, NULL, drain_run, &d), 0);
	deadline = c->timeout_ms < 0 ? clock_now() - 1
				     : deadline_in(c->timeout_ms);
	assert_int_equal(stream_write(s, bytes, c->n, deadline, &e), c->result);
	assert_int_equal(e.code, -c->result);
	if (c->words)
		assert_non_null(strstr(e.text, c->words));
	stream_close(s);
	if (c->reader != READS_NOTHING)
		pthread_join(thread, NULL);
	if (c->reader == READS_ALL) {
		assert_int_equal(d.n, c->n);
		assert_true(d.right);
	}
	if (c->reader != RESETS)
		close(ends[1]);
	free(bytes);
}

/* More parts than one system call takes are no error. */
static void test_write_vector(const void *row)
{
	static const char letters[] = "abcdefghij";
	struct iovec parts[3000];
	struct stream *s;
	size_t done = 0;
	char got[4096];
	int ends[2];

	(void)row;
	for (size_t i = 0; i < 3000; i++)
		parts[i] = (struct iovec){ (char *)&letters[i % 10], 1 };
	loopback_pair(ends);
	s = stream_of(ends[0]);
	while (done < 3000) {
		ssize_t put = s->ops->write(
			s, parts + done, (int)(3000 - done), NULL);

		assert_true(put > 0);
		done += (size_t)put;
	}
	assert_int_equal(recv(ends[1], got, 3000, MSG_WAITALL), 3000);
	for (size_t i = 0; i < 3000; i++)
		assert_int_equal(got[i], letters[i % 10]);
	stream_close(s);
	close(ends[1]);
}

/* After shut the peer sees the end and can still answer. */
static void test_shut(const void *row)
{
	struct error e = { 0 };
	struct stream *s;
	char byte;
	int ends[2];

	(void)row;
	loopback_pair(ends);
	s = stream_of(ends[0]);
	assert_int_equal(stream_write(s, "q", 1, deadline_in(5000), &e), 0);
	assert_int_equal(s->ops->shut(s, &e), 0);
	assert_int_equal(recv(ends[1], &byte, 1, 0), 1);
	assert_int_equal(recv(ends[1], &byte, 1, 0), 0);
	assert_int_equal(send(ends[1], "a", 1, 0), 1);
	assert_int_equal(stream_read(s, &byte, 1, deadline_in(5000), &e), 1);
	assert_int_equal(byte, 'a');
	assert_int_equal(
		stream_write(s, "q", 1, deadline_in(5000), &e), -ERR_SEND);
	assert_string_equal(e.text, "Send failure: Broken pipe");
	stream_close(s);
	close(ends[1]);
}

static void test_shut_fails(const void *row)
{
	struct error e = { 0 };
	struct stream *s = stream_of(socket(AF_INET, SOCK_STREAM, 0));

	(void)row;
	assert_int_equal(s->ops->shut(s, &e), -ERR_SEND);
	assert_non_null(strstr(e.text, "closed: "));
	stream_close(s);
}

struct wait_case {
	const char *name;
	const char *sent; /* by the peer; NULL: nothing */
	short extra;
	int result;
};

/* The stream has just been told STREAM_AGAIN by a read. */
static const struct wait_case waits[] = {
	{ "what a read wants", "x", 0, POLLIN },
	{ "nothing comes", NULL, 0, -ERR_TIMEOUT },
	{ "room to write is extra", NULL, POLLOUT, POLLOUT },
	{ "both", "x", POLLOUT, POLLIN | POLLOUT },
};

static void test_wait(const void *row)
{
	const struct wait_case *c = row;
	struct pollfd arrived;
	struct error e = { 0 };
	struct stream *s;
	char byte;
	int ends[2];

	loopback_pair(ends);
	s = stream_of(ends[0]);
	assert_int_equal(s->ops->read(s, &byte, 1, &e), STREAM_AGAIN);
	assert_int_equal(s->ops->wants(s), POLLIN);
	assert_int_equal(e.code, 0);
	if (c->sent) {
		assert_int_equal(send(ends[1], c->sent, 1, 0), 1);
		arrived = (struct pollfd){ .fd = ends[0], .events = POLLIN };
		assert_int_equal(poll(&arrived, 1, 5000), 1);
	}
	assert_int_equal(
		stream_wait(s, c->extra, deadline_in(40), &e), c->result);
	stream_close(s);
	close(ends[1]);
}

static void test_wait_closed(const void *row)
{
	struct error e = { 0 };
	struct stream *s;
	int ends[2];

	(void)row;
	loopback_pair(ends);
	s = stream_of(ends[0]);
	close(ends[0]);
	assert_int_equal(
		stream_wait(s, POLLIN, deadline_in(5000), &e), -ERR_RECV);
	assert_non_null(strstr(e.text, "Bad file descriptor"));
	free(s);
	close(ends[1]);
}

static void test_close(const void *row)
{
	struct stream *s;
	char byte;
	int ends[2];

	(void)row;
	stream_close(NULL);
	loopback_pair(ends);
	s = stream_of(ends[0]);
	stream_close(s);
	assert_int_equal(recv(ends[1], &byte, 1, 0), 0);
	close(ends[1]);
}

int main(void)
{
	static const struct table tables[] = {
		TABLE("stream_read", reads, test_read),
		SINGLE("stream_read: bytes after the deadline", test_read_past),
		TABLE("stream_write", writes, test_write),
		SINGLE("write: a vector of 3000", test_write_vector),
		SINGLE("shut: a half-close", test_shut),
		SINGLE("shut: not connected", test_shut_fails),
		TABLE("stream_wait", waits, test_wait),
		SINGLE("stream_wait: a closed descriptor", test_wait_closed),
		SINGLE("stream_close", test_close),
	};

	return table_run("stream", tables, sizeof(tables) / sizeof(tables[0]));
}
