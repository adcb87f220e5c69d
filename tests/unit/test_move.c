#include "net/move.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "support/loopback.h"
#include "support/table.h"

#define BIG (8u << 20)

static char pattern(size_t at)
{
	return (char)(at * 31 + (at >> 12));
}

static int temporary_file(void)
{
	char path[] = "/tmp/test_move.XXXXXX";
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	unlink(path);
	return fd;
}

/* Sends `n` bytes of the pattern, in blocks with pauses, and the end. */
struct sender {
	int fd;
	size_t n, block;
	int pause_ms;
	bool reset;
};

static void *sender_run(void *argument)
{
	struct sender *s = argument;
	char *block = malloc(s->block);

	for (size_t at = 0; block && at < s->n;) {
		size_t n = s->n - at < s->block ? s->n - at : s->block;
		ssize_t put;

		for (size_t i = 0; i < n; i++)
			block[i] = pattern(at + i);
		put = send(s->fd, block, n, MSG_NOSIGNAL);
		if (put <= 0)
			break;
		at += (size_t)put;
		if (s->pause_ms)
			usleep((useconds_t)s->pause_ms * 1000);
	}
	free(block);
	if (s->reset)
		loopback_reset(s->fd);
	else
		close(s->fd);
	return NULL;
}

/* Reads what comes out of a pipe or lies in a file, and compares. */
struct checker {
	int fd;
	int pause_ms; /* before each read */
	size_t block;
	size_t n;
	bool right;
};

static void *checker_run(void *argument)
{
	struct checker *c = argument;
	char *block = malloc(c->block);
	ssize_t got = -1;

	c->right = true;
	while (block && (got = read(c->fd, block, c->block)) > 0) {
		for (ssize_t i = 0; i < got; i++, c->n++)
			if (block[i] != pattern(c->n))
				c->right = false;
		if (c->pause_ms)
			usleep((useconds_t)c->pause_ms * 1000);
	}
	free(block);
	if (got < 0)
		c->right = false;
	return NULL;
}

/* Move until the end or an error, polling for STREAM_AGAIN as a caller does. */
static ssize_t move_all(struct mover *m, int from, uint64_t most, size_t *moved,
	int64_t deadline, struct error *e)
{
	for (*moved = 0;;) {
		struct pollfd wait = { .fd = from, .events = POLLIN };
		ssize_t n = mover_move(m, most, deadline, e);

		if (n == -ERR_AGAIN)
			assert_int_equal(poll(&wait, 1, 5000), 1);
		else if (n <= 0)
			return n;
		else
			*moved += (size_t)n;
		assert_true(n < 0 || (uint64_t)n <= most);
	}
}

enum target { TO_FILE, TO_PIPE, TO_NULL };

struct move_case {
	const char *name;
	enum target to;
	size_t n, block; /* what is sent, and how much at a time */
	int send_pause_ms, read_pause_ms;
	uint64_t most; /* a call */
	bool append_later; /* set O_APPEND once the mover is made */
};

static const struct move_case moves[] = {
	{ "to a file", TO_FILE, BIG, 65536, 0, 0, UINT64_MAX, false },
	{ "to a file, stuttering", TO_FILE, 2000, 100, 2, 0, UINT64_MAX,
		false },
	{ "to a file, the end at once", TO_FILE, 0, 1, 0, 0, UINT64_MAX,
		false },
	{ "to a file, a byte a call", TO_FILE, 3000, 3000, 0, 0, 1, false },
	{ "to a file, 1000 bytes a call", TO_FILE, 1u << 20, 65536, 0, 0, 1000,
		false },
	{ "to a pipe", TO_PIPE, BIG, 65536, 0, 0, UINT64_MAX, false },
	{ "to a pipe, stuttering", TO_PIPE, 2000, 100, 2, 0, UINT64_MAX,
		false },
	{ "to a pipe with a slow reader", TO_PIPE, BIG, 65536, 0, 3, UINT64_MAX,
		false },
	{ "to a pipe, the end at once", TO_PIPE, 0, 1, 0, 0, UINT64_MAX,
		false },
	{ "to a pipe, 1000 bytes a call", TO_PIPE, 1u << 20, 65536, 0, 0, 1000,
		false },
	{ "to the null device", TO_NULL, BIG, 65536, 0, 0, UINT64_MAX, false },
	{ "to a file that stops taking splices", TO_FILE, BIG, 65536, 0, 0,
		UINT64_MAX, true },
};

