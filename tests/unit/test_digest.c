/* Digest challenges and credentials (RFC 7616). */
#include "policy/digest.h"

#include "support/hasher.h"
#include "support/table.h"

#define LONG_A \
	"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"

struct read_row {
	const char *name;
	const char *parameters;
	int error; /* an ERR_ code, then `expected` is in the message */
	/* realm|nonce|opaque|hash and flags: S session, P protects, T stale,
	 * U userhash, O opaque was given */
	const char *expected;
};

static const struct read_row read_rows[] = {
	{ "a nonce only", "nonce=\"n\"", 0, "|n||0" },
	{ "RFC 2069", "realm=\"r\", nonce=\"n\", opaque=\"o\"", 0, "r|n|o|0O" },
	{ "qop auth", "realm=\"r\", nonce=\"n\", qop=\"auth\"", 0, "r|n||0P" },
	{ "qop unquoted", "realm=r, nonce=n, qop=auth", 0, "r|n||0P" },
	{ "qop with others", "nonce=n, qop=\"crazy, auth,auth-int\"", 0,
		"|n||0P" },
	{ "qop AUTH", "nonce=n, qop=\"AUTH\"", 0, "|n||0P" },
	{ "qop that is not known", "nonce=n, qop=\"crazy\"", 0, "|n||0" },
	{ "qop empty", "nonce=n, qop=\"\"", 0, "|n||0" },
	{ "auth-int only", "nonce=n, qop=\"auth-int\"", ERR_NOT_BUILT_IN,
		"qop=auth-int only" },
	{ "auth-int and one not known", "nonce=n, qop=\"auth-int, crazy\"",
		ERR_NOT_BUILT_IN, "qop=auth-int only" },
	{ "MD5", "nonce=n, algorithm=MD5", 0, "|n||0" },
	{ "md5", "nonce=n, algorithm=md5", 0, "|n||0" },
	{ "quoted algorithm", "nonce=n, algorithm=\"SHA-256\"", 0, "|n||1" },
	{ "SHA-512-256", "nonce=n, algorithm=SHA-512-256", 0, "|n||2" },
	{ "MD5-sess", "nonce=n, algorithm=MD5-sess, qop=auth", 0, "|n||0SP" },
	{ "sha-256-SESS", "nonce=n, algorithm=sha-256-SESS, qop=auth", 0,
		"|n||1SP" },
	{ "SHA-512-256-sess", "nonce=n, algorithm=SHA-512-256-sess,qop=auth", 0,
		"|n||2SP" },
	{ "-sess without qop", "nonce=n, algorithm=MD5-sess", ERR_WEIRD_REPLY,
		"'MD5-sess', but not the qop" },
	{ "an algorithm that is not known", "nonce=n, algorithm=SHA-1",
		ERR_NOT_BUILT_IN, "algorithm 'SHA-1' is not supported" },
	{ "an empty algorithm", "nonce=n, algorithm=", ERR_NOT_BUILT_IN,
		"algorithm '' is" },
	{ "a long algorithm", "nonce=n, algorithm=" LONG_A "b",
		ERR_NOT_BUILT_IN, "'" LONG_A "'" },
	{ "stale", "nonce=n, stale=true", 0, "|n||0T" },
	{ "stale quoted in capitals", "nonce=n, stale=\"TRUE\"", 0, "|n||0T" },
	{ "stale false", "nonce=n, stale=false", 0, "|n||0" },
	{ "stale something", "nonce=n, stale=1", 0, "|n||0" },
	{ "userhash", "nonce=n, userhash=True", 0, "|n||0U" },
	{ "userhash false", "nonce=n, userhash=false", 0, "|n||0" },
	{ "others", "nonce=n, domain=\"/a /b\", charset=UTF-8, x=y", 0,
		"|n||0" },
	{ "names in capitals", "REALM=r, Nonce=n, OPAQUE=o", 0, "r|n|o|0O" },
	{ "an empty opaque", "nonce=n, opaque=\"\"", 0, "|n||0O" },
	{ "escaped characters", "realm=\"a\\\"b\\\\c\\d\", nonce=n", 0,
		"a\"b\\cd|n||0" },
	{ "commas and equals signs", "realm=\"a, nonce=b\", nonce=\"c=\"", 0,
		"a, nonce=b|c=||0" },
	{ "blanks instead of commas", "realm=\"r\" nonce=\"n\" qop=\"auth\"", 0,
		"r|n||0P" },
	{ "no nonce", "realm=\"r\"", ERR_WEIRD_REPLY, "has no nonce" },
	{ "nothing", "", ERR_WEIRD_REPLY, "has no nonce" },
	{ "two realms", "realm=\"r\", nonce=n, Realm=\"r\"", ERR_WEIRD_REPLY,
		"two parameters 'realm'" },
	{ "two that are not known", "nonce=n, x=1, x=2", 0, "|n||0" },
	{ "no parameter", "nonce=n, what, realm=r", ERR_WEIRD_REPLY,
		"byte 10 of the parameters of a Digest challenge: 'what, "
		"realm=r' is no parameter" },
	{ "a quote that is not closed", "nonce=\"n", ERR_WEIRD_REPLY,
		"byte 1 of" },
	{ "a token68", "YWJj==", ERR_WEIRD_REPLY, "has no nonce" },
};

