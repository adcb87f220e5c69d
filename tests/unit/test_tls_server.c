/* net/tls.h: server_context_new and accept, behind talk_listen. */
#include <openssl/pem.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "support/loopback.h"
#include "support/scratch.h"
#include "support/table.h"
#include "support/talking.h"
#include "support/tls_pki.h"

#define PATIENCE_MS 5000
#define LARGE 3000000u

static const char *path_of(const char *name)
{
	return name ? scratch_path(name) : NULL;
}

static void write_key(const char *name, EVP_PKEY *key)
{
	BIO *out = BIO_new_file(scratch_path(name), "w");

	assert_non_null(out);
	PEM_write_bio_PrivateKey(out, key, NULL, NULL, 0, NULL, NULL);
	BIO_free(out);
}

/* "server.pem" and "server.key", for localhost; "lone.key". */
static void write_server(void)
{
	const struct identity *chain[] = { &pki.good, &pki.ca };

	identity_write(scratch_path("server.pem"), chain, 2);
	write_key("server.key", pki.good.key);
	write_key("lone.key", pki.lone.key);
}

/* --- contexts */

struct context_row {
	const char *name;
	const char *cert, *key, *client_ca;
	int code; /* 0: a context */
	const char *text; /* in the message */
};

static const struct context_row context_rows[] = {
	{ "a certificate and its key", "server.pem", "server.key", NULL, 0,
		NULL },
	{ "both in one file", "both.pem", NULL, NULL, 0, NULL },
	{ "CAs of clients", "server.pem", "server.key", "bundle.pem", 0, NULL },
	{ "nothing", NULL, NULL, NULL, ERR_CLIENT_CERTIFICATE, "--cert" },
	{ "no such certificate", "missing.pem", NULL, NULL,
		ERR_CLIENT_CERTIFICATE, "missing.pem: No such file" },
	{ "no such key", "server.pem", "missing.key", NULL,
		ERR_CLIENT_CERTIFICATE, "missing.key: No such file" },
	{ "no key", "server.pem", NULL, NULL, ERR_CLIENT_CERTIFICATE,
		"key without a password from" },
	{ "another's key", "server.pem", "lone.key", NULL,
		ERR_CLIENT_CERTIFICATE, "is not that of the certificate" },
	{ "an encrypted key", "client.pem", "new.key", NULL,
		ERR_CLIENT_CERTIFICATE, "without a password" },
	{ "an encrypted key of the old form", "client.pem", "old.key", NULL,
		ERR_CLIENT_CERTIFICATE, "without a password" },
	{ "no certificate in the file", "empty.pem", NULL, NULL,
		ERR_CLIENT_CERTIFICATE, "empty.pem" },
	{ "no such file of CAs", "server.pem", "server.key", "missing.pem",
		ERR_CA_FILE, "missing.pem: No such file" },
	{ "no CAs in the file", "server.pem", "server.key", "empty.pem",
		ERR_CA_FILE, "empty.pem" },
};

static void test_context(const void *row)
{
	const struct context_row *r = row;
	struct error e = { 0 };
	const char *cert = path_of(r->cert), *key = path_of(r->key);
	struct tls_context *c = pki_tls()->server_context_new(
		cert, key, path_of(r->client_ca), &e);

	assert_int_equal(e.code, r->code);
	assert_int_equal(c != NULL, r->code == 0);
	if (r->text && !strstr(e.text, r->text))
		fail_msg("\"%s\" is not in: %s", r->text, e.text);
	pki_tls()->context_free(c);
}

/* --- clients */

static void begin(struct talking *t, const char *client_ca)
{
	talking_init(t, "tls://localhost:0");
	t->config.cert = scratch_path("server.pem");
	t->config.key = scratch_path("server.key");
	t->config.client_ca = path_of(client_ca);
	t->config.has_reply = true;
	t->config.reply = STR("Recu: %{data}");
	t->talk.wait_ms = PATIENCE_MS;
}

static struct tls_context *client_context(const struct tls_config *config)
{
	struct tls_config located = *config;
	struct error e = { 0 };
	struct tls_context *c;

	located.ca_file = path_of(config->ca_file);
	located.cert = path_of(config->cert);
	located.key = path_of(config->key);
	c = pki_tls()->context_new(&located, &e);
	assert_non_null(c);
	return c;
}

/* A stream to the listener, or NULL. */
static struct stream *connect_to(
	const struct talking *t, struct tls_context *c, struct error *e)
{
	struct dial_result r;
	const struct net_config config = { .family = AF_UNSPEC };

	assert_int_equal(dial_tcp(&r, &config, "localhost", t->port,
				 deadline_in(PATIENCE_MS), e),
		0);
	return pki_tls()->connect(c, r.stream, "localhost", "http",
		deadline_in(PATIENCE_MS), NULL, NULL, e);
}

