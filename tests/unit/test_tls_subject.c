#include "net/tls_openssl_subject.h"

#include "support/table.h"

/* Pieces of DER: an element whose content has fewer than 128 bytes, the length
 * and the content given as literals. */
#define SEQUENCE(n, content) "\x30" n content
#define SET(n, content) "\x31" n content
#define COMMON_NAME "\x06\x03\x55\x04\x03"
#define ORGANISATION "\x06\x03\x55\x04\x0a"

/* Names of one attribute; `n` is that of the string, `n5`, `n7` and `n9` those
 * of what is around it. */
#define NAME(n9, n7, n5, type, tag, n, text) \
	SEQUENCE(n9, SET(n7, SEQUENCE(n5, type tag n text)))
#define UTF8 "\x0c"
#define PRINTABLE "\x13"
#define BMP "\x1e"
#define UNIVERSAL "\x1c"
#define CA_UTF8 NAME("\x0e", "\x0c", "\x0a", COMMON_NAME, UTF8, "\x03", "C A")

#define HEAD                                                      \
	"\x02\x01\x07" /* serial number */                        \
		SEQUENCE("\x02", "\x05\x00") SEQUENCE("\x00", "") \
			SEQUENCE("\x00", "")
#define VERSION_3 "\xa0\x03\x02\x01\x02"

/* Bytes, NULs among them, and their number. */
#define CASE(text) text, sizeof(text) - 1

struct find_case {
	const char *name;
	const char *der;
	size_t n;
	const char *subject; /* NULL: none is found */
	size_t subject_n;
};

static const struct find_case finds[] = {
	{ "version 3", CASE("\x30\x24\x30\x22" VERSION_3 HEAD CA_UTF8),
		CASE(CA_UTF8) },
	{ "version 1", CASE("\x30\x1f\x30\x1d" HEAD CA_UTF8), CASE(CA_UTF8) },
	{ "the rest behind it",
		CASE("\x30\x28\x30\x24" VERSION_3 HEAD CA_UTF8
		     "\x05\x00\x30\x00"),
		CASE(CA_UTF8) },
	{ "the rest missing",
		CASE("\x30\x82\x10\x00\x30\x82\x08\x00" VERSION_3 HEAD CA_UTF8),
		CASE(CA_UTF8) },
	{ "an empty subject",
		CASE("\x30\x0f\x30\x0d" HEAD SEQUENCE("\x00", "")),
		CASE("\x30\x00") },
	{ "the subject behind the end",
		CASE("\x30\x16\x30\x14" VERSION_3 HEAD CA_UTF8), NULL, 0 },
	{ "nothing", CASE(""), NULL, 0 },
	{ "an indefinite length",
		CASE("\x30\x80\x30\x80" VERSION_3 HEAD CA_UTF8), NULL, 0 },
	{ "a length of four bytes",
		CASE("\x30\x84\x00\x00\x00\x22\x30\x1d" HEAD CA_UTF8), NULL,
		0 },
	{ "a length past all", CASE("\x30\x1f\x30\x1d\x02\x83\xff\xff\xff"),
		NULL, 0 },
	{ "no certificate", CASE("\x30\x03\x02\x01\x07"), NULL, 0 },
	{ "text", CASE("-----BEGIN CERTIFICATE-----"), NULL, 0 },
};

static void test_find(const void *row)
{
	const struct find_case *c = row;
	char *der = exact_copy(c->der, c->n);
	struct str name;

	assert_int_equal(tls_subject_find((struct str){ der, c->n }, &name),
		c->subject != NULL);
	if (c->subject) {
		assert_int_equal(name.n, c->subject_n);
		assert_memory_equal(name.p, c->subject, name.n);
	}
	free(der);
}

/* Without its last bytes a subject is found whole or not at all. */
static void test_find_cut(const void *row)
{
	const struct find_case *c = row;

	for (size_t n = 0; n < c->n; n++) {
		char *der = exact_copy(c->der, n);
		struct str name;

		if (tls_subject_find((struct str){ der, n }, &name)) {
			assert_non_null(c->subject);
			assert_int_equal(name.n, c->subject_n);
			assert_memory_equal(name.p, c->subject, name.n);
		}
		free(der);
	}
}

struct fingerprint_case {
	const char *name;
	const char *a, *b; /* two Names */
	size_t a_n, b_n;
	bool equal;
};

