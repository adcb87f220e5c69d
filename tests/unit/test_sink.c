#include "output/sink.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "support/scratch.h"
#include "support/sinking.h"
#include "support/table.h"

static bool contains(const char *text, const char *part)
{
	return str_search(str_of(text), str_of(part)) >= 0;
}

static void assert_contains(const char *text, const char *part)
{
	if (!contains(text, part))
		fail_msg("\"%s\" is not in \"%s\"", part, text);
}

/* --- the file */

struct finish_row {
	const char *name;
	bool exists, in_place, create_dirs, success;
	const char *path;
	const char *body; /* NULL: none comes */
	const char *content; /* afterwards; NULL: no such file */
};

static const struct finish_row finish_rows[] = {
	{ "new", false, false, false, true, "target", "new", "new" },
	{ "new, fails", false, false, false, false, "target", "new", NULL },
	{ "new, no body", false, false, false, true, "target", NULL, "" },
	{ "new, fails before the body", false, false, false, false, "target",
		NULL, NULL },
	{ "replaced", true, false, false, true, "target", "new", "new" },
	{ "replaced, fails", true, false, false, false, "target", "new",
		"old" },
	{ "replaced, no body", true, false, false, true, "target", NULL, "" },
	{ "in place", true, true, false, true, "target", "new", "new" },
	{ "in place, fails", true, true, false, false, "target", "new", "new" },
	{ "in place, fails before the body", true, true, false, false, "target",
		NULL, "old" },
	{ "--create-dirs", false, false, true, true, "made/target", "new",
		"new" },
};

static void test_finish(const void *data)
{
	const struct finish_row *row = data;
	const char *path = scratch_path(row->path);
	struct sink_config config = { .path = path,
		.in_place = row->in_place,
		.create_dirs = row->create_dirs };
	struct error e = { 0 };
	struct sink *s;

	if (row->exists)
		scratch_write(row->path, "old", 0644);
	s = sink_new(&config, &e);
	assert_non_null(s);
	assert_string_equal(sink_path(s), path);
	if (row->body)
		assert_int_equal(sink_put(sink_port(s), row->body, &e), 0);
	assert_int_equal(sink_finish(s, row->success, &e), 0);
	sink_free(s);
	scratch_assert(row->path, row->content);
	assert_int_equal(scratch_count(), row->content != NULL);
	unlink(path);
	rmdir(scratch_path("made"));
}

/* Given up without sink_finish: the same as a failure. */
static void test_unfinished(const void *row)
{
	struct sink_config config = { .path = scratch_path("target") };
	struct error e = { 0 };
	struct sink *s = sink_new(&config, &e);

	(void)row;
	assert_int_equal(sink_put(sink_port(s), "new", &e), 0);
	assert_int_equal(scratch_count(), 1);
	sink_free(s);
	assert_int_equal(scratch_count(), 0);
	sink_free(NULL);
}

/* Standard output is a sink's from its first byte on, and when it asks. */
static void test_holds(const void *row)
{
	struct sink_config to_output = { .stdout_asked = true },
			   to_file = { .path = scratch_path("target") };
	struct error e = { 0 };
	struct sink *s = sink_new(&to_output, &e);
	struct sink_port port = sink_port(s);

	(void)row;
	assert_false(port.ops->holds(port.sink));
	assert_int_equal(sink_put(port, "", &e), 0);
	assert_true(port.ops->holds(port.sink));
	sink_claim_output(s);
	assert_int_equal(sink_finish(s, true, &e), 0);
	assert_true(port.ops->holds(port.sink));
	sink_free(s);
	s = sink_new(&to_file, &e);
	port = sink_port(s);
	assert_int_equal(sink_put(port, "new", &e), 0);
	assert_false(port.ops->holds(port.sink));
	sink_claim_output(s);
	assert_true(port.ops->holds(port.sink));
	sink_free(s);
}

