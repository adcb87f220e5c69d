#include "talk/datagram.h"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "support/scratch.h"
#include "support/table.h"

#define TEXTS 4
#define REPLIES 4
#define MANY 1000

/* A UDP socket of the loopback interface; with a `*port` that is not 0 -1 when
 * that is taken. */
static int bound(int family, uint16_t *port)
{
	int fd = socket(family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct address a = { .n = sizeof(a.sa.v4) };

	a.sa.v4 = (struct sockaddr_in){ .sin_family = AF_INET,
		.sin_port = htons(*port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	if (family == AF_INET6) {
		a.n = sizeof(a.sa.v6);
		a.sa.v6 = (struct sockaddr_in6){ .sin6_family = AF_INET6,
			.sin6_port = htons(*port),
			.sin6_addr = in6addr_loopback };
	}
	assert_true(fd >= 0);
	if (bind(fd, &a.sa.any, a.n) < 0) {
		close(fd);
		return -1;
	}
	assert_int_equal(getsockname(fd, &a.sa.any, &a.n), 0);
	*port = ntohs(
		family == AF_INET6 ? a.sa.v6.sin6_port : a.sa.v4.sin_port);
	return fd;
}

/* A server of `family` at a port that the other family has nobody at. */
static int bound_alone(int family, uint16_t *port)
{
	for (int tries = 0; tries < 100; tries++) {
		int fd, other;

		*port = 0;
		fd = bound(family, port);
		other = bound(family == AF_INET ? AF_INET6 : AF_INET, port);
		if (other >= 0) {
			close(other);
			return fd;
		}
		close(fd);
	}
	fail_msg("no port is free in both families");
	return -1;
}

/* Answers each datagram with so many of "Recu: " and what it was. */
struct server {
	int fd;
	int replies, delay_ms;
	size_t n; /* datagrams that came */
	struct buf got; /* each with a '|' behind it */
	int stop[2];
};

static bool serve_one(struct server *s, char *datagram)
{
	struct pollfd ready[2] = { { .fd = s->fd, .events = POLLIN },
		{ .fd = s->stop[0], .events = POLLIN } };
	struct sockaddr_storage from;
	socklen_t size = sizeof(from);
	ssize_t n;

	if (poll(ready, 2, -1) < 0)
		abort();
	if (!ready[0].revents)
		return false;
	n = recvfrom(
		s->fd, datagram + 6, 65536, 0, (struct sockaddr *)&from, &size);
	if (n < 0)
		return true;
	s->n++;
	buf_add(&s->got, datagram + 6, (size_t)n);
	buf_add_char(&s->got, '|');
	usleep((useconds_t)s->delay_ms * 1000);
	for (int i = 0; i < s->replies; i++)
		sendto(s->fd, datagram,
			(size_t)n + 6 < 65507 ? (size_t)n + 6 : 65507, 0,
			(struct sockaddr *)&from, size);
	return true;
}

static void *serve(void *argument)
{
	struct server *s = argument;
	char *datagram = malloc(65536 + 6);

	if (!datagram)
		abort();
	memcpy(datagram, "Recu: ", 6);
	while (serve_one(s, datagram))
		;
	free(datagram);
	return NULL;
}

/* What came, each with a '|' behind it. */
static int take(void *receiver, struct str bytes, struct error *e)
{
	(void)e;
	buf_add_str(receiver, bytes);
	buf_add_char(receiver, '|');
	return 0;
}

struct trial {
	struct server server;
	pthread_t serving;
	struct buf got;
	struct talk talk;
	uint16_t port;
	bool is_up;
};

static void trial_init(struct trial *t, const char *host, int fd, uint16_t port)
{
	*t = (struct trial){ .port = port, .is_up = fd >= 0 };
	t->server = (struct server){ .fd = fd, .replies = 1 };
	buf_init(&t->server.got, 64u << 20);
	buf_init(&t->got, 64u << 20);
	t->talk.endpoint = (struct endpoint){
		.kind = ENDPOINT_UDP, .host = (char *)host, .port = port
	};
	t->talk.receiver = (struct receiver){ take, NULL, &t->got };
	t->talk.wait_ms = -1;
	t->talk.count = -1;
}

static void trial_start(struct trial *t)
{
	if (!t->is_up)
		return;
	assert_int_equal(pipe(t->server.stop), 0);
	assert_int_equal(
		pthread_create(&t->serving, NULL, serve, &t->server), 0);
}

static void trial_fini(struct trial *t)
{
	if (t->is_up) {
		close(t->server.stop[1]);
		pthread_join(t->serving, NULL);
		close(t->server.stop[0]);
		close(t->server.fd);
	}
	buf_fini(&t->server.got);
	buf_fini(&t->got);
	source_fini(&t->talk.source);
}

struct datagram_case {
	const char *name;
	const char *texts[TEXTS]; /* up to the first NULL */
	bool lines;
	int64_t count, wait_ms, max_time_ms;
	int replies, delay_ms; /* of the server, to each datagram */
	int code; /* an ERR_ code */
	const char *sent, *got; /* NULL: not looked at */
	const char *words;
};

static const struct datagram_case cases[] = {
	{ "one", { "Bonjour serveur" }, false, -1, -1, 0, 1, 0, 0,
		"Bonjour serveur|", "Recu: Bonjour serveur|", NULL },
	{ "an empty one", { "" }, false, -1, -1, 0, 1, 0, 0, "|", "Recu: |",
		NULL },
	{ "as many as are due", { "a", "", "bc" }, false, 3, -1, 0, 1, 0, 0,
		"a||bc|", "Recu: a|Recu: |Recu: bc|", NULL },
	{ "lines", { "a\nbc\n" }, true, 2, -1, 0, 1, 0, 0, "a|bc|",
		"Recu: a|Recu: bc|", NULL },
	{ "more than are due are not awaited", { "a" }, false, 1, 5000, 0, 1,
		30, 0, "a|", "Recu: a|", NULL },
	{ "none is due", { "a", "b" }, false, 0, -1, 0, 1, 50, 0, NULL, "",
		NULL },
	{ "several to one", { "a" }, false, 3, -1, 0, 3, 0, 0, "a|",
		"Recu: a|Recu: a|Recu: a|", NULL },
	{ "a wait that each reply starts afresh", { "a", "b", "c" }, false, 3,
		300, 0, 1, 150, 0, "a|b|c|", "Recu: a|Recu: b|Recu: c|", NULL },
	{ "no reply", { "a" }, false, -1, 100, 0, 0, 0, ERR_TIMEOUT, "a|", "",
		"no reply from 127.0.0.1:PORT within 100 ms" },
	{ "fewer than are due", { "a", "b" }, false, 3, 100, 0, 1, 0,
		ERR_TIMEOUT, "a|b|", "Recu: a|Recu: b|",
		"got 2 of 3 replies from 127.0.0.1:PORT; no other came within "
		"100 ms" },
	{ "a reply too late", { "a" }, false, -1, 100, 0, 1, 300, ERR_TIMEOUT,
		"a|", "", "no reply from 127.0.0.1:PORT within 100 ms" },
	{ "a deadline", { "a" }, false, -1, 5000, 100, 0, 0, ERR_TIMEOUT, "a|",
		"",
		"The time was over after 1 datagrams sent to 127.0.0.1:PORT "
		"and 0 received" },
	{ "nothing to send", { NULL }, false, -1, 50, 0, 1, 0, ERR_TIMEOUT, "",
		"",
		"no reply from 127.0.0.1:PORT within 50 ms; nothing was sent" },
};

/* `words` with PORT replaced. */
static void assert_words(const char *text, const char *words, uint16_t port)
{
	const char *at = strstr(words, "PORT");
	char wanted[512];

	assert_non_null(at);
	snprintf(wanted, sizeof(wanted), "%.*s%u%s", (int)(at - words), words,
		port, at + 4);
	assert_string_equal(text, wanted);
}

static void assert_got(struct buf *got, const char *wanted)
{
	const char *text = buf_text(got);

	if (!wanted)
		return;
	assert_non_null(text);
	assert_string_equal(text, wanted);
}

static size_t texts_of(const char *const *from, struct str *to)
{
	size_t n = 0;

	for (; n < TEXTS && from[n]; n++)
		to[n] = str_of(from[n]);
	return n;
}

static void test_client(const void *row)
{
	const struct datagram_case *c = row;
	struct str texts[TEXTS];
	struct error e = { 0 };
	struct trial t;
	uint16_t port = 0;
	int64_t start;
	int fd = bound(AF_INET, &port);

	trial_init(&t, "127.0.0.1", fd, port);
	t.server.replies = c->replies;
	t.server.delay_ms = c->delay_ms;
	t.talk.source = (struct source){ .kind = SOURCE_TEXTS,
		.texts = texts,
		.n = texts_of(c->texts, texts) };
	t.talk.lines = c->lines;
	t.talk.count = c->count;
	t.talk.wait_ms = c->wait_ms;
	trial_start(&t);
	start = clock_now();
	assert_int_equal(
		datagram_client(&t.talk, deadline_in(c->max_time_ms), &e),
		-c->code);
	assert_true(clock_now() - start < 2000000);
	if (c->code == ERR_TIMEOUT)
		assert_true(clock_now() - start >= 50000);
	assert_int_equal(e.code, c->code);
	if (c->words)
		assert_words(e.text, c->words, port);
	assert_got(&t.got, c->got);
	close(t.server.stop[1]);
	pthread_join(t.serving, NULL);
	assert_got(&t.server.got, c->sent);
	close(t.server.stop[0]);
	close(fd);
	t.is_up = false;
	trial_fini(&t);
}

/* "localhost" has two addresses, the first of which is that of IPv6. */

struct localhost_case {
	const char *name;
	int family; /* of the server, 0: there is none */
	int64_t count;
	int code;
	const char *got;
	const char *sent;
};

static const struct localhost_case localhosts[] = {
	{ "a server of IPv6", AF_INET6, 2, 0, "Recu: a|Recu: b|", "a|b|" },
	{ "a server of IPv4", AF_INET, 2, 0, "Recu: a|Recu: b|", "a|b|" },
	{ "a server of IPv4, no reply is due", AF_INET, 0, 0, "", NULL },
	{ "no server", 0, 2, ERR_CONNECT, "", NULL },
	{ "no server, no reply is due", 0, 0, ERR_CONNECT, "", NULL },
};

static void test_localhost(const void *row)
{
	const struct localhost_case *c = row;
	struct str texts[2] = { STR("a"), STR("b") };
	struct error e = { 0 };
	uint16_t port = 0;
	int64_t start;
	struct trial t;
	int fd = bound_alone(c->family ? c->family : AF_INET, &port);

	if (!c->family) {
		close(fd);
		fd = -1;
	}
	trial_init(&t, "localhost", fd, port);
	t.talk.source =
		(struct source){ .kind = SOURCE_TEXTS, .texts = texts, .n = 2 };
	t.talk.count = c->count;
	t.talk.wait_ms = 5000;
	trial_start(&t);
	start = clock_now();
	assert_int_equal(datagram_client(&t.talk, DEADLINE_NONE, &e), -c->code);
	assert_true(clock_now() - start < 2000000);
	if (c->code) {
		char wanted[256];

		snprintf(wanted, sizeof(wanted),
			"Failed to reach localhost over UDP: [::1]:%u port "
			"unreachable, 127.0.0.1:%u port unreachable",
			port, port);
		assert_string_equal(e.text, wanted);
	}
	assert_got(&t.got, c->got);
	if (c->family && c->sent)
		assert_got(&t.server.got, c->sent);
	trial_fini(&t);
}

/* -6: the address of the other family is none to go on with. */
static void test_families(const void *row)
{
	struct str texts[1] = { STR("a") };
	struct error e = { 0 };
	uint16_t port = 0;
	struct trial t;

	(void)row;
	trial_init(&t, "localhost", bound_alone(AF_INET, &port), 0);
	t.talk.endpoint.port = port;
	t.talk.source =
		(struct source){ .kind = SOURCE_TEXTS, .texts = texts, .n = 1 };
	t.talk.net.family = AF_INET6;
	trial_start(&t);
	assert_int_equal(
		datagram_client(&t.talk, DEADLINE_NONE, &e), -ERR_CONNECT);
	assert_words(e.text,
		"Failed to reach localhost over UDP: [::1]:PORT port "
		"unreachable",
		port);
	assert_int_equal(t.server.n, 0);
	trial_fini(&t);
}

static void test_unresolved(const void *row)
{
	struct error e = { 0 };
	struct trial t;

	(void)row;
	trial_init(&t, "no such host", -1, 9);
	assert_int_equal(
		datagram_client(&t.talk, deadline_in(10000), &e), -ERR_RESOLVE);
	assert_non_null(strstr(e.text, "no such host"));
	trial_fini(&t);
}

/* A server that goes away after its first reply, before the second line is
 * there. */
struct leaver {
	int fd, to;
};

static void *reply_once(void *argument)
{
	struct leaver *l = argument;
	struct sockaddr_storage from;
	socklen_t size = sizeof(from);
	char byte;

	if (recvfrom(l->fd, &byte, 1, 0, (struct sockaddr *)&from, &size) == 1)
		sendto(l->fd, &byte, 1, 0, (struct sockaddr *)&from, size);
	close(l->fd);
	if (write(l->to, "b\n", 2) != 2)
		abort();
	return NULL;
}

static void test_gone(const void *row)
{
	struct scratch_ends ends = scratch_pipe();
	struct error e = { 0 };
	uint16_t port = 0;
	struct leaver leaver = { bound(AF_INET, &port), ends.in };
	pthread_t thread;
	struct trial t;

	(void)row;
	trial_init(&t, "127.0.0.1", -1, port);
	t.talk.source = (struct source){
		.kind = SOURCE_FILE, .fd = ends.out, .name = "-"
	};
	t.talk.lines = true;
	t.talk.count = 5;
	t.talk.wait_ms = 5000;
	assert_int_equal(pthread_create(&thread, NULL, reply_once, &leaver), 0);
	assert_int_equal(write(ends.in, "a\n", 2), 2);
	assert_int_equal(
		datagram_client(&t.talk, deadline_in(10000), &e), -ERR_CONNECT);
	pthread_join(thread, NULL);
	assert_got(&t.got, "a|");
	assert_words(e.text,
		"Failed to reach 127.0.0.1 over UDP: 127.0.0.1:PORT port "
		"unreachable after 1 replies",
		port);
	close(ends.in);
	close(ends.out);
	trial_fini(&t);
}

/* Standard input that gives a line now and then. */
static void *type(void *argument)
{
	int to = *(int *)argument;

	for (int i = 0; i < 3; i++) {
		if (write(to, "line\n", 5) != 5)
			abort();
		usleep(50000);
	}
	close(to);
	return NULL;
}

static void test_interactive(const void *row)
{
	struct scratch_ends ends = scratch_pipe();
	struct error e = { 0 };
	uint16_t port = 0;
	int fd = bound(AF_INET, &port);
	pthread_t typing;
	struct trial t;

	(void)row;
	trial_init(&t, "127.0.0.1", fd, port);
	t.talk.source = (struct source){
		.kind = SOURCE_FILE, .fd = ends.out, .name = "-"
	};
	trial_start(&t);
	assert_int_equal(pthread_create(&typing, NULL, type, &ends.in), 0);
	assert_int_equal(datagram_client(&t.talk, deadline_in(10000), &e), 0);
	pthread_join(typing, NULL);
	assert_got(&t.server.got, "line\n|line\n|line\n|");
	assert_non_null(buf_text(&t.got));
	assert_true(
		str_starts(buf_str(&t.got), STR("Recu: line\n|Recu: line\n|")));
	close(ends.out);
	trial_fini(&t);
}

/* Many of many lengths, each way, none lost and none cut. */
static void test_many(const void *row)
{
	char path[] = "/tmp/test_datagram.XXXXXX";
	int file = mkstemp(path);
	struct buf sent, wanted;
	struct error e = { 0 };
	uint16_t port = 0;
	int fd = bound(AF_INET, &port);
	struct trial t;

	(void)row;
	assert_true(file >= 0);
	unlink(path);
	buf_init(&sent, 64u << 20);
	buf_init(&wanted, 64u << 20);
	for (size_t i = 0; i < MANY; i++) {
		size_t n = i % 100 == 99 ? 60000 : i % 200;

		for (size_t j = 0; j < n; j++) {
			char c = (char)('a' + (i + j) % 26);

			buf_add_char(&sent, c);
		}
		buf_add_char(&sent, '|');
	}
	buf_add_str(&wanted, buf_str(&sent));
	for (size_t i = 0; i < sent.n; i++)
		if (sent.p[i] == '|')
			sent.p[i] = '\n';
	assert_int_equal(write(file, sent.p, sent.n), sent.n);
	assert_int_equal(lseek(file, 0, SEEK_SET), 0);
	trial_init(&t, "127.0.0.1", fd, port);
	t.talk.source = (struct source){
		.kind = SOURCE_FILE, .fd = file, .name = "file"
	};
	t.talk.lines = true;
	t.talk.count = MANY;
	t.talk.wait_ms = 5000;
	trial_start(&t);
	assert_int_equal(datagram_client(&t.talk, deadline_in(20000), &e), 0);
	assert_int_equal(t.server.n, MANY);
	assert_int_equal(t.server.got.n, wanted.n);
	assert_memory_equal(t.server.got.p, wanted.p, wanted.n);
	assert_int_equal(t.got.n, wanted.n + MANY * 6);
	close(file);
	buf_fini(&sent);
	buf_fini(&wanted);
	trial_fini(&t);
}

/* What is too large is noticed before anything is sent. */
static void test_too_large(const void *row)
{
	char *large = calloc(1, SOURCE_DATAGRAM_MAX + 1);
	struct str texts[2] = { STR("a"), { large, SOURCE_DATAGRAM_MAX + 1 } };
	struct error e = { 0 };
	uint16_t port = 0;
	struct trial t;
	int fd = bound(AF_INET, &port);

	(void)row;
	assert_non_null(large);
	trial_init(&t, "127.0.0.1", fd, port);
	t.talk.source =
		(struct source){ .kind = SOURCE_TEXTS, .texts = texts, .n = 2 };
	trial_start(&t);
	assert_int_equal(
		datagram_client(&t.talk, DEADLINE_NONE, &e), -ERR_TOO_LARGE);
	assert_int_equal(t.server.n, 0);
	trial_fini(&t);
	free(large);
}

/* Each datagram is told of, with its own offset. */
static void test_transcript(const void *row)
{
	struct str texts[2] = { STR("ab"), STR("c") };
	struct scratch_ends json = scratch_pipe();
	struct transcript *transcript = transcript_new(-1, json.in, NULL);
	uint16_t port = 0;
	int fd = bound(AF_INET, &port);
	char peer[64], *text;
	struct trial t;

	(void)row;
	assert_non_null(transcript);
	trial_init(&t, "127.0.0.1", fd, port);
	t.talk.source =
		(struct source){ .kind = SOURCE_TEXTS, .texts = texts, .n = 2 };
	t.talk.transcript = transcript;
	t.talk.count = 2;
	trial_start(&t);
	assert_int_equal(datagram_client(&t.talk, DEADLINE_NONE, NULL), 0);
	text = scratch_drain(&json, NULL);
	snprintf(peer, sizeof(peer), "\"peer\":\"127.0.0.1:%u\",", port);
	assert_non_null(strstr(text, peer));
	assert_non_null(strstr(text,
		"\"offset\":0,\"length\":2,\"text\":\"ab"
		"\"}\n"));
	assert_non_null(strstr(text,
		"\"offset\":2,\"length\":1,\"text\":\"c\""
		"}\n"));
	assert_non_null(strstr(text,
		"\"offset\":0,\"length\":8,\"text\":\"Rec"
		"u: ab\"}\n"));
	assert_non_null(strstr(text,
		"\"offset\":8,\"length\":7,\"text\":\"Rec"
		"u: c\"}\n"));
	free(text);
	transcript_free(transcript);
	trial_fini(&t);
}

int main(void)
{
	static const struct table tables[] = {
		TABLE("datagram_client", cases, test_client),
		TABLE("datagram_client: localhost", localhosts, test_localhost),
		SINGLE("datagram_client: -6", test_families),
		SINGLE("datagram_client: no such name", test_unresolved),
		SINGLE("datagram_client: a server that goes", test_gone),
		SINGLE("datagram_client: line by line", test_interactive),
		SINGLE("datagram_client: many", test_many),
		SINGLE("datagram_client: too large", test_too_large),
		SINGLE("datagram_client: a transcript", test_transcript),
	};

	return table_run(
		"datagram", tables, sizeof(tables) / sizeof(tables[0]));
}
