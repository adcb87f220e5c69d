#include "support/duplex.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "support/loopback.h"
#include "support/table.h"

static char pattern(size_t at)
{
	return (char)(at * 31 + (at >> 12));
}

char *pattern_of(size_t n)
{
	char *bytes = malloc(n ? n : 1);

	assert_non_null(bytes);
	for (size_t i = 0; i < n; i++)
		bytes[i] = pattern(i);
	return bytes;
}

void assert_pattern(const struct buf *b, size_t n)
{
	assert_int_equal(b->failed, 0);
	assert_int_equal(b->n, n);
	for (size_t i = 0; i < n; i++)
		if (b->p[i] != pattern(i))
			fail_msg("byte %zu is wrong", i);
}

static bool send_all(int fd, const char *bytes, size_t n)
{
	for (size_t at = 0; at < n;) {
		ssize_t put = send(fd, bytes + at, n - at, MSG_NOSIGNAL);

		if (put <= 0)
			return false;
		at += (size_t)put;
	}
	return true;
}

static void peer_send(struct peer *p, size_t n)
{
	char block[65536];

	while (n) {
		size_t most = n < sizeof(block) ? n : sizeof(block);

		for (size_t i = 0; i < most; i++)
			block[i] = pattern(p->at++);
		if (!send_all(p->fd, block, most))
			return;
		n -= most;
	}
}

static void peer_flood(struct peer *p)
{
	static const char block[65536];

	while (send_all(p->fd, block, sizeof(block)))
		;
}

static void peer_receive(struct peer *p, size_t n)
{
	while (n) {
		size_t most = n < 65536 ? n : 65536;
		char *room = buf_reserve(&p->got, most);
		ssize_t got;

		if (!room)
			abort();
		got = recv(p->fd, room, most, 0);
		if (got <= 0)
			return;
		p->got.n += (size_t)got;
		n -= (size_t)got;
	}
}

static void *receive_all(void *argument)
{
	peer_receive(argument, SIZE_MAX);
	return NULL;
}

static void peer_both(struct peer *p, size_t n)
{
	pthread_t receiving;

	if (pthread_create(&receiving, NULL, receive_all, p) != 0)
		abort();
	peer_send(p, n);
	shutdown(p->fd, SHUT_WR);
	pthread_join(receiving, NULL);
}

static void take_step(struct peer *p, const struct step *step)
{
	char byte;

	switch (step->action) {
	case SEND:
		peer_send(p, step->n);
		break;
	case RECEIVE:
		peer_receive(p, step->n);
		break;
	case RECEIVE_ALL:
		peer_receive(p, SIZE_MAX);
		break;
	case BOTH:
		peer_both(p, step->n);
		break;
	case FLOOD:
		peer_flood(p);
		break;
	case SHUT:
		shutdown(p->fd, SHUT_WR);
		break;
	case PAUSE:
		usleep((useconds_t)step->n * 1000);
		break;
	case NO_END:
		usleep(100000);
		p->ended = recv(p->fd, &byte, 1, MSG_DONTWAIT) == 0;
		break;
	case RESET:
	case END:
		break;
	}
}

void *peer_run(void *argument)
{
	struct peer *p = argument;
	size_t i = 0;

	buf_init(&p->got, 4 * BIG);
	while (i < STEPS && p->steps[i].action != END &&
		p->steps[i].action != RESET)
		take_step(p, &p->steps[i++]);
	if (i < STEPS && p->steps[i].action == RESET)
		loopback_reset(p->fd);
	else
		close(p->fd);
	return NULL;
}

struct stream *stream_pair(enum kind kind, int *other)
{
	struct stream *s;
	int ends[2];

	if (kind == TCP) {
		loopback_pair(ends);
	} else {
		assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
		assert_int_equal(fcntl(ends[0], F_SETFL, O_NONBLOCK), 0);
	}
	*other = ends[1];
	s = stream_socket(ends[0], "test", NULL);
	assert_non_null(s);
	return s;
}