static void test_unwritable(const void *row)
{
	struct sink_config config = { .path = scratch_path("missing/file") };
	struct error e = { 0 };
	struct sink *s = sink_new(&config, &e);

	(void)row;
	assert_non_null(s);
	assert_int_equal(sink_port(s).ops->direct(s, 5), -1);
	assert_int_equal(sink_put(sink_port(s), "body", &e), -ERR_WRITE);
	assert_contains(e.text, "Failed to open the file ");
	assert_contains(e.text,
		"/missing/file: No such file or directory; --create-dirs");
	assert_int_equal(sink_finish(s, false, &e), 0);
	sink_free(s);
	/* the same when there is no body at all */
	s = sink_new(&config, &e);
	assert_int_equal(sink_finish(s, true, &e), -ERR_WRITE);
	sink_free(s);
}

/* --- heads */

#define INTERIM "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
#define FINAL "HTTP/1.1 200 OK\nX: \x1b[31mred\r\n\r\n"
#define TRAILERS "One: 1\nTwo: 2\r\n\r\n"

#define TWICE(line) line line

#define FOLDED "HTTP/1.1 200 OK\r\nX: one \r\n  two\r\n\tthree"
#define UNFOLDED "HTTP/1.1 200 OK\r\nX: one two three\r\nTwo: 2\r\n\r\n"

struct heads_row {
	const char *name;
	bool heads;
	const char *dump; /* "-", "%", a name, NULL */
	bool to_file; /* -o target */
	bool terminal, unsafe, discard;
	const char *standard; /* what standard output gets */
	const char *error; /* what standard error gets */
	const char *target, *dumped;
	bool styled;
};

/* How -i shows the exchange on a terminal, and with -D - in the raw. */
#define STYLED                              \
	"HTTP/1.1 103 Early Hints\r\n"      \
	"\x1b[1mLink\x1b[0m: </a>\r\n\r\n"  \
	"HTTP/1.1 200 OK\n"                 \
	"\x1b[1mX\x1b[0m: \\x1b[31mred\r\n" \
	"\r\nbody\\x07"                     \
	"\x1b[1mOne\x1b[0m: 1\r\n"          \
	"\x1b[1mTwo\x1b[0m: 2\r\n"

#define STYLED_TWICE                                       \
	"HTTP/1.1 103 Early Hints\r\n"                     \
	"HTTP/1.1 103 Early Hints\r\n"                     \
	"Link: </a>\r\n\x1b[1mLink\x1b[0m: </a>\r\n"       \
	"\r\n\r\n"                                         \
	"HTTP/1.1 200 OK\n"                                \
	"HTTP/1.1 200 OK\n"                                \
	"X: \x1b[31mred\r\n"                               \
	"\x1b[1mX\x1b[0m: \x1b[31mred\r\n\r\n\r\nbody\x07" \
	"One: 1\r\n\x1b[1mOne\x1b[0m: 1\r\n"               \
	"Two: 2\r\n\x1b[1mTwo\x1b[0m: 2\r\n"

