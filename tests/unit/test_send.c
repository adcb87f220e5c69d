#include "net/send.h"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include "support/loopback.h"
#include "support/table.h"

#define BIG (8u << 20)

static char pattern(size_t at)
{
	return (char)(at * 31 + (at >> 12));
}

static int file_of(size_t n)
{
	char path[] = "/tmp/test_send.XXXXXX";
	int fd = mkstemp(path);
	char *bytes = malloc(n + 1);

	assert_true(fd >= 0);
	assert_non_null(bytes);
	unlink(path);
	for (size_t i = 0; i < n; i++)
		bytes[i] = pattern(i);
	assert_int_equal(write(fd, bytes, n), n);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	free(bytes);
	return fd;
}

/* Reads all that comes, and compares. */
struct checker {
	int fd, pause_ms;
	size_t from, n;
	bool right;
};

static void *checker_run(void *argument)
{
	struct checker *c = argument;
	char block[65536];
	ssize_t got;

	c->right = true;
	while ((got = recv(c->fd, block, sizeof(block), 0)) > 0) {
		for (ssize_t i = 0; i < got; i++, c->n++)
			if (block[i] != pattern(c->from + c->n))
				c->right = false;
		if (c->pause_ms)
			usleep((useconds_t)c->pause_ms * 1000);
	}
	return NULL;
}

/* Writes the pattern to a pipe, in blocks with pauses. */
struct feeder {
	int fd, pause_ms;
	size_t n, block;
};

static void *feeder_run(void *argument)
{
	struct feeder *f = argument;
	char block[65536];

	for (size_t at = 0; at < f->n;) {
		size_t n = f->n - at < f->block ? f->n - at : f->block;

		for (size_t i = 0; i < n; i++)
			block[i] = pattern(at + i);
		if (write(f->fd, block, n) != (ssize_t)n)
			break;
		at += n;
		usleep((useconds_t)f->pause_ms * 1000);
	}
	close(f->fd);
	return NULL;
}

/* Until the end or an error, polling for what -ERR_AGAIN waits for. */
static ssize_t send_all(struct sender *s, int from, int to, uint64_t most,
	size_t *sent, struct error *e)
{
	for (*sent = 0;;) {
		ssize_t n = sender_move(s, most, e);
		struct pollfd wait = { .fd = to, .events = POLLOUT };

		if (sender_starved(s))
			wait = (struct pollfd){ .fd = from, .events = POLLIN };
		if (n == -ERR_AGAIN)
			assert_int_equal(poll(&wait, 1, 5000), 1);
		else if (n <= 0)
			return n;
		else
			*sent += (size_t)n;
		assert_true(n < 0 || (uint64_t)n <= most);
	}
}

struct send_case {
	const char *name;
	bool is_pipe;
	size_t n, from; /* bytes in all, and where the file stands */
	size_t block; /* that a pipe is written in */
	int feed_pause_ms, read_pause_ms;
	uint64_t most;
};

static const struct send_case sends[] = {
	{ "a file", false, BIG, 0, 0, 0, 0, UINT64_MAX },
	{ "a file, not from its start", false, BIG, 4097, 0, 0, 0, UINT64_MAX },
	{ "a file, 1000 bytes a call", false, 1u << 20, 0, 0, 0, 0, 1000 },
	{ "a file, a slow reader", false, BIG, 0, 0, 0, 3, UINT64_MAX },
	{ "an empty file", false, 0, 0, 0, 0, 0, UINT64_MAX },
	{ "a pipe", true, BIG, 0, 65536, 0, 0, UINT64_MAX },
	{ "a pipe, 1000 bytes a call", true, 1u << 20, 0, 65536, 0, 0, 1000 },
	{ "a pipe, stuttering", true, 2000, 0, 100, 2, 0, UINT64_MAX },
	{ "a pipe, a slow reader", true, BIG, 0, 65536, 0, 3, UINT64_MAX },
	{ "a pipe, the end at once", true, 0, 0, 1, 0, 0, UINT64_MAX },
};