static void describe(struct buf *out, const struct digest_challenge *c)
{
	buf_printf(out, "%.*s|%.*s|%.*s|%d%s%s%s%s%s",
		STR_FMT(digest_value(c, DIGEST_REALM)),
		STR_FMT(digest_value(c, DIGEST_NONCE)),
		STR_FMT(digest_value(c, DIGEST_OPAQUE)), (int)c->hash,
		c->session ? "S" : "", c->protects ? "P" : "",
		c->stale ? "T" : "", c->userhash ? "U" : "",
		c->given & 1u << DIGEST_OPAQUE ? "O" : "");
}

static void test_read(const void *row)
{
	const struct read_row *r = row;
	size_t n = strlen(r->parameters);
	char *copy = exact_copy(r->parameters, n);
	struct digest_challenge c;
	struct error e = { 0 };
	struct buf out;

	buf_init(&out, 1000);
	digest_init(&c);
	/* What was read before leaves no trace. */
	assert_int_equal(digest_read(&c,
				 STR("realm=x, nonce=x, opaque=x, qop=auth,"
				     "stale=true, userhash=true"),
				 &e),
		0);
	assert_int_equal(
		digest_read(&c, (struct str){ copy, n }, &e), -r->error);
	if (r->error) {
		assert_non_null(strstr(e.text, r->expected));
	} else {
		describe(&out, &c);
		assert_string_equal(buf_text(&out), r->expected);
	}
	digest_fini(&c);
	buf_fini(&out);
	free(copy);
}

static void test_read_cut(const void *row)
{
	const struct read_row *r = row;

	for (size_t n = 0; n < strlen(r->parameters); n++) {
		char *copy = exact_copy(r->parameters, n);
		struct digest_challenge c;
		struct error e = { 0 };
		int result;

		digest_init(&c);
		result = digest_read(&c, (struct str){ copy, n }, &e);
		assert_int_equal(e.code, -result);
		if (result == 0)
			assert_true(c.given & 1u << DIGEST_NONCE);
		digest_fini(&c);
		free(copy);
	}
}

static void test_read_long(const void *row)
{
	struct digest_challenge c;
	struct error e = { 0 };
	struct buf text;

	(void)row;
	digest_init(&c);
	buf_init(&text, 2 * LIMIT_CHALLENGE_VALUE);
	buf_add_text(&text, "nonce=\"");
	while (text.n < LIMIT_CHALLENGE_VALUE + 7)
		buf_add_char(&text, 'a');
	buf_add_char(&text, '"');
	assert_int_equal(digest_read(&c, buf_str(&text), &e), 0);
	assert_int_equal(
		digest_value(&c, DIGEST_NONCE).n, LIMIT_CHALLENGE_VALUE);
	text.p[text.n - 1] = 'a';
	buf_add_char(&text, '"');
	assert_int_equal(digest_read(&c, buf_str(&text), &e), -ERR_WEIRD_REPLY);
	assert_non_null(strstr(e.text,
		"'nonce' of a Digest challenge is "
		"larger than 8192 bytes"));
	buf_fini(&text);
	digest_fini(&c);
}

