/* Request heads: each case whole, split at every offset, byte by byte. */
#include "http/request_parse.h"

#include "base/buf.h"
#include "support/findings.h"

struct request_row {
	const char *name;
	const char *in;
	size_t n; /* its length */
	ssize_t expected; /* bytes used, or a negative error */
	const char *parsed; /* "METHOD TARGET form minor [authority] body
			     * name=value|..." */
	const char *findings;
	const char *says; /* a part of the error's text */
};

#define GET "GET / HTTP/1.1\r\nHost: a\r\n" /* 25 bytes */
#define POST "POST / HTTP/1.1\r\nHost: a\r\n" /* 26 bytes */
#define ROW(text) text, sizeof(text) - 1
#define WHOLE(text) ROW(text), sizeof(text) - 1
#define BAD(text) ROW(text), -ERR_WEIRD_REPLY, NULL

static const struct request_row line_rows[] = {
	/* Well formed. */
	{ "the shortest", WHOLE("GET / HTTP/1.0\r\n\r\n"),
		"GET / origin 0 [] none/close ", "", NULL },
	{ "with Host", WHOLE(GET "\r\n"), "GET / origin 1 [a] none Host=a|", "",
		NULL },
	{ "a query and percent-encoding",
		WHOLE("GET /a%20b/;c=d?e=f/g?h@i:%ff HTTP/1.1\r\nHost:\r\n"
		      "\r\n"),
		"GET /a%20b/;c=d?e=f/g?h@i:%ff origin 1 [] none Host=|", "",
		NULL },
	{ "bytes behind", ROW(GET "\r\nGET / HTTP/1.1\r\n"), 27,
		"GET / origin 1 [a] none Host=a|", "", NULL },
	{ "a method of one's own", WHOLE("M-SEARCH! / HTTP/1.0\r\n\r\n"),
		"M-SEARCH! / origin 0 [] none/close ", "", NULL },
	{ "a lower case method", WHOLE("connect / HTTP/1.0\r\n\r\n"),
		"connect / origin 0 [] none/close ", "", NULL },
	{ "HTTP/1.9", WHOLE("GET / HTTP/1.9\r\nHost: a\r\n\r\n"),
		"GET / origin 9 [a] none Host=a|", "", NULL },
	{ "absolute-form",
		WHOLE("GET http://b:81/c?d HTTP/1.1\r\nHost: a\r\n\r\n"),
		"GET http://b:81/c?d absolute 1 [b:81] none Host=a|", "",
		NULL },
	{ "absolute-form without a path",
		WHOLE("GET HTTPS://b HTTP/1.1\r\nHost: a\r\n\r\n"),
		"GET HTTPS://b absolute 1 [b] none Host=a|", "", NULL },
	{ "absolute-form with a query at once",
		WHOLE("GET http://[::1]?x HTTP/1.0\r\n\r\n"),
		"GET http://[::1]?x absolute 0 [[::1]] none/close ", "", NULL },
	{ "authority-form",
		WHOLE("CONNECT b.c:443 HTTP/1.1\r\nHost: b.c:443\r\n\r\n"),
		"CONNECT b.c:443 authority 1 [b.c:443] none Host=b.c:443|", "",
		NULL },
	{ "asterisk-form", WHOLE("OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n"),
		"OPTIONS * asterisk 1 [a] none Host=a|", "", NULL },
	{ "OPTIONS of a path", WHOLE("OPTIONS /* HTTP/1.0\r\n\r\n"),
		"OPTIONS /* origin 0 [] none/close ", "", NULL },
	/* Accepted with a finding. */
	{ "an empty line first", WHOLE("\r\n" GET "\r\n"),
		"GET / origin 1 [a] none Host=a|", "EMPTY_LINE@0", NULL },
	{ "an empty line of LF first", WHOLE("\n" GET "\r\n"),
		"GET / origin 1 [a] none Host=a|", "EMPTY_LINE@0", NULL },
	{ "bare LF", WHOLE("GET / HTTP/1.0\nA: b\n\n"),
		"GET / origin 0 [] none/close A=b|",
		"BARE_LF@14 BARE_LF@19 BARE_LF@20", NULL },
	{ "characters to be encoded", WHOLE("GET /a[]|{ HTTP/1.0\r\n\r\n"),
		"GET /a[]|{ origin 0 [] none/close ", "TARGET_CHARACTER@6",
		NULL },
	{ "a high byte", WHOLE("GET /\xc3\xa4 HTTP/1.0\r\n\r\n"),
		"GET /\xc3\xa4 origin 0 [] none/close ", "TARGET_CHARACTER@5",
		NULL },
	{ "a fragment", WHOLE("GET /a#b HTTP/1.0\r\n\r\n"),
		"GET /a#b origin 0 [] none/close ", "TARGET_CHARACTER@6",
		NULL },
	{ "half an encoded byte", WHOLE("GET /a%2 HTTP/1.0\r\n\r\n"),
		"GET /a%2 origin 0 [] none/close ", "TARGET_CHARACTER@6",
		NULL },
	{ "an absolute path to be encoded",
		WHOLE("GET http://b/\" HTTP/1.0\r\n\r\n"),
		"GET http://b/\" absolute 0 [b] none/close ",
		"TARGET_CHARACTER@13", NULL },
	/* No request line. */
	{ "two empty lines first", BAD("\r\n\r\n" GET "\r\n"),
		"EMPTY_LINE@0 REQUEST_LINE@2", "byte 2:" },
	{ "HTTP/0.9", BAD("GET /\r\n\r\n"), "REQUEST_LINE@5",
		"byte 5: a request line" },
	{ "a method alone", BAD("GET\r\n\r\n"), "REQUEST_LINE@3", "byte 3" },
	{ "a space first", BAD(" GET / HTTP/1.1\r\n\r\n"), "REQUEST_LINE@0",
		"byte 0" },
	{ "a method that is no token", BAD("G(T / HTTP/1.1\r\n\r\n"),
		"REQUEST_LINE@1", "byte 1" },
	{ "two spaces before the target", BAD("GET  / HTTP/1.1\r\n\r\n"),
		"REQUEST_LINE@4", "byte 4" },
	{ "two spaces behind the target", BAD("GET /  HTTP/1.1\r\n\r\n"),
		"REQUEST_LINE@6", "byte 6" },
	{ "a tab", BAD("GET\t/ HTTP/1.1\r\n\r\n"), "REQUEST_LINE@3", "byte 3" },
	{ "a tab in the target", BAD("GET /\ta HTTP/1.1\r\n\r\n"),
		"REQUEST_LINE@5", "byte 5" },
	{ "a space in the target", BAD("GET /a b HTTP/1.1\r\n\r\n"),
		"REQUEST_LINE@7", "byte 7" },
	{ "a space behind the version", BAD("GET / HTTP/1.1 \r\n\r\n"),
		"REQUEST_LINE@14", "byte 14" },
	{ "a control in the target", BAD("GET /\x1b[m HTTP/1.1\r\n\r\n"),
		"REQUEST_LINE@5", "byte 5" },
	{ "DEL in the target", BAD("GET /\x7f HTTP/1.1\r\n\r\n"),
		"REQUEST_LINE@5", "byte 5" },
	{ "NUL in the target", BAD("GET /\0 HTTP/1.1\r\n\r\n"), "NUL_BYTE@5",
		"byte 5: a NUL" },
	{ "NUL in the method", BAD("G\0T / HTTP/1.1\r\n\r\n"), "NUL_BYTE@1",
		"byte 1: a NUL" },
	{ "CR in the target", BAD("GET /\rA: b HTTP/1.1\r\n\r\n"), "BARE_CR@5",
		"byte 5: a CR" },
	{ "CR before CR LF", BAD("GET / HTTP/1.1\r\r\n\r\n"), "BARE_CR@14",
		"byte 14: a CR" },
	{ "a TLS handshake", BAD("\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03"),
		"REQUEST_LINE@0", "the client speaks https" },
	{ "lower case HTTP", BAD("GET / http/1.1\r\n\r\n"), "REQUEST_LINE@6",
		"byte 6" },
	{ "no minor version", BAD("GET / HTTP/1\r\n\r\n"), "REQUEST_LINE@12",
		"byte 12" },
	{ "a long minor version", BAD("GET / HTTP/1.01\r\n\r\n"),
		"REQUEST_LINE@14", "byte 14" },
	{ "another protocol", BAD("GET / ICY/1.1\r\n\r\n"), "REQUEST_LINE@6",
		"byte 6" },
	{ "HTTP/2", ROW("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
		-ERR_UNSUPPORTED_PROTOCOL, NULL, "HTTP_VERSION@6",
		"byte 6: a version of HTTP that is not 1.x" },
	{ "HTTP/0.9 with its name", ROW("GET / HTTP/0.9\r\n\r\n"),
		-ERR_UNSUPPORTED_PROTOCOL, NULL, "HTTP_VERSION@6", "byte 6" },
	/* Forms. */
	{ "no slash", BAD("GET a HTTP/1.0\r\n\r\n"), "TARGET_FORM@4",
		"byte 4: a request target" },
	{ "an asterisk for GET", BAD("GET * HTTP/1.0\r\n\r\n"), "TARGET_FORM@4",
		"byte 4" },
	{ "CONNECT of a path", BAD("CONNECT / HTTP/1.0\r\n\r\n"),
		"TARGET_FORM@8", "byte 8" },
	{ "CONNECT without a port", BAD("CONNECT a HTTP/1.0\r\n\r\n"),
		"TARGET_FORM@8", "byte 8" },
	{ "CONNECT with an empty port", BAD("CONNECT a: HTTP/1.0\r\n\r\n"),
		"TARGET_FORM@8", "byte 8" },
	{ "CONNECT with a large port", BAD("CONNECT a:65536 HTTP/1.0\r\n\r\n"),
		"TARGET_FORM@8", "byte 8" },
	{ "an absolute-form with a user",
		BAD("GET http://u@a/ HTTP/1.0\r\n\r\n"), "TARGET_FORM@4",
		"byte 4" },
	{ "an absolute-form without a host",
		BAD("GET http:///a HTTP/1.0\r\n\r\n"), "TARGET_FORM@4",
		"byte 4" },
	{ "an absolute-form with a strange scheme",
		BAD("GET h_p://a HTTP/1.0\r\n\r\n"), "TARGET_FORM@4",
		"byte 4" },
	{ "a broken IPv6 address", BAD("GET http://[::1 HTTP/1.0\r\n\r\n"),
		"TARGET_FORM@4", "byte 4" },
	/* Never whole. */
	{ "nothing", ROW(""), 0, NULL, "", NULL },
	{ "half an empty line first", ROW("\r"), 0, NULL, "", NULL },
	{ "half a method", ROW("GE"), 0, NULL, "", NULL },
	{ "a method and a space", ROW("GET "), 0, NULL, "", NULL },
	{ "half a version", ROW("GET / HTTP/1"), 0, NULL, "", NULL },
	{ "half a line end", ROW("GET / HTTP/1.1\r"), 0, NULL, "", NULL },
	{ "no empty line", ROW(GET), 0, NULL, "", NULL },
};

static const struct request_row field_rows[] = {
	/* Host. */
	{ "no Host in HTTP/1.1", BAD("GET / HTTP/1.1\r\nA: b\r\n\r\n"),
		"HOST_MISSING@16", "byte 16: an HTTP/1.1 request without" },
	{ "no Host but absolute-form", BAD("GET http://a/ HTTP/1.1\r\n\r\n"),
		"HOST_MISSING@24", "without Host" },
	{ "two Hosts", BAD(GET "hOST: a\r\n\r\n"), "HOST_REPEATED@25",
		"byte 25" },
	{ "two Hosts in HTTP/1.0",
		BAD("GET / HTTP/1.0\r\nHost:\r\nHost:\r\n\r\n"),
		"HOST_REPEATED@23", "byte 23" },
	{ "a Host with a port",
		WHOLE("GET / HTTP/1.1\r\nHost: [fe80::1%25eth0]:80\r\n\r\n"),
		"GET / origin 1 [[fe80::1%25eth0]:80] none "
		"Host=[fe80::1%25eth0]:80|",
		"", NULL },
	{ "a Host with an empty port",
		WHOLE("GET / HTTP/1.0\r\nHost: a:\r\n\r\n"),
		"GET / origin 0 [a:] none/close Host=a:|", "", NULL },
	{ "a Host with a path", BAD("GET / HTTP/1.1\r\nHost: a/b\r\n\r\n"),
		"HOST_INVALID@22", "byte 22" },
	{ "a Host that is a list", BAD("GET / HTTP/1.1\r\nHost: a b\r\n\r\n"),
		"HOST_INVALID@22", "byte 22" },
	{ "a Host with a user", BAD("GET / HTTP/1.1\r\nHost: a@b\r\n\r\n"),
		"HOST_INVALID@22", "byte 22" },
	{ "a Host with a strange port",
		BAD("GET / HTTP/1.1\r\nHost: a:8x\r\n\r\n"), "HOST_INVALID@22",
		"byte 22" },
	/* Fields. */
	{ "controls in a value", WHOLE(GET "A: \x01\r\n\r\n"),
		"GET / origin 1 [a] none Host=a|A=\x01|", "CONTROL_BYTE@28",
		NULL },
	{ "white space before a colon", BAD(GET "A : b\r\n\r\n"),
		"SPACE_BEFORE_COLON@26", "byte 26: white space" },
	{ "a name that is no token", BAD(GET "A b: c\r\n\r\n"), "FIELD_NAME@25",
		"byte 25: a field name" },
	{ "no colon", BAD(GET "A\r\n\r\n"), "NO_COLON@25",
		"byte 25: a field line without a colon" },
	{ "no name", BAD(GET ": b\r\n\r\n"), "FIELD_NAME@25", "byte 25" },
	{ "NUL in a value", BAD(GET "A: b\0\r\n\r\n"), "NUL_BYTE@29",
		"byte 29" },
	{ "CR in a value", BAD(GET "A: b\rc\r\n\r\n"), "BARE_CR@29",
		"byte 29" },
	{ "a folded value", BAD(GET "A: b\r\n c\r\n\r\n"), "OBS_FOLD@31",
		"byte 31: a field value folded over lines" },
	{ "white space before the first field",
		BAD("GET / HTTP/1.0\r\n A: b\r\n\r\n"), "LEADING_SPACE@16",
		"byte 16" },
	{ "errors behind an empty line", BAD("\r\n" GET "A : b\r\n\r\n"),
		"EMPTY_LINE@0 SPACE_BEFORE_COLON@28", "byte 28" },
};

static const struct request_row body_rows[] = {
	{ "a length", WHOLE(POST "Content-Length: 12\r\n\r\n"),
		"POST / origin 1 [a] length 12 Host=a|Content-Length=12|", "",
		NULL },
	{ "a length of none", WHOLE(POST "Content-Length: 0\r\n\r\n"),
		"POST / origin 1 [a] length 0 Host=a|Content-Length=0|", "",
		NULL },
	{ "a length in GET", WHOLE(GET "Content-Length: 1\r\n\r\n"),
		"GET / origin 1 [a] length 1 Host=a|Content-Length=1|", "",
		NULL },
	{ "the same length twice", WHOLE(POST "Content-Length: 1, 1\r\n\r\n"),
		"POST / origin 1 [a] length 1 Host=a|Content-Length=1, 1|",
		"LENGTH_REPEATED@45", NULL },
	{ "lengths that differ",
		BAD(POST "Content-Length: 1\r\nContent-Length: 2\r\n\r\n"),
		"LENGTH_CONFLICT@61", "byte 61: Content-Length values" },
	{ "a negative length", BAD(POST "Content-Length: -1\r\n\r\n"),
		"LENGTH_INVALID@42", "byte 42" },
	{ "a length with a sign", BAD(POST "Content-Length: +1\r\n\r\n"),
		"LENGTH_INVALID@42", "byte 42" },
	{ "an empty length", BAD(POST "Content-Length:\r\n\r\n"),
		"LENGTH_INVALID@41", "byte 41" },
	{ "a huge length",
		ROW(POST "Content-Length: 9223372036854775808\r\n\r\n"),
		-ERR_TOO_LARGE, NULL, "", "larger than any body" },
	{ "chunked", WHOLE(POST "Transfer-Encoding: Chunked\r\n\r\n"),
		"POST / origin 1 [a] chunked Host=a|Transfer-Encoding=Chunked|",
		"", NULL },
	{ "chunked and a length",
		BAD(POST "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n"
			 "\r\n"),
		"LENGTH_WITH_CODING@26",
		"byte 26: both Transfer-Encoding and Content-Length" },
	{ "chunked in HTTP/1.0",
		BAD("POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n"),
		"CODING_IN_HTTP10@17", "byte 17" },
	{ "chunked twice",
		BAD(POST "Transfer-Encoding: chunked, chunked\r\n\r\n"),
		"CHUNKED_REPEATED@54", "byte 54" },
	{ "gzip behind chunked",
		ROW(POST "Transfer-Encoding: chunked, gzip\r\n\r\n"),
		-ERR_CONTENT_CODING, NULL, "CODING_NOT_FINAL@54", "byte 45" },
	{ "gzip before chunked",
		ROW(POST "Transfer-Encoding: gzip, chunked\r\n\r\n"),
		-ERR_CONTENT_CODING, NULL, "", "byte 45: gzip, chunked" },
	{ "an unknown coding", ROW(POST "Transfer-Encoding: x\r\n\r\n"),
		-ERR_CONTENT_CODING, NULL, "", "byte 45: x" },
	{ "no chunked at all", BAD(POST "Transfer-Encoding: identity\r\n\r\n"),
		"CODING_NOT_FINAL@45", "byte 45: chunked is not the final" },
	{ "white space before the colon of a length",
		BAD(POST "Content-Length : 1\r\n\r\n"), "SPACE_BEFORE_COLON@40",
		"byte 40" },
	/* The connection afterwards. */
	{ "close", WHOLE(GET "Connection: x, Close\r\n\r\n"),
		"GET / origin 1 [a] none/close Host=a|Connection=x, Close|", "",
		NULL },
	{ "keep-alive in HTTP/1.0",
		WHOLE("GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"),
		"GET / origin 0 [] none Connection=keep-alive|", "", NULL },
	/* Expect. */
	{ "100-continue", WHOLE(POST "Expect: 100-Continue\r\n\r\n"),
		"POST / origin 1 [a] none expects-continue "
		"Host=a|Expect=100-Continue|",
		"", NULL },
	{ "another expectation",
		WHOLE(POST "Expect: 100-continue, x=y\r\n\r\n"),
		"POST / origin 1 [a] none expects-unknown "
		"Host=a|Expect=100-continue, x=y|",
		"", NULL },
	{ "an expectation of HTTP/1.0",
		WHOLE("PUT / HTTP/1.0\r\nExpect: 100-continue\r\n\r\n"),
		"PUT / origin 0 [] none/close Expect=100-continue|", "", NULL },
};

static void print_body(struct buf *out, const struct received_request *q)
{
	static const char *const expectations[] = { "", " expects-continue",
		" expects-unknown" };
	const struct framing *f = &q->framing;

	switch (f->kind) {
	case FRAMING_NONE:
		buf_add_text(out, "none");
		break;
	case FRAMING_LENGTH:
		buf_printf(out, "length %" PRIu64, f->length);
		break;
	case FRAMING_CHUNKED:
		buf_add_text(out, "chunked");
		break;
	default:
		buf_printf(out, "framing %d", (int)f->kind);
		break;
	}
	buf_printf(out, "%s%s ", f->persistent ? "" : "/close",
		expectations[q->expectation]);
}

static void assert_parsed(
	const struct request_row *r, const struct received_request *q)
{
	static const char *const forms[] = { "origin", "absolute", "authority",
		"asterisk" };
	struct buf text;

	buf_init(&text, 1u << 20);
	buf_printf(&text, "%.*s %.*s %s %d [%.*s] ", STR_FMT(q->method),
		STR_FMT(q->target), forms[q->form], q->head.minor,
		STR_FMT(q->authority));
	print_body(&text, q);
	for (size_t i = 0; i < q->head.n; i++)
		buf_printf(&text, "%.*s=%.*s|", STR_FMT(q->head.fields[i].name),
			STR_FMT(q->head.fields[i].value));
	assert_string_equal(buf_text(&text), r->parsed);
	assert_int_equal(q->head.major, 1);
	buf_fini(&text);
}

/* The request line and the fields stand one behind the other. */
static void assert_lines(const struct received_request *q, struct str in)
{
	const char *p = q->line.p;

	assert_ptr_equal(q->head.bytes.p, in.p);
	assert_in_range(p - in.p, 0, 2);
	p += q->line.n;
	for (size_t i = 0; i < q->head.n; i++) {
		assert_ptr_equal(q->head.fields[i].line.p, p);
		p += q->head.fields[i].line.n;
	}
	assert_in_range(in.p + q->head.bytes.n - p, 1, 2);
}

static void parse_whole(const struct request_row *r, struct received_request *q)
{
	struct findings found = { .base = 0 };
	struct error e = { 0 };
	struct str in = { exact_copy(r->in, r->n), r->n };
	ssize_t rc = request_parse(in, q, &found, &e);

	assert_int_equal(rc, r->expected);
	assert_findings(&found, r->findings);
	if (r->parsed)
		assert_parsed(r, q);
	if (rc > 0) {
		assert_int_equal(q->head.bytes.n, rc);
		assert_lines(q, in);
	}
	assert_int_equal(e.code, rc < 0 ? -rc : 0);
	if (r->says && !strstr(e.text, r->says))
		fail_msg("\"%s\" is not in: %s", r->says, e.text);
	assert_int_equal(request_parse(in, q, NULL, NULL), rc);
	free((char *)in.p);
}

/* Every proper prefix is not yet whole, or fails as the whole does. */
static void parse_prefixes(
	const struct request_row *r, struct received_request *q)
{
	size_t whole = r->expected > 0 ? (size_t)r->expected : r->n;
	bool failed = false;

	for (size_t i = 0; i < whole; i++) {
		struct findings found = { .base = 0 };
		struct error e = { 0 };
		struct str in = { exact_copy(r->in, i), i };
		ssize_t rc = request_parse(in, q, &found, &e);

		if (rc == 0) {
			assert_false(failed);
			assert_findings(&found, "");
		} else {
			assert_int_equal(rc, r->expected);
			assert_true(rc < 0);
			failed = true;
		}
		free((char *)in.p);
	}
}

static void test_parse(const void *row)
{
	const struct request_row *r = row;
	struct received_request q;

	received_request_init(&q);
	parse_whole(r, &q);
	parse_prefixes(r, &q);
	parse_whole(r, &q);
	received_request_fini(&q);
}

/* --- limits */

struct limit_row {
	const char *name;
	const char *before, *filler, *after;
	size_t times;
	int code; /* 0: parsed */
	bool line_known; /* although it failed */
};

static const struct limit_row limit_rows[] = {
	{ "a long target", "GET /", "a", " HTTP/1.0\r\n\r\n",
		LIMIT_HEAD_LINE - 14, 0, true },
	{ "too long a target", "GET /", "a", " HTTP/1.0\r\n\r\n",
		LIMIT_HEAD_LINE - 13, ERR_TOO_MANY, false },
	{ "a target without end", "GET /", "a", "", LIMIT_HEAD_LINE,
		ERR_TOO_MANY, false },
	{ "a method without end", "", "A", "", LIMIT_HEAD_LINE + 1,
		ERR_TOO_MANY, false },
	{ "a long field", GET "A: ", "b", "\r\n\r\n", LIMIT_HEAD_LINE - 5, 0,
		true },
	{ "too long a field", GET "A: ", "b", "\r\n\r\n", LIMIT_HEAD_LINE,
		ERR_TOO_MANY, true },
	{ "a field without end", GET "A: ", "b", "", LIMIT_HEAD_LINE,
		ERR_TOO_MANY, true },
	{ "many fields", GET, "A: b\r\n", "\r\n", LIMIT_FIELDS - 1, 0, true },
	{ "too many fields", GET, "A: b\r\n", "\r\n", LIMIT_FIELDS,
		ERR_TOO_MANY, true },
	{ "too large a head", GET,
		"A: 12345678901234567890123456789012345"
		"67890123456789012345678901234567\r\n",
		"\r\n", LIMIT_HEAD / 72 + 1, ERR_RECV, true },
	{ "a head without end", GET,
		"A: 1234567890123456789012345678901234"
		"567890123456789012345678901234567\r\n",
		"", LIMIT_HEAD / 72 + 1, ERR_RECV, true },
	{ "errors behind many warnings", GET "A: ", "\x01", "\r\nB : c\r\n\r\n",
		LIMIT_FINDINGS, ERR_WEIRD_REPLY, true },
	{ "more warnings than are kept", GET "A: ", "\x01", "\r\n\r\n",
		LIMIT_FINDINGS + 1, ERR_WEIRD_REPLY, true },
};

static void test_limits(const void *row)
{
	const struct limit_row *r = row;
	struct received_request q;
	struct findings found = { .base = 0 };
	struct error e = { 0 };
	struct buf text;
	struct str in;
	ssize_t rc;

	buf_init(&text, 1u << 20);
	buf_add_text(&text, r->before);
	for (size_t i = 0; i < r->times; i++)
		buf_add_text(&text, r->filler);
	buf_add_text(&text, r->after);
	assert_int_equal(text.failed, 0);
	in = (struct str){ exact_copy(text.p, text.n), text.n };
	received_request_init(&q);
	rc = request_parse(in, &q, &found, &e);
	assert_int_equal(rc, r->code ? -r->code : (ssize_t)in.n);
	assert_int_equal(e.code, r->code);
	assert_int_equal(q.line.n > 0, r->line_known);
	received_request_fini(&q);
	free((char *)in.p);
	buf_fini(&text);
}

/* Findings count from where the caller says, and those of an earlier parse are
 * not held against the next. */
static void test_base(const void *row)
{
	struct findings found = { .base = 1000 };
	struct received_request q;
	struct str in = STR("GET / HTTP/1.0\nA: b\n\n");

	(void)row;
	received_request_init(&q);
	findings_add(&found, FINDING_NO_COLON, 0);
	assert_int_equal(request_parse(in, &q, &found, NULL), in.n);
	assert_findings(
		&found, "NO_COLON@1000 BARE_LF@1014 BARE_LF@1019 BARE_LF@1020");
	assert_int_equal(found.base, 1000);
	received_request_fini(&q);
}

int main(void)
{
	const struct table tables[] = {
		TABLE("request_parse", line_rows, test_parse),
		TABLE("request_parse, fields", field_rows, test_parse),
		TABLE("request_parse, bodies", body_rows, test_parse),
		TABLE("request_parse, limits", limit_rows, test_limits),
		SINGLE("request_parse, findings", test_base),
	};

	return table_run(
		"request_parse", tables, sizeof(tables) / sizeof(tables[0]));
}
