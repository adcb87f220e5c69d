#include "policy/continuation.h"

#include <stdio.h>

#include "support/table.h"

static void parse(struct head *head, char **bytes, int status, const char *rest)
{
	char text[500];
	size_t n;

	snprintf(text, sizeof(text), "HTTP/1.1 %d x\r\n%s\r\n", status, rest);
	n = strlen(text);
	*bytes = exact_copy(text, n);
	head_init(head);
	assert_int_equal(
		head_parse((struct str){ *bytes, n }, head, NULL, NULL), n);
}

/* --- continuation_note */

#define RANGES "Accept-Ranges: bytes\r\n"
#define DATE "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
#define OLD "Sun, 06 Nov 1994 08:48:37 GMT"
#define YOUNG "Sun, 06 Nov 1994 08:48:38 GMT"

struct note_row {
	const char *name;
	int status;
	const char *fields;
	bool coded;
	const char *validator; /* NULL: it cannot be continued */
	uint64_t length;
};

static const struct note_row note_rows[] = {
	{ "tag", 200, RANGES "ETag: \"a\"\r\nContent-Length: 5\r\n", false,
		"\"a\"", 5 },
	{ "empty tag", 200, RANGES "ETag: \"\"\r\n", false, "\"\"",
		CONTINUATION_UNKNOWN },
	{ "weak tag", 200, RANGES "ETag: W/\"a\"\r\n", false, NULL,
		CONTINUATION_UNKNOWN },
	{ "weak tag and old date", 200,
		RANGES DATE "ETag: W/\"a\"\r\nLast-Modified: " OLD "\r\n",
		false, NULL, CONTINUATION_UNKNOWN },
	{ "tag without quotes", 200, RANGES "ETag: a\r\n", false, NULL,
		CONTINUATION_UNKNOWN },
	{ "one quote", 200, RANGES "ETag: \"\r\n", false, NULL,
		CONTINUATION_UNKNOWN },
	{ "tag with a blank", 200, RANGES "ETag: \"a b\"\r\n", false, NULL,
		CONTINUATION_UNKNOWN },
	{ "folded tag", 200, RANGES "ETag: \"a\r\n b\"\r\n", false, NULL,
		CONTINUATION_UNKNOWN },
	{ "old date", 200, RANGES DATE "Last-Modified: " OLD "\r\n", false, OLD,
		CONTINUATION_UNKNOWN },
	{ "young date", 200, RANGES DATE "Last-Modified: " YOUNG "\r\n", false,
		NULL, CONTINUATION_UNKNOWN },
	{ "date without Date", 200, RANGES "Last-Modified: " OLD "\r\n", false,
		NULL, CONTINUATION_UNKNOWN },
	{ "no validator", 200, RANGES, false, NULL, CONTINUATION_UNKNOWN },
	{ "no ranges", 200, "ETag: \"a\"\r\n", false, NULL,
		CONTINUATION_UNKNOWN },
	{ "ranges of none", 200, "Accept-Ranges: none\r\nETag: \"a\"\r\n",
		false, NULL, CONTINUATION_UNKNOWN },
	{ "206", 206, RANGES "ETag: \"a\"\r\n", false, NULL,
		CONTINUATION_UNKNOWN },
	{ "404", 404, RANGES "ETag: \"a\"\r\n", false, NULL,
		CONTINUATION_UNKNOWN },
	{ "coded, not undone", 200,
		RANGES "ETag: \"a\"\r\nContent-Encoding: gzip\r\n", false,
		"\"a\"", CONTINUATION_UNKNOWN },
	{ "coded, undone", 200,
		RANGES "ETag: \"a\"\r\nContent-Encoding: gzip\r\n", true, NULL,
		CONTINUATION_UNKNOWN },
	{ "uncoded, would be undone", 200, RANGES "ETag: \"a\"\r\n", true,
		"\"a\"", CONTINUATION_UNKNOWN },
	{ "chunked", 200,
		RANGES "ETag: \"a\"\r\nTransfer-Encoding: chunked\r\n"
		       "Content-Length: 5\r\n",
		false, "\"a\"", CONTINUATION_UNKNOWN },
};