struct write_row {
	const char *name;
	const char *parameters;
	const char *method, *target, *user, *password;
	const char *cnonce;
	unsigned count;
	const char *expected;
};

#define RFC_NONCE "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v"
#define RFC_OPAQUE "FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"
#define RFC_CNONCE "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"
#define RFC_CHALLENGE(algorithm)                                    \
	"realm=\"http-auth@example.org\", qop=\"auth, auth-int\", " \
	"algorithm=" algorithm ", nonce=\"" RFC_NONCE               \
	"\", opaque=\"" RFC_OPAQUE "\""
#define RFC_ANSWER(algorithm, response)                                 \
	"Digest username=\"Mufasa\", realm=\"http-auth@example.org\", " \
	"nonce=\"" RFC_NONCE "\", uri=\"/dir/index.html\", "            \
	"cnonce=\"" RFC_CNONCE "\", nc=00000001, qop=auth, "            \
	"response=\"" response "\", opaque=\"" RFC_OPAQUE "\", "        \
	"algorithm=" algorithm

#define JASON_NONCE "5TsQWLVdgBdmrQ0XsxbDODV+57QdFR34I9HAbC/RVvkK"
#define JASON_OPAQUE "HRPCssKJSGjCrkzDg8OhwpzCiGPChXYjwrI2QmXDnsOS"
#define JASON_CNONCE "NTg6RKcb9boFIAS3KrFK9BGeh+iDa/sm6jUMp2wds69v"
#define JASON_USER "J\xc3\xa4s\xc3\xb8n Doe"
#define JASON_CHALLENGE                                                    \
	"realm=\"api@example.org\", qop=\"auth\", algorithm=SHA-512-256, " \
	"nonce=\"" JASON_NONCE "\", opaque=\"" JASON_OPAQUE "\", "         \
	"charset=UTF-8"
#define JASON_ANSWER(user, response)                                \
	"Digest username=\"" user "\", realm=\"api@example.org\", " \
	"nonce=\"" JASON_NONCE "\", uri=\"/doe.json\", "            \
	"cnonce=\"" JASON_CNONCE "\", nc=00000001, qop=auth, "      \
	"response=\"" response "\", opaque=\"" JASON_OPAQUE "\", "  \
	"algorithm=SHA-512-256"

