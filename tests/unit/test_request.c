/* Request heads: the order of fields, the user's own, what is refused. */
#include "http/request.h"

#include "support/table.h"

struct parse_row {
	const char *name;
	const char *text;
	size_t n;
	int kind; /* -1: ignored, -2: refused */
	const char *field, *value, *line, *says;
};

#define ROW(text) text, sizeof(text) - 1

static const struct parse_row parse_rows[] = {
	{ "a value", ROW("A: b"), USER_FIELD_SEND, "A", "b", "A: b", NULL },
	{ "spelling is kept", ROW("a-B:c d \t"), USER_FIELD_SEND, "a-B", "c d",
		"a-B:c d \t", NULL },
	{ "white space before the colon", ROW("A : b"), USER_FIELD_SEND, "A",
		"b", "A : b", NULL },
	{ "white space before the name", ROW(" A b : c"), USER_FIELD_SEND,
		"A b", "c", " A b : c", NULL },
	{ "colons in the value", ROW("A: b:c;"), USER_FIELD_SEND, "A", "b:c;",
		"A: b:c;", NULL },
	{ "a semicolon before the colon", ROW("A;b: c"), USER_FIELD_SEND, "A;b",
		"c", "A;b: c", NULL },
	{ "high bytes", ROW("A: \xe4\xff"), USER_FIELD_SEND, "A", "\xe4\xff",
		"A: \xe4\xff", NULL },
	{ "removed", ROW("A:"), USER_FIELD_REMOVE, "A", "", NULL, NULL },
	{ "removed with blanks", ROW("A: \t"), USER_FIELD_REMOVE, "A", "", NULL,
		NULL },
	{ "empty", ROW("A;"), USER_FIELD_EMPTY, "A", "", NULL, NULL },
	{ "empty with a blank", ROW("A ;"), USER_FIELD_EMPTY, "A", "", NULL,
		NULL },
	{ "nothing", ROW(""), -1, NULL, NULL, NULL, NULL },
	{ "no colon", ROW("A b"), -1, NULL, NULL, NULL, NULL },
	{ "no name before the colon", ROW(": b"), -1, NULL, NULL, NULL, NULL },
	{ "blanks before the colon", ROW(" \t: b"), -1, NULL, NULL, NULL,
		NULL },
	{ "no name before the semicolon", ROW(";"), -1, NULL, NULL, NULL,
		NULL },
	{ "bytes behind the semicolon", ROW("A;b"), -1, NULL, NULL, NULL,
		NULL },
	{ "a blank behind the semicolon", ROW("A; "), -1, NULL, NULL, NULL,
		NULL },
	{ "CR", ROW("A: b\rc"), -2, NULL, NULL, NULL,
		"carriage return at byte 4" },
	{ "LF", ROW("A: b\nB: c"), -2, NULL, NULL, NULL,
		"line feed at byte 4" },
	{ "LF at the end", ROW("A: b\n"), -2, NULL, NULL, NULL,
		"line feed at byte 4" },
	{ "NUL", ROW("A\0: b"), -2, NULL, NULL, NULL, "NUL at byte 1" },
};

static void test_parse(const void *row)
{
	const struct parse_row *r = row;
	struct str text = { exact_copy(r->text, r->n), r->n };
	struct user_field field;
	struct error e = { 0 };
	bool ignored;
	int rc = user_field_parse(text, &field, &ignored, &e);

	assert_int_equal(rc, r->kind == -2 ? -ERR_USAGE : 0);
	assert_int_equal(ignored, r->kind == -1);
	if (r->says)
		assert_non_null(strstr(e.text, r->says));
	if (r->kind >= 0) {
		assert_int_equal(field.kind, r->kind);
		assert_true(str_eq(field.name, str_of(r->field)));
		assert_true(str_eq(field.value, str_of(r->value)));
	}
	if (r->line)
		assert_true(str_eq(field.line, str_of(r->line)));
	free((char *)text.p);
}

