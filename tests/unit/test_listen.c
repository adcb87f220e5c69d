/* talk_listen over streams: one client, many, and those that misbehave. */
#include <fcntl.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "support/loopback.h"
#include "support/scratch.h"
#include "support/table.h"
#include "support/talking.h"

#define LARGE 3000000u /* more than sockets hold */

static void reply_with(struct talking *t, const char *text)
{
	t->config.has_reply = true;
	t->config.reply = str_of(text);
}

static char *pattern(size_t n)
{
	char *p = malloc(n);

	assert_non_null(p);
	for (size_t i = 0; i < n; i++)
		p[i] = (char)(i * 2654435761u >> 13);
	return p;
}

/* --- one client */

struct single_row {
	const char *name, *url;
	const char *reply; /* NULL: none */
	const char *texts[3]; /* that are sent without one */
	int family;
	const char *in;
	bool waits; /* with its end until it was answered */
	const char *out;
};

static const struct single_row single_rows[] = {
	{ "the classic server", "tcp://localhost:0", "Recu: %{data}",
		.family = AF_INET, .in = "Bonjour serveur", .waits = true,
		.out = "Recu: Bonjour serveur" },
	{ "over IPv6", "tcp://localhost:0", "Recu: %{data}", .family = AF_INET6,
		.in = "Bonjour serveur", .out = "Recu: Bonjour serveur" },
	{ "everywhere", "tcp://*:0", "Recu: %{data}", .family = AF_INET6,
		.in = "Bonjour", .out = "Recu: Bonjour" },
	{ "an address", "tcp://127.0.0.1:0", "%{data}", .family = AF_INET,
		.in = "a\nb", .out = "a\nb" },
	{ "nothing sent", "tcp://localhost:0", "<%{data}>", .family = AF_INET,
		.in = "", .out = "<>" },
	{ "an empty reply", "tcp://localhost:0", "", .family = AF_INET,
		.in = "hello", .waits = true, .out = "" },
	{ "no reply, nothing to send", "tcp://localhost:0", NULL,
		.family = AF_INET, .in = "hello", .out = "" },
	{ "no reply, texts", "tcp://localhost:0", NULL, { "one ", "two" },
		.family = AF_INET, .in = "hello", .out = "one two" },
	{ "no reply, texts, the end last", "tcp://localhost:0", NULL, { "one" },
		.family = AF_INET, .in = "hello", .waits = true, .out = "one" },
	{ "HTTP", "http://localhost:0", "%{data}.", .family = AF_INET,
		.in = "PUT / HTTP/1.0\r\nContent-Length: 2\r\n\r\nab",
		.waits = true, .out = "\r\n\r\nab." },
};

static size_t count_texts(
	struct str out[static 3], const char *const in[static 3])
{
	size_t n = 0;

	for (; n < 3 && in[n]; n++)
		out[n] = str_of(in[n]);
	return n;
}

/* `text` ends in `end`. */
static void assert_end(const char *text, const char *end)
{
	size_t n = strlen(text), m = strlen(end);

	if (n < m || strcmp(text + n - m, end) != 0)
		fail_msg("\"%s\" does not end in \"%s\"", text, end);
}

static void test_single(const void *row)
{
	const struct single_row *r = row;
	int before = talking_descriptors();
	struct str texts[3];
	struct talking t;
	char *got;
	int fd;

	talking_init(&t, r->url);
	t.talk.source = (struct source){ .kind = SOURCE_TEXTS,
		.texts = texts,
		.n = count_texts(texts, r->texts) };
	if (r->reply)
		reply_with(&t, r->reply);
	talking_start(&t);
	fd = talking_connect(&t, r->family, SOCK_STREAM);
	talking_send(fd, str_of(r->in));
	if (!r->waits)
		shutdown(fd, SHUT_WR);
	got = talking_receive(fd, NULL);
	close(fd);
	talking_stop(&t);
	assert_non_null(got);
	assert_end(got, r->out);
	assert_int_equal(t.result, 0);
	assert_int_equal(t.error.code, 0);
	assert_string_equal(buf_text(&t.received), r->in);
	assert_string_equal(buf_text(&t.notes), "");
	talking_fini(&t);
	free(got);
	assert_int_equal(talking_descriptors(), before);
}

