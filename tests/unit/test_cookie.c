/* The jar: what is taken from whom, and what is sent to whom. */
#include "policy/cookie.h"

#include <pthread.h>
#include <stdio.h>

#include "base/module.h"
#include "policy/psl.h"
#include "support/table.h"

#define NOW INT64_C(1700000000)
#define EVER "1734559980" /* the latest date that is allowed at NOW */

static struct cookie_jar *new_jar(void)
{
	struct error e = { 0 };
	struct cookie_jar *jar = cookie_jar_new(&e);

	assert_non_null(jar);
	return jar;
}

static void parse_url(struct url *url, const char *text)
{
	struct error e = { 0 };

	assert_int_equal(url_parse(url, str_of(text), NULL, &e), 0);
}

static int receive(struct cookie_jar *jar, const char *from, const char *host,
	const char *value)
{
	size_t n = strlen(value);
	char *copy = exact_copy(value, n);
	struct url url;
	int verdict;

	parse_url(&url, from);
	verdict = cookie_receive(
		jar, (struct str){ copy, n }, &url, str_of(host), NOW);
	url_fini(&url);
	free(copy);
	return verdict;
}

static void assert_sent(struct cookie_jar *jar, const char *to,
	const char *host, int64_t now, const char *wanted)
{
	struct url url;
	struct buf out;

	parse_url(&url, to);
	buf_init(&out, 100000);
	cookie_send(jar, &url, str_of(host), now, &out);
	assert_string_equal(buf_text(&out), wanted);
	buf_fini(&out);
	url_fini(&url);
}

/* The lines of the jar without its head. */
static void assert_saved(struct cookie_jar *jar, const char *wanted)
{
	struct buf out;
	const char *lines;

	buf_init(&out, 1 << 20);
	cookie_save(jar, NOW, &out);
	lines = strstr(buf_text(&out), "\n\n");
	assert_non_null(lines);
	assert_string_equal(lines + 2, wanted);
	buf_fini(&out);
}

/* What depends on the list itself is only tested where there is one. */
static void need_list(void)
{
	if (!psl_is_public(STR("co.uk")))
		skip();
}

/* --- one cookie */

