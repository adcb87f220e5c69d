/* net/tls.h: contexts, handshakes and verification. */
#include "net/tls.h"

#include <openssl/x509_vfy.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/clock.h"
#include "support/scratch.h"
#include "support/table.h"
#include "support/tls_pki.h"

/* Files are named as in the scratch directory; NULL stays. */
static const char *path_of(const char *name)
{
	return name && name[0] != '/' ? scratch_path(name) : name;
}

static struct tls_context *context_new(
	const struct tls_config *config, struct error *e)
{
	struct tls_config located = *config;

	located.ca_file = path_of(config->ca_file);
	located.ca_path = path_of(config->ca_path);
	located.crl_file = path_of(config->crl_file);
	located.cert = path_of(config->cert);
	located.key = path_of(config->key);
	if (config->pinned_key && !strstr(config->pinned_key, "//"))
		located.pinned_key = path_of(config->pinned_key);
	return pki_tls()->context_new(&located, e);
}

/* Of nothing: no key has it. */
#define DIGEST "sha256//47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="

/* Contexts */

struct context_case {
	const char *name;
	struct tls_config config;
	int code; /* 0: a context */
	const char *text; /* in the message */
};

static const struct context_case contexts[] = {
	{ "defaults", { 0 }, 0, NULL },
	{ "a file", { .ca_file = "ca.pem" }, 0, NULL },
	{ "a bundle", { .ca_file = "bundle.pem" }, 0, NULL },
	{ "a directory", { .ca_path = "hashed" }, 0, NULL },
	{ "no such file", { .ca_file = "missing.pem" }, ERR_CA_FILE,
		"missing.pem: No such file" },
	{ "a directory as file", { .ca_file = "bare" }, ERR_CA_FILE,
		"bare: Is a directory" },
	{ "a file without certificates", { .ca_file = "empty.pem" },
		ERR_CA_FILE, "empty.pem: no certificate" },
	{ "a damaged certificate", { .ca_file = "broken.pem" }, ERR_CA_FILE,
		"broken.pem: what is in it in PEM is damaged" },
	{ "no such directory", { .ca_path = "missing" }, ERR_CA_FILE,
		"missing: no certificates by hash" },
	{ "a directory without links", { .ca_path = "bare" }, ERR_CA_FILE,
		"bare: no certificates by hash" },
	{ "a useless directory besides a file",
		{ .ca_file = "ca.pem", .ca_path = "missing" }, 0, NULL },
	{ "a missing file that is not needed",
		{ .ca_file = "missing.pem", .insecure = true }, 0, NULL },
	{ "ciphers", { .ciphers = "ECDHE-RSA-AES128-GCM-SHA256" }, 0, NULL },
	{ "no such cipher", { .ciphers = "NONE-SUCH" }, ERR_CIPHER,
		"failed setting cipher list: NONE-SUCH" },
	{ "no such TLS 1.3 cipher", { .ciphers13 = "NONE-SUCH" }, ERR_CIPHER,
		"failed setting TLS 1.3 cipher suite: NONE-SUCH" },
	{ "curves", { .curves = "X25519:P-521" }, 0, NULL },
	{ "no such curve", { .curves = "P-256:NONE-SUCH" }, ERR_CIPHER,
		"failed setting curves list: P-256:NONE-SUCH" },
	{ "no curve at all", { .curves = "" }, ERR_CIPHER, "curves list: " },
	{ "versions", { .min_version = 12, .max_version = 13 }, 0, NULL },
	{ "a low maximum alone", { .max_version = 11 }, 0, NULL },
	{ "versions crossed", { .min_version = 13, .max_version = 12 },
		ERR_CIPHER, "lowest (13)" },
	{ "an unknown version", { .min_version = 14 }, ERR_CIPHER, "14" },
	{ "a client certificate", { .cert = "client.pem", .key = "client.key" },
		0, NULL },
	{ "certificate and key in one file", { .cert = "both.pem" }, 0, NULL },
	{ "an encrypted key",
		{ .cert = "client.pem",
			.key = "new.key",
			.password = "secret" },
		0, NULL },
	{ "an encrypted key of the old form",
		{ .cert = "client.pem",
			.key = "old.key",
			.password = "secret" },
		0, NULL },
	{ "a wrong password",
		{ .cert = "client.pem",
			.key = "new.key",
			.password = "public" },
		ERR_CLIENT_CERTIFICATE, "wrong pass phrase" },
	{ "a missing password", { .cert = "client.pem", .key = "old.key" },
		ERR_CLIENT_CERTIFICATE, "--pass" },
	{ "no key", { .cert = "client.pem" }, ERR_CLIENT_CERTIFICATE,
		"client key from" },
	{ "another's key", { .cert = "ca.pem", .key = "client.key" },
		ERR_CLIENT_CERTIFICATE, "is not that of" },
	{ "no such client certificate", { .cert = "missing.pem" },
		ERR_CLIENT_CERTIFICATE, "missing.pem: No such file" },
	{ "a certificate and a key in DER",
		{ .cert = "client.der",
			.cert_type = TLS_FILE_DER,
			.key = "key.der",
			.key_type = TLS_FILE_DER },
		0, NULL },
	{ "DER without a key",
		{ .cert = "client.der", .cert_type = TLS_FILE_DER },
		ERR_CLIENT_CERTIFICATE, "client.der is DER" },
	{ "PEM for DER", { .cert = "both.pem", .cert_type = TLS_FILE_DER },
		ERR_CLIENT_CERTIFICATE, "DER client certificate from" },
	{ "DER for PEM", { .cert = "client.pem", .key = "key.der" },
		ERR_CLIENT_CERTIFICATE, "PEM client key from" },
	{ "PKCS #12",
		{ .cert = "client.p12",
			.cert_type = TLS_FILE_P12,
			.password = "secret" },
		0, NULL },
	{ "PKCS #12 with a wrong password",
		{ .cert = "client.p12",
			.cert_type = TLS_FILE_P12,
			.password = "public" },
		ERR_CLIENT_CERTIFICATE, "wrong pass phrase" },
	{ "PKCS #12 without its password",
		{ .cert = "client.p12", .cert_type = TLS_FILE_P12 },
		ERR_CLIENT_CERTIFICATE, "--pass" },
	{ "PKCS #12 and a key of its own",
		{ .cert = "client.p12",
			.cert_type = TLS_FILE_P12,
			.password = "secret",
			.key = "client.key" },
		0, NULL },
	{ "PKCS #12 without a key",
		{ .cert = "keyless.p12",
			.cert_type = TLS_FILE_P12,
			.password = "secret" },
		ERR_CLIENT_CERTIFICATE, "no certificate with its key is in" },
	{ "PEM for PKCS #12", { .cert = "both.pem", .cert_type = TLS_FILE_P12 },
		ERR_CLIENT_CERTIFICATE, "P12 client certificate from" },
	{ "no such PKCS #12",
		{ .cert = "missing.p12", .cert_type = TLS_FILE_P12 },
		ERR_CLIENT_CERTIFICATE, "missing.p12: No such file" },
	{ "no such file of CRLs", { .crl_file = "missing.crl" }, ERR_CRL_FILE,
		"missing.crl: No such file" },
	{ "no such file of CRLs, and -k",
		{ .insecure = true, .crl_file = "missing.crl" }, ERR_CRL_FILE,
		"missing.crl: No such file" },
	{ "a file without CRLs", { .crl_file = "ca.pem" }, ERR_CRL_FILE,
		"ca.pem: no CRL" },
	{ "a damaged CRL", { .crl_file = "broken.crl" }, ERR_CRL_FILE,
		"broken.crl: a CRL in it is damaged" },
	{ "a pinned digest", { .pinned_key = DIGEST }, 0, NULL },
	{ "several", { .pinned_key = DIGEST ";" DIGEST ";" DIGEST }, 0, NULL },
	{ "a pinned key in PEM", { .pinned_key = "good.pub" }, 0, NULL },
	{ "a pinned key in DER", { .pinned_key = "good.der" }, 0, NULL },
	{ "a digest that is too short", { .pinned_key = "sha256//AAAA" },
		ERR_PINNED_KEY, "'sha256//AAAA' is not" },
	{ "a digest that is no base64", { .pinned_key = "sha256//A-_=" },
		ERR_PINNED_KEY, "'sha256//A-_=' is not" },
	{ "a second one that is none", { .pinned_key = DIGEST ";AAAA" },
		ERR_PINNED_KEY, "'AAAA' is not" },
	{ "a semicolon behind the last", { .pinned_key = DIGEST ";" },
		ERR_PINNED_KEY, "'' is not" },
	{ "a certificate for a pinned key", { .pinned_key = "ca.pem" },
		ERR_PINNED_KEY, "no public key in PEM or DER is in" },
	{ "an empty file for a pinned key", { .pinned_key = "/dev/null" },
		ERR_PINNED_KEY, "no public key" },
	{ "a directory for a pinned key", { .pinned_key = "bare" },
		ERR_PINNED_KEY, "bare" },
	{ "no such pinned key", { .pinned_key = "missing.pub" }, ERR_PINNED_KEY,
		"missing.pub: No such file" },
};

