#include "transfer/upload.h"

#include <fcntl.h>
#include <unistd.h>

#include "base/buf.h"
#include "support/table.h"

static void read_all(struct upload *u, struct buf *out)
{
	struct error e = { 0 };
	struct str bytes;
	int more;

	buf_clear(out);
	while ((more = u->ops->next(u->source, &bytes, &e)) == 1) {
		assert_true(bytes.n > 0);
		buf_add_str(out, bytes);
	}
	assert_int_equal(more, 0);
}

struct memory_row {
	const char *name;
	const char *bytes;
};

static const struct memory_row memory_rows[] = {
	{ "empty", "" },
	{ "some", "abc" },
};

static void test_memory(const void *data)
{
	const struct memory_row *row = data;
	struct upload_memory memory;
	struct upload u;
	struct buf got;
	struct error e = { 0 };

	buf_init(&got, 1024);
	upload_from_memory(&u, &memory, str_of(row->bytes));
	assert_int_equal(u.length, strlen(row->bytes));
	for (int i = 0; i < 2; i++) {
		read_all(&u, &got);
		assert_string_equal(buf_text(&got), row->bytes);
		assert_int_equal(u.ops->rewind(u.source, &e), 0);
	}
	buf_fini(&got);
}

static int scratch_file(size_t size)
{
	char path[] = "/tmp/test_upload.XXXXXX";
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	unlink(path);
	for (size_t i = 0; i < size; i++) {
		char c = (char)('a' + i % 26);

		assert_int_equal(pwrite(fd, &c, 1, (off_t)i), 1);
	}
	return fd;
}

struct file_row {
	const char *name;
	size_t size, start;
	int error;
};

static const struct file_row file_rows[] = {
	{ "empty", 0, 0, 0 },
	{ "small", 10, 0, 0 },
	{ "more than a buffer", 70000, 0, 0 },
	{ "the end only", 100, 90, 0 },
	{ "nothing left", 100, 100, 0 },
	{ "start behind the end", 100, 101, ERR_READ },
};

static void test_file(const void *data)
{
	const struct file_row *row = data;
	struct upload_file file;
	struct upload u;
	struct buf got;
	struct error e = { 0 };
	int fd = scratch_file(row->size);

	buf_init(&got, 1 << 20);
	assert_int_equal(
		upload_from_file(&u, &file, fd, "scratch", row->start, &e),
		-row->error);
	for (int i = 0; i < 2 && !row->error; i++) {
		assert_int_equal(u.length, row->size - row->start);
		read_all(&u, &got);
		assert_int_equal(got.n, row->size - row->start);
		for (size_t at = 0; at < got.n; at++)
			assert_int_equal(got.p[at],
				'a' + (char)((at + row->start) % 26));
		assert_int_equal(u.ops->rewind(u.source, &e), 0);
	}
	upload_file_fini(&file);
	buf_fini(&got);
	close(fd);
}

static const struct here_row {
	const char *name;
	off_t size, at;
} here_rows[] = {
	{ "at the beginning", 100, 0 },
	{ "amid it", 100, 30 },
	{ "at the end", 100, 100 },
	{ "behind the end", 100, 200 },
	{ "more than a buffer", 70000, 100 },
};

/* Twice what follows where the descriptor stands, whatever it grows by. */
static void test_here(const void *data)
{
	const struct here_row *row = data;
	size_t left = row->at < row->size ? (size_t)(row->size - row->at) : 0;
	struct upload_file file;
	struct upload u;
	struct buf got;
	struct error e = { 0 };
	int fd = scratch_file((size_t)row->size);

	buf_init(&got, 1 << 20);
	assert_true(lseek(fd, row->at, SEEK_SET) == row->at);
	assert_int_equal(upload_from_here(&u, &file, fd, "scratch", &e), 0);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(u.length, left);
		read_all(&u, &got);
		assert_int_equal(got.n, left);
		for (size_t at = 0; at < got.n; at++)
			assert_int_equal(got.p[at],
				'a' + (char)((at + (size_t)row->at) % 26));
		assert_true(pwrite(fd, "more", 4, row->size) == 4);
		assert_int_equal(u.ops->rewind(u.source, &e), 0);
	}
	upload_file_fini(&file);
	buf_fini(&got);
	close(fd);
}

/* What has a size of 0 and content all the same. */
static void test_made_up(const void *data)
{
	struct upload_file file;
	struct upload u;
	struct buf got;
	struct error e = { 0 };
	int fd = open("/proc/self/status", O_RDONLY | O_CLOEXEC);

	(void)data;
	if (fd < 0)
		skip();
	buf_init(&got, 1 << 20);
	assert_int_equal(upload_from_file(&u, &file, fd, "made up", 0, &e), 0);
	for (int i = 0; i < 2; i++) {
		assert_true(u.length == UPLOAD_UNKNOWN);
		read_all(&u, &got);
		assert_true(str_starts(buf_str(&got), STR("Name:")));
		assert_int_equal(u.ops->rewind(u.source, &e), 0);
	}
	upload_file_fini(&file);
	buf_fini(&got);
	close(fd);
}

