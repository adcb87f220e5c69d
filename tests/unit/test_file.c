#include "output/file.h"

#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "base/clock.h"
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

/* --- what stands under the name before and after */

enum target {
	NOTHING,
	A_FILE,
	SYMLINK, /* to a file */
	DANGLING, /* a symlink to nothing */
	HARD_LINK,
	WITH_ACL,
	FOREIGN /* another owner's, which all may write */
};

struct replace_row {
	const char *name;
	enum target target;
	mode_t mode;
	unsigned int how; /* enum file_mode */
	bool success;
	const char *content; /* after writing "new"; NULL: no such file */
	mode_t new_mode;
	bool replaced; /* under the name stands another file afterwards */
};

static const struct replace_row replace_rows[] = {
	{ "new", NOTHING, 0, FILE_REPLACE, true, "new", 0640, true },
	{ "new, fails", NOTHING, 0, FILE_REPLACE, false, NULL, 0, true },
	{ "new, in place", NOTHING, 0, FILE_TRUNCATE, true, "new", 0640, true },
	{ "new, in place, fails", NOTHING, 0, FILE_TRUNCATE, false, "new", 0640,
		true },
	{ "replaced", A_FILE, 0644, FILE_REPLACE, true, "new", 0644, true },
	{ "replaced, fails", A_FILE, 0644, FILE_REPLACE, false, "old", 0644,
		false },
	{ "private mode kept", A_FILE, 0600, FILE_REPLACE, true, "new", 0600,
		true },
	{ "wide mode kept", A_FILE, 0777, FILE_REPLACE, true, "new", 0777,
		true },
	{ "set-user-ID not kept", A_FILE, 04755, FILE_REPLACE, true, "new",
		0755, true },
	{ "in place", A_FILE, 0644, FILE_TRUNCATE, true, "new", 0644, false },
	{ "in place, fails", A_FILE, 0644, FILE_TRUNCATE, false, "new", 0644,
		false },
	{ "appended", A_FILE, 0644, FILE_APPEND, true, "oldnew", 0644, false },
	{ "emptied and appended to", A_FILE, 0644, FILE_RESTART, true, "new",
		0644, false },
	{ "appended to nothing", NOTHING, 0, FILE_APPEND, true, "new", 0640,
		true },
	{ "resumed", A_FILE, 0644, FILE_RESUME, true, "oldnew", 0644, false },
	{ "resumed, fails", A_FILE, 0644, FILE_RESUME, false, "oldnew", 0644,
		false },
	{ "resumed from nothing", NOTHING, 0, FILE_RESUME, true, "new", 0640,
		true },
	{ "resumed hard link", HARD_LINK, 0644, FILE_RESUME, true, "oldnew",
		0644, false },
	{ "only new", NOTHING, 0, FILE_NEW, true, "new", 0640, true },
	{ "only new, fails", NOTHING, 0, FILE_NEW, false, NULL, 0, true },
	{ "symlink", SYMLINK, 0644, FILE_REPLACE, true, "new", 0644, true },
	{ "symlink, fails", SYMLINK, 0644, FILE_REPLACE, false, "old", 0644,
		false },
	{ "symlink, in place", SYMLINK, 0644, FILE_TRUNCATE, true, "new", 0644,
		false },
	{ "dangling symlink", DANGLING, 0, FILE_REPLACE, true, "new", 0640,
		true },
	{ "dangling symlink, fails", DANGLING, 0, FILE_REPLACE, false, NULL, 0,
		true },
	{ "hard link", HARD_LINK, 0644, FILE_REPLACE, true, "new", 0644,
		false },
	{ "hard link, fails", HARD_LINK, 0644, FILE_REPLACE, false, "old", 0644,
		false },
	{ "access control list", WITH_ACL, 0660, FILE_REPLACE, true, "new",
		0660, false },
	{ "access control list, fails", WITH_ACL, 0660, FILE_REPLACE, false,
		"old", 0660, false },
	{ "another owner's, fails", FOREIGN, 0666, FILE_REPLACE, false,
		"foreign", 0666, false },
	{ "another owner's", FOREIGN, 0666, FILE_REPLACE, true, "new", 0666,
		false },
	{ "private, new", NOTHING, 0, FILE_REPLACE | FILE_PRIVATE, true, "new",
		0600, true },
	{ "private, new, in place", NOTHING, 0, FILE_TRUNCATE | FILE_PRIVATE,
		true, "new", 0600, true },
	{ "private, narrowed", A_FILE, 0644, FILE_REPLACE | FILE_PRIVATE, true,
		"new", 0600, true },
	{ "private, narrowed in place", A_FILE, 0664,
		FILE_TRUNCATE | FILE_PRIVATE, true, "new", 0600, false },
	{ "private, hard link", HARD_LINK, 0644, FILE_REPLACE | FILE_PRIVATE,
		true, "new", 0600, false },
};

