/* AWS Signature Version 4. The signatures are those of AWS's own examples and
 * test suite, or were made by curl 8.14. */
#include "policy/sigv4.h"

#include "policy/sigv4_canonical.h"
#include "support/hasher.h"
#include "support/table.h"

#define FIELDS 8

struct parse_row {
	const char *name;
	const char *argument;
	const char *expected; /* its parts in brackets, or the message */
	bool refused;
};

static const struct parse_row parse_rows[] = {
	{ "all parts", "aws:amz:us-east-1:s3", "[aws][amz][us-east-1][s3]",
		false },
	{ "nothing", "", "[aws][amz][][]", false },
	{ "one provider", "osc", "[osc][osc][][]", false },
	{ "a colon behind one provider", "osc:", "[osc][osc][][]", false },
	{ "two providers", "xxx:yyy", "[xxx][yyy][][]", false },
	{ "an empty second provider", "aws::r:s", "[aws][aws][r][s]", false },
	{ "no providers", "::r:s", "[aws][amz][r][s]", false },
	{ "no first provider", ":goog", "[aws][goog][][]", false },
	{ "a region", "aws:amz:r", "[aws][amz][r][]", false },
	{ "a service only", "aws:amz::s", "[aws][amz][][s]", false },
	{ "five parts", "a:b:c:d:e",
		"--aws-sigv4 'a:b:c:d:e': byte 9 begins a fifth part", true },
	{ "a blank", "aws:amz:us east",
		"--aws-sigv4 'aws:amz:us east': byte 11 can", true },
	{ "a line end", "aws:amz\r\n", "byte 8 can", true },
	{ "a slash", "aws:amz:a/b", "byte 10 can", true },
};

static void test_parse(const void *row)
{
	const struct parse_row *r = row;
	size_t n = strlen(r->argument);
	char *copy = exact_copy(r->argument, n);
	struct sigv4_scope scope;
	struct error e = { 0 };
	struct buf out;
	int result = sigv4_parse((struct str){ copy, n }, &scope, &e);

	buf_init(&out, 1000);
	assert_int_equal(result, r->refused ? -ERR_USAGE : 0);
	if (r->refused) {
		assert_non_null(strstr(e.text, r->expected));
	} else {
		buf_printf(&out, "[%.*s][%.*s][%.*s][%.*s]",
			STR_FMT(scope.provider1), STR_FMT(scope.provider2),
			STR_FMT(scope.region), STR_FMT(scope.service));
		assert_string_equal(buf_text(&out), r->expected);
	}
	buf_fini(&out);
	free(copy);
}

struct path_row {
	const char *name;
	const char *path;
	const char *expected; /* of most services */
	const char *once; /* of S3 */
};

static const struct path_row path_rows[] = {
	{ "root", "/", "/", "/" },
	{ "nothing", "", "/", "" },
	{ "segments", "/a/b", "/a/b", "/a/b" },
	{ "a slash at the end", "/a/", "/a/", "/a/" },
	{ "slashes", "//a//b//", "/a/b/", "//a//b//" },
	{ "dots", "/./a/../b/.", "/b/", "/./a/../b/." },
	{ "dots above the root", "/../../a", "/a", "/../../a" },
	{ "dots at the end", "/a/b/..", "/a/", "/a/b/.." },
	{ "unreserved characters", "/Az09-._~", "/Az09-._~", "/Az09-._~" },
	{ "others", "/a!b$c", "/a%21b%24c", "/a%21b%24c" },
	{ "encoded", "/a%20b", "/a%2520b", "/a%20b" },
	{ "encoded in lower case", "/%c3%a9", "/%25c3%25a9", "/%C3%A9" },
	{ "encoded without need", "/%7ea", "/%257ea", "/~a" },
	{ "raw bytes", "/\xe1\x88\xb4", "/%E1%88%B4", "/%E1%88%B4" },
	{ "a plus", "/a+b", "/a%2Bb", "/a%2Bb" },
	{ "a percent sign", "/100%", "/100%25", "/100%25" },
};