static void test_shrinking(const void *data)
{
	struct upload_file file;
	struct upload u;
	struct str bytes;
	struct error e = { 0 };
	int fd = scratch_file(100);

	(void)data;
	assert_int_equal(upload_from_file(&u, &file, fd, "scratch", 0, &e), 0);
	assert_int_equal(ftruncate(fd, 40), 0);
	assert_int_equal(u.ops->next(u.source, &bytes, &e), 1);
	assert_int_equal(bytes.n, 40);
	assert_int_equal(u.ops->next(u.source, &bytes, &e), -ERR_READ);
	assert_non_null(strstr(e.text, "60 bytes fewer"));
	upload_file_fini(&file);
	close(fd);
}

static void test_growing(const void *data)
{
	struct upload_file file;
	struct upload u;
	struct buf got;
	struct error e = { 0 };
	int fd = scratch_file(100);

	(void)data;
	buf_init(&got, 1024);
	assert_int_equal(upload_from_file(&u, &file, fd, "scratch", 0, &e), 0);
	assert_int_equal(pwrite(fd, "more", 4, 100), 4);
	read_all(&u, &got);
	assert_int_equal(got.n, 100);
	buf_fini(&got);
	upload_file_fini(&file);
	close(fd);
}

static void test_pipe(const void *data)
{
	struct upload_file file;
	struct upload u;
	struct str bytes;
	struct error e = { 0 };
	int fds[2];

	(void)data;
	assert_int_equal(pipe(fds), 0);
	assert_int_equal(upload_from_file(&u, &file, fds[0], "pipe", 0, &e), 0);
	assert_int_equal(u.length, UPLOAD_UNKNOWN);
	assert_int_equal(u.fd, fds[0]);
	assert_int_equal(u.ops->next(u.source, &bytes, &e), -ERR_AGAIN);
	assert_int_equal(fcntl(fds[0], F_GETFL) & O_NONBLOCK, 0);
	assert_int_equal(u.ops->rewind(u.source, &e), 0);
	assert_int_equal(write(fds[1], "abc", 3), 3);
	close(fds[1]);
	assert_int_equal(u.ops->next(u.source, &bytes, &e), 1);
	assert_int_equal(bytes.n, 3);
	assert_int_equal(u.ops->next(u.source, &bytes, &e), 0);
	assert_int_equal(u.ops->rewind(u.source, &e), -ERR_SEND_REWIND);
	upload_file_fini(&file);
	close(fds[0]);
}

static const struct crlf_row {
	const char *name, *bytes, *sent;
} crlf_rows[] = {
	{ "empty", "", "" },
	{ "no line", "abc", "abc" },
	{ "lines", "a\nb\n\nc", "a\r\nb\r\n\r\nc" },
	{ "line ends as they are wanted", "a\r\nb\r\n", "a\r\nb\r\n" },
	{ "both", "a\nb\r\n\r\r\n", "a\r\nb\r\n\r\r\n" },
};

/* Twice the same, cut at each place. */
static void test_crlf(const void *data)
{
	const struct crlf_row *row = data;
	struct upload_crlf crlf;
	struct upload_file file;
	struct upload inner, u;
	struct buf got;
	struct error e = { 0 };
	int fds[2];

	buf_init(&got, 1024);
	for (size_t cut = 0; cut <= strlen(row->bytes); cut++) {
		struct str bytes;

		assert_int_equal(pipe(fds), 0);
		assert_int_equal(
			upload_from_file(&inner, &file, fds[0], "p", 0, &e), 0);
		upload_as_crlf(&u, &crlf, &inner);
		assert_true(u.length == UPLOAD_UNKNOWN);
		assert_int_equal(u.fd, fds[0]);
		assert_int_equal(u.ops->next(u.source, &bytes, &e), -ERR_AGAIN);
		buf_clear(&got);
		if (cut) {
			assert_int_equal(write(fds[1], row->bytes, cut), cut);
			assert_int_equal(u.ops->next(u.source, &bytes, &e), 1);
			buf_add_str(&got, bytes);
		}
		assert_int_equal(write(fds[1], row->bytes + cut,
					 strlen(row->bytes) - cut),
			strlen(row->bytes) - cut);
		close(fds[1]);
		while (u.ops->next(u.source, &bytes, &e) == 1)
			buf_add_str(&got, bytes);
		assert_string_equal(buf_text(&got), row->sent);
		upload_crlf_fini(&crlf);
		upload_file_fini(&file);
		close(fds[0]);
	}
	buf_fini(&got);
}

static void test_directory(const void *data)
{
	struct upload_file file;
	struct upload u;
	struct error e = { 0 };
	int fd = open("/tmp", O_RDONLY);

	(void)data;
	assert_int_equal(
		upload_from_file(&u, &file, fd, "dir", 0, &e), -ERR_READ);
	assert_non_null(strstr(e.text, "is a directory"));
	close(fd);
}

static const struct table tables[] = {
	TABLE("upload_from_memory", memory_rows, test_memory),
	TABLE("upload_from_file", file_rows, test_file),
	SINGLE("a file that shrinks", test_shrinking),
	TABLE("upload_from_here", here_rows, test_here),
	SINGLE("upload_from_file, made up", test_made_up),
	SINGLE("a file that grows", test_growing),
	SINGLE("a pipe", test_pipe),
	TABLE("upload_as_crlf", crlf_rows, test_crlf),
	SINGLE("a directory", test_directory),
};

int main(void)
{
	return table_run("upload", tables, sizeof(tables) / sizeof(tables[0]));
}
