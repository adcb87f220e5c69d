/* The chunked coding: each case whole, split at every offset, byte by byte. */
#include "http/chunk.h"

#include "support/findings.h"

struct chunk_row {
	const char *name;
	const char *in;
	size_t n;
	int error; /* 0 for none */
	const char *data; /* what is decoded before the end or the error */
	const char *trailers; /* NULL when the body does not end */
	size_t left; /* bytes behind the end */
	const char *findings;
	const char *says;
};

#define ROW(text) text, sizeof(text) - 1

static const struct chunk_row rows[] = {
	{ "empty", ROW("0\r\n\r\n"), 0, "", "\r\n", 0, "", NULL },
	{ "one chunk", ROW("5\r\nhello\r\n0\r\n\r\n"), 0, "hello", "\r\n", 0,
		"", NULL },
	{ "several chunks",
		ROW("5\r\nhello\r\n1\r\n,\r\n00a\r\n 123456789\r\n"
		    "000\r\n\r\n"),
		0, "hello, 123456789", "\r\n", 0, "", NULL },
	{ "line ends in the data", ROW("6\r\n\r\n0\r\n\r\r\n0\r\n\r\n"), 0,
		"\r\n0\r\n\r", "\r\n", 0, "", NULL },
	{ "upper and lower case",
		ROW("A\r\n0123456789\r\nb\r\n0123456789a\r\n"
		    "0\r\n\r\n"),
		0, "01234567890123456789a", "\r\n", 0, "", NULL },
	{ "16 digits", ROW("0000000000000005\r\nhello\r\n0\r\n\r\n"), 0,
		"hello", "\r\n", 0, "", NULL },
	{ "bytes behind", ROW("1\r\na\r\n0\r\n\r\nHTTP/1.1 200 OK"), 0, "a",
		"\r\n", 15, "", NULL },
	{ "trailers", ROW("1\r\na\r\n0\r\nA: b\r\nC: d\r\n\r\nX"), 0, "a",
		"A: b\r\nC: d\r\n\r\n", 1, "", NULL },
	{ "trailers with bare LF", ROW("0\r\nA: b\n\r\nX"), 0, "", "A: b\n\r\n",
		1, "", NULL },
	{ "trailers ending in LF LF", ROW("0\r\nA: b\n\nX"), 0, "", "A: b\n\n",
		1, "", NULL },
	{ "CR in a trailer", ROW("0\r\nA:\rb\r\n\r\n"), 0, "", "A:\rb\r\n\r\n",
		0, "", NULL },
	{ "NUL in a trailer", ROW("0\r\nA: \0\r\n\r\n"), 0, "", "A: ", 0, "",
		NULL },
	/* Extensions. */
	{ "a name", ROW("1;a\r\nx\r\n0;b\r\n\r\n"), 0, "x", "\r\n", 0, "",
		NULL },
	{ "a value", ROW("1;a=b\r\nx\r\n0\r\n\r\n"), 0, "x", "\r\n", 0, "",
		NULL },
	{ "several, with blanks",
		ROW("1 ; a = b\t; c ;d=\"e\" ;f\r\nx\r\n0\r\n\r\n"), 0, "x",
		"\r\n", 0, "", NULL },
	{ "quoted", ROW("1;a=\"; \\\" \t\\\\\xe4\";b\r\nx\r\n0\r\n\r\n"), 0,
		"x", "\r\n", 0, "", NULL },
	{ "empty ones", ROW("1;;;\r\nx\r\n0\r\n\r\n"), 0, "x", "\r\n", 0,
		"CHUNK_EXTENSION@2 CHUNK_EXTENSION@3 CHUNK_EXTENSION@4", NULL },
	{ "no value", ROW("1;a=\nx\r\n0;a=;b\r\n\r\n"), 0, "x", "\r\n", 0,
		"BARE_LF@4 CHUNK_EXTENSION@4 CHUNK_EXTENSION@12", NULL },
	{ "no name", ROW("1;=b;c\r\nx\r\n0\r\n\r\n"), 0, "x", "\r\n", 0,
		"CHUNK_EXTENSION@2", NULL },
	{ "two words", ROW("1;a b;c d=e\r\nx\r\n0\r\n\r\n"), 0, "x", "\r\n", 0,
		"CHUNK_EXTENSION@4 CHUNK_EXTENSION@8", NULL },
	{ "two values", ROW("1;a=b=c\r\nx\r\n0\r\n\r\n"), 0, "x", "\r\n", 0,
		"CHUNK_EXTENSION@5", NULL },
	{ "a quote inside a word", ROW("1;a=b\"c\";d\r\nx\r\n0\r\n\r\n"), 0,
		"x", "\r\n", 0, "CHUNK_EXTENSION@5", NULL },
	{ "a quote as a name", ROW("1;\"a\"\r\nx\r\n0\r\n\r\n"), 0, "x", "\r\n",
		0, "CHUNK_EXTENSION@2", NULL },
	{ "a quote behind rubbish", ROW("1;a @ \"b;\"\r\nx\r\n0\r\n\r\n"), 0,
		"x", "\r\n", 0, "CHUNK_EXTENSION@4", NULL },
	{ "a line end in quotes", ROW("1;a=\"\r\n\"\r\nx\r\n0\r\n\r\n"),
		ERR_RECV, "", NULL, 0, "CHUNK_EXTENSION@5", "at byte 5" },
	{ "a bare LF in quotes", ROW("1;a=\"b\nx\r\n0\r\n\r\n"), ERR_RECV, "",
		NULL, 0, "CHUNK_EXTENSION@6", "quoted extension" },
	{ "a line end behind a backslash", ROW("1;a=\"\\\r\n\"\r\nx"), ERR_RECV,
		"", NULL, 0, "CHUNK_EXTENSION@6", "at byte 6" },
	{ "NUL in an extension", ROW("1;a=\0\r\nx\r\n0\r\n\r\n"), ERR_RECV, "",
		NULL, 0, "CHUNK_EXTENSION@4", "at byte 4" },
	{ "CR in an extension", ROW("1;a\rb\r\nx\r\n0\r\n\r\n"), ERR_RECV, "",
		NULL, 0, "BARE_CR@4", "at byte 4" },
	/* Line ends. */
	{ "bare LF everywhere", ROW("5\nhello\n0\n\n"), 0, "hello", "\n", 0,
		"BARE_LF@1 BARE_LF@7 BARE_LF@9", NULL },
	{ "bare LF behind an extension", ROW("1;a\nx\r\n0\r\n\r\n"), 0, "x",
		"\r\n", 0, "BARE_LF@3", NULL },
	{ "bare CR behind a size", ROW("5\rhello\r\n0\r\n\r\n"), ERR_RECV, "",
		NULL, 0, "BARE_CR@2", "at byte 2" },
	{ "two CRs behind a size", ROW("5\r\r\nhello\r\n0\r\n\r\n"), ERR_RECV,
		"", NULL, 0, "BARE_CR@2", "at byte 2" },
	{ "bare CR behind data", ROW("5\r\nhello\r0\r\n\r\n"), ERR_RECV,
		"hello", NULL, 0, "CHUNK_END@9", "at byte 9" },
	{ "data longer than its size", ROW("5\r\nhelloxx\r\n0\r\n\r\n"),
		ERR_RECV, "hello", NULL, 0, "CHUNK_END@8", "at byte 8" },
	{ "data shorter than its size", ROW("7\r\nhello\r\n0\r\n\r\n"),
		ERR_RECV, "hello\r\n", NULL, 0, "CHUNK_END@10", "at byte 10" },
	{ "data shorter by the CR behind it", ROW("6\r\nhello\r\n0\r\n\r\n"), 0,
		"hello\r", "\r\n", 0, "BARE_LF@9", NULL },
	{ "bare LF behind data only", ROW("5\r\nhello\n0\r\n\r\n"), 0, "hello",
		"\r\n", 0, "BARE_LF@8", NULL },
	{ "bare LF behind a size only", ROW("5\nhello\r\n0\r\n\r\n"), 0,
		"hello", "\r\n", 0, "BARE_LF@1", NULL },
	/* Sizes. */
	{ "blanks behind a size", ROW("5 \t \r\nhello\r\n0 \n\r\n"), 0, "hello",
		"\r\n", 0, "CHUNK_SIZE_SPACE@3 BARE_LF@15 CHUNK_SIZE_SPACE@14",
		NULL },
	{ "blanks before a size", ROW(" 5\r\nhello\r\n0\r\n\r\n"), ERR_RECV, "",
		NULL, 0, "CHUNK_SIZE@0", "at byte 0" },
	{ "no size", ROW("\r\nhello\r\n0\r\n\r\n"), ERR_RECV, "", NULL, 0,
		"CHUNK_SIZE@0", "Illegal or missing hexadecimal" },
	{ "only an extension", ROW(";a\r\nhello\r\n0\r\n\r\n"), ERR_RECV, "",
		NULL, 0, "CHUNK_SIZE@0", "at byte 0" },
	{ "0x", ROW("0x5\r\nhello\r\n0\r\n\r\n"), ERR_RECV, "", NULL, 0,
		"CHUNK_SIZE@1", "at byte 1" },
	{ "a minus", ROW("-5\r\nhello\r\n0\r\n\r\n"), ERR_RECV, "", NULL, 0,
		"CHUNK_SIZE@0", "at byte 0" },
	{ "a plus in the second size", ROW("1\r\na\r\n+1\r\na\r\n"), ERR_RECV,
		"a", NULL, 0, "CHUNK_SIZE@6", "at byte 6" },
	{ "a word behind a size", ROW("5 foo\r\nhello\r\n0\r\n\r\n"), ERR_RECV,
		"", NULL, 0, "CHUNK_SIZE@2", "at byte 2" },
	{ "two sizes", ROW("5 5\r\nhello\r\n0\r\n\r\n"), ERR_RECV, "", NULL, 0,
		"CHUNK_SIZE@2", "at byte 2" },
	{ "letters behind a size", ROW("5g\r\nhello\r\n0\r\n\r\n"), ERR_RECV,
		"", NULL, 0, "CHUNK_SIZE@1", "at byte 1" },
	{ "NUL behind a size", ROW("5\0\r\nhello\r\n0\r\n\r\n"), ERR_RECV, "",
		NULL, 0, "CHUNK_SIZE@1", "at byte 1" },
	{ "17 digits", ROW("00000000000000005\r\nhello\r\n0\r\n\r\n"), ERR_RECV,
		"", NULL, 0, "CHUNK_SIZE@16", "Too long hexadecimal" },
	{ "the largest size", ROW("7fffffffffffffff\r\nhello"), 0, "hello",
		NULL, 0, "", NULL },
	{ "a size too large", ROW("8000000000000000\r\nhello"), ERR_RECV, "",
		NULL, 0, "CHUNK_SIZE@15", "Too large chunk size" },
	/* Not whole. */
	{ "nothing", ROW(""), 0, "", NULL, 0, "", NULL },
	{ "half a size line", ROW("5\r"), 0, "", NULL, 0, "", NULL },
	{ "half the data", ROW("5\r\nhel"), 0, "hel", NULL, 0, "", NULL },
	{ "no last chunk", ROW("5\r\nhello\r\n"), 0, "hello", NULL, 0, "",
		NULL },
	{ "no end of the trailers", ROW("0\r\nA: b\r\n"), 0, "", NULL, 0, "",
		NULL },
	{ "half an empty line", ROW("0\r\n\r"), 0, "", NULL, 0, "", NULL },
};

