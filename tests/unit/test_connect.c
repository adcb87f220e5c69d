#include "proxy/connect.h"

#include "base/clock.h"
#include "support/table.h"

#define ROUNDS 3

/* What a proxy says to one request after the other. */
struct connect_row {
	const char *name;
	struct str answers[ROUNDS];
	size_t tries; /* how often the asker wants to ask */
	int result;
	const char *error; /* words of it; NULL: of no interest */
	const char *rest; /* what comes through the tunnel; NULL: nothing */
	const char *statuses; /* that were told, each with its findings */
	bool closes; /* the asker says that it will not ask there again */
};

#define BYTES(literal)                       \
	{                                    \
		literal, sizeof(literal) - 1 \
	}
#define REFUSED "HTTP/1.1 407 No\r\n"
#define GRANTED "HTTP/1.1 200 Yes\r\n\r\n"

static const struct connect_row rows[] = {
	{ "granted", { BYTES(GRANTED) }, .statuses = "200/0 " },
	{ "any 2xx", { BYTES("HTTP/1.0 204 Yes\r\nA: b\r\n\r\n") },
		.statuses = "204/0 " },
	{ "a body that is none",
		{ BYTES("HTTP/1.1 200 Yes\r\nContent-Length: 9\r\n"
			"Transfer-Encoding: chunked\r\n\r\n") },
		.statuses = "200/0 " },
	{ "interim first", { BYTES("HTTP/1.1 103 Early\r\n\r\n" GRANTED) },
		.statuses = "103/0 200/0 " },
	{ "with a finding", { BYTES("HTTP/1.1 200 Yes\nA: b\r\n\r\n") },
		.statuses = "200/1 " },
	{ "the peer speaks first", { BYTES(GRANTED "220 hello\r\n") },
		.rest = "220 hello\r\n", .statuses = "200/0 " },
	{ "refused", { BYTES("HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n") },
		.result = -ERR_CONNECT,
		.error = "CONNECT tunnel failed, response 403",
		.statuses = "403/0 " },
	{ "refused, not all of the body",
		{ BYTES("HTTP/1.1 403 No\r\nContent-Length: 9\r\n\r\nabc") },
		.result = -ERR_CONNECT, .error = "response 403",
		.statuses = "403/0 " },
	{ "refused, a broken chunk",
		{ BYTES("HTTP/1.1 403 No\r\nTransfer-Encoding: chunked\r\n\r\n"
			"no chunk") },
		.result = -ERR_RECV, .statuses = "403/0 " },
	{ "another protocol", { BYTES("HTTP/1.1 101 Switching\r\n\r\n") },
		.result = -ERR_CONNECT, .error = "response 101",
		.statuses = "101/0 " },
	{ "again, but elsewhere",
		{ BYTES(REFUSED "Content-Length: 3\r\n\r\nabc") }, .tries = 1,
		.result = 1, .statuses = "407/0 ", .closes = true },
	{ "a tunnel over what closes behind it", { BYTES(GRANTED) },
		.statuses = "200/0 ", .closes = true },
	{ "again, a length",
		{ BYTES(REFUSED "Content-Length: 3\r\n\r\nabc"),
			BYTES(GRANTED) },
		.tries = 1, .statuses = "407/0 200/0 " },
	{ "again, chunks",
		{ BYTES(REFUSED "Transfer-Encoding: chunked\r\n\r\n"
				"3;x\r\nabc\r\n0\r\nT: 1\r\n\r\n"),
			BYTES(REFUSED "Content-Length: 0\r\n\r\n"),
			BYTES(GRANTED) },
		.tries = 2, .statuses = "407/0 407/0 200/0 " },
	{ "again, over another connection",
		{ BYTES(REFUSED "Connection: close\r\nContent-Length: 0\r\n"
				"\r\n") },
		.tries = 1, .result = 1, .statuses = "407/0 " },
	{ "again, a body without an end", { BYTES(REFUSED "\r\nabc") },
		.tries = 1, .result = 1, .statuses = "407/0 " },
	{ "again, a body that is cut",
		{ BYTES(REFUSED "Content-Length: 4\r\n\r\nabc") }, .tries = 1,
		.result = 1, .statuses = "407/0 " },
	{ "again, a body that is too long",
		{ BYTES(REFUSED "Content-Length: 65537\r\n\r\n") }, .tries = 1,
		.result = 1, .statuses = "407/0 " },
	{ "refused in the end",
		{ BYTES(REFUSED "Content-Length: 0\r\n\r\n"),
			BYTES(REFUSED "Content-Length: 0\r\n\r\n") },
		.tries = 1, .result = -ERR_CONNECT,
		.statuses = "407/0 407/0 " },
	{ "lengths that differ",
		{ BYTES(REFUSED "Content-Length: 1\r\nContent-Length: 2\r\n"
				"\r\n") },
		.tries = 1, .result = -ERR_WEIRD_REPLY, .statuses = "407/0 " },
	{ "closed", { BYTES("") }, .result = -ERR_RECV,
		.error = "Proxy CONNECT aborted" },
	{ "closed in a head", { BYTES("HTTP/1.1 200 Yes\r\nA: ") },
		.result = -ERR_RECV,
		.error = "inside the answer, after 21 bytes" },
	{ "no HTTP", { BYTES("SSH-2.0-x\r\n") }, .result = -ERR_HEADER,
		.error = "Invalid response header" },
	{ "a NUL", { BYTES("HTTP/1.1 200 Yes\r\nA: \0\r\n\r\n") },
		.result = -ERR_WEIRD_REPLY },
};

