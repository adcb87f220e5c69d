#include "proxy/socks.h"

#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "support/duplex.h"
#include "support/names.h"
#include "support/table.h"

/* Bytes, those that are 0 too. */
#define BYTES(literal)                       \
	{                                    \
		literal, sizeof(literal) - 1 \
	}

#define TEN "0123456789"
#define FIFTY TEN TEN TEN TEN TEN
#define TEXT_255 FIFTY FIFTY FIFTY FIFTY FIFTY "01234"
#define TEXT_256 TEXT_255 "5"

/* The whole handshake, with a proxy that says its replies, each when it has got
 * what it waits for, and then what is the peer's. */

#define ROUNDS 3
#define PEER "HTTP/1.1 200 OK\r\n\r\n"

struct round {
	struct str sent, reply;
};

struct connect_row {
	const char *name, *host;
	enum proxy_kind kind;
	const char *user, *password;
	const char *addresses; /* the resolver's; NULL: it is not asked */
	int family;
	struct round rounds[ROUNDS];
	const char *error; /* words of it; NULL: it succeeds */
	int code; /* 0: ERR_PROXY */
	const char *log; /* part of the first line; NULL: of no interest */
};

struct proxy_stream {
	struct stream base;
	const struct round *rounds;
	size_t round, at; /* in the replies */
	size_t step; /* at most so many bytes at once; 0: all */
	bool again; /* the next read has to wait first */
	struct buf sent; /* of this round */
};

static ssize_t proxy_read(struct stream *s, void *to, size_t n, struct error *e)
{
	struct proxy_stream *p = (struct proxy_stream *)s;
	const struct round *round = &p->rounds[p->round];
	struct str rest = str_from(round->reply, p->at);

	(void)e;
	if (p->step && (p->again = !p->again))
		return STREAM_AGAIN;
	/* It says nothing before it has heard all. */
	assert_int_equal(p->sent.n, round->sent.n);
	assert_memory_equal(p->sent.p, round->sent.p, p->sent.n);
	if (p->step && n > p->step)
		n = p->step;
	if (n > rest.n)
		n = rest.n;
	memcpy(to, rest.p, n);
	p->at += n;
	return (ssize_t)n;
}

static ssize_t proxy_write(
	struct stream *s, const struct iovec *iov, int count, struct error *e)
{
	struct proxy_stream *p = (struct proxy_stream *)s;
	size_t n = iov[0].iov_len;

	(void)count;
	(void)e;
	/* All of a reply has been read before the next request. */
	if (p->at) {
		assert_int_equal(p->at, p->rounds[p->round].reply.n);
		p->round++;
		p->at = 0;
		buf_clear(&p->sent);
	}
	assert_true(p->round < ROUNDS);
	if (p->step && n > p->step)
		n = p->step;
	buf_add(&p->sent, iov[0].iov_base, n);
	return (ssize_t)n;
}

static short proxy_wants(const struct stream *s)
{
	(void)s;
	return 0;
}

static int proxy_idle(struct stream *s, struct error *e)
{
	(void)s;
	(void)e;
	return 0;
}

static const struct stream_ops proxy_ops = {
	.read = proxy_read,
	.write = proxy_write,
	.wants = proxy_wants,
	.idle = proxy_idle,
};

#define V4 .kind = PROXY_SOCKS4
#define V4A .kind = PROXY_SOCKS4A
#define V5 .kind = PROXY_SOCKS5
#define V5H .kind = PROXY_SOCKS5H
#define JOE .user = "joe", .password = "pw"

#define OPEN                                   \
	{                                      \
		BYTES("\5\1\0"), BYTES("\5\0") \
	}
#define OFFER(reply)                            \
	{                                       \
		BYTES("\5\2\0\2"), BYTES(reply) \
	}
#define LOGIN(reply)                               \
	{                                          \
		BYTES("\1\3joe\2pw"), BYTES(reply) \
	}
#define OK4 "\0\x5a\0\0\0\0\0\0"
#define OK5 "\5\0\0\1\0\0\0\0\0\0"