static void test_note(const void *data)
{
	const struct note_row *row = data;
	struct continuation c;
	struct head head;
	char *bytes;

	parse(&head, &bytes, row->status, row->fields);
	continuation_init(&c);
	continuation_note(&c, &head, row->coded);
	assert_int_equal(c.obstacle == NULL, row->validator != NULL);
	if (row->validator)
		assert_string_equal(buf_text(&c.validator), row->validator);
	assert_int_equal(c.length, row->length);
	continuation_fini(&c);
	head_fini(&head);
	free(bytes);
}

/* --- continuation_differs */

struct differs_row {
	const char *name, *first, *then;
	bool differs;
};

static const struct differs_row differs_rows[] = {
	{ "nothing said", "", "", false },
	{ "said too late", "", "ETag: \"a\"\r\n", false },
	{ "not said again", "ETag: W/\"a\"\r\n", "", false },
	{ "same weak tag", "ETag: W/\"a\"\r\n", "ETag: W/\"a\"\r\n", false },
	{ "tag that is strong by now", "ETag: W/\"a\"\r\n", "ETag: \"a\"\r\n",
		false },
	{ "another weak tag", "ETag: W/\"a\"\r\n", "ETag: W/\"b\"\r\n", true },
	{ "tag in another case", "ETag: W/\"a\"\r\n", "ETag: W/\"A\"\r\n",
		true },
	{ "same tag, another date", "ETag: \"a\"\r\nLast-Modified: " OLD "\r\n",
		"ETag: \"a\"\r\nLast-Modified: " YOUNG "\r\n", false },
	{ "same date", "Last-Modified: " YOUNG "\r\n",
		"Last-Modified: " YOUNG "\r\n", false },
	{ "another date", "Last-Modified: " YOUNG "\r\n",
		"Last-Modified: " OLD "\r\n", true },
};

static void test_differs(const void *data)
{
	const struct differs_row *row = data;
	struct continuation c;
	struct head first, then;
	char *bytes, *more;

	parse(&first, &bytes, 200, row->first);
	parse(&then, &more, 206, row->then);
	continuation_init(&c);
	continuation_note(&c, &first, false);
	assert_int_equal(continuation_differs(&c, &then), row->differs);
	continuation_fini(&c);
	head_fini(&first);
	head_fini(&then);
	free(bytes);
	free(more);
}

/* --- continuation_answer */

#define TAG "ETag: \"a\"\r\n"
#define TAGGED RANGES TAG "Content-Length: 10\r\n"
#define DATED RANGES DATE "Last-Modified: " OLD "\r\nContent-Length: 10\r\n"
#define UNSIZED RANGES TAG
#define REST CONTINUATION_REST
#define WHOLE CONTINUATION_WHOLE
#define OTHER CONTINUATION_OTHER

struct answer_row {
	const char *name, *first;
	int status;
	const char *fields;
	enum continuation_answer answer;
};

