#include "transfer/upgrade.h"

#include "support/table.h"

struct row {
	const char *name, *url;
	const char *upgraded; /* as it is shown to people; NULL: as it was */
};

static const struct row rows[] = {
	{ "a host", "http://a.test", "https://a.test/" },
	{ "path, query and fragment", "http://a.test/b%2f/../c?d=/../e#f",
		"https://a.test/c?d=/../e#f" },
	{ "user and password", "http://u%3a:p%40@a.test/",
		"https://u%3A:p%40@a.test/" },
	{ "port 80", "http://a.test:80/", "https://a.test/" },
	{ "another port", "http://a.test:8080/", "https://a.test:8080/" },
	{ "port 443", "http://a.test:443/", "https://a.test:443/" },
	{ "a guessed scheme", "a.test/b", "https://a.test/b" },
	{ "capitals", "HTTP://A.test/", "https://A.test/" },
	{ "a dot at the end", "http://a.test./", "https://a.test./" },
	{ "a subdomain", "http://b.a.test/", "https://b.a.test/" },
	{ "another host", "http://b.test/", NULL },
	{ "an address", "http://192.0.2.1/", NULL },
	{ "an address of IPv6", "http://[2001:db8::1]/", NULL },
	{ "https", "https://a.test:80/", NULL },
	{ "another scheme", "tcp://a.test:80/", NULL },
};

static void check(const struct row *row, struct hsts *hsts, bool upgraded)
{
	struct error e = { 0 };
	struct url url;
	char *before, *after;

	assert_int_equal(url_parse(&url, str_of(row->url), NULL, &e), 0);
	before = url_print(
		&url, URL_PRINT_USER | URL_PRINT_FRAGMENT | URL_PRINT_SHOWN);
	assert_int_equal(upgrade_url(hsts, &url, NULL, &e), 0);
	after = url_print(
		&url, URL_PRINT_USER | URL_PRINT_FRAGMENT | URL_PRINT_SHOWN);
	assert_string_equal(after, upgraded ? row->upgraded : before);
	if (upgraded)
		assert_true(str_eq(url.scheme, STR("https")));
	free(before);
	free(after);
	url_fini(&url);
}

static void test_row(const void *arg)
{
	const struct row *row = arg;
	struct hsts_policy policy = { UINT64_MAX, true };
	struct error e = { 0 };
	struct hsts *hsts = hsts_new(&e);

	assert_non_null(hsts);
	check(row, hsts, false);
	assert_int_equal(hsts_note(hsts, STR("a.test"), &policy, 0), 0);
	assert_int_equal(hsts_note(hsts, STR("192.0.2.1"), &policy, 0), 0);
	check(row, hsts, row->upgraded != NULL);
	check(row, NULL, false);
	hsts_free(hsts);
}

int main(void)
{
	static const struct table tables[] = {
		TABLE("upgrade_url", rows, test_row),
	};

	return table_run("upgrade", tables, sizeof(tables) / sizeof(tables[0]));
}
