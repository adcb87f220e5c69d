/* talk_listen over UDP. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/clock.h"
#include "net/udp.h"
#include "support/scratch.h"
#include "support/table.h"
#include "support/talking.h"

#define MAX_SENT 3

static int connect_udp(const struct talking *t, int family)
{
	return talking_connect(t, family, SOCK_DGRAM);
}

static void send_one(int fd, const char *text)
{
	size_t n = strlen(text);

	assert_int_equal(send(fd, text, n, 0), n);
}

static void expect_one(int fd, const char *expected)
{
	char got[100];
	ssize_t n = recv(fd, got, sizeof(got) - 1, 0);

	assert_true(n >= 0);
	got[n] = '\0';
	assert_string_equal(got, expected);
}

static void expect_none(int fd)
{
	struct timeval limit = { .tv_usec = 50000 };
	char got;

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	assert_int_equal(recv(fd, &got, 1, 0), -1);
	assert_int_equal(errno, EAGAIN);
}

/* --- replies */

struct reply_row {
	const char *name, *url, *reply;
	int family;
	int64_t count;
	const char *sent[MAX_SENT], *got[MAX_SENT];
};

static const struct reply_row reply_rows[] = {
	{ "the classic server", "udp://localhost:0", "Recu: %{data}", AF_INET,
		-1, { "Bonjour serveur" }, { "Recu: Bonjour serveur" } },
	{ "over IPv6", "udp://localhost:0", "Recu: %{data}", AF_INET6, -1,
		{ "Bonjour" }, { "Recu: Bonjour" } },
	{ "everywhere", "udp://*:0", "%{data}", AF_INET, -1, { "a" }, { "a" } },
	{ "an empty datagram", "udp://localhost:0", "<%{data}>", AF_INET, -1,
		{ "" }, { "<>" } },
	{ "an empty reply", "udp://localhost:0", "", AF_INET, -1, { "x" },
		{ "" } },
	{ "three", "udp://localhost:0", "%{data}!", AF_INET, 3,
		{ "a", "", "b" }, { "a!", "!", "b!" } },
};

static void test_reply(const void *row)
{
	const struct reply_row *r = row;
	int before = talking_descriptors(), fd;
	struct talking t;
	struct buf all;

	buf_init(&all, 1000);
	talking_init(&t, r->url);
	t.config.has_reply = true;
	t.config.reply = str_of(r->reply);
	t.talk.count = r->count;
	talking_start(&t);
	fd = connect_udp(&t, r->family);
	for (int i = 0; i < MAX_SENT && r->sent[i]; i++) {
		send_one(fd, r->sent[i]);
		expect_one(fd, r->got[i]);
		buf_add_text(&all, r->sent[i]);
	}
	talking_stop(&t);
	assert_int_equal(t.result, 0);
	assert_int_equal(t.error.code, 0);
	assert_string_equal(buf_text(&t.received), buf_text(&all));
	assert_string_equal(buf_text(&t.notes), "");
	close(fd);
	talking_fini(&t);
	buf_fini(&all);
	assert_int_equal(talking_descriptors(), before);
}

/* A reply that cannot be sent is told of and disturbs nobody, but is the end of
 * a listener for one. */
static void test_too_large(const void *row)
{
	char *large = malloc(65507);
	struct talking t;
	int fd;

	(void)row;
	assert_non_null(large);
	memset(large, 'x', 65507);
	for (int keep = 0; keep < 2; keep++) {
		talking_init(&t, "udp://127.0.0.1:0");
		t.config.has_reply = true;
		t.config.reply = STR("%{data}.");
		t.talk.count = keep ? 2 : -1;
		talking_start(&t);
		fd = connect_udp(&t, AF_INET);
		assert_int_equal(send(fd, large, 65507, 0), 65507);
		if (keep) {
			send_one(fd, "small");
			expect_one(fd, "small.");
		}
		talking_stop(&t);
		assert_int_equal(t.result, keep ? 0 : -ERR_TOO_LARGE);
		assert_non_null(strstr(
			keep ? buf_text(&t.notes) : t.error.text, "65508"));
		close(fd);
		talking_fini(&t);
	}
	free(large);
}