/* Ask, and receive to the end: 0 with the answer in `out`, or an error. */
static int ask(
	struct stream *s, struct str question, struct buf *out, struct error *e)
{
	int64_t deadline = deadline_in(2 * PATIENCE_MS);
	ssize_t n = stream_write(s, question.p, question.n, deadline, e);

	while (n >= 0) {
		char *room = buf_reserve(out, 65536);

		assert_non_null(room);
		n = stream_read(s, room, 65536, deadline, e);
		if (n <= 0)
			return (int)n;
		out->n += (size_t)n;
	}
	return (int)n;
}

struct client_row {
	const char *name;
	const char *client_ca; /* of the server */
	struct tls_config config; /* of the client */
	bool served;
	const char *text; /* in the server's error */
};

static const struct client_row client_rows[] = {
	{ "a client that trusts it", NULL, { .ca_file = "ca.pem" }, true,
		NULL },
	{ "TLS 1.2", NULL, { .ca_file = "ca.pem", .max_version = 12 }, true,
		NULL },
	{ "TLS 1.1", NULL, { .ca_file = "ca.pem", .max_version = 11 }, false,
		"handshake with the client failed: unsupported protocol" },
	{ "a client that does not trust it", NULL, { .ca_file = "lone.pem" },
		false, "the client does not trust the certificate" },
	{ "a client with a certificate", "ca.pem",
		{ .ca_file = "ca.pem",
			.cert = "client.pem",
			.key = "client.key" },
		true, NULL },
	{ "a client with a certificate, TLS 1.2", "ca.pem",
		{ .ca_file = "ca.pem",
			.cert = "client.pem",
			.key = "client.key",
			.max_version = 12 },
		true, NULL },
	{ "a client without a certificate", "ca.pem", { .ca_file = "ca.pem" },
		false, "--cacert asks clients for a certificate" },
	{ "a client with another CA's certificate", "lone.pem",
		{ .ca_file = "ca.pem",
			.cert = "client.pem",
			.key = "client.key" },
		false, "certificate verify failed (self-signed" },
	{ "a certificate that nobody asked for", NULL,
		{ .ca_file = "ca.pem",
			.cert = "client.pem",
			.key = "client.key" },
		true, NULL },
};

static void test_client(const void *row)
{
	const struct client_row *r = row;
	struct tls_context *c = client_context(&r->config);
	int before = talking_descriptors();
	struct error e = { 0 };
	struct talking t;
	struct stream *s;
	struct buf out;
	int rc = -1;

	buf_init(&out, 1u << 20);
	begin(&t, r->client_ca);
	talking_start(&t);
	s = connect_to(&t, c, &e);
	if (s)
		rc = ask(s, STR("Bonjour"), &out, &e);
	stream_close(s);
	talking_stop(&t);
	assert_int_equal(rc == 0, r->served);
	assert_int_equal(t.result == 0, r->served);
	assert_string_equal(
		out.n ? buf_text(&out) : "", r->served ? "Recu: Bonjour" : "");
	if (r->text && !strstr(t.error.text, r->text))
		fail_msg("\"%s\" is not in: %s", r->text, t.error.text);
	talking_fini(&t);
	buf_fini(&out);
	assert_int_equal(talking_descriptors(), before);
	pki_tls()->context_free(c);
}

/* --- those who do not speak it */

struct stranger_row {
	const char *name;
	const char *in;
	bool resets;
	int code;
	const char *text;
};

static const struct stranger_row stranger_rows[] = {
	{ "http", "GET / HTTP/1.1\r\n\r\n", false, -ERR_TLS_CONNECT,
		"the client speaks http" },
	{ "something else", "\x01\x02\x03\x04\x05\x06\x07\x08", false,
		-ERR_TLS_CONNECT, "the client does not speak TLS" },
	{ "an end", NULL, false, -ERR_TLS_CONNECT, "closed the connection" },
	{ "a reset", NULL, true, -ERR_TLS_CONNECT, "reset by peer" },
	{ "nothing", "", false, -ERR_TIMEOUT, "was not over in time" },
};

