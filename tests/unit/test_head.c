/* Response heads: each case whole, split at every offset, byte by byte. */
#include "http/head.h"

#include <time.h>

#include "base/buf.h"
#include "support/findings.h"

struct head_row {
	const char *name;
	const char *in;
	size_t n; /* its length, 0 for strlen */
	ssize_t expected; /* bytes used, or a negative error */
	const char *parsed; /* "minor status [reason] name=value|..." */
	const char *findings;
	const char *says; /* a part of the error's text */
};

#define OK "HTTP/1.1 200 OK\r\n"
#define ROW(text) text, sizeof(text) - 1
#define WHOLE(text) ROW(text), sizeof(text) - 1

static const struct head_row parse_rows[] = {
	/* Well formed. */
	{ "no fields", WHOLE(OK "\r\n"), "1 200 [OK] ", "", NULL },
	{ "one field", WHOLE(OK "A: b\r\n\r\n"), "1 200 [OK] A=b|", "", NULL },
	{ "several fields", WHOLE(OK "A: 1\r\nB: 2\r\nA: 3\r\n\r\n"),
		"1 200 [OK] A=1|B=2|A=3|", "", NULL },
	{ "a body behind", ROW(OK "A: b\r\n\r\nbody\r\n\r\n"), 25,
		"1 200 [OK] A=b|", "", NULL },
	{ "white space around a value",
		WHOLE(OK "A:b\r\nB: \t c d \t\r\nC:\r\nD: \t\r\n\r\n"),
		"1 200 [OK] A=b|B=c d|C=|D=|", "", NULL },
	{ "a long value with tabs and high bytes",
		WHOLE(OK "A: 0123456789\tabcdefghij\xe4\xff\x80klm:no\r\n\r\n"),
		"1 200 [OK] A=0123456789\tabcdefghij\xe4\xff\x80klm:no|", "",
		NULL },
	{ "HTTP/1.0", WHOLE("HTTP/1.0 404 Not Found\r\n\r\n"),
		"0 404 [Not Found] ", "", NULL },
	{ "HTTP/1.2", WHOLE("HTTP/1.2 200 OK\r\n\r\n"), "2 200 [OK] ", "",
		NULL },
	{ "an empty reason", WHOLE("HTTP/1.1 200 \r\n\r\n"), "1 200 [] ", "",
		NULL },
	{ "interim", WHOLE("HTTP/1.1 100 Continue\r\n\r\n"),
		"1 100 [Continue] ", "", NULL },
	/* Accepted with a finding. */
	{ "bare LF", WHOLE("HTTP/1.1 200 OK\nA: b\n\n"), "1 200 [OK] A=b|",
		"BARE_LF@15 BARE_LF@20 BARE_LF@21", NULL },
	{ "bare LF at the end only", WHOLE(OK "A: b\r\n\n"), "1 200 [OK] A=b|",
		"BARE_LF@23", NULL },
	{ "no reason", WHOLE("HTTP/1.1 200\r\n\r\n"), "1 200 [] ",
		"STATUS_LINE@12", NULL },
	{ "a tab behind the code", WHOLE("HTTP/1.1 200\tOK\r\n\r\n"),
		"1 200 [\tOK] ", "STATUS_LINE@12", NULL },
	{ "two spaces before the code", WHOLE("HTTP/1.1  200 OK\r\n\r\n"),
		"1 200 [OK] ", "STATUS_LINE@9", NULL },
	{ "no minor version", WHOLE("HTTP/1 200 OK\r\n\r\n"), "0 200 [OK] ",
		"STATUS_LINE@6", NULL },
	{ "status 999", WHOLE("HTTP/1.1 999 OK\r\n\r\n"), "1 999 [OK] ",
		"STATUS_CODE@9", NULL },
	{ "status 600", WHOLE("HTTP/1.1 600 OK\r\n\r\n"), "1 600 [OK] ",
		"STATUS_CODE@9", NULL },
	{ "a control in the reason", WHOLE("HTTP/1.1 200 O\x1bK\r\n\r\n"),
		"1 200 [O\x1bK] ", "CONTROL_BYTE@14", NULL },
	{ "controls in a value", WHOLE(OK "A: \x01\x7f\r\n\r\n"),
		"1 200 [OK] A=\x01\x7f|", "CONTROL_BYTE@20 CONTROL_BYTE@21",
		NULL },
	{ "a control in each place of a word",
		WHOLE(OK "A: 1\x01"
			 "22\x02"
			 "333\x03"
			 "4444\x04"
			 "55555\x05\r\n\r\n"),
		"1 200 [OK] A=1\x01"
		"22\x02"
		"333\x03"
		"4444\x04"
		"55555\x05|",
		"CONTROL_BYTE@21 CONTROL_BYTE@24 CONTROL_BYTE@28 "
		"CONTROL_BYTE@33 CONTROL_BYTE@39",
		NULL },
	{ "white space before the colon", WHOLE(OK "A \t: b\r\n\r\n"),
		"1 200 [OK] A=b|", "SPACE_BEFORE_COLON@18", NULL },
	{ "a name with a space", WHOLE(OK "A b: c\r\n\r\n"),
		"1 200 [OK] A b=c|", "FIELD_NAME@17", NULL },
	{ "a name with a high byte", WHOLE(OK "A\xe4: c\r\n\r\n"),
		"1 200 [OK] A\xe4=c|", "FIELD_NAME@17", NULL },
	{ "a folded value", WHOLE(OK "A: b\r\n c\r\nD: e\r\n\r\n"),
		"1 200 [OK] A=b\r\n c|D=e|", "OBS_FOLD@23", NULL },
	{ "a value folded from its start", WHOLE(OK "A:  \r\n\tb\r\n\r\n"),
		"1 200 [OK] A=b|", "OBS_FOLD@23", NULL },
	{ "folded twice, the last one blank", WHOLE(OK "A: b\n c\n  \n\n"),
		"1 200 [OK] A=b\n c|",
		"BARE_LF@21 BARE_LF@24 OBS_FOLD@22 BARE_LF@27 OBS_FOLD@25 "
		"BARE_LF@28",
		NULL },
	{ "a blank fold, then another",
		WHOLE(OK "A: b\r\n \r\n c\r\nD:\r\n \r\n\te \r\n\r\n"),
		"1 200 [OK] A=b\r\n \r\n c|D=e|",
		"OBS_FOLD@23 OBS_FOLD@26 OBS_FOLD@34 OBS_FOLD@37", NULL },
	{ "repeated singleton",
		WHOLE(OK "Date: 1\r\nX: 1\r\nX: 2\r\ndate: 2\r\n\r\n"),
		"1 200 [OK] Date=1|X=1|X=2|date=2|", "SINGLETON_REPEATED@38",
		NULL },
	{ "the same Location twice",
		WHOLE(OK "Location: /\r\nLocation: /\r\n\r\n"),
		"1 200 [OK] Location=/|Location=/|", "SINGLETON_REPEATED@30",
		NULL },
	/* No HTTP/1.x. */
	{ "no HTTP", ROW("-foo-\r\n\r\n"), -ERR_UNSUPPORTED_PROTOCOL, "",
		"NOT_HTTP@0", "HTTP/0.9" },
	{ "an empty line first", ROW("\r\n" OK "\r\n"),
		-ERR_UNSUPPORTED_PROTOCOL, "", "NOT_HTTP@0", "HTTP/0.9" },
	{ "a space first", ROW(" " OK "\r\n"), -ERR_UNSUPPORTED_PROTOCOL, "",
		"NOT_HTTP@0", "HTTP/0.9" },
	{ "lower case", ROW("http/1.1 200 OK\r\n\r\n"),
		-ERR_UNSUPPORTED_PROTOCOL, "", "NOT_HTTP@0", "HTTP/0.9" },
	{ "one lower case letter", ROW("HTTp/1.1 200 OK\r\n\r\n"),
		-ERR_UNSUPPORTED_PROTOCOL, "", "NOT_HTTP@0", "HTTP/0.9" },
	{ "a minor version that is no digit", ROW("HTTP/1.x"),
		-ERR_UNSUPPORTED_PROTOCOL, "", "NOT_HTTP@0", "HTTP/0.9" },
	{ "ICY", ROW("ICY 200 OK\r\n\r\n"), -ERR_UNSUPPORTED_PROTOCOL, "",
		"NOT_HTTP@0", "HTTP/0.9" },
	{ "a TLS alert", ROW("\x15\x03\x01\x00\x02\x02\x0a"),
		-ERR_UNSUPPORTED_PROTOCOL, "", "TLS_ON_PLAIN_PORT@0",
		"try https://" },
	{ "a TLS handshake", ROW("\x16\x03\x03\x00\x7a\x02\x00"),
		-ERR_UNSUPPORTED_PROTOCOL, "", "TLS_ON_PLAIN_PORT@0",
		"try https://" },
	{ "no TLS version", ROW("\x16\x04\x03\x00\x7a\x02\x00"),
		-ERR_UNSUPPORTED_PROTOCOL, "", "NOT_HTTP@0", "HTTP/0.9" },
	{ "HTTP/2", ROW("HTTP/2 200 OK\r\n\r\n"), -ERR_UNSUPPORTED_PROTOCOL, "",
		"HTTP_VERSION@5", "version in response at byte 5" },
	{ "HTTP/0.9", ROW("HTTP/0.9 200 OK\r\n\r\n"), -ERR_UNSUPPORTED_PROTOCOL,
		"", "HTTP_VERSION@5", "version" },
	{ "HTTP/11.1", ROW("HTTP/11.1 200 OK\r\n\r\n"),
		-ERR_UNSUPPORTED_PROTOCOL, "", "STATUS_LINE@6 HTTP_VERSION@5",
		"version" },
	{ "a long minor version", ROW("HTTP/1.01 200 OK\r\n\r\n"),
		-ERR_UNSUPPORTED_PROTOCOL, "", "HTTP_VERSION@5",
		"HTTP/1.01 200" },
	{ "an empty minor version", ROW("HTTP/1. 200 OK\r\n\r\n"),
		-ERR_UNSUPPORTED_PROTOCOL, "", "NOT_HTTP@0", "HTTP/0.9" },
	{ "a tab behind the version", ROW("HTTP/1.1\t200 OK\r\n\r\n"),
		-ERR_UNSUPPORTED_PROTOCOL, "", "STATUS_CODE@8", "version" },
	{ "no space behind the code", ROW("HTTP/1.1 200OK\r\n\r\n"),
		-ERR_UNSUPPORTED_PROTOCOL, "", "STATUS_CODE@9",
		"response code" },
	{ "a colon behind the code", ROW("HTTP/1.1 200: OK\r\n\r\n"),
		-ERR_UNSUPPORTED_PROTOCOL, "", "STATUS_CODE@9",
		"response code" },
	{ "a control behind the code", ROW("HTTP/1.1 200\v OK\r\n\r\n"),
		-ERR_UNSUPPORTED_PROTOCOL, "", "CONTROL_BYTE@12 STATUS_CODE@9",
		"response code" },
	{ "no code", ROW("HTTP/1.1\r\n\r\n"), -ERR_UNSUPPORTED_PROTOCOL, "",
		"STATUS_CODE@8", "version" },
	{ "no code behind the space", ROW("HTTP/1.1 \r\n\r\n"),
		-ERR_UNSUPPORTED_PROTOCOL, "", "STATUS_CODE@9",
		"response code" },
	{ "no space before the code", ROW("HTTP/1.1200 OK\r\n\r\n"),
		-ERR_UNSUPPORTED_PROTOCOL, "", "HTTP_VERSION@5", "version" },
	{ "two digits", ROW("HTTP/1.1 99 OK\r\n\r\n"),
		-ERR_UNSUPPORTED_PROTOCOL, "", "STATUS_CODE@9",
		"response code" },
	{ "two digits at the end", ROW("HTTP/1.1 99\r\n\r\n"),
		-ERR_UNSUPPORTED_PROTOCOL, "", "STATUS_CODE@9", "byte 9" },
	{ "four digits", ROW("HTTP/1.1 2000 OK\r\n\r\n"),
		-ERR_UNSUPPORTED_PROTOCOL, "", "STATUS_CODE@9",
		"HTTP/1.1 2000" },
	{ "a leading zero", ROW("HTTP/1.1 099 OK\r\n\r\n"),
		-ERR_UNSUPPORTED_PROTOCOL, "", "STATUS_CODE@9",
		"response code" },
	{ "a negative code", ROW("HTTP/1.1 -12 OK\r\n\r\n"),
		-ERR_UNSUPPORTED_PROTOCOL, "", "STATUS_CODE@9",
		"response code" },
	/* Broken beyond reading. */
	{ "NUL in a value", ROW(OK "A: b\r\nC: d\0e\r\n\r\n"), -ERR_WEIRD_REPLY,
		"1 200 [OK] A=b|", "NUL_BYTE@27", "byte 27" },
	{ "NUL in the reason", ROW("HTTP/1.1 200 \0\r\n\r\n"), -ERR_WEIRD_REPLY,
		"", "NUL_BYTE@13", "Nul byte in header" },
	{ "CR in a value", ROW(OK "A: b\rc\r\n\r\n"), -ERR_WEIRD_REPLY,
		"1 200 [OK] ", "BARE_CR@21", "byte 21" },
	{ "CR before CR LF", ROW(OK "A: b\r\r\n\r\n"), -ERR_WEIRD_REPLY,
		"1 200 [OK] ", "BARE_CR@21", "byte 21" },
	{ "CR in the status line", ROW("HTTP/1.1 200 O\rK\r\n\r\n"),
		-ERR_WEIRD_REPLY, "", "BARE_CR@14", "CR without LF" },
	{ "CR before a negative length", ROW(OK "Content-Length: \r-6\r\n\r\n"),
		-ERR_WEIRD_REPLY, "1 200 [OK] ", "BARE_CR@33", "byte 33" },
	{ "no colon", ROW(OK "A: b\r\nServer x\r\nC: d\r\n\r\n"),
		-ERR_WEIRD_REPLY, "1 200 [OK] A=b|", "NO_COLON@23",
		"Header without colon at byte 23: \"Server x\"" },
	{ "no name", ROW(OK ": b\r\n\r\n"), -ERR_WEIRD_REPLY, "1 200 [OK] ",
		"FIELD_NAME@17", "without a name at byte 17" },
	{ "white space before the first field", ROW(OK " A: b\r\n\r\n"),
		-ERR_WEIRD_REPLY, "1 200 [OK] ", "LEADING_SPACE@17",
		"byte 17" },
	{ "Locations that differ",
		ROW(OK "Location: this\r\nA: b\r\nLocation: that\r\n\r\n"),
		-ERR_WEIRD_REPLY, "1 200 [OK] Location=this|A=b|Location=that|",
		"LOCATION_CONFLICT@39", "byte 39" },
	/* Never whole. */
	{ "nothing", ROW(""), 0, NULL, "", NULL },
	{ "no empty line", ROW(OK "A: b\r\n"), 0, NULL, "", NULL },
	{ "half an empty line", ROW(OK "A: b\n\r"), 0, NULL, "", NULL },
	{ "half a status line", ROW("HTTP/1.1 200"), 0, NULL, "", NULL },
};