/* An access control list that lets user 1000 read and write, but not the
 * group. False where there are none. */
static bool add_acl(const char *path)
{
	static const unsigned char list[] = { 2, 0, 0, 0, /* version */
		1, 0, 6, 0, 255, 255, 255, 255, /* the owner */
		2, 0, 6, 0, 232, 3, 0, 0, /* user 1000 */
		4, 0, 0, 0, 255, 255, 255, 255, /* the group */
		16, 0, 6, 0, 255, 255, 255, 255, /* mask */
		32, 0, 0, 0, 255, 255, 255, 255 }; /* others */

	return setxattr(path, "system.posix_acl_access", list, sizeof(list),
		       0) == 0;
}

/* False when this system has no such thing. */
static bool set_up(const struct replace_row *row, const char *path)
{
	switch (row->target) {
	case NOTHING:
		return true;
	case FOREIGN:
		return scratch_has_foreign();
	case A_FILE:
		scratch_write("target", "old", row->mode);
		return true;
	case WITH_ACL:
		scratch_write("target", "old", 0600);
		return add_acl(path);
	case SYMLINK:
		scratch_write("other", "old", row->mode);
		return symlink("other", path) == 0;
	case DANGLING:
		return symlink("other", path) == 0;
	case HARD_LINK:
		scratch_write("other", "old", row->mode);
		return link(scratch_path("other"), path) == 0;
	}
	return false;
}

static void check_result(const struct replace_row *row, const char *name,
	const struct stat *before, int names)
{
	const char *path = scratch_path(name);
	struct stat st;

	scratch_assert(name, row->content);
	/* neither a temporary file is left nor anything else gone */
	assert_int_equal(scratch_count(), names);
	if (!row->content)
		return;
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, row->new_mode);
	if (before)
		assert_int_equal(st.st_ino != before->st_ino, row->replaced);
	if (row->target == SYMLINK || row->target == DANGLING) {
		assert_int_equal(lstat(path, &st), 0);
		assert_true(S_ISLNK(st.st_mode));
	}
	if (row->target == SYMLINK || row->target == HARD_LINK)
		scratch_assert("other", row->content);
}

static void test_replace(const void *data)
{
	const struct replace_row *row = data;
	const char *name = row->target == FOREIGN ? "foreign" : "target";
	const char *path = scratch_path(name);
	struct file f;
	struct error e = { 0 };
	struct stat before, now;
	bool possible = set_up(row, path);
	bool existed = stat(path, &before) == 0;
	int names = scratch_count();

	if (possible) {
		umask(027);
		assert_int_equal(file_open(&f, path, row->how, &e), 0);
		assert_int_equal(put(&f, "new", &e), 0);
		assert_int_equal(
			f.written, existed && row->how == FILE_RESUME ? 6 : 3);
		if (f.temporary.path && existed) {
			assert_int_equal(stat(path, &now), 0);
			assert_int_equal(now.st_ino, before.st_ino);
			assert_int_equal(now.st_size, before.st_size);
		}
		if (row->success)
			assert_int_equal(file_commit(&f, &e), 0);
		else
			file_discard(&f);
		assert_int_equal(f.fd, -1);
		if (!existed && row->content)
			names++;
		check_result(row, name, existed ? &before : NULL, names);
	}
	unlink(scratch_path("target"));
	unlink(scratch_path("other"));
	if (!possible)
		skip();
}

/* --- targets that cannot be written, or not as a whole */

struct refuse_row {
	const char *name;
	const char *path; /* in the directory */
	enum file_mode how;
	const char *words;
};

