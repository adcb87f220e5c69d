/* The module "tls": connecting, and what the module exports. */
#include "net/tls_openssl.h"

#include <arpa/inet.h>
#include <openssl/err.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/interrupt.h"
#include "base/module.h"
#include "base/str.h"

#define VERSION_MAX 64

#define NO_TLS "the server does not speak TLS on this port"

/* What to do about some failures. */
static const struct {
	int reason; /* of SSL */
	const char *hint;
} hints[] = {
	{ SSL_R_WRONG_VERSION_NUMBER, NO_TLS },
	{ SSL_R_HTTP_REQUEST, NO_TLS },
	{ SSL_R_UNSUPPORTED_PROTOCOL,
		"the server speaks no version of TLS that is allowed here" },
	{ SSL_R_TLSV1_ALERT_PROTOCOL_VERSION,
		"the server speaks no version of TLS that is allowed here" },
	{ SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED,
		"the server wants a client certificate; see --cert" },
	{ SSL_R_SSLV3_ALERT_BAD_CERTIFICATE,
		"the server did not accept the client certificate, or wants "
		"one; see --cert" },
	{ SSL_R_TLSV1_ALERT_UNKNOWN_CA,
		"the server does not trust the CA of the client certificate" },
	{ SSL_R_UNSAFE_LEGACY_RENEGOTIATION_DISABLED,
		"the server lacks secure renegotiation (RFC 5746)" },
	{ SSL_R_DH_KEY_TOO_SMALL,
		"the server's key is too weak; it must be mended there" },
};

static const char *hint_of(unsigned long code)
{
	if (ERR_GET_LIB(code) != ERR_LIB_SSL)
		return NULL;
	for (size_t i = 0; i < sizeof(hints) / sizeof(*hints); i++)
		if (hints[i].reason == ERR_GET_REASON(code))
			return hints[i].hint;
	return NULL;
}

static bool is_plain(unsigned long code)
{
	return ERR_GET_LIB(code) == ERR_LIB_SSL &&
		(ERR_GET_REASON(code) == SSL_R_WRONG_VERSION_NUMBER ||
			ERR_GET_REASON(code) == SSL_R_HTTP_REQUEST);
}

void tls_error_reason(struct error *e)
{
	unsigned long code = ERR_peek_error();
	const char *reason = code ? ERR_reason_error_string(code) : NULL;
	const char *hint = hint_of(code);

	if (reason)
		error_add(e, ": %s", reason);
	if (hint)
		error_add(e, "; %s", hint);
	ERR_clear_error();
}

/* A client was answered by what is no server of TLS. */
static bool is_http(const struct tls_stream *t)
{
	return !SSL_is_server(t->ssl) && t->n_first == sizeof(t->first) &&
		memcmp(t->first, "HTTP/", sizeof(t->first)) == 0;
}

/* OpenSSL's words, with the scheme that may serve instead. */
static void add_reason(const struct tls_stream *t, struct error *e)
{
	bool plain = is_plain(ERR_peek_error());

	tls_error_reason(e);
	if (plain && t->plain)
		error_add(e, "; try %s://", t->plain);
}

/* Why the handshake came to its end. */
static int handshake_error(struct tls_stream *t, struct error *e)
{
	if (t->complaint.error)
		return tls_verify_error(t, e);
	error_set(e, ERR_TLS_CONNECT, "the TLS handshake with %s failed",
		t->host);
	if (is_http(t)) {
		error_add(e, ": the server answered in plain HTTP");
		add_reason(t, e);
	} else if (t->under_error.code)
		error_add(e, ": %s", t->under_error.text);
	else if (t->under_ended)
		error_add(e, ": the peer closed the connection");
	else if (SSL_is_server(t->ssl))
		tls_server_reason(t, e);
	else
		add_reason(t, e);
	ERR_clear_error();
	return -ERR_TLS_CONNECT;
}

static int handshake_timeout(const struct tls_stream *t, struct error *e)
{
	return error_set(e, ERR_TIMEOUT,
		"SSL connection timeout: the TLS handshake with %s was not "
		"over in time",
		t->host);
}

/* Wait for what the handshake waits for; what it has written goes out first. */
static int handshake_wait(
	struct tls_stream *t, int64_t deadline, struct error *e)
{
	short wants = t->wants;
	int error = tls_flush(t, &t->under_error);

	if (error < 0 && error != STREAM_AGAIN)
		return handshake_error(t, e);
	t->wants |= wants;
	if (deadline != DEADLINE_NONE && clock_now() >= deadline)
		return handshake_timeout(t, e);
	error = stream_wait(&t->base, 0, deadline, &t->under_error);
	if (error == -ERR_TIMEOUT)
		return handshake_timeout(t, e);
	if (interrupt_is(error))
		return interrupt_check(e);
	return error < 0 ? handshake_error(t, e) : 0;
}

