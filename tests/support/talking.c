#include "support/talking.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "base/num.h"
#include "support/table.h"

#define CLIENT_S 10
#define END_S 20
#define RECEIVED_MAX (256u << 20)

static int take(void *receiver, struct str bytes, struct error *e)
{
	struct talking *t = receiver;
	bool full;

	pthread_mutex_lock(&t->lock);
	buf_add_str(&t->received, bytes);
	full = t->fail_after && t->received.n > (size_t)t->fail_after;
	pthread_cond_broadcast(&t->changed);
	pthread_mutex_unlock(&t->lock);
	return full ? error_set(e, ERR_WRITE, "the receiver is full") : 0;
}

static void note(void *context, const char *line)
{
	struct talking *t = context;

	buf_add_text(&t->notes, line);
	buf_add_char(&t->notes, '\n');
}

static void ready(void *context, const char *address)
{
	struct talking *t = context;
	const char *colon = strrchr(address, ':');
	uint64_t port = 0;

	pthread_mutex_lock(&t->lock);
	snprintf(t->url, sizeof(t->url), "%s", address);
	if (num_decimal(str_of(colon + 1), UINT16_MAX, &port))
		t->port = (uint16_t)port;
	t->is_ready = true;
	pthread_cond_broadcast(&t->changed);
	pthread_mutex_unlock(&t->lock);
}

void talking_init(struct talking *t, const char *url)
{
	struct error e = { 0 };

	*t = (struct talking){
		.talk = { .wait_ms = -1, .count = -1 },
		.config = { .ready = ready, .note = note, .context = t },
	};
	t->talk.receiver = (struct receiver){ .take = take, .receiver = t };
	if (endpoint_parse(&t->talk.endpoint, str_of(url), true, &e) < 0)
		fail_msg("%s", e.text);
	buf_init(&t->received, RECEIVED_MAX);
	buf_init(&t->notes, RECEIVED_MAX);
	pthread_mutex_init(&t->lock, NULL);
	pthread_cond_init(&t->changed, NULL);
}

static void *run(void *context)
{
	struct talking *t = context;

	t->result = talk_listen(&t->talk, &t->config, &t->error);
	pthread_mutex_lock(&t->lock);
	t->has_ended = true;
	pthread_cond_broadcast(&t->changed);
	pthread_mutex_unlock(&t->lock);
	return NULL;
}

/* Wait for a change; false when there was none for too long. */
static bool wait_change(struct talking *t, int seconds)
{
	struct timespec until;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += seconds;
	return pthread_cond_timedwait(&t->changed, &t->lock, &until) == 0;
}

void talking_start(struct talking *t)
{
	bool in_time = true;

	assert_int_equal(pthread_create(&t->thread, NULL, run, t), 0);
	pthread_mutex_lock(&t->lock);
	while (in_time && !t->is_ready && !t->has_ended)
		in_time = wait_change(t, END_S);
	pthread_mutex_unlock(&t->lock);
	assert_true(in_time);
}

void talking_stop(struct talking *t)
{
	bool in_time = true;

	pthread_mutex_lock(&t->lock);
	while (in_time && !t->has_ended)
		in_time = wait_change(t, END_S);
	pthread_mutex_unlock(&t->lock);
	if (!in_time)
		fail_msg("the listener does not end");
	pthread_join(t->thread, NULL);
}

void talking_fini(struct talking *t)
{
	endpoint_fini(&t->talk.endpoint);
	buf_fini(&t->received);
	buf_fini(&t->notes);
	pthread_mutex_destroy(&t->lock);
	pthread_cond_destroy(&t->changed);
}

void talking_wait(struct talking *t, size_t n)
{
	bool in_time = true;
	size_t got;

	pthread_mutex_lock(&t->lock);
	while (in_time && t->received.n < n)
		in_time = wait_change(t, CLIENT_S);
	got = t->received.n;
	pthread_mutex_unlock(&t->lock);
	if (got < n)
		fail_msg("received %zu of %zu bytes", got, n);
}

int talking_connect(const struct talking *t, int family, int type)
{
	struct sockaddr_in v4 = { .sin_family = AF_INET,
		.sin_port = htons(t->port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct sockaddr_in6 v6 = { .sin6_family = AF_INET6,
		.sin6_port = htons(t->port),
		.sin6_addr = in6addr_loopback };
	struct timeval limit = { .tv_sec = CLIENT_S };
	int fd = socket(family, type | SOCK_CLOEXEC, 0);
	int rc;

	assert_true(fd >= 0);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	if (family == AF_INET6)
		rc = connect(fd, (struct sockaddr *)&v6, sizeof(v6));
	else
		rc = connect(fd, (struct sockaddr *)&v4, sizeof(v4));
	assert_int_equal(rc, 0);
	return fd;
}

void talking_send(int fd, struct str bytes)
{
	while (bytes.n) {
		ssize_t n = send(fd, bytes.p, bytes.n, MSG_NOSIGNAL);

		assert_true(n > 0);
		bytes = str_from(bytes, (size_t)n);
	}
}

char *talking_receive(int fd, size_t *n)
{
	struct buf all;
	ssize_t got;

	buf_init(&all, RECEIVED_MAX);
	do {
		char *room = buf_reserve(&all, 65536);

		assert_non_null(room);
		got = recv(fd, room, 65536, 0);
		if (got > 0)
			all.n += (size_t)got;
	} while (got > 0);
	if (n)
		*n = all.n;
	if (got == 0)
		return buf_take(&all);
	assert_int_equal(errno, ECONNRESET);
	buf_fini(&all);
	return NULL;
}

int talking_descriptors(void)
{
	DIR *d = opendir("/proc/self/fd");
	int n = 0;

	assert_non_null(d);
	while (readdir(d))
		n++;
	closedir(d);
	return n;
}