static void test_send(const void *row)
{
	const struct send_case *c = row;
	struct checker checker = { .pause_ms = c->read_pause_ms,
		.from = c->from };
	struct feeder feeder = {
		.n = c->n, .block = c->block, .pause_ms = c->feed_pause_ms
	};
	pthread_t feeding, checking;
	struct error e = { 0 };
	int ends[2], in[2];
	struct sender *s;
	size_t sent;

	loopback_pair(ends);
	checker.fd = ends[1];
	assert_int_equal(
		pthread_create(&checking, NULL, checker_run, &checker), 0);
	if (c->is_pipe) {
		assert_int_equal(pipe(in), 0);
		feeder.fd = in[1];
		assert_int_equal(
			pthread_create(&feeding, NULL, feeder_run, &feeder), 0);
	} else {
		in[0] = file_of(c->n);
		assert_int_equal(
			lseek(in[0], (off_t)c->from, SEEK_SET), c->from);
	}
	s = sender_new(in[0], ends[0]);
	assert_non_null(s);
	assert_int_equal(send_all(s, in[0], ends[0], c->most, &sent, &e), 0);
	assert_int_equal(sent, c->n - c->from);
	assert_int_equal(e.code, 0);
	sender_free(s);
	close(ends[0]);
	pthread_join(checking, NULL);
	if (c->is_pipe)
		pthread_join(feeding, NULL);
	assert_int_equal(checker.n, sent);
	assert_true(checker.right);
	close(in[0]);
	close(ends[1]);
}

enum unfit { TERMINAL, SOCKET, DIRECTORY, NOT_OPEN };

struct unfit_case {
	const char *name;
	enum unfit from;
};

static const struct unfit_case unfit[] = {
	{ "a terminal", TERMINAL },
	{ "a socket", SOCKET },
	{ "a directory", DIRECTORY },
	{ "a closed descriptor", NOT_OPEN },
};

static int open_unfit(enum unfit what)
{
	switch (what) {
	case TERMINAL:
		return posix_openpt(O_RDWR | O_NOCTTY);
	case SOCKET:
		return socket(AF_INET, SOCK_STREAM, 0);
	case DIRECTORY:
		return open("/", O_RDONLY);
	case NOT_OPEN:
		break;
	}
	return -1;
}

static void test_unfit(const void *row)
{
	const struct unfit_case *c = row;
	int ends[2], from = open_unfit(c->from);

	loopback_pair(ends);
	assert_true(from >= 0 || c->from == NOT_OPEN);
	assert_null(sender_new(from, ends[0]));
	if (from >= 0)
		close(from);
	close(ends[0]);
	close(ends[1]);
}

static void test_starved(const void *row)
{
	struct error e = { 0 };
	int ends[2], in[2];
	struct sender *s;

	(void)row;
	loopback_pair(ends);
	assert_int_equal(pipe(in), 0);
	s = sender_new(in[0], ends[0]);
	assert_non_null(s);
	assert_int_equal(sender_move(s, 100, &e), -ERR_AGAIN);
	assert_true(sender_starved(s));
	assert_int_equal(write(in[1], "hello", 5), 5);
	assert_int_equal(sender_move(s, 3, &e), 3);
	assert_false(sender_starved(s));
	assert_int_equal(sender_move(s, 100, &e), 2);
	assert_int_equal(sender_move(s, 100, &e), -ERR_AGAIN);
	assert_true(sender_starved(s));
	close(in[1]);
	assert_int_equal(sender_move(s, 100, &e), 0);
	assert_int_equal(e.code, 0);
	sender_free(s);
	close(in[0]);
	close(ends[0]);
	close(ends[1]);
}

struct from_case {
	const char *name;
	bool is_pipe;
};

static const struct from_case froms[] = {
	{ "a file", false },
	{ "a pipe", true },
};

/* With more than a pipe and the sockets hold. */
static int open_from(bool is_pipe, pthread_t *feeding, struct feeder *feeder)
{
	int in[2];

	if (!is_pipe)
		return file_of(8 * BIG);
	assert_int_equal(pipe(in), 0);
	*feeder = (struct feeder){ .fd = in[1], .n = 8 * BIG, .block = 65536 };
	assert_int_equal(pthread_create(feeding, NULL, feeder_run, feeder), 0);
	return in[0];
}

