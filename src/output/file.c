#include "output/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/compat.h"
#include "output/descriptor.h"
#include "output/system.h"

#define PATH_LIMIT 65536u
#define NAME_PART 200u /* of the target's name in that of a temporary file */
#define RANDOM_PART 10u /* characters */
#define RESERVE_LEAST (1u << 20) /* less is allocated at once anyway */
#define TEMPORARIES 1024 /* more at once are not removed by a signal */
#define MAKING_MS 50 /* how long a file may take to be made at the end */

/* --- temporary files by name */

/* Each is owned by whoever has exchanged it out of its slot: the thread that
 * wrote it, or a signal handler that then removes it. */
static _Atomic(char *) temporaries[TEMPORARIES];

/* The program is about to end, and how many threads are making a file that may
 * come after all were removed. */
static atomic_bool ending;
static atomic_int making;

static void begin_making(void)
{
	atomic_fetch_add(&making, 1);
	while (atomic_load(&ending)) {
		atomic_fetch_sub(&making, 1);
		pause();
		atomic_fetch_add(&making, 1);
	}
}

static void end_making(void)
{
	atomic_fetch_sub(&making, 1);
}

/* Not for long: a signal may have come while its own thread makes a file. */
static void await_making(void)
{
	const struct timespec ms = { .tv_nsec = 1000000 };

	atomic_store(&ending, true);
	for (int i = 0; i < MAKING_MS && atomic_load(&making) > 0; i++)
		nanosleep(&ms, NULL);
}

static void remember(struct file *f)
{
	for (f->slot = 0; f->slot < TEMPORARIES; f->slot++) {
		char *empty = NULL;

		if (atomic_compare_exchange_strong(
			    &temporaries[f->slot], &empty, f->temporary))
			return;
	}
	f->slot = -1;
}

/* Free the name unless a signal handler has it: it is still using it then, and
 * the program about to end. */
static void forget(struct file *f)
{
	if (f->slot < 0 || atomic_exchange(&temporaries[f->slot], NULL))
		free(f->temporary);
	f->temporary = NULL;
}

void file_remove_temporaries(void)
{
	int saved = errno;

	await_making();
	for (size_t i = 0; i < TEMPORARIES; i++) {
		char *path = atomic_exchange(&temporaries[i], NULL);

		if (path)
			unlink(path);
	}
	errno = saved;
}

/* The part of `path` up to and with its last slash, often empty. */
static struct str directory_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return (struct str){ path, slash ? (size_t)(slash + 1 - path) : 0 };
}

/* ".NAME.RANDOM.part" beside `path`. NULL when memory or randomness is out. */
static char *temporary_name(const char *path)
{
	static const char letters[32] = "abcdefghijklmnopqrstuvwxyz234567";
	struct str directory = directory_of(path);
	struct str name = str_from(str_of(path), directory.n);
	unsigned char random[RANDOM_PART];
	struct buf text;

	if (getrandom(random, sizeof(random), 0) != sizeof(random))
		return NULL;
	buf_init(&text, PATH_LIMIT);
	buf_add_str(&text, directory);
	buf_add_char(&text, '.');
	buf_add_str(&text, str_first(name, NAME_PART));
	buf_add_char(&text, '.');
	for (size_t i = 0; i < sizeof(random); i++)
		buf_add_char(&text, letters[random[i] % sizeof(letters)]);
	buf_add_text(&text, ".part");
	return buf_take(&text);
}

/* --- opening */

static int open_failed(const struct file *f, int number, struct error *e)
{
	error_set(e, ERR_WRITE, "Failed to open the file %s: %s", f->path,
		error_system(number));
	return -ERR_WRITE;
}

void file_suggest_directories(const char *path, struct error *e)
{
	char *directory = str_dup(directory_of(path));

	if (directory && *directory && access(directory, F_OK) < 0 &&
		errno == ENOENT)
		error_add(e, "; --create-dirs makes missing directories");
	free(directory);
}

static int open_in_place(struct file *f, int flag, struct error *e)
{
	struct stat st;

	f->fd = open(f->path, O_WRONLY | O_CREAT | O_CLOEXEC | O_NOCTTY | flag,
		0666);
	if (f->fd < 0)
		return open_failed(f, errno, e);
	f->regular = fstat(f->fd, &st) == 0 && S_ISREG(st.st_mode);
	return 0;
}

/* Whether renaming over `path` does to it no more than writing to it would;
 * `*exists` says whether there is a file, which is in `st` then. */
static bool is_replaceable(const char *path, struct stat *st, bool *exists)
{
	struct str directory = directory_of(path);

	*exists = false;
	if (path[directory.n] == '\0') /* it can be nothing but a directory */
		return false;
	if (lstat(path, st) < 0)
		return errno == ENOENT;
	*exists = true;
	return S_ISREG(st->st_mode) && st->st_nlink == 1 &&
		st->st_uid == geteuid() &&
		faccessat(AT_FDCWD, path, W_OK, AT_EACCESS) == 0 &&
		!system_has_acl(path) && !system_is_mount_point(path);
}

