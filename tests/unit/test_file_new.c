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

/* In place it is there at once, and stays. */
static void test_in_place(const void *row)
{
	const char *path = scratch_path("target");
	struct error e = { 0 };
	struct file f;

	(void)row;
	assert_int_equal(file_open(&f, path, FILE_NEW_IN_PLACE, &e), 0);
	assert_int_equal(put(&f, "kept", &e), 0);
	file_discard(&f);
	scratch_assert("target", "kept");
	assert_int_equal(file_open(&f, path, FILE_NEW_IN_PLACE, &e), 1);
	unlink(path);
}

/* The name is free until all is there, and nobody's file is replaced then. */
static void test_meanwhile(const void *row)
{
	const char *path = scratch_path("target");
	struct error e = { 0 };
	struct file f;

	(void)row;
	assert_int_equal(file_open(&f, path, FILE_NEW, &e), 0);
	assert_int_equal(put(&f, "mine", &e), 0);
	scratch_assert("target", NULL);
	scratch_write("target", "another's", 0644);
	assert_int_equal(file_commit(&f, &e), 1);
	scratch_assert("target", "another's");
	assert_int_equal(file_commit_as(&f, scratch_path("target"), &e), 1);
	assert_int_equal(file_commit_as(&f, scratch_path("next"), &e), 0);
	scratch_assert("next", "mine");
	assert_int_equal(scratch_count(), 2);
	unlink(scratch_path("next"));
	unlink(path);
	assert_int_equal(file_open(&f, path, FILE_NEW, &e), 0);
	scratch_write("target", "another's", 0644);
	assert_int_equal(file_commit(&f, &e), 1);
	file_discard(&f);
	assert_int_equal(scratch_count(), 1);
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
		SINGLE("file_open where none is, in place", test_in_place),
		SINGLE("file_commit under a name that was taken",
			test_meanwhile),
		SINGLE("file_settle", test_settle),
	};
	int failed;

	scratch_begin(NULL);
	failed = table_run(
		"file_new", tables, sizeof(tables) / sizeof(tables[0]));
	scratch_end();
	return failed;
}