static void print_head(struct buf *out, const struct head *h)
{
	if (h->status_line.n)
		buf_printf(out, "%d %d [%.*s] ", h->minor, h->status,
			STR_FMT(h->reason));
	for (size_t i = 0; i < h->n; i++) {
		buf_add_str(out, h->fields[i].name);
		buf_add_char(out, '=');
		buf_add_str(out, h->fields[i].value);
		buf_add_char(out, '|');
	}
}

/* The lines of a head stand one behind the other in its bytes. */
static void assert_lines(const struct head *h, struct str in, size_t from)
{
	size_t at = from + h->status_line.n;

	assert_ptr_equal(h->bytes.p, in.p);
	for (size_t i = 0; i < h->n; i++) {
		assert_ptr_equal(h->fields[i].line.p, in.p + at);
		assert_ptr_equal(h->fields[i].name.p, in.p + at);
		at += h->fields[i].line.n;
	}
	assert_in_range(h->bytes.n, at, at + 2);
}

/* A failed status line leaves nothing behind. */
static void assert_parsed(const struct head_row *r, const struct head *h)
{
	struct buf text;

	buf_init(&text, 1u << 20);
	if (h->bytes.n)
		print_head(&text, h);
	assert_string_equal(text.n ? buf_text(&text) : "", r->parsed);
	buf_fini(&text);
}