struct decoding {
	struct chunk_decoder decoder;
	struct findings found;
	struct error e;
	struct buf data;
	int error;
	size_t left;
};

static void feed(struct decoding *g, struct str piece)
{
	struct str in = { exact_copy(piece.p, piece.n), piece.n };
	struct str rest = in;

	while (rest.n && !g->decoder.done && g->error == 0) {
		struct str data;
		ssize_t n = chunk_decode(&g->decoder, rest, &data, &g->e);

		if (n < 0) {
			g->error = (int)-n;
			break;
		}
		assert_in_range(n, 1, rest.n);
		if (data.n)
			assert_ptr_equal(data.p + data.n, rest.p + n);
		buf_add_str(&g->data, data);
		rest = str_from(rest, (size_t)n);
	}
	if (g->decoder.done)
		g->left += rest.n;
	free((char *)in.p);
}

static void start(struct decoding *g)
{
	memset(g, 0, sizeof(*g));
	chunk_init(&g->decoder, &g->found);
	buf_init(&g->data, 1u << 20);
}

static void finish(struct decoding *g, const struct chunk_row *r)
{
	const struct chunk_decoder *d = &g->decoder;

	assert_int_equal(g->error, r->error);
	assert_int_equal(g->e.code, r->error);
	if (r->says)
		assert_non_null(strstr(g->e.text, r->says));
	assert_string_equal(buf_text(&g->data), r->data);
	assert_int_equal(d->data, g->data.n);
	assert_int_equal(d->done, r->trailers != NULL);
	if (d->done) {
		assert_string_equal(
			buf_text(&g->decoder.trailers), r->trailers);
		assert_int_equal(d->offset, r->n - r->left);
	} else if (!r->error) {
		assert_int_equal(d->offset, r->n);
	}
	assert_int_equal(g->left, r->left);
	assert_findings(&g->found, r->findings);
	buf_fini(&g->data);
	chunk_fini(&g->decoder);
}