static const struct heads_row heads_rows[] = {
	{ "body alone", false, NULL, false, false, false, false, "body\x07", "",
		NULL, NULL, false },
	{ "-i", true, NULL, false, false, false, false,
		INTERIM FINAL "body\x07One: 1\r\nTwo: 2\r\n", "", NULL, NULL,
		false },
	{ "-D file", false, "heads", false, false, false, false, "body\x07", "",
		NULL, INTERIM FINAL "One: 1\r\nTwo: 2\r\n", false },
	{ "-D -", false, "-", false, false, false, false,
		INTERIM FINAL "body\x07One: 1\r\nTwo: 2\r\n", "", NULL, NULL,
		false },
	{ "-D %", false, "%", false, false, false, false, "body\x07",
		INTERIM FINAL "One: 1\r\nTwo: 2\r\n", NULL, NULL, false },
	{ "-i -D -, each line twice", true, "-", false, false, false, false,
		TWICE("HTTP/1.1 103 Early Hints\r\n") TWICE("Link: </a>\r\n")
			TWICE("\r\n") TWICE("HTTP/1.1 200 OK\n")
				TWICE("X: \x1b[31mred\r\n") TWICE(
					"\r\n") "body\x07" TWICE("One: 1\r\n")
					TWICE("Two: 2\r\n"),
		"", NULL, NULL, false },
	{ "-i -o target -D heads", true, "heads", true, false, false, false, "",
		"", INTERIM FINAL "body\x07One: 1\r\nTwo: 2\r\n",
		INTERIM FINAL "One: 1\r\nTwo: 2\r\n", false },
	{ "-o target -D -", false, "-", true, false, false, false,
		INTERIM FINAL "One: 1\r\nTwo: 2\r\n", "", "body\x07", NULL,
		false },
	{ "--out-null -i", true, NULL, false, false, false, true, "", "", NULL,
		NULL, false },
	{ "--out-null -D -", false, "-", false, false, false, true,
		INTERIM FINAL "One: 1\r\nTwo: 2\r\n", "", NULL, NULL, false },
	{ "-i on a terminal", true, NULL, false, true, false, false,
		INTERIM "HTTP/1.1 200 OK\nX: \\x1b[31mred\r\n\r\n"
			"body\\x07One: 1\r\nTwo: 2\r\n",
		"", NULL, NULL, false },
	{ "-i on a terminal, not safe", true, NULL, false, true, true, false,
		INTERIM FINAL "body\x07One: 1\r\nTwo: 2\r\n", "", NULL, NULL,
		false },
	{ "-i on a terminal, styled", true, NULL, false, true, false, false,
		STYLED, "", NULL, NULL, true },
	{ "-i -D - on a terminal, styled", true, "-", false, true, true, false,
		STYLED_TWICE, "", NULL, NULL, true },
	{ "-D - on a terminal is not styled", false, "-", false, true, false,
		false,
		INTERIM "HTTP/1.1 200 OK\nX: \\x1b[31mred\r\n\r\n"
			"body\\x07One: 1\r\nTwo: 2\r\n",
		"", NULL, NULL, true },
	{ "-i in a pipe is not styled", true, NULL, false, false, false, false,
		INTERIM FINAL "body\x07One: 1\r\nTwo: 2\r\n", "", NULL, NULL,
		true },
};

static void run_exchange(const struct sink_config *config)
{
	struct error e = { 0 };
	struct sink *s = sink_new(config, &e);

	assert_non_null(s);
	assert_int_equal(sink_put_head(sink_port(s), INTERIM, &e), 0);
	assert_int_equal(sink_put_head(sink_port(s), FINAL, &e), 0);
	assert_int_equal(sink_put(sink_port(s), "bo", &e), 0);
	assert_int_equal(sink_put(sink_port(s), "dy\x07", &e), 0);
	assert_int_equal(sink_put_head(sink_port(s), TRAILERS, &e), 0);
	assert_int_equal(sink_finish(s, true, &e), 0);
	sink_free(s);
}

static void test_heads(const void *data)
{
	const struct heads_row *row = data;
	char path[512], dump[512];
	struct sink_config config = { .heads = row->heads,
		.styled = row->styled,
		.discard = row->discard,
		.error_fd = STDERR_FILENO,
		.no_safe_output = row->unsafe };
	struct scratch_ends out = row->terminal ? scratch_terminal()
						: scratch_pipe();
	struct scratch_ends err = scratch_pipe();
	int saved_out = scratch_redirect(STDOUT_FILENO, out.in);
	int saved_err = scratch_redirect(STDERR_FILENO, err.in);
	char *standard, *error;

	snprintf(path, sizeof(path), "%s", scratch_path("target"));
	snprintf(dump, sizeof(dump), "%s", scratch_path("heads"));
	if (row->to_file)
		config.path = path;
	if (row->dump)
		config.dump = row->dumped ? dump : row->dump;
	run_exchange(&config);
	scratch_restore(STDOUT_FILENO, saved_out);
	scratch_restore(STDERR_FILENO, saved_err);
	standard = scratch_drain(&out, NULL);
	error = scratch_drain(&err, NULL);
	assert_string_equal(standard, row->standard);
	assert_string_equal(error, row->error);
	scratch_assert("target", row->target);
	scratch_assert("heads", row->dumped);
	free(standard);
	free(error);
	unlink(path);
	unlink(dump);
}

