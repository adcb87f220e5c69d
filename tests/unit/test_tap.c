#include "net/tap.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "net/replay.h"
#include "support/table.h"

/* What is told becomes text. */
static long told_open(void *to, const char *host, uint16_t port, bool tls)
{
	buf_printf(to, "open %s %u%s;", host, port, tls ? " tls" : "");
	return 42;
}

static void told_sent(
	void *to, long connection, const struct iovec *iov, size_t n)
{
	buf_printf(to, "%ld sent ", connection);
	for (; n; iov++) {
		size_t here = n < iov->iov_len ? n : iov->iov_len;

		buf_add(to, iov->iov_base, here);
		n -= here;
	}
	buf_add_char(to, ';');
}

static void told_received(void *to, long connection, struct str bytes)
{
	buf_printf(to, "%ld received %.*s;", connection, STR_FMT(bytes));
}

static void told_end(void *to, long connection, bool cut, const struct error *e)
{
	buf_printf(to, "%ld %s %s;", connection, cut ? "cut" : "ended",
		e ? e->text : "well");
}

static void told_refused(void *to, long connection, const struct error *e)
{
	buf_printf(to, "%ld refused %s;", connection, e->text);
}

static void told_shut(void *to, long connection)
{
	buf_printf(to, "%ld shut;", connection);
}

static void told_closed(void *to, long connection)
{
	buf_printf(to, "%ld closed;", connection);
}

static const struct tap_ops ops = {
	.opened = told_open,
	.sent = told_sent,
	.received = told_received,
	.ended = told_end,
	.refused = told_refused,
	.shut = told_shut,
	.closed = told_closed,
};

static void test_socket(const void *unused)
{
	struct iovec iov[2] = { { (char *)"ab", 2 }, { (char *)"c", 1 } };
	struct error e = { 0 };
	struct stream *s;
	struct buf told;
	struct tap tap = { &ops, &told };
	char bytes[8];
	int fds[2];

	(void)unused;
	buf_init(&told, 1000);
	assert_int_equal(
		socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC,
			0, fds),
		0);
	s = tap_stream(
		&tap, stream_socket(fds[0], "unix", &e), "h", 80, true, &e);
	assert_int_equal(s->fd, fds[0]);
	assert_false(s->plain);
	assert_int_equal(s->ops->read(s, bytes, 8, &e), STREAM_AGAIN);
	assert_int_equal(s->ops->wants(s), POLLIN);
	assert_int_equal(s->ops->write(s, iov, 2, &e), 3);
	assert_int_equal(read(fds[1], bytes, 8), 3);
	assert_memory_equal(bytes, "abc", 3);
	assert_int_equal(write(fds[1], "xyz", 3), 3);
	assert_int_equal(s->ops->read(s, bytes, 2, &e), 2);
	assert_int_equal(s->ops->read(s, bytes, 8, &e), 1);
	assert_int_equal(s->ops->shut(s, &e), 0);
	assert_int_equal(read(fds[1], bytes, 8), 0);
	close(fds[1]);
	assert_int_equal(s->ops->read(s, bytes, 8, &e), 0);
	assert_int_equal(s->ops->write(s, iov, 2, &e), -ERR_SEND);
	stream_close(s);
	assert_string_equal(buf_text(&told),
		"open h 80 tls;42 sent abc;42 received xy;42 received z;"
		"42 shut;42 ended well;42 refused Send failure: Broken pipe;"
		"42 closed;");
	buf_fini(&told);
}

/* Above a stream without a socket, with waiting and a cut end. */
static void test_replayed(const void *unused)
{
	struct error e = { 0 };
	struct replay r;
	struct stream *s;
	struct buf told;
	struct tap tap = { &ops, &told };
	char bytes[8];

	(void)unused;
	buf_init(&told, 1000);
	assert_int_equal(
		replay_parse(&r,
			STR("{\"event\":\"open\",\"connection\":0,\"host\":"
			    "\"h\",\"port\":1}\n"
			    "{\"event\":\"sent\",\"connection\":0,\"text\":"
			    "\"abc\"}\n"
			    "{\"event\":\"received\",\"connection\":0,"
			    "\"text\":\"x\"}\n"
			    "{\"event\":\"cut\",\"connection\":0,\"error\":"
			    "\"why\"}\n"),
			&e),
		0);
	s = tap_stream(
		&tap, replay_open(&r, "h", 1, false, &e), "h", 1, false, &e);
	assert_int_equal(s->fd, -1);
	assert_int_equal(stream_write(s, "a", 1, INT64_MAX, &e), 0);
	assert_int_equal(stream_read(s, bytes, 8, INT64_MAX, &e), 1);
	assert_int_equal(stream_read(s, bytes, 8, INT64_MAX, &e), -ERR_RECV);
	assert_true(s->truncated);
	stream_close(s);
	replay_fini(&r);
	assert_string_equal(buf_text(&told),
		"open h 1;42 sent a;42 received x;42 cut why;42 closed;");
	buf_fini(&told);
}

int main(void)
{
	static const struct table tables[] = {
		SINGLE("tap_stream of a socket", test_socket),
		SINGLE("tap_stream of a recording", test_replayed),
	};

	return table_run("tap", tables, sizeof(tables) / sizeof(tables[0]));
}
