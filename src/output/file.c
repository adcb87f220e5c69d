#include "output/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/interrupt.h"
#include "output/descriptor.h"
#include "output/system.h"
#include "output/terminal.h"

#define RESERVE_LEAST (1u << 20) /* less is allocated at once anyway */
#define PIECE 65536u /* read back and written at a time */

void file_borrow(struct file *f, int fd, const char *name)
{
	*f = FILE_CLOSED;
	f->fd = fd;
	f->path = name;
	f->borrowed = true;
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

	if (interrupt_number() && (failed == -EINTR || failed == -ETIMEDOUT))
		return interrupt_check(e);
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

/* What was reserved past the end would stay taken. Returns 0, or -1 and errno.
 */
static int give_back(struct file *f)
{
	bool beyond = !f->borrowed && f->reserved > f->written;

	f->reserved = 0;
	return beyond ? ftruncate(f->fd, (off_t)f->written) : 0;
}

static int close_file(struct file *f)
{
	int fd = f->fd, settled = give_back(f), saved = errno;

	if (f->patient)
		close(f->patient);
	f->patient = 0;
	if (f->over >= 0)
		close(f->over);
	f->over = -1;
	f->fd = -1;
	if (f->borrowed)
		return 0;
	if (settled == 0)
		return close(fd);
	close(fd);
	errno = saved;
	return -1;
}

static void forget_target(struct file *f)
{
	free(f->target);
	f->target = NULL;
}

int file_copy(
	struct file *to, int from, uint64_t at, uint64_t end, struct error *e)
{
	char *piece;
	int error;

	while (at < end) {
		ssize_t n = system_copy(to->fd, from, at, end - at);

		if (n <= 0)
			break;
		at += (uint64_t)n;
		to->written += (uint64_t)n;
	}
	if (at == end)
		return 0;
	piece = malloc(PIECE);
	error = piece ? 0 : error_memory(e);
	while (error == 0 && at < end) {
		struct iovec iov = { piece, 0 };
		ssize_t n = pread(from, piece, PIECE, (off_t)at);

		if (n <= 0) {
			error = error_set(e, ERR_READ,
				"A temporary file cannot be read back: %s",
				n < 0 ? error_system(errno) : "it is cut off");
			break;
		}
		iov.iov_len = (size_t)n;
		error = file_write(to, &iov, 1, e);
		at += (uint64_t)n;
	}
	free(piece);
	return error;
}

/* Write over the file what is whole now. Room is made sure of before anything
 * of it is lost; what fails all the same leaves the whole beside it. */
static int write_over(struct file *f, struct error *e)
{
	struct file to = FILE_CLOSED;
	int error = 0;

	to.fd = f->over;
	to.path = f->path;
	if (!system_reserve(f->over, 0, f->written) && errno == ENOSPC)
		return file_failed(f, ENOSPC, e);
	temporary_keep(&f->temporary);
	error = file_copy(&to, f->fd, 0, f->written, e);
	if (error == 0 && ftruncate(f->over, (off_t)f->written) < 0)
		error = file_failed(&to, errno, e);
	if (error < 0) {
		error_add(e, "; all of it is in %s",
			f->temporary.path ? f->temporary.path
					  : "a file beside");
		temporary_forget(&f->temporary);
		return error;
	}
	temporary_drop(&f->temporary);
	close(f->fd);
	f->fd = f->over;
	f->over = -1;
	return 0;
}

int file_settle(struct file *f, struct error *e)
{
	if (f->fd < 0)
		return 0;
	if (give_back(f) < 0)
		return file_failed(f, errno, e);
	return f->over >= 0 ? write_over(f, e) : 0;
}

/* Where a file cannot be renamed or linked without taking another's place, the
 * name is taken with an empty one. */
static int install_claimed(const char *from, const char *to)
{
	int fd = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	if (fd < 0)
		return -1;
	close(fd);
	return rename(from, to);
}

static int install_new(const char *from, const char *to)
{
	if (system_rename_new(from, to) == 0)
		return 0;
	if (errno == EEXIST)
		return -1;
	if (link(from, to) == 0) {
		unlink(from);
		return 0;
	}
	return errno == EEXIST ? -1 : install_claimed(from, to);
}

static int install(struct file *f, struct error *e)
{
	const char *from = f->temporary.path;
	const char *to = f->target ? f->target : f->path;

	if ((f->fresh ? install_new(from, to) : rename(from, to)) == 0) {
		temporary_forget(&f->temporary);
		return 0;
	}
	if (f->fresh && errno == EEXIST) {
		error_set(e, ERR_WRITE, "The name %s has been taken meanwhile",
			f->path);
		return 1;
	}
	return error_set(e, ERR_WRITE,
		"Failed to rename %s to %s: %s; --no-atomic writes files in "
		"place",
		from, to, error_system(errno));
}

int file_commit_as(struct file *f, const char *path, struct error *e)
{
	int error;

	f->path = path;
	error = install(f, e);
	if (error < 0)
		temporary_drop(&f->temporary);
	return error;
}

int file_commit(struct file *f, struct error *e)
{
	int error;

	if (f->fd < 0)
		return 0;
	error = file_settle(f, e);
	if (close_file(f) < 0 && error == 0)
		error = file_failed(f, errno, e);
	if (error == 0 && f->temporary.path)
		error = install(f, e);
	if (error < 0)
		temporary_drop(&f->temporary);
	if (error <= 0)
		forget_target(f);
	return error;
}

void file_discard(struct file *f)
{
	if (f->fd >= 0)
		(void)close_file(f); /* what was written is not wanted */
	temporary_drop(&f->temporary);
	forget_target(f);
}

/* What goes to a terminal may not control it. */
static int write_safely(struct file *f, struct str content, struct error *e)
{
	struct terminal_filter filter = { .n = 0 };
	struct buf escaped;
	struct iovec iov;
	int error;

	buf_init(&escaped, TERMINAL_ESCAPED(content.n));
	terminal_escape(&filter, content, true, &escaped);
	iov = (struct iovec){ escaped.p, escaped.n };
	error = buf_check(&escaped, "terminal output", e);
	if (error == 0)
		error = file_write(f, &iov, 1, e);
	buf_fini(&escaped);
	return error;
}

int file_store(
	const char *path, unsigned int how, struct str content, struct error *e)
{
	struct iovec iov = { (char *)content.p, content.n };
	struct file f = FILE_CLOSED;
	bool safe = how & FILE_SAFE;
	int error = 0;

	how &= ~(unsigned int)FILE_SAFE;
	if (strcmp(path, "-") == 0)
		file_borrow(&f, STDOUT_FILENO, "standard output");
	else
		error = file_open_somehow(&f, path, how, e);
	if (error == 0 && safe && !f.regular && isatty(f.fd))
		error = write_safely(&f, content, e);
	else if (error == 0)
		error = file_write(&f, &iov, 1, e);
	if (error == 0)
		error = file_commit(&f, e);
	file_discard(&f);
	return error;
}
