/* Which scheme is taken, when another request is worth sending, and what it
 * carries. */
#include "policy/auth.h"

#include "support/hasher.h"
#include "support/table.h"

#define STEPS 12
#define ALL (AUTH_BASIC | AUTH_DIGEST | AUTH_BEARER)

enum result {
	END,
	AGAIN, /* auth_challenged gives 1 */
	STOP, /* 0 */
	WEIRD, /* -ERR_WEIRD_REPLY */
	LACKING, /* -ERR_NOT_BUILT_IN */
	FINE /* it is a success, for auth_accepted */
};

/* A response, and the credentials of the request after it. */
struct step {
	enum result result;
	const char *fields; /* each with its line end */
	const char *next; /* NULL: none is sent; for errors, what they say */
};

struct row {
	const char *name;
	unsigned allowed;
	const char *user, *bearer;
	const char *first; /* the credentials of the first request */
	struct step steps[STEPS];
};

#define W "WWW-Authenticate: "
#define BASIC "Basic dTpw"
#define PLAIN(realm, nonce, response)                                \
	"Digest username=\"u\", realm=\"" realm "\", nonce=\"" nonce \
	"\", uri=\"/\", response=\"" response "\""
#define RN PLAIN("r", "n", "f23121ca97143c6b358da620220c83b4")
#define PROTECTED(nonce, count, response)                        \
	"Digest username=\"u\", realm=\"r\", nonce=\"" nonce     \
	"\", uri=\"/\", cnonce=\"" HASHER_CNONCE "\", nc=" count \
	", qop=auth, response=\"" response "\""
#define STALE W "Digest realm=r, nonce=n, stale=true\r\n"

