#include "net/tls_openssl_bundle.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/compat.h"
#include "net/tls_openssl_pem.h"
#include "net/tls_openssl_subject.h"

#define BUNDLE_MAX (64u << 20)
#define READ_SIZE (256u << 10)

/* A lone certificate will be needed, so it is not listed first. */
#define LISTED_MIN 2

/* One certificate of the file. */
struct entry {
	struct str pem; /* with its BEGIN and END lines */
	uint64_t subject; /* its fingerprint */
	X509 *certificate; /* owned, and in the store; NULL before */
};

struct tls_bundle {
	struct buf text;
	struct entry *entries; /* in the order of `subject` */
	size_t n, room;
	X509_LOOKUP_METHOD *method;
	pthread_mutex_t lock; /* of what follows and the entries, after
			       * tls_bundle_new */
	bool loaded; /* all that is in `text` is in the store */
};

static int read_file(struct buf *text, const char *file, struct error *e)
{
	int fd = open(file, O_RDONLY | O_CLOEXEC);
	ssize_t got = fd < 0 ? -1 : 1;

	while (got > 0) {
		char *to = buf_reserve(text, READ_SIZE);

		if (!to)
			break;
		got = read(fd, to, READ_SIZE);
		if (got > 0)
			text->n += (size_t)got;
		else if (got < 0 && errno == EINTR)
			got = 1;
	}
	if (got < 0)
		error_set(e, ERR_CA_FILE,
			"error setting certificate verify locations: "
			"CAfile: %s: %s",
			file, error_system(errno));
	if (fd >= 0)
		close(fd);
	return got < 0 ? -ERR_CA_FILE : buf_check(text, "CA file", e);
}

static bool decode(struct entry *entry)
{
	BIO *in = BIO_new_mem_buf(entry->pem.p, (int)entry->pem.n);

	if (in)
		entry->certificate = PEM_read_bio_X509(in, NULL, NULL, NULL);
	BIO_free(in);
	return entry->certificate != NULL;
}

/* Decode it, and put it into `store`. */
static bool use(struct entry *entry, X509_STORE *store)
{
	return entry->certificate ||
		(decode(entry) &&
			X509_STORE_add_cert(store, entry->certificate));
}

static bool name_fingerprint(const X509_NAME *name, uint64_t *fingerprint)
{
	const unsigned char *der;
	size_t n;

	return X509_NAME_get0_der(name, &der, &n) &&
		tls_subject_fingerprint(
			(struct str){ (const char *)der, n }, fingerprint);
}

static struct entry *add_entry(struct tls_bundle *b)
{
	if (b->n == b->room) {
		size_t room = b->room ? 2 * b->room : 256;
		struct entry *more = realloc(b->entries, room * sizeof(*more));

		if (!more)
			return NULL;
		b->entries = more;
		b->room = room;
	}
	memset(&b->entries[b->n], 0, sizeof(b->entries[0]));
	return &b->entries[b->n++];
}

/* List the certificates of the text. 1; 0 when there is doubt about one, or no
 * use in a list; or -ERR_OUT_OF_MEMORY. */
static int index_text(struct tls_bundle *b, struct error *e)
{
	struct str text = buf_str(&b->text), pem, name;
	enum tls_pem next;
	struct buf der;
	int result = 1;

	buf_init(&der, BUNDLE_MAX);
	while (result == 1 &&
		(next = tls_pem_next(&text, &pem, &der)) != TLS_PEM_END) {
		struct entry *entry;
		uint64_t subject;

		if (next == TLS_PEM_DOUBT ||
			!tls_subject_find(buf_str(&der), &name) ||
			!tls_subject_fingerprint(name, &subject))
			result = 0;
		else if ((entry = add_entry(b)))
			*entry = (struct entry){ pem, subject, NULL };
		else
			result = error_memory(e);
	}
	buf_fini(&der);
	return result == 1 && b->n < LISTED_MIN ? 0 : result;
}

static int file_error(const char *file, const char *words, struct error *e)
{
	return error_set(e, ERR_CA_FILE,
		"error setting certificate verify locations: CAfile: %s: %s",
		file, words);
}

/* Why OpenSSL could not use what is in the file. */
static int damage(const char *file, struct error *e)
{
	unsigned long code = ERR_peek_last_error();
	const char *reason = code ? ERR_reason_error_string(code) : NULL;

	ERR_clear_error();
	if (ERR_GET_REASON(code) == ERR_R_MALLOC_FAILURE)
		return error_memory(e);
	file_error(file, "what is in it in PEM is damaged", e);
	if (reason)
		error_add(e, ": %s", reason);
	return -ERR_CA_FILE;
}

static bool add_info(X509_STORE *store, const X509_INFO *info)
{
	return (!info->x509 || X509_STORE_add_cert(store, info->x509)) &&
		(!info->crl || X509_STORE_add_crl(store, info->crl));
}

/* Put all certificates and CRLs of the text into `store`, as OpenSSL does with
 * a file: how many, or -1 when one is damaged. */
