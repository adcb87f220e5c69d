#include <openssl/err.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "net/tls_openssl.h"

/* Records are gathered here and written at once: four full ones. */
#define RECORD SSL3_RT_MAX_PLAIN_LENGTH
#define RECORD_OVERHEAD 1024 /* more than header, padding and tag */
#define OUT_SIZE (4 * RECORD + RECORD_OVERHEAD)

#define READS_MAX 64 /* below, for one operation of OpenSSL */

static struct tls_stream *tls_of(const struct stream *s)
{
	return (struct tls_stream *)s;
}

int tls_flush(struct tls_stream *t, struct error *e)
{
	while (t->out_n) {
		struct iovec rest = { t->out + t->out_at, t->out_n };
		ssize_t put = t->under->ops->write(t->under, &rest, 1, e);

		if (put == STREAM_AGAIN)
			t->wants = t->under->ops->wants(t->under);
		if (put < 0)
			return (int)put;
		t->out_at += (size_t)put;
		t->out_n -= (size_t)put;
	}
	t->out_at = 0;
	return 0;
}

/* The BIO: what OpenSSL writes goes into `out`; reads go below directly. */

static size_t out_room(const struct tls_stream *t)
{
	return OUT_SIZE - t->out_at - t->out_n;
}

static int bio_write(BIO *bio, const char *from, int n)
{
	struct tls_stream *t = BIO_get_data(bio);
	size_t room;

	BIO_clear_retry_flags(bio);
	if (!t->out && !(t->out = malloc(OUT_SIZE))) {
		error_memory(&t->under_error);
		return -1;
	}
	if (out_room(t) < (size_t)n) {
		int error = tls_flush(t, &t->under_error);

		if (error < 0 && error != STREAM_AGAIN)
			return -1;
	}
	room = out_room(t);
	if (room == 0) {
		BIO_set_retry_write(bio);
		return -1;
	}
	if ((size_t)n > room)
		n = (int)room;
	memcpy(t->out + t->out_at + t->out_n, from, (size_t)n);
	t->out_n += (size_t)n;
	return n;
}

/* A peer could send tickets and the like without end, which OpenSSL reads on
 * and on. The caller, who knows the deadline, gets a turn between; what it
 * waits for is there already. */
static bool is_flood(struct tls_stream *t)
{
	if (t->reads++ < READS_MAX)
		return false;
	t->wants = POLLIN | POLLOUT;
	return true;
}

/* What is no TLS shows what else it is. */
static void keep_first(struct tls_stream *t, const char *bytes, ssize_t n)
{
	while (n-- > 0 && t->n_first < sizeof(t->first))
		t->first[t->n_first++] = *bytes++;
}

static int bio_read(BIO *bio, char *to, int n)
{
	struct tls_stream *t = BIO_get_data(bio);
	ssize_t got = STREAM_AGAIN;

	if (!is_flood(t)) {
		got = t->under->ops->read(
			t->under, to, (size_t)n, &t->under_error);
		if (got == STREAM_AGAIN)
			t->wants = t->under->ops->wants(t->under);
	}
	BIO_clear_retry_flags(bio);
	if (got == STREAM_AGAIN)
		BIO_set_retry_read(bio);
	t->under_ended = got == 0;
	keep_first(t, to, got);
	return got < 0 ? -1 : (int)got;
}

static long bio_ctrl(BIO *bio, int command, long number, void *pointer)
{
	struct tls_stream *t = BIO_get_data(bio);

	(void)number;
	(void)pointer;
	/* An end is told by reading alone: for BIO_CTRL_EOF too the answer is
	 * 0, or OpenSSL would not write any more behind a bare FIN. */
	if (command != BIO_CTRL_FLUSH)
		return 0;
	/* What cannot be written now, or ever, shows at the next operation;
	 * first the peer may be heard on why. */
	ignore(tls_flush(t, NULL));
	return 1;
}

BIO_METHOD *tls_bio_new(void)
{
	BIO_METHOD *method = BIO_meth_new(BIO_TYPE_SOURCE_SINK, "stream");

	if (method && BIO_meth_set_write(method, bio_write) &&
		BIO_meth_set_read(method, bio_read) &&
		BIO_meth_set_ctrl(method, bio_ctrl))
		return method;
	BIO_meth_free(method);
	return NULL;
}

static int truncated(struct tls_stream *t, struct error *e)
{
	t->base.truncated = true;
	return error_set(e, ERR_RECV,
		"the peer closed the connection without close_notify; what "
		"it sent may be cut short");
}

/* Why SSL_read or SSL_write gave `result`: 0 for close_notify, STREAM_AGAIN, or
 * an error in words. */
static int failure(struct tls_stream *t, int result, int code, struct error *e)
{
	switch (SSL_get_error(t->ssl, result)) {
	case SSL_ERROR_ZERO_RETURN:
		return 0;
	case SSL_ERROR_WANT_READ:
	case SSL_ERROR_WANT_WRITE:
		return STREAM_AGAIN;
	default:
		break;
	}
	if (t->under_error.code) {
		t->base.truncated = t->under->truncated;
		return error_set(
			e, t->under_error.code, "%s", t->under_error.text);
	}
	if (t->under_ended)
		return truncated(t, e);
	error_set(e, code, "TLS failed while %s",
		code == ERR_RECV ? "receiving" : "sending");
	tls_error_reason(e);
	return -code;
}

