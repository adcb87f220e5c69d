#include "net/replay.h"

#include "support/table.h"

#define OPEN \
	"{\"event\":\"open\",\"connection\":0,\"host\":\"h\",\"port\":80}\n"
#define SENT(text) \
	"{\"event\":\"sent\",\"connection\":0,\"text\":\"" text "\"}\n"
#define RECEIVED(text) \
	"{\"event\":\"received\",\"connection\":0,\"text\":\"" text "\"}\n"
#define EVENT(name) "{\"event\":\"" name "\",\"connection\":0}\n"

static const struct bad_row {
	const char *name, *text, *message;
} bad_rows[] = {
	{ "not JSON", "GET / HTTP/1.1\n",
		"line 1, byte 1: expected an object" },
	{ "second line", OPEN "x", "line 2, byte 1: expected an object" },
	{ "cut", OPEN "{\"event\":", "line 2, byte 10: the text ends early" },
	{ "something behind", "{} 1",
		"line 1, byte 4: something stands behind it" },
	{ "no event", "{}", "line 1, byte 1: there is no event in it" },
	{ "unknown event", OPEN EVENT("eof"),
		"line 2, byte 1: an unknown event" },
	{ "no connection", "{\"event\":\"end\"}",
		"line 1, byte 1: an event needs a connection" },
	{ "not opened", EVENT("end"),
		"line 1, byte 1: this connection has not been opened" },
	{ "opened twice", OPEN OPEN,
		"line 2, byte 1: this connection has been opened before" },
	{ "no host", "{\"event\":\"open\",\"connection\":0,\"port\":1}",
		"line 1, byte 1: an open event needs a host and a port" },
	{ "no port", "{\"event\":\"open\",\"connection\":0,\"host\":\"\"}",
		"line 1, byte 1: an open event needs a host and a port" },
	{ "port", "{\"port\":65536}",
		"line 1, byte 9: expected a whole number that is not too "
		"large" },
	{ "connection", "{\"connection\":-1}",
		"line 1, byte 15: expected a whole number that is not too "
		"large" },
	{ "tls", "{\"tls\":1}", "line 1, byte 8: expected true or false" },
	{ "no bytes", OPEN EVENT("received"),
		"line 2, byte 1: such an event needs text or base64" },
	{ "no base64", "{\"base64\":\"Z\"}",
		"line 1, byte 11: this is not base64" },
	{ "behind the end", OPEN EVENT("end") RECEIVED("x"),
		"line 3, byte 1: nothing can be received behind the end" },
	{ "success as a failure",
		OPEN "{\"event\":\"failed\",\"connection\":0,\"code\":0}",
		"line 2, byte 1: this code is not that of a failure" },
	{ "patience as a failure",
		OPEN "{\"event\":\"refused\",\"connection\":0,\"code\":81}",
		"line 2, byte 1: this code is not that of a failure" },
};

static void test_bad(const void *data)
{
	const struct bad_row *row = data;
	size_t n = strlen(row->text);
	char *copy = exact_copy(row->text, n);
	struct error e = { 0 };
	struct replay r;

	assert_int_equal(
		replay_parse(&r, (struct str){ copy, n }, &e), -ERR_READ);
	assert_string_equal(e.text, row->message);
	replay_fini(&r);
	free(copy);
}

/* What is done to a stream, a letter a step: "w" writes a byte, "r" reads all
 * that is given, "1" one byte, "a" finds nothing to read, "i" waits, "I" waits
 * in vain, "e" finds the end, "f" a failure, "c" a cut, "x" may not write. */