static void test_move(const void *row)
{
	const struct move_case *c = row;
	struct sender sender = {
		.n = c->n, .block = c->block, .pause_ms = c->send_pause_ms
	};
	struct checker checker = { .block = 65536,
		.pause_ms = c->read_pause_ms };
	pthread_t sending, checking;
	int ends[2], out[2] = { -1, -1 };
	struct error e = { 0 };
	struct mover *m;
	ssize_t end;
	size_t moved;

	loopback_pair(ends);
	sender.fd = ends[1];
	if (c->to == TO_FILE)
		out[1] = temporary_file();
	else if (c->to == TO_PIPE)
		assert_int_equal(pipe(out), 0);
	else
		out[1] = open("/dev/null", O_WRONLY);
	m = mover_new(ends[0], out[1]);
	assert_non_null(m);
	if (c->append_later)
		assert_int_equal(fcntl(out[1], F_SETFL, O_APPEND), 0);
	assert_int_equal(
		pthread_create(&sending, NULL, sender_run, &sender), 0);
	checker.fd = c->to == TO_PIPE ? out[0] : out[1];
	if (c->to == TO_PIPE)
		assert_int_equal(
			pthread_create(&checking, NULL, checker_run, &checker),
			0);
	end = move_all(m, ends[0], c->most, &moved, deadline_in(20000), &e);
	assert_int_equal(mover_refused(m), c->append_later);
	if (c->append_later) {
		assert_int_equal(end, -ERR_WRITE);
		assert_true(moved > 0 && moved < c->n);
	} else {
		assert_int_equal(end, 0);
		assert_int_equal(moved, c->n);
	}
	mover_free(m);
	close(ends[0]);
	if (c->to == TO_PIPE) {
		close(out[1]);
		pthread_join(checking, NULL);
		close(out[0]);
	} else {
		if (c->to == TO_FILE)
			assert_int_equal(lseek(out[1], 0, SEEK_CUR), moved);
		lseek(out[1], 0, SEEK_SET);
		if (c->to == TO_FILE)
			checker_run(&checker);
		close(out[1]);
	}
	pthread_join(sending, NULL);
	if (c->to != TO_NULL) {
		assert_int_equal(checker.n, moved);
		assert_true(checker.right);
	}
}

enum unfit { APPENDING, TERMINAL, SOCKET, FULL_DEVICE, NOT_OPEN };

struct unfit_case {
	const char *name;
	enum unfit to;
};

static const struct unfit_case unfit[] = {
	{ "an O_APPEND file", APPENDING },
	{ "a terminal", TERMINAL },
	{ "a socket", SOCKET },
	{ "a device that is not the null device", FULL_DEVICE },
	{ "a closed descriptor", NOT_OPEN },
};

static int open_unfit(enum unfit what, int *other)
{
	int fds[2];

	*other = -1;
	switch (what) {
	case APPENDING:
		fds[1] = temporary_file();
		assert_int_equal(fcntl(fds[1], F_SETFL, O_APPEND), 0);
		return fds[1];
	case TERMINAL:
		*other = posix_openpt(O_RDWR | O_NOCTTY);
		assert_int_equal(grantpt(*other), 0);
		assert_int_equal(unlockpt(*other), 0);
		return open(ptsname(*other), O_WRONLY | O_NOCTTY);
	case SOCKET:
		loopback_pair(fds);
		*other = fds[0];
		return fds[1];
	case FULL_DEVICE:
		return open("/dev/full", O_WRONLY);
	case NOT_OPEN:
		break;
	}
	return -1;
}