static const struct receive_row {
	const char *name, *from, *host, *value;
	int verdict;
	const char *line; /* of the file; NULL: none */
} receive_rows[] = {
	{ "of a host", "http://h.example/a/b", NULL, "a=b", COOKIE_STORED,
		"h.example\tFALSE\t/a\tFALSE\t0\ta\tb\n" },
	{ "of a domain", "http://h.example/a/b", NULL,
		"a=b; domain=.H.example; path=/", COOKIE_STORED,
		".H.example\tTRUE\t/\tFALSE\t0\ta\tb\n" },
	{ "of a domain above", "http://w.h.example/", NULL,
		"a=b; domain=h.example; HttpOnly; max-age=7", COOKIE_STORED,
		"#HttpOnly_.h.example\tTRUE\t/\tFALSE\t1700000007\ta\tb\n" },
	{ "for ever", "https://h.example/", NULL,
		"a=b; secure; expires=Fri Feb 13 11:56:27 GMT 2525",
		COOKIE_STORED, "h.example\tFALSE\t/\tTRUE\t" EVER "\ta\tb\n" },
	{ "expired", "http://h.example/", NULL, "a=b; max-age=0",
		COOKIE_EXPIRED, NULL },
	{ "without a name", "http://h.example/", NULL, "b", COOKIE_NO_NAME,
		NULL },
	{ "with a control", "http://h.example/", NULL, "a=\x01",
		COOKIE_BAD_BYTE, NULL },
	{ "with a tab", "http://h.example/", NULL, "a=b\tc", COOKIE_BAD_BYTE,
		NULL },
	/* Domains. */
	{ "of another host", "http://h.example/", NULL, "a=b; domain=o.example",
		COOKIE_BAD_DOMAIN, NULL },
	{ "of a host below", "http://h.example/", NULL,
		"a=b; domain=w.h.example", COOKIE_BAD_DOMAIN, NULL },
	{ "of half a label", "http://myh.example/", NULL,
		"a=b; domain=h.example", COOKIE_BAD_DOMAIN, NULL },
	{ "__secure- over http", "http://h.example/", NULL, "__secure-a=b",
		COOKIE_BAD_PREFIX, NULL },
	{ "__HOST- with a path", "https://h.example/", NULL,
		"__HOST-a=b; secure; path=/p", COOKIE_BAD_PREFIX, NULL },
	{ "of a top level", "http://h.example/", NULL, "a=b; domain=example",
		COOKIE_PUBLIC_SUFFIX, NULL },
	{ "of a top level with dots", "http://h.example./", NULL,
		"a=b; domain=.example.", COOKIE_PUBLIC_SUFFIX, NULL },
	{ "of a top level that is the host", "http://example/", NULL,
		"a=b; domain=example", COOKIE_STORED,
		"example\tFALSE\t/\tFALSE\t0\ta\tb\n" },
	{ "of two dots", "http://h.example/", NULL, "a=b; domain=..example",
		COOKIE_BAD_DOMAIN, NULL },
	{ "of localhost", "http://localhost/", NULL, "a=b; domain=localhost",
		COOKIE_STORED, ".localhost\tTRUE\t/\tFALSE\t0\ta\tb\n" },
	{ "of an address", "http://127.0.0.1/", NULL, "a=b; domain=127.0.0.1",
		COOKIE_STORED, "127.0.0.1\tFALSE\t/\tFALSE\t0\ta\tb\n" },
	{ "of part of an address", "http://127.0.0.1/", NULL,
		"a=b; domain=.0.0.1", COOKIE_BAD_DOMAIN, NULL },
	{ "of an IPv6 address", "http://[::1]/", NULL, "a=b", COOKIE_STORED,
		"::1\tFALSE\t/\tFALSE\t0\ta\tb\n" },
	{ "of a Unix socket", "unix:///a", NULL, "a=b", COOKIE_BAD_DOMAIN,
		NULL },
	/* The Host field. */
	{ "of a Host", "http://127.0.0.1/", "H.example:80", "a=b",
		COOKIE_STORED, "H.example\tFALSE\t/\tFALSE\t0\ta\tb\n" },
	{ "of a domain above a Host", "http://127.0.0.1/", "w.h.example",
		"a=b; domain=h.example", COOKIE_STORED,
		".h.example\tTRUE\t/\tFALSE\t0\ta\tb\n" },
	{ "not of the URL", "http://h.example/", "o.example",
		"a=b; domain=h.example", COOKIE_BAD_DOMAIN, NULL },
	{ "of a Host that is an address", "http://h.example/", "[::1]:8080",
		"a=b; domain=::1", COOKIE_STORED,
		"::1\tFALSE\t/\tFALSE\t0\ta\tb\n" },
	{ "of a Host with a tab", "http://h.example/", "a\tb", "a=b",
		COOKIE_BAD_DOMAIN, NULL },
	/* Secure. */
	{ "secure over http", "http://h.example/", NULL, "a=b; secure",
		COOKIE_NOT_SECURE, NULL },
	{ "secure from localhost", "http://localhost/", NULL, "a=b; secure",
		COOKIE_STORED, "localhost\tFALSE\t/\tTRUE\t0\ta\tb\n" },
	{ "secure from ::1", "http://[::1]/", NULL, "a=b; secure",
		COOKIE_STORED, "::1\tFALSE\t/\tTRUE\t0\ta\tb\n" },
	{ "secure from 127.0.0.1 as somebody else", "http://127.0.0.1/",
		"h.example", "a=b; secure", COOKIE_NOT_SECURE, NULL },
	{ "secure from somebody else as localhost", "http://h.example/",
		"localhost", "a=b; secure", COOKIE_NOT_SECURE, NULL },
	{ "__Host- as promised", "https://h.example/a/b", NULL,
		"__Host-a=b; secure; path=/", COOKIE_STORED,
		"h.example\tFALSE\t/\tTRUE\t0\t__Host-a\tb\n" },
	{ "__Host- with the default path", "https://h.example/a/b", NULL,
		"__Host-a=b; secure", COOKIE_BAD_PREFIX, NULL },
	{ "__Secure- without", "https://h.example/", NULL, "__Secure-a=b",
		COOKIE_BAD_PREFIX, NULL },
};

