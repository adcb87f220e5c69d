/* base/module_static.c, with one module linked in: this program's own. */
#include "base/module.h"

#include "support/table.h"

extern const struct module module_idn;

static const char functions[] = "functions of idn";

const struct module module_idn = { "1", functions };

static void test_linked(const void *data)
{
	struct error e = { 0 };

	(void)data;
	assert_ptr_equal(module_load("idn", &e), functions);
	module_set_dir("/nonexistent");
	assert_ptr_equal(module_load("idn", &e), functions);
	module_set_dir(NULL);
	assert_int_equal(e.code, 0);
}

static const struct absent_row {
	const char *name, *expected;
} absent_rows[] = {
	{ "tls", "this build has no module 'tls'" },
	{ "brotli", "this build has no module 'brotli'" },
	{ "unheard-of", "this build has no module 'unheard-of'" },
	{ "", "this build has no module ''" },
};

static void test_absent(const void *data)
{
	const struct absent_row *row = data;
	struct error e = { 0 };

	assert_null(module_load(row->name, &e));
	assert_int_equal(e.code, ERR_NOT_BUILT_IN);
	assert_string_equal(e.text, row->expected);
	assert_null(module_load(row->name, NULL));
}

static const struct table tables[] = {
	SINGLE("module_load of a linked module", test_linked),
	TABLE("module_load of an absent module", absent_rows, test_absent),
};

int main(void)
{
	return table_run(
		"module_static", tables, sizeof(tables) / sizeof(tables[0]));
}
