/* net/tls_openssl_bundle.h beside OpenSSL's own reading of the same file: the
 * same is refused, and the same certificates are found by the same names. */
#include "net/tls_openssl_bundle.h"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <stdio.h>

#include "base/buf.h"
#include "base/str.h"
#include "support/scratch.h"
#include "support/table.h"

#define TEXT_MAX (1u << 20)
#define MUTATIONS 2000

/* Attributes of a subject: "C=SE/O=Example+CN=Test CA", '+' joining those of
 * one RDN; `type` is that of all the strings. */
static const struct subject {
	const char *text;
	int type;
} subjects[] = {
	{ "C=SE/O=Example/CN=Test CA", V_ASN1_UTF8STRING },
	{ "C=SE/O=Example/CN=Test CA", V_ASN1_UTF8STRING }, /* its twin */
	{ "O=Example+CN=Joined CA", V_ASN1_PRINTABLESTRING },
	{ "O=F\xc5\x91tan\xc3\xbas/CN=Other CA", V_ASN1_UTF8STRING },
	{ "CN=Wide CA", V_ASN1_BMPSTRING },
	{ "CN=Latin CA \xe9", V_ASN1_T61STRING },
	{ "CN=Mail CA", V_ASN1_IA5STRING },
};

/* Names that are looked up: those and others. */
static const struct subject wanted[] = {
	{ "C=SE/O=Example/CN=Test CA", V_ASN1_UTF8STRING },
	{ "C=se/O=EXAMPLE/CN=  test   ca ", V_ASN1_PRINTABLESTRING },
	{ "C=SE/O=Example/CN=Test CA", V_ASN1_BMPSTRING },
	{ "C=SE/O=Example/CN=Test CA", V_ASN1_UNIVERSALSTRING },
	{ "O=Example/C=SE/CN=Test CA", V_ASN1_UTF8STRING },
	{ "C=SE+O=Example+CN=Test CA", V_ASN1_UTF8STRING },
	{ "CN=Test CA", V_ASN1_UTF8STRING },
	{ "O=Example+CN=Joined CA", V_ASN1_PRINTABLESTRING },
	{ "CN=joined CA+O=example", V_ASN1_UTF8STRING },
	{ "O=Example/CN=Joined CA", V_ASN1_PRINTABLESTRING },
	{ "O=F\xc5\x91tan\xc3\xbas/CN=Other CA", V_ASN1_UTF8STRING },
	{ "O=Ftans/CN=Other CA", V_ASN1_UTF8STRING },
	{ "CN=Wide CA", V_ASN1_BMPSTRING },
	{ "CN=wide CA", V_ASN1_UTF8STRING },
	{ "CN=Latin CA \xe9", V_ASN1_T61STRING },
	{ "CN=Latin CA \xc3\xa9", V_ASN1_UTF8STRING },
	{ "CN=Latin CA", V_ASN1_UTF8STRING },
	{ "CN=Mail CA", V_ASN1_IA5STRING },
	{ "CN=Mail CA", V_ASN1_NUMERICSTRING },
	{ "CN=Nobody", V_ASN1_UTF8STRING },
};

#define N_SUBJECTS (sizeof(subjects) / sizeof(subjects[0]))
#define N_WANTED (sizeof(wanted) / sizeof(wanted[0]))

static EVP_PKEY *key;
static X509 *certificates[N_SUBJECTS];
static X509_NAME *names[N_WANTED];
static char *pems[N_SUBJECTS];
static char *crl_pem;

static size_t string_size(int type)
{
	if (type == V_ASN1_BMPSTRING)
		return 2;
	return type == V_ASN1_UNIVERSALSTRING ? 4 : 1;
}

/* `set` is as X509_NAME_add_entry has it. */
static void add_attribute(X509_NAME *name, struct str text, int type, int set)
{
	size_t width = string_size(type), n = 0;
	unsigned char bytes[256] = { 0 };
	X509_NAME_ENTRY *entry;
	struct str field, value;
	char *field_text;

	assert_true(str_cut(text, '=', &field, &value));
	for (size_t i = 0; i < value.n; i++, n += width)
		bytes[n + width - 1] = (unsigned char)value.p[i];
	field_text = str_dup(field);
	entry = X509_NAME_ENTRY_new();
	assert_true(
		X509_NAME_ENTRY_set_object(entry, OBJ_txt2obj(field_text, 0)));
	assert_true(ASN1_STRING_set(
		X509_NAME_ENTRY_get_data(entry), bytes, (int)n));
	X509_NAME_ENTRY_get_data(entry)->type = type;
	assert_true(X509_NAME_add_entry(name, entry, -1, set));
	X509_NAME_ENTRY_free(entry);
	free(field_text);
}

