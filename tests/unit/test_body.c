/* transfer/body.c over a socket pair: what is handed on is the content as a
 * whole, or there is an error, whichever allocation fails. */
#include "transfer/body.h"

#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/module.h"
#include "support/coding.h"
#include "support/memory.h"

/* --- a response that is received */

static int take_head(
	void *sink, const struct head *head, bool body_follows, struct error *e)
{
	(void)sink, (void)head, (void)body_follows, (void)e;
	return 0;
}

static int take_body(
	void *sink, const struct iovec *iov, int n, struct error *e)
{
	(void)e;
	for (int i = 0; i < n; i++)
		buf_add(sink, iov[i].iov_base, iov[i].iov_len);
	return 0;
}

static int take_nothing_directly(void *sink, uint64_t expected)
{
	(void)sink, (void)expected;
	return -1;
}

static const struct sink_ops sink_ops = {
	.head = take_head,
	.body = take_body,
	.direct = take_nothing_directly,
};

struct response {
	struct connection connection;
	struct facts facts;
	struct hop hop;
	struct sink_port sink;
	struct buf got; /* what was handed on */
	struct exchange exchange;
	int other;
};

/* The head has come, the body lies ready. */
static void response_init(struct response *r, const char *head, struct str body)
{
	struct error e = { 0 };
	int ends[2];

	*r = (struct response){ .sink = { &sink_ops, &r->got } };
	buf_init(&r->got, (size_t)64 << 20);
	facts_init(&r->facts);
	assert_int_equal(
		socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends), 0);
	r->other = ends[1];
	r->connection.stream = stream_socket(ends[0], "tcp", &e);
	assert_non_null(r->connection.stream);
	buf_init(&r->connection.in, LIMIT_HEAD + body.n);
	buf_add_text(&r->connection.in, head);
	buf_add_str(&r->connection.in, body);
	assert_int_equal(r->connection.in.failed, 0);
	exchange_init(&r->exchange);
	r->exchange.connection = &r->connection;
	r->exchange.sink = &r->sink;
	r->exchange.facts = &r->facts;
	r->exchange.hop = &r->hop;
	r->exchange.deadline = DEADLINE_NONE;
	r->exchange.answered = true;
}

static int receive(
	struct response *r, const struct body_plan *plan, struct error *e)
{
	enum reuse reuse;
	int error = exchange_head(&r->exchange, e);

	return error < 0 ? error : body_receive(&r->exchange, plan, &reuse, e);
}

static void response_fini(struct response *r)
{
	exchange_fini(&r->exchange);
	stream_close(r->connection.stream);
	close(r->other);
	buf_fini(&r->connection.in);
	buf_fini(&r->got);
	facts_fini(&r->facts);
}

/* --- tests */

static const struct row {
	const char *name, *head;
	encoder *encoders[LIMIT_CODINGS];
} rows[] = {
	{ "one coding", "Content-Encoding: gzip\r\n", { encode_gzip } },
	{ "two", "Content-Encoding: zstd, br\r\n", { encode_zstd, encode_br } },
	{ "two fields",
		"Content-Encoding: deflate\r\nContent-Encoding: gzip\r\n",
		{ encode_zlib, encode_gzip } },
};

/* The n-th allocation fails, for each n: there is all of head, trailers and
 * content, or an error and nothing that is not content. */
static void test_memory(const void *data)
{
	const struct body_plan plan = { .decode = true };
	const struct row *row = data;
	struct buf text, coded, head;
	int error = -1;

	buf_init(&text, (size_t)1 << 20);
	buf_init(&coded, (size_t)1 << 20);
	buf_init(&head, 1000);
	encode_bottles(&text);
	encode_all(&coded, buf_str(&text), row->encoders);
	buf_printf(&head,
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n%s\r\n"
		"%zx\r\n",
		row->head, coded.n);
	buf_add_text(&coded, "\r\n0\r\nX: y\r\n\r\n");
	for (long n = 1; error < 0; n++) {
		struct response r;
		struct error e = { 0 };

		response_init(&r, buf_text(&head), buf_str(&coded));
		buf_reserve(&r.got, text.n);
		memory_fail(n);
		error = receive(&r, &plan, &e);
		if (!memory_failed())
			assert_int_equal(error, 0);
		if (error == 0) {
			assert_int_equal(r.got.n, text.n);
			assert_true(str_starts(
				buf_str(&r.facts.heads), STR("HTTP/1.1 ")));
			assert_true(str_search(buf_str(&r.facts.heads),
					    STR("\r\n\r\nX: y\r\n")) > 0);
		} else
			assert_int_equal(e.code, -error);
		assert_memory_equal(r.got.p, text.p, r.got.n);
		response_fini(&r);
	}
	buf_fini(&text);
	buf_fini(&coded);
	buf_fini(&head);
}

int main(void)
{
	static const struct table tables[] = {
		TABLE("body_receive, memory runs out", rows, test_memory),
	};

	module_set_dir(MODULE_DIR);
	return table_run("body", tables, sizeof(tables) / sizeof(tables[0]));
}