static const struct answer_row answer_rows[] = {
	{ "rest", TAGGED, 206, TAG "Content-Range: bytes 4-9/10\r\n", REST },
	{ "rest, upper case", TAGGED, 206,
		TAG "Content-Range: BYTES 4-9/10\r\n", REST },
	{ "rest, whole not told", TAGGED, 206,
		TAG "Content-Range: bytes 4-9/*\r\n", REST },
	{ "rest of something unsized", UNSIZED, 206,
		TAG "Content-Range: bytes 4-99/100\r\n", REST },
	{ "unsized rest", UNSIZED, 206, TAG "Content-Range: bytes 4-99/*\r\n",
		REST },
	{ "starts late", TAGGED, 206, TAG "Content-Range: bytes 5-9/10\r\n",
		OTHER },
	{ "starts early", TAGGED, 206, TAG "Content-Range: bytes 3-9/10\r\n",
		OTHER },
	{ "ends early", TAGGED, 206, TAG "Content-Range: bytes 4-8/10\r\n",
		OTHER },
	{ "ends early, whole not told", TAGGED, 206,
		TAG "Content-Range: bytes 4-8/*\r\n", OTHER },
	{ "another length", TAGGED, 206, TAG "Content-Range: bytes 4-10/11\r\n",
		OTHER },
	{ "backwards", UNSIZED, 206, TAG "Content-Range: bytes 4-3/4\r\n",
		OTHER },
	{ "another tag", TAGGED, 206,
		"ETag: \"b\"\r\nContent-Range: bytes 4-9/10\r\n", OTHER },
	{ "weak tag", TAGGED, 206,
		"ETag: W/\"a\"\r\nContent-Range: bytes 4-9/10\r\n", OTHER },
	{ "no tag", TAGGED, 206, "Content-Range: bytes 4-9/10\r\n", OTHER },
	{ "no range", TAGGED, 206, TAG, OTHER },
	{ "several ranges", TAGGED, 206,
		TAG "Content-Type: multipart/byteranges\r\n", OTHER },
	{ "another unit", TAGGED, 206, TAG "Content-Range: lines 4-9/10\r\n",
		OTHER },
	{ "a number too large", TAGGED, 206,
		TAG "Content-Range: bytes 4-99999999999999999999999/*\r\n",
		OTHER },
	{ "no numbers", TAGGED, 206, TAG "Content-Range: bytes -/\r\n", OTHER },
	{ "unsatisfied", TAGGED, 206, TAG "Content-Range: bytes */10\r\n",
		OTHER },
	{ "dated", DATED, 206,
		"Last-Modified: " OLD "\r\nContent-Range: bytes 4-9/10\r\n",
		REST },
	{ "date not repeated", DATED, 206, "Content-Range: bytes 4-9/10\r\n",
		REST },
	{ "another date", DATED, 206,
		"Last-Modified: " YOUNG "\r\nContent-Range: bytes 4-9/10\r\n",
		OTHER },
	{ "the same whole", TAGGED, 200, TAG, WHOLE },
	{ "another whole", TAGGED, 200, "ETag: \"b\"\r\n", OTHER },
	{ "a whole of no name", TAGGED, 200, "", OTHER },
	{ "a dated whole", DATED, 200, "Last-Modified: " OLD "\r\n", WHOLE },
	{ "a whole without its date", DATED, 200, "", OTHER },
	{ "503", TAGGED, 503, TAG, OTHER },
	{ "416", TAGGED, 416, "Content-Range: bytes */4\r\n", OTHER },
};

static void test_answer(const void *data)
{
	const struct answer_row *row = data;
	struct continuation c;
	struct head head;
	char *bytes;

	continuation_init(&c);
	parse(&head, &bytes, 200, row->first);
	continuation_note(&c, &head, false);
	assert_null(c.obstacle);
	head_fini(&head);
	free(bytes);
	parse(&head, &bytes, row->status, row->fields);
	assert_int_equal(continuation_answer(&c, &head, 4, false), row->answer);
	head_fini(&head);
	free(bytes);
	continuation_fini(&c);
}

/* A coded answer counts other bytes. */
static void test_coded(const void *row)
{
	struct continuation c;
	struct head head;
	char *bytes;

	(void)row;
	continuation_init(&c);
	parse(&head, &bytes, 200, TAGGED);
	continuation_note(&c, &head, true);
	head_fini(&head);
	free(bytes);
	parse(&head, &bytes, 206,
		TAG
		"Content-Encoding: gzip\r\nContent-Range: bytes 4-9/10\r\n");
	assert_int_equal(
		continuation_answer(&c, &head, 4, false), CONTINUATION_REST);
	assert_int_equal(
		continuation_answer(&c, &head, 4, true), CONTINUATION_OTHER);
	head_fini(&head);
	free(bytes);
	continuation_fini(&c);
}

int main(void)
{
	static const struct table tables[] = {
		TABLE("continuation_note", note_rows, test_note),
		TABLE("continuation_differs", differs_rows, test_differs),
		TABLE("continuation_answer", answer_rows, test_answer),
		SINGLE("continuation_answer coded", test_coded),
	};

	return table_run(
		"continuation", tables, sizeof(tables) / sizeof(tables[0]));
}
