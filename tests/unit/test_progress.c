#include "output/progress.h"

#include <unistd.h>

#include "base/clock.h"
#include "support/scratch.h"
#include "support/table.h"

#define HEADING                                                              \
	"  % Total    % Received % Xferd  Average Speed   Time    Time     " \
	"Time  Current\n"                                                    \
	"                                 Dload  Upload   Total   Spent    " \
	"Left  Speed\n"

#define UNKNOWN UINT64_MAX

/* The clock, in place of the real one. */
static int64_t now_us;

int64_t clock_now(void)
{
	return now_us;
}

int deadline_poll(int64_t deadline)
{
	return deadline == DEADLINE_NONE ? -1 : 0;
}

/* --- the table: one row of figures, drawn at the end */

struct figures_row {
	const char *name;
	uint64_t wire, expected, sent;
	int64_t elapsed; /* us */
	const char *line;
};

static const struct figures_row figures_rows[] = {
	{ "nothing but a status", 0, UNKNOWN, 0, 1000000,
		"  0     0    0     0    0     0      0      0 --:--:--  "
		"0:00:01 --:--:--     0" },
	{ "a quarter", 2000, 8000, 0, 1000000,
		" 25  8000   25  2000    0     0   2000      0  0:00:04  "
		"0:00:01  0:00:03     0" },
	{ "all of it", 8000, 8000, 0, 2000000,
		"100  8000  100  8000    0     0   4000      0  0:00:02  "
		"0:00:02 --:--:--     0" },
	{ "in no time", 3000000, 3000000, 0, 0,
		"100 2929k  100 2929k    0     0      0      0 --:--:-- "
		"--:--:-- --:--:--     0" },
	{ "unknown length", 4000, UNKNOWN, 0, 2000000,
		"100  4000    0  4000    0     0   2000      0 --:--:--  "
		"0:00:02 --:--:--     0" },
	{ "upload too", 357, 357, 5, 10000,
		"100   362  100   357  100     5  35700    500 --:--:-- "
		"--:--:-- --:--:--     0" },
	{ "more than expected", 500, 100, 0, 1000000,
		"100   500  100   500    0     0    500      0  0:00:01  "
		"0:00:01 --:--:--     0" },
	{ "five columns of bytes", 99999, 100000, 0, 1000000,
		" 99 97.6k   99 99999    0     0  99999      0  0:00:01  "
		"0:00:01 --:--:--     0" },
	{ "kilobytes", 10238976, UNKNOWN, 0, 1000000,
		"100 9999k    0 9999k    0     0  9999k      0 --:--:--  "
		"0:00:01 --:--:--     0" },
	{ "megabytes", 104857600, UNKNOWN, 0, 2000000,
		"100  100M    0  100M    0     0  50.0M      0 --:--:--  "
		"0:00:02 --:--:--     0" },
	{ "as much as can be", UNKNOWN - 1, UNKNOWN - 1, 0, 1000000,
		"100 15.9E  100 15.9E    0     0  15.9E      0 --:--:--  "
		"0:00:01 --:--:--     0" },
	{ "hours", 1, 360000, 0, 3600000000,
		"  0  351k    0     1    0     0      0      0 --:--:--  "
		"1:00:00 --:--:--     0" },
	{ "99:59:59 in all", 1000, 359999000, 0, 1000000,
		"  0  343M    0  1000    0     0   1000      0 99:59:59  "
		"0:00:01 99:59:58     0" },
	{ "days", 1000, 360000000, 0, 1000000,
		"  0  343M    0  1000    0     0   1000      0   4d 04h  "
		"0:00:01 99:59:59     0" },
	{ "years", 1, 86400000, 0, 1000000,
		"  0 82.3M    0     1    0     0      1      0    1000d  "
		"0:00:01 999d 23h     0" },
};

static void test_figures(const void *data)
{
	const struct figures_row *row = data;
	struct scratch_ends ends = scratch_pipe();
	struct error e;
	struct facts facts;
	struct progress *p;
	struct buf expected;
	char *shown;

	now_us = 77;
	p = progress_new(ends.in, false, &e);
	facts_init(&facts);
	facts.status = 200;
	facts.wire = row->wire;
	facts.expected = row->expected;
	facts.sent = row->sent;
	now_us += row->elapsed;
	progress_end(p, &facts);
	progress_free(p);
	facts_fini(&facts);
	shown = scratch_drain(&ends, NULL);
	buf_init(&expected, 4096);
	buf_printf(&expected, "%s\r%s\n", HEADING, row->line);
	assert_string_equal(shown, buf_text(&expected));
	assert_int_equal(strlen(row->line), 78);
	buf_fini(&expected);
	free(shown);
}