static X509_NAME *make_name(const struct subject *subject)
{
	struct str rest = str_of(subject->text), part, one;
	X509_NAME *name = X509_NAME_new();
	bool more = true;

	while (more) {
		bool joined = true;
		int set = 0;

		more = str_cut(rest, '/', &part, &rest);
		while (joined) {
			joined = str_cut(part, '+', &one, &part);
			add_attribute(name, one, subject->type, set);
			set = -1;
		}
	}
	return name;
}

static X509 *make_certificate(const struct subject *subject, long serial)
{
	X509_NAME *name = make_name(subject);
	X509 *x = X509_new();
	X509_EXTENSION *extension = X509V3_EXT_conf_nid(
		NULL, NULL, NID_basic_constraints, "critical,CA:TRUE");

	X509_set_version(x, X509_VERSION_3);
	ASN1_INTEGER_set(X509_get_serialNumber(x), serial);
	X509_set_subject_name(x, name);
	X509_set_issuer_name(x, name);
	X509_gmtime_adj(X509_getm_notBefore(x), 0);
	X509_gmtime_adj(X509_getm_notAfter(x), 86400);
	X509_set_pubkey(x, key);
	X509_add_ext(x, extension, -1);
	assert_true(X509_sign(x, key, EVP_sha256()));
	X509_EXTENSION_free(extension);
	X509_NAME_free(name);
	return x;
}

static char *take_text(BIO *out)
{
	char *bytes, *text;
	long n = BIO_get_mem_data(out, &bytes);

	text = str_dup((struct str){ bytes, (size_t)n });
	BIO_free(out);
	return text;
}

static char *pem_of(X509 *x)
{
	BIO *out = BIO_new(BIO_s_mem());

	PEM_write_bio_X509(out, x);
	return take_text(out);
}

static char *make_crl(void)
{
	X509_CRL *crl = X509_CRL_new();
	BIO *out = BIO_new(BIO_s_mem());
	ASN1_TIME *now = X509_gmtime_adj(NULL, 0);

	X509_CRL_set_issuer_name(crl, X509_get_subject_name(certificates[0]));
	X509_CRL_set1_lastUpdate(crl, now);
	X509_CRL_set1_nextUpdate(crl, now);
	X509_CRL_sign(crl, key, EVP_sha256());
	PEM_write_bio_X509_CRL(out, crl);
	X509_CRL_free(crl);
	ASN1_TIME_free(now);
	return take_text(out);
}

static void begin(void)
{
	scratch_begin(NULL);
	key = EVP_EC_gen("P-256");
	for (size_t i = 0; i < N_SUBJECTS; i++) {
		certificates[i] = make_certificate(&subjects[i], (long)i + 1);
		pems[i] = pem_of(certificates[i]);
	}
	for (size_t i = 0; i < N_WANTED; i++)
		names[i] = make_name(&wanted[i]);
	crl_pem = make_crl();
}

static void end(void)
{
	for (size_t i = 0; i < N_SUBJECTS; i++) {
		X509_free(certificates[i]);
		free(pems[i]);
	}
	for (size_t i = 0; i < N_WANTED; i++)
		X509_NAME_free(names[i]);
	free(crl_pem);
	EVP_PKEY_free(key);
	scratch_end();
}

/* The certificate or CRL that `store` gives for a name; to be freed. */
static X509_OBJECT *find(
	X509_STORE *store, X509_LOOKUP_TYPE type, const X509_NAME *name)
{
	X509_STORE_CTX *context = X509_STORE_CTX_new();
	X509_OBJECT *found;

	assert_true(X509_STORE_CTX_init(context, store, NULL, NULL));
	found = X509_STORE_CTX_get_obj_by_subject(context, type, name);
	X509_STORE_CTX_free(context);
	return found;
}