static const struct play_row {
	const char *name, *text, *steps;
	size_t step;
	const char *read;
} play_rows[] = {
	{ "nothing happened", OPEN, "aI", 0, "" },
	{ "end at once", OPEN EVENT("end"), "e", 0, "" },
	{ "answer", OPEN SENT("ab") RECEIVED("xyz") EVENT("end"), "wwree", 0,
		"xyz" },
	{ "nothing before the request", OPEN SENT("ab") RECEIVED("x"), "awwr",
		0, "x" },
	{ "all was sent before",
		OPEN SENT("a") RECEIVED("x") SENT("bc") RECEIVED("y")
			EVENT("end"),
		"wwwrre", 0, "xy" },
	{ "a shorter request, and waiting", OPEN SENT("abc") RECEIVED("x"),
		"wair", 0, "x" },
	{ "a longer request does not answer the next one",
		OPEN SENT("a") RECEIVED("x") SENT("b") RECEIVED("y") SENT("c")
			RECEIVED("z"),
		"wrawrawr", 0, "xyz" },
	{ "the peer speaks first", OPEN RECEIVED("x") SENT("a") RECEIVED("y"),
		"rawr", 0, "xy" },
	{ "several pieces, one answer",
		OPEN SENT("a") SENT("b") RECEIVED("x") RECEIVED("y"), "wwr", 0,
		"xy" },
	{ "two bytes at once", OPEN SENT("a") RECEIVED("vwxyz") EVENT("end"),
		"wrrre", 2, "vwxyz" },
	{ "byte by byte", OPEN SENT("a") RECEIVED("xyz") EVENT("end"), "wrrre",
		1, "xyz" },
	{ "a smaller read", OPEN SENT("a") RECEIVED("xyz") EVENT("end"), "w1re",
		0, "xyz" },
	{ "no more than was recorded", OPEN SENT("a") RECEIVED("x"), "wraI", 0,
		"x" },
	{ "closed here", OPEN SENT("a") RECEIVED("x") EVENT("close"), "wraI", 0,
		"x" },
	{ "no answer", OPEN SENT("a") EVENT("end"), "awe", 0, "" },
	{ "no answer, and no end", OPEN SENT("a"), "waI", 0, "" },
	{ "the end only behind the request",
		OPEN SENT("a") RECEIVED("x") SENT("b") EVENT("end"), "wrawe", 0,
		"x" },
	{ "failure",
		OPEN SENT("a") "{\"event\":\"failed\",\"connection\":0,"
			       "\"code\":28,\"error\":\"words\"}\n",
		"wff", 0, "" },
	{ "cut",
		OPEN SENT("a") RECEIVED(
			"x") "{\"event\":\"cut\",\"connection\":0,\"code\":28,"
			     "\"error\":\"words\"}\n",
		"wrc", 0, "x" },
	{ "refused",
		OPEN SENT("ab") "{\"event\":\"refused\",\"connection\":0,"
				"\"code\":28,\"error\":\"words\"}\n",
		"wwxx", 0, "" },
	{ "an end found twice", OPEN EVENT("end") EVENT("end"), "ee", 0, "" },
	{ "unknown members and blank lines",
		"\n" OPEN "\r\n{\"x\":{\"y\":[1]},\"event\":\"received\","
		"\"text\":\"a\",\"connection\":0,\"time\":1.5}",
		"r", 0, "a" },
	{ "bytes",
		OPEN "{\"event\":\"received\",\"connection\":0,"
		     "\"base64\":\"/+4=\"}\n",
		"r", 0, "\xff\xee" },
};

static void play(struct stream *s, char step, struct buf *read)
{
	struct iovec one[2] = { { (char *)"", 0 }, { (char *)"x", 1 } };
	struct error e = { 0 };
	char to[64];
	ssize_t n = step == '1' ? 1 : (ssize_t)sizeof(to);

	switch (step) {
	case 'w':
		assert_int_equal(s->ops->write(s, one, 2, &e), 1);
		return;
	case 'x':
		assert_int_equal(s->ops->write(s, one, 2, &e), -28);
		assert_string_equal(e.text, "words");
		return;
	case 'i':
		assert_true(stream_wait(s, 0, 0, &e) > 0);
		return;
	case 'I':
		assert_int_equal(stream_wait(s, 0, 0, &e), -ERR_RECV);
		assert_string_equal(e.text,
			"the recording has no more of connection 0, which was "
			"closed there");
		return;
	default:
		break;
	}
	n = s->ops->read(s, to, (size_t)n, &e);
	if (step == 'a')
		assert_int_equal(n, STREAM_AGAIN);
	if (step == 'e')
		assert_int_equal(n, 0);
	if (step == 'f' || step == 'c') {
		assert_int_equal(n, -28);
		assert_string_equal(e.text, "words");
		assert_int_equal(s->truncated, step == 'c');
	}
	if (step != 'r' && step != '1')
		return;
	assert_true(n > 0);
	buf_add(read, to, (size_t)n);
}