static void test_context_new(const void *row)
{
	const struct context_case *c = row;
	struct error e = { 0 };
	struct tls_context *context = context_new(&c->config, &e);

	if (c->code == 0) {
		assert_non_null(context);
		assert_int_equal(e.code, 0);
	} else {
		assert_null(context);
		assert_int_equal(e.code, c->code);
		assert_non_null(strstr(e.text, c->text));
	}
	pki_tls()->context_free(context);
}

static void test_context_free(const void *row)
{
	(void)row;
	pki_tls()->context_free(NULL);
}

/* Handshakes */

struct connect_case {
	const char *name;
	const struct identity *server; /* NULL: it speaks no TLS */
	struct tls_config config;
	const char *host;
	int code; /* 0: connected */
	const char *text; /* in the message, or NULL */
	const char *text2; /* this too, or NULL */
	enum peer_act act;
	int max_version; /* of the server */
	const struct identity *intermediate, *client_ca;
};

#define CA                          \
	{                           \
		.ca_file = "ca.pem" \
	}

static const struct connect_case connects[] = {
	{ "a CA file of one", &pki.good, CA, .host = "localhost" },
	{ "a CA in a bundle", &pki.good, { .ca_file = "bundle.pem" },
		.host = "localhost" },
	{ "a bundle with CRLF", &pki.good, { .ca_file = "crlf.pem" },
		.host = "localhost" },
	{ "a bundle with odd lines", &pki.good, { .ca_file = "odd.pem" },
		.host = "localhost" },
	{ "a bundle of trusted certificates", &pki.good,
		{ .ca_file = "trusted.pem" }, .host = "localhost" },
	{ "a directory of hashed names", &pki.good, { .ca_path = "hashed" },
		.host = "localhost" },
	{ "a CA in the directory, not in the file", &pki.good,
		{ .ca_file = "others.pem", .ca_path = "hashed" },
		.host = "localhost" },
	{ "an issuer in other case and spacing", &pki.respelled,
		{ .ca_file = "bundle.pem" }, .host = "localhost" },
	{ "an issuer in another kind of string", &pki.wide,
		{ .ca_file = "bundle.pem" }, .host = "localhost" },
	{ "an intermediate CA that is sent", &pki.far,
		{ .ca_file = "bundle.pem" }, .host = "localhost",
		.intermediate = &pki.middle },
	{ "an intermediate CA that is trusted", &pki.far,
		{ .ca_file = "middle.pem" }, .host = "localhost" },
	{ "the server's own certificate", &pki.lone, { .ca_file = "lone.pem" },
		.host = "localhost" },
	{ "an IPv4 address", &pki.good, CA, .host = "127.0.0.1" },
	{ "an IPv6 address", &pki.good, CA, .host = "::1" },
	{ "an IPv6 address with a zone", &pki.good, CA, .host = "::1%lo" },
	{ "a trailing dot", &pki.good, CA, .host = "localhost." },
	{ "a wildcard", &pki.elsewhere, CA, .host = "www.example.org" },
	{ "a name in the subject only", &pki.nameless, CA,
		.host = "other.example" },
	{ "-k", &pki.lone, { .insecure = true }, .host = "elsewhere" },
	{ "no ALPN", &pki.good, { .ca_file = "ca.pem", .no_alpn = true },
		.host = "localhost" },
	{ "a client certificate", &pki.good,
		{ .ca_file = "ca.pem", .cert = "both.pem" },
		.host = "localhost", .client_ca = &pki.ca },
	{ "an encrypted client key", &pki.good,
		{ .ca_file = "ca.pem",
			.cert = "client.pem",
			.key = "old.key",
			.password = "secret" },
		.host = "localhost", .client_ca = &pki.ca },
	{ "a client certificate in PKCS #12", &pki.good,
		{ .ca_file = "ca.pem",
			.cert = "client.p12",
			.cert_type = TLS_FILE_P12,
			.password = "secret" },
		.host = "localhost", .client_ca = &pki.ca },
	{ "TLS 1.1 that was asked for", &pki.good,
		{ .ca_file = "ca.pem",
			.min_version = 11,
			.ciphers = "DEFAULT@SECLEVEL=0" },
		.host = "localhost", .max_version = TLS1_1_VERSION },

	{ "the pinned key", &pki.good,
		{ .ca_file = "ca.pem", .pinned_key = "good.pub" },
		.host = "localhost" },
	{ "the pinned key, and -k", &pki.good,
		{ .insecure = true, .pinned_key = "good.der" },
		.host = "localhost" },

	{ "another key than the pinned one", &pki.lone,
		{ .insecure = true, .pinned_key = "good.pub" },
		.host = "localhost", ERR_PINNED_KEY, "localhost has sha256//" },
	{ "the pinned key of an unknown CA", &pki.good,
		{ .ca_file = "others.pem", .pinned_key = "good.pub" },
		.host = "localhost", ERR_CERTIFICATE, "unable to get" },
	{ "an unknown CA", &pki.good, { .ca_file = "others.pem" },
		.host = "localhost", ERR_CERTIFICATE,
		"SSL certificate problem: unable to get local issuer "
		"certificate (certificate 0, subject O=minifetch; "
		"CN=localhost, issuer O=minifetch; CN=Test CA)",
		"--cacert" },
	{ "a CA that the system does not know", &pki.good, { 0 },
		.host = "localhost", ERR_CERTIFICATE,
		"unable to get local issuer" },
	{ "a file with something else", &pki.far, { .ca_file = "lone.pem" },
		.host = "localhost", ERR_CERTIFICATE, "unable to get" },
	{ "a server that vouches for itself", &pki.lone, CA,
		.host = "localhost", ERR_CERTIFICATE,
		"self-signed certificate (certificate 0" },
	{ "a missing intermediate CA", &pki.far, CA, .host = "localhost",
		ERR_CERTIFICATE, "issuer O=minifetch; CN=Middle CA" },
	{ "expired", &pki.expired, CA, .host = "localhost", ERR_CERTIFICATE,
		"certificate has expired (certificate 0, subject O=minifetch; "
		"CN=localhost",
		", expired " },
	{ "not valid yet", &pki.future, CA, .host = "localhost",
		ERR_CERTIFICATE, "certificate is not yet valid",
		", valid from " },
	{ "another name", &pki.elsewhere, CA, .host = "localhost",
		ERR_CERTIFICATE,
		"SSL: no alternative certificate subject name matches target "
		"host name 'localhost'",
		"is for other.example, *.example.org, ?[1m" },
	{ "another address", &pki.good, CA, .host = "127.0.0.2",
		ERR_CERTIFICATE, "'127.0.0.2'",
		"is for localhost, 127.0.0.1, ::1" },
	{ "a name that only looks like an address", &pki.good, CA,
		.host = "127.0.0.1.example", ERR_CERTIFICATE,
		"'127.0.0.1.example'" },
	{ "a wildcard for two labels", &pki.elsewhere, CA,
		.host = "a.b.example.org", ERR_CERTIFICATE, "no alternative" },
	{ "another name in the subject", &pki.nameless, CA, .host = "localhost",
		ERR_CERTIFICATE, "CN=other.example has no such names" },
	{ "a name too long for TLS", &pki.good, CA,
		.host = "a2345678901234567890123456789012345678901234567890."
			"2345678901"
			"a2345678901234567890123456789012345678901234567890."
			"2345678901"
			"a2345678901234567890123456789012345678901234567890."
			"2345678901"
			"a2345678901234567890123456789012345678901234567890."
			"2345678901"
			"a2345678901234567890123456789012345678901234567890."
			"2345678901",
		ERR_TLS_CONNECT, "RFC 6066" },

	{ "a server that speaks in clear", NULL, CA, .host = "localhost",
		ERR_TLS_CONNECT, "answered in plain HTTP: wrong version number",
		"try http://", PEER_PLAIN },
	{ "a server that closes", NULL, CA, .host = "localhost",
		ERR_TLS_CONNECT, "the peer closed the connection", NULL,
		PEER_CLOSE },
	{ "TLS 1.1 only", &pki.good, CA, .host = "localhost", ERR_TLS_CONNECT,
		"no version of TLS that is allowed",
		.max_version = TLS1_1_VERSION },
	{ "TLS 1.2 only where 1.3 is wanted", &pki.good,
		{ .ca_file = "ca.pem", .min_version = 13 }, .host = "localhost",
		ERR_TLS_CONNECT, "no version of TLS that is allowed",
		.max_version = TLS1_2_VERSION },
	{ "a client certificate that is lacking", &pki.good, CA,
		.host = "localhost", ERR_TLS_CONNECT, "handshake failure", NULL,
		.max_version = TLS1_2_VERSION, .client_ca = &pki.ca },
	{ "no common cipher", &pki.good,
		{ .ca_file = "ca.pem",
			.max_version = 12,
			.ciphers = "ECDHE-RSA-AES128-GCM-SHA256" },
		.host = "localhost", ERR_TLS_CONNECT, "handshake failure" },
};

