#include "support/http_connection.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/clock.h"
#include "support/table.h"
#include "support/talking.h"

#define SHOWN_MAX (64u << 20)

static int show(void *context, struct str bytes, struct error *e)
{
	struct connection *c = context;

	buf_add_str(&c->shown, bytes);
	if (c->shown_max && c->shown.n > c->shown_max)
		return error_set(e, ERR_WRITE, "nobody looks");
	return 0;
}

static void note(void *context, const char *line)
{
	struct connection *c = context;

	buf_add_text(&c->notes, line);
	buf_add_char(&c->notes, '\n');
}

static void *serve(void *context)
{
	struct connection *c = context;

	c->result = http_serve(&c->visit, &c->service, &c->error);
	stream_close(c->visit.stream);
	return NULL;
}

void connection_open(struct connection *c)
{
	struct timeval limit = { .tv_sec = 10 };
	int ends[2];

	assert_int_equal(
		socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
	fcntl(ends[0], F_SETFL, O_NONBLOCK);
	setsockopt(ends[1], SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	c->fd = ends[1];
	buf_init(&c->shown, SHOWN_MAX);
	buf_init(&c->notes, SHOWN_MAX);
	c->receiver = (struct receiver){ .take = show, .receiver = c };
	c->service.reply = &c->reply;
	c->service.notes = (struct log){ note, c };
	c->visit = (struct visit){ .peer = "peer",
		.stream = stream_socket(ends[0], "unix", NULL),
		.receiver = &c->receiver,
		.idle_ms = c->idle_ms ? c->idle_ms : 10000,
		.deadline = DEADLINE_NONE };
	assert_non_null(c->visit.stream);
	assert_int_equal(pthread_create(&c->thread, NULL, serve, c), 0);
}

char *connection_rest(struct connection *c)
{
	static const struct str date = STR("Date: ");
	size_t n;
	char *got;
	struct str rest;
	struct buf out;
	ssize_t at;

	shutdown(c->fd, SHUT_WR);
	got = talking_receive(c->fd, &n);
	assert_non_null(got);
	rest = (struct str){ got, n };
	buf_init(&out, n + 1);
	while ((at = str_search(rest, date)) >= 0) {
		buf_add_str(&out, str_first(rest, (size_t)at + date.n));
		rest = str_from(rest, (size_t)at + date.n);
		at = str_find(rest, '\r');
		assert_int_equal(at, 29);
		buf_add_char(&out, 'X');
		rest = str_from(rest, (size_t)at);
	}
	buf_add_str(&out, rest);
	free(got);
	return buf_take(&out);
}

void connection_end(struct connection *c)
{
	pthread_join(c->thread, NULL);
	assert_int_equal(c->error.code, -c->result);
	close(c->fd);
}

void connection_fini(struct connection *c)
{
	buf_fini(&c->shown);
	buf_fini(&c->notes);
	reply_fini(&c->reply);
}

void assert_like(const char *got, const char *expected)
{
	size_t n = strlen(expected);

	if (n < 3 || strcmp(expected + n - 3, "...") != 0)
		assert_string_equal(got, expected);
	else if (strncmp(got, expected, n - 3) != 0)
		fail_msg("\"%s\" does not begin as \"%s\"", got, expected);
}
