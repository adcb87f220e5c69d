/* What heads say that can be read: each row a head, and what is wrong in it. */
#include "http/review.h"

#include "support/findings.h"

struct review_row {
	const char *name;
	const char *status, *fields; /* lines end in LF */
	const char *findings; /* offsets from behind the status line */
};

#define FIXDATE "Sun, 06 Nov 1994 08:49:37 GMT"

static const struct review_row head_rows[] = {
	{ "nothing wrong", "200",
		"Date: " FIXDATE "\nContent-Type: text/html; charset=x\n"
		"ETag: W/\"a\"\nExpires: " FIXDATE "\n",
		"" },
	/* RFC 9110 section 5.6.7 */
	{ "no date", "200", "Date: yesterday\n", "DATE_INVALID@6" },
	{ "an empty date", "200", "Date:\n", "DATE_INVALID@5" },
	{ "an RFC 850 date", "200", "Date: Sunday, 06-Nov-94 08:49:37 GMT\n",
		"DATE_OBSOLETE@6" },
	{ "an asctime date", "200", "A: b\nDate: Sun Nov  6 08:49:37 1994\n",
		"DATE_OBSOLETE@11" },
	{ "another zone", "200", "date: Sun, 06 Nov 1994 08:49:37 CET\n",
		"DATE_INVALID@6" },
	{ "a day that does not exist", "200",
		"Date: Mon, 31 Feb 2022 08:49:37 GMT\n", "DATE_INVALID@6" },
	{ "Expires: 0", "200", "Expires: 0\n", "DATE_INVALID@9" },
	{ "Expires: -1", "200", "Expires:-1\n", "DATE_INVALID@8" },
	{ "Last-Modified", "200", "Last-Modified: x\n", "DATE_INVALID@15" },
	{ "a folded date", "200", "Date: Sun,\n 06 Nov 1994 08:49:37 GMT\n",
		"" },
	{ "Retry-After, seconds", "503", "Retry-After: 120\n", "" },
	{ "Retry-After, a date", "503", "Retry-After: " FIXDATE "\n", "" },
	{ "Retry-After, a word", "503", "Retry-After: 2m\n",
		"DATE_INVALID@13" },
	{ "Retry-After, empty", "503", "Retry-After:\n", "DATE_INVALID@12" },
	/* Location */
	{ "an absolute Location", "301", "Location: http://a:1/b?c#d\n", "" },
	{ "an absolute path", "301", "Location: /a%20b\n", "" },
	{ "a relative path", "301", "Location: http\n", "" },
	{ "an empty Location", "301", "Location:\n", "" },
	{ "another scheme", "301", "Location: mailto:a@b\n", "" },
	{ "an IPv6 address", "301", "Location: https://[::1]:1/\n", "" },
	{ "no host", "301", "Location: http:///x\n", "LOCATION_NO_HOST@10" },
	{ "no slashes", "301", "Location: HTTP:foo\n", "LOCATION_NO_HOST@10" },
	{ "https, no slashes", "301", "Location: https:/foo\n",
		"LOCATION_NO_HOST@10" },
	{ "a port only", "301", "Location: http://:80/\n",
		"LOCATION_NO_HOST@10" },
	{ "nothing behind the slashes", "301", "Location: http://\n",
		"LOCATION_NO_HOST@10" },
	{ "a query only", "301", "Location: http://?a@b\n",
		"LOCATION_NO_HOST@10" },
	{ "no scheme and no host", "301", "Location: ///x\n",
		"LOCATION_NO_HOST@10" },
	{ "a user", "301", "Location: http://a@b/c@d\n", "LOCATION_USER@17" },
	{ "a user and no host", "301", "Location: http://a@/\n",
		"LOCATION_USER@17 LOCATION_NO_HOST@10" },
	{ "a space", "301", "Location: /a b\n", "LOCATION_INVALID@12" },
	{ "a backslash", "301", "Location: \\a\n", "LOCATION_INVALID@10" },
	{ "a percent sign", "301", "Location: /%4\n", "LOCATION_INVALID@11" },
	{ "a high byte", "301", "Location: /\xe4\n", "LOCATION_INVALID@11" },
	/* What describes the content */
	{ "no type", "200", "Content-Type: html\n", "CONTENT_TYPE_INVALID@14" },
	{ "no subtype", "200", "Content-Type: text/; charset=x\n",
		"CONTENT_TYPE_INVALID@14" },
	{ "two types", "200", "Content-Type: text/html, text/plain\n",
		"CONTENT_TYPE_INVALID@14" },
	{ "an empty type", "200", "Content-Type:\n",
		"CONTENT_TYPE_INVALID@13" },
	{ "no quotes", "200", "ETag: abc\n", "ETAG_INVALID@6" },
	{ "one quote", "200", "ETag: \"\n", "ETAG_INVALID@6" },
	{ "empty quotes", "200", "ETag: \"\"\n", "" },
	{ "a quote inside", "200", "ETag: \"a\"b\"\n", "ETAG_INVALID@6" },
	{ "a space inside", "200", "ETag: \"a b\"\n", "ETAG_INVALID@6" },
	{ "a small w", "200", "ETag: w/\"a\"\n", "ETAG_INVALID@6" },
	/* Content-Range */
	{ "a range", "206", "Content-Range: bytes 0-4/10\n", "" },
	{ "a range of what is not known", "206", "Content-Range: bytes 5-9/*\n",
		"" },
	{ "another unit", "206", "Content-Range: pages x\n", "" },
	{ "a range that was not satisfied", "416",
		"Content-Range: bytes */10\n", "" },
	{ "the same in a 206", "206", "Content-Range: bytes */10\n",
		"RANGE_INVALID@15" },
	{ "nothing known in a 416", "416", "Content-Range: bytes */*\n",
		"RANGE_INVALID@15" },
	{ "backwards", "206", "Content-Range: bytes 5-4/10\n",
		"RANGE_INVALID@15" },
	{ "past the end", "206", "Content-Range: bytes 0-10/10\n",
		"RANGE_INVALID@15" },
	{ "no size", "206", "Content-Range: bytes 0-4\n", "RANGE_INVALID@15" },
	{ "no last byte", "206", "Content-Range: bytes 0/4\n",
		"RANGE_INVALID@15" },
	{ "no number", "206", "Content-Range: bytes a-4/5\n",
		"RANGE_INVALID@15" },
	{ "a size above all numbers", "206",
		"Content-Range: bytes 0-4/18446744073709551616\n",
		"RANGE_INVALID@15" },
	{ "an equals sign", "206", "Content-Range: bytes=0-4/10\n", "" },
	{ "a range in a 200", "200", "A: b\nContent-Range: bytes 0-4/10\n",
		"RANGE_UNEXPECTED@5" },
	{ "no range in a 206", "206", "A: b\n", "RANGE_MISSING@5" },
	{ "several ranges", "206",
		"Content-Type: multipart/byteranges; boundary=x\n", "" },
	/* What is missing */
	{ "101", "101", "", "UPGRADE_MISSING@0" },
	{ "426", "426", "A: b\r\n\r\n", "UPGRADE_MISSING@6" },
	{ "426 with it", "426", "upgrade: x\n", "" },
	{ "401", "401", "A: b\n", "CHALLENGE_MISSING@5" },
	{ "401 with it", "401", "WWW-Authenticate: Basic\n", "" },
	{ "405", "405", "A: b\n", "ALLOW_MISSING@5" },
	{ "407", "407", "A: b\n", "PROXY_CHALLENGE_MISSING@5" },
};

