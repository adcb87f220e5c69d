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

/* Bytes, NULs among them, and their number. */
#define CASE(text) text, sizeof(text) - 1

/* A certificate is put together from these. */
enum piece {
	FORMAT, /* its version */
	SERIAL,
	ALGORITHM,
	ISSUER,
	VALIDITY,
	SUBJECT,
	KEY,
	EXTENSIONS, /* the last of what is signed */
	ALGORITHM_AGAIN,
	SIGNATURE,
	N_PIECES,
	BEHIND /* all of it */
};

#define OID "\x06\x03\x2a\x03\x04"
#define UTC "\x17\x0d\x32\x36\x30\x31\x30\x31\x30\x30\x30\x30\x30\x30Z"
#define GENERALIZED \
	"\x18\x0f\x32\x30\x32\x36\x30\x31\x30\x31\x30\x30\x30\x30\x30\x30Z"
#define BITS "\x03\x02\x00\x07"

static const struct {
	const char *der;
	size_t n;
} usual[N_PIECES] = {
	[FORMAT] = { CASE("\xa0\x03\x02\x01\x02") },
	[SERIAL] = { CASE("\x02\x01\x07") },
	[ALGORITHM] = { CASE(SEQUENCE("\x05", OID)) },
	[ISSUER] = { CASE(CA_UTF8) },
	[VALIDITY] = { CASE(SEQUENCE("\x1e", UTC UTC)) },
	[SUBJECT] = { CASE(CA_UTF8) },
	[KEY] = { CASE(SEQUENCE("\x0b", SEQUENCE("\x05", OID) BITS)) },
	[EXTENSIONS] = { CASE("\xa3\x0b" SEQUENCE(
		"\x09", SEQUENCE("\x07", OID "\x04\x00"))) },
	[ALGORITHM_AGAIN] = { CASE(SEQUENCE("\x05", OID)) },
	[SIGNATURE] = { CASE(BITS) },
};

