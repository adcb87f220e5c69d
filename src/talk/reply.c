#include "talk/reply.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/compat.h"
#include "base/interrupt.h"

#define BLOCK (64u << 10)

static const struct str data_place = STR("%{data}");
static const struct str peer_place = STR("%{peer}");

static int failed(const char *path, int system_errno, struct error *e)
{
	return error_set(e, ERR_READ, "Failed to read the reply file %s: %s",
		path, error_system(system_errno));
}

void reply_init(struct reply *r)
{
	*r = (struct reply){ .kind = REPLY_NONE };
}

void reply_fini(struct reply *r)
{
	buf_fini(&r->content);
	reply_init(r);
}

/* --- texts */

void reply_text(struct reply *r, struct str text)
{
	reply_init(r);
	r->kind = REPLY_TEXT;
	r->text = text;
	r->wants_data = str_search(text, data_place) >= 0;
}

int reply_fill(const struct reply *r, struct str data, const char *peer,
	struct buf *out, struct error *e)
{
	struct str rest = r->text;
	ssize_t at;

	while ((at = str_find(rest, '%')) >= 0) {
		buf_add_str(out, str_first(rest, (size_t)at));
		rest = str_from(rest, (size_t)at);
		if (str_starts(rest, data_place)) {
			buf_add_str(out, data);
			rest = str_from(rest, data_place.n);
		} else if (str_starts(rest, peer_place)) {
			buf_add_text(out, peer);
			rest = str_from(rest, peer_place.n);
		} else {
			buf_add_char(out, '%');
			rest = str_from(rest, 1);
		}
	}
	buf_add_str(out, rest);
	return buf_check(out, "reply", e);
}

size_t reply_size(const struct reply *r, size_t data)
{
	size_t size = r->text.n;
	struct str rest = r->text;
	ssize_t at;

	if (r->kind != REPLY_TEXT)
		return 0;
	while ((at = str_search(rest, data_place)) >= 0 && size < LIMIT_REPLY) {
		size += data;
		rest = str_from(rest, (size_t)at + data_place.n);
	}
	return size < LIMIT_REPLY ? size : LIMIT_REPLY;
}

/* --- files */

static int wait_readable(
	const struct reply *r, int fd, int64_t deadline, struct error *e)
{
	struct pollfd wait = { .fd = fd, .events = POLLIN };
	int ready = interrupt_poll(&wait, 1, deadline);

	if (ready < 0)
		return interrupt_failed(e);
	if (ready > 0)
		return 0;
	return error_set(e, ERR_TIMEOUT,
		"the reply file %s had not ended in time", r->path);
}

/* Read all of what is no regular file. */
static int hold(struct reply *r, int fd, int64_t deadline, struct error *e)
{
	for (;;) {
		char *room = buf_reserve(&r->content, BLOCK);
		ssize_t n;
		int rc;

		if (!room)
			return buf_check(&r->content, "reply file", e);
		rc = wait_readable(r, fd, deadline, e);
		if (rc < 0)
			return rc;
		n = read(fd, room, BLOCK);
		if (n == 0)
			return 0;
		if (n > 0)
			r->content.n += (size_t)n;
		else if (errno != EINTR && errno != EAGAIN)
			return failed(r->path, errno, e);
	}
}

/* A descriptor of the file, or -ERR_READ. It is not waited here for whoever
 * writes into a pipe. */
static int open_file(const char *path, struct stat *st, struct error *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	int error;

	if (fd < 0)
		return failed(path, errno, e);
	if (fstat(fd, st) == 0 && !S_ISDIR(st->st_mode))
		return fd;
	error = S_ISDIR(st->st_mode) ? EISDIR : errno;
	close(fd);
	return failed(path, error, e);
}

int reply_file(
	struct reply *r, const char *path, int64_t deadline, struct error *e)
{
	struct stat st = { .st_mode = 0 };
	int fd = open_file(path, &st, e);
	int rc = 0;

	reply_init(r);
	if (fd < 0)
		return fd;
	r->kind = REPLY_FILE;
	r->path = path;
	r->held = !S_ISREG(st.st_mode);
	/* One block more, for room is asked for before the end shows. */
	buf_init(&r->content, LIMIT_REPLY + BLOCK);
	if (r->held)
		rc = hold(r, fd, deadline, e);
	close(fd);
	return rc;
}

/* --- to one client */

static int open_answer(struct answer *a, const struct reply *r, struct error *e)
{
	struct stat st = { .st_mode = 0 };

	a->path = r->path;
	a->fd = open_file(r->path, &st, e);
	if (a->fd < 0)
		return a->fd;
	if (!S_ISREG(st.st_mode))
		return error_set(e, ERR_READ,
			"The reply file %s is no regular file any more",
			r->path);
	a->length = (uint64_t)st.st_size;
	return 0;
}

int answer_init(struct answer *a, const struct reply *r, struct str data,
	const char *peer, struct error *e)
{
	int rc = 0;

	*a = (struct answer){ .fd = -1 };
	buf_init(&a->filled, LIMIT_REPLY);
	if (r->kind == REPLY_FILE && !r->held)
		return open_answer(a, r, e);
	a->bytes = buf_str(&r->content);
	if (r->kind == REPLY_TEXT) {
		rc = reply_fill(r, data, peer, &a->filled, e);
		a->bytes = buf_str(&a->filled);
	}
	a->length = a->bytes.n;
	return rc;
}

void answer_fini(struct answer *a)
{
	buf_fini(&a->filled);
	if (a->fd >= 0)
		close(a->fd);
	a->fd = -1;
}

/* Some of what is left of the file: > 0 or an error. */
static ssize_t read_some(
	const struct answer *a, char *to, size_t n, struct error *e)
{
	ssize_t got;

	do
		got = read(a->fd, to, n);
	while (got < 0 && errno == EINTR);
	if (got < 0)
		return failed(a->path, errno, e);
	if (got == 0)
		return error_set(e, ERR_READ,
			"The reply file %s has become shorter while it was "
			"sent",
			a->path);
	return got;
}

int answer_gather(struct answer *a, size_t max, struct error *e)
{
	char *room;

	if (a->length > max)
		return error_set(e, ERR_TOO_LARGE,
			"a reply of %llu bytes, of which %zu can be sent",
			(unsigned long long)a->length, max);
	if (a->fd < 0 || a->length == 0)
		return 0;
	room = buf_reserve(&a->filled, (size_t)a->length);
	if (!room)
		return error_memory(e);
	while (a->filled.n < a->length) {
		size_t n = a->filled.n;
		ssize_t got = read_some(a, room + n, (size_t)a->length - n, e);

		if (got < 0)
			return (int)got;
		a->filled.n += (size_t)got;
	}
	a->bytes = buf_str(&a->filled);
	return 0;
}

static int send_file(
	struct answer *a, char *block, struct visit *v, struct error *e)
{
	uint64_t left = a->length;

	while (left) {
		ssize_t n = read_some(
			a, block, left < BLOCK ? (size_t)left : BLOCK, e);
		int rc = (int)n;

		if (n > 0)
			rc = visit_send(v, (struct str){ block, (size_t)n }, e);
		if (rc < 0)
			return rc;
		left -= (uint64_t)n;
	}
	return 0;
}

int answer_send(struct answer *a, struct visit *v, struct error *e)
{
	char *block;
	int rc;

	if (a->fd < 0)
		return visit_send(v, a->bytes, e);
	block = malloc(BLOCK);
	if (!block)
		return error_memory(e);
	rc = send_file(a, block, v, e);
	free(block);
	return rc;
}