static const struct connect_row connect_rows[] = {
	{ "4, an address", "192.0.2.1", V4,
		.rounds = { { BYTES("\4\1\0\x50\xc0\0\2\1\0"), BYTES(OK4) } },
		.log = "SOCKS4 connect to 192.0.2.1:80" },
	{ "4, a name", "a.test", V4,
		.addresses = "2001:db8::1 192.0.2.1 192.0.2.2",
		.rounds = { { BYTES("\4\1\0\x50\xc0\0\2\1\0"), BYTES(OK4) } },
		.log = "SOCKS4 connect to 192.0.2.1:80 (locally resolved)" },
	{ "4, a user", "192.0.2.1", V4, JOE,
		.rounds = { { BYTES("\4\1\0\x50\xc0\0\2\1joe\0"),
			BYTES(OK4) } } },
	{ "4, IPv6", "2001:db8::1", V4, .error = "IPv4 addresses only" },
	{ "4, a name of IPv6", "a.test", V4, .addresses = "2001:db8::1",
		.error = "a.test", .code = ERR_RESOLVE },
	{ "4, IPv6 only", "a.test", V4, .addresses = "2001:db8::1",
		.family = AF_INET6,
		.error = "a.test has no address that SOCKS 4" },
	{ "4, refused", "192.0.2.1", V4,
		.rounds = { { BYTES("\4\1\0\x50\xc0\0\2\1\0"),
			BYTES("\0\x5b") } },
		.error = "(91); connecting to 192.0.2.1 port 80 by way of "
			 "proxy.test port 1080" },
	{ "4, closed", "192.0.2.1", V4,
		.rounds = { { BYTES("\4\1\0\x50\xc0\0\2\1\0"),
			BYTES("\0\x5a\0\0\0") } },
		.error = "closed the connection after 5 bytes of a reply of at "
			 "least 8" },
	{ "4a, an address", "192.0.2.1", V4A,
		.rounds = { { BYTES("\4\1\0\x50\xc0\0\2\1\0"), BYTES(OK4) } } },
	{ "4a, a name", "a.test", V4A,
		.rounds = { { BYTES("\4\1\0\x50\0\0\0\1\0a.test\0"),
			BYTES(OK4) } },
		.log = "SOCKS4 connect to a.test:80 (remotely resolved)" },
	{ "4a, IPv6", "2001:db8::1", V4A,
		.rounds = { { BYTES("\4\1\0\x50\0\0\0\1\0"
				    "2001:db8::1\0"),
			BYTES(OK4) } } },
	{ "5, an address", "192.0.2.1", V5,
		.rounds = { OPEN,
			{ BYTES("\5\1\0\1\xc0\0\2\1\0\x50"), BYTES(OK5) } } },
	{ "5, a name", "a.test", V5, .addresses = "192.0.2.1 192.0.2.2",
		.rounds = { OPEN,
			{ BYTES("\5\1\0\1\xc0\0\2\1\0\x50"), BYTES(OK5) } },
		.log = "SOCKS5 connect to 192.0.2.1:80 (locally resolved)" },
	{ "5, a name of IPv6", "a.test", V5,
		.addresses = "2001:db8::1 192.0.2.1",
		.rounds = { OPEN,
			{ BYTES("\5\1\0\4\x20\1\xd\xb8\0\0\0\0\0\0\0\0\0\0\0\1"
				"\0\x50"),
				BYTES(OK5) } },
		.log = "SOCKS5 connect to [2001:db8::1]:80" },
	{ "5, a name, IPv4 only", "a.test", V5,
		.addresses = "2001:db8::1 192.0.2.1", .family = AF_INET,
		.rounds = { OPEN,
			{ BYTES("\5\1\0\1\xc0\0\2\1\0\x50"), BYTES(OK5) } } },
	{ "5, no address", "a.test", V5, .addresses = "2001:db8::1",
		.family = AF_INET, .error = "a.test", .code = ERR_RESOLVE },
	{ "5h, an address", "192.0.2.1", V5H,
		.rounds = { OPEN,
			{ BYTES("\5\1\0\1\xc0\0\2\1\0\x50"), BYTES(OK5) } },
		.log = "SOCKS5 connect to 192.0.2.1:80" },
	{ "5h, IPv6 with a zone", "fe80::1%lo", V5H,
		.rounds = { OPEN,
			{ BYTES("\5\1\0\4\xfe\x80\0\0\0\0\0\0\0\0\0\0\0\0\0\1"
				"\0\x50"),
				BYTES(OK5) } } },
	{ "5h, a name", "a.test", V5H,
		.rounds = { OPEN,
			{ BYTES("\5\1\0\3\6a.test\0\x50"), BYTES(OK5) } },
		.log = "SOCKS5 connect to a.test:80 (remotely resolved)" },
	{ "5h, a long reply", "a.test", V5H,
		.rounds = { OPEN,
			{ BYTES("\5\1\0\3\6a.test\0\x50"),
				BYTES("\5\0\0\3\xff" TEXT_255 "\0\0") } } },
	{ "5h, a user", "a.test", V5H, JOE,
		.rounds = { OFFER("\5\2"), LOGIN("\1\0"),
			{ BYTES("\5\1\0\3\6a.test\0\x50"), BYTES(OK5) } } },
	{ "5h, a user who is not asked for", "a.test", V5H, JOE,
		.rounds = { OFFER("\5\0"),
			{ BYTES("\5\1\0\3\6a.test\0\x50"), BYTES(OK5) } } },
	{ "5h, an empty user", "a.test", .kind = PROXY_SOCKS5H, .user = "",
		.password = "pw",
		.rounds = { OPEN,
			{ BYTES("\5\1\0\3\6a.test\0\x50"), BYTES(OK5) } } },
	{ "5h, a wrong password", "a.test", V5H, JOE,
		.rounds = { OFFER("\5\2"), LOGIN("\1\1") },
		.error = "refused the user and password (status 1); connecting "
			 "to" },
	{ "5h, a user is missing", "a.test", V5H,
		.rounds = { { BYTES("\5\1\0"), BYTES("\5\2") } },
		.error = "wants a user and a password, and none were given" },
	{ "5h, refused", "a.test", V5H,
		.rounds = { OPEN,
			{ BYTES("\5\1\0\3\6a.test\0\x50"), BYTES("\5\4") } },
		.error = "Host unreachable (4)" },
	{ "5h, closed at once", "a.test", V5H,
		.rounds = { { BYTES("\5\1\0"), BYTES("") } },
		.error = "after 0 bytes of a reply of at least 2" },
	{ "5h, closed within an address", "a.test", V5H,
		.rounds = { OPEN,
			{ BYTES("\5\1\0\3\6a.test\0\x50"),
				BYTES("\5\0\0\3\5a.te") } },
		.error = "after 9 bytes of a reply of at least 12" },
	{ "5h, not SOCKS", "a.test", V5H,
		.rounds = { { BYTES("\5\1\0"), BYTES("H") } },
		.error = "begins with 0x48" },
	{ "5h, a name of 256 bytes", TEXT_256, V5H,
		.error = "hostname is too long to be resolved remotely by the "
			 "proxy." },
	{ "4a, a name of 256 bytes", TEXT_256, V4A,
		.error = "host name is too long for SOCKS 4: at most 255" },
	{ "5, a user of 256 bytes", "192.0.2.1", .kind = PROXY_SOCKS5,
		.user = TEXT_256, .password = "",
		.error = "user name is too long" },
	{ "5, a password of 256 bytes", "192.0.2.1", .kind = PROXY_SOCKS5,
		.user = "u", .password = TEXT_256,
		.error = "password is too long" },
	{ "4, a user of 256 bytes", "192.0.2.1", .kind = PROXY_SOCKS4,
		.user = TEXT_256, .password = "",
		.error = "user name is too long" },
};

