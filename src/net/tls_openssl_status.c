/* What its CA says of a server's certificate, in the OCSP response that the
 * server sends along (RFC 6066 section 8, RFC 6960). */
#include <openssl/err.h>
#include <openssl/ocsp.h>
#include <stdlib.h>

#include "net/tls_openssl.h"

#define CLOCK_SKEW 300 /* seconds that clocks may differ */

static int refuse(struct error *e, const char *words)
{
	error_set(e, ERR_CERTIFICATE_STATUS, "%s", words);
	tls_error_reason(e);
	return -ERR_CERTIFICATE_STATUS;
}

/* The response, or NULL. */
static OCSP_BASICRESP *receive(const struct tls_stream *t, struct error *e)
{
	const unsigned char *der = NULL;
	long n = SSL_get_tlsext_status_ocsp_resp(t->ssl, &der);
	OCSP_RESPONSE *response = n > 0 ? d2i_OCSP_RESPONSE(NULL, &der, n)
					: NULL;
	int status = response ? OCSP_response_status(response) : 0;
	OCSP_BASICRESP *basic = NULL;

	if (n <= 0)
		error_set(e, ERR_CERTIFICATE_STATUS,
			"No OCSP response received: %s staples none", t->host);
	else if (!response)
		refuse(e, "Invalid OCSP response");
	else if (status != OCSP_RESPONSE_STATUS_SUCCESSFUL)
		error_set(e, ERR_CERTIFICATE_STATUS,
			"Invalid OCSP response status: %s (%d)",
			OCSP_response_status_str(status), status);
	else if (!(basic = OCSP_response_get1_basic(response)))
		refuse(e, "Invalid OCSP response");
	OCSP_RESPONSE_free(response);
	return basic;
}

/* The certificate of `chain` that has signed `certificate`, or NULL. */
static X509 *issuer_of(STACK_OF(X509) * chain, X509 *certificate)
{
	for (int i = 0; chain && i < sk_X509_num(chain); i++) {
		X509 *candidate = sk_X509_value(chain, i);

		if (X509_check_issued(candidate, certificate) == X509_V_OK)
			return candidate;
	}
	return NULL;
}

/* Whether `single` is about `certificate`, which it names by digests. */
static bool is_about(
	OCSP_SINGLERESP *single, const X509 *certificate, const X509 *issuer)
{
	OCSP_CERTID *id = (OCSP_CERTID *)OCSP_SINGLERESP_get0_id(single);
	ASN1_OBJECT *algorithm = NULL;
	const EVP_MD *digest;
	OCSP_CERTID *wanted;
	bool equal;

	OCSP_id_get0_info(NULL, &algorithm, NULL, NULL, id);
	digest = EVP_get_digestbyobj(algorithm);
	wanted = digest ? OCSP_cert_to_id(digest, certificate, issuer) : NULL;
	equal = wanted && OCSP_id_cmp(wanted, id) == 0;
	OCSP_CERTID_free(wanted);
	return equal;
}

static OCSP_SINGLERESP *find(
	OCSP_BASICRESP *basic, const X509 *certificate, const X509 *issuer)
{
	for (int i = 0; i < OCSP_resp_count(basic); i++) {
		OCSP_SINGLERESP *single = OCSP_resp_get0(basic, i);

		if (is_about(single, certificate, issuer))
			return single;
	}
	return NULL;
}

static int revoked(int reason, const ASN1_TIME *when, struct error *e)
{
	char *text = when ? tls_time_text(when) : NULL;

	error_set(e, ERR_CERTIFICATE_STATUS,
		"the certificate of the server is revoked: %s",
		reason >= 0 ? OCSP_crl_reason_str(reason) : "no reason given");
	if (text)
		error_add(e, ", %s", text);
	free(text);
	return -ERR_CERTIFICATE_STATUS;
}

static int outdated(const ASN1_TIME *from, const ASN1_TIME *to, struct error *e)
{
	char *start = tls_time_text(from), *end = to ? tls_time_text(to) : NULL;

	ERR_clear_error();
	error_set(e, ERR_CERTIFICATE_STATUS,
		"the OCSP response is not valid now: from %s to %s",
		start ? start : "?", end ? end : "?");
	free(start);
	free(end);
	return -ERR_CERTIFICATE_STATUS;
}

static int judge(
	OCSP_SINGLERESP *single, const struct log *log, struct error *e)
{
	ASN1_GENERALIZEDTIME *when = NULL, *from = NULL, *to = NULL;
	int reason = -1;
	int status = OCSP_single_get0_status(
		single, &reason, &when, &from, &to);

	log_line(log, "SSL certificate status: %s (%d)",
		OCSP_cert_status_str(status), status);
	if (!OCSP_check_validity(from, to, CLOCK_SKEW, -1))
		return outdated(from, to, e);
	if (status == V_OCSP_CERTSTATUS_REVOKED)
		return revoked(reason, when, e);
	if (status != V_OCSP_CERTSTATUS_GOOD)
		return refuse(e,
			"the OCSP response says that the certificate of the "
			"server is unknown");
	return 0;
}

static int check(const struct tls_stream *t, OCSP_BASICRESP *basic,
	const struct log *log, struct error *e)
{
	X509_STORE *store = SSL_CTX_get_cert_store(t->context->ssl);
	STACK_OF(X509) *sent = SSL_get_peer_cert_chain(t->ssl);
	STACK_OF(X509) *verified = SSL_get0_verified_chain(t->ssl);
	X509 *certificate = SSL_get0_peer_certificate(t->ssl);
	X509 *issuer = certificate ? issuer_of(verified, certificate) : NULL;
	OCSP_SINGLERESP *single;

	/* Who has issued it may have signed the response and not be sent. */
	if (OCSP_basic_verify(basic, verified ? verified : sent, store,
		    OCSP_PARTIAL_CHAIN) <= 0)
		return refuse(e,
			"OCSP response verification failed: it is not signed "
			"by a trusted CA of the certificate, nor for one");
	if (certificate && !issuer)
		issuer = issuer_of(sent, certificate);
	if (!issuer)
		return refuse(e,
			"the OCSP response cannot be compared: who has issued "
			"the certificate of the server is not known");
	single = find(basic, certificate, issuer);
	if (!single)
		return refuse(e,
			"the OCSP response is not about the certificate of the "
			"server");
	return judge(single, log, e);
}

int tls_status_check(
	const struct tls_stream *t, const struct log *log, struct error *e)
{
	OCSP_BASICRESP *basic;
	int error;

	if (!t->context->status)
		return 0;
	ERR_clear_error();
	basic = receive(t, e);
	error = basic ? check(t, basic, log, e) : -ERR_CERTIFICATE_STATUS;
	OCSP_BASICRESP_free(basic);
	ERR_clear_error();
	return error;
}