static int load(const struct tls_bundle *b, X509_STORE *store)
{
	static char no_password[] = "";
	BIO *in = BIO_new_mem_buf(b->text.p, (int)b->text.n);
	STACK_OF(X509_INFO) *all =
		in ? PEM_X509_INFO_read_bio(in, NULL, NULL, no_password) : NULL;
	int n = all ? 0 : -1;

	for (int i = 0; n >= 0 && i < sk_X509_INFO_num(all); i++) {
		const X509_INFO *info = sk_X509_INFO_value(all, i);

		if (!add_info(store, info))
			n = -1;
		else if (info->x509 || info->crl)
			n++;
	}
	sk_X509_INFO_pop_free(all, X509_INFO_free);
	BIO_free(in);
	return n;
}

static int load_file(struct tls_bundle *b, const char *file, X509_STORE *store,
	struct error *e)
{
	int n;

	ERR_clear_error();
	b->loaded = true;
	n = load(b, store);
	buf_fini(&b->text);
	if (n < 0)
		return damage(file, e);
	ERR_clear_error();
	return n ? 0 : file_error(file, "no certificate in PEM is in it", e);
}

static int compare(const void *a, const void *b)
{
	uint64_t x = ((const struct entry *)a)->subject;
	uint64_t y = ((const struct entry *)b)->subject;

	return x < y ? -1 : x > y;
}

/* Whether another entry has the fingerprint of number `i`. */
static bool has_twin(const struct tls_bundle *b, size_t i)
{
	return (i > 0 && compare(&b->entries[i], &b->entries[i - 1]) == 0) ||
		(i + 1 < b->n &&
			compare(&b->entries[i], &b->entries[i + 1]) == 0);
}

/* Put all certificates that share a subject into the store: one that has one
 * asks for no other, so that adding them one by one later would for a moment
 * show other threads a part of them. */
static bool store_twins(struct tls_bundle *b, X509_STORE *store)
{
	qsort(b->entries, b->n, sizeof(b->entries[0]), compare);
	for (size_t i = 0; i < b->n; i++)
		if (has_twin(b, i) && !use(&b->entries[i], store))
			return false;
	return true;
}

/* The certificate of the subject `name` out of `store`, or NULL. */
static X509 *find_stored(X509_STORE *store, const X509_NAME *name)
{
	X509_OBJECT *found = NULL;

	if (X509_STORE_lock(store)) {
		found = X509_OBJECT_retrieve_by_subject(
			X509_STORE_get0_objects(store), X509_LU_X509, name);
		X509_STORE_unlock(store);
	}
	return found ? X509_OBJECT_get0_X509(found) : NULL;
}

/* The certificate of the subject `name`, in the store from now on, or NULL. For
 * a name that cannot be looked up surely all of them are put there. */
static X509 *find_certificate(
	struct tls_bundle *b, X509_STORE *store, const X509_NAME *name)
{
	struct entry wanted = { .certificate = NULL }, *entry;

	if (b->loaded)
		return NULL;
	if (!name_fingerprint(name, &wanted.subject)) {
		b->loaded = load(b, store) >= 0;
		return find_stored(store, name);
	}
	entry = bsearch(&wanted, b->entries, b->n, sizeof(wanted), compare);
	if (!entry || !use(entry, store) ||
		X509_NAME_cmp(
			X509_get_subject_name(entry->certificate), name) != 0)
		return NULL;
	return entry->certificate;
}

static int look_up(X509_LOOKUP *lookup, X509_LOOKUP_TYPE type,
	const X509_NAME *name, X509_OBJECT *result)
{
	struct tls_bundle *b = X509_LOOKUP_get_method_data(lookup);
	X509 *found;

	if (type != X509_LU_X509)
		return 0;
	pthread_mutex_lock(&b->lock);
	found = find_certificate(b, X509_LOOKUP_get_store(lookup), name);
	pthread_mutex_unlock(&b->lock);
	ERR_clear_error();
	if (!found || !X509_OBJECT_set1_X509(result, found))
		return 0;
	/* A lookup hands out what the store owns, without a reference. */
	X509_free(found);
	return 1;
}

static int add_to(struct tls_bundle *b, const char *file, X509_STORE *store,
	struct error *e)
{
	X509_LOOKUP *lookup;

	b->method = X509_LOOKUP_meth_new("bundle");
	if (!b->method ||
		!X509_LOOKUP_meth_set_get_by_subject(b->method, look_up))
		return error_memory(e);
	lookup = X509_STORE_add_lookup(store, b->method);
	if (!lookup)
		return error_memory(e);
	X509_LOOKUP_set_method_data(lookup, b);
	ERR_clear_error();
	return store_twins(b, store) ? 0 : damage(file, e);
}

void tls_bundle_free(struct tls_bundle *b)
{
	if (!b)
		return;
	while (b->n)
		X509_free(b->entries[--b->n].certificate);
	free(b->entries);
	buf_fini(&b->text);
	X509_LOOKUP_meth_free(b->method);
	pthread_mutex_destroy(&b->lock);
	free(b);
}

int tls_bundle_new(struct tls_bundle **out, const char *file, X509_STORE *store,
	struct error *e)
{
	struct tls_bundle *b = calloc(1, sizeof(*b));
	int error;

	if (!b)
		return error_memory(e);
	buf_init(&b->text, BUNDLE_MAX);
	pthread_mutex_init(&b->lock, NULL);
	error = read_file(&b->text, file, e);
	if (error == 0)
		error = index_text(b, e);
	if (error >= 0)
		error = error ? add_to(b, file, store, e)
			      : load_file(b, file, store, e);
	if (error < 0)
		tls_bundle_free(b);
	else
		*out = b;
	return error;
}