static void test_receive(const void *data)
{
	const struct receive_row *row = data;
	struct cookie_jar *jar = new_jar();

	assert_int_equal(
		receive(jar, row->from, row->host, row->value), row->verdict);
	assert_saved(jar, row->line ? row->line : "");
	cookie_jar_free(jar);
}

static const struct receive_row list_rows[] = {
	{ "of a public suffix", "http://w.h.co.uk/", NULL,
		"a=b; domain=co.uk; path=/", COOKIE_PUBLIC_SUFFIX, NULL },
	{ "of one in capitals", "http://w.h.co.uk/", NULL,
		"a=b; domain=CO.UK; path=/", COOKIE_PUBLIC_SUFFIX, NULL },
	{ "of one with a trailing dot", "http://h.co.uk./", NULL,
		"a=b; domain=co.uk.; path=/", COOKIE_PUBLIC_SUFFIX, NULL },
	{ "below one", "http://w.h.co.uk/", NULL, "a=b; domain=H.CO.UK; path=/",
		COOKIE_STORED, ".H.CO.UK\tTRUE\t/\tFALSE\t0\ta\tb\n" },
	{ "of one that is the host", "http://co.uk/", NULL,
		"a=b; domain=co.uk; path=/", COOKIE_STORED,
		"co.uk\tFALSE\t/\tFALSE\t0\ta\tb\n" },
};

static void test_list(const void *data)
{
	need_list();
	test_receive(data);
}

/* --- several */

#define STEPS 12

