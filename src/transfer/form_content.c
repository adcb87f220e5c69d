#include "transfer/form_content.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/compat.h"
#include "transfer/upload.h"

#define READ_SIZE (64u << 10)

static const char *name_of(const struct form_part *part)
{
	if (part->content == FORM_BYTES)
		return "the content of a part";
	return part->path ? part->path : "standard input";
}

static int read_failed(
	const struct form_content_reader *reader, int number, struct error *e)
{
	return error_set(e, ERR_READ, "cannot read '%s': %s",
		name_of(reader->part), error_system(number));
}

void form_content_init(struct form_content_reader *reader)
{
	*reader = (struct form_content_reader){ .fd = -1 };
}

/* --- files */

static int open_file(
	struct form_content_reader *reader, uint64_t limit, struct error *e)
{
	const struct form_part *part = reader->part;
	struct stat st;

	/* Opening and reading a FIFO would wait for its writer. */
	reader->fd = part->fd;
	if (part->path)
		reader->fd = open(
			part->path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	if (reader->fd < 0 || fstat(reader->fd, &st) < 0)
		return read_failed(reader, errno, e);
	if (S_ISDIR(st.st_mode))
		return read_failed(reader, EISDIR, e);
	reader->pipe = !S_ISREG(st.st_mode);
	if (reader->pipe)
		return 0;
	reader->size = (uint64_t)st.st_size > part->start
		? (uint64_t)st.st_size - part->start
		: 0;
	if (reader->size > limit)
		reader->size = limit;
	reader->left = reader->size;
	reader->offset = part->start;
	return 0;
}

/* A FIFO that has had no writer yet looks, to read(2), as if it had ended. */
static bool has_something(int fd)
{
	struct pollfd poll_fd = { .fd = fd, .events = POLLIN };

	return poll(&poll_fd, 1, 0) != 0;
}

static ssize_t read_some(struct form_content_reader *reader, size_t want)
{
	ssize_t n;

	do
		n = reader->pipe ? read(reader->fd, reader->buffer, want)
				 : pread(reader->fd, reader->buffer, want,
					   (off_t)reader->offset);
	while (n < 0 && errno == EINTR);
	return n;
}

static int read_file(
	struct form_content_reader *reader, struct str *bytes, struct error *e)
{
	size_t want = reader->left < READ_SIZE ? (size_t)reader->left
					       : READ_SIZE;
	ssize_t n;

	*bytes = (struct str){ NULL, 0 };
	if (want == 0)
		return 0;
	if (!reader->buffer && !(reader->buffer = malloc(READ_SIZE)))
		return error_memory(e);
	if (reader->pipe && !has_something(reader->fd))
		return -ERR_AGAIN;
	n = read_some(reader, want);
	if (n < 0)
		return errno == EAGAIN ? -ERR_AGAIN
				       : read_failed(reader, errno, e);
	if (n == 0 && !reader->pipe)
		return error_set(e, ERR_READ,
			"'%s' has become shorter by %" PRIu64 " bytes",
			name_of(reader->part), reader->left);
	if (!reader->pipe)
		reader->left -= (uint64_t)n;
	reader->offset += (uint64_t)n;
	*bytes = (struct str){ reader->buffer, (size_t)n };
	return n > 0;
}

/* --- any content */

int form_content_open(struct form_content_reader *reader,
	const struct form_part *part, uint64_t limit, struct error *e)
{
	form_content_close(reader);
	reader->part = part;
	reader->encoder.encoding = part->encoding;
	reader->size = reader->left = UPLOAD_UNKNOWN;
	buf_init(&reader->encoded, FORM_ENCODED_MAX(READ_SIZE));
	if (part->content == FORM_FILE)
		return open_file(reader, limit, e);
	reader->size = part->bytes.n;
	return 0;
}

/* The next bytes as they are: 1, or 0 with none at the end. */
static int read_plain(
	struct form_content_reader *reader, struct str *bytes, struct error *e)
{
	if (reader->part->content == FORM_FILE)
		return read_file(reader, bytes, e);
	*bytes = str_from(
		buf_str(&reader->part->bytes), (size_t)reader->offset);
	*bytes = str_first(*bytes, READ_SIZE);
	reader->offset += bytes->n;
	return bytes->n > 0;
}

int form_content_next(
	struct form_content_reader *reader, struct str *bytes, struct error *e)
{
	struct error reason = { 0 };
	struct str plain;
	int result;

	buf_clear(&reader->encoded);
	while (!reader->ended && reader->encoded.n == 0) {
		result = read_plain(reader, &plain, e);
		if (result < 0)
			return result;
		reader->ended = result == 0;
		if (form_encoding_is_identity(reader->encoder.encoding)) {
			*bytes = plain;
			return result;
		}
		result = form_encode(&reader->encoder, plain, reader->ended,
			&reader->encoded, &reason);
		if (result < 0)
			return error_set(e, reason.code, "%s: %s",
				name_of(reader->part), reason.text);
	}
	if (reader->encoded.failed)
		return error_memory(e);
	*bytes = buf_str(&reader->encoded);
	return bytes->n > 0;
}

void form_content_close(struct form_content_reader *reader)
{
	if (reader->part && reader->part->path && reader->fd >= 0)
		close(reader->fd);
	free(reader->buffer);
	buf_fini(&reader->encoded);
	form_content_init(reader);
}

/* Read all of it, and count. */
static int count_encoded(
	struct form_content_reader *reader, uint64_t *length, struct error *e)
{
	struct str bytes;
	int result;

	*length = 0;
	while ((result = form_content_next(reader, &bytes, e)) > 0)
		*length += bytes.n;
	return result;
}

/* Whether what is at `path` would be used up, or waited for, by opening it. */
static bool is_special(const char *path)
{
	struct stat st;

	return path && stat(path, &st) == 0 && !S_ISREG(st.st_mode) &&
		!S_ISDIR(st.st_mode);
}

int form_content_measure(const struct form_part *part, uint64_t *size,
	uint64_t *length, struct error *e)
{
	struct form_content_reader reader;
	int result;

	*size = *length = UPLOAD_UNKNOWN;
	if (is_special(part->path))
		return 0;
	form_content_init(&reader);
	result = form_content_open(&reader, part, UPLOAD_UNKNOWN, e);
	*size = reader.size;
	/* A byte that 7bit has no place for is found before any is sent. */
	if (result == 0 && reader.size != UPLOAD_UNKNOWN &&
		(!form_encoding_length(part->encoding, reader.size, length) ||
			part->encoding == FORM_7BIT))
		result = count_encoded(&reader, length, e);
	form_content_close(&reader);
	return result;
}
