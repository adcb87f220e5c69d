/* The server's side of HTTP with clients that wait, stall, leave, or send too
 * much. */
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "support/http_connection.h"
#include "support/table.h"
#include "support/talking.h"

#define HOST CONNECTION_HOST
#define TEXT CONNECTION_TEXT
#define OK CONNECTION_OK

/* --- waiting */

static void expect_text(int fd, const char *expected)
{
	size_t n = strlen(expected);
	char *got = calloc(1, n + 1);

	assert_non_null(got);
	assert_int_equal(recv(fd, got, n, MSG_WAITALL), n);
	assert_string_equal(got, expected);
	free(got);
}

/* The body is sent when it has been asked for. */
static void test_continue(const void *row)
{
	struct connection c = { .reply = { .kind = REPLY_NONE } };
	char date[29];
	char *got;

	(void)row;
	connection_open(&c);
	for (int i = 0; i < 2; i++) {
		talking_send(c.fd,
			STR("PUT / HTTP/1.1\r\n" HOST
			    "Content-Length: 2\r\nExpect: 100-continue\r\n"
			    "\r\n"));
		expect_text(c.fd, "HTTP/1.1 100 Continue\r\n\r\n");
		talking_send(c.fd, STR("ab"));
		expect_text(c.fd, "HTTP/1.1 200 OK\r\nDate: ");
		assert_int_equal(recv(c.fd, date, sizeof(date), MSG_WAITALL),
			sizeof(date));
		expect_text(c.fd, "\r\nContent-Length: 3\r\n" TEXT "\r\nOK\n");
	}
	got = connection_rest(&c);
	connection_end(&c);
	assert_int_equal(c.result, 0);
	assert_string_equal(got, "");
	connection_fini(&c);
	free(got);
}

struct stall_row {
	const char *name;
	const char *in;
	const char *out;
	int code;
};

static const struct stall_row stall_rows[] = {
	{ "before a request", "", "", -ERR_EMPTY_REPLY },
	{ "between requests", "GET / HTTP/1.1\r\n" HOST "\r\n", OK, 0 },
	{ "in a head", "GET / HTTP/1.1\r\n",
		"HTTP/1.1 408 Request Timeout\r\n...", -ERR_TIMEOUT },
	{ "in a body", "PUT / HTTP/1.1\r\n" HOST "Content-Length: 2\r\n\r\na",
		"HTTP/1.1 408 Request Timeout\r\n...", -ERR_TIMEOUT },
};

static void test_stall(const void *row)
{
	const struct stall_row *r = row;
	struct connection c = { .idle_ms = 300 };
	char *got;

	connection_open(&c);
	talking_send(c.fd, str_of(r->in));
	usleep(600000);
	got = connection_rest(&c);
	connection_end(&c);
	assert_like(got, r->out);
	assert_int_equal(c.result, r->code);
	connection_fini(&c);
	free(got);
}

/* A head that trickles in has to be whole in time, too. */
static void test_trickle(const void *row)
{
	struct connection c = { .idle_ms = 300 };
	int64_t start = clock_now();
	bool taken = true;

	(void)row;
	connection_open(&c);
	talking_send(c.fd, STR("GET / HTTP/1.1\r\nA: "));
	while (taken && clock_now() - start < 5000000) {
		usleep(10000);
		taken = send(c.fd, "b", 1, MSG_NOSIGNAL) == 1 &&
			recv(c.fd, &(char){ 0 }, 1, MSG_DONTWAIT) != 1;
	}
	assert_false(taken);
	free(connection_rest(&c));
	connection_end(&c);
	assert_int_equal(c.result, -ERR_TIMEOUT);
	connection_fini(&c);
}

/* --- sizes */

/* What is large is handed on as it comes, and is not kept. */
static void test_large_body(const void *row)
{
	static const char head[] = "PUT / HTTP/1.1\r\n" HOST
				   "Content-Length: 20000000\r\n\r\n";
	struct connection c = { .reply = { .kind = REPLY_NONE } };
	char *body = malloc(20000000);
	char *got;

	(void)row;
	assert_non_null(body);
	for (size_t i = 0; i < 20000000; i++)
		body[i] = (char)(i * 2654435761u >> 13);
	connection_open(&c);
	talking_send(c.fd, str_of(head));
	talking_send(c.fd, (struct str){ body, 20000000 });
	got = connection_rest(&c);
	connection_end(&c);
	assert_string_equal(got, OK);
	assert_int_equal(c.shown.n, sizeof(head) - 1 + 20000000);
	assert_memory_equal(c.shown.p, head, sizeof(head) - 1);
	assert_memory_equal(c.shown.p + sizeof(head) - 1, body, 20000000);
	assert_in_range(c.visit.place.received, c.shown.n, c.shown.n);
	connection_fini(&c);
	free(got);
	free(body);
}