static const struct row rows[] = {
	{ "no credentials", AUTH_BASIC, NULL, NULL, "",
		{ { STOP, W "Basic realm=x\r\n", NULL } } },
	{ "Basic", AUTH_BASIC, "u", NULL, BASIC,
		{ { STOP, W "Basic realm=x\r\n", NULL } } },
	{ "Basic, empty name", AUTH_BASIC, "", NULL,
		"Basic OnA=", { { END, "", NULL } } },
	{ "Basic, Digest is not taken", AUTH_BASIC, "u", NULL, BASIC,
		{ { STOP, W "Digest realm=r, nonce=n\r\n", NULL } } },
	{ "Bearer", AUTH_BEARER, NULL, "tok", "Bearer tok",
		{ { STOP, W "Bearer realm=x\r\n", NULL } } },
	{ "Bearer without a token", AUTH_BEARER, "u", NULL, "",
		{ { STOP, W "Bearer realm=x\r\n", NULL } } },
	{ "Digest", AUTH_DIGEST, "u", NULL, "",
		{ { AGAIN, W "Digest realm=r, nonce=n\r\n", RN } } },
	{ "Digest, name in another case", AUTH_DIGEST, "u", NULL, "",
		{ { AGAIN, "www-authenticate: DIGEST realm=r, nonce=n\r\n",
			RN } } },
	{ "Digest, without a user", AUTH_DIGEST, NULL, NULL, "",
		{ { STOP, W "Digest realm=r, nonce=n\r\n", NULL } } },
	{ "Digest, folded", AUTH_DIGEST, "u", NULL, "",
		{ { AGAIN, W "Digest\r\n realm=\"r\r\n x\",\r\n\tnonce=n\r\n",
			PLAIN("r x", "n",
				"1bd9e0a53e9a14f5fe773057ae54fc9d") } } },
	{ "Digest, refused", AUTH_DIGEST, "u", NULL, "",
		{ { AGAIN, W "Digest realm=r, nonce=n\r\n", RN },
			{ STOP, W "Digest realm=r, nonce=m\r\n", NULL } } },
	{ "Digest, refused without a challenge", AUTH_DIGEST, "u", NULL, "",
		{ { AGAIN, W "Digest realm=r, nonce=n\r\n", RN },
			{ STOP, "A: b\r\n", NULL } } },
	{ "Digest, stale", AUTH_DIGEST, "u", NULL, "",
		{ { AGAIN, W "Digest realm=r, nonce=m\r\n",
			  PLAIN("r", "m", "823e81af1781fd11e26e916b824ea72d") },
			{ AGAIN, STALE, RN }, { STOP, "A: b\r\n", NULL } } },
	{ "Digest, stale, then the second nonce is refused", AUTH_DIGEST, "u",
		NULL, "",
		{ { AGAIN, W "Digest realm=r, nonce=m\r\n",
			  PLAIN("r", "m", "823e81af1781fd11e26e916b824ea72d") },
			{ AGAIN, STALE, RN },
			{ STOP, W "Digest realm=r, nonce=m\r\n", NULL } } },
	{ "Digest, stale for ever", AUTH_DIGEST, "u", NULL, "",
		{ { AGAIN, STALE, RN }, { AGAIN, STALE, RN },
			{ AGAIN, STALE, RN }, { AGAIN, STALE, RN },
			{ AGAIN, STALE, RN }, { AGAIN, STALE, RN },
			{ AGAIN, STALE, RN }, { AGAIN, STALE, RN },
			{ STOP, STALE, NULL } } },
	{ "Digest, stale again after a success", AUTH_DIGEST, "u", NULL, "",
		{ { AGAIN, STALE, RN }, { AGAIN, STALE, RN },
			{ AGAIN, STALE, RN }, { AGAIN, STALE, RN },
			{ AGAIN, STALE, RN }, { AGAIN, STALE, RN },
			{ AGAIN, STALE, RN }, { FINE, "", RN },
			{ AGAIN, STALE, RN }, { AGAIN, STALE, RN } } },
	{ "Digest, another realm", AUTH_DIGEST, "u", NULL, "",
		{ { AGAIN, W "Digest realm=q, nonce=n\r\n",
			  PLAIN("q", "n", "6fef845b15ecdc1b08661330f4d7da96") },
			{ AGAIN, W "Digest realm=r, nonce=n\r\n", RN } } },
	{ "Digest, counted", AUTH_DIGEST, "u", NULL, "",
		{ { AGAIN, W "Digest realm=r, nonce=n, qop=auth\r\n",
			  PROTECTED("n", "00000001",
				  "df61feeed849bda42d8814f41ea2173a") },
			{ FINE, "",
				PROTECTED("n", "00000002",
					"7786fc886688e05fc70557f2a7a9f705") },
			{ FINE, "",
				PROTECTED("n", "00000003",
					"164a0c0de2ba9005893b45469ff37a7"
					"1") } } },
	{ "Digest, stale with the same nonce goes on counting", AUTH_DIGEST,
		"u", NULL, "",
		{ { AGAIN, W "Digest realm=r, nonce=n, qop=auth\r\n",
			  PROTECTED("n", "00000001",
				  "df61feeed849bda42d8814f41ea2173a") },
			{ AGAIN,
				W "Digest realm=r, nonce=n, qop=auth, "
				  "stale=true\r\n",
				PROTECTED("n", "00000002",
					"7786fc886688e05fc70557f2a7a9f70"
					"5") } } },
	{ "Digest, nextnonce", AUTH_DIGEST, "u", NULL, "",
		{ { AGAIN, W "Digest realm=r, nonce=n, qop=auth\r\n",
			  PROTECTED("n", "00000001",
				  "df61feeed849bda42d8814f41ea2173a") },
			{ FINE,
				"Authentication-Info: qop=auth, "
				"nextnonce=\"m\", nc=00000001\r\n",
				PROTECTED("m", "00000001",
					"28a442228c7c637b1bc340c499f1da5a") },
			{ FINE, "Authentication-Info: nextnonce=\"m\"\r\n",
				PROTECTED("m", "00000002",
					"48ffac761f322ac3d2113572a8f52404") },
			{ FINE, "Authentication-Info: Passport1.4 a=b\r\n",
				PROTECTED("m", "00000003",
					"f04a14d090754b8647f7418e7a76182"
					"6") } } },
	{ "Digest, nextnonce of a stranger", AUTH_BASIC, "u", NULL, BASIC,
		{ { FINE, "Authentication-Info: nextnonce=\"m\"\r\n",
			BASIC } } },
	{ "Digest, two of the same", AUTH_DIGEST, "u", NULL, "",
		{ { AGAIN,
			W "Digest realm=r, nonce=n\r\n" W
			  "Digest realm=r, nonce=m\r\n",
			RN } } },
	{ "Digest, the strongest", AUTH_DIGEST, "u", NULL, "",
		{ { AGAIN,
			W "Digest realm=r, nonce=n, algorithm=MD5\r\n" W
			  "Digest realm=r, nonce=n, algorithm=SHA-256, "
			  "Digest realm=r, nonce=n, algorithm=MD5\r\n",
			PLAIN("r", "n",
				"2543a936f96e723ee8500e9f9b02c068e91d314c4170b4"
				"19da234eb029965532") ", "
						      "algorithm=SHA-256" } } },
	{ "Digest, one that is not known beside one that is", AUTH_DIGEST, "u",
		NULL, "",
		{ { AGAIN,
			W "Digest realm=r, nonce=x, algorithm=X\r\n" W
			  "Digest realm=r, nonce=n\r\n",
			RN } } },
	{ "Digest, one that is broken beside one that is not", AUTH_DIGEST, "u",
		NULL, "",
		{ { AGAIN, W "Digest realm=r, Digest realm=r, nonce=n\r\n",
			RN } } },
	{ "Digest, only one that is not known", AUTH_DIGEST, "u", NULL, "",
		{ { LACKING, W "Digest realm=r, nonce=n, algorithm=X\r\n",
			"'X' is not supported" } } },
	{ "Digest, auth-int only", AUTH_DIGEST, "u", NULL, "",
		{ { LACKING, W "Digest realm=r, nonce=n, qop=auth-int\r\n",
			"qop=auth-int only" } } },
	{ "Digest, broken", AUTH_DIGEST, "u", NULL, "",
		{ { WEIRD, W "Digest realm=\"r\r\n", "byte 1 of" } } },
	{ "Digest, none", AUTH_DIGEST, "u", NULL, "",
		{ { STOP, W "Basic realm=x\r\n" W "Negotiate\r\n", NULL } } },
	{ "any, none offered", ALL, "u", "tok", "",
		{ { STOP, "A: b\r\n", NULL } } },
	{ "any, a success", ALL, "u", "tok", "", { { FINE, "A: b\r\n", "" } } },
	{ "any, Basic", ALL, "u", NULL, "",
		{ { AGAIN, W "Basic\r\n", BASIC },
			{ STOP, W "Basic\r\n", NULL } } },
	{ "any, Basic behind a scheme that is not known", ALL, "u", NULL, "",
		{ { AGAIN,
			W "X-MobileMe-AuthToken realm=\"Newcastle\", Basic "
			  "realm=\"fun fun  fun\"\r\n",
			BASIC } } },
	{ "any, Basic stays chosen", ALL, "u", NULL, "",
		{ { AGAIN, W "Basic realm=x\r\n", BASIC },
			{ FINE, "", BASIC } } },
	{ "any, Digest before Basic", ALL, "u", NULL, "",
		{ { AGAIN,
			W "Blackmagic realm=\"x\"\r\n" W "Basic realm=x\r\n" W
			  "Digest realm=r, nonce=n\r\n",
			RN } } },
	{ "any, Bearer before Digest", ALL, "u", "tok", "",
		{ { AGAIN,
			  W "Digest realm=r, nonce=n\r\n" W
			    "Bearer realm=x\r\n",
			  "Bearer tok" },
			{ STOP,
				W "Digest realm=r, nonce=n\r\n" W
				  "Bearer realm=x\r\n",
				NULL } } },
	{ "any, Bearer without a token", ALL, "u", NULL, "",
		{ { AGAIN, W "Bearer realm=x, Basic realm=y\r\n", BASIC } } },
	{ "any, Digest refused is not Basic", ALL, "u", NULL, "",
		{ { AGAIN, W "Digest realm=r, nonce=n\r\n", RN },
			{ STOP, W "Basic realm=r\r\n", NULL } } },
	{ "any, from Basic to Digest", ALL, "u", NULL, "",
		{ { AGAIN, W "Basic realm=r\r\n", BASIC },
			{ AGAIN, W "Digest realm=r, nonce=n\r\n", RN },
			{ STOP, W "Digest realm=r, nonce=n\r\n", NULL } } },
	{ "any, Basic beside a Digest that is not known", ALL, "u", NULL, "",
		{ { AGAIN,
			W "Digest realm=r, nonce=n, algorithm=X\r\n" W
			  "Basic realm=r\r\n",
			BASIC } } },
	{ "Basic or Digest, a broken Bearer is nobody's",
		AUTH_BASIC | AUTH_DIGEST, "u", NULL, "",
		{ { STOP, W "Bearer \"x\"\r\n", NULL } } },
};