/* An obs-fold is shown as one space, in heads and in trailers. */
static void test_folded(const void *row)
{
	char path[512], dump[512];
	struct sink_config config = {
		.path = path, .heads = true, .dump = dump
	};
	struct error e = { 0 };
	struct sink *s;

	(void)row;
	snprintf(path, sizeof(path), "%s", scratch_path("target"));
	snprintf(dump, sizeof(dump), "%s", scratch_path("heads"));
	s = sink_new(&config, &e);
	assert_non_null(s);
	assert_int_equal(
		sink_put_head(sink_port(s), FOLDED "\r\nTwo: 2\r\n\r\n", &e),
		0);
	assert_int_equal(sink_put(sink_port(s), "body\n", &e), 0);
	assert_int_equal(
		sink_put_head(sink_port(s), "One: 1\r\n \t2\r\n\r\n", &e), 0);
	assert_int_equal(sink_finish(s, true, &e), 0);
	sink_free(s);
	scratch_assert("target", UNFOLDED "body\nOne: 1 2\r\n");
	scratch_assert("heads", UNFOLDED "One: 1 2\r\n");
	unlink(path);
	unlink(dump);
}

static void test_dump_append(const void *row)
{
	char dump[512];
	struct sink_config config = { .discard = true, .dump = dump };

	(void)row;
	snprintf(dump, sizeof(dump), "%s", scratch_path("heads"));
	scratch_write("heads", "of an earlier run", 0644);
	run_exchange(&config);
	config.dump_append = true;
	run_exchange(&config);
	scratch_assert("heads",
		INTERIM FINAL "One: 1\r\nTwo: 2\r\n" INTERIM FINAL
			      "One: 1\r\nTwo: 2\r\n");
	unlink(dump);
}

static void test_dump_fails(const void *row)
{
	struct sink_config config = { .dump = scratch_path("missing/heads") };
	struct error e = { 0 };

	(void)row;
	assert_null(sink_new(&config, &e));
	assert_int_equal(e.code, ERR_WRITE);
	assert_contains(e.text,
		"/missing/heads: No such file or directory; --create-dirs");
}

/* --- terminals */

struct binary_row {
	const char *name;
	size_t before; /* bytes of text before the NUL */
	bool terminal, asked, unsafe;
	bool refused;
	size_t written; /* bytes, when not refused */
};

static const struct binary_row binary_rows[] = {
	{ "NUL first", 0, true, false, false, true, 0 },
	{ "NUL last of the first block", 2047, true, false, false, true, 0 },
	{ "NUL behind the first block", 2048, true, false, false, false,
		2048 + 4 },
	{ "-o -", 0, true, true, false, false, 4 },
	{ "-o - --no-safe-output", 0, true, true, true, false, 1 },
	{ "--no-safe-output alone", 0, true, false, true, true, 0 },
	{ "no terminal", 0, false, false, false, false, 1 },
};

static void test_binary(const void *data)
{
	const struct binary_row *row = data;
	struct sink_config config = { .stdout_asked = row->asked,
		.no_safe_output = row->unsafe };
	struct scratch_ends ends = row->terminal ? scratch_terminal()
						 : scratch_pipe();
	int saved = scratch_redirect(STDOUT_FILENO, ends.in);
	char *body = malloc(row->before + 1);
	struct iovec iov[2];
	struct error e = { 0 };
	struct sink *s = sink_new(&config, &e);
	int error, direct;
	size_t written;

	memset(body, 'a', row->before);
	body[row->before] = '\0';
	iov[0] = (struct iovec){ body, row->before / 2 };
	iov[1] = (struct iovec){ body + row->before / 2,
		row->before - row->before / 2 + 1 };
	direct = sink_port(s).ops->direct(s, 1000000);
	error = sink_port(s).ops->body(s, iov, 2, &e);
	ignore(sink_finish(s, error == 0, NULL));
	scratch_restore(STDOUT_FILENO, saved);
	sink_free(s);
	free(body);
	free(scratch_drain(&ends, &written));
	assert_int_equal(direct, row->terminal ? -1 : STDOUT_FILENO);
	assert_int_equal(error, row->refused ? -ERR_WRITE : 0);
	assert_int_equal(written, row->written);
	if (row->refused)
		assert_contains(e.text,
			"Binary output can mess up your terminal. Use "
			"\"--output -\" to tell minifetch");
}