static const struct write_row write_rows[] = {
	{ "RFC 7616 section 3.9.1, MD5", RFC_CHALLENGE("MD5"), "GET",
		"/dir/index.html", "Mufasa", "Circle of Life", RFC_CNONCE, 1,
		RFC_ANSWER("MD5", "8ca523f5e9506fed4657c9700eebdbec") },
	{ "RFC 7616 section 3.9.1, SHA-256", RFC_CHALLENGE("SHA-256"), "GET",
		"/dir/index.html", "Mufasa", "Circle of Life", RFC_CNONCE, 1,
		RFC_ANSWER("SHA-256",
			"753927fa0e85d155564e2e272a28d180"
			"2ca10daf4496794697cf8db5856cb6c1") },
	{ "RFC 7616 section 3.9.2 with erratum 4897",
		JASON_CHALLENGE ", userhash=true", "GET", "/doe.json",
		JASON_USER, "Secret, or not?", JASON_CNONCE, 1,
		JASON_ANSWER("793263caabb707a56211940d90411ea4"
			     "a575adeccb7e360aeb624ed06ece9b0b",
			"3798d4131c277846293534c3edc11bd8"
			"a5e4cdcbff78b05db9d95eeb1cec68a5") ", userhash=true" },
	{ "UTF-8 without userhash", JASON_CHALLENGE, "GET", "/doe.json",
		JASON_USER, "Secret, or not?", JASON_CNONCE, 1,
		JASON_ANSWER(JASON_USER,
			"3798d4131c277846293534c3edc11bd8"
			"a5e4cdcbff78b05db9d95eeb1cec68a5") },
	{ "without qop", "realm=\"testrealm\", nonce=\"2053604145\"", "GET",
		"/65", "testuser", "test2pass", "", 1,
		"Digest username=\"testuser\", realm=\"testrealm\", "
		"nonce=\"2053604145\", uri=\"/65\", "
		"response=\"66d68d3251f1839576ba7c766cf9205b\"" },
	{ "a quote in the target", "realm=\"testrealm\", nonce=\"1053604145\"",
		"GET", "/64\"", "testuser", "testpass", "", 1,
		"Digest username=\"testuser\", realm=\"testrealm\", "
		"nonce=\"1053604145\", uri=\"/64\\\"\", "
		"response=\"1ee14b238b3259f17602e9ce41491ef9\"" },
	{ "a target with a query", "realm=\"testrealm\", nonce=\"1\"", "GET",
		"/2076?query", "testuser", "testpass", "", 1,
		"Digest username=\"testuser\", realm=\"testrealm\", "
		"nonce=\"1\", uri=\"/2076?query\", "
		"response=\"5758bd3bbde7f33236e6ccd278eb59af\"" },
	{ "quotes in the realm",
		"realm=\"test \\\"this\\\" realm!!\", nonce=\"1053604145\"",
		"GET", "/1095", "testuser", "testpass", "", 1,
		"Digest username=\"testuser\", "
		"realm=\"test \\\"this\\\" realm!!\", nonce=\"1053604145\", "
		"uri=\"/1095\", "
		"response=\"df3246f44d2bc8de0e9f8fc4d7cf6e95\"" },
	{ "a quote and a backslash in the user name",
		"realm=\"testrealm\", nonce=\"1053604145\"", "GET", "/1229",
		"\\user\"", "password", "", 1,
		"Digest username=\"\\\\user\\\"\", realm=\"testrealm\", "
		"nonce=\"1053604145\", uri=\"/1229\", "
		"response=\"f2694d426040712584c156d3de72b8d6\"" },
	{ "line ends in the user name",
		"realm=\"testrealm%0a%0d\", nonce=\"1053604145\"", "GET", "/",
		"hello\n\r", "there", "", 1,
		"Digest username=\"hello%0A%0D\", "
		"realm=\"testrealm%0a%0d\", nonce=\"1053604145\", uri=\"/\", "
		"response=\"64e5ae1b90f05309847ac483c1094284\"" },
	{ "another method", "realm=\"testrealm\", nonce=\"1053604145\"", "PUT",
		"/88", "testuser", "testpass", "", 1,
		"Digest username=\"testuser\", realm=\"testrealm\", "
		"nonce=\"1053604145\", uri=\"/88\", "
		"response=\"78a49fa53d0c228778297687d4168e71\"" },
	{ "CONNECT", "realm=\"weirdorealm\", nonce=\"12345\"", "CONNECT",
		"test.remote.haxx.se.206:8990", "silly", "person", "", 1,
		"Digest username=\"silly\", realm=\"weirdorealm\", "
		"nonce=\"12345\", uri=\"test.remote.haxx.se.206:8990\", "
		"response=\"003e36decb4dbf6366b3ecb9b87c24ec\"" },
	{ "SHA-256 without qop",
		"realm=\"testrealm\", nonce=\"1053604145\", "
		"algorithm=\"SHA-256\"",
		"GET", "/2061", "testuser", "testpass", "", 1,
		"Digest username=\"testuser\", realm=\"testrealm\", "
		"nonce=\"1053604145\", uri=\"/2061\", "
		"response=\"9dc55255f1a2537b838311674b621d45"
		"346b862a81631bb20e4ce356ef25062d\", algorithm=SHA-256" },
	{ "SHA-512-256 without qop",
		"realm=\"testrealm\", nonce=\"1053604145\", "
		"algorithm=\"SHA-512-256\"",
		"GET", "/2062", "testuser", "testpass", "", 1,
		"Digest username=\"testuser\", realm=\"testrealm\", "
		"nonce=\"1053604145\", uri=\"/2062\", "
		"response=\"9d3256ee6526ec40dd48743bb48e51ee"
		"9baba587c78f15c3a86166242150af98\", algorithm=SHA-512-256" },
	{ "userhash without qop",
		"realm=\"testrealm\", nonce=\"1053604145\", "
		"algorithm=\"SHA-256\", userhash=true",
		"GET", "/2063", "testuser", "testpass", "", 1,
		"Digest username=\"75af8a3500f771e58a52093a25e7905d"
		"6e428a511285c12ea1420c73078dfd61\", realm=\"testrealm\", "
		"nonce=\"1053604145\", uri=\"/2063\", "
		"response=\"6c470aec384ab1d4e12d3ce1f5b08303"
		"d8cad177e52ebe50ec1a3e141adb0cdc\", algorithm=SHA-256, "
		"userhash=true" },
	{ "MD5-sess",
		"realm=\"r\", nonce=\"n\", qop=\"auth\", opaque=\"o\", "
		"algorithm=MD5-sess",
		"GET", "/a?b=c", "user", "pass", "qydK6gwSh32ljgkO", 1,
		"Digest username=\"user\", realm=\"r\", nonce=\"n\", "
		"uri=\"/a?b=c\", cnonce=\"qydK6gwSh32ljgkO\", nc=00000001, "
		"qop=auth, response=\"177ccbb47fb4d80f6aecf8b8530ed172\", "
		"opaque=\"o\", algorithm=MD5-sess" },
	{ "SHA-256-sess",
		"realm=\"r\", nonce=\"n\", qop=\"auth\", "
		"algorithm=SHA-256-sess",
		"GET", "/a?b=c", "user", "pass", "qydK6gwSh32ljgkO", 1,
		"Digest username=\"user\", realm=\"r\", nonce=\"n\", "
		"uri=\"/a?b=c\", cnonce=\"qydK6gwSh32ljgkO\", nc=00000001, "
		"qop=auth, response=\"da42e16b2a242bbfbab74dcecadc79da"
		"ee6150ccb237dfd751486f35307744e2\", algorithm=SHA-256-sess" },
	{ "SHA-512-256-sess",
		"realm=\"r\", nonce=\"n\", qop=\"auth\", "
		"algorithm=SHA-512-256-sess",
		"GET", "/a?b=c", "user", "pass", "qydK6gwSh32ljgkO", 1,
		"Digest username=\"user\", realm=\"r\", nonce=\"n\", "
		"uri=\"/a?b=c\", cnonce=\"qydK6gwSh32ljgkO\", nc=00000001, "
		"qop=auth, response=\"8b32b693cac9e9ca34cafcb3a9f924b1"
		"e7246d39b47915c1bb9d349ec7f13de3\", "
		"algorithm=SHA-512-256-sess" },
	{ "the second request with a nonce",
		"realm=\"r\", nonce=\"n\", qop=\"auth\"", "GET", "/x", "u", "p",
		"pFfB/YFv9lIg3aXR", 2,
		"Digest username=\"u\", realm=\"r\", nonce=\"n\", uri=\"/x\", "
		"cnonce=\"pFfB/YFv9lIg3aXR\", nc=00000002, qop=auth, "
		"response=\"b65ee9a258c17bd0b8232226ba123073\"" },
	{ "an empty realm, user name and password", "nonce=\"n\"", "GET", "/",
		"", "", "", 1,
		"Digest username=\"\", realm=\"\", nonce=\"n\", uri=\"/\", "
		"response=\"214cb0fab2269aacd91433ee05b88f64\"" },
};

