#include "support/tls_pki.h"

#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/module.h"
#include "base/str.h"
#include "support/scratch.h"

#define DAY (24 * 3600L)
#define TEXT_MAX 16384
#define PATIENCE_MS 5000

struct pki pki;

/* The key of the client: in clear, then encrypted with "secret" as PKCS #8 and
 * as was usual before that. */
static const char client_key[] =
	"-----BEGIN PRIVATE KEY-----\n"
	"MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgv87dFDNFTYl1W8Wd\n"
	"Ybqyck4hRjvtZzkh26fxJZ84kquhRANCAARehj/wf17XR50mAvvKgPH4X7ImkxPn\n"
	"uO4SzNILMGgu8ybx+dhjRVSSyVvVF4Z/AF0NFj9CjQ2aNX39mGUvoow6\n"
	"-----END PRIVATE KEY-----\n";
static const char new_key[] =
	"-----BEGIN ENCRYPTED PRIVATE KEY-----\n"
	"MIHsMFcGCSqGSIb3DQEFDTBKMCkGCSqGSIb3DQEFDDAcBAhH2X9+BStkQAICCAAw\n"
	"DAYIKoZIhvcNAgkFADAdBglghkgBZQMEASoEEFa3ix4iEBDxtkTgi6LltZUEgZBA\n"
	"CxXxRNwQW4YeBGwaAAq59LtT+xkFLZXutzjJEUdQivKlgrV2llzdLBuW84P4qQ0l\n"
	"iAOLXs/qq1uz1uU9KYISLrNgscNM1iqGaqYlR1WJUZ8fDS8GocVRs60aUc35ZG7h\n"
	"ic6+DLyiN1zSJNa1k+vmsXORMO3aFhUFnWeWnxcPcUqUuQoCtaT4f74xNSM+uj0=\n"
	"-----END ENCRYPTED PRIVATE KEY-----\n";
static const char old_key[] =
	"-----BEGIN EC PRIVATE KEY-----\n"
	"Proc-Type: 4,ENCRYPTED\n"
	"DEK-Info: AES-256-CBC,FB35A7CFD85E77D95722D854F03B0522\n"
	"\n"
	"sQM9LWkyW8L+LQXliqSfJhuSpO/8gCVVgL9JKD6dqimvBy9bkcAYgMUhsjngYXb/\n"
	"gGAiCkOlQiBEVWaCHrtrTt8WkCBNAWdtePuNv8TpNJnpDZhrA+Yeqj4jw1d9Vfg0\n"
	"ij5XiTG9OgNO7fSZIdyjzTXlyQTUr2V8fbfUfG9RERg=\n"
	"-----END EC PRIVATE KEY-----\n";

static struct identity make_ca(const char *name, const struct identity *by)
{
	const struct identity_spec spec = { .name = name, .is_ca = true };

	return identity_new(&spec, by);
}

static struct identity make_server(const char *alternatives, long starts,
	long ends, const struct identity *by)
{
	const struct identity_spec spec = { .name = "localhost",
		.alternatives = alternatives,
		.starts = starts,
		.ends = ends };

	return identity_new(&spec, by);
}

static struct identity make_respelled(const char *issuer, int type)
{
	const struct identity_spec spec = { .name = "localhost",
		.alternatives = "DNS:localhost",
		.issuer_name = issuer,
		.issuer_name_type = type };

	return identity_new(&spec, &pki.ca);
}

static void make_identities(void)
{
	const struct identity_spec nameless = { .name = "other.example" };
	const struct identity_spec client = { .name = "client",
		.key = client_key };

	pki.ca = make_ca("Test CA", NULL);
	pki.twin = make_ca("Test CA", NULL);
	pki.other = make_ca("Other CA", NULL);
	pki.middle = make_ca("Middle CA", &pki.ca);
	pki.good = make_server(
		"DNS:localhost,IP:127.0.0.1,IP:::1", 0, 0, &pki.ca);
	pki.respelled = make_respelled("TEST  ca", V_ASN1_PRINTABLESTRING);
	pki.wide = make_respelled("Test CA", V_ASN1_BMPSTRING);
	pki.expired = make_server("DNS:localhost", -2 * DAY, -DAY, &pki.ca);
	pki.future = make_server("DNS:localhost", DAY, 2 * DAY, &pki.ca);
	pki.elsewhere = make_server(
		"DNS:other.example,DNS:*.example.org,DNS:\x1b[1m", 0, 0,
		&pki.ca);
	pki.nameless = identity_new(&nameless, &pki.ca);
	pki.far = make_server("DNS:localhost", 0, 0, &pki.middle);
	pki.lone = make_server("DNS:localhost", 0, 0, NULL);
	pki.client = identity_new(&client, &pki.ca);
}

static void write_one(const char *name, const struct identity *identity)
{
	identity_write(scratch_path(name), &identity, 1);
}

/* Write bundle.pem anew as `name`, its base64 in lines of `width`. */
static void write_respelled(const char *name, int width, const char *newline)
{
	char *text = scratch_read("bundle.pem");
	FILE *out = fopen(scratch_path(name), "w");
	struct str rest = str_of(text), line;
	bool inside = false;
	int column = 0;

	while (str_cut(rest, '\n', &line, &rest)) {
		if (inside && line.p[0] != '-') {
			for (size_t i = 0; i < line.n; i++, column++) {
				if (column && column % width == 0)
					fputs(newline, out);
				fputc(line.p[i], out);
			}
			continue;
		}
		if (inside)
			fputs(newline, out);
		fprintf(out, "%.*s%s", STR_FMT(line), newline);
		inside = str_starts(line, STR("-----BEGIN"));
		column = 0;
	}
	fclose(out);
	free(text);
}