typedef ssize_t parse_function(
	struct str in, struct head *h, struct findings *found, struct error *e);

static void parse_whole(const struct head_row *r, struct head *h,
	parse_function *parse, bool status_line)
{
	struct findings found = { .base = 0 };
	struct error e = { 0 };
	size_t n = r->n ? r->n : strlen(r->in);
	struct str in = { exact_copy(r->in, n), n };
	ssize_t rc = parse(in, h, &found, &e);
	size_t scanned = 0;

	assert_int_equal(rc, r->expected);
	assert_findings(&found, r->findings);
	if (r->parsed)
		assert_parsed(r, h);
	if (rc > 0) {
		assert_int_equal(h->bytes.n, rc);
		assert_lines(h, in, 0);
		assert_int_equal(head_end(in, &scanned), rc);
		assert_int_equal(status_line, h->status_line.n > 0);
	}
	assert_int_equal(e.code, rc < 0 ? -rc : 0);
	if (r->says)
		assert_non_null(strstr(e.text, r->says));
	free((char *)in.p);
}

/* Every proper prefix is not yet whole, or fails as the whole does; and
 * head_end, going on where it stopped, agrees. */
static void parse_prefixes(
	const struct head_row *r, struct head *h, parse_function *parse)
{
	size_t n = r->n ? r->n : strlen(r->in);
	size_t whole = r->expected > 0 ? (size_t)r->expected : n;
	size_t scanned = 0;
	bool failed = false;

	for (size_t i = 0; i < whole; i++) {
		struct findings found = { .base = 0 };
		struct error e = { 0 };
		struct str in = { exact_copy(r->in, i), i };
		ssize_t rc = parse(in, h, &found, &e);

		if (rc == 0) {
			assert_false(failed);
			assert_findings(&found, "");
		} else {
			assert_int_equal(rc, r->expected);
			assert_true(rc < 0);
			failed = true;
		}
		if (r->expected > 0)
			assert_int_equal(head_end(in, &scanned), 0);
		free((char *)in.p);
	}
	if (r->expected > 0)
		assert_int_equal(head_end((struct str){ r->in, n }, &scanned),
			r->expected);
}