static const struct refuse_row refuse_rows[] = {
	{ "missing directory", "missing/file", FILE_REPLACE,
		"/missing/file: No such file or directory" },
	{ "missing directory, in place", "missing/file", FILE_TRUNCATE,
		"/missing/file: No such file or directory" },
	{ "a directory", "directory", FILE_REPLACE,
		"/directory: Is a directory" },
	{ "a directory's name", "missing/", FILE_REPLACE, "Is a directory" },
	{ "a file as directory", "plain/file", FILE_REPLACE,
		"/plain/file: Not a directory" },
	{ "a new file in a read-only directory", "locked/new", FILE_REPLACE,
		"/locked/new: Permission denied" },
	{ "a read-only file", "readonly", FILE_REPLACE,
		"/readonly: Permission denied" },
	{ "a read-only file, in place", "readonly", FILE_TRUNCATE,
		"/readonly: Permission denied" },
	{ "a read-only file, appended to", "readonly", FILE_APPEND,
		"/readonly: Permission denied" },
};

static void test_refuse(const void *data)
{
	const struct refuse_row *row = data;
	const char *path = scratch_path(row->path);
	struct file f;
	struct error e = { 0 };

	scratch_write("plain", "plain", 0644);
	scratch_write("readonly", "readonly", 0444);
	mkdir(scratch_path("directory"), 0755);
	mkdir(scratch_path("locked"), 0555);
	assert_int_equal(file_open(&f, path, row->how, &e), -ERR_WRITE);
	assert_int_equal(f.fd, -1);
	assert_int_equal(e.code, ERR_WRITE);
	assert_contains(e.text, "Failed to open the file ");
	assert_contains(e.text, row->words);
	scratch_assert("readonly", "readonly");
	scratch_assert("plain", "plain");
	chmod(scratch_path("readonly"), 0644);
	unlink(scratch_path("readonly"));
	unlink(scratch_path("plain"));
	rmdir(scratch_path("directory"));
	rmdir(scratch_path("locked"));
	assert_int_equal(scratch_count(), scratch_has_foreign());
}

static void test_locked_directory(const void *row)
{
	const char *path = scratch_path("locked/file");
	struct file f;
	struct error e = { 0 };

	(void)row;
	mkdir(scratch_path("locked"), 0755);
	scratch_write("locked/file", "old", 0644);
	chmod(scratch_path("locked"), 0555);
	assert_int_equal(file_foresee(path, &e), -ERR_WRITE);
	assert_contains(e.text, "/locked/file cannot be replaced as a whole");
	e = (struct error){ 0 };
	assert_int_equal(file_open(&f, path, FILE_REPLACE, &e), -ERR_WRITE);
	assert_true(f.unreplaceable);
	assert_contains(e.text, "Permission denied; --no-atomic writes it");
	scratch_assert("locked/file", "old");
	assert_int_equal(file_store(path, 0, STR("newer"), &e), 0);
	scratch_assert("locked/file", "newer");
	assert_int_equal(file_foresee(scratch_path("locked/new"), &e), 0);
	chmod(scratch_path("locked"), 0755);
	unlink(path);
	rmdir(scratch_path("locked"));
}

static void test_target_became_directory(const void *row)
{
	const char *path = scratch_path("target");
	struct file f;
	struct error e = { 0 };

	(void)row;
	assert_int_equal(file_open(&f, path, FILE_REPLACE, &e), 0);
	assert_int_equal(mkdir(path, 0755), 0);
	assert_int_equal(file_commit(&f, &e), -ERR_WRITE);
	assert_contains(e.text, "Failed to rename ");
	assert_int_equal(rmdir(path), 0);
	assert_int_equal(scratch_count(), scratch_has_foreign());
}

static void test_long_name(const void *row)
{
	char name[256];
	const char *path;
	struct file f;
	struct error e = { 0 };

	(void)row;
	memset(name, 'n', 255);
	name[255] = '\0';
	path = scratch_path(name);
	assert_int_equal(file_open(&f, path, FILE_REPLACE, &e), 0);
	assert_int_not_equal(access(path, F_OK), 0);
	assert_int_equal(put(&f, "new", &e), 0);
	assert_int_equal(file_commit(&f, &e), 0);
	scratch_assert(name, "new");
	unlink(path);
}

struct directories_row {
	const char *name;
	const char *path; /* in the directory */
	const char *words; /* NULL: it works */
};

static const struct directories_row directories_rows[] = {
	{ "none", "file", NULL },
	{ "one", "one/file", NULL },
	{ "two, and two slashes", "one/two//file", NULL },
	{ "there already", "one/two/file", NULL },
	{ "below a file", "one/plain/three/file",
		"/one/plain/three: Not a directory" },
};