static void assert_greeting(struct stream *s)
{
	char text[64];
	struct error e = { 0 };
	int64_t deadline = deadline_in(5000);

	assert_string_equal(s->name, "tls");
	assert_false(s->plain);
	assert_int_equal(stream_read(s, text, sizeof(text), deadline, &e), 5);
	assert_memory_equal(text, "hello", 5);
	assert_int_equal(stream_read(s, text, sizeof(text), deadline, &e), 0);
	assert_false(s->truncated);
}

static void test_connect(const void *row)
{
	const struct connect_case *c = row;
	struct peer peer = { .act = c->act,
		.identity = c->server,
		.intermediate = c->intermediate,
		.client_ca = c->client_ca,
		.max_version = c->max_version };
	struct error e = { 0 };
	struct tls_context *context = context_new(&c->config, &e);
	struct stream *s;

	assert_non_null(context);
	peer_start(&peer);
	s = pki_connect(context, &peer, c->host, NULL, &e);
	assert_int_equal(e.code, c->code);
	if (c->code == 0) {
		assert_non_null(s);
		assert_greeting(s);
		stream_close(s);
	} else {
		assert_null(s);
		assert_non_null(strstr(e.text, c->text));
		assert_true(!c->text2 || strstr(e.text, c->text2));
	}
	peer_stop(&peer);
	assert_true(c->code || peer.handshake_done);
	peer_free(&peer);
	pki_tls()->context_free(context);
}

