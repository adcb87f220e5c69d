/* Certificates that no doubt is about, in PEM or DER: OpenSSL sees the same
 * ones, with the same subjects. */
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdint.h>
#include <stdlib.h>

#include "net/tls_openssl_pem.h"
#include "net/tls_openssl_subject.h"

#define DER_MAX (1u << 20)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
	if (!holds)
		abort();
}

static struct str der_of(const X509_NAME *name)
{
	const unsigned char *der = NULL;
	size_t n = 0;

	check(X509_NAME_get0_der(name, &der, &n));
	return (struct str){ (const char *)der, n };
}

/* The same name in the form in which OpenSSL compares it, lower-case among
 * others, has the same fingerprint. */
static void check_fingerprint(struct str name)
{
	uint64_t one, other;
	const unsigned char *p = (const unsigned char *)name.p;
	X509_NAME *parsed = d2i_X509_NAME(NULL, &p, (long)name.n);

	check(parsed && p == (const unsigned char *)name.p + name.n);
	check(tls_subject_fingerprint(name, &one));
	check(tls_subject_fingerprint(der_of(parsed), &other) && one == other);
	X509_NAME_free(parsed);
}

static void check_certificate(struct str der, struct str name)
{
	const unsigned char *p = (const unsigned char *)der.p;
	X509 *x = d2i_X509(NULL, &p, (long)der.n);

	check(x && p == (const unsigned char *)der.p + der.n);
	check(str_eq(der_of(X509_get_subject_name(x)), name));
	check_fingerprint(name);
	X509_free(x);
}

static int count(struct str text)
{
	static char no_password[] = "";
	BIO *in = BIO_new_mem_buf(text.p, (int)text.n);
	STACK_OF(X509_INFO) *all = PEM_X509_INFO_read_bio(
		in, NULL, NULL, no_password);
	int n = all ? 0 : -1;

	for (int i = 0; i < sk_X509_INFO_num(all); i++) {
		check(sk_X509_INFO_value(all, i)->x509 != NULL);
		n++;
	}
	sk_X509_INFO_pop_free(all, X509_INFO_free);
	BIO_free(in);
	return n;
}

static void check_text(struct str text)
{
	struct str rest = text, pem, name;
	enum tls_pem next;
	struct buf der;
	int n = 0;

	buf_init(&der, DER_MAX);
	while ((next = tls_pem_next(&rest, &pem, &der)) ==
		TLS_PEM_CERTIFICATE) {
		if (!tls_subject_find(buf_str(&der), &name))
			break;
		check_certificate(buf_str(&der), name);
		n++;
	}
	buf_fini(&der);
	if (next == TLS_PEM_END && text.n)
		check(count(text) == n);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str in = { (const char *)data, size }, name;

	if (tls_subject_find(in, &name))
		check_certificate(in, name);
	check_text(in);
	return 0;
}
