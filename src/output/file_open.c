#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "output/file.h"
#include "output/place.h"
#include "output/system.h"

static int open_failed(const struct file *f, int number, struct error *e)
{
	error_set(e, ERR_WRITE, "Failed to open the file %s: %s", f->path,
		error_system(number));
	errno = number;
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

int file_open_private(const char *path, int flags)
{
	int fd = open(path, (flags & ~O_TRUNC) | O_CREAT | O_CLOEXEC | O_NOCTTY,
		0600);
	struct stat st;
	int saved;

	if (fd < 0)
		return -1;
	if (fstat(fd, &st) == 0 &&
		(!S_ISREG(st.st_mode) || !(st.st_mode & 077) ||
			fchmod(fd, st.st_mode & 0700) == 0) &&
		(!(flags & O_TRUNC) || !S_ISREG(st.st_mode) ||
			ftruncate(fd, 0) == 0))
		return fd;
	saved = errno;
	close(fd);
	errno = saved;
	return -1;
}

static int open_in_place(struct file *f, int flags, struct error *e)
{
	struct stat st;

	flags |= O_WRONLY;
	if (f->secret)
		f->fd = file_open_private(f->path, flags);
	else
		f->fd = open(
			f->path, flags | O_CREAT | O_CLOEXEC | O_NOCTTY, 0666);
	if (f->fd < 0)
		return open_failed(f, errno, e);
	if (fstat(f->fd, &st) == 0) {
		f->regular = S_ISREG(st.st_mode);
		return 0;
	}
	open_failed(f, errno, e);
	close(f->fd);
	f->fd = -1;
	return -ERR_WRITE;
}

/* Give the new file the group and mode of the one it will replace. False when
 * it would let others in than that one did: its group bits would be another
 * group's, or its directory has given it an access control list. */
static bool take_after(const struct file *f, const struct stat *old)
{
	mode_t mode = old->st_mode & (f->secret ? 0700 : 0777);
	struct stat new;

	if (fstat(f->fd, &new) < 0)
		return false;
	if (new.st_gid != old->st_gid &&
		fchown(f->fd, (uid_t)-1, old->st_gid) < 0)
		return false;
	return fchmod(f->fd, mode) == 0 && !system_has_acl(f->temporary.path);
}

/* What is to be written over is opened now, so that nothing is received for a
 * file that cannot be. */
static int open_over(struct file *f, const char *target, struct error *e)
{
	int flags = O_WRONLY | O_CLOEXEC | O_NOCTTY | O_NOFOLLOW;
	struct stat st;

	f->over = open(target, flags);
	if (f->over >= 0 && fchmod(f->fd, 0600) == 0 &&
		(!f->secret ||
			(fstat(f->over, &st) == 0 &&
				fchmod(f->over, st.st_mode & 0700) == 0)))
		return 0;
	open_failed(f, errno, e);
	file_discard(f);
	return -ERR_WRITE;
}

static int refuse_to_replace(struct file *f, int number, struct error *e)
{
	f->unreplaceable = true;
	return error_set(e, ERR_WRITE,
		"The file %s cannot be replaced as a whole, as nothing can be "
		"made beside it: %s; --no-atomic writes it in place",
		f->path, error_system(number));
}

static bool is_for_want_of_room(int number)
{
	return number == EACCES || number == EPERM || number == EROFS ||
		number == ENAMETOOLONG;
}

/* Open a temporary file to take the place of what `place` is. */
static int open_beside(struct file *f, struct place *place, struct error *e)
{
	bool exists = place->kind != PLACE_FREE;
	const char *target = place->path ? place->path : f->path;

	f->fd = temporary_make(
		&f->temporary, target, exists || f->secret ? 0600 : 0666);
	if (f->fd < 0) {
		int number = -f->fd;

		f->fd = -1;
		return exists && is_for_want_of_room(number)
			? refuse_to_replace(f, number, e)
			: open_failed(f, number, e);
	}
	f->regular = true;
	f->target = place->path;
	place->path = NULL;
	if (exists &&
		(place->kind == PLACE_SHARED || !take_after(f, &place->st)))
		return open_over(f, target, e);
	return 0;
}

static int open_whole(struct file *f, struct error *e)
{
	struct place place;
	int error;

	if (place_look(&place, f->path) < 0)
		error = error_memory(e);
	else if (place.kind == PLACE_OTHER)
		error = open_in_place(f, O_TRUNC, e);
	else
		error = open_beside(f, &place, e);
	free(place.path);
	return error;
}

/* Not with O_APPEND, so that bytes can be moved to it by the kernel. */
static int open_behind(struct file *f, struct error *e)
{
	int error = open_in_place(f, 0, e);
	off_t end = error == 0 && f->regular ? lseek(f->fd, 0, SEEK_END) : 0;

	if (end >= 0) {
		f->written = (uint64_t)end;
		return error;
	}
	open_failed(f, errno, e);
	close(f->fd);
	f->fd = -1;
	return -ERR_WRITE;
}

static int refuse_taken(struct file *f, struct error *e)
{
	open_failed(f, EEXIST, e);
	return 1;
}

/* The name is taken when all is there. */
static int open_new(struct file *f, struct error *e)
{
	struct place free_place = { .kind = PLACE_FREE };
	struct stat st;

	if (lstat(f->path, &st) == 0)
		return refuse_taken(f, e);
	f->fresh = true;
	return open_beside(f, &free_place, e);
}

static int open_new_in_place(struct file *f, struct error *e)
{
	int error = open_in_place(f, O_EXCL, e);

	return error < 0 && errno == EEXIST ? 1 : error;
}

int file_open(
	struct file *f, const char *path, unsigned int how, struct error *e)
{
	*f = FILE_CLOSED;
	f->path = path;
	f->secret = how & FILE_PRIVATE;
	switch (how & ~FILE_PRIVATE) {
	case FILE_APPEND:
		return open_in_place(f, O_APPEND, e);
	case FILE_RESUME:
		return open_behind(f, e);
	case FILE_NEW:
		return open_new(f, e);
	case FILE_NEW_IN_PLACE:
		return open_new_in_place(f, e);
	case FILE_RESTART:
		return open_in_place(f, O_TRUNC | O_APPEND, e);
	case FILE_REPLACE:
		return open_whole(f, e);
	default:
		return open_in_place(f, O_TRUNC, e);
	}
}

int file_open_somehow(
	struct file *f, const char *path, unsigned int how, struct error *e)
{
	struct error why = { 0 };
	int error = file_open(f, path, how | FILE_REPLACE, &why);

	if (error < 0 && f->unreplaceable)
		return file_open(f, path, how | FILE_TRUNCATE, e);
	if (error < 0)
		*e = why;
	return error;
}

int file_foresee(const char *path, struct error *e)
{
	struct file f = { .path = path };
	struct place place;
	int error = 0;

	if (place_look(&place, path) < 0)
		return error_memory(e);
	if ((place.kind == PLACE_FILE || place.kind == PLACE_SHARED) &&
		!place_has_room(place.path ? place.path : path) &&
		is_for_want_of_room(errno))
		error = refuse_to_replace(&f, errno, e);
	free(place.path);
	return error;
}

int file_foresee_store(const char *path, struct error *e)
{
	struct file f = { .path = path };
	struct place place;
	const char *target;
	int error = 0;

	if (place_look(&place, path) < 0)
		return error_memory(e);
	target = place.path ? place.path : path;
	if (path[directory_of(path).n] == '\0')
		error = open_failed(&f, EISDIR, e);
	else if (place.kind == PLACE_FREE && !place_has_room(target))
		error = open_failed(&f, errno, e);
	else if (place.kind == PLACE_OTHER && S_ISDIR(place.st.st_mode))
		error = open_failed(&f, EISDIR, e);
	else if (place.kind == PLACE_OTHER &&
		faccessat(AT_FDCWD, path, W_OK, AT_EACCESS) < 0)
		error = open_failed(&f, errno, e);
	free(place.path);
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