static void compare_name(
	X509_STORE *ours, X509_STORE *theirs, const X509_NAME *name)
{
	X509_OBJECT *a = find(ours, X509_LU_X509, name);
	X509_OBJECT *b = find(theirs, X509_LU_X509, name);

	assert_int_equal(a == NULL, b == NULL);
	/* Of twins either may come first. */
	if (a)
		assert_int_equal(
			X509_NAME_cmp(
				X509_get_subject_name(X509_OBJECT_get0_X509(a)),
				name),
			0);
	X509_OBJECT_free(a);
	X509_OBJECT_free(b);
	a = find(ours, X509_LU_CRL, name);
	b = find(theirs, X509_LU_CRL, name);
	assert_int_equal(a == NULL, b == NULL);
	X509_OBJECT_free(a);
	X509_OBJECT_free(b);
}

/* All certificates that the store has under a name. */
static int count(X509_STORE *store, const X509_NAME *name)
{
	X509_STORE_CTX *context = X509_STORE_CTX_new();
	STACK_OF(X509) * all;
	int n;

	assert_true(X509_STORE_CTX_init(context, store, NULL, NULL));
	all = X509_STORE_CTX_get1_certs(context, name);
	n = all ? sk_X509_num(all) : 0;
	sk_X509_pop_free(all, X509_free);
	X509_STORE_CTX_free(context);
	return n;
}

/* The same file, read by us and by OpenSSL. `order` says which name is asked
 * for first. */
static void compare(const char *text, size_t n, size_t order)
{
	X509_STORE *ours = X509_STORE_new(), *theirs = X509_STORE_new();
	X509_LOOKUP *lookup = X509_STORE_add_lookup(theirs, X509_LOOKUP_file());
	struct tls_bundle *bundle = NULL;
	FILE *file = fopen(scratch_path("ca.pem"), "w");
	struct error e = { 0 };
	int expected, got;

	if (n)
		fwrite(text, 1, n, file);
	fclose(file);
	expected = X509_load_cert_crl_file(
		lookup, scratch_path("ca.pem"), X509_FILETYPE_PEM);
	ERR_clear_error();
	got = tls_bundle_new(&bundle, scratch_path("ca.pem"), ours, &e);
	assert_int_equal(got, expected > 0 ? 0 : -ERR_CA_FILE);
	for (size_t i = 0; got == 0 && i < N_WANTED; i++) {
		const X509_NAME *name = names[(i + order) % N_WANTED];

		compare_name(ours, theirs, name);
		assert_int_equal(count(ours, name), count(theirs, name));
	}
	X509_STORE_free(ours);
	X509_STORE_free(theirs);
	tls_bundle_free(bundle);
}

#define BEGIN(label) "-----BEGIN " label "-----"
#define END(label) "-----END " label "-----\n"
#define C "CERTIFICATE"

/* Forms of a file: in the text "%1" to "%7" stand for a certificate, "%a" to
 * "%g" for the base64 of one alone, "%L" for a CRL. */