/* Parses into `head` and returns the text it borrows from. */
static char *make_head(struct head *head, const char *fields)
{
	struct findings found = { 0 };
	struct buf text;
	char *copy;

	buf_init(&text, LIMIT_HEAD);
	buf_printf(&text, "HTTP/1.1 401 No\r\n%s\r\n", fields);
	copy = exact_copy(text.p, text.n);
	assert_int_equal(
		head_parse((struct str){ copy, text.n }, head, &found, NULL),
		text.n);
	buf_fini(&text);
	return copy;
}

static void check_written(struct auth_state *a, const struct auth_request *r,
	const char *expected)
{
	struct buf out;

	buf_init(&out, 1000);
	assert_int_equal(auth_write(a, r, &hasher, &out, NULL), 0);
	assert_string_equal(buf_text(&out), expected);
	buf_fini(&out);
}

static void check_step(struct auth_state *a, const struct auth_request *r,
	const struct step *step)
{
	static const int results[] = { [AGAIN] = 1,
		[STOP] = 0,
		[WEIRD] = -ERR_WEIRD_REPLY,
		[LACKING] = -ERR_NOT_BUILT_IN };
	struct error e = { 0 };
	struct head head;
	char *text;

	head_init(&head);
	text = make_head(&head, step->fields);
	if (step->result == FINE)
		auth_accepted(a, &head, STR("Authentication-Info"));
	else
		assert_int_equal(auth_challenged(a, r, &head,
					 STR("WWW-Authenticate"), &e),
			results[step->result]);
	head_fini(&head);
	free(text);
	if (step->result == AGAIN || step->result == FINE)
		check_written(a, r, step->next);
	else if (step->next)
		assert_non_null(strstr(e.text, step->next));
	else
		assert_int_equal(e.code, 0);
}

