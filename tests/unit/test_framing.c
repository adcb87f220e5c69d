/* Where bodies end: RFC 9112 section 6.3, item by item. */
#include "http/framing.h"

#include "support/findings.h"

enum {
	HEAD = 1,
	CONNECT = 2,
	IGNORE = 4,
	WANTED = 8,
	RAW = 16,
	TO_HTTP10 = 64,
	PROXY = 128,
	GOES_ON = 32 /* the connection is persistent */
};

struct framing_row {
	const char *name;
	const char *status; /* "1.1 200" */
	const char *fields;
	int flags;
	int kind; /* or a negative error */
	uint64_t length;
	int item;
	const char *codings;
	const char *findings; /* offsets from behind the status line */
	const char *says;
};

#define KIND(kind, item) FRAMING_##kind, 0, item, ""
#define LENGTH(n) FRAMING_LENGTH, n, 6, ""
#define FAIL(code) -ERR_##code, 0, 0, ""
#define TE "Transfer-Encoding: "
#define CL "Content-Length: "

static const struct framing_row rows[] = {
	/* Item 1. */
	{ "HEAD", "1.1 200", CL "5\n", HEAD | GOES_ON, KIND(NONE, 1), "",
		NULL },
	{ "HEAD with chunked", "1.1 200", TE "chunked\n", HEAD | GOES_ON,
		KIND(NONE, 1), "", NULL },
	{ "HEAD with a bad length", "1.1 200", CL "x\n", HEAD | GOES_ON,
		KIND(NONE, 1), "", NULL },
	{ "304 with a length", "1.1 304", CL "677777\n", GOES_ON, KIND(NONE, 1),
		"", NULL },
	{ "304 and close", "1.1 304", "Connection: close\n", 0, KIND(NONE, 1),
		"", NULL },
	{ "204", "1.1 204", "", GOES_ON, KIND(NONE, 1), "", NULL },
	{ "204 with length 0", "1.1 204", CL "0\n", GOES_ON, KIND(NONE, 1),
		"LENGTH_UNEXPECTED@0", NULL },
	{ "204 with a length", "1.1 204", CL "5\n", 0, KIND(NONE, 1),
		"LENGTH_UNEXPECTED@0", NULL },
	{ "204 with chunked", "1.1 204", TE "chunked\n", 0, KIND(NONE, 1),
		"CODING_UNEXPECTED@0", NULL },
	{ "100", "1.1 100", "", GOES_ON, KIND(NONE, 1), "", NULL },
	{ "103 with a length", "1.1 103", "A: b\n" CL "5\n", 0, KIND(NONE, 1),
		"LENGTH_UNEXPECTED@5", NULL },
	{ "101", "1.1 101", "", 0, KIND(TUNNEL, 1), "", NULL },
	{ "205 is framed as any", "1.1 205", CL "5\n", GOES_ON, LENGTH(5), "",
		NULL },
	/* Item 2. */
	{ "CONNECT 200", "1.1 200", "", CONNECT, KIND(TUNNEL, 2), "", NULL },
	{ "CONNECT 204", "1.1 204", "", CONNECT, KIND(TUNNEL, 2), "", NULL },
	{ "CONNECT 200 with both", "1.1 200", CL "x\n" TE "x\n", CONNECT,
		KIND(TUNNEL, 2), "LENGTH_UNEXPECTED@0 CODING_UNEXPECTED@18",
		NULL },
	{ "CONNECT 407", "1.1 407", CL "5\n", CONNECT | GOES_ON, LENGTH(5), "",
		NULL },
	/* Items 3 and 4. */
	{ "chunked", "1.1 200", TE "chunked\n", GOES_ON, KIND(CHUNKED, 4), "",
		NULL },
	{ "chunked, another case", "1.1 200", "transfer-encoding: CHUNKED\n",
		GOES_ON, KIND(CHUNKED, 4), "", NULL },
	{ "chunked and close", "1.1 200", TE "chunked\nConnection: close\n", 0,
		KIND(CHUNKED, 4), "", NULL },
	{ "chunked and a length", "1.1 200", TE "chunked\n" CL "0\n", 0,
		KIND(CHUNKED, 4), "LENGTH_WITH_CODING@27", NULL },
	{ "chunked and a bad length", "1.1 200", CL "x\n" TE "chunked\n", 0,
		KIND(CHUNKED, 4), "LENGTH_WITH_CODING@0", NULL },
	{ "chunked in HTTP/1.0", "1.0 200",
		TE "chunked\nConnection: keep-alive\n", 0, KIND(CHUNKED, 4),
		"CODING_IN_HTTP10@0", NULL },
	{ "chunked to an HTTP/1.0 request", "1.1 200", TE "chunked\n",
		TO_HTTP10 | GOES_ON, KIND(CHUNKED, 4), "CODING_TO_HTTP10@0",
		NULL },
	{ "a length to an HTTP/1.0 request", "1.1 200", CL "5\n",
		TO_HTTP10 | GOES_ON, LENGTH(5), "", NULL },
	{ "chunked, chunked", "1.1 200", TE "chunked, chunked\n", 0,
		KIND(CHUNKED, 4), "CHUNKED_REPEATED@28", NULL },
	{ "chunked in two fields", "1.1 200", TE "chunked\n" TE "chunked\n", 0,
		KIND(CHUNKED, 4), "CHUNKED_REPEATED@46", NULL },
	{ "identity, chunked", "1.1 200", TE "identity, chunked\n", GOES_ON,
		KIND(CHUNKED, 4), "", NULL },
	{ "identity", "1.1 200", TE "identity\n", 0, KIND(CLOSE, 8),
		"CODING_IDENTITY@0", NULL },
	{ "identity and a length", "1.1 200", CL "5\n" TE "Identity\n", GOES_ON,
		LENGTH(5), "CODING_IDENTITY@18", NULL },
	{ "identity twice and a length", "1.1 200",
		TE "identity,\n" CL "5\n" TE ", identity\n", GOES_ON, LENGTH(5),
		"CODING_IDENTITY@0", NULL },
	{ "identity and a length in HTTP/1.0", "1.0 200",
		TE "identity\n" CL "5\nConnection: keep-alive\n", GOES_ON,
		LENGTH(5), "CODING_IDENTITY@0", NULL },
	{ "identity in a 204", "1.1 204", TE "identity\n", 0, KIND(NONE, 1),
		"CODING_UNEXPECTED@0", NULL },
	{ "identity, and a space before the colon", "1.1 200",
		"Transfer-Encoding : identity\n" CL "5\n", 0, LENGTH(5),
		"CODING_IDENTITY@0", NULL },
	{ "no coding at all", "1.1 200", TE "\n" CL "5\n", 0, KIND(CLOSE, 4),
		"LENGTH_WITH_CODING@20", NULL },
	{ "gzip, chunked", "1.1 200", TE "gzip, chunked\n", WANTED | GOES_ON,
		FRAMING_CHUNKED, 0, 4, "gzip", "", NULL },
	{ "codings in several fields", "1.1 200",
		TE "deflate\n" TE "X-GZIP,chunked\n", WANTED | GOES_ON,
		FRAMING_CHUNKED, 0, 4, "deflate, gzip", "", NULL },
	{ "gzip", "1.1 200", TE "gzip\n", WANTED, FRAMING_CLOSE, 0, 4, "gzip",
		"", NULL },
	{ "five codings", "1.1 200",
		TE "deflate,deflate,deflate\n" TE "deflate,deflate\n", WANTED,
		FRAMING_CLOSE, 0, 4,
		"deflate, deflate, deflate, deflate, deflate", "", NULL },
	{ "six codings", "1.1 200", TE "gzip,gzip,gzip,gzip,gzip,gzip\n",
		WANTED, FAIL(CONTENT_CODING), "",
		"Reject response exceeding limit of 5 transfer encodings" },
	{ "gzip, not asked for", "1.1 200", TE "gzip, chunked\n", 0,
		FAIL(CONTENT_CODING), "CODING_UNREQUESTED@19",
		"Unsolicited Transfer-Encoding (gzip) found" },
	{ "identityx", "1.1 200", CL "6\n" TE "identityx\n", 0,
		FAIL(CONTENT_CODING),
		"LENGTH_WITH_CODING@0 CODING_UNREQUESTED@37",
		"Unsolicited Transfer-Encoding (identityx) found" },
	{ "an unknown coding", "1.1 200", TE "br, chunked\n", WANTED,
		FAIL(CONTENT_CODING), "CODING_UNKNOWN@19",
		"Unsupported Transfer-Encoding (br) found at byte" },
	{ "chunked with a parameter", "1.1 200", TE "chunked;q=1\n", WANTED,
		FAIL(CONTENT_CODING), "CODING_UNKNOWN@19", "(chunked;q=1)" },
	{ "chunked, identity", "1.1 200", TE "chunked, identity\n", 0,
		FAIL(CONTENT_CODING), "CODING_NOT_FINAL@28",
		"(identity) found behind chunked" },
	{ "chunked, gzip", "1.1 200", TE "chunked, gzip\n", WANTED,
		FAIL(CONTENT_CODING), "CODING_NOT_FINAL@28", "(gzip)" },
	{ "raw and an unknown coding", "1.1 200", TE "gobbledigook\n" CL "44\n",
		RAW, KIND(CLOSE, 4), "LENGTH_WITH_CODING@32", NULL },
	{ "raw and gzip, chunked", "1.1 200", TE "gzip, chunked\n",
		RAW | GOES_ON, KIND(CHUNKED, 4), "", NULL },
	{ "raw and chunked, gzip", "1.1 200", TE "chunked, gzip\n", RAW,
		KIND(CLOSE, 4), "CODING_NOT_FINAL@28", NULL },
	{ "a space before the colon of the coding", "1.1 200",
		"Transfer-Encoding : chunked\n", 0, KIND(CHUNKED, 4), "",
		NULL },
	/* Items 5 and 6. */
	{ "a length", "1.1 200", CL "5\n", GOES_ON, LENGTH(5), "", NULL },
	{ "length 0", "1.1 200", CL "0\n", GOES_ON, LENGTH(0), "", NULL },
	{ "leading zeros", "1.1 200", CL "0000000000000000000000005\n", GOES_ON,
		LENGTH(5), "", NULL },
	{ "the largest length", "1.1 200", CL "9223372036854775807\n", GOES_ON,
		LENGTH(INT64_MAX), "", NULL },
	{ "a length too large", "1.1 200", CL "9223372036854775808\n", 0,
		FAIL(TOO_LARGE), "", "9223372036854775808 at byte" },
	{ "2 to the 65th", "1.1 200", CL "36893488147419103232\n", 0,
		FAIL(TOO_LARGE), "", "36893488147419103232" },
	{ "equal ones in two fields", "1.1 200", CL "5\n" CL "5\n", GOES_ON,
		LENGTH(5), "LENGTH_REPEATED@34", NULL },
	{ "equal ones in a list", "1.1 200", CL "6,06,6\n" CL "6,    6\n",
		GOES_ON, LENGTH(6),
		"LENGTH_REPEATED@18 LENGTH_REPEATED@21 LENGTH_REPEATED@39 "
		"LENGTH_REPEATED@45",
		NULL },
	{ "differing fields", "1.1 200", CL "44\n" CL "6\n", 0,
		FAIL(WEIRD_REPLY), "LENGTH_CONFLICT@35", "44, then 6" },
	{ "a differing list", "1.1 200", CL "1, 2\n", 0, FAIL(WEIRD_REPLY),
		"LENGTH_CONFLICT@19", "1, then 2" },
	{ "a plus", "1.1 200", CL "+5\n", 0, FAIL(WEIRD_REPLY),
		"LENGTH_INVALID@16", "Invalid Content-Length" },
	{ "a minus", "1.1 200", CL "-5\n", 0, FAIL(WEIRD_REPLY),
		"LENGTH_INVALID@16", "\"-5\"" },
	{ "a word behind", "1.1 200", CL "5 x\n", 0, FAIL(WEIRD_REPLY),
		"LENGTH_INVALID@16", "\"5 x\"" },
	{ "letters behind", "1.1 200", CL "6badness\n" CL "44\n", 0,
		FAIL(WEIRD_REPLY), "LENGTH_INVALID@16", "6badness" },
	{ "a fold inside", "1.1 200", CL "5\r\n 5\n", 0, FAIL(WEIRD_REPLY),
		"LENGTH_INVALID@16", "value \"5   5\" at byte" },
	{ "a fold in a coding", "1.1 200", TE "br\r\n x\n", WANTED,
		FAIL(CONTENT_CODING), "CODING_UNKNOWN@19", "(br   x) found" },
	{ "hexadecimal", "1.1 200", CL "0x5\n", 0, FAIL(WEIRD_REPLY),
		"LENGTH_INVALID@16", NULL },
	{ "quotes", "1.1 200", CL "\"5\"\n", 0, FAIL(WEIRD_REPLY),
		"LENGTH_INVALID@16", NULL },
	{ "rubbish", "1.1 200", CL "crap\n", 0, FAIL(WEIRD_REPLY),
		"LENGTH_INVALID@16", "\"crap\"" },
	{ "empty", "1.1 200", CL "\n", 0, FAIL(WEIRD_REPLY),
		"LENGTH_INVALID@16", NULL },
	{ "only a comma", "1.1 200", CL ",\n", 0, FAIL(WEIRD_REPLY),
		"LENGTH_INVALID@16", NULL },
	{ "empty in a second field", "1.1 200", CL "5\n" CL "\n", 0,
		FAIL(WEIRD_REPLY), "LENGTH_INVALID@34", NULL },
	{ "a space before the colon of the length", "1.1 200",
		"Content-Length : 5\n", 0, LENGTH(5), "", NULL },
	{ "an ignored length", "1.1 200", CL "5\n", IGNORE, KIND(CLOSE, 8), "",
		NULL },
	{ "an ignored bad length", "1.1 200", CL "x\n", IGNORE, KIND(CLOSE, 8),
		"", NULL },
	{ "chunked while lengths are ignored", "1.1 200", TE "chunked\n",
		IGNORE | GOES_ON, KIND(CHUNKED, 4), "", NULL },
	/* Item 8. */
	{ "nothing said", "1.1 200", "", 0, KIND(CLOSE, 8), "", NULL },
	{ "keep-alive said, nothing else", "1.0 200",
		"Connection: keep-alive\n", 0, KIND(CLOSE, 8), "", NULL },
	/* Section 9.3. */
	{ "close wins", "1.1 200", CL "5\nConnection: keep-alive, close\n", 0,
		LENGTH(5), "", NULL },
	{ "close in a second field", "1.1 200",
		CL "5\nConnection: x\nConnection: Close\n", 0, LENGTH(5), "",
		NULL },
	{ "close behind a fold", "1.1 200", CL "5\nConnection:   \r\n close\n",
		0, LENGTH(5), "", NULL },
	{ "HTTP/1.0", "1.0 200", CL "5\n", 0, LENGTH(5), "", NULL },
	{ "HTTP/1.0 with keep-alive", "1.0 200",
		CL "5\nConnection: Keep-Alive\n", GOES_ON, LENGTH(5), "",
		NULL },
	{ "HTTP/1.0 with both", "1.0 200",
		CL "5\nConnection: keep-alive,close\n", 0, LENGTH(5), "",
		NULL },
	{ "a proxy closes", "1.1 200", CL "5\nProxy-Connection: Close\n", PROXY,
		LENGTH(5), "", NULL },
	{ "a proxy closes, among others", "1.1 200",
		CL "5\nConnection: keep-alive\nProxy-Connection: a\n"
		   "Proxy-Connection: b, close\n",
		PROXY, LENGTH(5), "", NULL },
	{ "a proxy keeps HTTP/1.0", "1.0 200",
		CL "5\nProxy-Connection: keep-alive\n", PROXY | GOES_ON,
		LENGTH(5), "", NULL },
	{ "an origin that speaks as a proxy", "1.1 200",
		CL "5\nProxy-Connection: close\n", GOES_ON, LENGTH(5), "",
		NULL },
	{ "an origin that speaks as a proxy in HTTP/1.0", "1.0 200",
		CL "5\nProxy-Connection: keep-alive\n", 0, LENGTH(5), "",
		NULL },
	{ "HTTP/1.2", "1.2 200", CL "5\n", GOES_ON, LENGTH(5), "", NULL },
};