/* The peer is the client's own end. */
static void test_peer(const void *row)
{
	struct talking t;
	struct address local = { .n = sizeof(local.sa) };
	char expected[ENDPOINT_PEER];
	char *got;
	int fd;

	(void)row;
	talking_init(&t, "tcp://[::1]:0");
	reply_with(&t, "%{peer}");
	talking_start(&t);
	snprintf(expected, sizeof(expected), "tcp://[::1]:%u", t.port);
	assert_string_equal(t.url, expected);
	fd = talking_connect(&t, AF_INET6, SOCK_STREAM);
	getsockname(fd, &local.sa.any, &local.n);
	endpoint_peer(&local, expected);
	talking_send(fd, STR("x"));
	got = talking_receive(fd, NULL);
	assert_string_equal(got, expected);
	close(fd);
	talking_stop(&t);
	talking_fini(&t);
	free(got);
}

/* A pause is the end of the question, but what comes behind the answer is still
 * received. */
static void test_late(const void *row)
{
	struct talking t;
	char got[8];
	int fd;

	(void)row;
	talking_init(&t, "tcp://localhost:0");
	reply_with(&t, "Recu: %{data}");
	talking_start(&t);
	fd = talking_connect(&t, AF_INET, SOCK_STREAM);
	talking_send(fd, STR("a"));
	usleep(1000);
	talking_send(fd, STR("b"));
	assert_int_equal(recv(fd, got, 8, MSG_WAITALL), 8);
	assert_memory_equal(got, "Recu: ab", 8);
	assert_int_equal(recv(fd, got, 8, 0), 0);
	for (int i = 0; i < 5; i++) {
		talking_send(fd, STR("late"));
		usleep(20000);
	}
	close(fd);
	talking_stop(&t);
	assert_int_equal(t.result, 0);
	assert_string_equal(buf_text(&t.received), "ablatelatelatelatelate");
	talking_fini(&t);
}

struct large_row {
	const char *name;
	bool reply, file, echo;
};

static const struct large_row large_rows[] = {
	{ "no reply", .reply = false },
	{ "an echo", .reply = true, .echo = true },
	{ "a reply file", .reply = true, .file = true },
	{ "a file that is sent", .file = true },
};

static void write_file(const char *name, const char *bytes, size_t n)
{
	int fd = open(scratch_path(name), O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, n), n);
	close(fd);
}

static void test_large(const void *row)
{
	const struct large_row *r = row;
	char *bytes = pattern(LARGE), *got;
	struct talking t;
	size_t n;
	int fd, file = -1;

	write_file("large", bytes, LARGE);
	talking_init(&t, "tcp://localhost:0");
	if (r->echo)
		reply_with(&t, "%{data}");
	else if (r->reply)
		t.config.reply_file = scratch_path("large");
	if (r->file && !r->reply) {
		file = open(scratch_path("large"), O_RDONLY | O_CLOEXEC);
		t.talk.source = (struct source){
			.kind = SOURCE_FILE, .fd = file, .name = "large"
		};
	}
	talking_start(&t);
	fd = talking_connect(&t, AF_INET, SOCK_STREAM);
	talking_send(fd, (struct str){ bytes, LARGE });
	shutdown(fd, SHUT_WR);
	got = talking_receive(fd, &n);
	close(fd);
	talking_stop(&t);
	assert_int_equal(t.result, 0);
	assert_int_equal(t.received.n, LARGE);
	assert_memory_equal(t.received.p, bytes, LARGE);
	assert_int_equal(n, r->echo || r->file ? LARGE : 0);
	assert_memory_equal(got, bytes, n);
	talking_fini(&t);
	if (file >= 0)
		close(file);
	unlink(scratch_path("large"));
	free(bytes);
	free(got);
}

/* --- what ends it */

struct end_row {
	const char *name, *url;
	int64_t wait_ms, max_time_ms, count;
	bool keep_open;
	int clients; /* that come and go */
	bool stays; /* the last one does not go */
	int result;
	const char *says;
};