static void test_directories(const void *data)
{
	const struct directories_row *row = data;
	const char *path = scratch_path(row->path);
	struct error e = { 0 };
	struct stat st;

	umask(0);
	if (row->words) {
		scratch_write("one/plain", "", 0644);
		assert_int_equal(file_make_directories(path, &e), -ERR_WRITE);
		assert_contains(e.text, "Failed to create the directory ");
		assert_contains(e.text, row->words);
		unlink(scratch_path("one/plain"));
		rmdir(scratch_path("one/two"));
		rmdir(scratch_path("one"));
		return;
	}
	assert_int_equal(file_make_directories(path, &e), 0);
	scratch_write(row->path, "", 0644);
	if (stat(scratch_path("one"), &st) == 0)
		assert_int_equal(st.st_mode & 07777, 0750);
	unlink(path);
}

/* --- writing */

static void test_full_device(const void *row)
{
	struct file f;
	struct error e = { 0 };

	(void)row;
	assert_int_equal(file_open(&f, "/dev/full", FILE_REPLACE, &e), 0);
	assert_null(f.temporary.path);
	assert_int_equal(put(&f, "body", &e), -ERR_WRITE);
	assert_string_equal(e.text,
		"Failure writing output to destination: /dev/full, byte 0: No "
		"space left on device");
	assert_false(f.pipe_closed);
	file_discard(&f);
}

/* In a process of its own, that may write no more than ten bytes to a file. */
static int write_too_much(const char *path)
{
	struct rlimit limit = { 10, 10 };
	struct file f;
	struct error e = { 0 };

	signal(SIGXFSZ, SIG_IGN);
	setrlimit(RLIMIT_FSIZE, &limit);
	if (file_open(&f, path, FILE_REPLACE, &e) < 0 ||
		put(&f, "1234567", &e) < 0)
		return 1;
	if (put(&f, "890ab", &e) != -ERR_WRITE)
		return 2;
	if (!contains(e.text, "/target, byte 10: File too large"))
		return 3;
	file_discard(&f);
	return 0;
}

static void test_byte_offset(const void *row)
{
	const char *path = scratch_path("target");
	pid_t child = fork();
	int status;

	(void)row;
	if (child == 0)
		_exit(write_too_much(path));
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
	scratch_assert("target", NULL);
	assert_int_equal(scratch_count(), scratch_has_foreign());
}

#define BIG (1u << 20)

static void *read_slowly(void *context)
{
	int fd = *(int *)context;
	char block[7919];
	size_t *total = calloc(1, sizeof(*total));
	ssize_t n;

	while ((n = read(fd, block, sizeof(block))) > 0) {
		for (ssize_t i = 0; i < n; i++, (*total)++)
			if (block[i] != (char)(*total % 251))
				return total;
		if (*total % 5 == 0)
			usleep(1000);
	}
	return total;
}

/* A pipe that is full again and again and does not block: nothing is lost. */
static void test_full_pipe(const void *row)
{
	int ends[2];
	pthread_t reader;
	void *total;
	struct file f;
	struct error e = { 0 };
	char *bytes = malloc(BIG);
	struct iovec iov[] = { { bytes, 3 }, { bytes + 3, 0 },
		{ bytes + 3, 500000 }, { bytes + 500003, BIG - 500003 },
		{ bytes + BIG, 0 } };

	(void)row;
	for (size_t i = 0; i < BIG; i++)
		bytes[i] = (char)(i % 251);
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(fcntl(ends[1], F_SETFL, O_NONBLOCK), 0);
	assert_int_equal(
		pthread_create(&reader, NULL, read_slowly, &ends[0]), 0);
	file_borrow(&f, ends[1], "a pipe");
	assert_int_equal(file_write(&f, iov, 5, &e), 0);
	assert_int_equal(f.written, BIG);
	assert_int_equal(file_commit(&f, &e), 0);
	assert_int_equal(close(ends[1]), 0); /* it was not f's to close */
	assert_int_equal(pthread_join(reader, &total), 0);
	close(ends[0]);
	assert_int_equal(*(size_t *)total, BIG);
	free(total);
	free(bytes);
}

