#include <openssl/bio.h>
#include <openssl/err.h>
#include <stdlib.h>

#include "base/str.h"
#include "net/tls_openssl.h"

/* "C=SE; O=Example; CN=localhost", control characters escaped, others as they
 * are. */
#define NAME_FLAGS                                                        \
	((XN_FLAG_SEP_SPLUS_SPC | XN_FLAG_FN_SN | ASN1_STRFLGS_ESC_2253 | \
		ASN1_STRFLGS_ESC_CTRL | ASN1_STRFLGS_UTF8_CONVERT |       \
		ASN1_STRFLGS_DUMP_UNKNOWN | ASN1_STRFLGS_DUMP_DER))

char *tls_take_text(BIO *bio, bool fine)
{
	char *bytes = NULL;
	long n = BIO_get_mem_data(bio, &bytes);
	char *text = NULL;

	if (fine && n > 0)
		text = str_dup((struct str){ bytes, (size_t)n });
	BIO_free(bio);
	return text;
}

char *tls_name_text(const X509_NAME *name)
{
	BIO *bio = BIO_new(BIO_s_mem());

	if (!bio)
		return NULL;
	return tls_take_text(
		bio, X509_NAME_print_ex(bio, name, 0, NAME_FLAGS) >= 0);
}

char *tls_time_text(const ASN1_TIME *time)
{
	BIO *bio = BIO_new(BIO_s_mem());

	if (!bio)
		return NULL;
	return tls_take_text(bio, ASN1_TIME_print(bio, time) == 1);
}

/* NULL for an empty one. */
static const char *alpn_of(struct tls_stream *t)
{
	const unsigned char *chosen;
	unsigned n;

	SSL_get0_alpn_selected(t->ssl, &chosen, &n);
	return n ? "http/1.1" : NULL; /* the only one that was offered */
}

/* Seconds since 1970. */
static int64_t time_value(const ASN1_TIME *time)
{
	ASN1_TIME *epoch = ASN1_TIME_set(NULL, 0);
	int days = 0, seconds = 0;

	if (epoch)
		ASN1_TIME_diff(&days, &seconds, epoch, time);
	ASN1_TIME_free(epoch);
	return (int64_t)days * 86400 + seconds;
}

static void list_certificates(struct tls_info *info, const SSL *ssl)
{
	const STACK_OF(X509) *chain = SSL_get_peer_cert_chain(ssl);
	int n = chain ? sk_X509_num(chain) : 0;

	info->certificates = n ? calloc((size_t)n, sizeof(*info->certificates))
			       : NULL;
	if (!info->certificates)
		return;
	info->n_certificates = (size_t)n;
	for (int i = 0; i < n; i++) {
		const X509 *x = sk_X509_value(chain, i);
		struct tls_certificate *c = &info->certificates[i];

		c->subject = tls_name_text(X509_get_subject_name(x));
		c->issuer = tls_name_text(X509_get_issuer_name(x));
		c->starts = time_value(X509_get0_notBefore(x));
		c->expires = time_value(X509_get0_notAfter(x));
	}
}

const struct tls_info *tls_info_get(struct stream *s)
{
	struct tls_stream *t = (struct tls_stream *)s;
	struct tls_info *info = &t->info;
	const X509 *certificate;

	if (t->has_info)
		return info;
	t->has_info = true;
	info->version = SSL_get_version(t->ssl);
	info->cipher = SSL_get_cipher_name(t->ssl);
	info->alpn = alpn_of(t);
	info->verify_result = SSL_get_verify_result(t->ssl);
	info->verified = !t->context->insecure &&
		info->verify_result == X509_V_OK;
	certificate = SSL_get0_peer_certificate(t->ssl);
	if (!certificate)
		return info;
	list_certificates(info, t->ssl);
	info->subject = tls_name_text(X509_get_subject_name(certificate));
	info->issuer = tls_name_text(X509_get_issuer_name(certificate));
	info->starts = tls_time_text(X509_get0_notBefore(certificate));
	info->expires = tls_time_text(X509_get0_notAfter(certificate));
	return info;
}

void tls_info_fini(struct tls_info *info)
{
	free(info->subject);
	free(info->issuer);
	free(info->starts);
	free(info->expires);
	for (size_t i = 0; i < info->n_certificates; i++) {
		free(info->certificates[i].subject);
		free(info->certificates[i].issuer);
	}
	free(info->certificates);
}

static void log_verification(struct tls_stream *t, const struct log *log)
{
	const char *peer = SSL_get0_peername(t->ssl);
	long result = t->info.verify_result;

	if (peer)
		log_line(log,
			" subjectAltName: host \"%s\" matched cert's \"%s\"",
			t->host, peer);
	if (t->info.issuer)
		log_line(log, " issuer: %s", t->info.issuer);
	if (result == X509_V_OK)
		log_line(log, " SSL certificate verify ok.");
	else
		log_line(log,
			" SSL certificate verify result: %s (%ld), continuing "
			"anyway.",
			X509_verify_cert_error_string(result), result);
}

void tls_info_log(struct tls_stream *t, const struct log *log)
{
	const struct tls_info *info;

	if (!log_wanted(log))
		return;
	info = tls_info_get(&t->base);
	if (SSL_session_reused(t->ssl))
		log_line(log, "SSL reusing session ID");
	log_line(log, "SSL connection using %s / %s", info->version,
		info->cipher);
	if (info->alpn)
		log_line(log, "ALPN: server accepted %s", info->alpn);
	else if (t->context->alpn)
		log_line(log,
			"ALPN: server did not agree on a protocol. Uses "
			"default.");
	log_line(log, "Server certificate:");
	if (info->subject)
		log_line(log, " subject: %s", info->subject);
	if (info->starts)
		log_line(log, " start date: %s", info->starts);
	if (info->expires)
		log_line(log, " expire date: %s", info->expires);
	log_verification(t, log);
}
