#include "talk/visit.h"

#include "base/clock.h"
#include "base/limits.h"

#define PIECE (64u << 10)
#define FAREWELL_MS 1000
#define BLOCK 4096

int64_t visit_deadline(const struct visit *v, int64_t ms)
{
	return deadline_earlier(v->deadline, deadline_in(ms));
}

void visit_begin(struct visit *v)
{
	v->begun = clock_now();
	v->come = 0;
	pulse_begin(v->pulse);
}

int64_t visit_due(const struct visit *v)
{
	if (v->speed <= 0)
		return v->deadline;
	return deadline_earlier(v->deadline,
		v->begun + v->idle_ms * 1000 +
			(int64_t)(v->come * 1000000 / (uint64_t)v->speed));
}

int visit_too_slow(const struct visit *v, struct error *e)
{
	return error_set(e, ERR_TIMEOUT,
		"%llu bytes of a request have come in %lld ms, which is slower "
		"than %lld bytes a second (--speed-limit)",
		(unsigned long long)v->come,
		(long long)(clock_now() - v->begun) / 1000,
		(long long)v->speed);
}

int visit_keep(struct visit *v, size_t n, struct error *e)
{
	size_t before;

	if (!v->kept)
		return 0;
	before = atomic_fetch_add(&v->kept->n, n);
	v->keeps += n;
	if (n <= LIMIT_HEARD_ALL && before <= LIMIT_HEARD_ALL - n)
		return 0;
	atomic_fetch_sub(&v->kept->n, n);
	v->keeps -= n;
	return error_set(e, ERR_TOO_LARGE,
		"what is kept of all clients' requests, and for the answers to "
		"them, would be over %u MiB",
		LIMIT_HEARD_ALL >> 20);
}

void visit_forget(struct visit *v)
{
	if (v->kept)
		atomic_fetch_sub(&v->kept->n, v->keeps);
	v->keeps = 0;
}

ssize_t visit_receive(
	struct visit *v, void *to, size_t n, int64_t deadline, struct error *e)
{
	ssize_t got = stream_read(v->stream, to, n, deadline, e);
	int rc;

	if (got <= 0)
		return got;
	v->come += (uint64_t)got;
	pulse_beat(v->pulse, (size_t)got);
	rc = transcript_tell(v->transcript, &v->place, TRANSCRIPT_RECEIVED,
		v->peer, (struct str){ to, (size_t)got }, e);
	return rc < 0 ? rc : got;
}

int visit_take(struct visit *v, struct str bytes, struct error *e)
{
	return v->receiver->take(v->receiver->receiver, bytes, e);
}

int visit_send(struct visit *v, struct str bytes, struct error *e)
{
	while (bytes.n) {
		struct str piece = str_first(bytes, PIECE);
		int rc = stream_write(v->stream, piece.p, piece.n,
			visit_deadline(v, v->idle_ms), e);

		if (rc == 0)
			pulse_beat(v->pulse, piece.n);
		if (rc == 0)
			rc = transcript_tell(v->transcript, &v->place,
				TRANSCRIPT_SENT, v->peer, piece, e);
		if (rc < 0)
			return rc;
		bytes = str_from(bytes, piece.n);
	}
	return 0;
}

static void shut(struct visit *v, int64_t deadline)
{
	struct stream *s = v->stream;
	struct error unheard;

	while (s->ops->shut(s, &unheard) == STREAM_AGAIN)
		if (stream_wait(s, 0, deadline, &unheard) < 0)
			return;
}

int visit_finish(struct visit *v, bool take, struct error *e)
{
	int64_t deadline = visit_deadline(v, FAREWELL_MS);
	struct error unheard;
	char block[BLOCK];

	shut(v, deadline);
	for (;;) {
		ssize_t n = visit_receive(
			v, block, sizeof(block), deadline, &unheard);
		int rc = 0;

		if (n <= 0)
			return 0;
		if (take)
			rc = visit_take(v, (struct str){ block, (size_t)n }, e);
		if (rc < 0)
			return rc;
	}
}