/* A certificate with one piece in another form. */
static const struct find_case {
	const char *name;
	enum piece piece;
	const char *der;
	size_t n;
	bool found;
} finds[] = {
	{ "version 3", BEHIND, CASE(""), true },
	{ "version 1", FORMAT, CASE(""), true },
	{ "a version of no digits", FORMAT, CASE("\xa0\x02\x02\x00"), false },
	{ "two versions", FORMAT, CASE("\xa0\x06\x02\x01\x02\x02\x01\x02"),
		false },
	{ "a long number", SERIAL, CASE("\x02\x03\x00\x80\x00"), true },
	{ "a negative number", SERIAL, CASE("\x02\x02\xff\x00"), true },
	{ "a number with a zero too many", SERIAL, CASE("\x02\x02\x00\x7f"),
		false },
	{ "a negative number with a byte too many", SERIAL,
		CASE("\x02\x02\xff\x80"), false },
	{ "no number", SERIAL, CASE(""), false },
	{ "a parameter of NULL", ALGORITHM,
		CASE(SEQUENCE("\x07", OID "\x05\x00")), true },
	{ "a NULL of a byte", ALGORITHM,
		CASE(SEQUENCE("\x08", OID "\x05\x01\x00")), false },
	{ "a parameter of an OID", ALGORITHM, CASE(SEQUENCE("\x0a", OID OID)),
		true },
	{ "a parameter of a SEQUENCE", ALGORITHM,
		CASE(SEQUENCE("\x0a", OID SEQUENCE("\x03", "\x0c\x7f\x00"))),
		true },
	{ "a parameter of something else", ALGORITHM,
		CASE(SEQUENCE("\x08", OID "\x02\x01\x01")), false },
	{ "two parameters", ALGORITHM,
		CASE(SEQUENCE("\x09", OID "\x05\x00\x05\x00")), false },
	{ "an algorithm without a number", ALGORITHM,
		CASE(SEQUENCE("\x02", "\x06\x00")), false },
	{ "one that is cut", ALGORITHM,
		CASE(SEQUENCE("\x04", "\x06\x02\x2a\x83")), false },
	{ "one that begins with zeros", ALGORITHM,
		CASE(SEQUENCE("\x05", "\x06\x03\x2a\x80\x01")), false },
	{ "zeros inside of one", ALGORITHM,
		CASE(SEQUENCE("\x05", "\x06\x03\x81\x80\x01")), true },
	{ "an issuer in a wide string", ISSUER,
		CASE(NAME("\x0d", "\x0b", "\x09", COMMON_NAME, BMP, "\x02",
			"\0C")),
		false },
	{ "times of another kind", VALIDITY,
		CASE(SEQUENCE("\x22", GENERALIZED GENERALIZED)), true },
	{ "times of both kinds", VALIDITY,
		CASE(SEQUENCE("\x20", UTC GENERALIZED)), true },
	{ "a time that is short", VALIDITY,
		CASE(SEQUENCE("\x11", UTC "\x17\x00")), false },
	{ "one time", VALIDITY, CASE(SEQUENCE("\x0f", UTC)), false },
	{ "three times", VALIDITY, CASE(SEQUENCE("\x2d", UTC UTC UTC)), false },
	{ "an empty subject", SUBJECT, CASE(SEQUENCE("\x00", "")), true },
	{ "a subject of two attributes", SUBJECT,
		CASE(SEQUENCE("\x18",
			SET("\x0a",
				SEQUENCE("\x08", COMMON_NAME UTF8 "\x01\x43"))
				SET("\x0a",
					SEQUENCE("\x08",
						ORGANISATION UTF8
						"\x01\x43")))),
		true },
	{ "no subject", SUBJECT, CASE(""), false },
	{ "a subject with an indefinite length", SUBJECT,
		CASE("\x30\x80\x00\x00"), false },
	{ "a subject with a longer length", SUBJECT, CASE("\x30\x81\x00"),
		true },
	{ "one of four bytes", SUBJECT, CASE("\x30\x84\x00\x00\x00\x00"),
		false },
	{ "a length past all", SUBJECT, CASE("\x30\x83\xff\xff\xff"), false },
	{ "UTF-8 that is none", SUBJECT,
		CASE(NAME("\x0c", "\x0a", "\x08", COMMON_NAME, UTF8, "\x01",
			"\xff")),
		false },
	{ "a key of no bits", KEY,
		CASE(SEQUENCE("\x09", SEQUENCE("\x05", OID) "\x03\x00")),
		false },
	{ "eight bits that do not count", KEY,
		CASE(SEQUENCE(
			"\x0b", SEQUENCE("\x05", OID) "\x03\x02\x08\x07")),
		false },
	{ "something behind the key", KEY,
		CASE(SEQUENCE("\x0d", SEQUENCE("\x05", OID) BITS "\x05\x00")),
		false },
	{ "no extensions", EXTENSIONS, CASE(""), true },
	{ "a critical extension", EXTENSIONS,
		CASE("\xa3\x0e" SEQUENCE(
			"\x0c", SEQUENCE("\x0a", OID "\x01\x01\xff\x04\x00"))),
		true },
	{ "critical in two bytes", EXTENSIONS,
		CASE("\xa3\x0f" SEQUENCE("\x0d",
			SEQUENCE("\x0b", OID "\x01\x02\xff\xff\x04\x00"))),
		false },
	{ "an extension without a value", EXTENSIONS,
		CASE("\xa3\x09" SEQUENCE("\x07", SEQUENCE("\x05", OID))),
		false },
	{ "a unique identifier", EXTENSIONS, CASE("\x81\x02\x00\x07"), false },
	{ "something behind the extensions", EXTENSIONS,
		CASE("\xa3\x02\x30\x00\x05\x00"), false },
	{ "no second algorithm", ALGORITHM_AGAIN, CASE(""), false },
	{ "no signature", SIGNATURE, CASE(""), false },
	{ "something behind the signature", SIGNATURE, CASE(BITS "\x05\x00"),
		false },
	{ "a byte behind it", BEHIND, CASE("\0"), false },
};