#define PAIR(a, b) a, b, sizeof(a) - 1, sizeof(b) - 1

static const struct fingerprint_case fingerprints[] = {
	{ "itself", PAIR(CA_UTF8, CA_UTF8), true },
	{ "another case",
		PAIR(CA_UTF8,
			NAME("\x0e", "\x0c", "\x0a", COMMON_NAME, UTF8, "\x03",
				"c a")),
		true },
	{ "other spacing",
		PAIR(CA_UTF8,
			NAME("\x10", "\x0e", "\x0c", COMMON_NAME, UTF8, "\x05",
				"C  A ")),
		true },
	{ "PrintableString",
		PAIR(CA_UTF8,
			NAME("\x0e", "\x0c", "\x0a", COMMON_NAME, PRINTABLE,
				"\x03", "C A")),
		true },
	{ "BMPString",
		PAIR(CA_UTF8,
			NAME("\x11", "\x0f", "\x0d", COMMON_NAME, BMP, "\x06",
				"\0C\0 \0A")),
		true },
	{ "UniversalString",
		PAIR(CA_UTF8,
			NAME("\x17", "\x15", "\x13", COMMON_NAME, UNIVERSAL,
				"\x0c", "\0\0\0C\0\0\0 \0\0\0A")),
		true },
	{ "a BMPString of other characters",
		PAIR(NAME("\x0d", "\x0b", "\x09", COMMON_NAME, UTF8, "\x02",
			     "CA"),
			NAME("\x0d", "\x0b", "\x09", COMMON_NAME, BMP, "\x02",
				"CA")),
		false },
	{ "another name",
		PAIR(CA_UTF8,
			NAME("\x0e", "\x0c", "\x0a", COMMON_NAME, UTF8, "\x03",
				"C B")),
		false },
	{ "another attribute",
		PAIR(CA_UTF8,
			NAME("\x0e", "\x0c", "\x0a", ORGANISATION, UTF8, "\x03",
				"C A")),
		false },
};

static bool fingerprint_of(const char *name, size_t n, uint64_t *fingerprint)
{
	char *copy = exact_copy(name, n);
	bool found = tls_subject_fingerprint(
		(struct str){ copy, n }, fingerprint);

	free(copy);
	return found;
}

static void test_fingerprint(const void *row)
{
	const struct fingerprint_case *c = row;
	uint64_t a, b;

	assert_true(fingerprint_of(c->a, c->a_n, &a));
	assert_true(fingerprint_of(c->b, c->b_n, &b));
	assert_int_equal(a == b, c->equal);
}

struct malformed_case {
	const char *name;
	const char *der;
	size_t n;
};

static const struct malformed_case malformed[] = {
	{ "nothing", CASE("") },
	{ "no SEQUENCE", CASE("\x31\x00") },
	{ "no SET", CASE("\x30\x02\x30\x00") },
	{ "a SET that is cut", CASE("\x30\x02\x31\x05") },
	{ "an attribute that is cut",
		CASE(SEQUENCE("\x04", SET("\x02", "\x30\x05"))) },
	{ "no type",
		CASE(SEQUENCE("\x07",
			SET("\x05",
				SEQUENCE("\x03",
					UTF8 "\x01"
					     "A")))) },
	{ "no value",
		CASE(SEQUENCE(
			"\x09", SET("\x07", SEQUENCE("\x05", COMMON_NAME)))) },
	{ "a value that is cut",
		CASE(NAME("\x0c", "\x0a", "\x08", COMMON_NAME, UTF8, "\x09",
			"A")) },
	{ "bytes behind the value",
		CASE(NAME("\x0d", "\x0b", "\x09", COMMON_NAME, UTF8, "\x01",
			"AB")) },
};

static void test_malformed(const void *row)
{
	const struct malformed_case *c = row;
	uint64_t fingerprint;

	assert_false(fingerprint_of(c->der, c->n, &fingerprint));
}

int main(void)
{
	const struct table tables[] = {
		TABLE("find", finds, test_find),
		TABLE("find in a cut one", finds, test_find_cut),
		TABLE("fingerprint", fingerprints, test_fingerprint),
		TABLE("fingerprint of a malformed name", malformed,
			test_malformed),
	};

	return table_run(
		"tls_subject", tables, sizeof(tables) / sizeof(*tables));
}