struct timeout_case {
	const char *name;
	enum peer_act act;
};

static const struct timeout_case timeouts[] = {
	{ "a silent server", PEER_SILENT },
	{ "a server that trickles", PEER_TRICKLE },
};

static void test_timeout(const void *row)
{
	const struct timeout_case *c = row;
	struct peer peer = { .act = c->act };
	const struct tls_config config = { .ca_file = "ca.pem" };
	struct tls_context *context = context_new(&config, NULL);
	struct error e = { 0 };
	int64_t start = clock_now(), taken;

	peer_start(&peer);
	assert_null(
		pki_tls()->connect(context, stream_socket(peer.fd, "tcp", NULL),
			"localhost", "http", deadline_in(100), NULL, NULL, &e));
	taken = clock_now() - start;
	assert_int_equal(e.code, ERR_TIMEOUT);
	assert_non_null(strstr(e.text, "SSL connection timeout"));
	assert_in_range(taken, 100000, 2000000);
	peer_stop(&peer);
	pki_tls()->context_free(context);
}

/* A stream that always has another byte of a long record, each after 1 ms. */

struct drip {
	struct stream base;
	size_t n; /* bytes that were read */
};

static ssize_t drip_read(struct stream *s, void *to, size_t n, struct error *e)
{
	static const char header[] = { 22, 3, 3, 0x40, 0, 2, 0, 0x3f };
	struct drip *d = (struct drip *)s;

	(void)n;
	(void)e;
	nanosleep(&(struct timespec){ 0, 1000000 }, NULL);
	*(char *)to = d->n < sizeof(header) ? header[d->n] : 'x';
	d->n++;
	return 1;
}

