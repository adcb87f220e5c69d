#include <arpa/inet.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>
#include <stdlib.h>

#include "base/buf.h"
#include "net/tls_openssl.h"
#include "net/tls_openssl_name.h"

#define NAMES_MAX 4096 /* bytes of a certificate's names in a message */

/* Whether a wildcard of `certificate` is for `host`, though OpenSSL says no. */
static bool has_wildcard(const X509 *certificate, const char *host)
{
	GENERAL_NAMES *names = X509_get_ext_d2i(
		certificate, NID_subject_alt_name, NULL, NULL);
	bool found = false;

	for (int i = 0; !found && i < sk_GENERAL_NAME_num(names); i++) {
		int type;
		const ASN1_STRING *value = GENERAL_NAME_get0_value(
			sk_GENERAL_NAME_value(names, i), &type);

		found = type == GEN_DNS &&
			tls_name_wildcard(
				(struct str){
					(const char *)ASN1_STRING_get0_data(
						value),
					(size_t)ASN1_STRING_length(value) },
				str_of(host));
	}
	GENERAL_NAMES_free(names);
	return found;
}

/* Called for each certificate of the chain; keeps what is wrong with which. */
static int note(int fine, X509_STORE_CTX *context)
{
	SSL *ssl = X509_STORE_CTX_get_ex_data(
		context, SSL_get_ex_data_X509_STORE_CTX_idx());
	struct tls_stream *t = tls_stream_of(ssl);
	struct tls_complaint *complaint = &t->complaint;
	X509 *certificate = X509_STORE_CTX_get_current_cert(context);

	if (fine || complaint->error)
		return fine;
	if (X509_STORE_CTX_get_error(context) == X509_V_ERR_HOSTNAME_MISMATCH &&
		certificate && has_wildcard(certificate, t->host)) {
		X509_STORE_CTX_set_error(context, X509_V_OK);
		return 1;
	}
	complaint->error = X509_STORE_CTX_get_error(context);
	complaint->depth = X509_STORE_CTX_get_error_depth(context);
	if (certificate && X509_up_ref(certificate))
		complaint->certificate = certificate;
	return fine;
}

int tls_verify_host(struct tls_stream *t, bool is_address, struct error *e)
{
	int set;

	if (t->context->insecure) {
		SSL_set_verify(t->ssl, SSL_VERIFY_NONE, NULL);
		return 0;
	}
	SSL_set_verify(t->ssl, SSL_VERIFY_PEER, note);
	SSL_set_hostflags(t->ssl, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
	if (is_address)
		set = X509_VERIFY_PARAM_set1_ip_asc(
			SSL_get0_param(t->ssl), t->host);
	else
		set = SSL_set1_host(t->ssl, t->host);
	return set ? 0 : error_memory(e);
}

/* Names are ASCII (RFC 5280 section 4.2.1.6); what else a certificate may hold
 * has no place in a message of one line. */
static void add_separated(struct buf *out, const char *text, size_t n)
{
	if (out->n)
		buf_add_text(out, ", ");
	for (size_t i = 0; i < n; i++)
		buf_add_char(
			out, text[i] > 0x20 && text[i] < 0x7f ? text[i] : '?');
}

static void add_name(struct buf *out, const GENERAL_NAME *name)
{
	char text[INET6_ADDRSTRLEN];
	int type;
	const ASN1_STRING *value = GENERAL_NAME_get0_value(name, &type);
	const unsigned char *bytes;
	size_t n;

	if (type != GEN_DNS && type != GEN_IPADD)
		return;
	bytes = ASN1_STRING_get0_data(value);
	n = (size_t)ASN1_STRING_length(value);
	if (type == GEN_DNS)
		add_separated(out, (const char *)bytes, n);
	else if ((n == 4 || n == 16) &&
		inet_ntop(
			n == 4 ? AF_INET : AF_INET6, bytes, text, sizeof(text)))
		add_separated(out, text, strlen(text));
}

/* The host names and addresses that a certificate is for. */
static void list_names(struct buf *out, const X509 *certificate)
{
	GENERAL_NAMES *names = X509_get_ext_d2i(
		certificate, NID_subject_alt_name, NULL, NULL);

	for (int i = 0; i < sk_GENERAL_NAME_num(names); i++)
		add_name(out, sk_GENERAL_NAME_value(names, i));
	GENERAL_NAMES_free(names);
}

static int name_error(const struct tls_stream *t, struct error *e)
{
	const X509 *certificate = t->complaint.certificate;
	struct buf names;

	buf_init(&names, NAMES_MAX);
	if (certificate)
		list_names(&names, certificate);
	error_set(e, ERR_CERTIFICATE,
		"SSL: no alternative certificate subject name matches target "
		"host name '%s'",
		t->host);
	if (names.n) {
		error_add(e, "; the certificate is for %.*s",
			STR_FMT(buf_str(&names)));
	} else if (certificate) {
		char *subject = tls_name_text(
			X509_get_subject_name(certificate));

		error_add(e, "; the certificate of %s has no such names",
			subject ? subject : "the server");
		free(subject);
	}
	buf_fini(&names);
	return -ERR_CERTIFICATE;
}

static void add_time(struct error *e, const char *what, const ASN1_TIME *time)
{
	char *text = tls_time_text(time);

	if (text)
		error_add(e, ", %s %s", what, text);
	free(text);
}

/* ": certificate 0, subject CN=a, issuer CN=b, expired Jan  1 ..." */
static void add_certificate(
	struct error *e, const struct tls_complaint *complaint)
{
	const X509 *certificate = complaint->certificate;
	char *subject = tls_name_text(X509_get_subject_name(certificate));
	char *issuer = tls_name_text(X509_get_issuer_name(certificate));

	error_add(e, " (certificate %d, subject %s, issuer %s",
		complaint->depth, subject ? subject : "?",
		issuer ? issuer : "?");
	if (complaint->error == X509_V_ERR_CERT_HAS_EXPIRED)
		add_time(e, "expired", X509_get0_notAfter(certificate));
	if (complaint->error == X509_V_ERR_CERT_NOT_YET_VALID)
		add_time(e, "valid from", X509_get0_notBefore(certificate));
	error_add(e, ")");
	free(subject);
	free(issuer);
}

static bool is_about_trust(int error)
{
	return error == X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT ||
		error == X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY ||
		error == X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE ||
		error == X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT ||
		error == X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN;
}

int tls_verify_error(const struct tls_stream *t, struct error *e)
{
	const struct tls_complaint *complaint = &t->complaint;
	const struct tls_store *store = &t->context->store;

	ERR_clear_error();
	if (complaint->error == X509_V_ERR_HOSTNAME_MISMATCH ||
		complaint->error == X509_V_ERR_IP_ADDRESS_MISMATCH)
		return name_error(t, e);
	error_set(e, ERR_CERTIFICATE, "SSL certificate problem: %s",
		X509_verify_cert_error_string(complaint->error));
	if (complaint->certificate)
		add_certificate(e, complaint);
	if (complaint->error == X509_V_ERR_UNABLE_TO_GET_CRL)
		error_add(e,
			"; --crlfile has to name CRLs of all the CAs that lead "
			"to the server");
	if (!is_about_trust(complaint->error))
		return -ERR_CERTIFICATE;
	if (store->ca_file || store->ca_path)
		error_add(e,
			"; if you trust it, give the certificate of its "
			"CA with --cacert");
	else
		error_add(e,
			"; this system has no CA certificates: install "
			"them, or name a file with --cacert");
	return -ERR_CERTIFICATE;
}
