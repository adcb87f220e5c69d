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
	{ "Location", "Location: http://u:p@a/\r\n",
		"Location: http://u:[redacted]@a/\r\n" },
	{ "Location without a scheme", "location:\t//u:p q@a/\n",
		"location:\t//u:[redacted]@a/\n" },
	{ "Content-Location", "Content-Location: http://u:p@a\r\n",
		"Content-Location: http://u:[redacted]@a\r\n" },
	{ "Refresh", "Refresh: 5; url=http://u:p@a/\r\n",
		"Refresh: 5; url=http://u:[redacted]@a/\r\n" },
	{ "Link", "Link: <http://a/b>, <http://u:p@a/>; rel=x\r\n",
		"Link: <http://a/b>, <http://u:[redacted]@a/>; rel=x\r\n" },
	{ "Referer", "Referer: u:p@a\r\n", "Referer: u:[redacted]@a\r\n" },
	{ "a target", "GET http://u:p@a/ HTTP/1.1\r\nHost: a:b@c\r\n\r\n",
		"GET http://u:[redacted]@a/ HTTP/1.1\r\nHost: a:b@c\r\n\r\n" },
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
	{ "no scheme", "u:p@a", "u:[redacted]@a" },
	{ "cut off", "x://", "x://" },
	{ "behind a space", "http://a b:c@d", "http://a b:[redacted]@d" },
	{ "a blank in it", "bad 'http://u:p q@a/'",
		"bad 'http://u:[redacted]@a/'" },
	{ "quotes in it", "bad \"u:p\"q'r@a/\" in",
		"bad \"u:[redacted]@a/\" in" },
	{ "angles in it", "http://u:<p>@a/", "http://u:[redacted]@a/" },
	{ "a number sign in it", "not http://u:p#q@a/, 'b'",
		"not http://u:[redacted]@a/, 'b'" },
	{ "a slash at its front", "http://u:/p@a/", "http://u:[redacted]@a/" },
	{ "a port", "from http://a:80/@b and c:80 for d@e",
		"from http://a:80/@b and c:80 for d@e" },
	{ "a line of a file", "file:12: no user in a@b",
		"file:12: no user in a@b" },
	{ "words of a message", "host: a@b", "host: a@b" },
	{ "digits and a number sign", "at http://u:1#p@a/",
		"at http://u:[redacted]@a/" },
	{ "digits and a blank", "at 'http://u:1 p@a'",
		"at 'http://u:[redacted]@a'" },
	{ "digits and a quote", "at http://u:1'p@a",
		"at http://u:[redacted]@a" },
	{ "a fragment", "http://a:80/#b of c", "http://a:80/#b of c" },
	{ "slashes alone", "at x//1:p@a", "at x//1:[redacted]@a" },
	{ "cut off in its password", "at http://u:p, not",
		"at http://u:[redacted], not" },
	{ "a port and a colon", "http://a:80: no", "http://a:80: no" },
	{ "no port and a colon", "http://a:p: no", "http://a:[redacted]: no" },
	{ "two in a message", "'http://a/' leads to http://u:p@b",
		"'http://a/' leads to http://u:[redacted]@b" },
	{ "another line", "a:b\nc@d", "a:b\nc@d" },
};

static const struct row one_url_rows[] = {
	{ "empty", "", "" },
	{ "no user", "http://a/b:c@d", "http://a/b:c@d" },
	{ "a user", "u@a:80/x:y@z", "u@a:80/x:y@z" },
	{ "a password", "http://u:p@a:80/x?y@z",
		"http://u:[redacted]@a:80/x?y@z" },
	{ "an empty one", "u:@a", "u:[redacted]@a" },
	{ "no scheme", "u:p@a/", "u:[redacted]@a/" },
	{ "no slashes", "http:u:p@a/", "http:[redacted]@a/" },
	{ "one slash", "htp:/u:p@a/", "htp:/u:[redacted]@a/" },
	{ "a scheme that is none", "1&://u:p@a/", "1&://u:[redacted]@a/" },
	{ "no scheme, but slashes", "//u:p@a/", "//u:[redacted]@a/" },
	{ "a path", "/u:p@a/", "/u:p@a/" },
	{ "a query", "?u:p@a", "?u:p@a" },
	{ "a quote", "u:p'q@a", "u:[redacted]@a" },
	{ "a double quote", "http://u:\"p@a", "http://u:[redacted]@a" },
	{ "a blank", "http://u: p q@a", "http://u:[redacted]@a" },
	{ "a control byte", "http://u:p\nq@a", "http://u:[redacted]@a" },
	{ "an angle", "u:<p@a", "u:[redacted]@a" },
	{ "a number sign", "http://u:p#q@a/", "http://u:[redacted]@a/" },
	{ "a slash", "u:p/q@a/", "u:[redacted]@a/" },
	{ "a question mark", "u:?p@a/", "u:[redacted]@a/" },
	{ "a scheme in it", "http://u:a://b@h/", "http://u:[redacted]@h/" },
	{ "ats", "u:p@q@a", "u:[redacted]@a" },
	{ "a port", "http://a:80/@b", "http://a:80/@b" },
	{ "a port alone", "a:80", "a:80" },
	{ "an address", "http://[::1]:80/@b", "http://[::1]:80/@b" },
	{ "an address, no port", "http://[::1]/a:b@c", "http://[::1]/a:b@c" },
	{ "an address as the user", "http://[::1]:p@a",
		"http://[::1]:[redacted]@a" },
	{ "a bracket as the user", "http://[u:p@a", "http://[u:[redacted]@a" },
	{ "an address of mail as the user", "http://u@b.c:p@a/",
		"http://u@b.c:[redacted]@a/" },
	{ "digits and a number sign", "http://u:1#p@a",
		"http://u:[redacted]@a" },
	{ "digits, printed as a port", "http://u:1/#p@a",
		"http://u:[redacted]@a" },
	{ "a fragment", "http://a:80/#b", "http://a:80/#b" },
	{ "a query with an address of mail", "http://a:80?b=c@d",
		"http://a:80?b=c@d" },
	{ "no colon", "http//u:p@a/", "http//u:[redacted]@a/" },
	{ "no colon, printed", "http://http//u:p@a/",
		"http://http//u:[redacted]@a/" },
	{ "in a path", "http://a:80/to/http://u:p@b/c//d",
		"http://a:80/to/http://u:[redacted]@b/c//d" },
	{ "in a query", "http://u:p@a/?b=http://v:q@c",
		"http://u:[redacted]@a/?b=http://v:[redacted]@c" },
	{ "slashes at its end", "a//", "a//" },
	{ "cut off in its password", "http://u:p", "http://u:[redacted]" },
	{ "a scheme and a path", "mailto:a", "mailto:a" },
	{ "cut off", "http://u:", "http://u:" },
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

static void test_url(const void *row)
{
	check(row, redact_url);
}

static void test_urls(const void *row)
{
	check(row, redact_urls);
}

int main(void)
{
	const struct table tables[] = {
		TABLE("redact_head", head_rows, test_head),
		TABLE("redact_url", one_url_rows, test_url),
		TABLE("redact_urls", url_rows, test_urls),
	};

	return table_run("redact", tables, sizeof(tables) / sizeof(tables[0]));
}