static void test_path(const void *row)
{
	const struct path_row *r = row;
	size_t n = strlen(r->path);
	char *copy = exact_copy(r->path, n);
	struct buf out;

	buf_init(&out, 1000);
	buf_add_text(&out, "a/b\n");
	sigv4_canonical_path(&out, (struct str){ copy, n }, false);
	assert_string_equal(buf_text(&out) + 4, r->expected);
	out.n = 4;
	sigv4_canonical_path(&out, (struct str){ copy, n }, true);
	assert_string_equal(buf_text(&out) + 4, r->once);
	buf_fini(&out);
	free(copy);
}

struct text_row {
	const char *name;
	const char *text;
	const char *expected;
};

static const struct text_row query_rows[] = {
	{ "nothing", "", "" },
	{ "one", "a=b", "a=b" },
	{ "a name alone", "lifecycle", "lifecycle=" },
	{ "in order of names", "b=1&a=2&B=3&ab=4", "B=3&a=2&ab=4&b=1" },
	{ "in order of values", "a=2&a=10&a=", "a=&a=10&a=2" },
	{ "a name before one that goes on", "x-y=1&x=2", "x=2&x-y=1" },
	{ "empty ones", "&a=1&&b=2&", "a=1&b=2" },
	{ "no name", "=v", "=v" },
	{ "an equals sign in a value", "a=b=c", "a=b%3Dc" },
	{ "a plus", "a=1+2&b=1%2b2", "a=1%202&b=1%2B2" },
	{ "encoded", "%41=%7e&b=%2f", "A=~&b=%2F" },
	{ "encoded wrongly", "a=%zz&b=%2", "a=%25zz&b=%252" },
	{ "others", "a=x:y/z?", "a=x%3Ay%2Fz%3F" },
	{ "raw bytes", "a=\xe1\x88\xb4", "a=%E1%88%B4" },
	{ "order after encoding", "a=~&a=%21&a=0", "a=%21&a=0&a=~" },
};

static void test_query(const void *row)
{
	const struct text_row *r = row;
	size_t n = strlen(r->text);
	char *copy = exact_copy(r->text, n);
	struct buf out;

	buf_init(&out, 1000);
	assert_int_equal(
		sigv4_canonical_query(&out, (struct str){ copy, n }, NULL), 0);
	assert_string_equal(buf_text(&out), r->expected);
	buf_fini(&out);
	free(copy);
}

/* Fields as -H has them, with line feeds between them. */
static size_t read_fields(struct user_field *fields, const char *text)
{
	struct str rest = str_of(text), line;
	size_t n = 0;
	bool ignored;

	while (rest.n) {
		str_cut(rest, '\n', &line, &rest);
		assert_true(n < FIELDS);
		assert_int_equal(
			user_field_parse(line, &fields[n++], &ignored, NULL),
			0);
	}
	return n;
}

/* Then an equals sign and the names. */
static const struct text_row field_rows[] = {
	{ "none", "", "=" },
	{ "one", "Host: a", "host:a\n=host" },
	{ "in order", "X-B: 1\nA: 2\nx-a: 3", "a:2\nx-a:3\nx-b:1\n=a;x-a;x-b" },
	{ "of one name", "My: v2\nA: 1\nmy: v2\nMY: v1",
		"a:1\nmy:v2,v2,v1\n=a;my" },
	{ "a name that goes on", "Ab: 1\nA: 2", "a:2\nab:1\n=a;ab" },
	{ "an underscore", "x_a: 1\nX-tab: 2", "x-tab:2\nx_a:1\n=x-tab;x_a" },
	{ "blanks", "A:  \"a \t  b\"\tc ", "a:\"a b\" c\n=a" },
	{ "empty", "A;\nB: 1", "a:\nb:1\n=a;b" },
	{ "removed", "A:\nB: 1", "b:1\n=b" },
};

static void test_fields(const void *row)
{
	const struct text_row *r = row;
	struct user_field fields[FIELDS];
	size_t n = read_fields(fields, r->text);
	struct buf lines, names;

	buf_init(&lines, 1000);
	buf_init(&names, 1000);
	assert_int_equal(
		sigv4_canonical_fields(&lines, &names, fields, n, NULL), 0);
	buf_add_char(&lines, '=');
	buf_add_str(&lines, buf_str(&names));
	assert_string_equal(buf_text(&lines), r->expected);
	buf_fini(&lines);
	buf_fini(&names);
}

