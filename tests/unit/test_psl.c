/* Public suffixes; what asks the list itself is skipped where there is none. */
#include "policy/psl.h"

#include <pthread.h>

#include "base/limits.h"
#include "base/module.h"
#include "support/table.h"

struct psl_row {
	const char *name, *domain;
	bool is_public;
};

/* What needs no list. */
static const struct psl_row label_rows[] = {
	{ "a top level", "com", true },
	{ "one that nobody has", "example", true },
	{ "one with a dot behind it", "com.", true },
	{ "nothing", "", true },
	{ "a dot", ".", true },
	{ "localhost", "localhost", false },
	{ "localhost in capitals", "LocalHost", false },
	{ "localhost with a dot behind it", "localhost.", false },
	{ "a name", "example.com", false },
	{ "a name below", "www.example.com", false },
};

static void test_is_public(const void *data)
{
	const struct psl_row *row = data;
	size_t n = strlen(row->domain);
	char *copy = exact_copy(row->domain, n);

	assert_int_equal(
		psl_is_public((struct str){ copy, n }), row->is_public);
	free(copy);
}

static const struct psl_row list_rows[] = {
	{ "two labels", "co.uk", true },
	{ "in capitals", "CO.uk", true },
	{ "with a dot behind it", "co.uk.", true },
	{ "below two labels", "example.co.uk", false },
	{ "by a wildcard", "anything.ck", true },
	{ "an exception of the wildcard", "www.ck", false },
	{ "below a wildcard", "example.anything.ck", false },
	{ "an A-label", "xn--55qx5d.cn", true },
	{ "of a company", "github.io", true },
	{ "below it", "example.github.io", false },
	{ "unknown top level", "example.nosuchdomain", false },
};

static void test_list(const void *data)
{
	struct error ignored;

	if (!module_load("psl", &ignored))
		skip();
	test_is_public(data);
}

static void test_long(const void *row)
{
	char name[LIMIT_COOKIE_HOST + 1];

	(void)row;
	memset(name, 'a', sizeof(name));
	name[3] = '.';
	assert_false(psl_is_public((struct str){ name, LIMIT_COOKIE_HOST }));
	assert_true(psl_is_public((struct str){ name, LIMIT_COOKIE_HOST + 1 }));
}

#define THREADS 4

static void *ask(void *wrong)
{
	for (int i = 0; i < 100; i++)
		*(int *)wrong += psl_is_public(STR("www.example.com"));
	return NULL;
}

/* They may all be the first to need the list. */
static void test_threads(const void *row)
{
	pthread_t threads[THREADS];
	int wrong[THREADS] = { 0 };

	(void)row;
	for (size_t i = 0; i < THREADS; i++)
		assert_int_equal(
			pthread_create(&threads[i], NULL, ask, &wrong[i]), 0);
	for (size_t i = 0; i < THREADS; i++) {
		assert_int_equal(pthread_join(threads[i], NULL), 0);
		assert_int_equal(wrong[i], 0);
	}
}

int main(void)
{
	static const struct table tables[] = {
		SINGLE("psl_is_public of threads", test_threads),
		TABLE("psl_is_public", label_rows, test_is_public),
		TABLE("psl_is_public by the list", list_rows, test_list),
		SINGLE("psl_is_public of a long name", test_long),
	};

	/* Set where the modules of this build are shared objects. */
	module_set_dir(getenv("MODULE_DIR"));
	return table_run("psl", tables, sizeof(tables) / sizeof(tables[0]));
}