static void test_decide(const void *row)
{
	const struct framing_row *r = row;
	const struct framing_options options = {
		.head_request = r->flags & HEAD,
		.connect_request = r->flags & CONNECT,
		.ignore_length = r->flags & IGNORE,
		.codings_wanted = r->flags & WANTED,
		.raw = r->flags & RAW,
		.http10_request = r->flags & TO_HTTP10,
		.from_proxy = r->flags & PROXY,
	};
	struct findings found = { .base = 0 };
	struct error e = { 0 };
	struct framing framing;
	struct head head;
	struct buf text;
	size_t line;
	int rc;

	buf_init(&text, 10000);
	buf_printf(&text, "HTTP/%s OK\r\n", r->status);
	line = text.n;
	buf_printf(&text, "%s\r\n", r->fields);
	head_init(&head);
	assert_int_equal(head_parse(buf_str(&text), &head, NULL, &e), text.n);
	/* So that the row's offsets count from the first field. */
	found.base = 0 - (uint64_t)line;
	rc = framing_decide(&head, &options, &framing, &found, &e);
	assert_int_equal(rc, r->kind < 0 ? r->kind : 0);
	assert_int_equal(e.code, rc < 0 ? -rc : 0);
	assert_findings(&found, r->findings);
	if (r->says)
		assert_non_null(strstr(e.text, r->says));
	/* Whatever the peer has sent, a message is one line. */
	assert_null(rc < 0 ? strchr(e.text, '\n') : NULL);
	if (rc == 0) {
		assert_int_equal(framing.kind, r->kind);
		assert_int_equal(framing.length, r->length);
		assert_int_equal(framing.item, r->item);
		assert_string_equal(framing.codings, r->codings);
		assert_int_equal(framing.persistent, (r->flags & GOES_ON) != 0);
	}
	head_fini(&head);
	buf_fini(&text);
}

int main(void)
{
	const struct table tables[] = {
		TABLE("framing_decide", rows, test_decide),
	};

	return table_run("framing", tables, sizeof(tables) / sizeof(tables[0]));
}