static int temporary_file(void)
{
	char path[] = "/tmp/test_conversation.XXXXXX";
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	unlink(path);
	return fd;
}

static void *feeder_run(void *argument)
{
	struct feeder *f = argument;

	for (size_t at = 0; at < f->n;) {
		ssize_t put = write(f->fd, f->bytes + at, f->n - at);

		if (put <= 0)
			break;
		at += (size_t)put;
	}
	close(f->fd);
	return NULL;
}

void supply_init(struct supply *s, enum from from, const char *bytes, size_t n,
	bool crlf)
{
	int ends[2];

	*s = (struct supply){ .from = from, .text = { bytes, n } };
	s->source = (struct source){ .kind = from == TEXTS ? SOURCE_TEXTS
							   : SOURCE_FILE,
		.texts = &s->text,
		.n = 1,
		.fd = -1,
		.name = "-",
		.crlf = crlf };
	if (from == FROM_FILE) {
		s->source.fd = temporary_file();
		assert_int_equal(write(s->source.fd, bytes, n), n);
		assert_int_equal(lseek(s->source.fd, 0, SEEK_SET), 0);
	} else if (from == FROM_PIPE) {
		assert_int_equal(pipe(ends), 0);
		s->source.fd = ends[0];
		s->feeder = (struct feeder){ ends[1], bytes, n };
		assert_int_equal(pthread_create(&s->feeding, NULL, feeder_run,
					 &s->feeder),
			0);
	}
}

void supply_fini(struct supply *s)
{
	source_fini(&s->source);
	if (s->source.fd >= 0)
		close(s->source.fd);
	if (s->from == FROM_PIPE)
		pthread_join(s->feeding, NULL);
}

static int target_take(void *receiver, struct str bytes, struct error *e)
{
	struct target *t = receiver;

	if (t->failing)
		return error_set(e, ERR_WRITE, "the target is full");
	if (t->to != TAKE && write(t->fd, bytes.p, bytes.n) != (ssize_t)bytes.n)
		return error_set(e, ERR_WRITE, "the target fails");
	if (t->to == TAKE)
		buf_add_str(&t->got, bytes);
	return 0;
}

static int target_direct(void *receiver)
{
	return ((struct target *)receiver)->fd;
}

static void *target_read(void *argument)
{
	struct target *t = argument;
	ssize_t got;

	while (clock_now() < t->held_up_until)
		usleep(1000);
	for (;;) {
		char *room = buf_reserve(&t->got, 65536);

		if (!room)
			abort();
		got = read(t->reader, room, 65536);
		if (got <= 0)
			return NULL;
		t->got.n += (size_t)got;
	}
}

void target_init(struct target *t, enum to to, int held_up_ms)
{
	int ends[2];

	*t = (struct target){ .to = to, .fd = -1 };
	buf_init(&t->got, 4 * BIG);
	t->receiver = (struct receiver){ target_take, target_direct, t };
	if (to == TAKE) {
		t->receiver.direct = NULL;
	} else if (to == TO_FILE) {
		t->fd = t->reader = temporary_file();
	} else if (to == TO_NULL) {
		t->fd = open("/dev/null", O_WRONLY);
	} else {
		assert_int_equal(pipe(ends), 0);
		t->reader = ends[0];
		t->fd = ends[1];
		t->held_up_until = clock_now() + held_up_ms * 1000;
		assert_int_equal(
			pthread_create(&t->reading, NULL, target_read, t), 0);
	}
}

void target_finish(struct target *t)
{
	if (t->to == TO_PIPE) {
		close(t->fd);
		pthread_join(t->reading, NULL);
		close(t->reader);
	} else if (t->to == TO_FILE) {
		assert_int_equal(lseek(t->fd, 0, SEEK_SET), 0);
		target_read(t);
		close(t->fd);
	} else if (t->to == TO_NULL) {
		close(t->fd);
	}
}
