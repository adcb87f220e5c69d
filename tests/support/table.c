#include "table.h"

#include <stdio.h>

struct bound {
	void (*test)(const void *row);
	const void *row;
};

static void call_bound(void **state)
{
	const struct bound *bound = *state;

	bound->test(bound->row);
}

static char *test_name(const struct table *table, const void *row)
{
	const char *name = row ? *(const char *const *)row : NULL;
	size_t size = strlen(table->function) + (name ? strlen(name) : 0) + 3;
	char *text = malloc(size);

	assert_non_null(text);
	if (name)
		snprintf(text, size, "%s: %s", table->function, name);
	else
		snprintf(text, size, "%s", table->function);
	return text;
}

int table_run(const char *suite, const struct table *tables, size_t n)
{
	struct CMUnitTest *tests;
	struct bound *bounds;
	size_t count = 0, at = 0;
	int failed;

	for (size_t i = 0; i < n; i++)
		count += tables[i].n;
	tests = calloc(count, sizeof(*tests));
	bounds = calloc(count, sizeof(*bounds));
	if (!tests || !bounds)
		abort();
	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < tables[i].n; j++, at++) {
			const char *rows = tables[i].rows;

			bounds[at].test = tables[i].test;
			bounds[at].row = rows ? rows + j * tables[i].size
					      : NULL;
			tests[at].name = test_name(&tables[i], bounds[at].row);
			tests[at].test_func = call_bound;
			tests[at].initial_state = &bounds[at];
		}
	failed = _cmocka_run_group_tests(suite, tests, count, NULL, NULL);
	for (size_t i = 0; i < count; i++)
		free((char *)tests[i].name);
	free(tests);
	free(bounds);
	return failed;
}

char *exact_copy(const void *bytes, size_t n)
{
	char *copy = malloc(n ? n : 1);

	if (!copy)
		abort();
	if (n)
		memcpy(copy, bytes, n);
	return copy;
}