static const struct end_row end_rows[] = {
	{ "nobody comes, --wait", "tcp://localhost:0", 50, 0, -1, false, 0,
		false, -ERR_TIMEOUT, "nobody connected within" },
	{ "nobody comes, -m", "tcp://localhost:0", -1, 50, -1, false, 0, false,
		-ERR_TIMEOUT, "nobody connected within" },
	{ "nobody comes, kept open", "tcp://localhost:0", -1, 50, -1, true, 0,
		false, -ERR_TIMEOUT, "nobody connected within" },
	{ "some come, kept open", "tcp://localhost:0", -1, 800, -1, true, 3,
		false, 0, NULL },
	{ "too few come", "tcp://localhost:0", -1, 800, 3, false, 2, false,
		-ERR_TIMEOUT, "2 of 3 clients" },
	{ "too few come, --wait", "tcp://localhost:0", 400, 0, 3, false, 2,
		false, -ERR_TIMEOUT, "2 of 3 clients" },
	{ "enough come", "tcp://localhost:0", -1, 0, 3, false, 3, false, 0,
		NULL },
	{ "enough come, kept open", "http://localhost:0", 400, 0, 3, true, 3,
		false, 0, NULL },
	{ "one that says nothing, --wait", "tcp://localhost:0", 400, 0, -1,
		false, 1, true, -ERR_TIMEOUT, "Timed out" },
	{ "one that says nothing, -m", "tcp://localhost:0", -1, 400, -1, false,
		1, true, -ERR_TIMEOUT, "Timed out" },
	{ "one that says nothing, of many", "tcp://localhost:0", 400, 0, 2,
		false, 2, true, 0, NULL },
	{ "one that says nothing, kept open, -m", "tcp://localhost:0", -1, 400,
		-1, true, 1, true, 0, NULL },
	{ "no request", "http://localhost:0", 400, 0, -1, false, 1, true,
		-ERR_EMPTY_REPLY, "without a request" },
	{ "a count of none", "tcp://localhost:0", -1, 0, 0, false, 0, false,
		-ERR_USAGE, "--count" },
};

static void test_end(const void *row)
{
	const struct end_row *r = row;
	int before = talking_descriptors();
	struct talking t;
	int fd = -1;

	talking_init(&t, r->url);
	t.talk.wait_ms = r->wait_ms;
	t.talk.max_time_ms = r->max_time_ms;
	t.talk.count = r->count;
	t.config.keep_open = r->keep_open;
	reply_with(&t, "%{data}");
	talking_start(&t);
	for (int i = 0; i < r->clients; i++) {
		fd = talking_connect(&t, AF_INET, SOCK_STREAM);
		if (i + 1 == r->clients && r->stays)
			break;
		talking_send(fd, STR("GET / HTTP/1.0\r\n\r\n"));
		free(talking_receive(fd, NULL));
		close(fd);
		fd = -1;
	}
	talking_stop(&t);
	assert_int_equal(t.result, r->result);
	assert_int_equal(t.error.code, -r->result);
	if (r->says)
		assert_non_null(strstr(t.error.text, r->says));
	talking_fini(&t);
	if (fd >= 0)
		close(fd);
	assert_int_equal(talking_descriptors(), before);
}

struct refused_row {
	const char *name, *url, *file;
	int result;
	const char *says;
};

static const struct refused_row refused_rows[] = {
	{ "another's address", "tcp://192.0.2.1:0", NULL, -ERR_INTERFACE,
		"cannot listen on 192.0.2.1:0" },
	{ "no such reply file", "tcp://localhost:0", "missing", -ERR_READ,
		"missing: No such file" },
	{ "no such reply file, UDP", "udp://localhost:0", "missing", -ERR_READ,
		"missing: No such file" },
};

static void test_refused(const void *row)
{
	const struct refused_row *r = row;
	int before = talking_descriptors();
	struct talking t;

	talking_init(&t, r->url);
	if (r->file)
		t.config.reply_file = scratch_path(r->file);
	talking_start(&t);
	talking_stop(&t);
	assert_false(t.is_ready);
	assert_int_equal(t.result, r->result);
	assert_non_null(strstr(t.error.text, r->says));
	talking_fini(&t);
	assert_int_equal(talking_descriptors(), before);
}

/* --- many clients */

#define MANY 200

/* Clients that do not behave, and what is told of them. */
enum manner { POLITE, STALLED, RESETS, DEAF, LEAVES };

static enum manner manner_of(int i)
{
	switch (i % 20) {
	case 3:
		return STALLED;
	case 7:
		return RESETS;
	case 11:
		return DEAF;
	case 15:
		return LEAVES;
	default:
		return POLITE;
	}
}

