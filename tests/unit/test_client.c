#include "talk/talk.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "net/unix.h"
#include "support/loopback.h"
#include "support/scratch.h"
#include "support/table.h"

/* The classic server: one client, one receive, "Recu: " and what it was. */
struct server {
	int listener, delay_ms;
};

static void *serve(void *argument)
{
	struct server *s = argument;
	int client = accept(s->listener, NULL, NULL);
	char data[1024] = "Recu: ";
	ssize_t n = recv(client, data + 6, sizeof(data) - 6, 0);

	usleep((useconds_t)s->delay_ms * 1000);
	if (n >= 0)
		send(client, data, (size_t)n + 6, MSG_NOSIGNAL);
	close(client);
	return NULL;
}

static int take(void *receiver, struct str bytes, struct error *e)
{
	(void)e;
	buf_add_str(receiver, bytes);
	return 0;
}

static void note_line(void *context, const char *line)
{
	buf_add_text(context, line);
	buf_add_char(context, '\n');
}

/* A listener, and the URL of it. */
static int listen_for(enum endpoint_kind kind, char *url, size_t size)
{
	struct unix_address a;
	uint16_t port = 0;
	int fd;

	if (kind == ENDPOINT_TCP) {
		fd = loopback_listen(AF_INET, &port);
		snprintf(url, size, "tcp://localhost:%u", port);
		return fd;
	}
	fd = socket(AF_UNIX, SOCK_STREAM, 0);
	assert_true(fd >= 0);
	assert_int_equal(unix_address(&a, scratch_path("server"), NULL), 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&a.sa, a.n), 0);
	assert_int_equal(listen(fd, 1), 0);
	snprintf(url, size, "unix://%s", scratch_path("server"));
	return fd;
}

struct client_case {
	const char *name;
	enum endpoint_kind kind;
	int delay_ms;
	int64_t wait_ms, max_time_ms;
	int code;
	const char *got, *words, *logged;
};

static const struct client_case clients[] = {
	{ "tcp", ENDPOINT_TCP, 0, -1, 0, 0, "Recu: Bonjour serveur", NULL,
		"Connected to localhost (127.0.0.1) port " },
	{ "unix", ENDPOINT_UNIX, 0, -1, 0, 0, "Recu: Bonjour serveur", NULL,
		"Connected to /" },
	{ "tcp, --wait", ENDPOINT_TCP, 300, 100, 0, ERR_TIMEOUT, "",
		"Nothing was received within 100 milliseconds", "Closed: 15 " },
	{ "unix, -m", ENDPOINT_UNIX, 300, -1, 100, ERR_TIMEOUT, "",
		" with 15 bytes sent and 0 bytes received",
		"Closed: 15 bytes sent, 0 received\n" },
	{ "tcp, --wait long enough", ENDPOINT_TCP, 100, 5000, 0, 0,
		"Recu: Bonjour serveur", NULL,
		"Closed: 15 bytes sent, 21 received\n" },
};

static void test_client(const void *row)
{
	const struct client_case *c = row;
	struct str text = STR("Bonjour serveur");
	struct server server = { .delay_ms = c->delay_ms };
	struct buf got, lines;
	struct log log = { note_line, &lines };
	struct talk t = { .net = { .log = log },
		.source = { .kind = SOURCE_TEXTS, .texts = &text, .n = 1 },
		.receiver = { take, NULL, &got },
		.wait_ms = c->wait_ms,
		.max_time_ms = c->max_time_ms,
		.count = -1,
		.log = log };
	struct error e = { 0 };
	pthread_t serving;
	char url[256];

	buf_init(&got, 1024);
	buf_init(&lines, 65536);
	server.listener = listen_for(c->kind, url, sizeof(url));
	assert_int_equal(
		endpoint_parse(&t.endpoint, str_of(url), false, &e), 0);
	assert_int_equal(pthread_create(&serving, NULL, serve, &server), 0);
	assert_int_equal(talk_client(&t, &e), -c->code);
	pthread_join(serving, NULL);
	close(server.listener);
	unlink(scratch_path("server"));
	assert_int_equal(e.code, c->code);
	if (c->words)
		assert_non_null(strstr(e.text, c->words));
	assert_string_equal(buf_text(&got), c->got);
	assert_non_null(strstr(buf_text(&lines), c->logged));
	endpoint_fini(&t.endpoint);
	buf_fini(&got);
	buf_fini(&lines);
}

struct failing_case {
	const char *name;
	enum endpoint_kind kind;
	const char *host; /* of ENDPOINT_TCP; NULL: a port that is not open */
	const char *path; /* of ENDPOINT_UNIX */
	int code;
	const char *words;
};

static const struct failing_case failing[] = {
	{ "a refused port", ENDPOINT_TCP, NULL, NULL, ERR_CONNECT,
		"tried 127.0.0.1 (Connection refused)" },
	{ "a name that is none", ENDPOINT_TCP, "no such host", NULL,
		ERR_RESOLVE, "no such host" },
	{ "a socket that is not there", ENDPOINT_UNIX, NULL, "/nowhere/at/all",
		ERR_CONNECT, "/nowhere/at/all: No such file or directory" },
	{ "a protocol of listeners", ENDPOINT_HTTP, "localhost", NULL,
		ERR_UNSUPPORTED_PROTOCOL, "no plain conversations" },
};

static void test_failing(const void *row)
{
	const struct failing_case *c = row;
	uint16_t port = 0;
	int refusing = loopback_refusing(AF_INET, &port);
	struct talk t = {
		.endpoint = { .kind = c->kind,
			.host = (char *)(c->host ? c->host : "127.0.0.1"),
			.path = (char *)c->path,
			.port = port },
		.max_time_ms = 10000
	};
	struct error e = { 0 };

	assert_int_equal(talk_client(&t, &e), -c->code);
	assert_int_equal(e.code, c->code);
	assert_non_null(strstr(e.text, c->words));
	assert_int_equal(talk_client(&t, NULL), -c->code);
	close(refusing);
}

struct hanging_case {
	const char *name;
	int64_t connect_timeout_ms, max_time_ms;
};

static const struct hanging_case hanging[] = {
	{ "--connect-timeout", 200, 0 },
	{ "-m", 0, 200 },
	{ "the earlier of both", 200, 60000 },
};

static void test_hanging(const void *row)
{
	const struct hanging_case *c = row;
	int64_t start, took;
	struct talk t = { .endpoint = { .kind = ENDPOINT_TCP,
				  .host = (char *)"127.0.0.1" },
		.net = { .connect_timeout_ms = c->connect_timeout_ms },
		.max_time_ms = c->max_time_ms };
	struct blackhole hole;
	struct error e = { 0 };

	blackhole_init(&hole, loopback_listen(AF_INET, &t.endpoint.port));
	start = clock_now();
	assert_int_equal(talk_client(&t, &e), -ERR_TIMEOUT);
	took = clock_now() - start;
	assert_true(took >= 200000 && took < 5000000);
	assert_non_null(strstr(e.text, "Connection timed out after "));
	blackhole_fini(&hole);
}

int main(void)
{
	static const struct table tables[] = {
		TABLE("talk_client", clients, test_client),
		TABLE("talk_client: failing", failing, test_failing),
		TABLE("talk_client: a peer that hangs", hanging, test_hanging),
	};
	int failed;

	signal(SIGPIPE, SIG_IGN);
	scratch_begin(NULL);
	failed = table_run(
		"client", tables, sizeof(tables) / sizeof(tables[0]));
	scratch_end();
	return failed;
}
