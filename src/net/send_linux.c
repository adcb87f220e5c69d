#include "net/send.h"

#ifdef __linux__

#include <errno.h>
#include <fcntl.h>
#include <linux/sockios.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>

#define PIPE_WANTED (1 << 20)
#define BLOCK (1 << 20) /* a call, so that a caller can look at its clock */

struct sender {
	int from, to;
	bool is_pipe;
	bool starved;
};

struct sender *sender_new(int from, int to)
{
	struct sender *s;
	struct stat st;

	if (fstat(from, &st) < 0 ||
		(!S_ISREG(st.st_mode) && !S_ISFIFO(st.st_mode)))
		return NULL;
	s = calloc(1, sizeof(*s));
	if (!s)
		return NULL;
	*s = (struct sender){
		.from = from, .to = to, .is_pipe = S_ISFIFO(st.st_mode)
	};
	/* A smaller pipe only costs more calls. */
	if (s->is_pipe)
		(void)fcntl(from, F_SETPIPE_SZ, PIPE_WANTED);
	return s;
}

void sender_free(struct sender *s)
{
	free(s);
}

/* Splice found the pipe empty or the socket full, and does not say which. */
static ssize_t find_cause(struct sender *s)
{
	struct pollfd from = { .fd = s->from, .events = POLLIN };

	s->starved = poll(&from, 1, 0) == 0;
	return -ERR_AGAIN;
}

static ssize_t failed(struct error *e)
{
	switch (errno) {
	case EINVAL:
	case ENOSYS:
		return error_set(e, ERR_NOT_BUILT_IN,
			"The system cannot move these bytes: %s",
			error_system(errno));
	case EIO:
	case EBADF:
		return error_set(
			e, ERR_READ, "Failed to read: %s", error_system(errno));
	default:
		return error_set(
			e, ERR_SEND, "Send failure: %s", error_system(errno));
	}
}

ssize_t sender_move(struct sender *s, uint64_t max, struct error *e)
{
	size_t n = max < BLOCK ? (size_t)max : BLOCK;
	ssize_t put;

	do
		put = s->is_pipe ? splice(s->from, NULL, s->to, NULL, n,
					   SPLICE_F_MOVE | SPLICE_F_NONBLOCK)
				 : sendfile(s->to, s->from, NULL, n);
	while (put < 0 && errno == EINTR);
	s->starved = false;
	if (put >= 0)
		return put;
	if (errno != EAGAIN)
		return failed(e);
	return s->is_pipe ? find_cause(s) : -ERR_AGAIN;
}

bool sender_starved(const struct sender *s)
{
	return s->starved;
}

size_t send_queued(int to)
{
	int n;

	return ioctl(to, SIOCOUTQ, &n) == 0 && n > 0 ? (size_t)n : 0;
}

#endif