/* Write the header of a SEQUENCE of `n` bytes; returns its bytes. */
static size_t put_header(char *to, size_t n)
{
	to[0] = '\x30';
	to[1] = '\x82';
	to[2] = (char)(n >> 8);
	to[3] = (char)n;
	return 4;
}

static void put_piece(const struct find_case *c, int i, char *to, size_t *n)
{
	bool changed = c->piece == (enum piece)i;
	const char *der = changed ? c->der : usual[i].der;
	size_t size = changed ? c->n : usual[i].n;

	memcpy(to + *n, der, size);
	*n += size;
}

/* The certificate of a row; returns its bytes. */
static size_t build(const struct find_case *c, char *out)
{
	char inner[256], outer[512];
	size_t inner_n = 0, outer_n, n;

	for (int i = FORMAT; i <= EXTENSIONS; i++)
		put_piece(c, i, inner, &inner_n);
	outer_n = put_header(outer, inner_n);
	memcpy(outer + outer_n, inner, inner_n);
	outer_n += inner_n;
	put_piece(c, ALGORITHM_AGAIN, outer, &outer_n);
	put_piece(c, SIGNATURE, outer, &outer_n);
	n = put_header(out, outer_n);
	memcpy(out + n, outer, outer_n);
	n += outer_n;
	if (c->piece == BEHIND) {
		memcpy(out + n, c->der, c->n);
		n += c->n;
	}
	return n;
}

static bool find_in(const char *der, size_t n, const struct find_case *c)
{
	char *copy = exact_copy(der, n);
	struct str name;
	bool found = tls_subject_find((struct str){ copy, n }, &name);

	if (found && c->piece == SUBJECT) {
		assert_int_equal(name.n, c->n);
		assert_memory_equal(name.p, c->der, name.n);
	} else if (found) {
		assert_int_equal(name.n, usual[SUBJECT].n);
		assert_memory_equal(name.p, usual[SUBJECT].der, name.n);
	}
	free(copy);
	return found;
}

static void test_find(const void *row)
{
	const struct find_case *c = row;
	char der[1024];
	size_t n = build(c, der);

	assert_int_equal(find_in(der, n, c), c->found);
}

static void test_find_cut(const void *row)
{
	const struct find_case *c = row;
	char der[1024];
	size_t whole = build(c, der);

	/* Without the byte behind it, it is one. */
	for (size_t n = 0; n < whole - (c->piece == BEHIND ? c->n : 0); n++)
		assert_false(find_in(der, n, c));
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
	{ "several in one RDN, in another order",
		PAIR(SEQUENCE("\x16",
			     SET("\x14",
				     SEQUENCE("\x08",
					     COMMON_NAME UTF8
					     "\x01\x41") SEQUENCE("\x08",
					     ORGANISATION UTF8 "\x01\x42"))),
			SEQUENCE("\x16",
				SET("\x14",
					SEQUENCE("\x08",
						ORGANISATION UTF8
						"\x01\x42") SEQUENCE("\x08",
						COMMON_NAME UTF8 "\x01\x41")))),
		true },
	{ "an RDN of nothing",
		PAIR(SEQUENCE("\x00", ""), SEQUENCE("\x02", SET("\x00", ""))),
		true },
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
	{ "bytes behind the name", CASE(CA_UTF8 "\0") },
	{ "a BMPString",
		CASE(NAME("\x0d", "\x0b", "\x09", COMMON_NAME, BMP, "\x02",
			"\0A")) },
	{ "a UniversalString",
		CASE(NAME("\x0f", "\x0d", "\x0b", COMMON_NAME, UNIVERSAL,
			"\x04", "\0\0\0A")) },
	{ "a string in parts",
		CASE(NAME("\x0e", "\x0c", "\x0a", COMMON_NAME, "\x2c", "\x03",
			UTF8 "\x01\x41")) },
	{ "UTF-8 that is none",
		CASE(NAME("\x0c", "\x0a", "\x08", COMMON_NAME, UTF8, "\x01",
			"\xe9")) },
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
		TABLE("fingerprint of a name in doubt", malformed,
			test_malformed),
	};

	return table_run(
		"tls_subject", tables, sizeof(tables) / sizeof(*tables));
}
