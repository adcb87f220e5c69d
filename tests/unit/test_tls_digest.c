/* Digests and random bytes of the module "tls". */
#include "net/digest.h"

#include "base/buf.h"
#include "base/module.h"
#include "net/tls.h"
#include "support/table.h"

static const struct digest_functions *digests;

struct digest_row {
	const char *name;
	enum digest digest;
	const char *text;
	const char *expected;
};

#define LONG "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"

static const struct digest_row digest_rows[] = {
	{ "MD5 of nothing, RFC 1321", DIGEST_MD5, "",
		"d41d8cd98f00b204e9800998ecf8427e" },
	{ "MD5, RFC 1321", DIGEST_MD5, "message digest",
		"f96b697d7cb7938d525a2f31aaf161d0" },
	{ "SHA-256 of nothing", DIGEST_SHA256, "",
		"e3b0c44298fc1c149afbf4c8996fb924"
		"27ae41e4649b934ca495991b7852b855" },
	{ "SHA-256, FIPS 180-4", DIGEST_SHA256, LONG,
		"248d6a61d20638b8e5c026930c3e6039"
		"a33ce45964ff2167f6ecedd419db06c1" },
	{ "SHA-1, FIPS 180-4", DIGEST_SHA1, "abc",
		"a9993e364706816aba3e25717850c26c9cd0d89d" },
	{ "SHA-384, FIPS 180-4", DIGEST_SHA384, "abc",
		"cb00753f45a35e8bb5a03d699ac65007272c32ab0eded163"
		"1a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7" },
	{ "SHA-512, FIPS 180-4", DIGEST_SHA512, "abc",
		"ddaf35a193617abacc417349ae204131"
		"12e6fa4e89a97ea20a9eeee64b55d39a"
		"2192992a274fc1a836ba3c23a3feebbd"
		"454d4423643ce80e2a9ac94fa54ca49f" },
	{ "SHA-512-256 of nothing", DIGEST_SHA512_256, "",
		"c672b8d1ef56ed28ab87c3622c511406"
		"9bdd3ad7b8f9737498d0c01ecef0967a" },
	{ "SHA-512-256, FIPS 180-4", DIGEST_SHA512_256, "abc",
		"53048e2681941ef99b2e29b76b4c7dab"
		"e4c2d0c634fc6d46e0e2f13107e7af23" },
};

static const char blank[DIGEST_HEX_SIZE];

static void test_digest(const void *row)
{
	const struct digest_row *r = row;
	size_t n = strlen(r->text);
	char *text = exact_copy(r->text, n);
	char *hex = exact_copy(blank, DIGEST_HEX_SIZE);

	assert_int_equal(
		digests->digest(r->digest, (struct str){ text, n }, hex, NULL),
		0);
	assert_string_equal(hex, r->expected);
	free(hex);
	free(text);
}

/* The same, cut in two at every place. */
static void test_pieces(const void *row)
{
	const struct digest_row *r = row;
	size_t n = strlen(r->text);
	char *hex = exact_copy(blank, DIGEST_HEX_SIZE);

	for (size_t cut = 0; cut <= n; cut++) {
		char *front = exact_copy(r->text, cut);
		char *back = exact_copy(r->text + cut, n - cut);
		struct digest_state *state = digests->begin(r->digest, NULL);

		assert_non_null(state);
		assert_int_equal(
			digests->add(state, (struct str){ front, cut }, NULL),
			0);
		assert_int_equal(digests->add(state,
					 (struct str){ back, n - cut }, NULL),
			0);
		assert_int_equal(digests->end(state, hex, NULL), 0);
		assert_string_equal(hex, r->expected);
		digests->free(state);
		free(front);
		free(back);
	}
	digests->free(digests->begin(r->digest, NULL));
	digests->free(NULL);
	free(hex);
}

struct hmac_row {
	const char *name;
	const char *key;
	size_t key_n; /* times, when the key is one byte */
	const char *text;
	const char *expected;
};

/* RFC 4231 section 4; the first is of Python's hmac. */
static const struct hmac_row hmac_rows[] = {
	{ "no key, no text", "", 0, "",
		"b613679a0814d9ec772f95d778c35fc5"
		"ff1697c493715653c6c712144292c5ad" },
	{ "RFC 4231, case 1", "\x0b", 20, "Hi There",
		"b0344c61d8db38535ca8afceaf0bf12b"
		"881dc200c9833da726e9376c2e32cff7" },
	{ "RFC 4231, case 2", "Jefe", 1, "what do ya want for nothing?",
		"5bdcc146bf60754e6a042426089575c7"
		"5a003f089d2739839dec58b964ec3843" },
	{ "RFC 4231, case 6", "\xaa", 131,
		"Test Using Larger Than Block-Size Key - Hash Key First",
		"60e431591ee0b67f0d8a26aacbf5b77f"
		"8e0bc6213728c5140546040f0ee37f54" },
};

static void test_hmac(const void *row)
{
	const struct hmac_row *r = row;
	unsigned char *mac = (unsigned char *)exact_copy(
		blank, DIGEST_MAC_SIZE);
	struct buf key, hex;

	buf_init(&key, 1000);
	buf_init(&hex, 1000);
	for (size_t i = 0; i < r->key_n; i++)
		buf_add_text(&key, r->key);
	assert_int_equal(
		digests->hmac_sha256(buf_str(&key), str_of(r->text), mac, NULL),
		0);
	for (size_t i = 0; i < DIGEST_MAC_SIZE; i++)
		buf_printf(&hex, "%02x", mac[i]);
	assert_string_equal(buf_text(&hex), r->expected);
	buf_fini(&key);
	buf_fini(&hex);
	free(mac);
}

/* Each value comes up among so many, and no two draws are alike. */
static void test_random(const void *row)
{
	enum { N = 1 << 16 };
	bool seen[256] = { false };
	char *one = exact_copy("", 0), *two;

	(void)row;
	assert_int_equal(digests->random(one, 0, NULL), 0);
	free(one);
	one = calloc(1, N);
	two = calloc(1, N);
	assert_true(one && two);
	assert_int_equal(digests->random(one, N, NULL), 0);
	assert_int_equal(digests->random(two, N, NULL), 0);
	assert_memory_not_equal(one, two, N);
	for (size_t i = 0; i < N; i++)
		seen[(unsigned char)one[i]] = true;
	for (size_t i = 0; i < 256; i++)
		assert_true(seen[i]);
	free(one);
	free(two);
}

int main(void)
{
	static const struct table tables[] = {
		TABLE("digest", digest_rows, test_digest),
		TABLE("begin, add, end", digest_rows, test_pieces),
		TABLE("hmac_sha256", hmac_rows, test_hmac),
		SINGLE("random", test_random),
	};
	const struct tls_functions *tls;
	struct error e = { 0 };

	module_set_dir(getenv("MODULE_DIR"));
	tls = tls_load(&e);
	if (!tls) {
		print_error("%s\n", e.text);
		return 1;
	}
	digests = tls->digests;
	return table_run("tls_digest", tables, 4);
}
