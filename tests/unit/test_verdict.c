#include "transfer/verdict.h"

#include "support/table.h"

struct row {
	const char *name;
	struct request_spec spec;
	enum fail_mode fail;
	const char *head;
	int64_t length; /* of the body; -1: unknown */
	int error;
	bool ignore_body, unmodified, part;
};

#define OLD "Last-Modified: 1 Jan 1960\r\n"
#define PART "Content-Range: bytes 5-9/10\r\n"
#define WHOLE "Content-Range: bytes */5\r\n"

static const struct row rows[] = {
	{ "nothing asked", { 0 }, 0, "200 OK\r\n" OLD, 3, 0, false, false,
		false },
	{ "304", { 0 }, 0, "304 No\r\n", 0, 0, false, true, false },
	{ "simulated 304", { .condition = { CONDITION_NEWER, 0 } }, 0,
		"200 OK\r\n" OLD, 3, 0, true, true, false },
	{ "not for HEAD", { .condition = { CONDITION_NEWER, 0 }, .head = true },
		0, "200 OK\r\n" OLD, 3, 0, false, false, false },
	{ "not with a range",
		{ .condition = { CONDITION_NEWER, 0 }, .range = "0-3" }, 0,
		"206 OK\r\n" OLD, 3, 0, false, false, false },
	{ "goes on", { .resume_from = 5 }, 0, "206 OK\r\n" PART, 5, 0, false,
		false, true },
	{ "complete", { .resume_from = 5 }, 0, "416 No\r\n" WHOLE, 3, 0, true,
		false, false },
	{ "complete, --fail", { .resume_from = 5 }, FAIL_WITHOUT_BODY,
		"416 No\r\n" WHOLE, 3, 0, true, false, false },
	{ "length is the offset", { .resume_from = 5 }, 0, "200 OK\r\n", 5, 0,
		true, false, false },
	{ "length unknown", { .resume_from = 5 }, 0, "200 OK\r\n", -1,
		-ERR_RANGE, false, false, false },
	{ "error", { .resume_from = 5 }, 0, "404 No\r\n", 3, -ERR_RANGE, false,
		false, false },
	{ "error, --fail", { .resume_from = 5 }, FAIL_WITHOUT_BODY,
		"404 No\r\n", 3, 0, false, false, false },
	{ "error, --fail-with-body", { .resume_from = 5 }, FAIL_WITH_BODY,
		"404 No\r\n", 3, -ERR_RANGE, false, false, false },
	{ "not for HEAD when resuming", { .resume_from = 5, .head = true }, 0,
		"200 OK\r\n", 3, 0, false, false, false },
	{ "not for an upload",
		{ .put = true, .upload_resumes = true, .upload_from = 5 }, 0,
		"200 OK\r\n", 3, 0, false, false, false },
	{ "416 without a length", { .resume_from = 5 }, 0, "416 No\r\n", 3,
		-ERR_RANGE, false, false, false },
	{ "... in a transcript", { .resume_from = 5, .transcript = true }, 0,
		"416 No\r\n", 3, 0, true, false, false },
	{ "a part not asked for", { 0 }, 0, "206 OK\r\n" PART, 5, -ERR_RANGE,
		false, false, false },
	{ "a beginning not asked for", { 0 }, 0,
		"206 OK\r\nContent-Range: bytes 0-4/10\r\n", 5, 0, false, false,
		true },
	{ "another unit", { 0 }, 0, "206 OK\r\nContent-Range: items 5-9/10\r\n",
		5, 0, false, false, false },
	{ "no unit", { 0 }, 0, "206 OK\r\nContent-Range: 5-9/10\r\n", 5, 0,
		false, false, false },
	{ "a part of another method's", { .method = "SEARCH" }, 0,
		"206 OK\r\n" PART, 5, 0, false, false, false },
	{ "a part that was asked for", { .range = "5-" }, 0, "206 OK\r\n" PART,
		5, 0, false, false, false },
	{ "begins", { .resumes = true }, 0, "200 OK\r\n", 3, 0, false, false,
		false },
	{ "begins unless not modified",
		{ .resumes = true, .condition = { CONDITION_NEWER, 0 } }, 0,
		"200 OK\r\n" OLD, 3, 0, true, true, false },
	{ "an error begins nothing", { .resumes = true }, 0, "503 No\r\n", 3,
		-ERR_RANGE, false, false, false },
	{ "an error begins nothing, --fail", { .resumes = true },
		FAIL_WITHOUT_BODY, "503 No\r\n", 3, 0, false, false, false },
};

static void test_reach(const void *data)
{
	const struct row *row = data;
	struct job job = { .request = row->spec, .fail = row->fail };
	struct framing framing = { .kind = row->length < 0 ? FRAMING_CLOSE
							   : FRAMING_LENGTH,
		.length = (uint64_t)row->length };
	struct verdict v;
	struct error e = { 0 };
	struct head head;
	struct buf text;

	buf_init(&text, 1000);
	buf_printf(&text, "HTTP/1.1 %s\r\n", row->head);
	head_init(&head);
	assert_int_equal(head_parse(buf_str(&text), &head, NULL, &e), text.n);
	assert_int_equal(
		verdict_reach(&v, &job, &head, &framing, &e), row->error);
	assert_int_equal(v.ignore_body, row->ignore_body);
	assert_int_equal(v.unmodified, row->unmodified);
	assert_int_equal(v.part.satisfied, row->part);
	head_fini(&head);
	buf_fini(&text);
}

int main(void)
{
	const struct table tables[] = {
		TABLE("verdict_reach", rows, test_reach),
	};

	return table_run("verdict", tables, sizeof(tables) / sizeof(tables[0]));
}