static void test_stranger(const void *row)
{
	const struct stranger_row *r = row;
	struct talking t;
	int fd;

	begin(&t, NULL);
	t.talk.wait_ms = 600;
	talking_start(&t);
	fd = talking_connect(&t, AF_INET, SOCK_STREAM);
	if (r->in)
		talking_send(fd, str_of(r->in));
	else if (r->resets)
		loopback_reset(fd);
	else
		close(fd);
	talking_stop(&t);
	assert_int_equal(t.result, r->code);
	if (!strstr(t.error.text, r->text))
		fail_msg("\"%s\" is not in: %s", r->text, t.error.text);
	if (r->in)
		close(fd);
	talking_fini(&t);
}

/* --- much, and many */

static void test_large(const void *row)
{
	const struct tls_config config = { .ca_file = "ca.pem" };
	struct tls_context *c = client_context(&config);
	struct error e = { 0 };
	struct talking t;
	struct stream *s;
	struct buf in, out;

	(void)row;
	buf_init(&in, LARGE);
	buf_init(&out, 2 * LARGE);
	assert_non_null(buf_reserve(&in, LARGE));
	for (in.n = 0; in.n < LARGE; in.n++)
		in.p[in.n] = (char)(in.n * 2654435761u >> 13);
	begin(&t, NULL);
	t.config.reply = STR("%{data}");
	talking_start(&t);
	s = connect_to(&t, c, &e);
	assert_non_null(s);
	assert_int_equal(ask(s, buf_str(&in), &out, &e), 0);
	stream_close(s);
	talking_stop(&t);
	assert_int_equal(t.result, 0);
	assert_int_equal(out.n, LARGE);
	assert_memory_equal(out.p, in.p, LARGE);
	assert_int_equal(t.received.n, LARGE);
	assert_memory_equal(t.received.p, in.p, LARGE);
	talking_fini(&t);
	buf_fini(&in);
	buf_fini(&out);
	pki_tls()->context_free(c);
}

#define MANY 24

/* At once, in threads; every third does not speak TLS. */
static void test_many(const void *row)
{
	const struct tls_config config = { .ca_file = "ca.pem" };
	struct tls_context *c = client_context(&config);
	int before = talking_descriptors();
	struct stream *streams[MANY] = { NULL };
	int fds[MANY];
	struct error e = { 0 };
	struct talking t;

	(void)row;
	begin(&t, NULL);
	t.config.keep_open = true;
	t.talk.count = MANY;
	talking_start(&t);
	for (int i = 0; i < MANY; i++) {
		if (i % 3 == 0) {
			fds[i] = talking_connect(&t, AF_INET, SOCK_STREAM);
			continue;
		}
		streams[i] = connect_to(&t, c, &e);
		assert_non_null(streams[i]);
	}
	for (int i = 0; i < MANY; i++) {
		struct buf out;

		if (!streams[i]) {
			talking_send(fds[i], STR("hello hello hello"));
			close(fds[i]);
			continue;
		}
		buf_init(&out, 1u << 20);
		assert_int_equal(ask(streams[i], STR("x"), &out, &e), 0);
		assert_string_equal(buf_text(&out), "Recu: x");
		buf_fini(&out);
		stream_close(streams[i]);
	}
	talking_stop(&t);
	assert_int_equal(t.result, 0);
	assert_int_equal(t.received.n, MANY - MANY / 3);
	talking_fini(&t);
	assert_int_equal(talking_descriptors(), before);
	pki_tls()->context_free(c);
}

/* Bytes whose end may be missing are not taken for whole. */
static void test_truncated(const void *row)
{
	const struct tls_config config = { .ca_file = "ca.pem" };
	struct tls_context *c = client_context(&config);
	struct error e = { 0 };
	struct talking t;
	struct stream *s;

	(void)row;
	begin(&t, NULL);
	t.config.has_reply = false;
	talking_start(&t);
	s = connect_to(&t, c, &e);
	assert_non_null(s);
	assert_int_equal(stream_write(s, "abc", 3, deadline_in(1000), &e), 0);
	talking_wait(&t, 3);
	shutdown(s->fd, SHUT_WR);
	talking_stop(&t);
	stream_close(s);
	assert_int_equal(t.result, -ERR_RECV);
	assert_non_null(strstr(t.error.text, "without close_notify"));
	talking_fini(&t);
	pki_tls()->context_free(c);
}

int main(void)
{
	const struct table tables[] = {
		TABLE("server_context_new", context_rows, test_context),
		TABLE("accept", client_rows, test_client),
		TABLE("accept, no TLS", stranger_rows, test_stranger),
		SINGLE("accept, much", test_large),
		SINGLE("accept, many", test_many),
		SINGLE("accept, truncated", test_truncated),
	};
	int failed;

	pki_begin();
	write_server();
	failed = table_run(
		"tls_server", tables, sizeof(tables) / sizeof(tables[0]));
	pki_end();
	return failed;
}
