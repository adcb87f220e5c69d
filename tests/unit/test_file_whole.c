#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "output/file.h"
#include "support/scratch.h"
#include "support/table.h"

static int put(struct file *f, const char *text, struct error *e)
{
	struct iovec iov = { (char *)text, strlen(text) };

	return file_write(f, &iov, 1, e);
}

static bool contains(const char *text, const char *part)
{
	return str_search(str_of(text), str_of(part)) >= 0;
}

static void assert_contains(const char *text, const char *part)
{
	if (!contains(text, part))
		fail_msg("\"%s\" is not in \"%s\"", part, text);
}

/* A link leads from where it is, and a relative one to a directory that may
 * itself be reached by one. */
static void test_links(const void *row)
{
	struct error e = { 0 };
	struct file f;

	(void)row;
	mkdir(scratch_path("one"), 0755);
	mkdir(scratch_path("one/two"), 0755);
	assert_int_equal(symlink("one/two", scratch_path("way")), 0);
	assert_int_equal(symlink("way/next", scratch_path("first")), 0);
	assert_int_equal(symlink("../target", scratch_path("one/two/next")), 0);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(
			file_open(&f, scratch_path("first"), FILE_REPLACE, &e),
			0);
		assert_contains(f.temporary.path, "/way/../.target.");
		assert_int_equal(put(&f, i ? "two" : "one", &e), 0);
		assert_int_equal(file_commit(&f, &e), 0);
		scratch_assert("one/target", i ? "two" : "one");
	}
	unlink(scratch_path("one/target"));
	unlink(scratch_path("one/two/next"));
	unlink(scratch_path("first"));
	unlink(scratch_path("way"));
	rmdir(scratch_path("one/two"));
	rmdir(scratch_path("one"));
}

/* What stands for a descriptor is not replaced, though it reads as a path. */
static void test_descriptor(const void *row)
{
	char path[64];
	struct error e = { 0 };
	struct stat st;
	struct file f;
	int fd;

	(void)row;
	scratch_write("target", "old", 0644);
	fd = open(scratch_path("target"), O_WRONLY);
	snprintf(path, sizeof(path), "/dev/fd/%d", fd);
	if (stat(path, &st) < 0) {
		close(fd);
		skip();
	}
	assert_int_equal(file_open(&f, path, FILE_REPLACE, &e), 0);
	assert_null(f.temporary.path);
	assert_int_equal(put(&f, "new", &e), 0);
	assert_int_equal(file_commit(&f, &e), 0);
	scratch_assert("target", "new");
	close(fd);
	unlink(scratch_path("target"));
}

static void remove_parts(void)
{
	DIR *directory = opendir(scratch_path("."));
	struct dirent *entry;

	while ((entry = readdir(directory)))
		if (contains(entry->d_name, ".part"))
			unlink(scratch_path(entry->d_name));
	closedir(directory);
}

/* What cannot be written over to its end is whole beside it. */
static int fail_to_write_over(void)
{
	struct rlimit limit = { 5, RLIM_INFINITY }, before;
	struct error e = { 0 };
	struct file f;

	signal(SIGXFSZ, SIG_IGN);
	getrlimit(RLIMIT_FSIZE, &before);
	if (file_open(&f, scratch_path("target"), FILE_REPLACE, &e) < 0 ||
		put(&f, "1234567", &e) < 0)
		return 1;
	setrlimit(RLIMIT_FSIZE, &limit);
	if (file_commit(&f, &e) != -ERR_WRITE)
		return 2;
	if (!contains(e.text, "; all of it is in ") ||
		!contains(e.text, "/.target."))
		return 3;
	temporaries_remove();
	return scratch_count() == 3 + scratch_has_foreign() ? 0 : 4;
}

static void test_written_over_in_part(const void *row)
{
	pid_t child;
	int status;

	(void)row;
	scratch_write("target", "old", 0644);
	assert_int_equal(
		link(scratch_path("target"), scratch_path("other")), 0);
	child = fork();
	if (child == 0)
		_exit(fail_to_write_over());
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	unlink(scratch_path("target"));
	unlink(scratch_path("other"));
	assert_int_equal(scratch_count(), 1 + scratch_has_foreign());
	remove_parts();
}

/* --- signals */

static void on_signal(int number)
{
	(void)number;
	temporaries_remove();
	_exit(7);
}

/* In a process of its own: one file done, two under way, then the signal. */
static int be_interrupted(void)
{
	static const char *const names[] = { "target0", "target1", "target2" };
	struct file f[3];
	struct error e = { 0 };

	for (int i = 0; i < 3; i++) {
		if (file_open(&f[i], scratch_path(names[i]), FILE_REPLACE, &e) <
				0 ||
			put(&f[i], "new", &e) < 0)
			return 1;
		if (i == 1 && file_commit(&f[i], &e) < 0)
			return 2;
	}
	if (scratch_count() != 4 + scratch_has_foreign())
		return 3;
	signal(SIGTERM, on_signal);
	raise(SIGTERM);
	return 4;
}

static void test_signal(const void *row)
{
	int status;
	pid_t child;

	(void)row;
	scratch_write("target0", "old", 0644);
	child = fork();
	if (child == 0)
		_exit(be_interrupted());
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 7);
	scratch_assert("target0", "old");
	scratch_assert("target1", "new");
	scratch_assert("target2", NULL);
	assert_int_equal(scratch_count(), 2 + scratch_has_foreign());
	unlink(scratch_path("target0"));
	unlink(scratch_path("target1"));
}

/* What a handler has removed is not renamed by another thread. */
static int be_removed(void)
{
	struct file f;
	struct error e = { 0 };

	if (file_open(&f, scratch_path("target"), FILE_REPLACE, &e) < 0)
		return 1;
	temporaries_remove();
	if (scratch_count() != scratch_has_foreign())
		return 2;
	return file_commit(&f, &e) == -ERR_WRITE ? 0 : 3;
}

static void test_removed_meanwhile(const void *row)
{
	pid_t child = fork();
	int status;

	(void)row;
	if (child == 0)
		_exit(be_removed());
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	scratch_assert("target", NULL);
}

int main(void)
{
	const struct table tables[] = {
		SINGLE("file_open, links to links", test_links),
		SINGLE("file_open, a descriptor's name", test_descriptor),
		SINGLE("file_commit fails in the midst",
			test_written_over_in_part),
		SINGLE("temporaries_remove", test_signal),
		SINGLE("file_commit after removal", test_removed_meanwhile),
	};
	int failed;

	scratch_begin("foreign");
	failed = table_run(
		"file_whole", tables, sizeof(tables) / sizeof(tables[0]));
	scratch_end();
	return failed;
}