static void test_unfit(const void *row)
{
	const struct unfit_case *c = row;
	int ends[2], other, to = open_unfit(c->to, &other);

	loopback_pair(ends);
	assert_true(to >= 0 || c->to == NOT_OPEN);
	assert_null(mover_new(ends[0], to));
	close(ends[0]);
	close(ends[1]);
	if (to >= 0)
		close(to);
	if (other >= 0)
		close(other);
}

struct two_case {
	const char *name;
	enum target to;
};

static const struct two_case targets[] = {
	{ "a file", TO_FILE },
	{ "a pipe", TO_PIPE },
};

static int open_target(enum target to, int *reader)
{
	int ends[2];

	*reader = -1;
	if (to == TO_FILE)
		return temporary_file();
	assert_int_equal(pipe(ends), 0);
	*reader = ends[0];
	return ends[1];
}

static void test_again(const void *row)
{
	const struct two_case *c = row;
	struct error e = { 0 };
	int ends[2], reader, to = open_target(c->to, &reader);
	struct pollfd arrived;
	struct mover *m;

	loopback_pair(ends);
	m = mover_new(ends[0], to);
	assert_non_null(m);
	assert_int_equal(mover_move(m, 100, deadline_in(5000), &e), -ERR_AGAIN);
	assert_int_equal(e.code, 0);
	assert_int_equal(send(ends[1], "hello", 5, 0), 5);
	arrived = (struct pollfd){ .fd = ends[0], .events = POLLIN };
	assert_int_equal(poll(&arrived, 1, 5000), 1);
	assert_int_equal(mover_move(m, 100, clock_now() - 1, &e), -ERR_TIMEOUT);
	assert_int_equal(mover_move(m, 3, DEADLINE_NONE, &e), 3);
	assert_int_equal(mover_move(m, 3, DEADLINE_NONE, &e), 2);
	assert_int_equal(mover_move(m, 3, DEADLINE_NONE, &e), -ERR_AGAIN);
	assert_false(mover_refused(m));
	mover_free(m);
	close(ends[0]);
	close(ends[1]);
	close(to);
	if (reader >= 0)
		close(reader);
}

static void test_reset(const void *row)
{
	const struct two_case *c = row;
	struct error e = { 0 };
	int ends[2], reader, to = open_target(c->to, &reader);
	struct sender sender = { .n = 0, .block = 1, .reset = true };
	struct mover *m;
	size_t moved;

	loopback_pair(ends);
	m = mover_new(ends[0], to);
	assert_non_null(m);
	sender.fd = ends[1];
	sender_run(&sender);
	assert_int_equal(
		move_all(m, ends[0], 100, &moved, deadline_in(5000), &e),
		-ERR_RECV);
	assert_string_equal(e.text, "Recv failure: Connection reset by peer");
	assert_int_equal(moved, 0);
	mover_free(m);
	close(ends[0]);
	close(to);
	if (reader >= 0)
		close(reader);
}

/* A reader that stops reading holds up the move until the deadline; what came
 * before is in the pipe. */
static void test_stuck_reader(const void *row)
{
	struct sender sender = { .n = 8 * BIG, .block = 65536 };
	struct checker checker = { .block = 65536 };
	struct error e = { 0 };
	int ends[2], out[2];
	int64_t deadline;
	pthread_t sending;
	struct mover *m;
	size_t moved;

	(void)row;
	loopback_pair(ends);
	assert_int_equal(pipe(out), 0);
	m = mover_new(ends[0], out[1]);
	assert_non_null(m);
	sender.fd = ends[1];
	assert_int_equal(
		pthread_create(&sending, NULL, sender_run, &sender), 0);
	deadline = deadline_in(400);
	assert_int_equal(move_all(m, ends[0], UINT64_MAX, &moved, deadline, &e),
		-ERR_TIMEOUT);
	assert_string_equal(e.text, "Timed out while the output took no more");
	assert_true(clock_now() >= deadline);
	assert_true(moved > 0 && moved < sender.n);
	mover_free(m);
	close(ends[0]);
	pthread_join(sending, NULL);
	close(out[1]);
	checker.fd = out[0];
	checker_run(&checker);
	assert_int_equal(checker.n, moved);
	assert_true(checker.right);
	close(out[0]);
}