int tls_handshake(struct tls_stream *t, int64_t deadline, struct error *e)
{
	for (;;) {
		int result, error;

		ERR_clear_error();
		t->reads = 0;
		result = SSL_do_handshake(t->ssl);
		if (result == 1)
			break;
		switch (SSL_get_error(t->ssl, result)) {
		case SSL_ERROR_WANT_READ:
		case SSL_ERROR_WANT_WRITE:
			error = handshake_wait(t, deadline, e);
			if (error < 0)
				return error;
			break;
		default:
			return handshake_error(t, e);
		}
	}
	return 0;
}

/* `host` as it stands in certificates: without the zone of an address and the
 * dot behind a name. */
static char *certificate_host(const char *host, bool *is_address)
{
	unsigned char address[16];
	struct str bare, zone;
	char *text;

	str_cut(str_of(host), '%', &bare, &zone);
	if (bare.n && bare.p[bare.n - 1] == '.')
		bare.n--;
	text = str_dup(bare);
	if (text)
		*is_address = inet_pton(AF_INET, text, address) == 1 ||
			inet_pton(AF_INET6, text, address) == 1;
	return text;
}

/* Tell the handshake whom it is with and what is spoken. */
static int prepare(struct tls_stream *t, const char *host, struct error *e)
{
	static const unsigned char protocols[] = "\x08http/1.1";
	bool is_address = false;
	SSL_SESSION *session;

	t->host = certificate_host(host, &is_address);
	if (!t->host)
		return error_memory(e);
	SSL_set_connect_state(t->ssl);
	if (!is_address && SSL_set_tlsext_host_name(t->ssl, t->host) != 1)
		return error_set(e, ERR_TLS_CONNECT,
			"'%s' is no host name that TLS could name to the "
			"server (RFC 6066 section 3)",
			t->host);
	if (t->context->alpn &&
		SSL_set_alpn_protos(t->ssl, protocols, sizeof(protocols) - 1) !=
			0)
		return error_memory(e);
	session = tls_sessions_take(&t->context->sessions, t->host);
	if (session) {
		SSL_set_session(t->ssl, session);
		SSL_SESSION_free(session);
	}
	if (t->context->status &&
		!SSL_set_tlsext_status_type(t->ssl, TLSEXT_STATUSTYPE_ocsp))
		return error_memory(e);
	return tls_verify_host(t, is_address, e);
}

static void log_offer(const struct tls_context *c, const struct log *log)
{
	if (c->alpn)
		log_line(log, "ALPN: offers http/1.1");
	if (c->store.ca_file)
		log_line(log, " CAfile: %s", c->store.ca_file);
	if (c->store.ca_path)
		log_line(log, " CApath: %s", c->store.ca_path);
}

static void note_failure(
	const struct tls_stream *t, struct tls_failure *failure)
{
	if (failure)
		*failure = (struct tls_failure){ .spoke_http = is_http(t),
			.verify_result = SSL_get_verify_result(t->ssl) };
}

static struct stream *tls_connect(struct tls_context *c, struct stream *under,
	const char *host, const char *plain, int64_t deadline,
	const struct log *log, struct tls_failure *failure, struct error *e)
{
	struct stream *s = tls_stream_new(c, under, e);
	struct tls_stream *t = (struct tls_stream *)s;

	if (!s)
		return NULL;
	t->plain = plain;
	log_offer(c, log);
	if (prepare(t, host, e) < 0 || tls_handshake(t, deadline, e) < 0) {
		note_failure(t, failure);
		stream_close(s);
		return NULL;
	}
	tls_info_log(t, log);
	if (tls_pins_check(&c->pins, t->ssl, t->host, log, e) < 0 ||
		tls_status_check(t, log, e) < 0) {
		note_failure(t, failure);
		stream_close(s);
		return NULL;
	}
	return s;
}

static char version[VERSION_MAX];

static void write_version(void)
{
	snprintf(version, sizeof(version), "OpenSSL/%s",
		OpenSSL_version(OPENSSL_VERSION_STRING));
}

static const char *tls_version(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	pthread_once(&once, write_version);
	return version;
}

static const struct tls_functions functions = {
	.context_new = tls_context_new,
	.context_free = tls_context_free,
	.connect = tls_connect,
	.info = tls_info_get,
	.chain = tls_chain,
	.version = tls_version,
	.server_context_new = tls_server_context_new,
	.accept = tls_accept,
	.digests = &tls_digests,
	.share = interrupt_share,
};

extern const struct module module_tls;
const struct module module_tls = { PACKAGE_VERSION, &functions };
