/* The streams of net/tls.h: what comes after the handshake. */
#include <limits.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "support/scratch.h"
#include "support/table.h"
#include "support/tls_pki.h"

#define MIB (1u << 20)
#define PATIENCE_MS 10000
#define THREADS 8
#define ROUNDS 5

/* A context that trusts `file` of the scratch directory. */
static struct tls_context *context_new(struct tls_config config)
{
	struct error e = { 0 };
	struct tls_context *context;

	config.ca_file = scratch_path("bundle.pem");
	context = pki_tls()->context_new(&config, &e);
	assert_string_equal(e.text, "");
	assert_non_null(context);
	return context;
}

static struct stream *connect_to(struct tls_context *c, struct peer *peer)
{
	struct error e = { 0 };
	struct stream *s;

	peer_start(peer);
	s = pki_connect(c, peer, "localhost", NULL, &e);
	assert_string_equal(e.text, "");
	assert_non_null(s);
	return s;
}

static void finish(struct tls_context *c, struct peer *peer, struct stream *s)
{
	stream_close(s);
	peer_stop(peer);
	peer_free(peer);
	pki_tls()->context_free(c);
}

static void shut(struct stream *s)
{
	struct error e = { 0 };
	int64_t deadline = deadline_in(PATIENCE_MS);
	int error;

	while ((error = s->ops->shut(s, &e)) == STREAM_AGAIN)
		assert_in_range(stream_wait(s, 0, deadline, &e), 1, INT16_MAX);
	assert_int_equal(error, 0);
}

static char *pattern_new(size_t n)
{
	char *bytes = malloc(n);
	unsigned x = 1;

	assert_non_null(bytes);
	for (size_t i = 0; i < n; i++) {
		x = x * 1103515245u + 12345u;
		bytes[i] = (char)(x >> 16);
	}
	return bytes;
}

/* Both ways */

struct echo_case {
	const char *name;
	size_t n; /* bytes there and back */
	size_t piece; /* the most that a read asks for */
	struct tls_config config;
};

#define SUITE(text)                                        \
	{                                                  \
		text, 40000, 65536,                        \
		{                                          \
			.ciphers = text, .max_version = 12 \
		}                                          \
	}
#define SUITE13(text)                     \
	{                                 \
		text, 40000, 65536,       \
		{                         \
			.ciphers13 = text \
		}                         \
	}

static const struct echo_case echoes[] = {
	{ "nothing", 0, 100, { 0 } },
	{ "a byte", 1, 100, { 0 } },
	{ "1 MiB by TLS 1.3", MIB, 262144, { 0 } },
	{ "1 MiB by TLS 1.2", MIB, 262144, { .max_version = 12 } },
	{ "records of full size", 65536, 16384, { 0 } },
	{ "byte by byte", 40000, 1, { 0 } },
	{ "reads across records", 100000, 1000, { 0 } },
	SUITE("ECDHE-ECDSA-AES128-GCM-SHA256"),
	SUITE("ECDHE-ECDSA-CHACHA20-POLY1305"),
	SUITE("ECDHE-ECDSA-AES256-CCM"),
	SUITE("ECDHE-ECDSA-AES128-SHA256"),
	SUITE("ECDHE-ECDSA-AES256-SHA"),
	SUITE13("TLS_AES_128_GCM_SHA256"),
	SUITE13("TLS_CHACHA20_POLY1305_SHA256"),
	SUITE13("TLS_AES_128_CCM_SHA256"),
};

static void read_echo(
	struct stream *s, const char *sent, size_t n, size_t piece)
{
	char *bytes = malloc(n + piece);
	struct error e = { 0 };
	int64_t deadline = deadline_in(PATIENCE_MS);
	size_t total = 0;
	ssize_t got;

	assert_non_null(bytes);
	while ((got = stream_read(s, bytes + total, piece, deadline, &e)) > 0) {
		assert_in_range((size_t)got, 1, piece);
		total += (size_t)got;
		assert_in_range(total, 1, n);
	}
	assert_int_equal(got, 0);
	assert_false(s->truncated);
	assert_int_equal(total, n);
	assert_memory_equal(bytes, sent, n);
	free(bytes);
}

static void test_echo(const void *row)
{
	const struct echo_case *c = row;
	struct tls_context *context = context_new(c->config);
	struct peer peer = { .identity = &pki.good, .act = PEER_ECHO };
	struct stream *s = connect_to(context, &peer);
	struct error e = { 0 };
	char *bytes = pattern_new(c->n + 1);

	if (c->config.ciphers)
		assert_string_equal(
			pki_tls()->info(s)->cipher, c->config.ciphers);
	if (c->config.ciphers13)
		assert_string_equal(
			pki_tls()->info(s)->cipher, c->config.ciphers13);
	assert_int_equal(
		stream_write(s, bytes, c->n, deadline_in(PATIENCE_MS), &e), 0);
	shut(s);
	read_echo(s, bytes, c->n, c->piece);
	free(bytes);
	finish(context, &peer, s);
}

