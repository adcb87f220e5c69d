/* Recordings: what is read makes sense, and every connection can be replayed to
 * its end. */
#include <stdint.h>
#include <stdlib.h>

#include "net/replay.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
	if (!holds)
		abort();
}

/* Turns are in order, and end with all that was received. */
static void check_turns(const struct replay_connection *c)
{
	size_t end = 0;

	for (size_t i = 0; i < c->n_turns; i++) {
		check(c->turns[i].end >= end);
		check(c->turns[i].end > end || i + 1 == c->n_turns);
		end = c->turns[i].end;
	}
	check(end == c->received.n);
}

/* Read it as who waits whenever there is nothing. */
static void play(struct replay *r, const struct replay_connection *c)
{
	struct error e = { 0 };
	struct stream *s = replay_open(r, c->host, c->port, c->tls, &e);
	size_t read = 0, steps = 0;
	ssize_t n;

	check(s != NULL);
	do {
		char bytes[16];

		n = stream_read(s, bytes, sizeof(bytes), INT64_MAX, &e);
		read += n > 0 ? (size_t)n : 0;
		check(++steps <= c->received.n + 1);
	} while (n > 0);
	check(read == c->received.n);
	check((n == 0) == (c->end == REPLAY_END));
	check(s->truncated == (c->end == REPLAY_CUT));
	stream_close(s);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str text = { (const char *)data, size };
	struct error e = { 0 };
	struct replay r;

	if (replay_parse(&r, text, &e) < 0) {
		check(e.code == ERR_READ || e.code == ERR_OUT_OF_MEMORY);
		check(e.code != ERR_READ ||
			str_starts(str_of(e.text), STR("line ")));
		replay_fini(&r);
		return 0;
	}
	r.step = size % 4;
	for (size_t i = 0; i < r.n; i++)
		check_turns(&r.connections[i]);
	/* Connections to the same place come in their order. */
	for (size_t i = 0; i < r.n; i++)
		play(&r, &r.connections[i]);
	replay_fini(&r);
	return 0;
}