/* A pipe, and a socket, that nobody reads take what there is room for. */
static void test_stuck(const void *row)
{
	char *bytes = calloc(1, 8 * BIG);
	struct iovec iov = { bytes, 8 * BIG };
	struct error e = { 0 };

	(void)row;
	for (int i = 0; i < 2; i++) {
		struct file f;
		int ends[2];

		assert_int_equal(i ? socketpair(AF_UNIX, SOCK_STREAM, 0, ends)
				   : pipe(ends),
			0);
		file_borrow(&f, ends[1], "what is stuck");
		file_until(&f, deadline_in(20));
		assert_int_equal(file_write(&f, &iov, 1, &e), -ERR_TIMEOUT);
		assert_true(f.written >= 4096 && f.written < 8 * BIG);
		assert_memory_equal(e.text, "what is stuck took no more", 26);
		assert_false(fcntl(ends[1], F_GETFL) & O_NONBLOCK);
		/* The deadline has passed, and there is room again. */
		assert_int_equal(read(ends[0], bytes, BIG) > 0, 1);
		assert_int_equal(put(&f, "x", &e), 0);
		close(ends[0]);
		close(ends[1]);
	}
	free(bytes);
}

/* Regular files never wait. */
static void test_until_regular(const void *row)
{
	struct error e = { 0 };
	struct file f;
	int fd = open(scratch_path("regular"), O_CREAT | O_RDWR, 0600);

	(void)row;
	assert_true(fd >= 0);
	file_borrow(&f, fd, "a file");
	file_until(&f, 1);
	assert_int_equal(f.deadline, 0);
	assert_int_equal(put(&f, "x", &e), 0);
	close(fd);
	unlink(scratch_path("regular"));
}

static void test_closed_pipe(const void *row)
{
	int ends[2];
	struct file f;
	struct error e = { 0 };

	(void)row;
	signal(SIGPIPE, SIG_IGN);
	assert_int_equal(pipe(ends), 0);
	file_borrow(&f, ends[1], "a pipe");
	assert_int_equal(put(&f, "one", &e), 0);
	close(ends[0]);
	assert_int_equal(put(&f, "two", &e), -ERR_WRITE);
	assert_true(f.pipe_closed);
	assert_string_equal(e.text,
		"Failure writing output to destination: a pipe, byte 3: Broken "
		"pipe");
	file_discard(&f);
	close(ends[1]);
}

struct reserve_row {
	const char *name;
	enum file_mode how;
	bool success;
};

static const struct reserve_row reserve_rows[] = {
	{ "whole", FILE_REPLACE, true },
	{ "in place", FILE_TRUNCATE, true },
	{ "in place, fails", FILE_TRUNCATE, false },
};

/* Reserved or not, the size is what has been written, and what was reserved for
 * more is given back. */
static void test_reserve(const void *data)
{
	const struct reserve_row *row = data;
	const char *path = scratch_path("target");
	struct file f;
	struct error e = { 0 };
	struct stat st;

	assert_int_equal(file_open(&f, path, row->how, &e), 0);
	file_reserve(&f, 8u << 20);
	assert_int_equal(fstat(f.fd, &st), 0);
	assert_int_equal(st.st_size, 0);
	assert_int_equal(put(&f, "little", &e), 0);
	if (row->success)
		assert_int_equal(file_commit(&f, &e), 0);
	else
		file_discard(&f);
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_size, 6);
	assert_true(st.st_blocks * 512 < 1 << 20);
	unlink(path);
}

int main(void)
{
	const struct table tables[] = {
		TABLE("file_open and file_commit", replace_rows, test_replace),
		TABLE("file_open refuses", refuse_rows, test_refuse),
		SINGLE("file_open in a read-only directory",
			test_locked_directory),
		SINGLE("file_open with the longest name", test_long_name),
		SINGLE("file_commit over a directory",
			test_target_became_directory),
		TABLE("file_make_directories", directories_rows,
			test_directories),
		SINGLE("file_write to a full device", test_full_device),
		SINGLE("file_write names the byte", test_byte_offset),
		SINGLE("file_write to a full pipe", test_full_pipe),
		SINGLE("file_until, nobody reads", test_stuck),
		SINGLE("file_until, a regular file", test_until_regular),
		SINGLE("file_write to a closed pipe", test_closed_pipe),
		TABLE("file_reserve", reserve_rows, test_reserve),
	};
	int failed;

	scratch_begin("foreign");
	failed = table_run("file", tables, sizeof(tables) / sizeof(tables[0]));
	scratch_end();
	return failed;
}
