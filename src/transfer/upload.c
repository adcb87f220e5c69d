#include "transfer/upload.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/crlf.h"

#define FILE_BUFFER 65536

/* --- memory */

static int memory_next(void *source, struct str *bytes, struct error *e)
{
	struct upload_memory *memory = source;

	(void)e;
	if (memory->given)
		return 0;
	memory->given = true;
	*bytes = memory->bytes;
	return bytes->n > 0;
}

static int memory_rewind(void *source, struct error *e)
{
	struct upload_memory *memory = source;

	(void)e;
	memory->given = false;
	return 0;
}

void upload_from_memory(
	struct upload *u, struct upload_memory *memory, struct str bytes)
{
	static const struct upload_ops ops = { memory_next, memory_rewind };

	*memory = (struct upload_memory){ .bytes = bytes };
	*u = (struct upload){ &ops, memory, bytes.n, -1 };
}

/* --- descriptors */

static int ended_early(const struct upload_file *file, struct error *e)
{
	return error_set(e, ERR_READ,
		"%s: %" PRIu64
		" bytes fewer than it had when the request began",
		file->name, file->left);
}

/* A descriptor that is shared cannot be made one that never blocks. */
static bool is_ready(const struct upload_file *file)
{
	struct pollfd wait = { file->fd, POLLIN, 0 };

	return file->regular || poll(&wait, 1, 0) != 0;
}

static int file_next(void *source, struct str *bytes, struct error *e)
{
	struct upload_file *file = source;
	size_t want = FILE_BUFFER;
	ssize_t n;

	if (file->left < want)
		want = (size_t)file->left;
	if (want == 0)
		return 0;
	if (!file->buffer && !(file->buffer = malloc(FILE_BUFFER)))
		return error_memory(e);
	if (!is_ready(file))
		return -ERR_AGAIN;
	do
		n = read(file->fd, file->buffer, want);
	while (n < 0 && errno == EINTR);
	if (n < 0 && errno == EAGAIN)
		return -ERR_AGAIN;
	if (n < 0)
		return error_set(e, ERR_READ, "%s: cannot be read: %s",
			file->name, error_system(errno));
	file->begun = true;
	if (n == 0)
		return file->left == UPLOAD_UNKNOWN ? 0 : ended_early(file, e);
	if (file->left != UPLOAD_UNKNOWN)
		file->left -= (uint64_t)n;
	*bytes = (struct str){ file->buffer, (size_t)n };
	return 1;
}

static int file_rewind(void *source, struct error *e)
{
	struct upload_file *file = source;

	if (!file->begun)
		return 0;
	if (!file->regular || lseek(file->fd, (off_t)file->start, SEEK_SET) < 0)
		return error_set(e, ERR_SEND_REWIND,
			"%s cannot be read a second time, and the request has "
			"to be sent again",
			file->name);
	file->left = file->length;
	file->begun = false;
	return 0;
}

/* What there is to be sent of a file of `size` bytes. Those that the kernel
 * makes up as they are read have a size of 0. */
static uint64_t length_of(const struct upload_file *file, uint64_t size)
{
	char byte;

	if (size == 0 && pread(file->fd, &byte, 1, (off_t)file->start) > 0)
		return UPLOAD_UNKNOWN;
	return size > file->start ? size - file->start : 0;
}

/* Returns 1 for a regular file, whose size goes to `*size`, 0 or -ERR_READ. */
static int init(struct upload *u, struct upload_file *file, int fd,
	const char *name, uint64_t *size, struct error *e)
{
	static const struct upload_ops ops = { file_next, file_rewind };
	struct stat st;

	*file = (struct upload_file){ .fd = fd,
		.name = name,
		.length = UPLOAD_UNKNOWN,
		.left = UPLOAD_UNKNOWN };
	*u = (struct upload){ &ops, file, UPLOAD_UNKNOWN, fd };
	if (fstat(fd, &st) < 0)
		return error_set(
			e, ERR_READ, "%s: %s", name, error_system(errno));
	if (S_ISDIR(st.st_mode))
		return error_set(e, ERR_READ, "%s is a directory", name);
	*size = (uint64_t)st.st_size;
	file->regular = S_ISREG(st.st_mode);
	return file->regular;
}

static void begin_at(struct upload *u, struct upload_file *file, uint64_t start,
	uint64_t size)
{
	file->start = start;
	file->left = file->length = u->length = length_of(file, size);
}

int upload_from_file(struct upload *u, struct upload_file *file, int fd,
	const char *name, uint64_t start, struct error *e)
{
	uint64_t size;
	int regular = init(u, file, fd, name, &size, e);

	if (regular <= 0)
		return regular;
	if (start > size || lseek(fd, (off_t)start, SEEK_SET) < 0)
		return error_set(e, ERR_READ,
			"%s has fewer than the %" PRIu64
			" bytes to be left out",
			name, start);
	begin_at(u, file, start, size);
	return 0;
}

int upload_from_here(struct upload *u, struct upload_file *file, int fd,
	const char *name, struct error *e)
{
	uint64_t size;
	int regular = init(u, file, fd, name, &size, e);
	off_t at;

	if (regular <= 0)
		return regular;
	at = lseek(fd, 0, SEEK_CUR);
	if (at < 0)
		return error_set(
			e, ERR_READ, "%s: %s", name, error_system(errno));
	begin_at(u, file, (uint64_t)at, size);
	return 0;
}

void upload_file_fini(struct upload_file *file)
{
	free(file->buffer);
	file->buffer = NULL;
}

/* --- line ends */

static int crlf_next(void *source, struct str *bytes, struct error *e)
{
	struct upload_crlf *crlf = source;
	int more = crlf->inner->ops->next(crlf->inner->source, bytes, e);
	char *bigger;

	if (more <= 0)
		return more;
	if (crlf->size < bytes->n * 2) {
		bigger = realloc(crlf->buffer, bytes->n * 2);
		if (!bigger)
			return error_memory(e);
		crlf->buffer = bigger;
		crlf->size = bytes->n * 2;
	}
	bytes->n = crlf_expand(
		&crlf->after_cr, bytes->p, bytes->n, crlf->buffer);
	bytes->p = crlf->buffer;
	return 1;
}

static int crlf_rewind(void *source, struct error *e)
{
	struct upload_crlf *crlf = source;

	crlf->after_cr = false;
	return crlf->inner->ops->rewind(crlf->inner->source, e);
}

void upload_as_crlf(
	struct upload *u, struct upload_crlf *crlf, struct upload *inner)
{
	static const struct upload_ops ops = { crlf_next, crlf_rewind };

	*crlf = (struct upload_crlf){ .inner = inner };
	*u = (struct upload){ &ops, crlf,
		inner->length == 0 ? 0 : UPLOAD_UNKNOWN, inner->fd };
}

void upload_crlf_fini(struct upload_crlf *crlf)
{
	free(crlf->buffer);
	crlf->buffer = NULL;
}