/* Each step is a cookie with its URL, or a request without a value. */
static const struct story_row {
	const char *name;
	struct {
		const char *url, *value;
		int verdict;
		const char *sent;
	} steps[STEPS];
} stories[] = {
	{ "only to its host",
		{ { "http://h.example/", "a=b", COOKIE_STORED, NULL },
			{ "http://h.example/", NULL, 0, "a=b" },
			{ "https://h.example:81/x", NULL, 0, "a=b" },
			{ "http://H.EXAMPLE/x", NULL, 0, "a=b" },
			{ "http://w.h.example/", NULL, 0, "" },
			{ "http://example/", NULL, 0, "" } } },
	{ "to all of a domain",
		{ { "http://w.h.example/", "a=b; domain=H.example",
			  COOKIE_STORED, NULL },
			{ "http://h.example/", NULL, 0, "a=b" },
			{ "http://x.y.h.example/", NULL, 0, "a=b" },
			{ "http://myh.example/", NULL, 0, "" },
			{ "http://h.example.com/", NULL, 0, "" } } },
	{ "below its path",
		{ { "http://h.example/a/b", "a=b", COOKIE_STORED, NULL },
			{ "http://h.example/a", NULL, 0, "a=b" },
			{ "http://h.example/a/", NULL, 0, "a=b" },
			{ "http://h.example/a/c/d?e", NULL, 0, "a=b" },
			{ "http://h.example/ab", NULL, 0, "" },
			{ "http://h.example/A/", NULL, 0, "" },
			{ "http://h.example/", NULL, 0, "" } } },
	{ "secure",
		{ { "https://h.example/", "a=b; secure", COOKIE_STORED, NULL },
			{ "https://h.example/", NULL, 0, "a=b" },
			{ "http://h.example/", NULL, 0, "" } } },
	{ "secure on a loopback address",
		{ { "http://127.0.0.1/", "a=b; secure", COOKIE_STORED, NULL },
			{ "http://127.0.0.1/", NULL, 0, "a=b" },
			{ "https://127.0.0.1/", NULL, 0, "a=b" },
			{ "http://127.0.0.2/", NULL, 0, "" } } },
	{ "another takes its place",
		{ { "http://h.example/", "a=b", COOKIE_STORED, NULL },
			{ "http://h.example/", "c=d", COOKIE_STORED, NULL },
			{ "http://H.example/", "a=e; HttpOnly; max-age=9",
				COOKIE_REPLACED, NULL },
			/* It is as old as it was. */
			{ "http://h.example/", NULL, 0, "c=d; a=e" } } },
	{ "each differs",
		{ { "http://h.example/", "a=1", COOKIE_STORED, NULL },
			{ "http://h.example/", "A=2", COOKIE_STORED, NULL },
			{ "http://h.example/", "a=3; path=/p", COOKIE_STORED,
				NULL },
			{ "http://h.example/", "a=4; path=/P", COOKIE_STORED,
				NULL },
			{ "http://h.example/", "a=5; domain=h.example",
				COOKIE_STORED, NULL },
			{ "http://h.example/p/q", NULL, 0,
				"a=3; a=5; A=2; a=1" } } },
	{ "deleted",
		{ { "http://h.example/", "a=b", COOKIE_STORED, NULL },
			{ "http://h.example/", "a=c; path=/d", COOKIE_STORED,
				NULL },
			{ "http://h.example/", "a=; max-age=0", COOKIE_EXPIRED,
				NULL },
			{ "http://h.example/d", NULL, 0, "a=c" } } },
	{ "the order",
		{ { "http://w.h.example/", "a=1", COOKIE_STORED, NULL },
			{ "http://w.h.example/", "bb=2; domain=h.example",
				COOKIE_STORED, NULL },
			{ "http://w.h.example/", "c=3; path=/p", COOKIE_STORED,
				NULL },
			{ "http://w.h.example/", "dd=4", COOKIE_STORED, NULL },
			{ "http://w.h.example/", "e=5", COOKIE_STORED, NULL },
			{ "http://w.h.example/p", NULL, 0,
				"c=3; dd=4; e=5; a=1; bb=2" } } },
	{ "a secure one is not replaced over http",
		{ { "https://h.example/a/b", "a=1; secure", COOKIE_STORED,
			  NULL },
			{ "http://h.example/a/b", "a=2", COOKIE_NOT_SECURE,
				NULL },
			{ "http://h.example/a/b", "a=; max-age=0",
				COOKIE_NOT_SECURE, NULL },
			{ "http://h.example/a/b", "a=3; domain=h.example",
				COOKIE_NOT_SECURE, NULL },
			{ "http://w.h.example/a/b", "a=3; path=/a/b",
				COOKIE_NOT_SECURE, NULL },
			{ "http://h.example/a/b", "a=4; path=/a/b/c",
				COOKIE_NOT_SECURE, NULL },
			{ "http://h.example/a/b", "a=5; path=/", COOKIE_STORED,
				NULL },
			{ "http://h.example/a/b", "A=6", COOKIE_STORED, NULL },
			{ "https://h.example/a/b", "a=7", COOKIE_REPLACED,
				NULL },
			{ "https://h.example/a/b", NULL, 0,
				"A=6; a=7; a=5" } } },
	{ "nor one of another domain",
		{ { "https://w.h.example/", "a=1; secure; domain=h.example",
			  COOKIE_STORED, NULL },
			{ "https://w.h.example/", "b=1; secure", COOKIE_STORED,
				NULL },
			{ "http://w.h.example/", "a=2", COOKIE_NOT_SECURE,
				NULL },
			{ "http://h.example/", "b=2; domain=h.example",
				COOKIE_NOT_SECURE, NULL },
			{ "http://o.example/", "a=3", COOKIE_STORED, NULL },
			{ "https://w.h.example/", NULL, 0, "b=1; a=1" } } },
};

static void test_story(const void *data)
{
	const struct story_row *row = data;
	struct cookie_jar *jar = new_jar();

	for (size_t i = 0; i < STEPS && row->steps[i].url; i++) {
		const char *url = row->steps[i].url;

		if (row->steps[i].value)
			assert_int_equal(
				receive(jar, url, NULL, row->steps[i].value),
				row->steps[i].verdict);
		else
			assert_sent(jar, url, NULL, NOW, row->steps[i].sent);
	}
	cookie_jar_free(jar);
}