/* All of a vector, as a caller does that sends head and body at once. */
static void write_vector(struct stream *s, struct iovec *iov, int n)
{
	struct error e = { 0 };
	int64_t deadline = deadline_in(PATIENCE_MS);

	while (n) {
		ssize_t put = s->ops->write(s, iov, n, &e);

		if (put == STREAM_AGAIN) {
			assert_in_range(
				stream_wait(s, 0, deadline, &e), 1, INT16_MAX);
			continue;
		}
		assert_in_range(put, 1, SSIZE_MAX);
		for (; n && (size_t)put >= iov->iov_len; n--)
			put -= (ssize_t)iov++->iov_len;
		if (n) {
			iov->iov_base = (char *)iov->iov_base + put;
			iov->iov_len -= (size_t)put;
		}
	}
}

static void test_vector(const void *row)
{
	const size_t sizes[] = { 200, 0, MIB, 1, 70000 };
	struct tls_context *context = context_new((struct tls_config){ 0 });
	struct peer peer = { .identity = &pki.good, .act = PEER_ECHO };
	struct stream *s = connect_to(context, &peer);
	struct iovec iov[5];
	char *bytes = pattern_new(2 * MIB);
	size_t n = 0;

	(void)row;
	for (int i = 0; i < 5; i++) {
		iov[i].iov_base = bytes + n;
		iov[i].iov_len = sizes[i];
		n += sizes[i];
	}
	write_vector(s, iov, 5);
	shut(s);
	shut(s);
	read_echo(s, bytes, n, 65536);
	free(bytes);
	finish(context, &peer, s);
}

/* Ends */

struct end_case {
	const char *name;
	enum peer_act act;
	size_t piece; /* the most that a read asks for */
	int max_version;
	bool wants_client; /* a certificate that is not given */
	const char *data; /* that comes before */
	int code; /* how it ends; 0: close_notify */
	bool truncated;
	const char *text; /* in the message */
};

static const struct end_case ends[] = {
	{ "close_notify", PEER_GREET, 100, 0, false, "hello", 0, false, "" },
	{ "close_notify, byte by byte", PEER_GREET, 1, 0, false, "hello", 0,
		false, "" },
	{ "none", PEER_TRUNCATE, 100, 0, false, "hello", ERR_RECV, true,
		"without close_notify" },
	{ "none, byte by byte", PEER_TRUNCATE, 1, 0, false, "hello", ERR_RECV,
		true, "without close_notify" },
	{ "none in TLS 1.2", PEER_TRUNCATE, 100, 12, false, "hello", ERR_RECV,
		true, "without close_notify" },
	{ "an alert", PEER_GREET, 100, 0, true, "", ERR_RECV, false,
		"wants a client certificate" },
};

static void test_end(const void *row)
{
	const struct end_case *c = row;
	struct tls_context *context = context_new(
		(struct tls_config){ .max_version = c->max_version });
	struct peer peer = { .identity = &pki.good,
		.act = c->act,
		.client_ca = c->wants_client ? &pki.ca : NULL };
	struct stream *s = connect_to(context, &peer);
	int64_t deadline = deadline_in(PATIENCE_MS);
	char text[100];
	size_t n = 0;

	while (n < strlen(c->data)) {
		ssize_t got = stream_read(
			s, text + n, c->piece, deadline, NULL);

		assert_in_range(got, 1, c->piece);
		n += (size_t)got;
	}
	assert_int_equal(n, strlen(c->data));
	assert_memory_equal(text, c->data, n);
	/* An end is the same however often it is read. */
	for (int i = 0; i < 2; i++) {
		struct error e = { 0 };

		assert_int_equal(
			stream_read(s, text, c->piece, deadline, &e), -c->code);
		assert_int_equal(e.code, c->code);
		assert_non_null(strstr(e.text, c->text));
		assert_int_equal(s->truncated, c->truncated);
	}
	finish(context, &peer, s);
}

/* The peer is gone, and says nothing of it. */
static void test_write_to_nobody(const void *row)
{
	struct tls_context *context = context_new((struct tls_config){ 0 });
	struct peer peer = { .identity = &pki.good, .act = PEER_GREET };
	struct stream *s = connect_to(context, &peer);
	struct error e = { 0 };
	char *bytes = pattern_new(MIB);
	int fd = dup(s->fd);

	(void)row;
	shutdown(fd, SHUT_RDWR);
	close(fd);
	assert_int_equal(
		stream_write(s, bytes, MIB, deadline_in(PATIENCE_MS), &e),
		-ERR_SEND);
	assert_non_null(strstr(e.text, "Broken pipe"));
	free(bytes);
	finish(context, &peer, s);
}

