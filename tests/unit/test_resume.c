#include "policy/resume.h"

#include "support/table.h"

struct judge_row {
	const char *name, *head;
	uint64_t offset;
	const char *validator; /* NULL: none */
	uint64_t length; /* of the body */
	int verdict;
	const char *words; /* in the error */
};

static const struct judge_row judge_rows[] = {
	{ "goes on", "206 OK\r\nContent-Range: bytes 5-9/10\r\n", 5, NULL, 5,
		RESUME_GOES_ON, NULL },
	{ "goes on, validator",
		"206 OK\r\nContent-Range: bytes 5-9/10\r\n"
		"ETag: \"a\"\r\n",
		5, "\"a\"", 5, RESUME_GOES_ON, NULL },
	{ "no range said", "206 OK\r\n", 5, NULL, 5, -ERR_RANGE,
		"but not which" },
	{ "range malformed", "206 OK\r\nContent-Range: lines 1-2\r\n", 5, NULL,
		5, -ERR_RANGE, "lines 1-2" },
	{ "unsatisfied in a 206", "206 OK\r\nContent-Range: bytes */9\r\n", 5,
		NULL, 5, -ERR_RANGE, "but not which" },
	{ "another beginning", "206 OK\r\nContent-Range: bytes 0-9/10\r\n", 5,
		NULL, 10, -ERR_RANGE,
		"asked for byte 5 on, the server sends "
		"byte 0 on" },
	{ "another version",
		"206 OK\r\nContent-Range: bytes 5-9/10\r\n"
		"ETag: \"b\"\r\n",
		5, "\"a\"", 5, -ERR_RANGE, "another version" },
	{ "a part of what is coded",
		"206 OK\r\nContent-Range: bytes 5-9/10\r\n"
		"Content-Encoding: gzip\r\n",
		5, NULL, 5, -ERR_RANGE, "compressed" },
	{ "the beginning of what is coded",
		"206 OK\r\nContent-Range: bytes 0-9/10\r\n"
		"Content-Encoding: gzip\r\n",
		0, NULL, 5, RESUME_GOES_ON, NULL },
	{ "a tag where there was a date",
		"206 OK\r\nContent-Range: bytes 5-9/10\r\n"
		"ETag: \"b\"\r\nLast-Modified: then\r\n",
		5, "then", 5, RESUME_GOES_ON, NULL },
	{ "another date",
		"206 OK\r\nContent-Range: bytes 5-9/10\r\n"
		"Last-Modified: now\r\n",
		5, "then", 5, -ERR_RANGE, "another version" },
	{ "416 alone", "416 No\r\n", 5, NULL, 3, -ERR_RANGE,
		"does not say how long" },
	{ "416 of any length", "416 No\r\nContent-Range: bytes */*\r\n", 5,
		NULL, 3, -ERR_RANGE, "does not say how long" },
	{ "416 of a part", "416 No\r\nContent-Range: bytes 0-4/5\r\n", 5, NULL,
		3, -ERR_RANGE, "does not say how long" },
	{ "416 of nothing", "416 No\r\nContent-Range: bytes */0\r\n", 0, NULL,
		3, RESUME_COMPLETE, NULL },
	{ "416 of that length", "416 No\r\nContent-Range: bytes */5\r\n", 5,
		NULL, 3, RESUME_COMPLETE, NULL },
	{ "416 of another length", "416 No\r\nContent-Range: bytes */4\r\n", 5,
		NULL, 3, -ERR_RANGE, "all of it is 4 bytes" },
	{ "416 that is malformed", "416 No\r\nContent-Range: what\r\n", 5, NULL,
		3, -ERR_RANGE, "does not say how long" },
	{ "no ranges known", "200 OK\r\n", 5, NULL, 10, -ERR_RANGE,
		"byte ranges" },
	{ "no ranges known, no length", "200 OK\r\n", 5, NULL, RANGE_UNKNOWN,
		-ERR_RANGE, "byte ranges" },
	{ "all there", "200 OK\r\n", 5, NULL, 5, RESUME_COMPLETE, NULL },
	{ "all there, validator", "200 OK\r\nETag: \"a\"\r\n", 5, "\"a\"", 5,
		RESUME_COMPLETE, NULL },
	{ "same length, another version", "200 OK\r\nETag: \"b\"\r\n", 5,
		"\"a\"", 5, -ERR_RANGE, "another version" },
	{ "304", "304 Not Modified\r\n", 5, NULL, RANGE_UNKNOWN,
		RESUME_COMPLETE, NULL },
	{ "204", "204 No Content\r\n", 5, NULL, RANGE_UNKNOWN, RESUME_COMPLETE,
		NULL },
	{ "error", "404 Not Found\r\n", 5, NULL, 5, -ERR_RANGE, "status 404" },
	{ "begins", "200 OK\r\n", 0, NULL, 10, RESUME_BEGINS, NULL },
	{ "begins, no length", "203 OK\r\n", 0, NULL, RANGE_UNKNOWN,
		RESUME_BEGINS, NULL },
	{ "begins, part from the beginning",
		"206 OK\r\nContent-Range: bytes 0-4/10\r\n", 0, NULL, 5,
		RESUME_GOES_ON, NULL },
	{ "begins, another part", "206 OK\r\nContent-Range: bytes 5-9/10\r\n",
		0, NULL, 5, -ERR_RANGE, "byte 5 on" },
	{ "nothing begins, error", "503 Busy\r\n", 0, NULL, 4, -ERR_RANGE,
		"status 503" },
	{ "nothing begins, redirect", "302 Found\r\n", 0, NULL, 4, -ERR_RANGE,
		"status 302" },
	{ "nothing begins, no content", "204 No\r\n", 0, NULL, 0,
		RESUME_COMPLETE, NULL },
	{ "redirect not followed", "301 Moved\r\n", 5, NULL, 5, -ERR_RANGE,
		"byte ranges" },
};