/* A cookie goes to the Host of a request. */
static void test_host(const void *row)
{
	struct cookie_jar *jar = new_jar();

	(void)row;
	assert_int_equal(receive(jar, "http://127.0.0.1/", "w.h.example",
				 "a=b; domain=h.example"),
		COOKIE_STORED);
	assert_sent(jar, "http://127.0.0.1/", NULL, NOW, "");
	assert_sent(jar, "http://127.0.0.1/", "x.H.example:81", NOW, "a=b");
	assert_sent(jar, "http://w.h.example/", NULL, NOW, "a=b");
	assert_sent(jar, "http://w.h.example/", "o.example", NOW, "");
	cookie_jar_free(jar);
}

static void test_time(const void *row)
{
	struct cookie_jar *jar = new_jar();

	(void)row;
	receive(jar, "http://h.example/", NULL, "a=1; max-age=10");
	receive(jar, "http://h.example/", NULL, "b=2");
	assert_sent(jar, "http://h.example/", NULL, NOW + 10, "b=2; a=1");
	assert_sent(jar, "http://h.example/", NULL, NOW + 11, "b=2");
	/* It is gone for good. */
	assert_sent(jar, "http://h.example/", NULL, NOW, "b=2");
	cookie_jar_free(jar);
}

/* --- limits */

static int receive_number(struct cookie_jar *jar, const char *from, size_t i,
	const char *attributes)
{
	char value[100];

	snprintf(value, sizeof(value), "n%05zu=%zu%s", i, i, attributes);
	return receive(jar, from, NULL, value);
}

static size_t count_saved(struct cookie_jar *jar)
{
	struct buf out;
	size_t n = 0;

	buf_init(&out, 1 << 20);
	cookie_save(jar, NOW, &out);
	assert_false(out.failed);
	for (size_t i = 0; i < out.n; i++)
		n += out.p[i] == '\n';
	buf_fini(&out);
	return n - 4; /* of the head */
}

/* The youngest of equal ones go, and no more than a limit. */
static void test_number_sent(const void *row)
{
	struct cookie_jar *jar = new_jar();
	struct buf wanted;

	(void)row;
	buf_init(&wanted, 10000);
	for (size_t i = 0; i < LIMIT_COOKIES_SENT + 5; i++)
		receive_number(jar, "http://h.example/", i, "");
	for (size_t i = LIMIT_COOKIES_SENT + 4; i >= 5; i--)
		buf_printf(&wanted, "%sn%05zu=%zu", wanted.n ? "; " : "", i, i);
	assert_sent(jar, "http://h.example/", NULL, NOW, buf_text(&wanted));
	buf_fini(&wanted);
	cookie_jar_free(jar);
}

/* Two cookies that fill a field to the byte, and then one byte more. */
static void test_size_sent(const void *row)
{
	struct cookie_jar *jar = new_jar();
	char value[LIMIT_COOKIE + 10];
	struct url url;
	struct buf out;

	(void)row;
	memset(value, 'x', sizeof(value));
	memcpy(value, "b=", 2);
	parse_url(&url, "http://h.example/");
	buf_init(&out, 10000);
	for (size_t more = 0; more < 2; more++) {
		memcpy(value, "a=", 2);
		ignore(cookie_receive(jar,
			(struct str){ value, LIMIT_COOKIE + 1 }, &url, STR(""),
			NOW));
		memcpy(value, "b=", 2);
		ignore(cookie_receive(jar,
			(struct str){ value,
				LIMIT_COOKIE_FIELD - 8 - LIMIT_COOKIE - 1 - 2 +
					more },
			&url, STR(""), NOW));
		buf_clear(&out);
		cookie_send(jar, &url, STR(""), NOW, &out);
		assert_int_equal(out.n,
			more ? LIMIT_COOKIE_FIELD - 8 - LIMIT_COOKIE - 1 - 2 + 1
			     : LIMIT_COOKIE_FIELD - 8);
	}
	buf_fini(&out);
	url_fini(&url);
	cookie_jar_free(jar);
}