static ssize_t drip_write(
	struct stream *s, const struct iovec *iov, int n, struct error *e)
{
	size_t total = 0;

	(void)s;
	(void)e;
	for (int i = 0; i < n; i++)
		total += iov[i].iov_len;
	return (ssize_t)total;
}

static short drip_wants(const struct stream *s)
{
	(void)s;
	return 0;
}

static void drip_close(struct stream *s)
{
	close(s->fd);
}

/* Bytes that never end cannot hold up the deadline. */
static void test_drip(const void *row)
{
	const struct stream_ops ops = { .read = drip_read,
		.write = drip_write,
		.wants = drip_wants,
		.close = drip_close };
	struct drip under = { .base = { .ops = &ops, .name = "drip" } };
	const struct tls_config config = { .ca_file = "ca.pem" };
	struct tls_context *context = context_new(&config, NULL);
	struct error e = { 0 };
	int fds[2];

	(void)row;
	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
	under.base.fd = fds[0];
	assert_null(pki_tls()->connect(context, &under.base, "localhost",
		"http", deadline_in(100), NULL, NULL, &e));
	assert_int_equal(e.code, ERR_TIMEOUT);
	assert_in_range(under.n, 10, 1000);
	close(fds[1]);
	pki_tls()->context_free(context);
}