static void run(
	const struct head_row *r, parse_function *parse, bool status_line)
{
	struct head h;

	head_init(&h);
	parse_whole(r, &h, parse, status_line);
	parse_prefixes(r, &h, parse);
	parse_whole(r, &h, parse, status_line);
	head_fini(&h);
}

static void test_parse(const void *row)
{
	run(row, head_parse, true);
}

static const struct head_row trailer_rows[] = {
	{ "none", WHOLE("\r\n"), "", "", NULL },
	{ "none, bare LF", WHOLE("\n"), "", "BARE_LF@0", NULL },
	{ "one", WHOLE("A: b\r\n\r\n"), "A=b|", "", NULL },
	{ "bytes behind", ROW("A: b\r\n\r\nHTTP/1.1"), 8, "A=b|", "", NULL },
	{ "Locations that differ", WHOLE("Location: 1\nLocation: 2\n\n"),
		"Location=1|Location=2|", "BARE_LF@11 BARE_LF@23 BARE_LF@24",
		NULL },
	{ "NUL", ROW("A: b\0c\r\n\r\n"), -ERR_WEIRD_REPLY, "", "NUL_BYTE@4",
		"byte 4" },
	{ "no colon", ROW("A\r\n\r\n"), -ERR_WEIRD_REPLY, "", "NO_COLON@0",
		"without colon" },
	{ "no empty line", ROW("A: b\r\n"), 0, NULL, "", NULL },
};