static void test_schemes(const void *row)
{
	const struct row *r = row;
	struct auth_request request = {
		.method = STR("GET"),
		.target = STR("/"),
		.user = str_of(r->user),
		.password = STR("p"),
		.bearer = str_of(r->bearer),
		.allowed = r->allowed,
	};
	struct auth_state *a = auth_new(NULL);

	assert_non_null(a);
	assert_int_equal(auth_probing(a, &request),
		r->allowed == AUTH_DIGEST && r->user);
	check_written(a, &request, r->first);
	for (size_t i = 0; i < STEPS && r->steps[i].result != END; i++) {
		check_step(a, &request, &r->steps[i]);
		if (r->steps[i].result == AGAIN)
			assert_false(auth_probing(a, &request));
	}
	auth_free(a);
}

/* Without random bytes or digests nothing is written, and the error told. */
static void test_failures(const void *row)
{
	const struct auth_hasher no_random = { hasher.digest,
		broken_hasher.random, hasher.hmac };
	const struct auth_hasher no_digest = { broken_hasher.digest,
		hasher.random, hasher.hmac };
	const struct auth_request r = { .user = STR("u"),
		.allowed = AUTH_DIGEST };
	struct auth_state *a = auth_new(NULL);
	struct error e = { 0 };
	struct head head;
	struct buf out;
	char *text;

	(void)row;
	head_init(&head);
	text = make_head(&head, W "Digest nonce=n, qop=auth\r\n");
	assert_int_equal(
		auth_challenged(a, &r, &head, STR("WWW-Authenticate"), &e), 1);
	buf_init(&out, 1000);
	assert_int_equal(
		auth_write(a, &r, &no_random, &out, &e), -ERR_NOT_BUILT_IN);
	assert_string_equal(e.text, "no random bytes today");
	assert_int_equal(
		auth_write(a, &r, &no_digest, &out, &e), -ERR_NOT_BUILT_IN);
	assert_string_equal(e.text, "no digests today");
	assert_int_equal(out.n, 0);
	buf_fini(&out);
	head_fini(&head);
	free(text);
	auth_free(a);
	auth_free(NULL);
}

