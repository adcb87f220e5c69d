#include "net/dial.h"

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/clock.h"
#include "net/bind.h"
#include "net/unix.h"
#include "support/loopback.h"
#include "support/names.h"
#include "support/table.h"

/* What a port does in one family. */
enum side { CLOSED, OPEN, DEAD };

struct scene {
	uint16_t port;
	int sockets[2]; /* [0] IPv4, [1] IPv6 */
	struct blackhole holes[2];
};

static void scene_init(struct scene *s, enum side v4, enum side v6)
{
	enum side sides[2] = { v4, v6 };
	int listeners[2];

	loopback_listen_both(listeners, &s->port);
	for (int i = 0; i < 2; i++) {
		int family = i ? AF_INET6 : AF_INET;

		s->sockets[i] = -1;
		if (sides[i] == DEAD) {
			blackhole_init(&s->holes[i], listeners[i]);
			continue;
		}
		s->holes[i].listener = -1;
		if (sides[i] == CLOSED) {
			close(listeners[i]);
			listeners[i] = loopback_refusing(family, &s->port);
		}
		assert_true(listeners[i] >= 0);
		s->sockets[i] = listeners[i];
	}
}

static void scene_fini(struct scene *s)
{
	for (int i = 0; i < 2; i++) {
		if (s->holes[i].listener >= 0)
			blackhole_fini(&s->holes[i]);
		if (s->sockets[i] >= 0)
			close(s->sockets[i]);
	}
}