static void test_cut_character(const void *row)
{
	struct sink_config config = { 0 };
	struct scratch_ends ends = scratch_terminal();
	int saved = scratch_redirect(STDOUT_FILENO, ends.in);
	struct error e = { 0 };
	struct sink *s = sink_new(&config, &e);
	int error = sink_put(sink_port(s), "\xe2\x82", &e);
	char *shown;

	(void)row;
	error |= sink_put(sink_port(s), "\xac \xe2\x82", &e);
	error |= sink_finish(s, true, &e);
	scratch_restore(STDOUT_FILENO, saved);
	sink_free(s);
	shown = scratch_drain(&ends, NULL);
	assert_int_equal(error, 0);
	assert_string_equal(shown, "\xe2\x82\xac \\xe2\\x82");
	free(shown);
}

/* --- deadlines */

/* Told of before or after the output is open, one that has passed lets through
 * what there is room for. */
static void test_until(const void *data)
{
	const struct sink_config config = { .heads = true };
	char *big = calloc(1, 8u << 20);
	struct iovec iov = { big, 8u << 20 };

	(void)data;
	for (int i = 0; i < 2; i++) {
		struct scratch_ends ends = scratch_pipe();
		int saved = scratch_redirect(STDOUT_FILENO, ends.in);
		struct error e = { 0 };
		struct sink *s = sink_new(&config, &e);
		int64_t before = sink_deadline(s);
		int head, body;

		if (i == 0)
			sink_port(s).ops->until(s, 1);
		head = sink_put_head(sink_port(s), FINAL, &e);
		if (i == 1)
			sink_port(s).ops->until(s, 1);
		body = sink_port(s).ops->body(s, &iov, 1, &e);
		scratch_restore(STDOUT_FILENO, saved);
		assert_true(before == DEADLINE_NONE && sink_deadline(s) == 1);
		assert_int_equal(head, 0);
		assert_int_equal(body, -ERR_TIMEOUT);
		sink_free(s);
		free(scratch_drain(&ends, NULL));
	}
	free(big);
}

/* --- pipes */

static void test_pipe_closed(const void *row)
{
	struct sink_config config = { 0 };
	int ends[2];
	struct error e = { 0 };
	struct sink *s;
	int saved, error, error_no_body;
	bool before, told, closed;

	(void)row;
	signal(SIGPIPE, SIG_IGN);
	assert_int_equal(pipe(ends), 0);
	saved = scratch_redirect(STDOUT_FILENO, ends[1]);
	s = sink_new(&config, &e);
	before = sink_pipe_closed(s);
	close(ends[0]);
	told = sink_pipe_closed(s); /* known without a write of its own */
	error = sink_put(sink_port(s), "body", &e);
	closed = sink_pipe_closed(s);
	error_no_body = sink_finish(s, false, NULL);
	scratch_restore(STDOUT_FILENO, saved);
	close(ends[1]);
	sink_free(s);
	assert_false(before);
	assert_true(told);
	assert_true(closed);
	assert_int_equal(error, -ERR_WRITE);
	assert_int_equal(error_no_body, 0);
	assert_contains(e.text, "Failure writing output to destination");
	assert_contains(e.text, "standard output, byte 0: Broken pipe");
}

/* --- direct() */