/* --- the bar, drawn at the end */

struct bar_row {
	const char *name;
	const char *columns; /* NULL: the default */
	uint64_t resumed, wire, expected;
	const char *shown;
};

#define TEN "##########"

static const struct bar_row bar_rows[] = {
	{ "all", NULL, 0, 60, 60,
		"\r" TEN TEN TEN TEN TEN TEN TEN "## 100.0%\n" },
	{ "all, 80 columns", "80", 0, 60, 60,
		"\r" TEN TEN TEN TEN TEN TEN TEN "### 100.0%\n" },
	{ "more than all", "30", 0, 61, 60, "\r" TEN TEN "### 100.0%\n" },
	{ "half", "27", 0, 30, 60, "\r" TEN "            50.0%\n" },
	{ "nearly all is not all", "27", 0, 99999, 100000,
		"\r" TEN "#########   99.9%\n" },
	{ "a little", "27", 0, 1, 1000, "\r                       0.1%\n" },
	{ "unknown", "27", 0, 10, UNKNOWN, "\r<=>                 \n" },
	{ "nothing", "27", 0, 0, 60, "" },
	{ "half was there", "27", 50, 25, 50, "\r" TEN "#####       75.0%\n" },
	{ "all but a little was there", "27", 900, 1, 100,
		"\r" TEN "########    90.1%\n" },
};

static void test_bar(const void *data)
{
	const struct bar_row *row = data;
	struct scratch_ends ends = scratch_pipe();
	struct error e;
	struct facts facts;
	struct progress *p = progress_new(ends.in, true, &e);
	char *shown;

	unsetenv("COLUMNS");
	if (row->columns)
		setenv("COLUMNS", row->columns, 1);
	facts_init(&facts);
	facts.status = 200;
	facts.resumed = row->resumed;
	facts.wire = row->wire;
	facts.expected = row->expected;
	progress_end(p, &facts);
	progress_free(p);
	facts_fini(&facts);
	shown = scratch_drain(&ends, NULL);
	assert_string_equal(shown, row->shown);
	free(shown);
}

/* --- when it draws */

/* Lines that were drawn: each begins with a CR. */
static int count_lines(const char *shown)
{
	int n = 0;

	for (; *shown; shown++)
		n += *shown == '\r';
	return n;
}

struct pace_row {
	const char *name;
	bool bar;
	int64_t step; /* us between calls */
	int calls;
	int lines; /* drawn by them */
};

static const struct pace_row pace_rows[] = {
	{ "the first at once", false, 0, 1, 1 },
	{ "no second within a second", false, 999, 1000, 1 },
	{ "the table each second", false, 250000, 9, 3 },
	{ "the bar ten times a second", true, 10000, 101, 11 },
	{ "no oftener than called", true, 3000000, 4, 4 },
};

static void test_pace(const void *data)
{
	const struct pace_row *row = data;
	struct scratch_ends ends = scratch_pipe();
	struct error e;
	struct facts facts;
	struct progress *p;
	char *shown;

	now_us = 5000000;
	p = progress_new(ends.in, row->bar, &e);
	facts_init(&facts);
	for (int i = 0; i < 10; i++)
		progress_show(p, &facts); /* nothing to show yet */
	facts.expected = 1000000;
	for (int i = 0; i < row->calls; i++) {
		facts.wire++;
		progress_show(p, &facts);
		now_us += row->step;
	}
	progress_free(p);
	facts_fini(&facts);
	shown = scratch_drain(&ends, NULL);
	assert_int_equal(count_lines(shown), row->lines);
	free(shown);
}

/* The current speed is that of the last five seconds, not of all. */
static void test_current_speed(const void *row)
{
	struct scratch_ends ends = scratch_pipe();
	struct error e;
	struct facts facts;
	struct progress *p;
	const char *last;
	char *shown;

	(void)row;
	now_us = 0;
	p = progress_new(ends.in, false, &e);
	facts_init(&facts);
	for (int second = 0; second < 20; second++) {
		facts.wire += second < 10 ? 90000 : 100;
		progress_show(p, &facts);
		now_us += 1000000;
	}
	progress_free(p);
	facts_fini(&facts);
	shown = scratch_drain(&ends, NULL);
	last = strrchr(shown, '\r') + 1;
	assert_string_equal(last,
		"100  879k    0  879k    0     0  47421      0 --:--:--  "
		"0:00:19 --:--:--   100");
	free(shown);
}