/* Keeps the first line. */
static void log_first(void *context, const char *line)
{
	struct buf *first = context;

	if (first->n == 0)
		buf_add_text(first, line);
}

static struct proxy proxy_of(const struct connect_row *row)
{
	return (struct proxy){ .kind = row->kind,
		.host = (char *)"proxy.test",
		.port = 1080,
		.user = (char *)row->user,
		.password = (char *)row->password };
}

static int connect_by(const struct connect_row *row, struct stream *s,
	struct buf *first, struct error *e)
{
	struct detour detour = { "", "elsewhere.test", true, 0, 0 };
	struct net_config net = { .family = row->family,
		.detours = &detour,
		.n_detours = 1,
		.socket = "/nowhere",
		.log = { log_first, first } };
	struct names_answer answer = { .addresses = row->addresses };
	struct proxy proxy = proxy_of(row);
	int result;

	names_set(row->addresses ? &answer : NULL);
	result = socks_connect(
		s, &proxy, &net, row->host, 80, NULL, DEADLINE_NONE, e);
	names_set(NULL);
	return result;
}

static void check_end(const struct connect_row *row,
	const struct proxy_stream *s, int result, const struct error *e)
{
	if (row->error) {
		assert_int_equal(result, -(row->code ? row->code : ERR_PROXY));
		assert_int_equal(e->code, -result);
		assert_non_null(strstr(e->text, row->error));
	} else {
		assert_int_equal(result, 0);
		assert_int_equal(e->code, 0);
	}
	/* All that was to be said has been, and nothing else. */
	assert_int_equal(s->at, s->rounds[s->round].reply.n);
	assert_int_equal(s->sent.n, s->rounds[s->round].sent.n);
	assert_true(s->round == ROUNDS - 1 || !s->rounds[s->round + 1].sent.p);
}

static void check_connect(const struct connect_row *row, size_t step)
{
	struct proxy_stream s = { .base = { .ops = &proxy_ops, .fd = -1 },
		.rounds = row->rounds,
		.step = step };
	struct error e = { 0 };
	struct buf first;
	int result;

	buf_init(&s.sent, 1024);
	buf_init(&first, 4096);
	result = connect_by(row, &s.base, &first, &e);
	check_end(row, &s, result, &e);
	if (row->log)
		assert_non_null(strstr(buf_text(&first), row->log));
	buf_fini(&first);
	buf_fini(&s.sent);
}

