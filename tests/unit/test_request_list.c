/* Requests that stand one behind the other, told apart. */
#include "http/request_list.h"

#include "support/findings.h"

struct list_row {
	const char *name;
	const char *in;
	const char *parts; /* "bytes/head[HCU]" each; "!" behind a broken one */
	const char *findings;
	const char *says; /* of the broken one; NULL: none is */
};

#define GET "GET / HTTP/1.1\r\nHost: a\r\n\r\n" /* 27 bytes */

static const struct list_row rows[] = {
	{ "nothing", "", "", "", NULL },
	{ "one", GET, "27/27 ", "", NULL },
	{ "three", GET GET GET, "27/27 27/27 27/27 ", "", NULL },
	{ "HEAD", "HEAD / HTTP/1.1\r\nHost: a\r\n\r\n" GET, "28/28H 27/27 ", "",
		NULL },
	{ "CONNECT", "CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n", "35/35C ", "",
		NULL },
	{ "an upgrade",
		"GET / HTTP/1.1\r\nHost: a\r\nUpgrade: x\r\nConnection: "
		"upgrade\r\n\r\n",
		"60/60U ", "", NULL },
	{ "a length",
		"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: "
		"3\r\n\r\nabc" GET,
		"50/47 27/27 ", "", NULL },
	{ "chunked",
		"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: "
		"chunked\r\n\r\n1\r\na\r\n0\r\n\r\n" GET,
		"67/56 27/27 ", "", NULL },
	{ "a finding in the second", GET "GET / HTTP/1.1\nHost: a\r\n\r\n",
		"27/27 26/26 ", "BARE_LF@41", NULL },
	{ "a finding in the second's body",
		GET "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: "
		    "chunked\r\n\r\n1\na\r\n0\r\n\r\n",
		"27/27 66/56 ", "BARE_LF@84", NULL },
	{ "no end of the head", GET "GET / HTTP/1.1\r\nHost: a\r\n",
		"27/27 25/0! ", "", "no empty line ends it" },
	{ "no request", "hello\r\n\r\n" GET, "36/0! ", "REQUEST_LINE@5", "" },
	{ "a body cut short",
		"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nab",
		"49/47! ", "", "2 of 3 bytes" },
	{ "chunks cut short",
		"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: "
		"chunked\r\n\r\n1\r\na\r\n",
		"62/56! ", "", "chunked body is not whole" },
	{ "chunks that are broken",
		"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: "
		"chunked\r\n\r\nx\r\n\r\n" GET,
		"88/56! ", "CHUNK_SIZE@56", "hexadecimal" },
};

static void test_list(const void *row)
{
	const struct list_row *r = row;
	size_t n = strlen(r->in);
	char *copy = exact_copy(r->in, n);
	struct str rest = { copy, n };
	struct findings found = { .n = 0 };
	struct request_part part;
	struct buf told;
	size_t sum = 0;

	buf_init(&told, 1024);
	while (request_list_next(&rest, &part, &found)) {
		assert_ptr_equal(part.bytes.p, copy + sum);
		sum += part.bytes.n;
		buf_printf(&told, "%zu/%zu%s%s%s%s ", part.bytes.n, part.head,
			part.head_method ? "H" : "",
			part.connect_method ? "C" : "", part.upgrade ? "U" : "",
			part.wrong.code ? "!" : "");
		if (part.wrong.code) {
			assert_non_null(r->says);
			assert_non_null(strstr(part.wrong.text, r->says));
		}
	}
	assert_int_equal(sum, n);
	assert_string_equal(told.n ? buf_text(&told) : "", r->parts);
	assert_findings(&found, r->findings);
	buf_fini(&told);
	free(copy);
}

int main(void)
{
	const struct table tables[] = {
		TABLE("request_list_next", rows, test_list),
	};

	return table_run(
		"request_list", tables, sizeof(tables) / sizeof(tables[0]));
}