static void write_trusted(const char *name)
{
	BIO *out = BIO_new_file(scratch_path(name), "w");

	PEM_write_bio_X509_AUX(out, pki.other.certificate);
	X509_alias_set1(pki.ca.certificate, (const unsigned char *)"ours", 4);
	PEM_write_bio_X509_AUX(out, pki.ca.certificate);
	BIO_free(out);
}

static void write_keys(void)
{
	const X509_PUBKEY *key = X509_get_X509_PUBKEY(pki.good.certificate);
	BIO *pem = BIO_new_file(scratch_path("good.pub"), "w");
	BIO *der = BIO_new_file(scratch_path("good.der"), "w");

	PEM_write_bio_X509_PUBKEY(pem, key);
	i2d_X509_PUBKEY_bio(der, key);
	BIO_free(pem);
	BIO_free(der);
}

static void write_authorities(void)
{
	const struct identity *bundle[] = { &pki.other, &pki.twin, &pki.ca };
	const struct identity *others[] = { &pki.other, &pki.middle };
	char name[32];

	write_one("ca.pem", &pki.ca);
	write_one("middle.pem", &pki.middle);
	write_one("lone.pem", &pki.lone);
	identity_write(scratch_path("bundle.pem"), bundle, 3);
	identity_write(scratch_path("others.pem"), others, 2);
	write_respelled("crlf.pem", 64, "\r\n");
	write_respelled("odd.pem", 61, "\n");
	write_trusted("trusted.pem");
	scratch_write("empty.pem", "no certificate\n", 0600);
	scratch_write("broken.pem",
		"-----BEGIN CERTIFICATE-----\nMIIB\n"
		"-----END CERTIFICATE-----\n",
		0600);
	scratch_write("broken.crl",
		"-----BEGIN X509 CRL-----\nMIIB\n-----END X509 CRL-----\n",
		0600);
	mkdir(scratch_path("bare"), 0700);
	mkdir(scratch_path("hashed"), 0700);
	snprintf(name, sizeof(name), "hashed/%08lx.0",
		X509_subject_name_hash(pki.ca.certificate));
	write_one(name, &pki.ca);
}

static void write_client(void)
{
	char *certificate;
	struct buf both;

	write_one("client.pem", &pki.client);
	scratch_write("client.key", client_key, 0600);
	scratch_write("new.key", new_key, 0600);
	scratch_write("old.key", old_key, 0600);
	certificate = scratch_read("client.pem");
	buf_init(&both, TEXT_MAX);
	buf_printf(&both, "%s%s", certificate, client_key);
	scratch_write("both.pem", buf_text(&both), 0600);
	buf_fini(&both);
	free(certificate);
}

/* The client's certificate and key in other forms than PEM. With encryption the
 * tests, not the module, would have to know its ciphers: "secret" is that of
 * the MAC alone. */
static void write_client_again(void)
{
	BIO *in = BIO_new_mem_buf(client_key, -1);
	EVP_PKEY *key = PEM_read_bio_PrivateKey(in, NULL, NULL, NULL);
	X509 *certificate = pki.client.certificate;
	PKCS12 *p12 = PKCS12_create(
		"secret", "client", key, certificate, NULL, -1, -1, 0, 0, 0);
	PKCS12 *keyless = PKCS12_create(
		"secret", NULL, NULL, certificate, NULL, -1, -1, 0, 0, 0);
	BIO *out[] = { BIO_new_file(scratch_path("client.der"), "w"),
		BIO_new_file(scratch_path("key.der"), "w"),
		BIO_new_file(scratch_path("client.p12"), "w"),
		BIO_new_file(scratch_path("keyless.p12"), "w") };

	i2d_X509_bio(out[0], certificate);
	i2d_PrivateKey_bio(out[1], key);
	i2d_PKCS12_bio(out[2], p12);
	i2d_PKCS12_bio(out[3], keyless);
	for (size_t i = 0; i < sizeof(out) / sizeof(out[0]); i++)
		BIO_free(out[i]);
	PKCS12_free(p12);
	PKCS12_free(keyless);
	EVP_PKEY_free(key);
	BIO_free(in);
}

const struct tls_functions *pki_tls(void)
{
	struct error e = { 0 };
	const struct tls_functions *tls = tls_load(&e);

	if (!tls) {
		fprintf(stderr, "%s\n", e.text);
		abort();
	}
	return tls;
}

void pki_begin(void)
{
	const struct tls_config none = { .insecure = true };

	signal(SIGPIPE, SIG_IGN);
	module_set_dir(MODULE_DIR);
	/* The module starts OpenSSL as it would in the program, before the
	 * tests' own use of it could. */
	pki_tls()->context_free(pki_tls()->context_new(&none, NULL));
	scratch_begin(NULL);
	make_identities();
	write_authorities();
	write_client();
	write_client_again();
	write_keys();
}

void pki_end(void)
{
	struct identity *all = (struct identity *)&pki;

	for (size_t i = 0; i < sizeof(pki) / sizeof(*all); i++)
		identity_free(&all[i]);
	scratch_end();
}

struct stream *pki_connect(struct tls_context *c, const struct peer *peer,
	const char *host, const struct log *log, struct error *e)
{
	struct stream *under = stream_socket(peer->fd, "tcp", e);

	if (!under)
		abort();
	return pki_tls()->connect(
		c, under, host, "http", deadline_in(PATIENCE_MS), log, NULL, e);
}