/* The one that was not used for the longest time makes place. */
static void test_domain_full(const void *row)
{
	struct cookie_jar *jar = new_jar();
	const char *below = "http://h.example/p";

	(void)row;
	assert_int_equal(
		receive_number(jar, below, 99999, "; path=/p"), COOKIE_STORED);
	for (size_t i = 1; i < LIMIT_COOKIES_OF_DOMAIN; i++)
		assert_int_equal(receive_number(jar, "http://h.example/", i,
					 "; path=/q"),
			COOKIE_STORED);
	assert_sent(jar, below, NULL, NOW, "n99999=99999");
	assert_int_equal(
		receive_number(jar, "http://h.example/", 0, ""), COOKIE_STORED);
	assert_int_equal(count_saved(jar), LIMIT_COOKIES_OF_DOMAIN);
	assert_sent(jar, below, NULL, NOW, "n99999=99999; n00000=0");
	/* The first of the others is gone, the second is not. */
	assert_int_equal(
		receive_number(jar, "http://h.example/", 2, "; path=/q"),
		COOKIE_REPLACED);
	assert_int_equal(
		receive_number(jar, "http://h.example/", 1, "; path=/q"),
		COOKIE_STORED);
	/* Other domains have their own. */
	assert_int_equal(
		receive_number(jar, "http://o.example/", 0, ""), COOKIE_STORED);
	assert_int_equal(count_saved(jar), LIMIT_COOKIES_OF_DOMAIN + 1);
	cookie_jar_free(jar);
}

/* Secure cookies are not driven out by others. */
static void test_domain_full_of_secure(const void *row)
{
	struct cookie_jar *jar = new_jar();

	(void)row;
	for (size_t i = 0; i < LIMIT_COOKIES_OF_DOMAIN; i++)
		assert_int_equal(receive_number(jar, "https://h.example/", i,
					 "; secure; max-age=9"),
			COOKIE_STORED);
	assert_int_equal(receive(jar, "http://h.example/", NULL, "a=b"),
		COOKIE_TOO_MANY);
	assert_int_equal(
		receive(jar, "https://h.example/", NULL, "a=b; secure"),
		COOKIE_STORED);
	assert_int_equal(count_saved(jar), LIMIT_COOKIES_OF_DOMAIN);
	cookie_jar_free(jar);
}

/* Those of other domains make place only when they have expired, and those of
 * a file take none away. */
static void test_jar_full(const void *row)
{
	struct cookie_jar *jar = new_jar();
	struct cookie_skips skips;
	struct url url;
	char from[100];

	(void)row;
	assert_int_equal(
		cookie_load(jar, STR("f.example\tTRUE\t/\tFALSE\t0\ta\tb\n"),
			false, NOW, &skips),
		1);
	for (size_t i = 0; i < LIMIT_COOKIES; i++) {
		snprintf(from, sizeof(from), "http://h%zu.example/", i / 100);
		assert_int_equal(
			receive_number(jar, from, i,
				i == 7 ? "; max-age=5" : "; max-age=50"),
			COOKIE_STORED);
	}
	assert_int_equal(receive(jar, "http://o.example/", NULL, "a=b"),
		COOKIE_TOO_MANY);
	assert_int_equal(receive_number(jar, "http://h0.example/", 3, ""),
		COOKIE_REPLACED);
	parse_url(&url, "http://o.example/");
	assert_int_equal(
		cookie_receive(jar, STR("a=b"), &url, STR(""), NOW + 6),
		COOKIE_STORED);
	assert_int_equal(
		cookie_receive(jar, STR("b=b"), &url, STR(""), NOW + 6),
		COOKIE_TOO_MANY);
	url_fini(&url);
	cookie_jar_free(jar);
}

