#include "policy/pace.h"

#include "support/table.h"

#define SECOND INT64_C(1000000)

/* --- not too fast: bytes that pass in ten seconds of trying all the time */

static const struct rate_row {
	const char *name;
	uint64_t speed, most; /* bytes that can be had at once */
	int64_t late; /* us that each wait is too long */
	uint64_t passed; /* in ten seconds, within a slice of it */
} rate_rows[] = {
	{ "one byte a second", 1, 100, 0, 10 },
	{ "three bytes a second", 3, 100, 0, 30 },
	{ "a kilobyte a second", 1000, 16384, 0, 10000 },
	{ "in small pieces", 1000, 7, 0, 10000 },
	{ "waits that take too long", 100000, 16384, 50000, 1000000 },
	{ "much", 1000000000, 262144, 900, UINT64_C(10000000000) },
};

static void test_rate(const void *data)
{
	const struct rate_row *row = data;
	struct pace_config config = { .max_speed = row->speed };
	uint64_t passed = 0, slice = row->speed / 10 + 1;
	int64_t now = 5 * SECOND, end = now + 10 * SECOND;
	struct pace p;

	assert_true(pace_wanted(&config));
	pace_start(&p, &config, 0, now);
	while (now < end) {
		uint64_t n = pace_allow(&p.in, now);

		assert_true(n > 0 && n <= slice);
		if (n > row->most)
			n = row->most;
		pace_spend(&p.in, n, now);
		passed += n;
		if (p.in.due <= now)
			continue;
		assert_int_equal(pace_allow(&p.in, now), 0);
		now = p.in.due + row->late;
	}
	assert_true(passed <= row->passed + 2 * slice);
	assert_true(passed + 2 * slice + row->most >= row->passed);
}

static void test_rate_corners(const void *data)
{
	struct pace_config config = { .max_speed = 10 };
	struct pace p;

	(void)data;
	pace_start(&p, &config, 0, 0);
	/* What came unasked is paid for later, however much it is. */
	pace_spend(&p.in, 100, 0);
	assert_int_equal(p.in.due, 10 * SECOND);
	assert_int_equal(pace_allow(&p.in, 10 * SECOND - 1), 0);
	assert_int_equal(pace_allow(&p.in, 10 * SECOND), 1);
	pace_spend(&p.in, UINT64_MAX, 10 * SECOND);
	assert_int_equal(pace_allow(&p.in, INT64_MAX / 4), 0);
	/* The other direction has a bucket of its own. */
	assert_int_equal(pace_allow(&p.out, 0), 1);
	/* A long silence is not saved up. */
	pace_spend(&p.out, 1, 1000 * SECOND);
	pace_spend(&p.out, 1, 1000 * SECOND);
	assert_int_equal(pace_allow(&p.out, 1000 * SECOND), 0);

	config.max_speed = 0;
	assert_false(pace_wanted(&config));
	pace_start(&p, &config, 0, 0);
	pace_spend(&p.in, 1000, 0);
	assert_true(pace_allow(&p.in, 0) == UINT64_MAX);
	assert_true(pace_next_look(&p) == INT64_MAX);
	assert_false(pace_look(&p, 0, 1000 * SECOND));
}

/* --- not too slow: what comes in each second */

static const struct slow_row {
	const char *name;
	uint64_t min_speed;
	int64_t min_speed_s;
	uint64_t bytes[12]; /* a second; the last one holds on */
	size_t n;
	int64_t gives_up; /* second; -1: never */
	int64_t again; /* second from which on it is counted from 0 again */
} slow_rows[] = {
	{ "nothing at all", 1, 2, { 0 }, 1, 2, 0 },
	{ "for a second", 1, 1, { 0 }, 1, 1, 0 },
	{ "just enough", 100, 3, { 100 }, 1, -1, 0 },
	{ "just not", 100, 3, { 99 }, 1, 3, 0 },
	{ "then nothing", 100, 3, { 100, 100, 100, 0 }, 4, 6, 0 },
	{ "a lot, then nothing", 100, 3, { 100000, 0 }, 2, 8, 0 },
	{ "slow for a while", 100, 4, { 0, 0, 0, 400 }, 4, -1, 0 },
	{ "now and then", 100, 6, { 0, 0, 500, 0, 0, 500, 0, 0, 500, 100 }, 10,
		-1, 0 },
	{ "counted again", 100, 3, { 90, 0 }, 2, 3, 2 },
	{ "counted again, later", 100, 3, { 500, 0 }, 2, 8, 4 },
	{ "counted again, fast enough", 100, 3, { 100 }, 1, -1, 4 },
	{ "no limit", 0, 3, { 0 }, 1, -1, 0 },
	{ "no time", 100, 0, { 0 }, 1, -1, 0 },
};

static void test_slow(const void *data)
{
	const struct slow_row *row = data;
	struct pace_config config = { .min_speed = row->min_speed,
		.min_speed_s = row->min_speed_s };
	int64_t start = 77, gave_up = -1;
	uint64_t bytes = 5;
	struct pace p;

	assert_int_equal(pace_wanted(&config),
		row->min_speed > 0 && row->min_speed_s > 0);
	pace_start(&p, &config, bytes, start);
	for (int64_t second = 1; second < 30 && gave_up < 0; second++) {
		size_t i = (size_t)second - 1;
		int64_t now = start + second * SECOND;

		/* Looked at too early, it is as it was. */
		assert_false(pace_look(&p, bytes, now - 1));
		if (second == row->again)
			bytes = 0;
		if (pace_wanted(&config))
			assert_int_equal(pace_next_look(&p), now);
		bytes += row->bytes[i < row->n ? i : row->n - 1];
		if (pace_look(&p, bytes, now))
			gave_up = second;
	}
	assert_int_equal(gave_up, row->gives_up);
	assert_int_equal(p.too_slow, gave_up >= 0);
}

static const struct table tables[] = {
	TABLE("pace_allow", rate_rows, test_rate),
	SINGLE("pace_spend", test_rate_corners),
	TABLE("pace_look", slow_rows, test_slow),
};

int main(void)
{
	return table_run("pace", tables, sizeof(tables) / sizeof(tables[0]));
}
