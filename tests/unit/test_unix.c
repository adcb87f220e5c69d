#include "net/unix.h"

#include <fcntl.h>
#include <pthread.h>
#include <stddef.h>
#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "support/scratch.h"
#include "support/table.h"

#define PATH_100                                             \
	"/123456789/123456789/123456789/123456789/123456789" \
	"/123456789/123456789/123456789/123456789/123456789"

struct address_case {
	const char *name, *path;
	int result;
	const char *bytes; /* of sun_path, with its NUL where it has one */
	size_t n;
};

static const struct address_case addresses[] = {
	{ "a path", "/a", 0, "/a", 3 },
	{ "a relative path", "a", 0, "a", 2 },
	{ "an abstract name", "@a", 0, "\0a", 2 },
	{ "107 bytes", PATH_100 "/123456", 0, PATH_100 "/123456", 108 },
	{ "108 bytes", PATH_100 "/1234567", -ERR_URL_MALFORMED, NULL, 0 },
	{ "nothing", "", -ERR_URL_MALFORMED, NULL, 0 },
};

static void test_address(const void *row)
{
	const struct address_case *c = row;
	struct unix_address a;
	struct error e = { 0 };

	assert_int_equal(unix_address(&a, c->path, &e), c->result);
	assert_int_equal(e.code, -c->result);
	if (c->result < 0) {
		assert_non_null(strstr(e.text, "1 to 107 bytes"));
		return;
	}
	assert_int_equal(a.sa.sun_family, AF_UNIX);
	assert_int_equal(a.n, offsetof(struct sockaddr_un, sun_path) + c->n);
	assert_memory_equal(a.sa.sun_path, c->bytes, c->n);
}

static const char *path_of(const char *name)
{
	static char abstract[64];

	if (name[0] != '@')
		return scratch_path(name);
	snprintf(abstract, sizeof(abstract), "@minifetch-test-%ld%s",
		(long)getpid(), name);
	return abstract;
}

static int listen_at(const char *path, int queue)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct unix_address a;

	assert_true(fd >= 0);
	assert_int_equal(unix_address(&a, path, NULL), 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&a.sa, a.n), 0);
	assert_int_equal(listen(fd, queue), 0);
	return fd;
}

struct connect_case {
	const char *name, *path;
};

static const struct connect_case connects[] = {
	{ "a path", "connects" },
	{ "an abstract name", "@connects" },
};

static void test_connect(const void *row)
{
	const struct connect_case *c = row;
	const char *path = path_of(c->path);
	int listener = listen_at(path, 1), peer;
	struct error e = { 0 };
	struct stream *s = unix_connect(path, deadline_in(5000), &e);
	char got[4];

	assert_non_null(s);
	assert_string_equal(s->name, "unix");
	assert_true(s->plain);
	peer = accept(listener, NULL, NULL);
	assert_int_equal(
		stream_read(s, got, 4, clock_now() + 20000, &e), -ERR_TIMEOUT);
	assert_int_equal(stream_write(s, "ping", 4, DEADLINE_NONE, &e), 0);
	assert_int_equal(read(peer, got, 4), 4);
	assert_memory_equal(got, "ping", 4);
	stream_close(s);
	assert_int_equal(read(peer, got, 4), 0);
	close(peer);
	close(listener);
}

enum obstacle { MISSING, NOBODY_LISTENS, NO_SOCKET, TOO_LONG };

struct failing_case {
	const char *name;
	enum obstacle obstacle;
	int code;
	const char *words;
};

static const struct failing_case failing[] = {
	{ "a path that is not there", MISSING, ERR_CONNECT,
		"missing: No such file or directory" },
	{ "nobody listens any more", NOBODY_LISTENS, ERR_CONNECT,
		"stale: Connection refused" },
	{ "a regular file", NO_SOCKET, ERR_CONNECT,
		"file: Connection refused" },
	{ "a path too long", TOO_LONG, ERR_URL_MALFORMED, "1 to 107 bytes" },
};

static const char *path_with(enum obstacle obstacle)
{
	switch (obstacle) {
	case MISSING:
		return scratch_path("missing");
	case NOBODY_LISTENS:
		close(listen_at(scratch_path("stale"), 1));
		return scratch_path("stale");
	case NO_SOCKET:
		scratch_write("file", "", 0600);
		return scratch_path("file");
	case TOO_LONG:
		break;
	}
	return PATH_100 PATH_100;
}

static void test_failing(const void *row)
{
	const struct failing_case *c = row;
	const char *path = path_with(c->obstacle);
	struct error e = { 0 };

	assert_null(unix_connect(path, deadline_in(5000), &e));
	assert_int_equal(e.code, c->code);
	assert_non_null(strstr(e.text, path));
	assert_non_null(strstr(e.text, c->words));
}

static void *accept_later(void *argument)
{
	int listener = *(int *)argument;

	usleep(200000);
	for (int i = 0; i < 2; i++)
		close(accept(listener, NULL, NULL));
	return NULL;
}

/* A queue of one connection is full with two. */
static void test_full_queue(const void *row)
{
	const char *path = scratch_path("full");
	int listener = listen_at(path, 0);
	struct stream *first, *later;
	struct error e = { 0 };
	int64_t start;
	pthread_t thread;

	(void)row;
	first = unix_connect(path, deadline_in(5000), &e);
	assert_non_null(first);
	start = clock_now();
	assert_null(unix_connect(path, deadline_in(100), &e));
	assert_int_equal(e.code, ERR_TIMEOUT);
	assert_non_null(strstr(e.text, "its queue is full"));
	assert_true(clock_now() >= start + 100000);
	assert_int_equal(
		pthread_create(&thread, NULL, accept_later, &listener), 0);
	later = unix_connect(path, deadline_in(5000), &e);
	assert_non_null(later);
	pthread_join(thread, NULL);
	stream_close(first);
	stream_close(later);
	close(listener);
}

int main(void)
{
	static const struct table tables[] = {
		TABLE("unix_address", addresses, test_address),
		TABLE("unix_connect", connects, test_connect),
		TABLE("unix_connect: failing", failing, test_failing),
		SINGLE("unix_connect: a full queue", test_full_queue),
	};
	int failed;

	scratch_begin(NULL);
	failed = table_run("unix", tables, sizeof(tables) / sizeof(tables[0]));
	scratch_end();
	return failed;
}