static void test_reply_file(const void *row)
{
	struct talking t;
	int fd;

	(void)row;
	scratch_write("reply", "one", 0600);
	talking_init(&t, "udp://127.0.0.1:0");
	t.config.reply_file = scratch_path("reply");
	t.config.keep_open = true;
	t.talk.count = 4;
	talking_start(&t);
	fd = connect_udp(&t, AF_INET);
	send_one(fd, "a");
	expect_one(fd, "one");
	scratch_write("reply", "", 0600);
	send_one(fd, "b");
	expect_one(fd, "");
	unlink(scratch_path("reply"));
	send_one(fd, "c");
	expect_none(fd);
	scratch_write("reply", "four", 0600);
	send_one(fd, "d");
	usleep(1000);
	talking_stop(&t);
	assert_int_equal(t.result, 0);
	expect_one(fd, "four");
	assert_string_equal(buf_text(&t.received), "abcd");
	assert_non_null(strstr(buf_text(&t.notes), "No such file"));
	close(fd);
	talking_fini(&t);
	unlink(scratch_path("reply"));
}

/* --- conversations */

/* Without a reply the first who sends is sent the texts, and is the only one
 * that is listened to. */
static void test_one_peer(const void *row)
{
	const struct str texts[] = { { "one", 3 }, { "two", 3 } };
	struct talking t;
	int first, second;

	(void)row;
	talking_init(&t, "udp://localhost:0");
	t.talk.source =
		(struct source){ .kind = SOURCE_TEXTS, .texts = texts, .n = 2 };
	t.talk.count = 2;
	talking_start(&t);
	first = connect_udp(&t, AF_INET);
	second = connect_udp(&t, AF_INET);
	send_one(first, "a");
	expect_one(first, "one");
	expect_one(first, "two");
	send_one(second, "b");
	expect_none(second);
	send_one(first, "c");
	talking_stop(&t);
	assert_int_equal(t.result, 0);
	assert_string_equal(buf_text(&t.received), "ac");
	assert_non_null(strstr(buf_text(&t.notes), "was left aside"));
	close(first);
	close(second);
	talking_fini(&t);
}

/* With keep_open everybody is listened to, and who sent last is sent to. */
static void test_all_peers(const void *row)
{
	struct scratch_ends ends = scratch_pipe();
	struct talking t;
	int first, second;

	(void)row;
	talking_init(&t, "udp://localhost:0");
	t.talk.source = (struct source){
		.kind = SOURCE_FILE, .fd = ends.out, .name = "-"
	};
	t.talk.lines = true;
	t.config.keep_open = true;
	t.talk.count = 3;
	talking_start(&t);
	first = connect_udp(&t, AF_INET);
	second = connect_udp(&t, AF_INET6);
	send_one(first, "a");
	talking_wait(&t, 1);
	assert_int_equal(write(ends.in, "1\n2\n", 4), 4);
	expect_one(first, "1");
	expect_one(first, "2");
	send_one(second, "b");
	talking_wait(&t, 2);
	assert_int_equal(write(ends.in, "3\n", 2), 2);
	expect_one(second, "3");
	send_one(first, "c");
	talking_stop(&t);
	assert_int_equal(t.result, 0);
	assert_string_equal(buf_text(&t.received), "abc");
	close(ends.in);
	close(ends.out);
	close(first);
	close(second);
	source_fini(&t.talk.source);
	talking_fini(&t);
}

/* One client: as many datagrams as are wanted, and all of the source. */
static void test_source_last(const void *row)
{
	struct scratch_ends ends = scratch_pipe();
	struct talking t;
	int fd;

	(void)row;
	talking_init(&t, "udp://localhost:0");
	t.talk.source = (struct source){
		.kind = SOURCE_FILE, .fd = ends.out, .name = "-"
	};
	talking_start(&t);
	fd = connect_udp(&t, AF_INET);
	for (int i = 0; i < 3; i++) {
		send_one(fd, "a");
		talking_wait(&t, (size_t)i + 1);
		assert_int_equal(write(ends.in, "answer", 6), 6);
		expect_one(fd, "answer");
	}
	close(ends.in);
	talking_stop(&t);
	assert_int_equal(t.result, 0);
	assert_string_equal(buf_text(&t.received), "aaa");
	close(ends.out);
	close(fd);
	source_fini(&t.talk.source);
	talking_fini(&t);
}

/* --- ends */

struct end_row {
	const char *name;
	int64_t wait_ms, max_time_ms, count;
	bool keep_open, reply;
	int datagrams;
	int result;
	const char *says;
};

