#include "cli/input.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/compat.h"

#define READ_SIZE (64u << 10)

static int read_failed(const char *path, struct error *e)
{
	return error_set(
		e, ERR_READ, "cannot read '%s': %s", path, error_system(errno));
}

static int read_all(struct buf *out, int fd, const char *path, struct error *e)
{
	for (;;) {
		char bytes[READ_SIZE];
		ssize_t n = read(fd, bytes, sizeof(bytes));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return read_failed(path, e);
		if (n == 0)
			return 0;
		buf_add(out, bytes, (size_t)n);
		if (out->failed == ERR_TOO_LARGE)
			return error_set(e, ERR_TOO_LARGE,
				"'%s' is larger than %zu bytes", path,
				out->max);
		if (out->failed)
			return error_memory(e);
	}
}

int input_read(struct buf *out, const char *path, struct error *e)
{
	bool is_stdin = strcmp(path, "-") == 0;
	int fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	int error;

	if (fd < 0)
		return read_failed(path, e);
	error = read_all(out, fd, path, e);
	if (!is_stdin)
		close(fd);
	return error;
}
