#include "net/tls_openssl_store.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/ascii.h"
#include "base/str.h"
#include "net/tls_openssl_bundle.h"

#define HASH_DIGITS 8

/* Where systems keep them, besides where this OpenSSL was told to look. */
static const char *const directories[] = {
	"/etc/ssl/certs", /* Debian, openSUSE, Arch */
	"/etc/pki/ca-trust/extracted/pem/directory-hash", /* Fedora */
};
static const char *const bundles[] = {
	"/etc/ssl/certs/ca-certificates.crt", /* Debian, Arch, Gentoo */
	"/etc/pki/tls/certs/ca-bundle.crt", /* Fedora, Red Hat */
	"/etc/ssl/ca-bundle.pem", /* openSUSE */
	"/etc/ssl/cert.pem", /* Alpine, the BSDs, macOS */
};

/* "002c0b4f.0", as `openssl rehash` names links. */
static bool is_hashed_name(const char *name)
{
	for (int i = 0; i < HASH_DIGITS; i++)
		if (ascii_hex_value(name[i]) < 0)
			return false;
	return name[HASH_DIGITS] == '.' &&
		ascii_is_digit(name[HASH_DIGITS + 1]);
}

static bool has_hashed_names(const char *directory)
{
	DIR *d = opendir(directory);
	struct dirent *entry;
	bool found = false;

	if (!d)
		return false;
	while (!found && (entry = readdir(d)))
		found = is_hashed_name(entry->d_name);
	closedir(d);
	return found;
}

/* Whether one of the directories in `list` can be used. */
static bool has_usable(const char *list)
{
	struct str rest = str_of(list), one;
	bool more = true, usable = false;

	while (more && !usable) {
		char *directory;

		more = str_cut(rest, ':', &one, &rest);
		directory = str_dup(one);
		usable = directory && has_hashed_names(directory);
		free(directory);
	}
	return usable;
}

static const char *system_directory(void)
{
	for (size_t i = 0; i < sizeof(directories) / sizeof(*directories); i++)
		if (has_hashed_names(directories[i]))
			return directories[i];
	if (has_hashed_names(X509_get_default_cert_dir()))
		return X509_get_default_cert_dir();
	return NULL;
}

static const char *system_bundle(void)
{
	for (size_t i = 0; i < sizeof(bundles) / sizeof(*bundles); i++)
		if (access(bundles[i], R_OK) == 0)
			return bundles[i];
	if (access(X509_get_default_cert_file(), R_OK) == 0)
		return X509_get_default_cert_file();
	return NULL;
}

static int use_file(struct tls_store *s, X509_STORE *store, const char *file,
	struct error *e)
{
	int error = tls_bundle_new(&s->bundle, file, store, e);

	if (error < 0)
		return error;
	s->ca_file = str_dup(str_of(file));
	return s->ca_file ? 0 : error_memory(e);
}

static int use_directory(struct tls_store *s, X509_STORE *store,
	const char *directory, struct error *e)
{
	X509_LOOKUP *lookup = X509_STORE_add_lookup(
		store, X509_LOOKUP_hash_dir());

	s->ca_path = str_dup(str_of(directory));
	if (!lookup || !s->ca_path ||
		!X509_LOOKUP_add_dir(lookup, directory, X509_FILETYPE_PEM))
		return error_memory(e);
	return 0;
}

static int use_system(struct tls_store *s, X509_STORE *store, struct error *e)
{
	const char *found = system_directory();

	if (found)
		return use_directory(s, store, found, e);
	found = system_bundle();
	return found ? use_file(s, store, found, e) : 0;
}

/* A directory that is of no use is only an error when it stands alone: an
 * environment may well name one that is not there besides a file that is. */
static int check_directory(const struct tls_config *config, struct error *e)
{
	if (config->ca_file || has_usable(config->ca_path))
		return 0;
	return error_set(e, ERR_CA_FILE,
		"error setting certificate verify locations: CApath: %s: "
		"no certificates by hash are there; 'openssl rehash' makes "
		"such links",
		config->ca_path);
}

int tls_store_init(struct tls_store *s, X509_STORE *store,
	const struct tls_config *config, struct error *e)
{
	int error = 0;

	if (!config->ca_file && !config->ca_path)
		return use_system(s, store, e);
	if (config->ca_file)
		error = use_file(s, store, config->ca_file, e);
	if (error == 0 && config->ca_path) {
		error = check_directory(config, e);
		if (error == 0)
			error = use_directory(s, store, config->ca_path, e);
	}
	return error;
}

/* All of them into `store`: how many, or -1 when one is damaged. */
static int read_crls(BIO *in, X509_STORE *store)
{
	X509_CRL *crl;
	bool added = true;
	int n = 0;

	ERR_clear_error();
	while (added && (crl = PEM_read_bio_X509_CRL(in, NULL, NULL, NULL))) {
		added = X509_STORE_add_crl(store, crl);
		X509_CRL_free(crl);
		n++;
	}
	if (ERR_GET_REASON(ERR_peek_last_error()) != PEM_R_NO_START_LINE)
		n = -1;
	ERR_clear_error();
	return n;
}

int tls_store_add_crls(X509_STORE *store, const char *file, struct error *e)
{
	BIO *in = BIO_new_file(file, "r");
	int unreadable = in ? 0 : errno;
	int n = in ? read_crls(in, store) : 0;

	BIO_free(in);
	if (n > 0)
		return 0;
	ERR_clear_error();
	return error_set(e, ERR_CRL_FILE, "error loading CRL file: %s: %s",
		file,
		unreadable      ? error_system(unreadable)
			: n < 0 ? "a CRL in it is damaged"
				: "no CRL in PEM is in it");
}

void tls_store_fini(struct tls_store *s)
{
	free(s->ca_file);
	free(s->ca_path);
	tls_bundle_free(s->bundle);
}