static void test_decode(const void *row)
{
	const struct chunk_row *r = row;
	const struct str in = { r->in, r->n };
	struct decoding g;

	for (size_t split = 0; split <= in.n; split++) {
		start(&g);
		feed(&g, str_first(in, split));
		feed(&g, str_from(in, split));
		finish(&g, r);
	}
	start(&g);
	for (size_t i = 0; i < in.n; i++)
		feed(&g, str_first(str_from(in, i), 1));
	finish(&g, r);
}

struct limit_row {
	const char *name;
	const char *start;
	const char *repeat;
	size_t times;
	const char *end;
	int error;
	const char *says;
};

static const struct limit_row limit_rows[] = {
	{ "a size line of the limit", "0;", "a", LIMIT_CHUNK_LINE - 3,
		"\r\n\r\n", 0, NULL },
	{ "a size line over the limit", "0;", "a", LIMIT_CHUNK_LINE - 1,
		"\r\n\r\n", ERR_TOO_MANY, "over 16384 bytes" },
	{ "blanks over the limit", "0", " ", LIMIT_CHUNK_LINE, "", ERR_TOO_MANY,
		"over 16384 bytes" },
	{ "trailers of the limit", "0\n", "A: b\r\n\tc\r\n",
		(LIMIT_TRAILERS - 6) / 10, "\tc\r\n\r\n", 0, NULL },
	{ "trailers over the limit", "0\n", "A: b\r\n\tc\r\n",
		LIMIT_TRAILERS / 10 + 1, "\r\n", ERR_TOO_MANY,
		"larger than 65536 bytes" },
	{ "a trailer over the limit", "0\n", "A", LIMIT_TRAILERS + 1, "",
		ERR_TOO_MANY, "larger than 65536 bytes" },
};

