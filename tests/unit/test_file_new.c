#include <fcntl.h>
#include <unistd.h>

#include "output/file.h"
#include "support/scratch.h"
#include "support/table.h"

static int put(struct file *f, const char *text, struct error *e)
{
	struct iovec iov = { (char *)text, strlen(text) };

	return file_write(f, &iov, 1, e);
}

struct taken_row {
	const char *name, *target; /* NULL: a file; else of a symlink */
};

static const struct taken_row taken_rows[] = {
	{ "a file", NULL },
	{ "a symlink to a file", "other" },
	{ "a symlink to nothing", "missing" },
};

static void test_taken(const void *data)
{
	const struct taken_row *row = data;
	const char *path = scratch_path("target");
	struct error e = { 0 };
	struct file f;

	scratch_write("other", "old", 0644);
	if (row->target)
		assert_int_equal(symlink(row->target, path), 0);
	else
		scratch_write("target", "old", 0644);
	assert_int_equal(file_open(&f, path, FILE_NEW, &e), 1);
	assert_true(
		str_search(str_of(e.text), STR("/target: File exists")) >= 0);
	assert_int_equal(f.fd, -1);
	file_discard(&f);
	assert_int_equal(scratch_count(), 2);
	scratch_assert("other", "old");
	unlink(path);
	unlink(scratch_path("other"));
}

static void test_keep(const void *row)
{
	const char *path = scratch_path("target");
	struct error e = { 0 };
	struct file f;

	(void)row;
	assert_int_equal(file_open(&f, path, FILE_NEW, &e), 0);
	file_keep(&f);
	assert_int_equal(put(&f, "kept", &e), 0);
	file_discard(&f);
	scratch_assert("target", "kept");
	unlink(path);
}

/* What was reserved is given back at once, so a time that is set stays. */
static void test_settle(const void *row)
{
	const char *path = scratch_path("target");
	const struct timespec times[2] = { { .tv_sec = 1 }, { .tv_sec = 2 } };
	struct error e = { 0 };
	struct stat st;
	struct file f;

	(void)row;
	assert_int_equal(file_open(&f, path, FILE_REPLACE, &e), 0);
	file_reserve(&f, 3u << 20);
	assert_int_equal(put(&f, "short", &e), 0);
	assert_int_equal(file_settle(&f, &e), 0);
	assert_int_equal(futimens(f.fd, times), 0);
	assert_int_equal(file_commit(&f, &e), 0);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mtime, 2);
	assert_int_equal(st.st_size, 5);
	assert_true(st.st_blocks * 512 < 1 << 20);
	unlink(path);
	f = FILE_CLOSED;
	assert_int_equal(file_settle(&f, &e), 0);
}

int main(void)
{
	const struct table tables[] = {
		TABLE("file_open where one is", taken_rows, test_taken),
		SINGLE("file_keep", test_keep),
		SINGLE("file_settle", test_settle),
	};
	int failed;

	scratch_begin(NULL);
	failed = table_run(
		"file_new", tables, sizeof(tables) / sizeof(tables[0]));
	scratch_end();
	return failed;
}