/* A nextnonce over the limit is not taken, nor does it break what there is. */
static void test_long_nextnonce(const void *row)
{
	const struct auth_request r = { .method = STR("GET"),
		.target = STR("/"),
		.user = STR("u"),
		.password = STR("p"),
		.allowed = AUTH_DIGEST };
	struct auth_state *a = auth_new(NULL);
	struct head head;
	struct buf field;
	char *text;

	(void)row;
	head_init(&head);
	text = make_head(&head, W "Digest realm=r, nonce=n\r\n");
	assert_int_equal(
		auth_challenged(a, &r, &head, STR("WWW-Authenticate"), NULL),
		1);
	check_written(a, &r, RN);
	head_fini(&head);
	free(text);
	buf_init(&field, LIMIT_HEAD);
	buf_add_text(&field, "Authentication-Info: nextnonce=\"");
	for (size_t i = 0; i <= LIMIT_CHALLENGE_VALUE; i++)
		buf_add_char(&field, 'x');
	buf_add_text(&field, "\"\r\n");
	text = make_head(&head, buf_text(&field));
	auth_accepted(a, &head, STR("Authentication-Info"));
	check_written(a, &r, RN);
	buf_fini(&field);
	head_fini(&head);
	free(text);
	auth_free(a);
}

/* Every cut of a challenge ends well. */
static void test_cut(const void *row)
{
	static const char value[] = W
		"Basic realm=\"a, b\", Digest realm=\"r\", nonce=\"n\", "
		"qop=\"auth,auth-int\", algorithm=SHA-256, Bearer";
	const struct auth_request r = {
		.user = STR("u"), .bearer = STR("tok"), .allowed = ALL
	};

	(void)row;
	for (size_t n = sizeof(W) - 1; n < sizeof(value); n++) {
		struct auth_state *a = auth_new(NULL);
		struct error e = { 0 };
		struct head head;
		struct buf field;
		char *text;
		int result;

		buf_init(&field, LIMIT_HEAD);
		buf_add(&field, value, n);
		buf_add_text(&field, "\r\n");
		head_init(&head);
		text = make_head(&head, buf_text(&field));
		result = auth_challenged(
			a, &r, &head, STR("WWW-Authenticate"), &e);
		/* Basic is whole from its name on. */
		assert_int_equal(result, n >= sizeof(W) - 1 + 5);
		assert_int_equal(e.code, 0);
		head_fini(&head);
		buf_fini(&field);
		free(text);
		auth_free(a);
	}
}

int main(void)
{
	static const struct table tables[] = {
		TABLE("auth", rows, test_schemes),
		SINGLE("auth_write, failures", test_failures),
		SINGLE("auth_accepted, long nextnonce", test_long_nextnonce),
		SINGLE("auth_challenged, cut", test_cut),
	};

	return table_run("auth", tables, 4);
}
