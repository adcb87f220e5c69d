#include "net/move.h"

#ifdef __linux__

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/interrupt.h"

#define PIPE_WANTED (1 << 20)
#define PIPE_LEAST (64 << 10) /* with less, reading and writing is faster */
#define COPY_BLOCK (16 << 10)

struct mover {
	int from, to;
	int out, in; /* the pipe between; in is `to` and out -1 when that is
		      * itself a pipe */
	bool refused; /* `to` takes no splice */
	uint64_t reached; /* bytes of this move that are in `to` */
};

static bool is_null_device(const struct stat *st)
{
	return S_ISCHR(st->st_mode) && major(st->st_rdev) == 1 &&
		minor(st->st_rdev) == 3;
}

static bool can_take(int to, const struct stat *st)
{
	int flags;

	if (S_ISFIFO(st->st_mode) || is_null_device(st))
		return true;
	if (!S_ISREG(st->st_mode))
		return false;
	flags = fcntl(to, F_GETFL);
	return flags >= 0 && !(flags & O_APPEND);
}

/* A pipe of its own between the two. False when it cannot be had large enough:
 * a user's pipes share a limit, past which they shrink to a page or two. */
static bool open_pipe(struct mover *m)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC) < 0)
		return false;
	m->out = ends[0];
	m->in = ends[1];
	return fcntl(m->in, F_SETPIPE_SZ, PIPE_WANTED) >= 0 ||
		fcntl(m->in, F_GETPIPE_SZ) >= PIPE_LEAST;
}

static void close_pipe(struct mover *m)
{
	if (m->out < 0)
		return;
	close(m->out);
	close(m->in);
}

struct mover *mover_new(int from, int to)
{
	struct mover *m;
	struct stat st;

	if (fstat(to, &st) < 0 || !can_take(to, &st))
		return NULL;
	m = calloc(1, sizeof(*m));
	if (!m)
		return NULL;
	*m = (struct mover){ .from = from, .to = to, .out = -1, .in = to };
	if (S_ISFIFO(st.st_mode)) {
		/* A smaller pipe only costs more calls. */
		(void)fcntl(to, F_SETPIPE_SZ, PIPE_WANTED);
		return m;
	}
	if (open_pipe(m))
		return m;
	mover_free(m);
	return NULL;
}

void mover_free(struct mover *m)
{
	if (m)
		close_pipe(m);
	free(m);
}

/* Leaves errno as it is. */
static int write_failed(struct error *e)
{
	int number = errno;

	error_set(e, ERR_WRITE, "Failure writing output to destination (%s)",
		error_system(number));
	errno = number;
	return -ERR_WRITE;
}

static int timed_out(struct error *e)
{
	return error_set(
		e, ERR_TIMEOUT, "Timed out while the output took no more");
}

static bool is_past(int64_t deadline)
{
	return deadline != DEADLINE_NONE && clock_now() >= deadline;
}

/* Splice found `from` empty or the pipe `to` full, and does not say which. 0
 * when it is worth another try, -ERR_AGAIN for `from`. */
static int wait_for_room(struct mover *m, int64_t deadline, struct error *e)
{
	struct pollfd both[2] = { { .fd = m->from, .events = POLLIN },
		{ .fd = m->to, .events = POLLOUT } };

	if (m->out >= 0)
		return -ERR_AGAIN;
	if (poll(both, 2, 0) < 0 && errno != EINTR)
		return error_set(
			e, ERR_RECV, "Poll failure: %s", error_system(errno));
	if (!both[0].revents)
		return -ERR_AGAIN;
	if (!both[1].revents && interrupt_poll(&both[1], 1, deadline) < 0 &&
		errno != EINTR)
		return write_failed(e);
	return is_past(deadline) ? timed_out(e) : interrupt_check(e);
}

/* From the socket into the pipe. */
static ssize_t take(
	struct mover *m, size_t max, int64_t deadline, struct error *e)
{
	for (;;) {
		ssize_t got = splice(m->from, NULL, m->in, NULL, max,
			SPLICE_F_MOVE | SPLICE_F_NONBLOCK);
		int waited;

		if (got >= 0)
			return got;
		switch (errno) {
		case EINTR:
			continue;
		case EAGAIN:
			waited = wait_for_room(m, deadline, e);
			if (waited < 0)
				return waited;
			continue;
		case EPIPE:
			return write_failed(e);
		case EINVAL:
			m->refused = true;
			return write_failed(e);
		default:
			return error_set(e, ERR_RECV, "Recv failure: %s",
				error_system(errno));
		}
	}
}

static int write_all(
	struct mover *m, const char *from, size_t n, struct error *e)
{
	while (n) {
		ssize_t put = write(m->to, from, n);

		if (put < 0 && errno != EINTR)
			return write_failed(e);
		if (put > 0) {
			m->reached += (uint64_t)put;
			from += put;
			n -= (size_t)put;
		}
	}
	return 0;
}

/* What splice would not take out of the pipe. */
static int copy_out(struct mover *m, size_t n, struct error *e)
{
	char block[COPY_BLOCK];

	while (n) {
		size_t most = n < sizeof(block) ? n : sizeof(block);
		ssize_t got = read(m->out, block, most);
		int result;

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return write_failed(e);
		result = write_all(m, block, (size_t)got, e);
		if (result < 0)
			return result;
		n -= (size_t)got;
	}
	return 0;
}

/* From the pipe to the file, which is always ready. */
static int hand_on(struct mover *m, size_t n, struct error *e)
{
	while (n) {
		ssize_t put = splice(
			m->out, NULL, m->to, NULL, n, SPLICE_F_MOVE);

		if (put < 0 && errno == EINVAL) {
			int result = copy_out(m, n, e);

			m->refused = result == 0; /* else bytes are lost */
			return result;
		}
		if (put < 0 && errno != EINTR)
			return write_failed(e);
		if (put > 0) {
			m->reached += (uint64_t)put;
			n -= (size_t)put;
		}
	}
	return 0;
}

ssize_t mover_move(
	struct mover *m, uint64_t max, int64_t deadline, struct error *e)
{
	ssize_t got;
	int result;

	m->reached = 0;
	if (m->refused) {
		errno = EINVAL;
		return write_failed(e);
	}
	if (is_past(deadline))
		return timed_out(e);
	got = take(
		m, max < PIPE_WANTED ? (size_t)max : PIPE_WANTED, deadline, e);
	if (got <= 0 || m->out < 0)
		return got;
	result = hand_on(m, (size_t)got, e);
	return result < 0 ? result : got;
}

uint64_t mover_reached(const struct mover *m)
{
	return m->reached;
}

bool mover_refused(const struct mover *m)
{
	return m->refused;
}

#endif