static void test_connect(const void *data)
{
	for (size_t step = 0; step <= 12; step++)
		check_connect(data, step);
}

/* Over a socket, where what follows the handshake is there already. */
static void test_connect_socket(const void *data)
{
	const struct connect_row *row = data;
	struct error e = { 0 };
	struct buf first, replies;
	char rest[64];
	struct stream *s;
	int other;

	if (row->error)
		return;
	s = stream_pair(UNIX, &other);
	buf_init(&first, 4096);
	buf_init(&replies, 4096);
	for (size_t i = 0; i < ROUNDS; i++)
		buf_add_str(&replies, row->rounds[i].reply);
	buf_add_text(&replies, PEER);
	assert_int_equal(send(other, replies.p, replies.n, 0), replies.n);
	assert_int_equal(connect_by(row, s, &first, &e), 0);
	assert_int_equal(
		stream_read(s, rest, sizeof(rest), deadline_in(5000), &e),
		strlen(PEER));
	assert_memory_equal(rest, PEER, strlen(PEER));
	stream_close(s);
	close(other);
	buf_fini(&replies);
	buf_fini(&first);
}

/* Names that the user gave are asked before the resolver, for the family. */
static void test_names(const void *unused)
{
	const struct connect_row row = { V4,
		.rounds = { { BYTES("\4\1\0\x50\xc0\0\2\7\0"), BYTES(OK4) } } };
	struct proxy proxy = proxy_of(&row);
	struct proxy_stream s = { .base = { .ops = &proxy_ops, .fd = -1 },
		.rounds = row.rounds };
	struct names names = { 0 };
	struct net_config net = { .names = &names };
	struct error e = { 0 };

	(void)unused;
	names_set(NULL);
	buf_init(&s.sent, 1024);
	assert_int_equal(
		names_add(&names, STR("a.test:80:[2001:db8::1],192.0.2.7"),
			clock_now(), &e),
		0);
	assert_int_equal(socks_connect(&s.base, &proxy, &net, "a.test", 80,
				 NULL, DEADLINE_NONE, &e),
		0);
	assert_int_equal(names_add(&names, STR("a.test:80:[2001:db8::1]"),
				 clock_now(), &e),
		0);
	assert_int_equal(socks_connect(&s.base, &proxy, &net, "a.test", 80,
				 NULL, DEADLINE_NONE, &e),
		-ERR_PROXY);
	assert_non_null(strstr(e.text, "which is IPv4 only"));
	names_fini(&names);
	buf_fini(&s.sent);
}

static void test_timeout(const void *unused)
{
	const struct connect_row row = { V5H };
	struct proxy proxy = proxy_of(&row);
	struct net_config net = { 0 };
	struct error e = { 0 };
	int other;
	struct stream *s = stream_pair(TCP, &other);

	(void)unused;
	assert_int_equal(send(other, "\5", 1, 0), 1);
	assert_int_equal(socks_connect(s, &proxy, &net, "a.test", 80, NULL,
				 deadline_in(50), &e),
		-ERR_TIMEOUT);
	assert_non_null(strstr(e.text, "; connecting to a.test port 80"));
	stream_close(s);
	close(other);
}

/* A proxy at a Unix socket is named by its path. */
static void test_socket_named(const void *unused)
{
	const struct connect_row row = { V5 };
	struct proxy proxy = proxy_of(&row);
	struct net_config net = { 0 };
	struct error e = { 0 };
	int other;
	struct stream *s = stream_pair(UNIX, &other);

	(void)unused;
	proxy.socket = (char *)"/run/socks";
	assert_int_equal(shutdown(other, SHUT_WR), 0);
	assert_int_equal(socks_connect(s, &proxy, &net, "192.0.2.1", 80, NULL,
				 deadline_in(5000), &e),
		-ERR_PROXY);
	assert_non_null(strstr(e.text, "by way of /run/socks"));
	stream_close(s);
	close(other);
}

int main(void)
{
	static const struct table tables[] = {
		TABLE("socks_connect", connect_rows, test_connect),
		TABLE("socks_connect, a socket", connect_rows,
			test_connect_socket),
		SINGLE("socks_connect, names", test_names),
		SINGLE("socks_connect, timeout", test_timeout),
		SINGLE("socks_connect, a Unix socket", test_socket_named),
	};

	return table_run("socks", tables, sizeof(tables) / sizeof(tables[0]));
}