static void test_write_after_shut(const void *row)
{
	struct tls_context *context = context_new((struct tls_config){ 0 });
	struct peer peer = { .identity = &pki.good, .act = PEER_GREET };
	struct stream *s = connect_to(context, &peer);
	struct error e = { 0 };

	(void)row;
	shut(s);
	assert_int_equal(stream_write(s, "x", 1, deadline_in(PATIENCE_MS), &e),
		-ERR_SEND);
	assert_non_null(strstr(e.text, "TLS"));
	finish(context, &peer, s);
}

/* TLS in TLS, as through a proxy that is spoken to by TLS. */
static void test_nested(const void *row)
{
	struct tls_context *context = context_new((struct tls_config){ 0 });
	struct peer peer = { .identity = &pki.good, .act = PEER_NESTED };
	struct stream *outer = connect_to(context, &peer), *inner;
	struct error e = { 0 };
	char text[100];
	int64_t deadline = deadline_in(PATIENCE_MS);

	(void)row;
	inner = pki_tls()->connect(
		context, outer, "127.0.0.1", "http", deadline, NULL, NULL, &e);
	assert_string_equal(e.text, "");
	assert_non_null(inner);
	assert_int_equal(stream_read(inner, text, 100, deadline, &e), 5);
	assert_memory_equal(text, "hello", 5);
	assert_int_equal(stream_read(inner, text, 100, deadline, &e), 0);
	finish(context, &peer, inner);
}

/* Sessions */

struct session_case {
	const char *name;
	int max_version;
	const char *hosts[3]; /* connected to in turn */
	bool resumed[3];
	int reads; /* connections that are read from, for the tickets of TLS
		    * 1.3 come behind the handshake */
};

static const struct session_case sessions[] = {
	{ "TLS 1.2", 12, { "localhost", "localhost", "localhost" },
		{ false, true, true }, 3 },
	{ "TLS 1.3", 13, { "localhost", "localhost", "localhost" },
		{ false, true, true }, 3 },
	{ "other hosts", 13, { "localhost", "127.0.0.1", "localhost" },
		{ false, false, true }, 3 },
	{ "no tickets yet", 13, { "localhost", "localhost", "localhost" },
		{ false, false, false }, 0 },
};

static void test_sessions(const void *row)
{
	const struct session_case *c = row;
	struct tls_context *context = context_new(
		(struct tls_config){ .max_version = c->max_version });
	struct peer peer = { .identity = &pki.good, .act = PEER_GREET };

	for (int i = 0; i < 3; i++) {
		char text[100];
		struct stream *s;

		peer_start(&peer);
		s = pki_connect(context, &peer, c->hosts[i], NULL, NULL);
		assert_non_null(s);
		if (i < c->reads)
			assert_int_equal(
				stream_read(s, text, 100,
					deadline_in(PATIENCE_MS), NULL),
				5);
		assert_string_equal(pki_tls()->info(s)->subject,
			"O=minifetch; CN=localhost");
		stream_close(s);
		peer_stop(&peer);
		assert_int_equal(peer.resumed, c->resumed[i]);
	}
	peer_free(&peer);
	pki_tls()->context_free(context);
}

/* A context that threads share */

struct worker {
	struct tls_context *context;
	pthread_t thread;
	int succeeded;
};

static void *work(void *argument)
{
	struct worker *w = argument;
	struct peer peer = { .identity = &pki.respelled, .act = PEER_GREET };
	char text[100];

	for (int i = 0; i < ROUNDS; i++) {
		struct stream *s;

		peer_start(&peer);
		s = pki_connect(w->context, &peer, "localhost", NULL, NULL);
		if (s &&
			stream_read(s, text, 100, deadline_in(PATIENCE_MS),
				NULL) == 5)
			w->succeeded++;
		stream_close(s);
		peer_stop(&peer);
	}
	peer_free(&peer);
	return NULL;
}

static void test_threads(const void *row)
{
	struct tls_context *context = context_new((struct tls_config){ 0 });
	struct worker workers[THREADS];

	(void)row;
	for (int i = 0; i < THREADS; i++) {
		workers[i] = (struct worker){ .context = context };
		assert_int_equal(pthread_create(&workers[i].thread, NULL, work,
					 &workers[i]),
			0);
	}
	for (int i = 0; i < THREADS; i++) {
		pthread_join(workers[i].thread, NULL);
		assert_int_equal(workers[i].succeeded, ROUNDS);
	}
	pki_tls()->context_free(context);
}

int main(void)
{
	const struct table tables[] = {
		TABLE("echo", echoes, test_echo),
		SINGLE("vector", test_vector),
		TABLE("end", ends, test_end),
		SINGLE("write to nobody", test_write_to_nobody),
		SINGLE("write after shut", test_write_after_shut),
		SINGLE("nested", test_nested),
		TABLE("sessions", sessions, test_sessions),
		SINGLE("threads", test_threads),
	};
	int failed;

	pki_begin();
	failed = table_run(
		"tls_stream", tables, sizeof(tables) / sizeof(*tables));
	pki_end();
	return failed;
}