static void write_answer(const struct write_row *r,
	const struct digest_challenge *c, const struct auth_hasher *h,
	struct buf *out, int expected)
{
	struct digest_request request = {
		.method = str_of(r->method),
		.target = str_of(r->target),
		.user = str_of(r->user),
		.password = str_of(r->password),
		.nonce = digest_value(c, DIGEST_NONCE),
		.cnonce = str_of(r->cnonce),
		.count = r->count,
	};
	struct error e = { 0 };

	assert_int_equal(digest_write(c, &request, h, out, &e), expected);
	assert_int_equal(e.code, -expected);
}

static void test_write(const void *row)
{
	const struct write_row *r = row;
	struct digest_challenge c;
	struct buf out;

	buf_init(&out, 10000);
	digest_init(&c);
	assert_int_equal(digest_read(&c, str_of(r->parameters), NULL), 0);
	write_answer(r, &c, &hasher, &out, 0);
	assert_string_equal(buf_text(&out), r->expected);
	buf_clear(&out);
	write_answer(r, &c, &broken_hasher, &out, -ERR_NOT_BUILT_IN);
	assert_int_equal(out.n, 0);
	digest_fini(&c);
	buf_fini(&out);
}

/* The example as it is printed in the RFC. */
static void test_write_printed(const void *row)
{
	static const struct write_row r = { "",
		JASON_CHALLENGE ", userhash=true", "GET", "/doe.json",
		JASON_USER, "Secret, or not?", JASON_CNONCE, 1,
		JASON_ANSWER("488869477bf257147b804c45308cd62a"
			     "c4e25eb717b12b298c79e62dcea254ec",
			"ae66e67d6b427bd3f120414a82e4acff"
			"38e8ecd9101d6c861229025f607a79dd") ", userhash=true" };
	struct digest_challenge c;
	struct buf out;

	(void)row;
	buf_init(&out, 10000);
	digest_init(&c);
	assert_int_equal(digest_read(&c, str_of(r.parameters), NULL), 0);
	write_answer(&r, &c, &cut_hasher, &out, 0);
	assert_string_equal(buf_text(&out), r.expected);
	digest_fini(&c);
	buf_fini(&out);
}