static const struct review_row trailer_rows[] = {
	{ "no harm", NULL, "ETag: x\nDigest: y\n", "" },
	{ "a length", NULL, "A: b\ncontent-length: 5\n",
		"TRAILER_FORBIDDEN@5" },
	{ "two", NULL, "Transfer-Encoding: x\nSet-Cookie: y\n",
		"TRAILER_FORBIDDEN@0 TRAILER_FORBIDDEN@21" },
	{ "a condition", NULL, "If-match: x\n", "TRAILER_FORBIDDEN@0" },
	{ "of the connection", NULL, "keep-alive: x\nProxy-Connection: y\n",
		"TRAILER_FORBIDDEN@0 TRAILER_FORBIDDEN@14" },
};

static void test_review(const void *row)
{
	const struct review_row *r = row;
	struct findings found = { .base = 0 };
	size_t line = 0;
	struct head head;
	struct buf text;
	struct str in;
	ssize_t n;

	buf_init(&text, 10000);
	if (r->status)
		buf_printf(&text, "HTTP/1.1 %s \r\n", r->status);
	line = text.n;
	buf_add_text(&text, r->fields);
	buf_add_text(&text, "\n");
	in = (struct str){ exact_copy(text.p, text.n), text.n };
	head_init(&head);
	n = r->status ? head_parse(in, &head, NULL, NULL)
		      : head_parse_trailers(in, &head, NULL, NULL);
	assert_true(n > 0);
	/* So that the row's offsets count from the first field. */
	found.base = 0 - (uint64_t)line;
	if (r->status)
		review_head(&head, &found);
	else
		review_trailers(&head, &found);
	assert_findings(&found, r->findings);
	head_fini(&head);
	free((char *)in.p);
	buf_fini(&text);
}

int main(void)
{
	const struct table tables[] = {
		TABLE("review_head", head_rows, test_review),
		TABLE("review_trailers", trailer_rows, test_review),
	};

	return table_run("review", tables, sizeof(tables) / sizeof(tables[0]));
}
