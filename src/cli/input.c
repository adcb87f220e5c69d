#include "cli/input.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <unistd.h>

#include "base/compat.h"
#include "base/interrupt.h"

#define READ_SIZE (64u << 10)

static int read_failed(const char *path, struct error *e)
{
	return error_set(
		e, ERR_READ, "cannot read '%s': %s", path, error_system(errno));
}

/* `at` is where the bytes begin. Returns what of them is from `first` to
 * `last`.
 */
static struct str cut(
	struct str bytes, uint64_t at, uint64_t first, uint64_t last)
{
	if (last - at < bytes.n)
		bytes = str_first(bytes, (size_t)(last - at) + 1);
	if (first <= at)
		return bytes;
	return str_from(
		bytes, first - at < bytes.n ? (size_t)(first - at) : bytes.n);
}

static int read_part(struct buf *out, int fd, const char *path, uint64_t first,
	uint64_t last, struct error *e)
{
	uint64_t at = 0;

	while (at <= last) {
		char bytes[READ_SIZE];
		ssize_t n = read(fd, bytes, sizeof(bytes));

		if (n < 0 && errno == EINTR && !interrupt_number())
			continue;
		if (n < 0)
			return read_failed(path, e);
		if (n == 0)
			return 0;
		buf_add_str(out,
			cut((struct str){ bytes, (size_t)n }, at, first, last));
		at += (size_t)n;
		if (out->failed == ERR_TOO_LARGE)
			return error_set(e, ERR_TOO_LARGE,
				"'%s' is larger than %zu bytes", path,
				out->max);
		if (out->failed)
			return error_memory(e);
	}
	return 0;
}

int input_read_part(struct buf *out, const char *path, uint64_t first,
	uint64_t last, struct error *e)
{
	bool is_stdin = strcmp(path, "-") == 0;
	int fd = is_stdin ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC);
	int error;

	if (fd < 0)
		return read_failed(path, e);
	error = read_part(out, fd, path, first, last, e);
	if (!is_stdin)
		close(fd);
	return error;
}

bool input_exists(const char *path)
{
	return strcmp(path, "-") == 0 || access(path, F_OK) == 0 ||
		(errno != ENOENT && errno != ENOTDIR);
}

int input_read(struct buf *out, const char *path, struct error *e)
{
	return input_read_part(out, path, 0, UINT64_MAX, e);
}

int input_claim(struct error *e)
{
	static atomic_flag claimed = ATOMIC_FLAG_INIT;

	if (!atomic_flag_test_and_set(&claimed))
		return 0;
	return error_set(e, ERR_READ,
		"standard input cannot be sent to two URLs at once; leave out "
		"-Z, or give each a file with -T");
}