static const struct form {
	const char *name, *text;
} forms[] = {
	{ "nothing", "" },
	{ "one", "%1" },
	{ "all", "%1%2%3%4%5%6%7" },
	{ "all that need no reading by OpenSSL", "%1%2%3%4%6%7" },
	{ "twins apart", "%1%3%4%2" },
	{ "twice the same", "%1%3%1%3" },
	{ "without twins", "%1%3%4%7" },
	{ "comments", "# Test\n%1# Other\n\n%4" },
	{ "text behind the last", "%1%4some more" },
	{ "dashes in text", "--- Test -----\n%1-----------\n%4" },
	{ "a CRL alone", "%L" },
	{ "a CRL in between", "%1%L%4" },
	{ "a CRL at the end", "%1%4%L" },
	{ "# before BEGIN", "%1#" BEGIN(C) "\n%d" END(C) },
	{ "a blank before BEGIN", "%1 " BEGIN(C) "\n%d" END(C) },
	{ "text before BEGIN", "%1Test: " BEGIN(C) "\n%d" END(C) "%3" },
	{ "a byte order mark", "\xef\xbb\xbf%1%4" },
	{ "one in the middle", "%1\xef\xbb\xbf%4" },
	{ "blanks behind BEGIN", "%1" BEGIN(C) "  \t\n%d" END(C) },
	{ "text behind BEGIN", "%1" BEGIN(C) " x\n%d" END(C) },
	{ "bytes above 127 behind BEGIN", "%1" BEGIN(C) "\xff\n%d" END(C) },
	{ "CRLF", "%1" BEGIN(C) "\r\n%d" END(C) "\r\n%3" },
	{ "CR", "%1" BEGIN(C) "\r%d" END(C) "\r%3" },
	{ "CR before CRLF", "%1" BEGIN(C) "\r\r\n%d" END(C) },
	{ "blanks behind END", "%1" BEGIN(C) "\n%d-----END " C "-----  \n" },
	{ "text behind END", "%1" BEGIN(C) "\n%d-----END " C "----- x\n%3" },
	{ "# before END", "%1" BEGIN(C) "\n%d#" END(C) "%3" },
	{ "another END", "%1" BEGIN(C) "\n%d" END("X509 " C) },
	{ "no END", "%1" BEGIN(C) "\n%d" },
	{ "no END, then another", BEGIN(C) "\n%d%1%3" },
	{ "no LF behind END", "%1" BEGIN(C) "\n%d-----END " C "-----" },
	{ "X509 CERTIFICATE", "%1" BEGIN("X509 " C) "\n%d" END("X509 " C) },
	{ "TRUSTED CERTIFICATE",
		"%1" BEGIN("TRUSTED " C) "\n%d" END("TRUSTED " C) },
	{ "CERTIFICATE of lower case",
		"%1" BEGIN("certificate") "\n%d" END("certificate") },
	{ "CERTIFICATE REQUEST",
		"%1" BEGIN(C " REQUEST") "\n%d" END(C " REQUEST") },
	{ "an unknown label", "%1" BEGIN("X") "\n%d" END("X") "%3" },
	{ "a certificate as a key",
		"%1" BEGIN("EC PRIVATE KEY") "\n%d" END("EC PRIVATE KEY") },
	{ "PKCS #7", "%1" BEGIN("PKCS7") "\n%d" END("PKCS7") "%3" },
	{ "a header", "%1" BEGIN(C) "\nA: b\n\n%d" END(C) },
	{ "an encrypted one",
		"%1" BEGIN(C) "\nProc-Type: 4,ENCRYPTED\nDEK-Info: "
			      "AES-256-CBC,FB35A7CFD85E77D95722D854F03B0522"
			      "\n\n%d" END(C) },
	{ "an empty line in front", "%1" BEGIN(C) "\n\n%d" END(C) },
	{ "an empty line behind", "%1" BEGIN(C) "\n%d\n" END(C) },
	{ "blanks before the base64", "%1" BEGIN(C) "\n  %d" END(C) },
	{ "nothing inside", "%1" BEGIN(C) "\n" END(C) "%3" },
	{ "a certificate that is cut", "%1" BEGIN(C) "\nMIIB\n" END(C) "%3" },
	{ "no base64", "%1" BEGIN(C) "\nM?IB\n" END(C) "%3" },
	{ "something behind the padding", "%1" BEGIN(C) "\n%dAAAA\n" END(C) },
	{ "BEGIN twice", "%1" BEGIN(C) "\n%4" },
	{ "a damaged one at the end", "%1%3%4%7" BEGIN(C) "\nMIIB\n" END(C) },
	{ "a damaged CRL",
		"%1%3" BEGIN("X509 CRL") "\nMIIB\n" END("X509 CRL") },
};

static void add_base64(struct buf *out, const char *pem)
{
	struct str line, rest = str_of(pem);

	while (str_cut(rest, '\n', &line, &rest))
		if (line.p[0] != '-')
			buf_printf(out, "%.*s\n", STR_FMT(line));
}

static void write_form(struct buf *out, struct str text)
{
	for (size_t i = 0; i < text.n; i++) {
		char what = i + 1 < text.n ? text.p[i + 1] : 0;

		if (text.p[i] != '%') {
			buf_add_char(out, text.p[i]);
			continue;
		}
		if (what == 'L')
			buf_add_text(out, crl_pem);
		else if (what <= '9')
			buf_add_text(out, pems[what - '1']);
		else
			add_base64(out, pems[what - 'a']);
		i++;
	}
}

static void test_form(const void *row)
{
	const struct form *form = row;
	struct buf text;

	buf_init(&text, TEXT_MAX);
	write_form(&text, str_of(form->text));
	for (size_t order = 0; order < N_WANTED; order++)
		compare(text.p, text.n, order);
	buf_fini(&text);
}