/* Whole and byte by byte. */
static void test_limits(const void *row)
{
	const struct limit_row *r = row;
	struct buf text;

	buf_init(&text, 1u << 20);
	buf_add_text(&text, r->start);
	for (size_t i = 0; i < r->times; i++)
		buf_add_text(&text, r->repeat);
	buf_add_text(&text, r->end);
	for (size_t step = text.n; step; step = step == 1 ? 0 : 1) {
		struct decoding g;

		start(&g);
		for (size_t at = 0; at < text.n; at += step)
			feed(&g, str_first(str_from(buf_str(&text), at), step));
		assert_int_equal(g.error, r->error);
		assert_int_equal(g.decoder.done, r->error == 0);
		if (r->says)
			assert_non_null(strstr(g.e.text, r->says));
		buf_fini(&g.data);
		chunk_fini(&g.decoder);
	}
	buf_fini(&text);
}

static void test_base(const void *row)
{
	struct decoding g;

	(void)row;
	start(&g);
	g.found.base = 1000;
	feed(&g, STR("0\n\n"));
	assert_findings(&g.found, "BARE_LF@1001");
	buf_fini(&g.data);
	chunk_fini(&g.decoder);
	chunk_init(&g.decoder, NULL);
	buf_init(&g.data, 10);
	feed(&g, STR("0\n\n"));
	assert_true(g.decoder.done);
	chunk_fini(&g.decoder);
}

struct line_row {
	const char *name;
	const char *in;
	const char *told; /* "size@offset extension" for each size line */
};

static const struct line_row line_rows[] = {
	{ "sizes", "5\r\nhello\r\n1\r\n,\r\n0\r\n\r\n", "5@0 |1@10 |0@16 |" },
	{ "extensions", "1;a=b ;c\r\nx\r\n0;\"\r\n", "1@0 ;a=b ;c|" },
	{ "a quoted semicolon", "1 ; a=\";\"\nx\n00\n\n",
		"1@0 ; a=\";\"|0@12 |" },
	{ "a line cut", "a;b", "" },
	{ "trailers are no size lines", "0\r\n1: 2\r\n\r\n", "0@0 |" },
};

static void note_line(void *context, const struct chunk_line *line)
{
	buf_printf(context, "%" PRIx64 "@%" PRIu64 " %.*s|", line->size,
		line->offset, STR_FMT(line->extension));
}

/* Whole and byte by byte. */
static void test_lines(const void *row)
{
	const struct line_row *r = row;
	struct str in = str_of(r->in);

	for (size_t step = in.n; step; step = step == 1 ? 0 : 1) {
		struct decoding g;
		struct buf told;

		buf_init(&told, 1024);
		start(&g);
		chunk_observe(
			&g.decoder, &(struct chunk_watch){ note_line, &told });
		for (size_t at = 0; at < in.n; at += step)
			feed(&g, str_first(str_from(in, at), step));
		assert_string_equal(told.n ? buf_text(&told) : "", r->told);
		buf_fini(&told);
		buf_fini(&g.data);
		chunk_fini(&g.decoder);
	}
}

int main(void)
{
	const struct table tables[] = {
		TABLE("chunk_decode", rows, test_decode),
		TABLE("chunk_decode limits", limit_rows, test_limits),
		SINGLE("chunk_decode findings", test_base),
		TABLE("chunk_observe", line_rows, test_lines),
	};

	return table_run("chunk", tables, sizeof(tables) / sizeof(tables[0]));
}