/* What has to be kept has its limit. */
static void test_too_large(const void *row)
{
	struct connection c = { .service = { .json = true } };
	char *body = calloc(1, LIMIT_HEARD + 1);
	char *got;

	(void)row;
	assert_non_null(body);
	connection_open(&c);
	talking_send(c.fd,
		STR("PUT / HTTP/1.1\r\n" HOST
		    "Content-Length: 16777217\r\n\r\n"));
	for (size_t at = 0; at <= LIMIT_HEARD; at += 65536)
		if (send(c.fd, body, 65536, MSG_NOSIGNAL) < 0)
			break;
	got = connection_rest(&c);
	connection_end(&c);
	assert_like(got, "HTTP/1.1 413 Content Too Large\r\n...");
	assert_int_equal(c.result, -ERR_TOO_LARGE);
	assert_non_null(strstr(buf_text(&c.shown), "\"error\":"));
	connection_fini(&c);
	free(got);
	free(body);
}

static void test_long_heads(const void *row)
{
	struct connection c = { .reply = { .kind = REPLY_NONE } };
	struct buf in;
	char *got;

	(void)row;
	buf_init(&in, 1u << 20);
	buf_add_text(&in, "GET / HTTP/1.1\r\n" HOST);
	for (int i = 0; i < 2000; i++)
		buf_printf(&in, "Field-%d: %0100d\r\n", i, i);
	buf_add_text(&in, "\r\n");
	connection_open(&c);
	for (int i = 0; i < 3; i++)
		talking_send(c.fd, buf_str(&in));
	buf_clear(&in);
	buf_add_text(&in, "GET /");
	for (size_t i = 0; i < LIMIT_HEAD_LINE; i++)
		buf_add_char(&in, 'a');
	talking_send(c.fd, buf_str(&in));
	got = connection_rest(&c);
	connection_end(&c);
	assert_like(got, OK OK OK "HTTP/1.1 414 URI Too Long\r\n...");
	connection_fini(&c);
	buf_fini(&in);
	free(got);
}

static void test_too_many_fields(const void *row)
{
	struct connection c = { .reply = { .kind = REPLY_NONE } };
	struct buf in;
	char *got;

	(void)row;
	buf_init(&in, 1u << 20);
	buf_add_text(&in, "GET / HTTP/1.1\r\n" HOST);
	for (size_t i = 0; i < LIMIT_FIELDS; i++)
		buf_add_text(&in, "A: b\r\n");
	buf_add_text(&in, "\r\n");
	connection_open(&c);
	talking_send(c.fd, buf_str(&in));
	got = connection_rest(&c);
	connection_end(&c);
	assert_like(got, "HTTP/1.1 431 Request Header Fields Too Large\r\n...");
	connection_fini(&c);
	buf_fini(&in);
	free(got);
}

/* When what is shown cannot be, that is the end, and its error. */
static void test_receiver(const void *row)
{
	struct connection c = { .shown_max = 10 };
	char *got;

	(void)row;
	connection_open(&c);
	talking_send(c.fd, STR("GET / HTTP/1.1\r\n" HOST "\r\n"));
	got = connection_rest(&c);
	connection_end(&c);
	assert_string_equal(got, "");
	assert_int_equal(c.result, -ERR_WRITE);
	assert_string_equal(c.error.text, "nobody looks");
	connection_fini(&c);
	free(got);
}

/* A client that has gone needs no answer. */
static void test_gone(const void *row)
{
	struct connection c = { .reply = { .kind = REPLY_NONE } };

	(void)row;
	connection_open(&c);
	talking_send(c.fd, STR("GET / HTTP/1.1\r\n" HOST "\r\n"));
	shutdown(c.fd, SHUT_RD);
	talking_send(c.fd,
		STR("PUT / HTTP/1.1\r\n" HOST "Content-Length: 1\r\n\r\n"));
	close(c.fd);
	c.fd = dup(0);
	connection_end(&c);
	assert_true(c.result == -ERR_PARTIAL || c.result == -ERR_SEND ||
		c.result == -ERR_RECV);
	connection_fini(&c);
}

int main(void)
{
	const struct table tables[] = {
		SINGLE("http_serve, 100-continue", test_continue),
		TABLE("http_serve, stalled", stall_rows, test_stall),
		SINGLE("http_serve, trickled", test_trickle),
		SINGLE("http_serve, a large body", test_large_body),
		SINGLE("http_serve, too large a body", test_too_large),
		SINGLE("http_serve, long heads", test_long_heads),
		SINGLE("http_serve, too many fields", test_too_many_fields),
		SINGLE("http_serve, the receiver fails", test_receiver),
		SINGLE("http_serve, the client has gone", test_gone),
	};

	return table_run("http_server_limits", tables,
		sizeof(tables) / sizeof(tables[0]));
}
