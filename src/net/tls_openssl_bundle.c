#include "net/tls_openssl_bundle.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/base64.h"
#include "base/compat.h"
#include "net/tls_openssl_subject.h"

#define BUNDLE_MAX (64u << 20)
#define READ_SIZE (256u << 10)

/* The lines in which subjects are looked for: nine of ten end within the first
 * eight, nearly all within sixteen. */
static const int lines_tried[] = { 8, 16 };

#define BEGIN STR("-----BEGIN ")
#define END STR("-----END ")

/* One certificate of the file. */
struct entry {
	struct str pem; /* with its BEGIN and END lines */
	uint64_t subject; /* its fingerprint */
	bool decoded; /* or found to be undecodable */
	X509 *certificate; /* owned, and in the store; NULL before, and when
			    * undecodable */
};

struct tls_bundle {
	struct buf text;
	struct entry *entries; /* in the order of `subject` */
	size_t n, room;
	X509_LOOKUP_METHOD *method;
	pthread_mutex_t lock; /* of the entries, after tls_bundle_new */
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

static bool is_certificate(struct str label)
{
	return str_starts(label, STR("CERTIFICATE-----")) ||
		str_starts(label, STR("X509 CERTIFICATE-----")) ||
		str_starts(label, STR("TRUSTED CERTIFICATE-----"));
}

/* Find the next `mark` in `text` from `from` on: its offset, or text.n. */
static size_t find_mark(struct str text, size_t from, struct str mark)
{
	while (from < text.n) {
		ssize_t dash = str_find(str_from(text, from), '-');

		if (dash < 0)
			break;
		from += (size_t)dash;
		if (str_starts(str_from(text, from), mark))
			return from;
		from++;
	}
	return text.n;
}

/* Where the line of the END mark ends, for the block that begins at `at`. */
static size_t end_of_block(struct str text, size_t at)
{
	size_t end = find_mark(text, at + BEGIN.n, END);
	ssize_t line = str_find(str_from(text, end), '\n');

	return line < 0 ? text.n : end + (size_t)line + 1;
}

/* Decode the first `lines` lines of base64 behind the BEGIN line. */
static bool decode_lines(struct buf *der, struct str pem, int lines)
{
	struct str line;

	buf_clear(der);
	str_cut(pem, '\n', &line, &pem);
	while (lines-- && str_cut(pem, '\n', &line, &pem) &&
		!str_starts(line, END)) {
		if (line.n && line.p[line.n - 1] == '\r')
			line.n--;
		if (!base64_decode(der, str_trim(line)))
			return false;
	}
	return !der->failed;
}

static void decode(struct entry *entry)
{
	BIO *in = BIO_new_mem_buf(entry->pem.p, (int)entry->pem.n);

	if (!in)
		return;
	entry->decoded = true;
	entry->certificate = PEM_read_bio_X509_AUX(in, NULL, NULL, NULL);
	BIO_free(in);
	ERR_clear_error();
}

static bool name_fingerprint(const X509_NAME *name, uint64_t *fingerprint)
{
	const unsigned char *der;
	size_t n;

	return X509_NAME_get0_der(name, &der, &n) &&
		tls_subject_fingerprint(
			(struct str){ (const char *)der, n }, fingerprint);
}

/* Find the fingerprint without decoding more than needed. False when the entry
 * holds no certificate. */
static bool find_subject(struct entry *entry, struct buf *der)
{
	struct str name;

	for (size_t i = 0; i < sizeof(lines_tried) / sizeof(*lines_tried); i++)
		if (decode_lines(der, entry->pem, lines_tried[i]) &&
			tls_subject_find(buf_str(der), &name) &&
			tls_subject_fingerprint(name, &entry->subject))
			return true;
	/* A long subject, or PEM or BER as only OpenSSL reads them. */
	decode(entry);
	return entry->certificate &&
		name_fingerprint(X509_get_subject_name(entry->certificate),
			&entry->subject);
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

static void drop_last(struct tls_bundle *b)
{
	X509_free(b->entries[--b->n].certificate);
}

/* List the certificates of the text. 0 or -ERR_OUT_OF_MEMORY. */
static int index_text(struct tls_bundle *b, struct buf *der, struct error *e)
{
	struct str text = buf_str(&b->text);
	size_t at = 0;

	while ((at = find_mark(text, at, BEGIN)) < text.n) {
		size_t end = end_of_block(text, at);
		struct str pem = str_first(str_from(text, at), end - at);
		struct entry *entry;

		at = end;
		if (!is_certificate(str_from(pem, BEGIN.n)))
			continue;
		entry = add_entry(b);
		if (!entry)
			return error_memory(e);
		entry->pem = pem;
		if (!find_subject(entry, der))
			drop_last(b);
	}
	return 0;
}

static int index_file(struct tls_bundle *b, const char *file, struct error *e)
{
	struct buf der;
	int error;

	buf_init(&der, BUNDLE_MAX);
	error = index_text(b, &der, e);
	buf_fini(&der);
	if (error < 0)
		return error;
	/* A lone certificate will be needed, so it had better be one. */
	if (b->n == 1 && !b->entries[0].decoded)
		decode(&b->entries[0]);
	if (b->n == 0 || (b->n == 1 && !b->entries[0].certificate))
		return error_set(e, ERR_CA_FILE,
			"error setting certificate verify locations: "
			"CAfile: %s: no certificate in PEM is in it",
			file);
	return 0;
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

/* Put what is decoded already into the store, and all certificates that share
 * a subject: a store that has one asks for no other, so that adding them one by
 * one later would for a moment show other threads a part of them. */
static void store_first(struct tls_bundle *b, X509_STORE *store)
{
	qsort(b->entries, b->n, sizeof(b->entries[0]), compare);
	for (size_t i = 0; i < b->n; i++) {
		struct entry *entry = &b->entries[i];

		if (!entry->decoded && has_twin(b, i))
			decode(entry);
		if (entry->certificate)
			X509_STORE_add_cert(store, entry->certificate);
	}
}

/* The certificate of the subject `name`, in the store from now on, or NULL. */
static X509 *find_certificate(
	struct tls_bundle *b, X509_STORE *store, const X509_NAME *name)
{
	struct entry wanted = { .decoded = false }, *entry;

	if (!name_fingerprint(name, &wanted.subject))
		return NULL;
	entry = bsearch(&wanted, b->entries, b->n, sizeof(wanted), compare);
	if (!entry)
		return NULL;
	if (!entry->decoded) {
		decode(entry);
		if (entry->certificate)
			X509_STORE_add_cert(store, entry->certificate);
	}
	if (!entry->certificate ||
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
	if (!found || !X509_OBJECT_set1_X509(result, found))
		return 0;
	/* A lookup hands out what the store owns, without a reference. */
	X509_free(found);
	return 1;
}

static int add_to(struct tls_bundle *b, X509_STORE *store, struct error *e)
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
	store_first(b, store);
	return 0;
}

void tls_bundle_free(struct tls_bundle *b)
{
	if (!b)
		return;
	while (b->n)
		drop_last(b);
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
		error = index_file(b, file, e);
	if (error == 0)
		error = add_to(b, store, e);
	if (error < 0)
		tls_bundle_free(b);
	else
		*out = b;
	return error;
}
