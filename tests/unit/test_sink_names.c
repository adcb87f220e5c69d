#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "output/sink.h"
#include "support/scratch.h"
#include "support/table.h"

static int put_head(struct sink *s, const char *text, struct error *e)
{
	struct sink_port port = sink_port(s);
	struct head head;
	int error;

	head_init(&head);
	assert_int_equal(
		head_parse(str_of(text), &head, NULL, e), strlen(text));
	error = port.ops->head(port.sink, &head, true, e);
	head_fini(&head);
	return error;
}

static int put(struct sink *s, const char *text, struct error *e)
{
	struct iovec iov = { (char *)text, strlen(text) };
	struct sink_port port = sink_port(s);

	return port.ops->body(port.sink, &iov, 1, e);
}

#define OK "HTTP/1.1 200 OK\r\n"
#define NAMED OK "Content-Disposition: a; filename=d\r\n\r\n"
#define MOVED "HTTP/1.1 302 Found\r\nLocation: /l?q\r\n\r\n"

struct name_row {
	const char *name;
	const char *heads[3];
	bool remote_name, follows, show_heads, in_place, success;
	enum clobber clobber;
	const char *there[3]; /* files that exist, with "old" in them */
	int error; /* of writing */
	const char *file; /* written to; NULL: none is left */
	const char *content;
};

static const struct name_row name_rows[] = {
	{ "without -J", { NAMED }, false, true, false, false, true, 0, { NULL },
		0, "u", "new" },
	{ "disposition", { NAMED }, true, true, false, false, true, 0, { NULL },
		0, "d", "new" },
	{ "no name", { OK "\r\n" }, true, true, false, false, true, 0, { NULL },
		0, "u", "new" },
	{ "location", { MOVED, OK "\r\n" }, true, true, false, false, true, 0,
		{ NULL }, 0, "l", "new" },
	{ "location not followed", { MOVED }, true, false, false, false, true,
		0, { NULL }, 0, "u", "new" },
	{ "both", { MOVED, NAMED }, true, true, false, false, true, 0, { NULL },
		0, "d", "new" },
	{ "of an earlier answer", { NAMED, OK "\r\n" }, true, true, false,
		false, true, 0, { NULL }, 0, "u", "new" },
	{ "heads in front", { MOVED, NAMED }, true, true, true, false, true, 0,
		{ NULL }, 0, "d", MOVED NAMED "new" },
	{ "fails", { NAMED }, true, true, false, false, false, 0, { NULL }, 0,
		NULL, NULL },
	{ "fails in place", { NAMED }, true, true, false, true, false, 0,
		{ NULL }, 0, "d", "new" },
	{ "is there", { NAMED }, true, true, false, false, true, 0, { "d" },
		-ERR_WRITE, "d", "old" },
	{ "URL's is there", { OK "\r\n" }, true, true, false, false, true, 0,
		{ "u" }, 0, "u", "new" },
	{ "is there, clobber", { NAMED }, true, true, false, false, true,
		CLOBBER_ALWAYS, { "d" }, 0, "d", "new" },
	{ "is there, no clobber", { NAMED }, true, true, false, false, true,
		CLOBBER_NEVER, { "d", "d.1" }, 0, "d.2", "new" },
	{ "-o, no clobber", { OK "\r\n" }, false, true, false, false, true,
		CLOBBER_NEVER, { "u" }, 0, "u.1", "new" },
	{ "-o, no clobber, fails", { OK "\r\n" }, false, true, false, false,
		false, CLOBBER_NEVER, { "u" }, 0, "u", "old" },
};

static void check_name(const struct name_row *row, struct sink *s)
{
	if (row->file && !row->error && row->success)
		assert_string_equal(sink_path(s), scratch_path(row->file));
	if (row->file)
		scratch_assert(row->file, row->content);
	for (size_t i = 0; i < 3 && row->there[i]; i++)
		if (!row->file || strcmp(row->there[i], row->file) != 0)
			scratch_assert(row->there[i], "old");
}

static void test_name(const void *data)
{
	const struct name_row *row = data;
	char path[512], directory[512];
	struct sink_config config = { .path = path,
		.directory = directory,
		.remote_name = row->remote_name,
		.follows = row->follows,
		.heads = row->show_heads,
		.in_place = row->in_place,
		.clobber = row->clobber };
	struct error e = { 0 };
	struct sink *s;

	snprintf(path, sizeof(path), "%s", scratch_path("u"));
	snprintf(directory, sizeof(directory), "%.*s", (int)strlen(path) - 2,
		path);
	for (size_t i = 0; i < 3 && row->there[i]; i++)
		scratch_write(row->there[i], "old", 0644);
	s = sink_new(&config, &e);
	for (size_t i = 0; i < 3 && row->heads[i]; i++)
		assert_int_equal(put_head(s, row->heads[i], &e), 0);
	assert_int_equal(put(s, "new", &e), row->error);
	assert_int_equal(sink_finish(s, row->success && !row->error, &e), 0);
	check_name(row, s);
	if (!row->file)
		assert_int_equal(scratch_count(), 0);
	sink_free(s);
	unlink(scratch_path("u"));
	unlink(scratch_path("u.1"));
	unlink(scratch_path("d"));
	unlink(scratch_path("d.1"));
	unlink(scratch_path("d.2"));
	unlink(scratch_path("l"));
	assert_int_equal(scratch_count(), 0);
}

