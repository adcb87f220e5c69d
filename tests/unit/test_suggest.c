#include "cli/suggest.h"
#include "support/table.h"

struct nearest {
	const char *name;
	const char *wanted, *best; /* "": nothing is near enough */
};

static const struct nearest nearest[] = {
	{ "one letter is missing", "locaton", "location" },
	{ "one letter too many", "loccation", "location" },
	{ "one letter is another", "locatiom", "location" },
	{ "two neighbours are swapped", "loaction", "location" },
	{ "case does not count", "Location", "location" },
	{ "a name itself", "output", "output" },
	{ "the beginning of a name", "outp", "output" },
	{ "the beginning of several: the first", "max", "max-redirs" },
	{ "an exact name beats one it begins", "max-time", "max-time" },
	{ "two letters begin too many", "ou", "" },
	{ "one letter of three", "usr", "user" },
	{ "a long name with two faults", "max-redrisx", "max-redirs" },
	{ "far from all", "zzzzzz", "" },
	{ "empty", "", "" },
	{ "one letter", "x", "" },
	{ "longer than any name",
		"a-very-long-word-that-no-option-could-ever-have", "" },
};

static void test_nearest(const void *arg)
{
	static const char *const names[] = { "location", "max-redirs",
		"max-time", "max-time-total", "output", "output-dir", "user" };
	const struct nearest *row = arg;
	size_t n = strlen(row->wanted);
	char *wanted = exact_copy(row->wanted, n);
	struct suggestion s;

	suggest_begin(&s, (struct str){ wanted, n });
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		suggest_consider(&s, str_of(names[i]));
	assert_int_equal(s.best.n, strlen(row->best));
	assert_true(str_eq(s.best, str_of(row->best)));
	free(wanted);
}

int main(void)
{
	static const struct table tables[] = {
		TABLE("suggest_consider", nearest, test_nearest),
	};

	return table_run("suggest", tables, 1);
}