static void test_trailers(const void *row)
{
	run(row, head_parse_trailers, false);
}

struct end_row {
	const char *name;
	const char *in;
	size_t expected;
};

static const struct end_row end_rows[] = {
	{ "nothing", "", 0 },
	{ "CR LF", "\r\n", 2 },
	{ "LF", "\n", 1 },
	{ "CR", "\r", 0 },
	{ "CR and more", "\ra\r\n\r\n", 6 },
	{ "a line", "a\r\n", 0 },
	{ "CR LF CR LF", "a\r\n\r\nb\r\n\r\n", 5 },
	{ "LF LF", "a\n\nb", 3 },
	{ "LF CR LF", "a\n\r\nb", 4 },
	{ "CR LF LF", "a\r\n\nb", 4 },
	{ "LF CR other", "a\n\rb\n\n", 6 },
	{ "blanks are no empty line", "a\n \nb\n\n", 7 },
};

/* Whole, from any split on, and byte by byte. */
static void test_end(const void *row)
{
	const struct end_row *r = row;
	size_t n = strlen(r->in);
	size_t whole = 0, bytes = 0, got = 0;

	assert_int_equal(head_end(str_of(r->in), &whole), r->expected);
	for (size_t i = 0; i <= n; i++) {
		struct str in = { exact_copy(r->in, i), i };
		size_t scanned = 0;
		size_t end = head_end(in, &scanned);

		if (!got)
			got = head_end(in, &bytes);
		assert_int_equal(end, got);
		if (!end) {
			assert_true(scanned <= i);
			end = head_end(str_of(r->in), &scanned);
		}
		assert_int_equal(end, r->expected);
		free((char *)in.p);
	}
	assert_int_equal(got, r->expected);
}