static int open_descriptors(void)
{
	int n = 0;

	for (int fd = 0; fd < 256; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

struct dial_case {
	const char *name;
	const char *host;
	const char *addresses; /* for a host that must be asked for */
	enum side v4, v6;
	struct net_config config;
	int64_t deadline_ms;
	int result;
	const char *winner; /* or NULL */
	const char *attempts; /* in order, "address=error" */
	const char *words; /* of the error, PORT and MS replaced by what they
			    * were */
	int least_ms, most_ms;
};

static const struct dial_case dials[] = {
	{ "an IPv4 literal", "127.0.0.1", NULL, OPEN, CLOSED, { 0 }, 5000, 0,
		"127.0.0.1", "127.0.0.1=0", NULL, 0, 2000 },
	{ "an IPv6 literal", "::1", NULL, CLOSED, OPEN, { 0 }, 5000, 0, "::1",
		"::1=0", NULL, 0, 2000 },
	{ "no deadline", "127.0.0.1", NULL, OPEN, CLOSED, { 0 }, 0, 0,
		"127.0.0.1", "127.0.0.1=0", NULL, 0, 2000 },
	{ "localhost in both families", "localhost", NULL, OPEN, OPEN, { 0 },
		5000, 0, "::1", "::1=0", NULL, 0, 2000 },
	{ "a refusal starts the next at once", "localhost", NULL, OPEN, CLOSED,
		{ .eyeballs_ms = 60000 }, 5000, 0, "127.0.0.1",
		"::1=ECONNREFUSED 127.0.0.1=0", NULL, 0, 2000 },
	{ "-4", "localhost", NULL, OPEN, OPEN, { .family = AF_INET }, 5000, 0,
		"127.0.0.1", "127.0.0.1=0", NULL, 0, 2000 },
	{ "-6", "localhost", NULL, OPEN, OPEN, { .family = AF_INET6 }, 5000, 0,
		"::1", "::1=0", NULL, 0, 2000 },
	{ "the first is dead", "localhost", NULL, OPEN, DEAD,
		{ .eyeballs_ms = 80 }, 5000, 0, "127.0.0.1",
		"::1=ECANCELED 127.0.0.1=0", NULL, 80, 2000 },
	{ "the first is dead, the usual delay", "localhost", NULL, OPEN, DEAD,
		{ 0 }, 5000, 0, "127.0.0.1", "::1=ECANCELED 127.0.0.1=0", NULL,
		250, 2000 },
	{ "the other family overtakes", "x.test", "127.0.0.1 127.0.0.2 ::1",
		DEAD, OPEN, { .eyeballs_ms = 50 }, 5000, 0, "::1",
		"127.0.0.1=ECANCELED ::1=0", NULL, 50, 2000 },
	{ "families alternate", "x.test",
		"127.0.0.2 127.0.0.3 127.0.0.4 ::1 ::1", CLOSED, CLOSED, { 0 },
		5000, -ERR_CONNECT, NULL,
		"127.0.0.2=ECONNREFUSED ::1=ECONNREFUSED "
		"127.0.0.3=ECONNREFUSED ::1=ECONNREFUSED "
		"127.0.0.4=ECONNREFUSED",
		NULL, 0, 2000 },
	{ "the family of the first address begins", "x.test",
		"::1 127.0.0.2 127.0.0.3", CLOSED, CLOSED, { 0 }, 5000,
		-ERR_CONNECT, NULL,
		"::1=ECONNREFUSED 127.0.0.2=ECONNREFUSED "
		"127.0.0.3=ECONNREFUSED",
		NULL, 0, 2000 },
	{ "refused", "127.0.0.1", NULL, CLOSED, CLOSED, { 0 }, 5000,
		-ERR_CONNECT, NULL, "127.0.0.1=ECONNREFUSED",
		"Failed to connect to 127.0.0.1 port PORT after MS ms: Could "
		"not connect to server; tried 127.0.0.1 (Connection refused)",
		0, 2000 },
	{ "refused in both families", "localhost", NULL, CLOSED, CLOSED, { 0 },
		5000, -ERR_CONNECT, NULL,
		"::1=ECONNREFUSED 127.0.0.1=ECONNREFUSED",
		"Failed to connect to localhost port PORT after MS ms: Could "
		"not connect to server; tried ::1 (Connection refused), "
		"127.0.0.1 (Connection refused)",
		0, 2000 },
	{ "fails before anything is sent", "x.test", "255.255.255.255 ::1",
		CLOSED, OPEN, { .eyeballs_ms = 60000 }, 5000, 0, "::1",
		"255.255.255.255=ENETUNREACH ::1=0", NULL, 0, 2000 },
	{ "the connect timeout", "127.0.0.1", NULL, DEAD, CLOSED,
		{ .connect_timeout_ms = 100 }, 5000, -ERR_TIMEOUT, NULL,
		"127.0.0.1=ETIMEDOUT",
		"Connection timed out after MS milliseconds; tried 127.0.0.1 "
		"(Connection timed out)",
		100, 2000 },
	{ "the deadline", "127.0.0.1", NULL, DEAD, CLOSED,
		{ .connect_timeout_ms = 5000 }, 100, -ERR_TIMEOUT, NULL,
		"127.0.0.1=ETIMEDOUT", NULL, 100, 2000 },
	{ "one refused, one dead", "localhost", NULL, DEAD, CLOSED,
		{ .connect_timeout_ms = 100 }, 5000, -ERR_TIMEOUT, NULL,
		"::1=ECONNREFUSED 127.0.0.1=ETIMEDOUT",
		"Connection timed out after MS milliseconds; tried ::1 "
		"(Connection refused), 127.0.0.1 (Connection timed out)",
		100, 2000 },
	{ "no such name", "x.test", NULL, OPEN, OPEN, { 0 }, 5000, -ERR_RESOLVE,
		NULL, "", "Could not resolve host: x.test", 0, 2000 },
};

/* Not all systems have strerrorname_np. */
static const char *error_name(int number)
{
	switch (number) {
	case 0:
		return "0";
	case ECONNREFUSED:
		return "ECONNREFUSED";
	case ECANCELED:
		return "ECANCELED";
	case ETIMEDOUT:
		return "ETIMEDOUT";
	case EACCES: /* a broadcast address, with a route to it */
	case ENETUNREACH:
		return "ENETUNREACH";
	}
	return strerror(number);
}

static void check_attempts(const struct dial_result *r, const char *expected)
{
	char all[1024] = "", text[ADDRESS_TEXT];
	size_t n = 0;

	for (size_t i = 0; i < r->n_attempts; i++) {
		const struct dial_attempt *a = &r->attempts[i];

		address_text(&a->address, text, NULL);
		n += (size_t)snprintf(all + n, sizeof(all) - n, "%s%s=%s",
			i ? " " : "", text, error_name(a->error));
		assert_true(a->start >= r->resolved);
		assert_true(a->end >= a->start);
	}
	assert_string_equal(all, expected);
}

/* `words` with PORT and MS stands for e->text. */
static void check_words(const char *text, const char *words, uint16_t port)
{
	char number[8];

	snprintf(number, sizeof(number), "%u", port);
	while (*words) {
		if (strncmp(words, "PORT", 4) == 0) {
			assert_memory_equal(text, number, strlen(number));
			text += strlen(number);
			words += 4;
		} else if (strncmp(words, "MS", 2) == 0) {
			assert_true(strspn(text, "0123456789") > 0);
			text += strspn(text, "0123456789");
			words += 2;
		} else {
			assert_int_equal(*text, *words);
			text++;
			words++;
		}
	}
	assert_string_equal(text, "");
}

static void check_winner(const struct dial_result *r, const struct scene *scene,
	const char *winner)
{
	bool six = strchr(winner, ':') != NULL;
	char text[ADDRESS_TEXT], byte;
	struct error e = { 0 };
	uint16_t port;
	int accepted;

	assert_true(r->resolved >= r->started);
	assert_true(r->connected >= r->resolved);
	address_text(&r->peer, text, &port);
	assert_string_equal(text, winner);
	assert_int_equal(port, scene->port);
	assert_true(fcntl(r->stream->fd, F_GETFL) & O_NONBLOCK);
	assert_true(fcntl(r->stream->fd, F_GETFD) & FD_CLOEXEC);
	assert_int_equal(
		stream_write(r->stream, "x", 1, deadline_in(5000), &e), 0);
	accepted = accept(scene->sockets[six], NULL, NULL);
	assert_true(accepted >= 0);
	assert_int_equal(recv(accepted, &byte, 1, 0), 1);
	close(accepted);
}

static void test_dial(const void *row)
{
	const struct dial_case *c = row;
	struct names_answer answer = { .addresses = c->addresses,
		.result = EAI_NONAME };
	int64_t start, took;
	struct error e = { 0 };
	struct dial_result r;
	struct scene scene;
	int result, before;

	names_set(&answer);
	scene_init(&scene, c->v4, c->v6);
	before = open_descriptors();
	start = clock_now();
	result = dial_tcp(&r, &c->config, c->host, scene.port,
		deadline_in(c->deadline_ms), &e);
	took = (clock_now() - start) / 1000;
	assert_int_equal(result, c->result);
	assert_int_equal(e.code, -c->result);
	if (c->winner)
		check_winner(&r, &scene, c->winner);
	else
		assert_null(r.stream);
	assert_int_equal(r.local.n, 0);
	check_attempts(&r, c->attempts);
	if (c->words)
		check_words(e.text, c->words, scene.port);
	assert_in_range(took, c->least_ms, c->most_ms);
	stream_close(r.stream);
	assert_int_equal(open_descriptors(), before);
	scene_fini(&scene);
}

/* The name takes longer than the connect timeout. */
static void test_slow_name(const void *row)
{
	static const struct names_answer answer = { .addresses = "127.0.0.1",
		.delay_ms = 150 };
	struct net_config config = { .connect_timeout_ms = 40 };
	struct error e = { 0 };
	struct dial_result r;

	(void)row;
	names_set(&answer);
	assert_int_equal(
		dial_tcp(&r, &config, "x.test", 1, deadline_in(5000), &e),
		-ERR_TIMEOUT);
	assert_non_null(strstr(e.text, "Resolving timed out after "));
	assert_int_equal(r.n_attempts, 0);
	while (names_answered() == 0)
		usleep(1000);
	usleep(20000);
}

struct option_case {
	const char *name;
	struct net_config config;
	int no_delay, keepalive, idle, interval;
};

static const struct option_case options[] = {
	{ "as usual", { 0 }, 1, 1, 60, 60 },
	{ "Nagle's algorithm", { .no_delay_off = true }, 0, 1, 60, 60 },
	{ "no keepalive", { .keepalive_off = true }, 1, 0, 7200, 75 },
	{ "keepalive of 7 s", { .keepalive_s = 7 }, 1, 1, 7, 7 },
};

static int option(int fd, int level, int name)
{
	int value = -1;
	socklen_t n = sizeof(value);

	assert_int_equal(getsockopt(fd, level, name, &value, &n), 0);
	return value;
}

static void test_options(const void *row)
{
	const struct option_case *c = row;
	struct error e = { 0 };
	struct dial_result r;
	struct scene scene;
	int fd;

	scene_init(&scene, OPEN, CLOSED);
	assert_int_equal(dial_tcp(&r, &c->config, "127.0.0.1", scene.port,
				 deadline_in(5000), &e),
		0);
	fd = r.stream->fd;
	assert_int_equal(
		option(fd, IPPROTO_TCP, TCP_NODELAY) != 0, c->no_delay);
	assert_int_equal(
		option(fd, SOL_SOCKET, SO_KEEPALIVE) != 0, c->keepalive);
	if (c->keepalive) {
		assert_int_equal(
			option(fd, IPPROTO_TCP, TCP_KEEPIDLE), c->idle);
		assert_int_equal(
			option(fd, IPPROTO_TCP, TCP_KEEPINTVL), c->interval);
	}
	stream_close(r.stream);
	scene_fini(&scene);
}

static void test_local(const void *row)
{
	struct net_config config = { .want_local = true };
	struct error e = { 0 };
	char text[ADDRESS_TEXT];
	struct address peer = { .n = sizeof(peer.sa) };
	uint16_t local, seen;
	struct dial_result r;
	struct scene scene;
	int accepted;

	(void)row;
	scene_init(&scene, OPEN, CLOSED);
	assert_int_equal(dial_tcp(&r, &config, "127.0.0.1", scene.port,
				 deadline_in(5000), &e),
		0);
	accepted = accept(scene.sockets[0], &peer.sa.any, &peer.n);
	assert_true(accepted >= 0);
	address_text(&peer, text, &seen);
	address_text(&r.local, text, &local);
	assert_string_equal(text, "127.0.0.1");
	assert_int_equal(local, seen);
	close(accepted);
	stream_close(r.stream);
	scene_fini(&scene);
}

static void keep_line(void *context, const char *line)
{
	char *all = context;
	size_t n = strlen(all);

	snprintf(all + n, 1024 - n, "%s\n", line);
}

struct log_case {
	const char *name;
	const char *host, *addresses;
	enum side v4, v6;
	const char *lines; /* PORT and MS stand for numbers */
};

static const struct log_case logs[] = {
	{ "a literal", "127.0.0.1", NULL, OPEN, CLOSED,
		"  Trying 127.0.0.1:PORT...\n"
		"Connected to 127.0.0.1 (127.0.0.1) port PORT\n" },
	{ "a refusal, then the other family", "localhost", NULL, OPEN, CLOSED,
		"Host localhost:PORT was resolved.\n"
		"IPv6: ::1\n"
		"IPv4: 127.0.0.1\n"
		"  Trying [::1]:PORT...\n"
		"connect to ::1 port PORT from ::1 port MS failed: Connection "
		"refused\n"
		"  Trying 127.0.0.1:PORT...\n"
		"Connected to localhost (127.0.0.1) port PORT\n" },
	{ "one family", "x.test", "127.0.0.1 127.0.0.2", OPEN, CLOSED,
		"Host x.test:PORT was resolved.\n"
		"IPv6: (none)\n"
		"IPv4: 127.0.0.1, 127.0.0.2\n"
		"  Trying 127.0.0.1:PORT...\n"
		"Connected to x.test (127.0.0.1) port PORT\n" },
};

/* --- by another route */

struct route_case {
	const char *name;
	const char *host;
	const char *entry; /* of --resolve, %u the port; NULL: none */
	const char *detour; /* of --connect-to, likewise */
	bool port_off; /* ask for another port than the one that is open */
	const char *lines;
};

static const struct route_case routes[] = {
	{ "a name of the user's", "x.test", "x.test:%u:127.0.0.1", NULL, false,
		"Hostname x.test was found in DNS cache\n"
		"Host x.test:PORT was resolved.\n"
		"IPv6: (none)\n"
		"IPv4: 127.0.0.1\n"
		"  Trying 127.0.0.1:PORT...\n"
		"Connected to x.test (127.0.0.1) port PORT\n" },
	{ "another place", "x.test", NULL, "::127.0.0.1:%u", true,
		"Connecting to hostname: 127.0.0.1, port: PORT\n"
		"  Trying 127.0.0.1:PORT...\n"
		"Connected to 127.0.0.1 (127.0.0.1) port PORT\n" },
	{ "another place with a name of the user's", "x.test",
		"y.test:%u:127.0.0.1", "x.test::y.test:%u", true,
		"Connecting to hostname: y.test, port: PORT\n"
		"Hostname y.test was found in DNS cache\n"
		"Host y.test:PORT was resolved.\n"
		"IPv6: (none)\n"
		"IPv4: 127.0.0.1\n"
		"  Trying 127.0.0.1:PORT...\n"
		"Connected to y.test (127.0.0.1) port PORT\n" },
};

static char *with_port(const char *format, uint16_t port)
{
	const char *mark = strstr(format, "%u");
	char *text = calloc(1, strlen(format) + 8);

	assert_non_null(text);
	snprintf(text, strlen(format) + 8, "%.*s%u%s", (int)(mark - format),
		format, port, mark + 2);
	return text;
}

static void test_route(const void *row)
{
	const struct route_case *c = row;
	char lines[1024] = "", *entry = NULL, *text = NULL;
	struct net_config config = { .log = { keep_line, lines } };
	struct names names = { 0 };
	struct detour detour;
	struct error e = { 0 };
	struct dial_result r;
	struct scene scene;

	names_set(NULL);
	scene_init(&scene, OPEN, CLOSED);
	if (c->entry) {
		entry = with_port(c->entry, scene.port);
		assert_int_equal(names_add(&names, str_of(entry), 0, &e), 0);
		config.names = &names;
	}
	if (c->detour) {
		text = with_port(c->detour, scene.port);
		assert_int_equal(detour_parse(&detour, text, &e), 0);
		config.detours = &detour;
		config.n_detours = 1;
	}
	assert_int_equal(
		dial_tcp(&r, &config, c->host, c->port_off ? 1 : scene.port,
			deadline_in(5000), &e),
		0);
	check_words(lines, c->lines, scene.port);
	stream_close(r.stream);
	names_fini(&names);
	free(entry);
	free(text);
	scene_fini(&scene);
}

static void test_socket(const void *row)
{
	char path[64], lines[1024] = "";
	struct net_config config = { .socket = path,
		.log = { keep_line, lines } };
	struct unix_address a;
	struct error e = { 0 };
	struct dial_result r;
	int listener = socket(AF_UNIX, SOCK_STREAM, 0);

	(void)row;
	names_set(NULL);
	snprintf(
		path, sizeof(path), "@minifetch-test-dial-%ld", (long)getpid());
	assert_int_equal(
		dial_tcp(&r, &config, "x.test", 80, deadline_in(5000), &e),
		-ERR_CONNECT);
	assert_int_equal(unix_address(&a, path, &e), 0);
	assert_int_equal(bind(listener, (struct sockaddr *)&a.sa, a.n), 0);
	assert_int_equal(listen(listener, 1), 0);
	assert_int_equal(
		dial_tcp(&r, &config, "x.test", 80, deadline_in(5000), &e), 0);
	assert_int_equal(r.peer.n, 0);
	assert_non_null(strstr(lines, "Connected to x.test (@minifetch"));
	stream_close(r.stream);
	close(listener);
}

static void test_log(const void *row)
{
	const struct log_case *c = row;
	struct names_answer answer = { .addresses = c->addresses };
	char lines[1024] = "";
	struct net_config config = { .log = { keep_line, lines } };
	struct error e = { 0 };
	struct dial_result r;
	struct scene scene;

	names_set(&answer);
	scene_init(&scene, c->v4, c->v6);
	assert_int_equal(dial_tcp(&r, &config, c->host, scene.port,
				 deadline_in(5000), &e),
		0);
	check_words(lines, c->lines, scene.port);
	stream_close(r.stream);
	scene_fini(&scene);
}

static void test_interfaces_unknown(const void *row)
{
	struct net_config config = { .interface = "if!lo" };
	struct rlimit old, few;
	struct error e = { 0 };
	int result, fd = socket(AF_INET, SOCK_STREAM, 0);

	(void)row;
	assert_true(fd >= 0);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &old), 0);
	few = old;
	few.rlim_cur = (rlim_t)fd;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &few), 0);
	result = bind_local(fd, AF_INET, &config, &e);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &old), 0);
	close(fd);
	assert_int_equal(result, -ERR_INTERFACE);
	assert_non_null(strstr(e.text, "Too many open files"));
}

int main(void)
{
	static const struct table tables[] = {
		TABLE("dial_tcp", dials, test_dial),
		SINGLE("dial_tcp: a slow name", test_slow_name),
		TABLE("dial_tcp sets", options, test_options),
		SINGLE("dial_tcp: the local address", test_local),
		TABLE("dial_tcp logs", logs, test_log),
		TABLE("dial_tcp by another route", routes, test_route),
		SINGLE("dial_tcp by a Unix socket", test_socket),
		SINGLE("bind_local: no way to ask for interfaces",
			test_interfaces_unknown),
	};

	return table_run("dial", tables, sizeof(tables) / sizeof(tables[0]));
}