/* --- what else is kept */

#define DATED "HTTP/1.1 200 OK\r\nLast-Modified: 1 Jan 2000\r\n\r\n"
#define PART "HTTP/1.1 206 OK\r\nETag: \"v\"\r\n\r\n"
#define TAGGED "HTTP/1.1 200 OK\r\nETag: \"v\"\r\n\r\n"

struct keep_row {
	const char *name, *head, *body;
	bool append, resume, remove, in_place, unmodified, success;
	const char *file, *etag; /* contents afterwards; NULL: no such file */
};

static const struct keep_row keep_rows[] = {
	{ "tag", TAGGED, "new", false, false, false, false, false, true, "new",
		"\"v\"\n" },
	{ "no tag", DATED, "new", false, false, false, false, false, true,
		"new", "" },
	{ "tag of a failure", TAGGED, "new", false, false, false, false, false,
		false, "old", "tag" },
	{ "tag of a failure that can be resumed", TAGGED, "new", false, true,
		false, false, false, false, "oldnew", "\"v\"\n" },
	{ "tag of an error", "HTTP/1.1 404 No\r\nETag: \"v\"\r\n\r\n", "new",
		false, false, false, false, false, true, "new", "tag" },
	{ "304 with a tag", "HTTP/1.1 304 No\r\nETag: \"v\"\r\n\r\n", NULL,
		false, false, false, false, true, true, "old", "\"v\"\n" },
	{ "304 without a tag", "HTTP/1.1 304 No\r\n\r\n", NULL, false, false,
		false, false, true, true, "old", "tag" },
	{ "resumed", PART, "new", true, true, false, false, false, true,
		"oldnew", "\"v\"\n" },
	{ "resumed, fails", PART, "new", true, true, false, false, false, false,
		"oldnew", "\"v\"\n" },
	{ "resumed, nothing comes", TAGGED, NULL, true, true, false, false,
		false, true, "old", "tag" },
	{ "removed", TAGGED, "new", false, false, true, true, false, false,
		NULL, "tag" },
	{ "not removed, for it is whole", TAGGED, "new", false, false, true,
		true, false, true, "new", "\"v\"\n" },
	{ "not removed, for it is not touched", TAGGED, NULL, false, false,
		true, true, false, false, "old", "tag" },
	{ "not removed, for it is not its file", TAGGED, "new", false, false,
		true, false, false, false, "old", "tag" },
};

static void test_keep(const void *data)
{
	const struct keep_row *row = data;
	struct sink_outcome outcome = { .unmodified = row->unmodified };
	struct sink_config config = { .path = scratch_path("file"),
		.etag_file = scratch_path("etag"),
		.append = row->append,
		.resume = row->resume,
		.so_far = UINT64_MAX,
		.in_place = row->in_place,
		.remove_on_error = row->remove,
		.remote_time = true };
	struct error e = { 0 };
	struct sink *s = sink_new(&config, &e);
	struct stat st;

	scratch_write("file", "old", 0644);
	scratch_write("etag", "tag", 0644);
	assert_int_equal(put_head(s, row->head, &e), 0);
	if (row->body)
		assert_int_equal(put(s, row->body, &e), 0);
	sink_conclude(s, &outcome);
	assert_int_equal(sink_finish(s, row->success, &e), 0);
	assert_null(sink_warning(s));
	sink_free(s);
	scratch_assert("file", row->file);
	scratch_assert("etag", row->etag);
	if (strcmp(row->head, DATED) == 0) {
		assert_int_equal(stat(scratch_path("file"), &st), 0);
		assert_int_equal(st.st_mtime, 946684800);
	}
	unlink(scratch_path("file"));
	unlink(scratch_path("etag"));
}

static void test_etag_unwritable(const void *row)
{
	struct sink_config config = { .path = scratch_path("file"),
		.etag_file = scratch_path("missing/etag") };
	struct error e = { 0 };
	struct sink *s = sink_new(&config, &e);

	(void)row;
	assert_int_equal(put_head(s, TAGGED, &e), 0);
	assert_int_equal(put(s, "new", &e), 0);
	assert_int_equal(sink_finish(s, true, &e), -ERR_WRITE);
	assert_true(str_search(str_of(e.text), STR("missing/etag")) >= 0);
	sink_free(s);
	scratch_assert("file", "new");
	unlink(scratch_path("file"));
}

int main(void)
{
	const struct table tables[] = {
		TABLE("sink names", name_rows, test_name),
		TABLE("sink keeps", keep_rows, test_keep),
		SINGLE("sink_finish without its etag file",
			test_etag_unwritable),
	};
	int failed;

	scratch_begin(NULL);
	failed = table_run(
		"sink_names", tables, sizeof(tables) / sizeof(tables[0]));
	scratch_end();
	return failed;
}
