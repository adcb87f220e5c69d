/* What an attempt that failed has written, taken back where that can be. */
#include "output/sink.h"

#include <fcntl.h>
#include <unistd.h>

#include "support/scratch.h"
#include "support/sinking.h"
#include "support/table.h"

struct again_row {
	const char *name;
	bool heads, head, to_stdout, whole;
	const char *first; /* body of the first attempt; NULL: none comes */
	int again;
	const char *content;
};

#define HEAD "HTTP/1.1 200 x\r\n\r\n"

static const struct again_row again_rows[] = {
	{ "file", false, true, false, false, "first", 0, "second" },
	{ "file, whole", false, true, false, true, "first", 0, "second" },
	{ "file with heads", true, true, false, true, "first", 0,
		HEAD "second" },
	{ "file with heads, no body", true, true, false, false, NULL, 0,
		HEAD HEAD "second" },
	{ "file, nothing written", false, false, false, false, NULL, 0,
		"second" },
	{ "stdout", false, true, true, false, "first", 0, "before second" },
	{ "stdout with heads", true, true, true, false, "first", 0,
		"before " HEAD "second" },
	{ "stdout with heads, no body", true, true, true, false, NULL, 0,
		"before " HEAD "second" },
	{ "stdout with heads, whole", true, true, true, true, "first", 0,
		"before " HEAD "first" HEAD "second" },
};

/* Standard output is the file "out" while it lasts. */
static int divert_stdout(void)
{
	int saved = dup(STDOUT_FILENO);
	int fd = open(scratch_path("out"), O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_true(saved >= 0 && fd >= 0);
	assert_int_equal(write(fd, "before ", 7), 7);
	dup2(fd, STDOUT_FILENO);
	close(fd);
	return saved;
}

static void test_again(const void *data)
{
	const struct again_row *row = data;
	struct error e = { 0 };
	struct sink_config config = { .heads = row->heads, .again = true };
	int saved = divert_stdout(), failed = 0, again;
	struct sink_port port;
	struct sink *s;

	if (!row->to_stdout)
		config.path = scratch_path("target");
	s = sink_new(&config, &e);
	assert_non_null(s);
	port = sink_port(s);
	if (row->head)
		failed |= sink_put_head(port, HEAD, &e);
	if (row->first)
		failed |= sink_put(port, row->first, &e);
	again = sink_again(s, row->whole, &e);
	if (row->head)
		failed |= sink_put_head(port, HEAD, &e);
	failed |= sink_put(port, "second", &e);
	failed |= sink_finish(s, true, &e);
	sink_free(s);
	dup2(saved, STDOUT_FILENO);
	close(saved);
	assert_int_equal(failed, 0);
	assert_int_equal(again, row->again);
	scratch_assert(row->to_stdout ? "out" : "target", row->content);
}

/* Neither a pipe nor what others have written behind can be taken back. */
static void test_again_impossible(const void *row)
{
	struct sink_config config = { .again = true };
	struct error e = { 0 };
	struct sink *s = sink_new(&config, &e);
	int saved = divert_stdout(), failed, file, pipe_ends[2], pipe_again;

	(void)row;
	failed = sink_put(sink_port(s), "first", &e);
	failed |= write(STDOUT_FILENO, "other", 5) != 5;
	file = sink_again(s, false, &e);
	sink_free(s);
	assert_int_equal(pipe(pipe_ends), 0);
	dup2(pipe_ends[1], STDOUT_FILENO);
	s = sink_new(&config, &e);
	failed |= sink_again(s, false, &e);
	failed |= sink_put(sink_port(s), "first", &e);
	pipe_again = sink_again(s, false, &e);
	sink_free(s);
	dup2(saved, STDOUT_FILENO);
	close(saved);
	close(pipe_ends[0]);
	close(pipe_ends[1]);
	assert_int_equal(failed, 0);
	assert_int_equal(file, 1);
	assert_int_equal(pipe_again, 1);
	scratch_assert("out", "before firstother");
}

struct anew_row {
	const char *name;
	const char *old; /* what is in the file; NULL: there is none */
	bool resume, in_place, revert, success;
	int result; /* of sink_anew */
	bool aside;
	const char *meanwhile, *content; /* before it, and when all is over */
};

static const struct anew_row anew_rows[] = {
	{ "replaced", "old", false, false, false, true, 0, false, "old",
		"second" },
	{ "not replaced", "old", false, false, false, false, 0, false, "old",
		"old" },
	{ "in place", "old", false, true, false, true, 0, false, "first",
		"second" },
	{ "in place, fails", "old", false, true, false, false, 0, false,
		"first", "second" },
	{ "resumed", NULL, true, false, false, true, 0, true, "first",
		"second" },
	{ "resumed, fails", NULL, true, false, false, false, 0, true, "first",
		"first" },
	{ "resumed, given up", NULL, true, false, true, true, 0, true, "first",
		"firstsecond" },
	{ "resumed in place", NULL, true, true, false, false, 1, true, "first",
		"firstsecond" },
};

/* All of a body comes again, after a part of it. */
static void test_anew(const void *data)
{
	const struct anew_row *row = data;
	struct sink_config config = { .path = scratch_path("file"),
		.resume = row->resume,
		.in_place = row->in_place,
		.again = true };
	struct error e = { 0 };
	struct sink *s = sink_new(&config, &e);
	bool aside;

	unlink(config.path);
	if (row->old)
		scratch_write("file", row->old, 0644);
	assert_non_null(s);
	assert_false(sink_goes_on(s));
	assert_int_equal(sink_put_head(sink_port(s), HEAD, &e), 0);
	assert_int_equal(sink_put(sink_port(s), "first", &e), 0);
	assert_true(sink_goes_on(s));
	scratch_assert("file", row->meanwhile);
	assert_int_equal(sink_anew(s, &aside, &e), row->result);
	assert_int_equal(aside, row->aside);
	if (row->revert)
		assert_true(sink_revert(s));
	assert_int_equal(sink_put_head(sink_port(s), HEAD, &e), 0);
	assert_int_equal(sink_put(sink_port(s), "second", &e), 0);
	assert_int_equal(sink_finish(s, row->success, &e), 0);
	sink_free(s);
	scratch_assert("file", row->content);
	unlink(config.path);
}

int main(void)
{
	const struct table tables[] = {
		TABLE("sink_again", again_rows, test_again),
		SINGLE("sink_again impossible", test_again_impossible),
		TABLE("sink_anew", anew_rows, test_anew),
	};
	int failed;

	scratch_begin(NULL);
	failed = table_run(
		"sink_again", tables, sizeof(tables) / sizeof(tables[0]));
	scratch_end();
	return failed;
}