/* A full pipe with nothing to put into it is the socket's lack, not a wait. */
static void test_full_and_idle(const void *row)
{
	struct error e = { 0 };
	int ends[2], out[2];
	struct mover *m;
	char byte = 'x';

	(void)row;
	loopback_pair(ends);
	assert_int_equal(pipe2(out, O_NONBLOCK), 0);
	m = mover_new(ends[0], out[1]);
	assert_non_null(m);
	while (write(out[1], &byte, 1) == 1)
		;
	assert_int_equal(errno, EAGAIN);
	assert_int_equal(mover_move(m, 100, deadline_in(5000), &e), -ERR_AGAIN);
	mover_free(m);
	close(ends[0]);
	close(ends[1]);
	close(out[0]);
	close(out[1]);
}

static void test_broken_pipe(const void *row)
{
	struct sender sender = { .n = 5, .block = 5 };
	struct error e = { 0 };
	int ends[2], out[2];
	struct mover *m;
	size_t moved;

	(void)row;
	loopback_pair(ends);
	assert_int_equal(pipe(out), 0);
	close(out[0]);
	m = mover_new(ends[0], out[1]);
	assert_non_null(m);
	sender.fd = ends[1];
	sender_run(&sender);
	assert_int_equal(
		move_all(m, ends[0], 100, &moved, deadline_in(5000), &e),
		-ERR_WRITE);
	assert_string_equal(
		e.text, "Failure writing output to destination (Broken pipe)");
	assert_false(mover_refused(m));
	mover_free(m);
	close(ends[0]);
	close(out[1]);
}

/* A file that may not grow as large as what comes. */
static void test_file_limit(const void *row)
{
	struct sender sender = { .n = 65536, .block = 65536 };
	int ends[2], to = temporary_file();
	struct rlimit before, small;
	struct error e = { 0 };
	struct mover *m;
	size_t moved;
	ssize_t end;
	int number;

	(void)row;
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	loopback_pair(ends);
	m = mover_new(ends[0], to);
	assert_non_null(m);
	sender.fd = ends[1];
	sender_run(&sender);
	small = (struct rlimit){ 1000, before.rlim_max };
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	end = move_all(m, ends[0], UINT64_MAX, &moved, deadline_in(5000), &e);
	number = errno;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	assert_int_equal(end, -ERR_WRITE);
	assert_string_equal(e.text,
		"Failure writing output to destination (File too large)");
	assert_int_equal(number, EFBIG);
	assert_int_equal(moved + mover_reached(m), 1000);
	assert_false(mover_refused(m));
	mover_free(m);
	close(ends[0]);
	close(to);
}

static void test_free_null(const void *row)
{
	(void)row;
	mover_free(NULL);
}

int main(void)
{
	static const struct table tables[] = {
		TABLE("mover_move", moves, test_move),
		TABLE("mover_new refuses", unfit, test_unfit),
		TABLE("mover_move: nothing there, to", targets, test_again),
		TABLE("mover_move: a reset, to", targets, test_reset),
		SINGLE("mover_move: a stuck reader", test_stuck_reader),
		SINGLE("mover_move: full and idle", test_full_and_idle),
		SINGLE("mover_move: a broken pipe", test_broken_pipe),
		SINGLE("mover_move: a file at its limit", test_file_limit),
		SINGLE("mover_free: NULL", test_free_null),
	};

	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	return table_run("move", tables, sizeof(tables) / sizeof(tables[0]));
}
