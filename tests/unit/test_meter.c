#include "output/meter.h"

#include "base/clock.h"
#include "support/table.h"

#define HEADING \
	"DL% UL%  Dled  Uled  Xfers  Live Total     Current  Left    Speed\n"
#define UNKNOWN UINT64_MAX

/* The clock, in place of the real one. */
static int64_t now_us;

int64_t clock_now(void)
{
	return now_us;
}

struct line_row {
	const char *name;
	bool complete; /* no more transfers are to come */
	struct {
		uint64_t wire, expected, sent;
		bool joins, leaves;
	} transfers[3];
	const char *line;
};

static const struct line_row line_rows[] = {
	{ "nothing yet", false, { { .joins = false } },
		"--  --      0     0     0     0  --:--:--  0:00:02 --:--:--   "
		"  0" },
	{ "sizes are known, but not how many", false,
		{ { 500, 1000, 0, true, false } },
		"--  --    500     0     1     1  --:--:--  0:00:02 --:--:--   "
		"250" },
	{ "a quarter of all", true,
		{ { 500, 1000, 0, true, false }, { 0, 1000, 0, true, false } },
		" 25 --    500     0     2     2   0:00:08  0:00:02  0:00:06   "
		"250" },
	{ "a size is unknown", true,
		{ { 500, 1000, 0, true, false },
			{ 10, UNKNOWN, 0, true, false } },
		"--  --    510     0     2     2  --:--:--  0:00:02 --:--:--   "
		"255" },
	{ "what is over has its size", true,
		{ { 500, 1000, 0, true, false },
			{ 500, UNKNOWN, 0, true, true } },
		" 66 --   1000     0     2     1   0:00:03  0:00:02  0:00:01   "
		"500" },
	{ "one failed half-way", true,
		{ { 500, 1000, 0, true, true }, { 500, 500, 0, true, true } },
		"100 --   1000     0     2     0   0:00:02  0:00:02 --:--:--   "
		"500" },
	{ "sent", true, { { 4, 4, 2000, true, true } },
		"100 100     4  2000     1     0   0:00:02  0:00:02 --:--:--  "
		"1002" },
};

static void test_line(const void *data)
{
	const struct line_row *row = data;
	struct meter_part parts[3];
	struct meter m;
	struct buf out;

	now_us = 1000000;
	meter_init(&m, -1);
	for (size_t i = 0; i < 3; i++) {
		struct facts f;

		if (!row->transfers[i].joins)
			continue;
		facts_init(&f);
		f.expected = UNKNOWN;
		meter_join(&parts[i], &m);
		meter_note(&parts[i], &f);
		f.wire = row->transfers[i].wire / 2;
		f.expected = row->transfers[i].expected;
		meter_note(&parts[i], &f);
		f.wire = row->transfers[i].wire;
		f.sent = row->transfers[i].sent;
		meter_note(&parts[i], &f);
		if (row->transfers[i].leaves)
			meter_leave(&parts[i], &f);
		facts_fini(&f);
	}
	m.complete = row->complete;
	now_us = 3000000;
	buf_init(&out, 4096);
	meter_line(&m, &out);
	assert_true(str_starts(buf_str(&out), STR(HEADING "\r")));
	assert_string_equal(buf_text(&out) + strlen(HEADING "\r"), row->line);
	buf_fini(&out);
}

/* Behind a redirect bytes count anew, and what has come has come. */
static void test_redirect(const void *row)
{
	struct meter_part part;
	struct meter m;
	struct facts f;

	(void)row;
	meter_init(&m, -1);
	facts_init(&f);
	meter_join(&part, &m);
	f.wire = 100;
	meter_note(&part, &f);
	f.wire = 0;
	meter_note(&part, &f);
	f.wire = 50;
	meter_leave(&part, &f);
	assert_int_equal(m.received, 150);
	assert_int_equal(m.expected, 150);
	assert_int_equal(m.ended, 1);
	assert_int_equal(m.unknown, 0);
	facts_fini(&f);
}

int main(void)
{
	const struct table tables[] = {
		TABLE("meter_line", line_rows, test_line),
		SINGLE("meter_note after a redirect", test_redirect),
	};

	return table_run("meter", tables, sizeof(tables) / sizeof(tables[0]));
}