/* What it says of itself */

static void collect(void *context, const char *line)
{
	buf_add_text(context, line);
	buf_add_char(context, '\n');
}

static void test_log(const void *row)
{
	const struct tls_config config = { .ca_file = "ca.pem" };
	struct tls_context *context = context_new(&config, NULL);
	struct peer peer = { .identity = &pki.good };
	struct buf lines;
	const struct log log = { collect, &lines };
	struct stream *s;

	(void)row;
	buf_init(&lines, 65536);
	peer_start(&peer);
	s = pki_connect(context, &peer, "localhost", &log, NULL);
	assert_non_null(s);
	stream_close(s);
	peer_stop(&peer);
	peer_free(&peer);
	assert_non_null(buf_text(&lines));
	assert_non_null(strstr(lines.p,
		"SSL connection using TLSv1.3 / TLS_AES_256_GCM_SHA384\n"));
	assert_non_null(strstr(lines.p, "ALPN: offers http/1.1\n"));
	assert_non_null(strstr(lines.p,
		"Server certificate:\n"
		" subject: O=minifetch; CN=localhost\n"
		" start date: "));
	assert_non_null(strstr(lines.p, " GMT\n expire date: "));
	assert_non_null(strstr(lines.p,
		" issuer: O=minifetch; CN=Test CA\n"
		" SSL certificate verify ok.\n"));
	buf_fini(&lines);
	pki_tls()->context_free(context);
}