static void test_direct_file(const void *row)
{
	char path[512];
	struct sink_config config = { .path = path, .heads = true };
	struct error e = { 0 };
	struct sink *s;
	struct stat st;
	int fd;

	(void)row;
	snprintf(path, sizeof(path), "%s", scratch_path("target"));
	s = sink_new(&config, &e);
	assert_int_equal(sink_put_head(sink_port(s), FINAL, &e), 0);
	fd = sink_port(s).ops->direct(s, 3u << 20);
	assert_true(fd > 2);
	assert_true(fcntl(fd, F_GETFD) & FD_CLOEXEC);
	/* reserved or not, the size is what has been written */
	assert_int_equal(fstat(fd, &st), 0);
	assert_int_equal(st.st_size, sizeof(FINAL) - 1);
	assert_int_equal(write(fd, "moved", 5), 5);
	sink_port(s).ops->moved(s, 5);
	assert_int_equal(sink_put(sink_port(s), " and put", &e), 0);
	assert_int_equal(sink_finish(s, true, &e), 0);
	sink_free(s);
	scratch_assert("target", FINAL "moved and put");
	unlink(path);
}

static void test_direct_null(const void *row)
{
	const struct sink_config configs[] = { { .discard = true },
		{ .path = "/dev/null" } };
	struct error e = { 0 };

	(void)row;
	for (size_t i = 0; i < 2; i++) {
		struct sink *s = sink_new(&configs[i], &e);
		int fd = sink_port(s).ops->direct(s, UINT64_MAX);

		assert_true(fd > 2);
		assert_int_equal(write(fd, "moved", 5), 5);
		assert_int_equal(sink_put(sink_port(s), "body", &e), 0);
		assert_int_equal(sink_finish(s, true, &e), 0);
		if (configs[i].path)
			assert_string_equal(sink_path(s), "/dev/null");
		else
			assert_null(sink_path(s));
		sink_free(s);
	}
}

/* --- names */

struct name_row {
	const char *name;
	const char *path, *file;
};

static const struct name_row name_rows[] = {
	{ "last segment", "/a/b/file.txt", "file.txt" },
	{ "only segment", "/file", "file" },
	{ "no path", "/", "curl_response" },
	{ "empty path", "", "curl_response" },
	{ "slashes only", "////", "curl_response" },
	{ "trailing slash", "/dir/", "dir" },
	{ "many trailing slashes", "///foo//////////////", "foo" },
	{ "percent-encoding stays", "/a%20b%2fc", "a%20b%2fc" },
	{ "dot", "/a/.", "curl_response" },
	{ "two dots", "/a/..", "curl_response" },
	{ "two dots and a slash", "/a/../", "curl_response" },
	{ "three dots", "/a/...", "_.." },
	{ "hidden", "/.profile", "_profile" },
	{ "a dot behind the front", "/a.", "a." },
};

static void test_remote_name(const void *data)
{
	const struct name_row *row = data;
	struct url url = { .path = { exact_copy(row->path, strlen(row->path)),
				   strlen(row->path) } };
	struct error e = { 0 };
	struct buf out;

	buf_init(&out, 1000);
	buf_add_text(&out, "dir/");
	assert_int_equal(sink_remote_name(&out, &url, &e), 0);
	assert_string_equal(buf_text(&out) + 4, row->file);
	buf_fini(&out);
	buf_init(&out, 1);
	assert_int_equal(sink_remote_name(&out, &url, &e), -ERR_WRITE);
	buf_fini(&out);
	free((char *)url.path.p);
}

int main(void)
{
	const struct table tables[] = {
		TABLE("sink_finish", finish_rows, test_finish),
		SINGLE("sink_free", test_unfinished),
		SINGLE("sink_claim_output", test_holds),
		SINGLE("sink_body cannot open", test_unwritable),
		TABLE("sink_head", heads_rows, test_heads),
		SINGLE("sink_head folded", test_folded),
		SINGLE("sink_new with dump_append", test_dump_append),
		SINGLE("sink_new without its dump", test_dump_fails),
		TABLE("sink_body binary", binary_rows, test_binary),
		SINGLE("sink_body cuts a character", test_cut_character),
		SINGLE("sink_until", test_until),
		SINGLE("sink_pipe_closed", test_pipe_closed),
		SINGLE("sink_direct to a file", test_direct_file),
		SINGLE("sink_direct to nothing", test_direct_null),
		TABLE("sink_remote_name", name_rows, test_remote_name),
	};
	int failed;

	scratch_begin(NULL);
	failed = table_run("sink", tables, sizeof(tables) / sizeof(tables[0]));
	scratch_end();
	return failed;
}