static const struct end_row end_rows[] = {
	{ "nobody, --wait", 50, 0, -1, false, true, 0, -ERR_TIMEOUT,
		"no datagram came" },
	{ "nobody, -m", -1, 50, -1, true, false, 0, -ERR_TIMEOUT,
		"no datagram came" },
	{ "too few, --wait", 400, 0, 3, false, true, 2, -ERR_TIMEOUT,
		"2 of 3 datagrams" },
	{ "too few, -m", -1, 800, 3, true, false, 2, -ERR_TIMEOUT,
		"2 of 3 datagrams" },
	{ "some, kept open, -m", -1, 800, -1, true, true, 2, 0, NULL },
	{ "kept open, --wait is no end, -m", 20, 800, -1, true, false, 2, 0,
		NULL },
	{ "one is enough", -1, 0, -1, false, false, 1, 0, NULL },
};

static void test_end(const void *row)
{
	const struct end_row *r = row;
	struct talking t;
	int fd;

	talking_init(&t, "udp://127.0.0.1:0");
	t.talk.wait_ms = r->wait_ms;
	t.talk.max_time_ms = r->max_time_ms;
	t.talk.count = r->count;
	t.config.keep_open = r->keep_open;
	t.config.has_reply = r->reply;
	talking_start(&t);
	fd = connect_udp(&t, AF_INET);
	for (int i = 0; i < r->datagrams; i++)
		send_one(fd, "x");
	talking_stop(&t);
	assert_int_equal(t.result, r->result);
	assert_int_equal(t.error.code, -r->result);
	assert_int_equal(t.received.n, r->datagrams);
	if (r->says)
		assert_non_null(strstr(t.error.text, r->says));
	close(fd);
	talking_fini(&t);
}

/* --- many */

#define MANY 1000

static void test_many(const void *row)
{
	struct talking t;
	char text[32], expected[32];
	int fds[2];

	(void)row;
	talking_init(&t, "udp://localhost:0");
	t.config.keep_open = true;
	t.config.has_reply = true;
	t.config.reply = STR("<%{data}>");
	t.talk.count = MANY;
	talking_start(&t);
	fds[0] = connect_udp(&t, AF_INET);
	fds[1] = connect_udp(&t, AF_INET6);
	for (int i = 0; i < MANY; i++) {
		snprintf(text, sizeof(text), "%d", i);
		snprintf(expected, sizeof(expected), "<%d>", i);
		send_one(fds[i % 2], text);
		expect_one(fds[i % 2], expected);
	}
	talking_stop(&t);
	assert_int_equal(t.result, 0);
	assert_string_equal(buf_text(&t.notes), "");
	close(fds[0]);
	close(fds[1]);
	talking_fini(&t);
}

/* A thousand lines are a thousand datagrams, none of which is lost. */
static void test_many_lines(const void *row)
{
	struct str *texts = calloc(MANY, sizeof(*texts));
	struct talking t;
	int fd;

	(void)row;
	assert_non_null(texts);
	for (int i = 0; i < MANY; i++)
		texts[i] = STR("some text in a datagram");
	talking_init(&t, "udp://localhost:0");
	t.talk.source = (struct source){
		.kind = SOURCE_TEXTS, .texts = texts, .n = MANY
	};
	talking_start(&t);
	fd = connect_udp(&t, AF_INET);
	send_one(fd, "go");
	for (int i = 0; i < MANY; i++)
		expect_one(fd, "some text in a datagram");
	talking_stop(&t);
	assert_int_equal(t.result, 0);
	close(fd);
	talking_fini(&t);
	free(texts);
}

static void test_receiver(const void *row)
{
	struct talking t;
	int fd;

	(void)row;
	talking_init(&t, "udp://localhost:0");
	t.config.keep_open = true;
	t.fail_after = 1;
	talking_start(&t);
	fd = connect_udp(&t, AF_INET);
	send_one(fd, "ab");
	talking_stop(&t);
	assert_int_equal(t.result, -ERR_WRITE);
	close(fd);
	talking_fini(&t);
}

int main(void)
{
	const struct table tables[] = {
		TABLE("talk_listen, UDP replies", reply_rows, test_reply),
		SINGLE("talk_listen, UDP, too large", test_too_large),
		SINGLE("talk_listen, UDP, a reply file", test_reply_file),
		SINGLE("talk_listen, UDP, one peer", test_one_peer),
		SINGLE("talk_listen, UDP, all peers", test_all_peers),
		SINGLE("talk_listen, UDP, source", test_source_last),
		TABLE("talk_listen, UDP, ends", end_rows, test_end),
		SINGLE("talk_listen, UDP, many", test_many),
		SINGLE("talk_listen, UDP, many texts", test_many_lines),
		SINGLE("talk_listen, UDP, the receiver fails", test_receiver),
	};
	int failed;

	scratch_begin(NULL);
	failed = table_run(
		"listen_datagram", tables, sizeof(tables) / sizeof(tables[0]));
	scratch_end();
	return failed;
}