static void test_info(const void *row)
{
	const struct tls_config config = { .insecure = true,
		.max_version = 12 };
	struct tls_context *context = context_new(&config, NULL);
	struct peer peer = { .identity = &pki.good };
	const struct tls_info *info;
	struct stream *s;

	(void)row;
	peer_start(&peer);
	s = pki_connect(context, &peer, "localhost", NULL, NULL);
	assert_non_null(s);
	info = pki_tls()->info(s);
	assert_string_equal(info->version, "TLSv1.2");
	assert_string_equal(info->cipher, "ECDHE-ECDSA-AES256-GCM-SHA384");
	assert_null(info->alpn);
	assert_int_equal(info->verify_result,
		X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY);
	assert_string_equal(info->subject, "O=minifetch; CN=localhost");
	assert_string_equal(info->issuer, "O=minifetch; CN=Test CA");
	assert_non_null(strstr(info->starts, " GMT"));
	assert_non_null(strstr(info->expires, " GMT"));
	assert_ptr_equal(pki_tls()->info(s), info);
	stream_close(s);
	peer_stop(&peer);
	peer_free(&peer);
	pki_tls()->context_free(context);
}

static void test_chain(const void *row)
{
	const struct tls_config config = { .insecure = true };
	struct tls_context *context = context_new(&config, NULL);
	struct peer peer = { .identity = &pki.far,
		.intermediate = &pki.middle };
	const char first[] = "Subject:O = minifetch, CN = localhost\n"
			     "Issuer:O = minifetch, CN = Middle CA\n"
			     "Version:2\n"
			     "Serial Number:";
	const char *second;
	struct stream *s;
	char *text;

	(void)row;
	peer_start(&peer);
	s = pki_connect(context, &peer, "localhost", NULL, NULL);
	assert_non_null(s);
	assert_int_equal(pki_tls()->chain(s, &text), 2);
	assert_ptr_equal(strstr(text, first), text);
	second = strstr(text, "-----END CERTIFICATE-----\nSubject:");
	assert_non_null(second);
	assert_non_null(
		strstr(second, "Subject:O = minifetch, CN = Middle CA\n"));
	free(text);
	stream_close(s);
	peer_stop(&peer);
	peer_free(&peer);
	pki_tls()->context_free(context);
}

static void test_version(const void *row)
{
	(void)row;
	assert_memory_equal(pki_tls()->version(), "OpenSSL/3.", 10);
	assert_ptr_equal(pki_tls()->version(), pki_tls()->version());
}

int main(void)
{
	const struct table tables[] = {
		SINGLE("version", test_version),
		TABLE("context_new", contexts, test_context_new),
		SINGLE("context_free", test_context_free),
		TABLE("connect", connects, test_connect),
		TABLE("connect timeout", timeouts, test_timeout),
		SINGLE("connect to a drip", test_drip),
		SINGLE("log", test_log),
		SINGLE("info", test_info),
		SINGLE("chain", test_chain),
	};
	int failed;

	pki_begin();
	failed = table_run("tls", tables, sizeof(tables) / sizeof(*tables));
	pki_end();
	return failed;
}