static void close_from(int from, bool is_pipe, pthread_t feeding)
{
	close(from);
	if (is_pipe)
		pthread_join(feeding, NULL);
}

static void test_full_socket(const void *row)
{
	const struct from_case *c = row;
	struct feeder feeder;
	struct error e = { 0 };
	pthread_t feeding;
	int ends[2], from;
	struct sender *s;
	ssize_t n;

	loopback_pair(ends);
	from = open_from(c->is_pipe, &feeding, &feeder);
	s = sender_new(from, ends[0]);
	assert_non_null(s);
	while ((n = sender_move(s, UINT64_MAX, &e)) > 0 || sender_starved(s))
		;
	assert_int_equal(n, -ERR_AGAIN);
	sender_free(s);
	close_from(from, c->is_pipe, feeding);
	close(ends[0]);
	close(ends[1]);
}

static void test_reset(const void *row)
{
	const struct from_case *c = row;
	struct feeder feeder;
	struct error e = { 0 };
	pthread_t feeding;
	int ends[2], from;
	struct sender *s;
	size_t sent;

	loopback_pair(ends);
	from = open_from(c->is_pipe, &feeding, &feeder);
	s = sender_new(from, ends[0]);
	assert_non_null(s);
	loopback_reset(ends[1]);
	assert_int_equal(
		send_all(s, from, ends[0], UINT64_MAX, &sent, &e), -ERR_SEND);
	assert_int_equal(sent, 0);
	assert_non_null(strstr(e.text, "Send failure: "));
	sender_free(s);
	close_from(from, c->is_pipe, feeding);
	close(ends[0]);
}

/* A file that was opened for writing only cannot be read after all. */
static void test_refused(const void *row)
{
	char path[] = "/tmp/test_send.XXXXXX";
	struct error e = { 0 };
	int ends[2], from = mkstemp(path), only;
	struct sender *s;

	(void)row;
	loopback_pair(ends);
	assert_true(from >= 0);
	only = open(path, O_WRONLY);
	unlink(path);
	s = sender_new(only, ends[0]);
	assert_non_null(s);
	assert_int_equal(sender_move(s, 1, &e), -ERR_READ);
	assert_string_equal(e.text, "Failed to read: Bad file descriptor");
	sender_free(s);
	sender_free(NULL);
	close(only);
	close(from);
	close(ends[0]);
	close(ends[1]);
}

/* TCP keeps what the peer does not acknowledge, for want of room. */
static void test_queued(const void *row)
{
	static const char block[65536];
	struct checker checker = { 0 };
	int ends[2];
	pthread_t checking;

	(void)row;
	loopback_pair(ends);
	assert_int_equal(send_queued(ends[0]), 0);
	while (send(ends[0], block, sizeof(block), MSG_NOSIGNAL) > 0)
		;
	assert_true(send_queued(ends[0]) > 0);
	checker.fd = ends[1];
	assert_int_equal(
		pthread_create(&checking, NULL, checker_run, &checker), 0);
	for (int i = 0; i < 5000 && send_queued(ends[0]); i++)
		usleep(1000);
	assert_int_equal(send_queued(ends[0]), 0);
	close(ends[0]);
	pthread_join(checking, NULL);
	close(ends[1]);
	assert_int_equal(send_queued(-1), 0);
}

int main(void)
{
	static const struct table tables[] = {
		TABLE("sender_move", sends, test_send),
		TABLE("sender_new refuses", unfit, test_unfit),
		SINGLE("sender_move: nothing there", test_starved),
		TABLE("sender_move: a full socket, from", froms,
			test_full_socket),
		TABLE("sender_move: a reset, from", froms, test_reset),
		SINGLE("sender_move: a file that cannot be read", test_refused),
		SINGLE("send_queued", test_queued),
	};

	signal(SIGPIPE, SIG_IGN);
	return table_run("send", tables, sizeof(tables) / sizeof(tables[0]));
}