#define MAX_FIELDS 8

/* A request, its user fields as -H has them, one a line. */
struct write_row {
	const char *name;
	struct request request;
	const char *headers;
	const char *expected; /* without CRs, the empty line left out */
};

#define GET .method = STR("GET"), .target = STR("/"), .minor = 1
#define PUT .method = STR("PUT"), .target = STR("/"), .minor = 1
#define USUAL \
	.host = STR("h:80"), .user_agent = STR("u/1"), .accept = STR("*/*")
#define LINE "GET / HTTP/1.1\n"
#define USUAL_LINES "Host: h:80\nUser-Agent: u/1\nAccept: */*\n"
#define POST_BODY \
	.has_body = true, .length = 14, .content_type = STR("text/plain")

static const struct write_row write_rows[] = {
	{ "nothing but a line", { GET }, "", LINE },
	{ "HTTP/1.0", { .method = STR("X"), .target = STR("*"), USUAL }, "",
		"X * HTTP/1.0\n" USUAL_LINES },
	{ "the usual", { GET, USUAL }, "", LINE USUAL_LINES },
	{ "everything",
		{ GET, USUAL, .proxy_authorization = STR("Basic p"),
			.authorization = STR("Basic a"),
			.range = STR("bytes=0-3"), .if_range = STR("\"v\""),
			.te = STR("gzip"),
			.accept_encoding = STR("deflate, gzip"),
			.referer = STR("r"), .proxy_connection = true,
			.cookie = STR("c=d"),
			.condition = STR("If-Modified-Since: d"),
			.if_none_match = STR("\"x\""), POST_BODY,
			.expect_continue = true },
		"X: y\nZ: 1",
		LINE "Host: h:80\nProxy-Authorization: Basic p\n"
		     "Authorization: Basic a\nRange: bytes=0-3\n"
		     "If-Range: \"v\"\n"
		     "User-Agent: u/1\nAccept: */*\nTE: gzip\n"
		     "Accept-Encoding: deflate, gzip\nReferer: r\n"
		     "Proxy-Connection: Keep-Alive\nCookie: c=d\n"
		     "If-Modified-Since: d\nX: y\nZ: 1\nConnection: TE\n"
		     "If-None-Match: \"x\"\n"
		     "Content-Length: 14\nContent-Type: text/plain\n"
		     "Expect: 100-continue\n" },
	{ "chunked",
		{ PUT, USUAL, .proxy_connection = true, .cookie = STR("c=d"),
			.has_body = true, .chunked = true,
			.content_range = STR("bytes 5-6/7"),
			.expect_continue = true },
		"X: y",
		"PUT / HTTP/1.1\nHost: h:80\nContent-Range: bytes 5-6/7\n"
		"User-Agent: u/1\nAccept: */*\nProxy-Connection: Keep-Alive\n"
		"Transfer-Encoding: chunked\nCookie: c=d\nX: y\n"
		"Expect: 100-continue\n" },
	{ "an empty body", { PUT, USUAL, .has_body = true }, "",
		"PUT / HTTP/1.1\n" USUAL_LINES "Content-Length: 0\n" },
	/* Fields of the user's. */
	{ "in their order, twice, as written", { GET, USUAL },
		"b:1\nA:  2\nb: 3 \n C : 4",
		LINE USUAL_LINES "b:1\nA:  2\nb: 3 \n C : 4\n" },
	{ "removed and emptied", { GET, USUAL }, "user-agent:\nAccept;\nX;\nY:",
		LINE "Host: h:80\nAccept:\nX:\n" },
	{ "replaced ones move", { GET, USUAL, .referer = STR("r") },
		"Accept: a\nUser-Agent: b\nX: y\nREFERER: c",
		LINE "Host: h:80\nAccept: a\nUser-Agent: b\nX: y\n"
		     "REFERER: c\n" },
	{ "Host stays in front", { GET, USUAL }, "X: y\nhost:other",
		LINE "host:other\nUser-Agent: u/1\nAccept: */*\nX: y\n" },
	{ "the first of several Hosts", { GET, USUAL },
		"Host: host1\nHost: host2\nHost: host3",
		LINE "Host: host1\nUser-Agent: u/1\nAccept: */*\n" },
	{ "Host removed", { GET, USUAL },
		"Host:", LINE "User-Agent: u/1\nAccept: */*\n" },
	{ "Host removed, then set", { GET, USUAL }, "Host:\nHost: x",
		LINE "Host: x\nUser-Agent: u/1\nAccept: */*\n" },
	{ "Host emptied", { GET, USUAL }, "Host;",
		LINE "Host:\nUser-Agent: u/1\nAccept: */*\n" },
	{ "a condition replaced",
		{ GET, USUAL, .condition = STR("If-Modified-Since: d") },
		"if-modified-since: e",
		LINE USUAL_LINES "if-modified-since: e\n" },
	{ "If-None-Match replaced",
		{ GET, USUAL, .if_none_match = STR("\"a\"") },
		"if-none-match: \"b\"",
		LINE USUAL_LINES "if-none-match: \"b\"\n" },
	{ "Cookie and Authorization replaced",
		{ GET, USUAL, .cookie = STR("a=b"), .authorization = STR("x") },
		"Cookie: c=d\nAuthorization : y",
		LINE USUAL_LINES "Cookie: c=d\nAuthorization : y\n" },
	{ "Expect removed", { PUT, USUAL, POST_BODY, .expect_continue = true },
		"Expect:",
		"PUT / HTTP/1.1\n" USUAL_LINES
		"Content-Length: 14\nContent-Type: text/plain\n" },
	{ "Expect forced", { PUT, USUAL, POST_BODY, .expect_continue = true },
		"Expect: 100-continue",
		"PUT / HTTP/1.1\n" USUAL_LINES "Expect: 100-continue\n"
		"Content-Length: 14\nContent-Type: text/plain\n" },
	{ "Content-Type replaced", { PUT, USUAL, POST_BODY },
		"Content-Type: silly/type",
		"PUT / HTTP/1.1\n" USUAL_LINES "Content-Type: silly/type\n"
		"Content-Length: 14\n" },
	{ "Content-Length replaced", { PUT, USUAL, POST_BODY },
		"Content-Length: 11",
		"PUT / HTTP/1.1\n" USUAL_LINES "Content-Length: 11\n"
		"Content-Type: text/plain\n" },
	{ "Content-Length removed", { PUT, USUAL, POST_BODY },
		"Content-Length:",
		"PUT / HTTP/1.1\n" USUAL_LINES "Content-Type: text/plain\n" },
	{ "chunked by the user, length known",
		{ PUT, USUAL, POST_BODY, .chunked = true },
		"Transfer-Encoding: chunked",
		"PUT / HTTP/1.1\n" USUAL_LINES "Transfer-Encoding: chunked\n"
		"Content-Type: text/plain\n" },
	{ "another coding by the user", { PUT, USUAL, POST_BODY },
		"Transfer-Encoding: x",
		"PUT / HTTP/1.1\n" USUAL_LINES "Transfer-Encoding: x\n"
		"Content-Type: text/plain\n" },
	{ "chunked and a length of the user's",
		{ PUT, USUAL, .has_body = true, .chunked = true,
			.expect_continue = true },
		"Content-Length: 1",
		"PUT / HTTP/1.1\n" USUAL_LINES "Transfer-Encoding: chunked\n"
		"Content-Length: 1\nExpect: 100-continue\n" },
	{ "chunked removed, length given",
		{ PUT, USUAL, .has_body = true, .chunked = true },
		"Transfer-Encoding:\nContent-Length: 14",
		"PUT / HTTP/1.1\n" USUAL_LINES "Content-Length: 14\n" },
	{ "no coding wanted, length known", { PUT, USUAL, POST_BODY },
		"Transfer-Encoding:",
		"PUT / HTTP/1.1\n" USUAL_LINES
		"Content-Length: 14\nContent-Type: text/plain\n" },
	{ "Connection without TE", { GET, USUAL }, "Connection: close",
		LINE USUAL_LINES "Connection: close\n" },
	{ "TE with Connections of the user's", { GET, .te = STR("gzip") },
		"Connection: this\nConnection: that",
		LINE "TE: gzip\nConnection: this, TE\nConnection: that\n" },
	{ "TE with Connection removed", { GET, .te = STR("gzip") },
		"Connection:\nX: y", LINE "TE: gzip\nX: y\nConnection: TE\n" },
	{ "TE with Connection emptied", { GET, .te = STR("gzip") },
		"Connection;", LINE "TE: gzip\nConnection: TE\n" },
	{ "TE replaced", { GET, .te = STR("gzip") }, "TE: x", LINE "TE: x\n" },
	{ "TE removed", { GET, .te = STR("gzip") }, "TE:", LINE },
};

