#include "output/recording.h"

#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "support/scratch.h"
#include "support/table.h"

/* The clock, in place of the real one: each look at it takes 1.5 ms. */
static _Atomic int64_t now = 5000000;

int64_t clock_now(void)
{
	return atomic_fetch_add(&now, 1500) + 1500;
}

static const struct error failure = { .code = ERR_RECV,
	.text = "Recv failure: \"why\"" };

static void opened(struct recording *r)
{
	assert_int_equal(recording_opened(r, "h", 8080, true), 0);
	assert_int_equal(recording_opened(r, "::1", 80, false), 1);
}

static void sent(struct recording *r)
{
	struct iovec iov[3] = { { (char *)"GET /", 5 }, { (char *)"", 0 },
		{ (char *)"\r\nabc", 5 } };

	recording_sent(r, 7, iov, 10);
	recording_sent(r, 7, iov, 8);
	recording_sent(r, 7, iov, 3);
}

static void received(struct recording *r)
{
	recording_received(r, 2, STR("\xc3\xa4\0\x1b"));
	recording_received(r, 2, STR("\xe4"));
	recording_received(r, 2, STR("\xc3"));
}

static void ended(struct recording *r)
{
	recording_ended(r, 0, false, NULL);
	recording_ended(r, 0, false, &failure);
	recording_ended(r, 0, true, &failure);
}

static void others(struct recording *r)
{
	recording_refused(r, 0, &failure);
	recording_shut(r, 0);
	recording_closed(r, 0);
}

#define LINE(time, connection, event, more)                                   \
	"{\"time\":" time ",\"connection\":" connection ",\"event\":\"" event \
	"\"" more "}\n"
#define WHY ",\"code\":56,\"error\":\"Recv failure: \\\"why\\\"\""

static const struct event_row {
	const char *name;
	void (*happen)(struct recording *r);
	const char *expected;
} event_rows[] = {
	{ "opened", opened,
		LINE("0.001500", "0", "open",
			",\"host\":\"h\",\"port\":8080,\"tls\":true")
			LINE("0.003000", "1", "open",
				",\"host\":\"::1\",\"port\":80,\"tls\":"
				"false") },
	{ "sent", sent,
		LINE("0.001500", "7", "sent", ",\"text\":\"GET /\\r\\nabc\"")
			LINE("0.003000", "7", "sent",
				",\"text\":\"GET /\\r\\na\"") LINE("0.004500",
				"7", "sent", ",\"text\":\"GET\"") },
	{ "received", received,
		LINE("0.001500", "2", "received",
			",\"text\":\"\xc3\xa4\\u0000\\u001b\"") LINE("0.003000",
			"2", "received", ",\"base64\":\"5A==\"")
			LINE("0.004500", "2", "received",
				",\"base64\":\"ww==\"") },
	{ "ended", ended,
		LINE("0.001500", "0", "end", "") LINE("0.003000", "0", "failed",
			WHY) LINE("0.004500", "0", "cut", WHY) },
	{ "others", others,
		LINE("0.001500", "0", "refused", WHY) LINE("0.003000", "0",
			"shut", "") LINE("0.004500", "0", "close", "") },
};

static void test_events(const void *data)
{
	const struct event_row *row = data;
	struct scratch_ends pipe = scratch_pipe();
	struct error e = { 0 };
	struct recording *r = recording_new(pipe.in, &e);
	char *written;

	assert_non_null(r);
	row->happen(r);
	assert_int_equal(recording_check(r, &e), 0);
	recording_free(r);
	written = scratch_drain(&pipe, NULL);
	assert_string_equal(written, row->expected);
	free(written);
}

static void test_failure(const void *unused)
{
	int fd = open("/dev/full", O_WRONLY);
	struct error e = { 0 };
	struct recording *r;

	(void)unused;
	if (fd < 0)
		skip();
	r = recording_new(fd, &e);
	recording_closed(r, 0);
	recording_closed(r, 0);
	assert_int_equal(recording_check(r, &e), -ERR_WRITE);
	assert_string_equal(e.text, "cannot write: No space left on device");
	recording_free(r);
	close(fd);
}

#define THREADS 4
#define LINES 50

static void *record(void *recording)
{
	long connection = recording_opened(recording, "h", 1, false);

	for (int i = 0; i < LINES; i++)
		recording_received(recording, connection, STR("abc"));
	return NULL;
}

static void test_threads(const void *unused)
{
	struct scratch_ends pipe = scratch_pipe();
	struct error e = { 0 };
	struct recording *r = recording_new(pipe.in, &e);
	pthread_t threads[THREADS];
	size_t lines = 0;
	char *written, *line;

	(void)unused;
	for (int i = 0; i < THREADS; i++)
		assert_int_equal(
			pthread_create(&threads[i], NULL, record, r), 0);
	for (int i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	recording_free(r);
	written = scratch_drain(&pipe, NULL);
	for (line = written; *line; line = strchr(line, '\n') + 1) {
		assert_true(str_starts(str_of(line), STR("{\"time\":")));
		assert_memory_equal(strchr(line, '\n') - 1, "}", 1);
		lines++;
	}
	assert_int_equal(lines, THREADS * (LINES + 1));
	free(written);
}

int main(void)
{
	static const struct table tables[] = {
		TABLE("events", event_rows, test_events),
		SINGLE("nothing can be written", test_failure),
		SINGLE("several threads", test_threads),
	};

	return table_run(
		"recording", tables, sizeof(tables) / sizeof(tables[0]));
}
