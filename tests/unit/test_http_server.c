/* The server's side of HTTP: what is shown, what is answered. Each exchange
 * with the request as a whole, and byte by byte. */
#include "talk/http_server.h"

#include <inttypes.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "support/http_connection.h"
#include "support/scratch.h"
#include "support/table.h"
#include "support/talking.h"

#define HOST CONNECTION_HOST
#define OK_HEAD "HTTP/1.1 200 OK\r\nDate: X\r\n"
#define TEXT CONNECTION_TEXT
#define CLOSE "Connection: close\r\n"
#define OK CONNECTION_OK
#define OK_CLOSE OK_HEAD "Content-Length: 3\r\n" TEXT CLOSE "\r\nOK\n"
#define ROW(text)                         \
	{                                 \
		"" text, sizeof(text) - 1 \
	}

struct exchange_row {
	const char *name;
	struct str in;
	const char *out; /* with "Date: X"; "..." stands for what is left */
	const char *shown; /* NULL: as `in` */
	const char *notes;
	int code;
	const char *says; /* in the error */
};

static const struct exchange_row exchange_rows[] = {
	{ "GET", ROW("GET / HTTP/1.1\r\n" HOST "\r\n"), OK, NULL, "", 0, NULL },
	{ "HEAD", ROW("HEAD / HTTP/1.1\r\n" HOST "\r\n"),
		OK_HEAD "Content-Length: 3\r\n" TEXT "\r\n", NULL, "", 0,
		NULL },
	{ "HTTP/1.0", ROW("GET / HTTP/1.0\r\n\r\n"), OK_CLOSE, NULL, "", 0,
		NULL },
	{ "keep-alive in HTTP/1.0",
		ROW("GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n"),
		OK_HEAD "Content-Length: 3\r\n" TEXT
			"Connection: keep-alive\r\n\r\nOK\n",
		NULL, "", 0, NULL },
	{ "three requests",
		ROW("GET /1 HTTP/1.1\r\n" HOST "\r\nHEAD /2 HTTP/1.1\r\n" HOST
		    "\r\nGET /3 HTTP/1.1\r\n" HOST "Connection: close\r\n\r\n"),
		OK OK_HEAD "Content-Length: 3\r\n" TEXT "\r\n" OK_CLOSE, NULL,
		"", 0, NULL },
	{ "none behind the last",
		ROW("GET /1 HTTP/1.0\r\n\r\nGET /2 HTTP/1.0\r\n\r\n"), OK_CLOSE,
		"GET /1 HTTP/1.0\r\n\r\n", "", 0, NULL },
	{ "an empty line behind a request",
		ROW("GET / HTTP/1.1\r\n" HOST "\r\n\r\n"), OK,
		"GET / HTTP/1.1\r\n" HOST "\r\n", "", 0, NULL },
	{ "an empty line between requests",
		ROW("POST / HTTP/1.1\r\n" HOST "Content-Length: 1\r\n\r\na"
		    "\r\nGET / HTTP/1.1\r\n" HOST "\r\n"),
		OK OK, NULL,
		"peer: request 2: byte 0: an empty line before the request "
		"line (RFC 9112 section 2.2)\n",
		0, NULL },
	/* Bodies. */
	{ "a length",
		ROW("POST / HTTP/1.1\r\n" HOST
		    "Content-Length: 5\r\n\r\nhelloGET / HTTP/1.1\r\n" HOST
		    "\r\n"),
		OK OK, NULL, "", 0, NULL },
	{ "a body of GET",
		ROW("GET / HTTP/1.1\r\n" HOST "Content-Length: 2\r\n\r\n\r\n"),
		OK, NULL, "", 0, NULL },
	{ "chunked",
		ROW("PUT / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n"
		    "\r\n3\r\nabc\r\n4;x=y\r\ndefg\r\n0\r\nA: b\r\n\r\n"
		    "GET / HTTP/1.1\r\n" HOST "\r\n"),
		OK OK, NULL, "", 0, NULL },
	{ "chunked with bare LF",
		ROW("PUT / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n"
		    "\r\n1\na\r\n0\r\n\r\n"),
		OK, NULL,
		"peer: request 1: byte 56: a line ends in LF without CR (RFC "
		"9112 section 2.2)\n",
		0, NULL },
	{ "trailers with bare LF",
		ROW("PUT / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n"
		    "\r\n1\r\na\r\n0\r\nA: b\n\r\n"),
		OK, NULL,
		"peer: request 1: byte 68: a line ends in LF without CR (RFC "
		"9112 section 2.2)\n",
		0, NULL },
	/* Refused. */
	{ "no Host", ROW("GET / HTTP/1.1\r\n\r\n"),
		"HTTP/1.1 400 Bad Request\r\nDate: X\r\nContent-Length: "
		"65\r\n" TEXT CLOSE
		"\r\nbyte 16: an HTTP/1.1 request without Host "
		"(RFC 9112 section 3.2)\n",
		NULL, "", -ERR_WEIRD_REPLY,
		"request 1 was answered with 400: byte 16: an HTTP/1.1" },
	{ "a bad second request",
		ROW("GET / HTTP/1.1\r\n" HOST "\r\nGET  / HTTP/1.1\r\n"),
		OK "HTTP/1.1 400 Bad Request\r\n...",
		"GET / HTTP/1.1\r\n" HOST "\r\nGET  ...", "", -ERR_WEIRD_REPLY,
		"request 2 was answered with 400: byte 4" },
	{ "HEAD refused", ROW("HEAD / HTTP/1.1\r\n" HOST HOST "\r\n"),
		"HTTP/1.1 400 Bad Request\r\n...", NULL, "", -ERR_WEIRD_REPLY,
		"byte 26: a second Host" },
	{ "smuggled",
		ROW("POST / HTTP/1.1\r\n" HOST "Content-Length: 5\r\n"
		    "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /"),
		"HTTP/1.1 400 Bad Request\r\n...", "POST / HTTP/1.1\r\n...", "",
		-ERR_WEIRD_REPLY, "both Transfer-Encoding and" },
	{ "HTTP/2", ROW("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
		"HTTP/1.1 505 HTTP Version Not Supported\r\n...",
		"PRI * HTTP/2...", "", -ERR_UNSUPPORTED_PROTOCOL,
		"answered with 505" },
	{ "an unknown coding",
		ROW("PUT / HTTP/1.1\r\n" HOST "Transfer-Encoding: gzip, "
		    "chunked\r\n\r\n"),
		"HTTP/1.1 501 Not Implemented\r\n...", NULL, "",
		-ERR_CONTENT_CODING, "answered with 501" },
	{ "a huge length",
		ROW("PUT / HTTP/1.1\r\n" HOST
		    "Content-Length: 99999999999999999999\r\n\r\n"),
		"HTTP/1.1 413 Content Too Large\r\n...", NULL, "",
		-ERR_TOO_LARGE, "answered with 413" },
	{ "a broken chunk",
		ROW("PUT / HTTP/1.1\r\n" HOST
		    "Transfer-Encoding: chunked\r\n\r\n3\r\nabcX"),
		"HTTP/1.1 400 Bad Request\r\n...", NULL, "", -ERR_RECV,
		"answered with 400: No line end where one was due" },
	{ "broken trailers",
		ROW("PUT / HTTP/1.1\r\n" HOST
		    "Transfer-Encoding: chunked\r\n\r\n0\r\nA\r\n\r\n"),
		"HTTP/1.1 400 Bad Request\r\n...", NULL, "", -ERR_WEIRD_REPLY,
		"answered with 400" },
	{ "a length in the trailers",
		ROW("PUT / HTTP/1.1\r\n" HOST
		    "Transfer-Encoding: chunked\r\n\r\n0\r\nA: b\r\n"
		    "content-length: 5\r\n\r\n"),
		"HTTP/1.1 400 Bad Request\r\n...", NULL, "", -ERR_WEIRD_REPLY,
		"answered with 400: byte 64: a field in the trailers" },
	{ "a coding in the trailers",
		ROW("PUT / HTTP/1.1\r\n" HOST
		    "Transfer-Encoding: chunked\r\n\r\n0\r\n"
		    "Transfer-Encoding: chunked\r\n\r\n"),
		"HTTP/1.1 400 Bad Request\r\n...", NULL, "", -ERR_WEIRD_REPLY,
		"answered with 400: byte 58: a field in the trailers" },
	{ "a Host in the trailers",
		ROW("PUT / HTTP/1.1\r\n" HOST
		    "Transfer-Encoding: chunked\r\n\r\n0\r\nHost: b\r\n\r\n"),
		"HTTP/1.1 400 Bad Request\r\n...", NULL, "", -ERR_WEIRD_REPLY,
		"answered with 400: byte 58: a field in the trailers" },
	{ "warnings of what is refused", ROW("GET /| HTTP/1.1\nA: b\r\n\r\n"),
		"HTTP/1.1 400 Bad Request\r\n...", NULL,
		"peer: request 1: byte 15: a line ends in LF without CR (RFC "
		"9112 section 2.2)\n"
		"peer: request 1: byte 5: a character that must be "
		"percent-encoded in a request target (RFC 9112 section 3.2)\n",
		-ERR_WEIRD_REPLY, "without Host" },
	{ "CONNECT", ROW("CONNECT a:1 HTTP/1.1\r\n" HOST "\r\n"),
		"HTTP/1.1 501 Not Implemented\r\nDate: X\r\n"
		"Content-Length: 18\r\n" TEXT CLOSE "\r\nThis is no proxy.\n",
		NULL, "", 0, NULL },
	/* Broken off. */
	{ "half a head", ROW("GET / HTTP/1.1\r\nHo"),
		"HTTP/1.1 400 Bad Request\r\n...", NULL, "", -ERR_PARTIAL,
		"in the middle of a request head" },
	{ "half a body",
		ROW("PUT / HTTP/1.1\r\n" HOST "Content-Length: 5\r\n\r\nhell"),
		"HTTP/1.1 400 Bad Request\r\n...", NULL, "", -ERR_PARTIAL,
		"in the middle of a request body" },
	{ "half a chunked body",
		ROW("PUT / HTTP/1.1\r\n" HOST
		    "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n"),
		"HTTP/1.1 400 Bad Request\r\n...", NULL, "", -ERR_PARTIAL,
		"in the middle of a request body" },
	{ "nothing", ROW(""), "", NULL, "", -ERR_EMPTY_REPLY,
		"left without a request" },
	{ "an empty line", ROW("\r\n"), "", "", "", -ERR_EMPTY_REPLY,
		"left without a request" },
	/* Expect. */
	{ "an expectation that is met by now",
		ROW("PUT / HTTP/1.0\r\nExpect: 100-continue\r\n"
		    "Content-Length: 1\r\n\r\na"),
		OK_CLOSE, NULL, "", 0, NULL },
	{ "an expectation without a body",
		ROW("PUT / HTTP/1.1\r\n" HOST "Expect: 100-continue\r\n"
		    "Content-Length: 0\r\n\r\n"),
		OK, NULL, "", 0, NULL },
	{ "an unknown expectation",
		ROW("PUT / HTTP/1.1\r\n" HOST "Expect: x\r\n"
		    "Content-Length: 1\r\n\r\na"),
		"HTTP/1.1 417 Expectation Failed\r\n...",
		"PUT / HTTP/1.1\r\n" HOST "Expect: x\r\nContent-Length: 1\r\n"
		"\r\n",
		"", -ERR_WEIRD_REPLY, "answered with 417" },
};

static void run_exchange(const struct exchange_row *r, size_t step)
{
	struct connection c = { .reply = { .kind = REPLY_NONE } };
	char *got;

	connection_open(&c);
	for (size_t at = 0; at < r->in.n; at += step)
		if (send(c.fd, r->in.p + at,
			    r->in.n - at < step ? r->in.n - at : step,
			    MSG_NOSIGNAL) < 0)
			break;
	got = connection_rest(&c);
	connection_end(&c);
	assert_like(got, r->out);
	assert_like(buf_text(&c.shown), r->shown ? r->shown : r->in.p);
	assert_string_equal(buf_text(&c.notes), r->notes);
	assert_int_equal(c.result, r->code);
	if (r->says)
		assert_non_null(strstr(c.error.text, r->says));
	connection_fini(&c);
	free(got);
}

static void test_exchange(const void *row)
{
	const struct exchange_row *r = row;

	run_exchange(r, r->in.n + 1);
	run_exchange(r, 1);
	for (size_t step = 2; step < r->in.n; step = step * 2 + 1)
		run_exchange(r, step);
}

/* --- replies */

struct reply_row {
	const char *name;
	const char *text; /* or: */
	const char *file; /* its content */
	bool raw;
	const char *in, *out;
	int code;
};

#define POST                                                        \
	"POST / HTTP/1.1\r\n" HOST "Transfer-Encoding: chunked\r\n" \
	"\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n"

static const struct reply_row reply_rows[] = {
	{ "a text", "Recu: %{data} de %{peer}", NULL, false, POST POST,
		OK_HEAD "Content-Length: 17\r\n" TEXT
			"\r\nRecu: abc de peer" OK_HEAD
			"Content-Length: 17\r\n" TEXT "\r\nRecu: abc de peer",
		0 },
	{ "an empty text", "", NULL, false, POST,
		OK_HEAD "Content-Length: 0\r\n" TEXT "\r\n", 0 },
	{ "a text without data", "Hi", NULL, false, POST,
		OK_HEAD "Content-Length: 2\r\n" TEXT "\r\nHi", 0 },
	{ "HEAD of a text", "Hi", NULL, false,
		"HEAD / HTTP/1.1\r\n" HOST "\r\n",
		OK_HEAD "Content-Length: 2\r\n" TEXT "\r\n", 0 },
	{ "a file", NULL, "%{data}\n", false, POST,
		OK_HEAD "Content-Length: 8\r\n\r\n%{data}\n", 0 },
	{ "HEAD of a file", NULL, "12345", false,
		"HEAD / HTTP/1.1\r\n" HOST "\r\nHEAD / HTTP/1.0\r\n\r\n",
		OK_HEAD "Content-Length: 5\r\n\r\n" OK_HEAD
			"Content-Length: 5\r\n" CLOSE "\r\n",
		0 },
	{ "a raw file", NULL, "HTTP/1.1 99 \n\n", true, POST POST,
		"HTTP/1.1 99 \n\n", 0 },
	{ "HEAD of a raw file", NULL, "x", true,
		"HEAD / HTTP/1.1\r\n" HOST "\r\n", "x", 0 },
	{ "a bad request for a raw file", NULL, "x", true, "GET\r\n",
		"HTTP/1.1 400 Bad Request\r\n...", -ERR_WEIRD_REPLY },
};

static void test_reply(const void *row)
{
	const struct reply_row *r = row;
	struct connection c = { .service = { .raw = r->raw } };
	struct error e = { 0 };
	char *got;

	if (r->file)
		scratch_write("reply", r->file, 0600);
	if (r->text)
		reply_text(&c.reply, str_of(r->text));
	else
		assert_int_equal(reply_file(&c.reply, scratch_path("reply"),
					 DEADLINE_NONE, &e),
			0);
	connection_open(&c);
	talking_send(c.fd, str_of(r->in));
	got = connection_rest(&c);
	connection_end(&c);
	assert_like(got, r->out);
	assert_int_equal(c.result, r->code);
	connection_fini(&c);
	free(got);
}

/* The file was there when it began. */
static void test_reply_gone(const void *row)
{
	struct connection c = { .service = { .raw = false } };
	struct error e = { 0 };
	char *got;

	(void)row;
	scratch_write("gone", "x", 0600);
	assert_int_equal(
		reply_file(&c.reply, scratch_path("gone"), DEADLINE_NONE, &e),
		0);
	unlink(scratch_path("gone"));
	connection_open(&c);
	talking_send(c.fd, STR("GET / HTTP/1.0\r\n\r\n"));
	got = connection_rest(&c);
	connection_end(&c);
	assert_like(got, "HTTP/1.1 500 Internal Server Error\r\n...");
	assert_int_equal(c.result, -ERR_READ);
	connection_fini(&c);
	free(got);
}

/* --- JSON */

struct json_row {
	const char *name;
	struct str in;
	const char *expected; /* behind the time */
};

#define NONE "\"trailers\":[],"

static const struct json_row json_rows[] = {
	{ "GET", ROW("GET /a?b HTTP/1.0\r\nA: \"b\"\r\nC:\r\n\r\n"),
		"\"peer\":\"peer\",\"method\":\"GET\",\"target\":\"/a?b\","
		"\"version\":\"1.0\",\"fields\":[{\"name\":\"A\",\"value\":"
		"\"\\\"b\\\"\"},{\"name\":\"C\",\"value\":\"\"}]," NONE
		"\"length\":0,\"text\":\"\",\"findings\":[]}\n" },
	{ "a text",
		ROW("PUT / HTTP/1.0\r\nContent-Length: 4\r\n\r\na\xc3\xa4\n"),
		"\"peer\":\"peer\",\"method\":\"PUT\",\"target\":\"/\","
		"\"version\":\"1.0\",\"fields\":[{\"name\":\"Content-Length\","
		"\"value\":\"4\"}]," NONE "\"length\":4,\"text\":\"a\xc3\xa4"
		"\\n\",\"findings\":[]}\n" },
	{ "bytes that are no text, chunked, and trailers",
		ROW("PUT / HTTP/1.1\r\nHost:\r\nTransfer-Encoding: chunked\r\n"
		    "Connection: close\r\n\r\n2\r\n\xff\0\r\n0\r\nT: u\r\n"
		    "\r\n"),
		"\"peer\":\"peer\",\"method\":\"PUT\",\"target\":\"/\","
		"\"version\":\"1.1\",\"fields\":[{\"name\":\"Host\","
		"\"value\":\"\"},{\"name\":\"Transfer-Encoding\",\"value\":"
		"\"chunked\"},{\"name\":\"Connection\",\"value\":\"close\"}],"
		"\"trailers\":[{\"name\":\"T\",\"value\":\"u\"}],"
		"\"length\":2,\"base64\":\"/wA=\",\"findings\":[]}\n" },
	{ "a finding", ROW("GET / HTTP/1.0\n\r\n"),
		"\"peer\":\"peer\",\"method\":\"GET\",\"target\":\"/\","
		"\"version\":\"1.0\",\"fields\":[]," NONE
		"\"length\":0,\"text\":\"\",\"findings\":[{\"offset\":14,"
		"\"rule\":\"BARE_LF\",\"what\":\"a line ends in LF without "
		"CR\","
		"\"section\":\"RFC 9112 section 2.2\"}]}\n" },
	{ "a refused one", ROW("GET\x1b\r\n"),
		"\"peer\":\"peer\",\"error\":\"byte 3: a request line that is "
		"not method, target and version with one space between (RFC "
		"9112 section 3)\",\"length\":6,\"text\":\"GET\\u001b\\r\\n\","
		"\"findings\":[{\"offset\":3,\"rule\":\"REQUEST_LINE\","
		"\"what\":\"a request line that is not method, target and "
		"version with one space between\",\"section\":\"RFC 9112 "
		"section 3\"}]}\n" },
};

static void test_json(const void *row)
{
	const struct json_row *r = row;
	struct connection c = { .service = { .json = true } };
	int64_t before = clock_wall(), seconds = 0;
	const char *text;
	int used = 0;

	connection_open(&c);
	talking_send(c.fd, r->in);
	free(connection_rest(&c));
	connection_end(&c);
	text = buf_text(&c.shown);
	assert_int_equal(sscanf(text, "{\"time\":%" SCNd64 ".%*6[0-9],%n",
				 &seconds, &used),
		1);
	assert_in_range(seconds, before / 1000000, clock_wall() / 1000000);
	assert_string_equal(text + used, r->expected);
	connection_fini(&c);
}

int main(void)
{
	const struct table tables[] = {
		TABLE("http_serve", exchange_rows, test_exchange),
		TABLE("http_serve, replies", reply_rows, test_reply),
		SINGLE("http_serve, no reply any more", test_reply_gone),
		TABLE("http_serve, JSON", json_rows, test_json),
	};
	int failed;

	scratch_begin(NULL);
	failed = table_run(
		"http_server", tables, sizeof(tables) / sizeof(tables[0]));
	scratch_end();
	return failed;
}