/* Give the new file the group and mode of the one it will replace. False when
 * it would let others in than that one did: its group bits would be another
 * group's, or its directory has given it an access control list. */
static bool take_after(const struct file *f, const struct stat *old)
{
	struct stat new;

	if (fstat(f->fd, &new) < 0)
		return false;
	if (new.st_gid != old->st_gid &&
		fchown(f->fd, (uid_t)-1, old->st_gid) < 0)
		return false;
	return fchmod(f->fd, old->st_mode & 0777) == 0 &&
		!system_has_acl(f->temporary);
}

static void drop_temporary(struct file *f)
{
	unlink(f->temporary);
	forget(f);
}

/* Make a file under a new name. It is remembered before it exists, so that no
 * signal can come between; its name is nobody else's but by a chance of 2 to
 * the -50th. Returns 0 or a negative errno value. */
static int make_temporary(struct file *f, mode_t mode)
{
	int saved;

	f->temporary = temporary_name(f->path);
	if (!f->temporary)
		return -ENOMEM;
	begin_making();
	remember(f);
	f->fd = open(
		f->temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
	saved = errno;
	end_making();
	if (f->fd >= 0)
		return 0;
	forget(f);
	return -saved;
}

/* Open a temporary file to replace `old` (NULL: nothing is there). Returns 0, 1
 * when the target is to be written in place, or -ERR_WRITE. */
static int open_temporary(
	struct file *f, const struct stat *old, struct error *e)
{
	int failed = make_temporary(f, old ? 0600 : 0666);

	switch (failed) {
	case 0:
		break;
	case -EACCES:
	case -EPERM:
	case -EROFS:
	case -ENAMETOOLONG:
		return 1;
	default:
		return open_failed(f, -failed, e);
	}
	if (old && !take_after(f, old)) {
		close(f->fd);
		f->fd = -1;
		drop_temporary(f);
		return 1;
	}
	f->regular = true;
	return 0;
}

/* Not with O_APPEND, so that bytes can be moved to it by the kernel. */
static int open_behind(struct file *f, struct error *e)
{
	int error = open_in_place(f, 0, e);
	off_t end = error == 0 && f->regular ? lseek(f->fd, 0, SEEK_END) : 0;

	if (end >= 0)
		f->written = (uint64_t)end;
	return error;
}

static int open_new(struct file *f, struct error *e)
{
	int saved;

	f->temporary = str_dup(str_of(f->path));
	if (!f->temporary)
		return error_memory(e);
	/* Not remembered before it exists: until then it is another's. */
	f->slot = -1;
	f->fd = open(f->path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	saved = errno;
	if (f->fd < 0) {
		forget(f);
		open_failed(f, saved, e);
		return saved == EEXIST ? 1 : -ERR_WRITE;
	}
	remember(f);
	f->created = f->regular = true;
	return 0;
}

int file_open(
	struct file *f, const char *path, enum file_mode mode, struct error *e)
{
	struct stat old;
	bool exists;
	int result;

	*f = (struct file){ .fd = -1, .path = path };
	if (mode == FILE_APPEND)
		return open_in_place(f, O_APPEND, e);
	if (mode == FILE_RESUME)
		return open_behind(f, e);
	if (mode == FILE_NEW)
		return open_new(f, e);
	if (mode == FILE_RESTART)
		return open_in_place(f, O_TRUNC | O_APPEND, e);
	if (mode == FILE_REPLACE && is_replaceable(path, &old, &exists)) {
		result = open_temporary(f, exists ? &old : NULL, e);
		if (result <= 0)
			return result;
	}
	return open_in_place(f, O_TRUNC, e);
}

void file_borrow(struct file *f, int fd, const char *name)
{
	*f = (struct file){ .fd = fd, .path = name, .borrowed = true };
}

/* --- writing */

int file_failed(struct file *f, int number, struct error *e)
{
	f->pipe_closed = number == EPIPE;
	return error_set(e, ERR_WRITE,
		"Failure writing output to destination: %s, byte %llu: %s",
		f->path, (unsigned long long)f->written, error_system(number));
}

void file_until(struct file *f, int64_t deadline)
{
	struct stat st;

	if (f->fd < 0 || f->regular || deadline == DEADLINE_NONE ||
		(fstat(f->fd, &st) == 0 && S_ISREG(st.st_mode)))
		deadline = 0;
	f->deadline = deadline;
	if (deadline && !f->patient) {
		int own = descriptor_of_terminal(f->fd);

		f->patient = own > 0 ? own : 0;
	}
}

int file_write(struct file *f, const struct iovec *iov, int n, struct error *e)
{
	int64_t deadline = f->deadline ? f->deadline : DEADLINE_NONE;
	int fd = f->deadline && f->patient ? f->patient : f->fd;
	int failed = descriptor_write(fd, iov, n, deadline, &f->written);

	if (failed == -ETIMEDOUT && deadline != DEADLINE_NONE)
		return error_set(e, ERR_TIMEOUT,
			"%s took no more than %llu bytes in time", f->path,
			(unsigned long long)f->written);
	return failed < 0 ? file_failed(f, -failed, e) : 0;
}

void file_reserve(struct file *f, uint64_t size)
{
	if (!f->borrowed && f->regular && size >= RESERVE_LEAST &&
		size < UINT64_MAX - f->written &&
		system_reserve(f->fd, f->written, size))
		f->reserved = f->written + size;
}

void file_mark(struct file *f)
{
	bool append = fcntl(f->fd, F_GETFL) & O_APPEND;
	off_t at = lseek(f->fd, 0, append ? SEEK_END : SEEK_CUR);

	f->marked = f->written;
	f->mark = at < 0 ? 0 : (uint64_t)at;
}

int file_cut(struct file *f, struct error *e)
{
	uint64_t written = f->written - f->marked;
	struct stat st;

	if (written == 0)
		return 0;
	if (fstat(f->fd, &st) < 0 || !S_ISREG(st.st_mode) ||
		lseek(f->fd, 0, SEEK_CUR) != (off_t)(f->mark + written) ||
		st.st_size != (off_t)(f->mark + written))
		return 1;
	if (ftruncate(f->fd, (off_t)f->mark) < 0 ||
		lseek(f->fd, (off_t)f->mark, SEEK_SET) < 0)
		return file_failed(f, errno, e);
	f->written = f->marked;
	f->reserved = 0;
	return 0;
}

/* --- closing */

void file_keep(struct file *f)
{
	if (f->created)
		forget(f);
}

/* What was reserved past the end would stay taken. Returns 0, or -1 and errno.
 */
static int settle(struct file *f)
{
	bool beyond = !f->borrowed && f->reserved > f->written;

	f->reserved = 0;
	return beyond ? ftruncate(f->fd, (off_t)f->written) : 0;
}

int file_settle(struct file *f, struct error *e)
{
	return f->fd >= 0 && settle(f) < 0 ? file_failed(f, errno, e) : 0;
}

static int close_file(struct file *f)
{
	int fd = f->fd, settled = settle(f), saved = errno;

	if (f->patient)
		close(f->patient);
	f->patient = 0;
	f->fd = -1;
	if (f->borrowed)
		return 0;
	if (settled == 0)
		return close(fd);
	close(fd);
	errno = saved;
	return -1;
}

int file_commit(struct file *f, struct error *e)
{
	if (f->fd < 0)
		return 0;
	if (close_file(f) < 0) {
		ignore(file_failed(f, errno, e));
		if (f->temporary)
			drop_temporary(f);
		return -ERR_WRITE;
	}
	if (!f->temporary)
		return 0;
	if (!f->created && rename(f->temporary, f->path) < 0) {
		error_set(e, ERR_WRITE,
			"Failed to rename %s to %s: %s; --no-atomic writes "
			"files in place",
			f->temporary, f->path, error_system(errno));
		drop_temporary(f);
		return -ERR_WRITE;
	}
	forget(f);
	return 0;
}

void file_discard(struct file *f)
{
	if (f->fd < 0)
		return;
	(void)close_file(f); /* what was written is not wanted */
	if (f->temporary)
		drop_temporary(f);
}

int file_store(const char *path, struct str content, struct error *e)
{
	struct iovec iov = { (char *)content.p, content.n };
	struct file f = FILE_CLOSED;
	int error = 0;

	if (strcmp(path, "-") == 0)
		file_borrow(&f, STDOUT_FILENO, "standard output");
	else
		error = file_open(&f, path, FILE_REPLACE, e);
	if (error == 0)
		error = file_write(&f, &iov, 1, e);
	if (error == 0)
		error = file_commit(&f, e);
	file_discard(&f);
	return error;
}

/* --- directories */

int file_make_directories(const char *path, struct error *e)
{
	char *copy = str_dup(directory_of(path));
	int result = 0;

	if (!copy)
		return error_memory(e);
	for (char *p = copy; result == 0 && *p; p++) {
		if (*p != '/' || p == copy)
			continue;
		*p = '\0';
		if (mkdir(copy, 0750) < 0 && errno != EEXIST)
			result = error_set(e, ERR_WRITE,
				"Failed to create the directory %s: %s", copy,
				error_system(errno));
		*p = '/';
	}
	free(copy);
	return result;
}