#define AWS_KEY "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"
#define AWS_TIME 1440938160
#define AWS_DATE "X-Amz-Date: 20150830T123600Z"
#define AWS(names, signature)                                                 \
	"AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/" \
	"aws4_request, SignedHeaders=" names ", Signature=" signature
#define AWS_ROW(method, target)                                               \
	"aws:amz:us-east-1:service", method, target, "example.amazonaws.com", \
		AWS_KEY
#define S3_ROW(method, target)                                            \
	"aws:amz:us-east-1:s3", method, target,                           \
		"examplebucket.s3.amazonaws.com", "AKIAIOSFODNN7EXAMPLE", \
		"wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
#define S3_TIME 1369353600
#define S3_DATE "X-Amz-Date: 20130524T000000Z"
#define S3(names, signature)                                                   \
	"AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/" \
	"s3/aws4_request, SignedHeaders=" names ", Signature=" signature
#define EMPTY_DIGEST \
	"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
#define CURL_ROW(option, method, target, host) \
	option, method, target, host, "key", "secret"
#define CURL_TIME 1795365697 /* 20261122T164137Z */
#define CURL_DATE "X-Amz-Date: 20261122T164137Z"
#define CURL(scope, names, signature)                              \
	"AWS4-HMAC-SHA256 Credential=key/" scope "/aws4_request, " \
	"SignedHeaders=" names ", Signature=" signature
#define EXECUTE "aws:amz:us-east-1:execute-api"
#define EXECUTE_SCOPE "20261122/us-east-1/execute-api"

struct sign_row {
	const char *name;
	const char *option, *method, *target, *host, *key, *secret;
	const char *fields;
	const char *body; /* NULL: streamed */
	int64_t now;
	int error;
	const char *authorization; /* or the message */
	const char *date, *digest;
};

