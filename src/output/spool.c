#include "output/spool.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/compat.h"
#include "output/descriptor.h"
#include "output/system.h"

#define PATH_LIMIT 65536u

void spool_init(struct spool *s)
{
	*s = (struct spool){ .fd = -1 };
	buf_init(&s->memory, LIMIT_SPOOL);
}

void spool_fini(struct spool *s)
{
	buf_fini(&s->memory);
	if (s->fd >= 0)
		close(s->fd);
	s->fd = -1;
}

/* A file that is gone with its descriptor, also when the program is killed;
 * where the system has no such files, but for the moment before unlink. -1 and
 * errno on failure. */
static int open_unnamed(const char *directory)
{
	int fd = system_open_unnamed(directory);
	struct buf path;
	char *text;

	if (fd >= 0)
		return fd;
	buf_init(&path, PATH_LIMIT);
	buf_printf(&path, "%s/minifetch-XXXXXX", directory);
	text = buf_take(&path);
	fd = text ? mkostemp(text, O_CLOEXEC) : -1;
	if (fd >= 0)
		unlink(text);
	free(text);
	return fd;
}

int spool_failed(int number, struct error *e)
{
	return error_set(e, ERR_WRITE,
		"Failure writing output to a temporary file: %s",
		error_system(number));
}

/* From memory to a file. */
static int move_out(struct spool *s, struct error *e)
{
	const char *directory = getenv("TMPDIR");
	int failed;

	if (!directory || !*directory)
		directory = "/tmp";
	s->fd = open_unnamed(directory);
	if (s->fd < 0)
		return error_set(e, ERR_WRITE,
			"No temporary file can be made in %s: %s; TMPDIR names "
			"another directory",
			directory, error_system(errno));
	failed = descriptor_write_str(s->fd, buf_str(&s->memory));
	buf_fini(&s->memory);
	return failed < 0 ? spool_failed(-failed, e) : 0;
}

int spool_write(
	struct spool *s, const struct iovec *iov, int n, struct error *e)
{
	uint64_t total = 0, written = 0;
	int failed;

	for (int i = 0; i < n; i++)
		total += iov[i].iov_len;
	if (s->fd < 0 && total > LIMIT_SPOOL - s->memory.n &&
		move_out(s, e) < 0)
		return -e->code;
	if (s->fd >= 0) {
		failed = descriptor_write(
			s->fd, iov, n, DEADLINE_NONE, &written);
		s->size += written;
		return failed < 0 ? spool_failed(-failed, e) : 0;
	}
	for (int i = 0; i < n; i++)
		buf_add(&s->memory, iov[i].iov_base, iov[i].iov_len);
	s->size += total;
	return s->memory.failed ? error_memory(e) : 0;
}

int spool_direct(struct spool *s, uint64_t expected)
{
	struct error ignored; /* it happens again, and is told, in spool_write
			       */

	if (s->fd < 0 && expected > LIMIT_SPOOL - s->memory.n &&
		expected != UINT64_MAX)
		move_out(s, &ignored);
	return s->fd;
}

void spool_moved(struct spool *s, uint64_t n)
{
	s->size += n;
}

void spool_mark(struct spool *s)
{
	s->mark = s->size;
}

int spool_cut(struct spool *s, struct error *e)
{
	s->size = s->mark;
	if (s->fd < 0)
		s->memory.n = (size_t)s->mark;
	else if (ftruncate(s->fd, (off_t)s->mark) < 0 ||
		lseek(s->fd, (off_t)s->mark, SEEK_SET) < 0)
		return spool_failed(errno, e);
	return 0;
}

int spool_release(struct spool *s, struct file *to, struct error *e)
{
	struct iovec iov = { s->memory.p, s->memory.n };

	if (s->fd < 0)
		return iov.iov_len ? file_write(to, &iov, 1, e) : 0;
	return file_copy(to, s->fd, 0, s->size, e);
}