/* The session key is made with the nonce of the challenge, the response with
 * the one that is in use since (RFC 7616 section 3.4.2). */
static void test_write_next_nonce(const void *row)
{
	struct digest_request request = {
		.method = STR("GET"),
		.target = STR("/"),
		.user = STR("u"),
		.password = STR("p"),
		.nonce = STR("next"),
		.cnonce = STR("c"),
		.count = 0xabcdef12,
	};
	struct digest_challenge c;
	struct buf out;

	(void)row;
	buf_init(&out, 10000);
	digest_init(&c);
	assert_int_equal(digest_read(&c,
				 STR("realm=r, nonce=n, qop=auth,"
				     "algorithm=MD5-sess"),
				 NULL),
		0);
	assert_int_equal(digest_write(&c, &request, &hasher, &out, NULL), 0);
	assert_string_equal(buf_text(&out),
		"Digest username=\"u\", realm=\"r\", nonce=\"next\", "
		"uri=\"/\", cnonce=\"c\", nc=abcdef12, qop=auth, "
		"response=\"21f6966d4855b60e37083655f7d59eb0\", "
		"algorithm=MD5-sess");
	digest_fini(&c);
	buf_fini(&out);
}

int main(void)
{
	static const struct table tables[] = {
		TABLE("digest_read", read_rows, test_read),
		TABLE("digest_read, cut", read_rows, test_read_cut),
		SINGLE("digest_read, long", test_read_long),
		TABLE("digest_write", write_rows, test_write),
		SINGLE("digest_write, RFC 7616 section 3.9.2 as printed",
			test_write_printed),
		SINGLE("digest_write, nextnonce", test_write_next_nonce),
	};

	return table_run("digest", tables, 6);
}