static const struct sign_row sign_rows[] = {
	{ "AWS, get-vanilla", AWS_ROW("GET", "/"), "", "", AWS_TIME, 0,
		AWS("host;x-amz-date",
			"5fa00fa31553b73ebf1942676e86291e"
			"8372ff2a2260956d9b8aae1d763fbf31"),
		AWS_DATE, "" },
	{ "AWS, get-vanilla-query-order-key-case",
		AWS_ROW("GET", "/?Param2=value2&Param1=value1"), "", "",
		AWS_TIME, 0,
		AWS("host;x-amz-date",
			"b97d918cfa904a5beff61c982a1b6f45"
			"8b799221646efd99d3219ec94cdf2500"),
		AWS_DATE, "" },
	{ "AWS, get-vanilla-utf8-query", AWS_ROW("GET", "/?\xe1\x88\xb4=bar"),
		"", "", AWS_TIME, 0,
		AWS("host;x-amz-date",
			"2cdec8eed098649ff3a119c94853b13c"
			"643bcf08f8b0a1d91e12c9027818dd04"),
		AWS_DATE, "" },
	{ "AWS, get-utf8", AWS_ROW("GET", "/\xe1\x88\xb4"), "", "", AWS_TIME, 0,
		AWS("host;x-amz-date",
			"8318018e0b0f223aa2bbf98705b62bb7"
			"87dc9c0e678f255a891fd03141be5d85"),
		AWS_DATE, "" },
	{ "AWS, get-space", AWS_ROW("GET", "/example space/"), "", "", AWS_TIME,
		0,
		AWS("host;x-amz-date",
			"652487583200325589f1fba4c7e578f7"
			"2c47cb61beeca81406b39ddec1366741"),
		AWS_DATE, "" },
	{ "AWS, get-slashes", AWS_ROW("GET", "//example//"), "", "", AWS_TIME,
		0,
		AWS("host;x-amz-date",
			"9a624bd73a37c9a373b5312afbebe7a7"
			"14a789de108f0bdfe846570885f57e84"),
		AWS_DATE, "" },
	{ "AWS, get-relative", AWS_ROW("GET", "/example/.."), "", "", AWS_TIME,
		0,
		AWS("host;x-amz-date",
			"5fa00fa31553b73ebf1942676e86291e"
			"8372ff2a2260956d9b8aae1d763fbf31"),
		AWS_DATE, "" },
	{ "AWS, get-header-value-trim", AWS_ROW("GET", "/"),
		"My-Header1: value1\nMy-Header2: \"a   b   c\"", "", AWS_TIME,
		0,
		AWS("host;my-header1;my-header2;x-amz-date",
			"acc3ed3afb60bb290fc8d2dd0098b991"
			"1fcaa05412b367055dee359757a9c736"),
		AWS_DATE, "" },
	{ "AWS, get-header-key-duplicate", AWS_ROW("GET", "/"),
		"My-Header1: value2\nMy-Header1: value2\nMy-Header1: value1",
		"", AWS_TIME, 0,
		AWS("host;my-header1;x-amz-date",
			"c9d5ea9f3f72853aea855b47ea873832"
			"890dbdd183b4468f858259531a5138ea"),
		AWS_DATE, "" },
	{ "AWS, post-x-www-form-urlencoded", AWS_ROW("POST", "/"),
		"Content-Type: application/x-www-form-urlencoded",
		"Param1=value1", AWS_TIME, 0,
		AWS("content-type;host;x-amz-date",
			"ff11897932ad3f4e8b18135d722051e5"
			"ac45fc38421b1da7b9d196a0fe09473a"),
		AWS_DATE, "" },
	{ "AWS, a time of the user's", AWS_ROW("GET", "/"),
		"X-Amz-Date: 20150830T123600Z", "", 0, 0,
		AWS("host;x-amz-date",
			"5fa00fa31553b73ebf1942676e86291e"
			"8372ff2a2260956d9b8aae1d763fbf31"),
		"", "" },
	{ "AWS, another host of the user's", "aws:amz:us-east-1:service", "GET",
		"/", "127.0.0.1:1", AWS_KEY,
		"Host: example.amazonaws.com\nHost: other", "", AWS_TIME, 0,
		AWS("host;x-amz-date",
			"5fa00fa31553b73ebf1942676e86291e"
			"8372ff2a2260956d9b8aae1d763fbf31"),
		AWS_DATE, "" },
	{ "S3, get object", S3_ROW("GET", "/test.txt"), "Range: bytes=0-9", "",
		S3_TIME, 0,
		S3("host;range;x-amz-content-sha256;x-amz-date",
			"f0e8bdb87c964420e857bd35b5d6ed31"
			"0bd44f0170aba48dd91039c6036bdb41"),
		S3_DATE, "x-amz-content-sha256: " EMPTY_DIGEST },
	{ "S3, put object", S3_ROW("PUT", "/test$file.text"),
		"Date: Fri, 24 May 2013 00:00:00 GMT\n"
		"x-amz-storage-class: REDUCED_REDUNDANCY",
		"Welcome to Amazon S3.", S3_TIME, 0,
		S3("date;host;x-amz-content-sha256;x-amz-date;"
		   "x-amz-storage-class",
			"98ad721746da40c64f1a55b78f14c238"
			"d841ea1380cd77a1b5971af0ece108bd"),
		S3_DATE,
		"x-amz-content-sha256: "
		"44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b0"
		"72" },
	{ "S3, get lifecycle", S3_ROW("GET", "/?lifecycle"), "", "", S3_TIME, 0,
		S3("host;x-amz-content-sha256;x-amz-date",
			"fea454ca298b7da1c68078a5d1bdbfbb"
			"e0d65c699e0f91ac7a200a0136783543"),
		S3_DATE, "x-amz-content-sha256: " EMPTY_DIGEST },
	{ "S3, list objects", S3_ROW("GET", "/?prefix=J&max-keys=2"), "", "",
		S3_TIME, 0,
		S3("host;x-amz-content-sha256;x-amz-date",
			"34b48302e7b5fa45bde8084f4b7868a8"
			"6f0a534bc59db6670ed5711ef69dc6f7"),
		S3_DATE, "x-amz-content-sha256: " EMPTY_DIGEST },
	{ "curl, a path",
		CURL_ROW(EXECUTE, "GET", "/a%20b/~x!y/%7e", "127.0.0.1:40401"),
		"", "", CURL_TIME, 0,
		CURL(EXECUTE_SCOPE, "host;x-amz-date",
			"d7a640f14aa7e13d2da596e078df8662"
			"09fce252abb8e1c127456b65e78d0268"),
		CURL_DATE, "" },
	{ "curl, a query",
		CURL_ROW(EXECUTE, "GET",
			"/?a&b=&c=1+2&d=a%2fb&e=x:y/z?&e=A&B=~",
			"127.0.0.1:44969"),
		"", "", CURL_TIME, 0,
		CURL(EXECUTE_SCOPE, "host;x-amz-date",
			"f8e2ccd7a7a06c26f4b536f143c48d66"
			"3f497bc61189627cb1fb72a9bd7f3a27"),
		CURL_DATE, "" },
	{ "curl, fields and a body",
		CURL_ROW(EXECUTE, "POST", "/", "127.0.0.1:37483"),
		"X-B:  a   b \nx-a: 1\nX-a: 2\nEmpty;\nHost: other", "hello",
		CURL_TIME, 0,
		CURL(EXECUTE_SCOPE, "empty;host;x-a;x-amz-date;x-b",
			"4d6223c0e420c132766d094fabf660eb"
			"ff0664c303c15af53d44cf284ce68be9"),
		CURL_DATE, "" },
	{ "curl, a digest of the user's",
		CURL_ROW(EXECUTE, "GET", "/", "127.0.0.1:37221"),
		"X-Amz-Content-Sha256: UNSIGNED-PAYLOAD", NULL, CURL_TIME, 0,
		CURL(EXECUTE_SCOPE, "host;x-amz-content-sha256;x-amz-date",
			"b551461c4af8741e751bcfdb5ab3e5bd"
			"a61d37d8ac386a87d4c0b0560886ce5d"),
		CURL_DATE, "" },
	{ "curl, S3 and a file",
		CURL_ROW("aws:amz:r:s3", "PUT", "/hostname", "127.0.0.1:42667"),
		"", NULL, CURL_TIME + 71, 0,
		CURL("20261122/r/s3", "host;x-amz-content-sha256;x-amz-date",
			"b86b854b990dc58c9aafc29f0338b066"
			"f1df3b72e8e26e7a6ae042a2d9a72be6"),
		"X-Amz-Date: 20261122T164248Z",
		"x-amz-content-sha256: UNSIGNED-PAYLOAD" },
	{ "S3 of another provider",
		CURL_ROW("aws:yyy:r:s3", "GET", "/a%21", "127.0.0.1:33237"), "",
		"", CURL_TIME + 72, 0,
		CURL("20261122/r/s3", "host;x-yyy-content-sha256;x-yyy-date",
			"4aeba397206ebabe1dbb115ba8dfd894"
			"d46a9cec68ebd80bd93db78a0f311ffa"),
		"X-Yyy-Date: 20261122T164249Z",
		"x-yyy-content-sha256: " EMPTY_DIGEST },
	{ "curl, providers in another case",
		CURL_ROW("xXx:yYy:rRr:sSs", "GET", "/", "127.0.0.1:42941"), "",
		"", CURL_TIME + 1, 0,
		"XXX4-HMAC-SHA256 Credential=key/20261122/rRr/sSs/xxx4_request,"
		" SignedHeaders=host;x-yyy-date, Signature="
		"4c60b196fd90da2b14856f4c5d19062873e5020d955a848c11846fe9b308ca"
		"02",
		"X-Yyy-Date: 20261122T164138Z", "" },
	{ "curl, region and service of the host",
		CURL_ROW("aws:amz", "GET", "/", "svc.reg.example.com"), "", "",
		CURL_TIME + 1, 0,
		CURL("20261122/reg/svc", "host;x-amz-date",
			"eef51629a4fc916d116db7783bed8bea"
			"6aad53b15ad2e4c39f964a0e3ea77ea2"),
		"X-Amz-Date: 20261122T164138Z", "" },
	{ "curl, service of the host",
		CURL_ROW("aws:amz:reg", "GET", "/", "svc.reg.example.com"), "",
		"", CURL_TIME + 1, 0,
		CURL("20261122/reg/svc", "host;x-amz-date",
			"eef51629a4fc916d116db7783bed8bea"
			"6aad53b15ad2e4c39f964a0e3ea77ea2"),
		"X-Amz-Date: 20261122T164138Z", "" },
	{ "curl, parts of an address",
		CURL_ROW("xxx:yyy", "GET", "/", "127.0.0.1:32925"), "", "",
		CURL_TIME + 1, 0,
		"XXX4-HMAC-SHA256 Credential=key/20261122/0/127/xxx4_request, "
		"SignedHeaders=host;x-yyy-date, Signature="
		"f1b21e5a50fa9113ddfcc13e357f4466fef90d364b2c942aecf3570f2e2223"
		"e4",
		"X-Yyy-Date: 20261122T164138Z", "" },
	{ "no service in the host name",
		CURL_ROW("aws:amz:reg", "GET", "/", "localhost:80"), "", "",
		CURL_TIME, ERR_URL_MALFORMED,
		"names no service, and the host name 'localhost:80' is not", "",
		"" },
	{ "no region in the host name",
		CURL_ROW("aws:amz", "GET", "/", "svc.com"), "", "", CURL_TIME,
		ERR_URL_MALFORMED, "names no region", "", "" },
	{ "no region in the host name, a service given",
		CURL_ROW("aws:amz::s", "GET", "/", "[::1]:80"), "", "",
		CURL_TIME, ERR_URL_MALFORMED, "names no region", "", "" },
	{ "a date of the user's that is none",
		CURL_ROW(EXECUTE, "GET", "/", "h"), "x-amz-date: today", "",
		CURL_TIME, ERR_USAGE, "'x-amz-date: today' has no time", "",
		"" },
	{ "a date with a time zone", CURL_ROW(EXECUTE, "GET", "/", "h"),
		"X-Amz-Date: 20261122T164137+", "", CURL_TIME, ERR_USAGE,
		"has no time", "", "" },
	{ "a streamed body", CURL_ROW(EXECUTE, "PUT", "/", "h"), "", NULL,
		CURL_TIME, ERR_USAGE,
		"give its SHA-256 as -H 'x-amz-content-sha256: ...'", "", "" },
};

