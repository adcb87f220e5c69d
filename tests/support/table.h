/* Tables of cases as cmocka tests: one table a function under test, each row a
 * test of its own with its own name. */
#ifndef TESTS_SUPPORT_TABLE_H
#define TESTS_SUPPORT_TABLE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

/* `rows` is an array of structs whose first member is `const char *name`; the
 * test is called with a pointer to each row. */
struct table {
	const char *function;
	const void *rows;
	size_t n, size;
	void (*test)(const void *row);
};

#define TABLE(function_name, row_array, test_function)              \
	{                                                           \
		function_name, row_array,                           \
			sizeof(row_array) / sizeof((row_array)[0]), \
			sizeof((row_array)[0]), test_function       \
	}

/* A table of one test that needs no row; it is called with NULL. */
#define SINGLE(function_name, test_function)             \
	{                                                \
		function_name, NULL, 1, 0, test_function \
	}

/* Run all rows of all tables as one cmocka group. Returns the number of failed
 * tests, for main to return. */
int table_run(const char *suite, const struct table *tables, size_t n);

/* A copy in an allocation of exactly `n` bytes (at least 1 for n = 0, poisoned
 * by nothing but AddressSanitizer's redzone), the caller's to free. */
char *exact_copy(const void *bytes, size_t n);

#endif
