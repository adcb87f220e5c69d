/* What is left of secrets when heads and URLs are shown. */
#include "http/redact.h"

#include "support/table.h"

struct row {
	const char *name, *in, *out;
};

static const struct row head_rows[] = {
	{ "nothing secret", "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
		"GET / HTTP/1.1\r\nHost: a\r\n\r\n" },
	{ "Basic", "Authorization: Basic YTpi\r\n\r\n",
		"Authorization: Basic [redacted]\r\n\r\n" },
	{ "Digest", "authorization:Digest username=\"a\", uri=\"/\"\n\n",
		"authorization:Digest [redacted]\n\n" },
	{ "a scheme alone", "Authorization: secret\r\n",
		"Authorization: [redacted]\r\n" },
	{ "of a proxy", "Proxy-Authorization: Bearer x y\r\n",
		"Proxy-Authorization: Bearer [redacted]\r\n" },
	{ "no value", "Authorization:\r\nCookie: \r\n\r\n",
		"Authorization:\r\nCookie: \r\n\r\n" },
	{ "Cookie", "Cookie: a=1; b=2=3;c; d=\r\n",
		"Cookie: a=[redacted]; b=[redacted];[redacted]; "
		"d=[redacted]\r\n" },
	{ "Set-Cookie", "Set-Cookie: a=1; Path=/; HttpOnly\r\n",
		"Set-Cookie: a=[redacted]; Path=/; HttpOnly\r\n" },
	{ "Set-Cookie without attributes", "set-cookie: a\r\n",
		"set-cookie: [redacted]\r\n" },
	{ "a space before the colon", "Cookie : a=1\r\n",
		"Cookie : a=[redacted]\r\n" },
	{ "folded", "Cookie: a=1;\r\n b=2\r\nX: y\r\n",
		"Cookie: a=[redacted];\r\n b=[redacted]\r\nX: y\r\n" },
	{ "no line end", "Cookie: a=1", "Cookie: a=[redacted]" },
	{ "a name that only begins so", "Cookies: a=1\r\n",
		"Cookies: a=1\r\n" },
	{ "in a value", "X: Cookie: a=1\r\n", "X: Cookie: a=1\r\n" },
	{ "empty", "", "" },
};

static const struct row url_rows[] = {
	{ "no user", "http://a/b@c:d", "http://a/b@c:d" },
	{ "a user", "http://u@a/", "http://u@a/" },
	{ "a password", "http://u:p@a:80/x?y@z",
		"http://u:[redacted]@a:80/x?y@z" },
	{ "an empty password", "http://u:@a/", "http://u:[redacted]@a/" },
	{ "two ats", "http://u:p@q@a/", "http://u:[redacted]@a/" },
	{ "in a message", "from 'http://u:p@a/' to \"ftp://v:q@b\": failed",
		"from 'http://u:[redacted]@a/' to \"ftp://v:[redacted]@b\": "
		"failed" },
	{ "an address", "http://[::1]:80/", "http://[::1]:80/" },
	{ "no scheme", "u:p@a", "u:p@a" },
	{ "cut off", "x://", "x://" },
	{ "behind a space", "http://a b:c@d", "http://a b:c@d" },
};

/* In an allocation of exactly that size. */
static void check(
	const struct row *r, void (*redact)(struct buf *out, struct str in))
{
	size_t n = strlen(r->in);
	char *copy = exact_copy(r->in, n);
	struct buf out;

	buf_init(&out, 4096);
	redact(&out, (struct str){ copy, n });
	assert_string_equal(out.n ? buf_text(&out) : "", r->out);
	buf_fini(&out);
	free(copy);
}

static void test_head(const void *row)
{
	check(row, redact_head);
}

static void test_urls(const void *row)
{
	check(row, redact_urls);
}

int main(void)
{
	const struct table tables[] = {
		TABLE("redact_head", head_rows, test_head),
		TABLE("redact_urls", url_rows, test_urls),
	};

	return table_run("redact", tables, sizeof(tables) / sizeof(tables[0]));
}