struct proxy_stream {
	struct stream base;
	const struct connect_row *row;
	size_t asked; /* requests that have come */
	size_t at; /* in the answer to the last one */
	size_t first, step; /* at most so many bytes at once; 0: all */
	char *answer; /* of exactly its size */
};

static ssize_t proxy_read(struct stream *s, void *to, size_t n, struct error *e)
{
	struct proxy_stream *p = (struct proxy_stream *)s;
	size_t size, most;

	(void)e;
	assert_true(p->asked > 0);
	size = p->row->answers[p->asked - 1].n;
	most = p->at < p->first ? p->first - p->at : p->step ? p->step : size;
	if (n > most)
		n = most;
	if (n > size - p->at)
		n = size - p->at;
	memcpy(to, p->answer + p->at, n);
	p->at += n;
	return (ssize_t)n;
}

static ssize_t proxy_write(
	struct stream *s, const struct iovec *iov, int count, struct error *e)
{
	struct proxy_stream *p = (struct proxy_stream *)s;
	char request[8];

	(void)e;
	assert_int_equal(count, 1);
	request[0] = 'R';
	request[1] = (char)('0' + p->asked);
	assert_int_equal(iov->iov_len, 2);
	assert_memory_equal(iov->iov_base, request, 2);
	/* What belongs to the last answer has been read. */
	if (p->asked)
		assert_int_equal(p->at, p->row->answers[p->asked - 1].n);
	free(p->answer);
	p->answer = exact_copy(
		p->row->answers[p->asked].p, p->row->answers[p->asked].n);
	p->asked++;
	p->at = 0;
	return 2;
}

static const struct stream_ops proxy_ops = {
	.read = proxy_read,
	.write = proxy_write,
};

/* Asks R0, R1, ..., and writes down what it is told. */
struct asker {
	size_t asked, tries;
	bool closes;
	struct buf told;
};

static int on_request(void *asker, struct buf *out, struct error *e)
{
	struct asker *a = asker;

	(void)e;
	buf_printf(out, "R%zu", a->asked++);
	return a->closes;
}

static int on_answered(void *asker, const struct head *head,
	const struct findings *found, struct error *e)
{
	struct asker *a = asker;

	(void)e;
	buf_printf(&a->told, "%d/%zu ", head->status, found->n);
	return head->status == 407 && a->asked <= a->tries;
}

static const struct connect_ops asker_ops = {
	.request = on_request,
	.answered = on_answered,
};

static void check(const struct connect_row *row, size_t first, size_t step)
{
	struct proxy_stream s = { .base = { .ops = &proxy_ops, .fd = -1 },
		.row = row,
		.first = first,
		.step = step };
	struct asker asker = { .tries = row->tries, .closes = row->closes };
	struct error e = { 0 };
	struct buf rest;

	buf_init(&asker.told, 1024);
	buf_init(&rest, CONNECT_REST);
	assert_int_equal(connect_tunnel(&s.base, &asker_ops, &asker, &rest,
				 DEADLINE_NONE, &e),
		row->result);
	if (row->result < 0)
		assert_int_equal(e.code, -row->result);
	if (row->error)
		assert_non_null(strstr(e.text, row->error));
	assert_string_equal(asker.told.n ? buf_text(&asker.told) : "",
		row->statuses ? row->statuses : "");
	/* Some of it may be still to be read from the stream. */
	if (row->rest) {
		assert_true(rest.n <= strlen(row->rest));
		assert_memory_equal(rest.n ? rest.p : "", row->rest, rest.n);
		assert_int_equal(
			rest.n + row->answers[0].n - s.at, strlen(row->rest));
	} else {
		assert_int_equal(rest.n, 0);
	}
	buf_fini(&asker.told);
	buf_fini(&rest);
	free(s.answer);
}

static void test_connect(const void *data)
{
	const struct connect_row *row = data;

	check(row, 0, 0);
	check(row, 0, 1);
	for (size_t first = 1; first < row->answers[0].n; first++)
		check(row, first, 0);
}

int main(void)
{
	const struct table tables[] = {
		TABLE("connect_tunnel", rows, test_connect),
	};

	return table_run("connect", tables, sizeof(tables) / sizeof(tables[0]));
}