static void allow_descriptors(rlim_t n)
{
	struct rlimit limit;

	getrlimit(RLIMIT_NOFILE, &limit);
	if (limit.rlim_cur < n && limit.rlim_max >= n) {
		limit.rlim_cur = n;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
}

/* Begin to talk. */
static void approach(int fd, int i, const char *much)
{
	char text[32];

	snprintf(text, sizeof(text), "client %d", i);
	switch (manner_of(i)) {
	case STALLED:
		break;
	case DEAF:
		/* Its echo fills all buffers. */
		talking_send(fd, (struct str){ much, LARGE });
		break;
	default:
		talking_send(fd, str_of(text));
		break;
	}
}

static void part(int fd, int i)
{
	char text[48];
	char *got;

	switch (manner_of(i)) {
	case POLITE:
		snprintf(text, sizeof(text), "Recu: client %d", i);
		got = talking_receive(fd, NULL);
		assert_non_null(got);
		assert_string_equal(got, text);
		free(got);
		close(fd);
		break;
	case RESETS:
		loopback_reset(fd);
		break;
	default:
		close(fd);
		break;
	}
}

/* All at once; those that stall or read nothing stay until the others are
 * through. */
static void test_many(const void *row)
{
	int before = talking_descriptors();
	char *much = pattern(LARGE);
	int fds[MANY];
	struct talking t;

	(void)row;
	allow_descriptors(4 * MANY);
	talking_init(&t, "tcp://localhost:0");
	reply_with(&t, "Recu: %{data}");
	t.config.keep_open = true;
	t.talk.count = MANY;
	t.talk.wait_ms = 5000;
	talking_start(&t);
	for (int i = 0; i < MANY; i++)
		fds[i] = talking_connect(
			&t, i % 2 ? AF_INET : AF_INET6, SOCK_STREAM);
	for (int i = 0; i < MANY; i++)
		approach(fds[i], i, much);
	for (int i = 0; i < MANY; i++)
		if (manner_of(i) != STALLED && manner_of(i) != DEAF)
			part(fds[i], i);
	for (int i = 0; i < MANY; i++)
		if (manner_of(i) == STALLED || manner_of(i) == DEAF)
			part(fds[i], i);
	talking_stop(&t);
	assert_int_equal(t.result, 0);
	assert_true(t.received.n > MANY / 20 * LARGE);
	talking_fini(&t);
	free(much);
	assert_int_equal(talking_descriptors(), before);
}

/* Without a reply: each is sent the texts, or the whole file; a pipe goes to
 * the first. */
struct share_row {
	const char *name;
	enum source_kind kind;
	bool pipe;
};

static const struct share_row share_rows[] = {
	{ "texts", SOURCE_TEXTS, false },
	{ "a file", SOURCE_FILE, false },
	{ "a pipe", SOURCE_FILE, true },
	{ "nothing", SOURCE_NONE, false },
};

static int make_source(const struct share_row *r, struct source *source,
	const struct str *texts)
{
	struct scratch_ends ends = { -1, -1 };

	*source = (struct source){ .kind = r->kind, .texts = texts, .n = 1 };
	if (r->kind != SOURCE_FILE)
		return -1;
	source->name = r->pipe ? "-" : scratch_path("shared");
	if (r->pipe) {
		ends = scratch_pipe();
		assert_int_equal(write(ends.in, "shared", 6), 6);
		close(ends.in);
		source->fd = ends.out;
		return ends.out;
	}
	write_file("shared", "shared", 6);
	source->fd = open(source->name, O_RDONLY | O_CLOEXEC);
	return source->fd;
}

static void test_share(const void *row)
{
	const struct share_row *r = row;
	const struct str texts[] = { { "shared", 6 } };
	struct talking t;
	char got[16];
	int fds[3], source;

	talking_init(&t, "tcp://localhost:0");
	t.config.keep_open = true;
	t.talk.count = 3;
	source = make_source(r, &t.talk.source, texts);
	talking_start(&t);
	for (int i = 0; i < 3; i++) {
		bool given = r->kind != SOURCE_NONE && (!r->pipe || i == 0);
		size_t n = given ? 6 : 0;

		fds[i] = talking_connect(&t, AF_INET, SOCK_STREAM);
		if (n)
			assert_int_equal(recv(fds[i], got, n, MSG_WAITALL), n);
		assert_memory_equal(got, "shared", n);
		talking_send(fds[i], STR("abc"));
		talking_wait(&t, (size_t)(i + 1) * 3);
	}
	for (int i = 0; i < 3; i++)
		close(fds[i]);
	talking_stop(&t);
	assert_int_equal(t.result, 0);
	assert_string_equal(buf_text(&t.received), "abcabcabc");
	assert_string_equal(buf_text(&t.notes), "");
	if (source >= 0)
		close(source);
	unlink(scratch_path("shared"));
	talking_fini(&t);
}

/* When what was received cannot be written, that is the end of all, also of
 * those who wait without end. */
static void test_receiver(const void *row)
{
	int before = talking_descriptors();
	struct talking t;
	int fds[3];

	(void)row;
	talking_init(&t, "tcp://localhost:0");
	t.config.keep_open = true;
	t.fail_after = 5;
	talking_start(&t);
	for (int i = 0; i < 3; i++)
		fds[i] = talking_connect(&t, AF_INET, SOCK_STREAM);
	talking_send(fds[0], STR("abc"));
	talking_wait(&t, 3);
	talking_send(fds[1], STR("defgh"));
	talking_stop(&t);
	assert_int_equal(t.result, -ERR_WRITE);
	assert_string_equal(t.error.text, "the receiver is full");
	assert_string_equal(buf_text(&t.notes), "");
	for (int i = 0; i < 3; i++)
		close(fds[i]);
	talking_fini(&t);
	assert_int_equal(talking_descriptors(), before);
}

/* Those for whom there is no descriptor left wait for one. */
static void test_exhausted(const void *row)
{
	struct rlimit old, low;
	int before = talking_descriptors();
	struct talking t;
	int fds[20];

	(void)row;
	getrlimit(RLIMIT_NOFILE, &old);
	talking_init(&t, "tcp://127.0.0.1:0");
	reply_with(&t, "ok");
	t.config.keep_open = true;
	t.talk.count = 20;
	talking_start(&t);
	for (int i = 0; i < 20; i++)
		fds[i] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	low = old;
	low.rlim_cur = (rlim_t)dup(0) + 5;
	close((int)low.rlim_cur - 5);
	setrlimit(RLIMIT_NOFILE, &low);
	for (int i = 0; i < 20; i++) {
		struct sockaddr_in to = { .sin_family = AF_INET,
			.sin_port = (uint16_t)(t.port >> 8 | t.port << 8),
			.sin_addr = { __builtin_bswap32(0x7f000001) } };

		assert_int_equal(
			connect(fds[i], (struct sockaddr *)&to, sizeof(to)), 0);
		talking_send(fds[i], STR("x"));
	}
	for (int i = 0; i < 20; i++) {
		char *got = talking_receive(fds[i], NULL);

		assert_non_null(got);
		assert_string_equal(got, "ok");
		free(got);
		close(fds[i]);
	}
	setrlimit(RLIMIT_NOFILE, &old);
	talking_stop(&t);
	assert_int_equal(t.result, 0);
	assert_non_null(
		strstr(buf_text(&t.notes), "no client can be taken in"));
	talking_fini(&t);
	assert_int_equal(talking_descriptors(), before);
}

/* --- Unix sockets */

static void test_unix(const void *row)
{
	const char *path = scratch_path("socket");
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	char url[128];
	struct stat st;
	struct talking t;
	char *got;
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	(void)row;
	snprintf(url, sizeof(url), "unix://%s", path);
	talking_init(&t, url);
	reply_with(&t, "%{peer} %{data}");
	talking_start(&t);
	assert_string_equal(t.url, url);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	memcpy(to.sun_path, path, strlen(path));
	assert_int_equal(connect(fd, (struct sockaddr *)&to, sizeof(to)), 0);
	talking_send(fd, STR("x"));
	got = talking_receive(fd, NULL);
	snprintf(url, sizeof(url), "%s x", path);
	assert_string_equal(got, url);
	free(got);
	close(fd);
	talking_stop(&t);
	assert_int_equal(t.result, 0);
	assert_int_equal(stat(path, &st), -1);
	talking_fini(&t);
}

int main(void)
{
	const struct table tables[] = {
		TABLE("talk_listen, one client", single_rows, test_single),
		SINGLE("talk_listen, peer", test_peer),
		SINGLE("talk_listen, late bytes", test_late),
		TABLE("talk_listen, much", large_rows, test_large),
		TABLE("talk_listen, ends", end_rows, test_end),
		TABLE("talk_listen, refused", refused_rows, test_refused),
		SINGLE("talk_listen, many clients", test_many),
		TABLE("talk_listen, sources", share_rows, test_share),
		SINGLE("talk_listen, the receiver fails", test_receiver),
		SINGLE("talk_listen, no descriptors", test_exhausted),
		SINGLE("talk_listen, Unix socket", test_unix),
	};
	int failed;

	scratch_begin(NULL);
	failed = table_run(
		"listen", tables, sizeof(tables) / sizeof(tables[0]));
	scratch_end();
	return failed;
}