/* Where the head of the answer is shown. */
static const struct judge_row transcript_rows[] = {
	{ "416 alone", "416 No\r\n", 5, NULL, 3, RESUME_COMPLETE, NULL },
	{ "416 of another length", "416 No\r\nContent-Range: bytes */4\r\n", 5,
		NULL, 3, -ERR_RANGE, "all of it is 4 bytes" },
	{ "error", "404 Not Found\r\n", 5, NULL, 5, -ERR_RANGE, "status 404" },
};

static void judge(
	const struct judge_row *row, bool transcript, bool whole_will_do)
{
	struct resume resume = { .offset = row->offset,
		.decodes = true,
		.validator = str_of(row->validator),
		.whole_will_do = whole_will_do,
		.transcript = transcript };
	struct content_range range = { 0 };
	struct error e = { 0 };
	struct head head;
	struct buf text;

	buf_init(&text, 1000);
	buf_printf(&text, "HTTP/1.1 %s\r\n", row->head);
	head_init(&head);
	assert_int_equal(head_parse(buf_str(&text), &head, NULL, &e), text.n);
	assert_int_equal(resume_judge(&resume, &head, row->length, &range, &e),
		row->verdict);
	if (row->verdict == RESUME_GOES_ON)
		assert_int_equal(range.first, row->offset);
	if (row->words && str_search(str_of(e.text), str_of(row->words)) < 0)
		fail_msg("\"%s\" is not in \"%s\"", row->words, e.text);
	head_fini(&head);
	buf_fini(&text);
}

static void test_judge(const void *row)
{
	judge(row, false, false);
}

static void test_transcript(const void *row)
{
	judge(row, true, false);
}

/* Where all of it may come as well. */
static const struct judge_row whole_rows[] = {
	{ "part", "206 OK\r\nContent-Range: bytes 5-9/10\r\n", 5, NULL, 5,
		RESUME_GOES_ON, NULL },
	{ "whole", "200 OK\r\n", 5, NULL, 10, RESUME_BEGINS, NULL },
	{ "another version", "200 OK\r\nETag: \"b\"\r\n", 5, "\"a\"", 5,
		RESUME_BEGINS, NULL },
	{ "all there", "200 OK\r\nETag: \"a\"\r\n", 5, "\"a\"", 5,
		RESUME_COMPLETE, NULL },
	{ "as long as what is there", "200 OK\r\nETag: \"a\"\r\n", 5, NULL, 5,
		RESUME_BEGINS, NULL },
	{ "all there, by date", "200 OK\r\nLast-Modified: then\r\n", 5, "then",
		5, RESUME_COMPLETE, NULL },
	{ "error", "503 Busy\r\n", 5, NULL, 4, -ERR_RANGE, "status 503" },
	{ "redirect", "302 Found\r\n", 5, NULL, 4, -ERR_RANGE, "byte ranges" },
};

static void test_whole(const void *row)
{
	judge(row, false, true);
}

struct check_row {
	const char *name;
	struct content_range range;
	uint64_t received;
	int result;
};

static const struct check_row check_rows[] = {
	{ "to the end", { true, 5, 9, 10 }, 5, 0 },
	{ "end unknown", { true, 5, 9, RANGE_UNKNOWN }, 5, 0 },
	{ "too short", { true, 5, 9, 10 }, 4, -ERR_PARTIAL },
	{ "too long", { true, 5, 9, 10 }, 6, -ERR_PARTIAL },
	{ "not to the end", { true, 5, 8, 10 }, 4, -ERR_PARTIAL },
};

static void test_check(const void *data)
{
	const struct check_row *row = data;
	struct error e = { 0 };

	assert_int_equal(
		resume_check(&row->range, row->received, &e), row->result);
	assert_int_equal(e.code, -row->result);
}

int main(void)
{
	const struct table tables[] = {
		TABLE("resume_judge", judge_rows, test_judge),
		TABLE("resume_judge, in a transcript", transcript_rows,
			test_transcript),
		TABLE("resume_judge, the whole will do", whole_rows,
			test_whole),
		TABLE("resume_check", check_rows, test_check),
	};

	return table_run("resume", tables, sizeof(tables) / sizeof(tables[0]));
}