struct limit_row {
	const char *name;
	const char *repeat; /* what follows the status line ... */
	size_t times;
	const char *end;
	int error; /* 0 for none */
	const char *says;
};

#define LINE_69                                                               \
	"0123456789: 0123456789 0123456789 0123456789 0123456789 0123456789 " \
	"6\n"

#define HALF_LINE "0123456789ABCDEFGHIJKLMNOPQRST"

static const struct limit_row limit_rows[] = {
	{ "a line of the limit", "A:b", LIMIT_HEAD_LINE / 3, "\n\n", 0, NULL },
	{ "a line over the limit", "A:b", LIMIT_HEAD_LINE / 3, "c\n\n",
		ERR_TOO_MANY, "header line" },
	{ "a line over the limit, no end", "A:b", LIMIT_HEAD_LINE / 3, "cd",
		ERR_TOO_MANY, "from byte 17 on" },
	{ "the most fields", "A: b\n", LIMIT_FIELDS, "\n", 0, NULL },
	{ "a field too many", "A: b\n", LIMIT_FIELDS + 1, "\n", ERR_TOO_MANY,
		"more than 5000 fields" },
	{ "a head of the limit", LINE_69, 4451, HALF_LINE "A:" HALF_LINE "\n\n",
		0, NULL },
	{ "a head over the limit", LINE_69, 4452, "\n", ERR_RECV,
		"Too large response headers: 307205 > 307200" },
	{ "a head over the limit, no end", LINE_69, 4451,
		HALF_LINE "A:" HALF_LINE "BCD", ERR_RECV,
		"Too large response headers: 307201 > 307200" },
};

static void test_limits(const void *row)
{
	const struct limit_row *r = row;
	struct error e = { 0 };
	struct head h;
	struct buf text;
	char *in;
	ssize_t rc;

	buf_init(&text, 1u << 20);
	buf_add_text(&text, OK);
	for (size_t i = 0; i < r->times; i++)
		buf_add_text(&text, r->repeat);
	buf_add_text(&text, r->end);
	assert_int_equal(text.failed, 0);
	in = exact_copy(text.p, text.n);
	head_init(&h);
	rc = head_parse((struct str){ in, text.n }, &h, NULL, &e);
	assert_int_equal(rc, r->error ? -r->error : (ssize_t)text.n);
	if (r->says)
		assert_non_null(strstr(e.text, r->says));
	head_fini(&h);
	free(in);
	buf_fini(&text);
}

/* As many lines as a head can have, each of which goes on with the same field:
 * half a minute's work if each were read again for the next one. */
static void test_blank_folds(const void *row)
{
	const struct str end = STR(" c\n\n");
	clock_t start = clock();
	struct head h;
	struct buf text;

	(void)row;
	buf_init(&text, LIMIT_HEAD);
	buf_add_text(&text, OK "A: b\n");
	while (text.n + end.n + 2 <= LIMIT_HEAD)
		buf_add_text(&text, " \n");
	buf_add_str(&text, end);
	head_init(&h);
	assert_int_equal(head_parse(buf_str(&text), &h, NULL, NULL), text.n);
	assert_int_equal(h.n, 1);
	assert_ptr_equal(h.fields[0].value.p, text.p + strlen(OK "A: "));
	assert_ptr_equal(h.fields[0].value.p + h.fields[0].value.n,
		text.p + text.n - strlen("\n\n"));
	assert_true(clock() - start < 5 * CLOCKS_PER_SEC);
	head_fini(&h);
	buf_fini(&text);
}