/* The fields of `headers`, which must outlive them; returns how many. */
static size_t read_headers(struct user_field *fields, const char *headers)
{
	struct str rest = str_of(headers), line;
	size_t n = 0;

	while (rest.n) {
		bool ignored;

		str_cut(rest, '\n', &line, &rest);
		assert_true(n < MAX_FIELDS);
		assert_int_equal(
			user_field_parse(line, &fields[n++], &ignored, NULL),
			0);
		assert_false(ignored);
	}
	return n;
}

static void test_write(const void *row)
{
	const struct write_row *r = row;
	struct user_field fields[MAX_FIELDS];
	struct request request = r->request;
	struct buf out, expected;
	struct error e = { 0 };

	buf_init(&out, 10000);
	buf_init(&expected, 10000);
	buf_add_text(&out, "before");
	buf_add_text(&expected, "before");
	for (const char *p = r->expected; *p; p++) {
		if (*p == '\n')
			buf_add_char(&expected, '\r');
		buf_add_char(&expected, *p);
	}
	buf_add_text(&expected, "\r\n");
	request.fields = fields;
	request.n_fields = read_headers(fields, r->headers);
	assert_int_equal(request_write(&out, &request, &e), 0);
	assert_string_equal(buf_text(&out), buf_text(&expected));
	buf_fini(&out);
	buf_fini(&expected);
}

