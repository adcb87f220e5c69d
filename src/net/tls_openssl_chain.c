/* The certificates that a server sent, in words and in PEM: what -w shows as
 * %{certs}. The fields, their names and their order are curl's. */
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include "net/tls_openssl.h"

static void print_name(BIO *out, const char *label, const X509_NAME *name)
{
	BIO_puts(out, label);
	X509_NAME_print_ex(out, name, 0, XN_FLAG_ONELINE);
	BIO_puts(out, "\n");
}

static void print_time(BIO *out, const char *label, const ASN1_TIME *time)
{
	BIO_puts(out, label);
	ASN1_TIME_print(out, time);
	BIO_puts(out, "\n");
}

static void print_object(BIO *out, const char *label, const ASN1_OBJECT *object)
{
	BIO_puts(out, label);
	i2a_ASN1_OBJECT(out, object);
	BIO_puts(out, "\n");
}

/* Each byte in hexadecimal, with `mark` behind it. */
static void print_bytes(BIO *out, const ASN1_STRING *bytes, const char *mark)
{
	const unsigned char *p = ASN1_STRING_get0_data(bytes);

	for (int i = 0; i < ASN1_STRING_length(bytes); i++)
		BIO_printf(out, "%02x%s", p[i], mark);
	BIO_puts(out, "\n");
}

static void print_serial(BIO *out, const ASN1_INTEGER *serial)
{
	BIO_puts(out, "Serial Number:");
	if (ASN1_STRING_type(serial) == V_ASN1_NEG_INTEGER)
		BIO_puts(out, "-");
	print_bytes(out, serial, "");
}

static void print_algorithms(BIO *out, const X509 *x)
{
	const ASN1_OBJECT *signature;
	ASN1_OBJECT *key = NULL;

	X509_ALGOR_get0(&signature, NULL, NULL, X509_get0_tbs_sigalg(x));
	print_object(out, "Signature Algorithm:", signature);
	X509_PUBKEY_get0_param(&key, NULL, NULL, NULL, X509_get_X509_PUBKEY(x));
	if (key)
		print_object(out, "Public Key Algorithm:", key);
}

/* What OpenSSL has no words for is shown as its bytes. */
static void print_extensions(BIO *out, const X509 *x)
{
	for (int i = 0; i < X509_get_ext_count(x); i++) {
		X509_EXTENSION *extension = X509_get_ext(x, i);

		i2a_ASN1_OBJECT(out, X509_EXTENSION_get_object(extension));
		BIO_puts(out, ":");
		if (!X509V3_EXT_print(out, extension, 0, 0))
			ASN1_STRING_print(
				out, X509_EXTENSION_get_data(extension));
		BIO_puts(out, "\n");
	}
}

/* The integer at `i` of a SEQUENCE, NULL when there is none; to be freed. */
static BIGNUM *integer_at(const ASN1_SEQUENCE_ANY *sequence, int i)
{
	const ASN1_TYPE *item = sk_ASN1_TYPE_value(sequence, i);

	if (!item || item->type != V_ASN1_INTEGER)
		return NULL;
	return ASN1_INTEGER_to_BN(item->value.integer, NULL);
}

static void print_number(BIO *out, const char *label, const BIGNUM *number)
{
	BIO_puts(out, label);
	BN_print(out, number);
	BIO_puts(out, "\n");
}

/* The key of RSA is SEQUENCE { modulus, publicExponent } (RFC 8017 appendix
 * A.1.1). */
static void print_rsa_key(BIO *out, const X509 *x)
{
	const ASN1_BIT_STRING *key = X509_get0_pubkey_bitstr(x);
	const unsigned char *p = ASN1_STRING_get0_data(key);
	ASN1_SEQUENCE_ANY *sequence = d2i_ASN1_SEQUENCE_ANY(
		NULL, &p, ASN1_STRING_length(key));
	BIGNUM *n = integer_at(sequence, 0), *e = integer_at(sequence, 1);

	if (n && e) {
		BIO_printf(out, "RSA Public Key:%d\n", BN_num_bits(n));
		print_number(out, "rsa(n):", n);
		print_number(out, "rsa(e):", e);
	}
	BN_free(n);
	BN_free(e);
	sk_ASN1_TYPE_pop_free(sequence, ASN1_TYPE_free);
}

static void print_certificate(BIO *out, X509 *x)
{
	const EVP_PKEY *key = X509_get0_pubkey(x);
	const ASN1_BIT_STRING *signature;

	print_name(out, "Subject:", X509_get_subject_name(x));
	print_name(out, "Issuer:", X509_get_issuer_name(x));
	BIO_printf(out, "Version:%lx\n", (unsigned long)X509_get_version(x));
	print_serial(out, X509_get0_serialNumber(x));
	print_algorithms(out, x);
	print_extensions(out, x);
	print_time(out, "Start date:", X509_get0_notBefore(x));
	print_time(out, "Expire date:", X509_get0_notAfter(x));
	if (key && EVP_PKEY_base_id(key) == EVP_PKEY_RSA)
		print_rsa_key(out, x);
	X509_get0_signature(&signature, NULL, x);
	BIO_puts(out, "Signature:");
	print_bytes(out, signature, ":");
	PEM_write_bio_X509(out, x);
}

int tls_chain(struct stream *s, char **text)
{
	const struct tls_stream *t = (struct tls_stream *)s;
	STACK_OF(X509) *chain = SSL_get_peer_cert_chain(t->ssl);
	int n = chain ? sk_X509_num(chain) : 0;
	BIO *out = n > 0 ? BIO_new(BIO_s_mem()) : NULL;

	*text = NULL;
	for (int i = 0; out && i < n; i++)
		print_certificate(out, sk_X509_value(chain, i));
	if (out)
		*text = tls_take_text(out, true);
	ERR_clear_error();
	return n;
}