static void test_reuse(const void *row)
{
	const struct str big = STR(OK "A: b\r\nC: d\r\nE: f\r\n\r\n");
	const struct str small = STR("HTTP/1.0 404 No\r\nX: y\r\n\r\n");
	const struct field *fields;
	struct head h;
	size_t cap;

	(void)row;
	head_init(&h);
	assert_int_equal(head_parse(big, &h, NULL, NULL), big.n);
	fields = h.fields;
	cap = h.cap;
	assert_int_equal(head_parse(small, &h, NULL, NULL), small.n);
	assert_ptr_equal(h.fields, fields);
	assert_int_equal(h.cap, cap);
	assert_int_equal(h.n, 1);
	assert_int_equal(h.minor, 0);
	assert_int_equal(head_parse(STR("no"), &h, NULL, NULL),
		-ERR_UNSUPPORTED_PROTOCOL);
	assert_ptr_equal(h.fields, fields);
	assert_int_equal(h.n, 0);
	assert_int_equal(h.bytes.n, 0);
	head_fini(&h);
	assert_null(h.fields);
}

static void test_folded(const void *row)
{
	struct head h;

	(void)row;
	head_init(&h);
	assert_true(
		head_parse(STR(OK "A: b\r\n c\r\n\r\n"), &h, NULL, NULL) > 0);
	assert_true(h.folded);
	assert_true(head_parse(STR(OK "A: b\r\n\r\n"), &h, NULL, NULL) > 0);
	assert_false(h.folded);
	head_fini(&h);
}

static void test_find(const void *row)
{
	const struct field *field;
	struct head h;
	size_t at = 99;

	(void)row;
	head_init(&h);
	assert_true(head_parse(STR(OK "A: 1\r\nB: 2\r\na: 3\r\n\r\n"), &h, NULL,
			    NULL) > 0);
	field = head_find(&h, STR("a"), 0, &at);
	assert_ptr_equal(field, &h.fields[0]);
	assert_int_equal(at, 0);
	field = head_find(&h, STR("A"), 1, &at);
	assert_ptr_equal(field, &h.fields[2]);
	assert_int_equal(at, 2);
	assert_null(head_find(&h, STR("A"), 3, &at));
	assert_int_equal(at, 2);
	assert_null(head_find(&h, STR("C"), 0, NULL));
	assert_true(str_eq(head_value(&h, STR("b")), STR("2")));
	assert_null(head_value(&h, STR("C")).p);
	head_fini(&h);
}

static const struct lines_row {
	const char *name, *in;
	size_t told;
	const char *lines;
} lines_rows[] = {
	{ "nothing yet", "", 0, "" },
	{ "no line yet", "HTTP/1.1", 0, "" },
	{ "a line and a half", "HTTP/1.1 200 OK\r\nA", 0,
		"HTTP/1.1 200 OK\r\n" },
	{ "told before", "A: b\r\nC: d\r\n", 6, "C: d\r\n" },
	{ "all told", "A: b\r\n", 6, "" },
	{ "all told, and a half", "A: b\r\nC", 6, "" },
	{ "its end, and a body", "A: b\r\n\r\nx\r\n", 0, "A: b\r\n\r\n" },
	{ "its end was told", "A: b\r\n\r\nx\r\n", 8, "" },
	{ "bare LF", "A: b\n\nx\n", 0, "A: b\n\n" },
};

static void test_lines(const void *data)
{
	const struct lines_row *row = data;
	size_t n = strlen(row->in);
	char *in = exact_copy(row->in, n);
	struct str lines = head_lines((struct str){ in, n }, row->told);

	assert_true(str_eq(lines, str_of(row->lines)));
	free(in);
}

int main(void)
{
	const struct table tables[] = {
		TABLE("head_lines", lines_rows, test_lines),
		TABLE("head_parse", parse_rows, test_parse),
		TABLE("head_parse_trailers", trailer_rows, test_trailers),
		TABLE("head_end", end_rows, test_end),
		TABLE("head_parse limits", limit_rows, test_limits),
		SINGLE("head_parse of blank folds", test_blank_folds),
		SINGLE("head_parse again", test_reuse),
		SINGLE("head_parse folded", test_folded),
		SINGLE("head_find", test_find),
	};

	return table_run("head", tables, sizeof(tables) / sizeof(tables[0]));
}