/* A host that is longer than any name has no cookies. */
static void test_long_host(const void *row)
{
	struct cookie_jar *jar = new_jar();
	char host[LIMIT_COOKIE_HOST + 2] = { 0 };

	(void)row;
	memset(host, 'h', LIMIT_COOKIE_HOST);
	assert_int_equal(
		receive(jar, "http://h.example/", host, "a=b"), COOKIE_STORED);
	assert_sent(jar, "http://h.example/", host, NOW, "a=b");
	host[LIMIT_COOKIE_HOST] = 'h';
	assert_int_equal(receive(jar, "http://h.example/", host, "a=b"),
		COOKIE_BAD_DOMAIN);
	assert_sent(jar, "http://h.example/", host, NOW, "");
	cookie_jar_free(jar);
}

/* --- threads */

#define THREADS 4
#define ROUNDS 300

struct worker {
	struct cookie_jar *jar;
	const char *url, *value;
	size_t wrong;
};

static void *work(void *context)
{
	struct worker *w = context;
	struct error e = { 0 };
	struct url url;
	struct buf out;

	buf_init(&out, 1000);
	if (url_parse(&url, str_of(w->url), NULL, &e) < 0)
		return NULL;
	for (size_t i = 0; i < ROUNDS; i++) {
		ignore(cookie_receive(
			w->jar, str_of(w->value), &url, STR(""), NOW));
		buf_clear(&out);
		cookie_send(w->jar, &url, STR(""), NOW, &out);
		w->wrong += !str_eq(buf_str(&out), str_of(w->value));
	}
	url_fini(&url);
	buf_fini(&out);
	return NULL;
}

static void test_threads(const void *row)
{
	static const char *const urls[THREADS] = { "http://a.example/",
		"http://b.example/", "http://c.example/", "http://d.example/" };
	struct cookie_jar *jar = new_jar();
	struct worker workers[THREADS];
	pthread_t threads[THREADS];

	(void)row;
	for (size_t i = 0; i < THREADS; i++) {
		workers[i] = (struct worker){ jar, urls[i], "a=b", 0 };
		assert_int_equal(
			pthread_create(&threads[i], NULL, work, &workers[i]),
			0);
	}
	for (size_t i = 0; i < THREADS; i++) {
		assert_int_equal(pthread_join(threads[i], NULL), 0);
		assert_int_equal(workers[i].wrong, 0);
	}
	assert_int_equal(count_saved(jar), THREADS);
	cookie_jar_free(jar);
}

/* --- words */

static void test_words(const void *row)
{
	(void)row;
	for (int i = COOKIE_STORED; i <= COOKIE_TOO_MANY; i++)
		for (int j = COOKIE_STORED; j < i; j++)
			assert_string_not_equal(
				cookie_verdict_text(i), cookie_verdict_text(j));
	assert_string_equal(cookie_verdict_text(COOKIE_PUBLIC_SUFFIX),
		"the domain is a public suffix (RFC 6265 section 5.3 "
		"step 5)");
	assert_string_equal(cookie_verdict_text(-ERR_OUT_OF_MEMORY),
		"the cookie could not be stored");
	assert_string_equal(cookie_verdict_text(COOKIE_TOO_MANY + 1),
		"the cookie could not be stored");
}

int main(void)
{
	static const struct table tables[] = {
		TABLE("cookie_receive", receive_rows, test_receive),
		TABLE("cookie_receive with the list", list_rows, test_list),
		TABLE("cookie_send", stories, test_story),
		SINGLE("cookie_send with a Host", test_host),
		SINGLE("cookie_send later", test_time),
		SINGLE("cookie_send of many", test_number_sent),
		SINGLE("cookie_send of large ones", test_size_sent),
		SINGLE("cookie_receive, the domain is full", test_domain_full),
		SINGLE("cookie_receive, full of secure ones",
			test_domain_full_of_secure),
		SINGLE("cookie_receive, the jar is full", test_jar_full),
		SINGLE("cookie_receive from a long host", test_long_host),
		SINGLE("a jar of several threads", test_threads),
		SINGLE("cookie_verdict_text", test_words),
	};

	/* Set where the modules of this build are shared objects. */
	module_set_dir(getenv("MODULE_DIR"));
	return table_run("cookie", tables, sizeof(tables) / sizeof(tables[0]));
}