static void test_play(const void *data)
{
	const struct play_row *row = data;
	size_t n = strlen(row->text);
	char *copy = exact_copy(row->text, n);
	struct error e = { 0 };
	struct replay r;
	struct stream *s;
	struct buf read;

	assert_int_equal(replay_parse(&r, (struct str){ copy, n }, &e), 0);
	free(copy);
	r.step = row->step;
	s = replay_open(&r, "h", 80, false, &e);
	assert_non_null(s);
	assert_int_equal(s->fd, -1);
	assert_false(s->plain);
	buf_init(&read, 100);
	for (const char *step = row->steps; *step; step++)
		play(s, *step, &read);
	assert_string_equal(buf_text(&read), row->read);
	assert_int_equal(s->ops->shut(s, &e), 0);
	stream_close(s);
	buf_fini(&read);
	replay_fini(&r);
}

#define OPENED(number, host, port, tls)                                        \
	"{\"connection\":" number ",\"event\":\"open\",\"host\":\"" host       \
	"\",\"port\":" port ",\"tls\":" tls "}\n"                              \
	"{\"connection\":" number ",\"event\":\"received\",\"text\":\"" number \
	"\"}\n"

/* The connection with this number is the one that is opened next. */
static void check_open(struct replay *r, const char *host, uint16_t port,
	bool tls, char number)
{
	struct error e = { 0 };
	struct stream *s = replay_open(r, host, port, tls, &e);
	char byte;

	assert_non_null(s);
	assert_int_equal(stream_read(s, &byte, 1, INT64_MAX, &e), 1);
	assert_int_equal(byte, number);
	stream_close(s);
}

static void test_open(const void *unused)
{
	struct error e = { 0 };
	struct replay r;

	(void)unused;
	assert_int_equal(
		replay_parse(&r,
			STR(OPENED("3", "a", "80", "false") OPENED("1", "b",
				"80", "false") OPENED("2", "A", "80", "false")
					OPENED("4", "a", "443", "true")),
			&e),
		0);
	check_open(&r, "B", 80, false, '1');
	check_open(&r, "a", 80, false, '3');
	check_open(&r, "a", 443, true, '4');
	assert_null(replay_open(&r, "a", 443, false, &e));
	assert_int_equal(e.code, ERR_CONNECT);
	assert_string_equal(e.text,
		"the recording has no connection to a port 443 that is not "
		"replayed yet; it has a port 80 (replayed), b port 80 "
		"(replayed), A port 80, a port 443 with TLS (replayed)");
	check_open(&r, "a", 80, false, '2');
	assert_null(replay_open(&r, "a", 80, true, &e));
	replay_fini(&r);
	assert_int_equal(replay_parse(&r, STR(""), &e), 0);
	assert_null(replay_open(&r, "a", 80, true, &e));
	assert_string_equal(e.text,
		"the recording has no connection to a port 80 with TLS that is "
		"not replayed yet; it has none");
	replay_fini(&r);
}

int main(void)
{
	static const struct table tables[] = {
		TABLE("replay_parse", bad_rows, test_bad),
		TABLE("replay_open, played", play_rows, test_play),
		SINGLE("replay_open", test_open),
	};

	return table_run("replay", tables, sizeof(tables) / sizeof(tables[0]));
}
