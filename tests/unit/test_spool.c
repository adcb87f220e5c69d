#include "output/spool.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "support/scratch.h"
#include "support/table.h"

#define BIG (LIMIT_SPOOL + 100000)

static char *pattern(size_t n)
{
	char *bytes = malloc(n);

	assert_non_null(bytes);
	for (size_t i = 0; i < n; i++)
		bytes[i] = (char)(i * 31 + i / 4099);
	return bytes;
}

struct hold_row {
	const char *name;
	size_t size, piece;
	bool append; /* the target is one that the system may not copy to */
	bool file; /* memory is not enough */
};

static const struct hold_row hold_rows[] = {
	{ "nothing", 0, 1, false, false },
	{ "a byte", 1, 1, false, false },
	{ "as much as memory takes", LIMIT_SPOOL, 65536, false, false },
	{ "a byte more", LIMIT_SPOOL + 1, 65536, false, true },
	{ "at once", BIG, BIG, false, true },
	{ "in pieces", BIG, 99999, false, true },
	{ "to an end", BIG, 99999, true, true },
};

static void assert_file(const char *bytes, size_t n)
{
	char *content = malloc(n + 1);
	int fd = open(scratch_path("out"), O_RDONLY);
	size_t got = 0;
	ssize_t more;

	assert_non_null(content);
	while ((more = read(fd, content + got, n + 1 - got)) > 0)
		got += (size_t)more;
	close(fd);
	assert_int_equal(got, n);
	assert_true(memcmp(content, bytes, n) == 0);
	free(content);
}

static void open_out(struct file *f, bool append)
{
	struct error e = { 0 };

	unlink(scratch_path("out"));
	assert_int_equal(file_open(f, scratch_path("out"),
				 append ? FILE_APPEND : FILE_TRUNCATE, &e),
		0);
}

static void put(struct spool *s, const char *bytes, size_t n)
{
	struct error e = { 0 };
	/* two parts, one of them empty at times */
	struct iovec iov[] = { { (char *)bytes, n / 2 },
		{ (char *)bytes + n / 2, n - n / 2 } };

	assert_int_equal(spool_write(s, iov, 2, &e), 0);
}

static void test_hold(const void *data)
{
	const struct hold_row *row = data;
	char *bytes = pattern(row->size + 1);
	struct error e = { 0 };
	struct spool s;
	struct file out;

	spool_init(&s);
	for (size_t at = 0; at < row->size; at += row->piece)
		put(&s, bytes + at,
			row->size - at < row->piece ? row->size - at
						    : row->piece);
	assert_int_equal(s.fd >= 0, row->file);
	open_out(&out, row->append);
	assert_int_equal(spool_release(&s, &out, &e), 0);
	assert_int_equal(out.written, row->size);
	assert_int_equal(file_commit(&out, &e), 0);
	assert_file(bytes, row->size);
	spool_fini(&s);
	free(bytes);
}

/* What came after the mark is forgotten, wherever it was. */
static void test_cut(const void *row)
{
	static const size_t sizes[][2] = { { 3, 5 }, { 3, BIG }, { BIG, 5 } };

	(void)row;
	for (size_t i = 0; i < 3; i++) {
		char *bytes = pattern(sizes[i][0] + sizes[i][1]);
		struct error e = { 0 };
		struct spool s;
		struct file out;

		spool_init(&s);
		put(&s, bytes, sizes[i][0]);
		spool_mark(&s);
		put(&s, "lost", 4);
		assert_int_equal(spool_cut(&s, &e), 0);
		put(&s, bytes + sizes[i][0], sizes[i][1]);
		assert_int_equal(spool_cut(&s, &e), 0);
		put(&s, bytes + sizes[i][0], 2);
		open_out(&out, false);
		assert_int_equal(spool_release(&s, &out, &e), 0);
		assert_int_equal(file_commit(&out, &e), 0);
		assert_file(bytes, sizes[i][0] + 2);
		spool_fini(&s);
		free(bytes);
	}
}

static void test_direct(const void *row)
{
	struct error e = { 0 };
	struct spool s;
	struct file out;
	int fd;

	(void)row;
	spool_init(&s);
	put(&s, "ab", 2);
	assert_int_equal(spool_direct(&s, LIMIT_SPOOL - 2), -1);
	assert_int_equal(spool_direct(&s, UINT64_MAX), -1);
	fd = spool_direct(&s, LIMIT_SPOOL - 1);
	assert_true(fd >= 0);
	assert_int_equal(spool_direct(&s, 1), fd);
	assert_int_equal(write(fd, "cd", 2), 2);
	spool_moved(&s, 2);
	put(&s, "ef", 2);
	open_out(&out, false);
	assert_int_equal(spool_release(&s, &out, &e), 0);
	assert_int_equal(file_commit(&out, &e), 0);
	assert_file("abcdef", 6);
	spool_fini(&s);
}

/* The file has no name, is where TMPDIR says and needs it to exist. */
static void test_directory(const void *row)
{
	char *bytes = pattern(BIG);
	struct error e = { 0 };
	struct spool s;
	struct iovec iov = { bytes, BIG };

	(void)row;
	unlink(scratch_path("out"));
	setenv("TMPDIR", scratch_path("."), 1);
	spool_init(&s);
	assert_int_equal(spool_write(&s, &iov, 1, &e), 0);
	assert_int_equal(scratch_count(), 0);
	spool_fini(&s);
	setenv("TMPDIR", scratch_path("missing"), 1);
	spool_init(&s);
	assert_int_equal(spool_write(&s, &iov, 1, &e), -ERR_WRITE);
	assert_true(
		str_search(str_of(e.text), STR("missing: No such file")) >= 0);
	spool_fini(&s);
	unsetenv("TMPDIR");
	free(bytes);
}

int main(void)
{
	static const struct table tables[] = {
		TABLE("spool_release", hold_rows, test_hold),
		SINGLE("spool_cut", test_cut),
		SINGLE("spool_direct", test_direct),
		SINGLE("spool_write and its directory", test_directory),
	};
	int failed;

	scratch_begin(NULL);
	failed = table_run("spool", tables, sizeof(tables) / sizeof(tables[0]));
	scratch_end();
	return failed;
}