/* The same with each line end as CRLF. */
static void test_form_crlf(const void *row)
{
	const struct form *form = row;
	struct buf text, crlf;

	buf_init(&text, TEXT_MAX);
	buf_init(&crlf, TEXT_MAX);
	write_form(&text, str_of(form->text));
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] == '\n')
			buf_add_char(&crlf, '\r');
		buf_add_char(&crlf, text.p[i]);
	}
	compare(crlf.p, crlf.n, 0);
	buf_fini(&text);
	buf_fini(&crlf);
}

static unsigned draw(uint64_t *state, size_t below)
{
	*state = *state * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)((*state >> 33) % below);
}

/* What is put between two bytes of a file. */
static const char *const scraps[] = { "\n", "\r", "\r\n", " ", "\t", "#", "-",
	"=", "A", "AAAA", ":", "\n\n", "-----BEGIN ", "-----END ", "-----",
	" TRUSTED ", "X509 ", "CERTIFICATE", "\xff", "\xef\xbb\xbf",
	BEGIN(C) "\n", END(C), "\n" BEGIN("X509 CRL") "\n",
	"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"
	"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx" };

static size_t find_line(const struct buf *text, size_t at)
{
	while (at < text->n && text->p[at] != '\n')
		at++;
	return at < text->n ? at + 1 : at;
}

static void mutate_text(uint64_t *state, const struct buf *in, struct buf *out)
{
	size_t at = draw(state, in->n), end = at;
	const char *scrap =
		scraps[draw(state, sizeof(scraps) / sizeof(scraps[0]))];

	if (draw(state, 2))
		at = end = find_line(in, at);
	if (draw(state, 2))
		end = draw(state, 2) ? find_line(in, at) : at + 1;
	if (end > in->n)
		end = in->n;
	buf_add(out, in->p, at);
	buf_add_text(out, scrap);
	buf_add(out, in->p + end, in->n - end);
}

static void test_mutated_text(const void *row)
{
	uint64_t state = 1;
	struct buf text, other;

	(void)row;
	buf_init(&text, TEXT_MAX);
	buf_init(&other, TEXT_MAX);
	for (int i = 0; i < MUTATIONS; i++) {
		buf_clear(&text);
		write_form(&text, STR("# a\n%1%3#b\n%4%7"));
		for (unsigned n = draw(&state, 3) + 1; n; n--) {
			struct buf swap = text;

			buf_clear(&other);
			mutate_text(&state, &text, &other);
			text = other;
			other = swap;
		}
		compare(text.p, text.n, (size_t)i);
	}
	buf_fini(&text);
	buf_fini(&other);
}

static void write_der(struct buf *out, const unsigned char *der, long n)
{
	BIO *bio = BIO_new(BIO_s_mem());
	char *bytes;
	long size;

	PEM_write_bio(bio, PEM_STRING_X509, "", der, n);
	size = BIO_get_mem_data(bio, &bytes);
	buf_add(out, bytes, (size_t)size);
	BIO_free(bio);
}

/* A byte of a certificate is another, one more, or missing; or all of it has
 * bytes behind it. */
static void test_mutated_der(const void *row)
{
	uint64_t state = 2;
	struct buf text;

	(void)row;
	buf_init(&text, TEXT_MAX);
	for (int i = 0; i < MUTATIONS; i++) {
		const X509 *x = certificates[draw(&state, N_SUBJECTS)];
		unsigned char der[2048] = { 0 }, *p = der;
		long n = i2d_X509(x, &p);
		unsigned at = draw(&state, (size_t)n);

		if (draw(&state, 8) == 0)
			n += draw(&state, 16);
		else if (draw(&state, 4))
			der[at] = (unsigned char)draw(&state, 256);
		else
			der[at] ^= (unsigned char)(1u << draw(&state, 8));
		buf_clear(&text);
		write_form(&text, STR("%1%3"));
		write_der(&text, der, n);
		compare(text.p, text.n, (size_t)i);
	}
	buf_fini(&text);
}

int main(void)
{
	const struct table tables[] = {
		TABLE("new", forms, test_form),
		TABLE("new, with CRLF", forms, test_form_crlf),
		SINGLE("new, of a text with changes", test_mutated_text),
		SINGLE("new, of a certificate with changes", test_mutated_der),
	};
	int failed;

	begin();
	failed = table_run(
		"tls_bundle", tables, sizeof(tables) / sizeof(*tables));
	end();
	return failed;
}