struct refuse_row {
	const char *name;
	struct request request;
	const char *says;
};

static const struct refuse_row refuse_rows[] = {
	{ "no method", { .target = STR("/") }, "method is empty" },
	{ "no target", { .method = STR("GET") }, "target is empty" },
	{ "a space in the method", { .method = STR("A B"), .target = STR("/") },
		"the request method has a space at byte 1" },
	{ "LF in the method", { .method = STR("A\n"), .target = STR("/") },
		"the request method has a line feed at byte 1" },
	{ "a space in the target", { .method = STR("A"), .target = STR("/ x") },
		"the request target has a space at byte 1" },
	{ "CR in the target", { .method = STR("A"), .target = STR("/x\r") },
		"the request target has a carriage return at byte 2" },
	{ "NUL in the target", { .method = STR("A"), .target = STR("/\0x") },
		"the request target has a NUL at byte 1" },
	{ "Host", { GET, .host = STR("h\r\n") }, "Host has a carriage" },
	{ "Proxy-Authorization", { GET, .proxy_authorization = STR("\n") },
		"Proxy-Authorization has a line feed at byte 0" },
	{ "Authorization", { GET, .authorization = STR("\n") },
		"Authorization has a line feed" },
	{ "Range", { GET, .range = STR("\n") }, "Range has" },
	{ "Content-Range", { GET, .content_range = STR("\n") },
		"Content-Range has" },
	{ "User-Agent", { GET, .user_agent = STR("abc\nX: y") },
		"User-Agent has a line feed at byte 3" },
	{ "Accept", { GET, .accept = STR("\n") }, "Accept has" },
	{ "TE", { GET, .te = STR("\n") }, "TE has" },
	{ "Accept-Encoding", { GET, .accept_encoding = STR("\n") },
		"Accept-Encoding has" },
	{ "Referer", { GET, .referer = STR("\r") }, "Referer has" },
	{ "Cookie", { GET, .cookie = STR("a\0b") }, "Cookie has a NUL" },
	{ "Content-Type", { GET, .content_type = STR("\n") },
		"Content-Type has" },
	{ "the condition", { GET, .condition = STR("If-Match: \n") },
		"condition has a line feed at byte 10" },
	{ "If-Range", { GET, .if_range = STR("\n") }, "If-Range has" },
	{ "If-None-Match", { GET, .if_none_match = STR("\0") },
		"If-None-Match has a NUL" },
	{ "the first of two",
		{ GET, .referer = STR("\r"), .cookie = STR("\n") },
		"Referer has" },
};

