#include "cli/rate.h"

#include "support/table.h"

struct rate_row {
	const char *name, *text;
	int64_t interval; /* -1: refused */
	const char *words; /* of the refusal */
};

static const struct rate_row rate_rows[] = {
	{ "seconds", "2/s", 500, NULL },
	{ "minutes", "10/m", 6000, NULL },
	{ "hours", "3/h", 1200000, NULL },
	{ "days", "24/d", 3600000, NULL },
	{ "no unit", "3600", 1000, NULL },
	{ "several units", "10/5m", 30000, NULL },
	{ "no whole milliseconds", "7/s", 142, NULL },
	{ "a thousand", "1000/s", 1, NULL },
	{ "more than a thousand", "1001/s", 0, NULL },
	{ "the largest number", "9223372036854775807/s", 0, NULL },
	{ "the longest period", "1/1000000000d", 86400000000000000, NULL },
	{ "empty", "", -1, "byte 0: expected a number" },
	{ "none", "0/s", -1, "byte 0: that number" },
	{ "too large", "9223372036854775808/s", -1, "byte 0: that number" },
	{ "negative", "-1/s", -1, "byte 0: expected a number" },
	{ "fraction", "1.5/s", -1, "byte 1: expected '/'" },
	{ "a unit at once", "2s", -1, "byte 1: expected '/'" },
	{ "no unit behind the slash", "2/", -1, "byte 2: expected a unit" },
	{ "unknown unit", "2/w", -1, "byte 2: expected a unit" },
	{ "upper case", "2/S", -1, "byte 2: expected a unit" },
	{ "number without unit", "2/10", -1, "byte 4: expected a unit" },
	{ "no units", "2/0s", -1, "byte 2: that many" },
	{ "too many units", "2/1000000001s", -1, "byte 2: that many" },
	{ "more behind", "2/sec", -1, "byte 3: nothing follows" },
};

static void test_rate(const void *data)
{
	const struct rate_row *row = data;
	size_t n = strlen(row->text);
	char *text = exact_copy(row->text, n);
	struct error e = { 0 };
	int64_t interval = -1;
	int result = rate_parse((struct str){ text, n }, &interval, &e);

	assert_int_equal(result, row->words ? -ERR_USAGE : 0);
	assert_int_equal(interval, row->interval);
	if (row->words && !str_starts(str_of(e.text), str_of(row->words)))
		fail_msg("%s", e.text);
	free(text);
}

int main(void)
{
	static const struct table tables[] = {
		TABLE("rate_parse", rate_rows, test_rate),
	};

	return table_run("rate", tables, 1);
}