/* How reading has ended, each time it is asked for. */
static ssize_t ending(const struct tls_stream *t, struct error *e)
{
	if (t->ending.code == 0)
		return 0;
	return error_set(e, t->ending.code, "%s", t->ending.text);
}

static ssize_t read_records(
	struct tls_stream *t, char *to, size_t n, struct error *e)
{
	size_t got, total = 0;
	int result;

	ERR_clear_error();
	do {
		t->reads = 0;
		result = SSL_read_ex(t->ssl, to + total, n - total, &got);
		if (result == 1)
			total += got;
	} while (result == 1 && total < n && SSL_has_pending(t->ssl));
	if (result == 1)
		return (ssize_t)total;
	t->ended = failure(t, result, ERR_RECV, &t->ending) != STREAM_AGAIN;
	if (total)
		return (ssize_t)total;
	return t->ended ? ending(t, e) : STREAM_AGAIN;
}

static ssize_t tls_read(struct stream *s, void *to, size_t n, struct error *e)
{
	struct tls_stream *t = tls_of(s);
	ssize_t got;
	short wants_out = 0;

	if (t->ended)
		return ending(t, e);
	if (t->out_n && tls_flush(t, NULL) == STREAM_AGAIN)
		wants_out = t->wants;
	got = read_records(t, to, n, e);
	if (got == STREAM_AGAIN)
		t->wants |= wants_out;
	return got;
}

static int write_failure(struct tls_stream *t, int result, struct error *e)
{
	int error = failure(t, result, ERR_SEND, e);

	if (error == 0)
		return error_set(
			e, ERR_SEND, "the peer has closed the TLS connection");
	return error;
}

/* Encrypt what `out` has room for; the number of bytes, or an error. */
static ssize_t encrypt(
	struct tls_stream *t, const struct iovec *iov, int n, struct error *e)
{
	size_t put, total = 0;

	for (int i = 0; i < n; i++)
		for (size_t at = 0; at < iov[i].iov_len; at += put) {
			size_t part = iov[i].iov_len - at;
			int result;

			if (part > RECORD)
				part = RECORD;
			if (t->out && out_room(t) < part + RECORD_OVERHEAD)
				return (ssize_t)total;
			result = SSL_write_ex(t->ssl,
				(const char *)iov[i].iov_base + at, part, &put);
			if (result != 1)
				return write_failure(t, result, e);
			total += put;
		}
	return (ssize_t)total;
}

static ssize_t tls_write(
	struct stream *s, const struct iovec *iov, int n, struct error *e)
{
	struct tls_stream *t = tls_of(s);
	ssize_t put;
	int error;

	if (t->owed == 0) {
		error = tls_flush(t, e);
		if (error < 0)
			return error;
		ERR_clear_error();
		t->reads = 0;
		put = encrypt(t, iov, n, e);
		if (put < 0)
			return put;
		t->owed = (size_t)put;
	}
	error = tls_flush(t, e);
	if (error < 0)
		return error;
	put = (ssize_t)t->owed;
	t->owed = 0;
	return put;
}

static int tls_shut(struct stream *s, struct error *e)
{
	struct tls_stream *t = tls_of(s);

	if (!t->shut) {
		ERR_clear_error();
		SSL_shutdown(t->ssl);
		t->shut = true;
	}
	return tls_flush(t, e);
}

static short tls_wants(const struct stream *s)
{
	return tls_of(s)->wants;
}

static void tls_close(struct stream *s)
{
	struct tls_stream *t = tls_of(s);

	if (SSL_is_init_finished(t->ssl))
		tls_shut(s, NULL);
	ERR_clear_error();
	SSL_free(t->ssl);
	stream_close(t->under);
	X509_free(t->complaint.certificate);
	tls_info_fini(&t->info);
	free(t->host);
	free(t->out);
	free(t);
}

static const struct stream_ops tls_ops = {
	.read = tls_read,
	.write = tls_write,
	.shut = tls_shut,
	.wants = tls_wants,
	.close = tls_close,
};

struct stream *tls_stream_new(
	struct tls_context *c, struct stream *under, struct error *e)
{
	struct tls_stream *t = calloc(1, sizeof(*t));
	BIO *bio = BIO_new(c->bio);
	SSL *ssl = SSL_new(c->ssl);

	if (!t || !bio || !ssl || !SSL_set_app_data(ssl, t)) {
		free(t);
		BIO_free(bio);
		SSL_free(ssl);
		stream_close(under);
		error_memory(e);
		return NULL;
	}
	t->base.ops = &tls_ops;
	t->base.name = "tls";
	t->base.fd = under->fd;
	t->under = under;
	t->context = c;
	t->ssl = ssl;
	BIO_set_data(bio, t);
	BIO_set_init(bio, 1);
	SSL_set_bio(ssl, bio, bio);
	return &t->base;
}