static int sign_row(const struct sign_row *r, const struct auth_hasher *h,
	struct sigv4_signature *s, struct error *e)
{
	struct user_field fields[FIELDS];
	struct sigv4_scope scope;
	struct sigv4_request request = {
		.method = str_of(r->method),
		.target = str_of(r->target),
		.host = str_of(r->host),
		.key = str_of(r->key),
		.secret = str_of(r->secret),
		.fields = fields,
		.n_fields = read_fields(fields, r->fields),
		.body = str_of(r->body),
		.streamed = !r->body,
		.now = r->now,
	};

	assert_int_equal(sigv4_parse(str_of(r->option), &scope, e), 0);
	return sigv4_sign(&scope, &request, h, s, e);
}

static void test_sign(const void *row)
{
	const struct sign_row *r = row;
	struct sigv4_signature s;
	struct error e = { 0 };

	sigv4_init(&s);
	assert_int_equal(sign_row(r, &hasher, &s, &e), -r->error);
	assert_int_equal(e.code, r->error);
	if (r->error) {
		assert_non_null(strstr(e.text, r->authorization));
		assert_int_equal(s.authorization.n, 0);
	} else {
		assert_string_equal(
			buf_text(&s.authorization), r->authorization);
	}
	assert_string_equal(buf_text(&s.date), r->date);
	assert_string_equal(buf_text(&s.digest), r->digest);
	sigv4_fini(&s);
}

static void test_sign_failures(const void *row)
{
	const struct auth_hasher no_code = { hasher.digest, hasher.random,
		broken_hasher.hmac };
	struct sigv4_signature s;
	struct error e = { 0 };

	(void)row;
	sigv4_init(&s);
	assert_int_equal(sign_row(&sign_rows[0], &broken_hasher, &s, &e),
		-ERR_NOT_BUILT_IN);
	assert_string_equal(e.text, "no digests today");
	assert_int_equal(
		sign_row(&sign_rows[0], &no_code, &s, &e), -ERR_NOT_BUILT_IN);
	assert_string_equal(e.text, "no codes today");
	assert_int_equal(s.authorization.n, 0);
	sigv4_fini(&s);
}

int main(void)
{
	static const struct table tables[] = {
		TABLE("sigv4_parse", parse_rows, test_parse),
		TABLE("sigv4_canonical_path", path_rows, test_path),
		TABLE("sigv4_canonical_query", query_rows, test_query),
		TABLE("sigv4_canonical_fields", field_rows, test_fields),
		TABLE("sigv4_sign", sign_rows, test_sign),
		SINGLE("sigv4_sign, failures", test_sign_failures),
	};

	return table_run("sigv4", tables, 6);
}