/* What is shown of a request body under way. */
static const struct upload_row {
	const char *name;
	bool bar;
	uint64_t sent, to_send, wire, expected;
	const char *last;
} upload_rows[] = {
	{ "of a known size", false, 1000, 4000, 0, UNKNOWN,
		" 25  4000    0     0   25  1000      0   1000  0:00:04  "
		"0:00:01  0:00:03     0" },
	{ "of an unknown size", false, 1000, UNKNOWN, 0, UNKNOWN,
		"100  1000    0     0    0  1000      0   1000 --:--:--  "
		"0:00:01 --:--:--     0" },
	{ "an answer beside it", false, 2000, 4000, 100, 400,
		" 47  4400   25   100   50  2000    100   2000  0:00:04  "
		"0:00:01  0:00:03     0" },
	{ "bar", true, 30, 60, 0, UNKNOWN, TEN "            50.0%" },
	{ "bar, an answer of unknown size", true, 60, 60, 20, UNKNOWN,
		TEN TEN " 100.0%" },
	{ "bar, an answer", true, 60, 60, 20, 140, "########" },
	{ "bar, unknown size", true, 60, UNKNOWN, 0, UNKNOWN, "<=>" },
};

static void test_upload(const void *data)
{
	const struct upload_row *row = data;
	struct scratch_ends ends = scratch_pipe();
	struct error e;
	struct facts facts;
	struct progress *p;
	char *shown;

	setenv("COLUMNS", "27", 1);
	now_us = 77;
	p = progress_new(ends.in, row->bar, &e);
	facts_init(&facts);
	facts.sent = row->sent;
	facts.to_send = row->to_send;
	facts.wire = row->wire;
	facts.expected = row->expected;
	now_us += 1000000;
	progress_show(p, &facts);
	progress_free(p);
	facts_fini(&facts);
	shown = scratch_drain(&ends, NULL);
	assert_int_equal(
		strncmp(strrchr(shown, '\r') + 1, row->last, strlen(row->last)),
		0);
	free(shown);
}

/* The walker stays within its line and turns at both ends. */
static void test_walker(const void *row)
{
	struct scratch_ends ends = scratch_pipe();
	struct error e;
	struct facts facts;
	struct progress *p;
	char *shown;
	int at_left = 0, at_right = 0;

	(void)row;
	setenv("COLUMNS", "27", 1);
	now_us = 0;
	p = progress_new(ends.in, true, &e);
	facts_init(&facts);
	facts.wire = 1;
	for (int i = 0; i < 69; i++, now_us += 100000)
		progress_show(p, &facts);
	progress_free(p);
	facts_fini(&facts);
	shown = scratch_drain(&ends, NULL);
	assert_int_equal(strlen(shown), 69 * 21);
	for (int i = 0; i < 69; i++) {
		struct str line = { shown + i * 21, 21 };

		assert_int_equal(line.p[0], '\r');
		assert_true(str_search(line, STR("<=>")) > 0);
		at_left += str_starts(line, STR("\r<=>"));
		at_right += line.p[20] == '>';
	}
	assert_int_equal(at_left, 3);
	assert_int_equal(at_right, 2);
	free(shown);
}

static void test_nothing_came(const void *row)
{
	struct scratch_ends ends = scratch_pipe();
	struct error e;
	struct facts facts;
	struct progress *p = progress_new(ends.in, false, &e);
	char *shown;

	(void)row;
	facts_init(&facts);
	progress_break(p);
	progress_end(p, &facts);
	progress_free(p);
	progress_free(NULL);
	facts_fini(&facts);
	shown = scratch_drain(&ends, NULL);
	assert_string_equal(shown, "");
	free(shown);
}

int main(void)
{
	const struct table tables[] = {
		TABLE("progress_end table", figures_rows, test_figures),
		TABLE("progress_end bar", bar_rows, test_bar),
		TABLE("progress_show", pace_rows, test_pace),
		SINGLE("progress_show current speed", test_current_speed),
		TABLE("progress_show upload", upload_rows, test_upload),
		SINGLE("progress_show walker", test_walker),
		SINGLE("progress_end of nothing", test_nothing_came),
	};

	return table_run(
		"progress", tables, sizeof(tables) / sizeof(tables[0]));
}