static void test_refuse(const void *row)
{
	const struct refuse_row *r = row;
	struct error e = { 0 };
	struct buf out;

	buf_init(&out, 10000);
	buf_add_text(&out, "before");
	assert_int_equal(request_write(&out, &r->request, &e), -ERR_USAGE);
	assert_int_equal(e.code, ERR_USAGE);
	assert_non_null(strstr(e.text, r->says));
	assert_string_equal(buf_text(&out), "before");
	buf_fini(&out);
}

/* A field that did not come from user_field_parse is looked at too. */
static void test_refuse_field(const void *row)
{
	struct user_field field = { .kind = USER_FIELD_SEND,
		.name = STR("A"),
		.line = STR("A: b\nB: c") };
	struct request request = { GET, .fields = &field, .n_fields = 1 };
	struct error e = { 0 };
	struct buf out;

	(void)row;
	buf_init(&out, 10000);
	assert_int_equal(request_write(&out, &request, &e), -ERR_USAGE);
	field.kind = USER_FIELD_EMPTY;
	field.name = STR("A\r");
	assert_int_equal(request_write(&out, &request, &e), -ERR_USAGE);
	assert_int_equal(out.n, 0);
	buf_fini(&out);
}

static void test_full(const void *row)
{
	const struct request request = { GET, USUAL };
	struct error e = { 0 };
	struct buf out;

	(void)row;
	buf_init(&out, 20);
	assert_int_equal(request_write(&out, &request, &e), -ERR_TOO_LARGE);
	assert_non_null(strstr(e.text, "request head"));
	buf_fini(&out);
}

static void test_find(const void *row)
{
	struct user_field fields[MAX_FIELDS];
	size_t n = read_headers(fields, "A: 1\nB: 2\na: 3\nC:");

	(void)row;
	assert_ptr_equal(user_field_find(fields, n, STR("A")), &fields[2]);
	assert_ptr_equal(user_field_find(fields, n, STR("b")), &fields[1]);
	assert_ptr_equal(user_field_find(fields, n, STR("c")), &fields[3]);
	assert_null(user_field_find(fields, n, STR("D")));
	assert_null(user_field_find(NULL, 0, STR("A")));
}

int main(void)
{
	const struct table tables[] = {
		TABLE("user_field_parse", parse_rows, test_parse),
		TABLE("request_write", write_rows, test_write),
		TABLE("request_write refuses", refuse_rows, test_refuse),
		SINGLE("request_write refuses a field", test_refuse_field),
		SINGLE("request_write into a full buffer", test_full),
		SINGLE("user_field_find", test_find),
	};

	return table_run("request", tables, sizeof(tables) / sizeof(tables[0]));
}
