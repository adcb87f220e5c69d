#include "base/error.h"

#include <errno.h>

#include "base/log.h"
#include "support/table.h"

static void test_set(const void *data)
{
	struct error e = { 0 };

	(void)data;
	assert_int_equal(
		error_set(&e, ERR_RECV, "%s after %d bytes", "reset", 7),
		-ERR_RECV);
	assert_int_equal(e.code, ERR_RECV);
	assert_string_equal(e.text, "reset after 7 bytes");
	assert_int_equal(error_set(&e, ERR_SEND, "next"), -ERR_SEND);
	assert_string_equal(e.text, "next");
	assert_int_equal(error_set(NULL, ERR_SEND, "nobody asks"), -ERR_SEND);
}

static void test_set_cuts(const void *data)
{
	struct error e = { 0 };
	char longer[LIMIT_ERROR_TEXT + 100];

	(void)data;
	memset(longer, 'x', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	assert_int_equal(error_set(&e, ERR_RECV, "%s", longer), -ERR_RECV);
	assert_int_equal(strlen(e.text), LIMIT_ERROR_TEXT - 1);
	error_add(&e, ": more");
	assert_int_equal(strlen(e.text), LIMIT_ERROR_TEXT - 1);
	assert_memory_equal(e.text, longer, LIMIT_ERROR_TEXT - 1);
}

static void test_add(const void *data)
{
	struct error e = { 0 };

	(void)data;
	error_set(&e, ERR_CONNECT, "127.0.0.1:%d", 80);
	error_add(&e, ": %s", "Connection refused");
	error_add(&e, "; is it running?");
	assert_int_equal(e.code, ERR_CONNECT);
	assert_string_equal(
		e.text, "127.0.0.1:80: Connection refused; is it running?");
	error_add(NULL, ": nobody asks");
}

static void test_add_cuts(const void *data)
{
	struct error e = { 0 };
	char most[LIMIT_ERROR_TEXT - 3];

	(void)data;
	memset(most, 'x', sizeof(most) - 1);
	most[sizeof(most) - 1] = '\0';
	error_set(&e, ERR_RECV, "%s", most);
	error_add(&e, "; hint");
	assert_int_equal(strlen(e.text), LIMIT_ERROR_TEXT - 1);
	assert_string_equal(e.text + sizeof(most) - 1, "; h");
}

static void test_memory(const void *data)
{
	struct error e = { 0 };

	(void)data;
	assert_int_equal(error_memory(&e), -ERR_OUT_OF_MEMORY);
	assert_int_equal(e.code, ERR_OUT_OF_MEMORY);
	assert_true(e.text[0] != '\0');
	assert_int_equal(error_memory(NULL), -ERR_OUT_OF_MEMORY);
}

static const struct phrase_row {
	const char *name;
	int code;
	const char *expected;
} phrase_rows[] = {
	{ "success", 0, "No error" },
	{ "resolve", ERR_RESOLVE, "Could not resolve hostname" },
	{ "the last of the list", ERR_TOO_MANY,
		"A value or data field grew larger than allowed" },
	{ "number in a gap", 9, "Unknown error" },
	{ "negative", -ERR_RESOLVE, "Unknown error" },
	{ "far above", 100000, "Unknown error" },
};

static void test_phrase(const void *data)
{
	const struct phrase_row *row = data;

	assert_string_equal(error_phrase(row->code), row->expected);
}

/* The list itself: a code fits an exit status, and has words of its own. */
static const struct code_row {
	const char *name;
	int code;
	const char *phrase, *explanation;
} code_rows[] = {
#define ERROR(name, number, phrase, explanation) \
	{ #name, number, phrase, explanation },
#include "base/errors.def"
#undef ERROR
};

static void test_list(const void *data)
{
	const struct code_row *row = data;

	assert_in_range(row->code, 0, 255);
	assert_string_equal(error_phrase(row->code), row->phrase);
	assert_int_equal(row->explanation[strlen(row->explanation) - 1], '.');
	for (size_t i = 0; i < sizeof(code_rows) / sizeof(code_rows[0]); i++)
		if (&code_rows[i] != row)
			assert_string_not_equal(
				code_rows[i].phrase, row->phrase);
}

static const struct system_row {
	const char *name;
	int number;
	const char *expected;
} system_rows[] = {
	{ "ECONNREFUSED", ECONNREFUSED, "Connection refused" },
	{ "ENOENT", ENOENT, "No such file or directory" },
};

static void test_system(const void *data)
{
	const struct system_row *row = data;

	assert_string_equal(error_system(row->number), row->expected);
}

static void test_system_unknown(const void *data)
{
	(void)data;
	assert_non_null(strstr(error_system(123456), "nknown"));
	assert_non_null(strstr(error_system(-1), "nknown"));
}

static void keep_line(void *context, const char *line)
{
	free(*(char **)context);
	*(char **)context = exact_copy(line, strlen(line) + 1);
}

static void test_log_line(const void *data)
{
	char *kept = NULL;
	struct log log = { keep_line, &kept };
	char longer[5000];

	(void)data;
	assert_true(log_wanted(&log));
	log_line(&log, "Trying %s:%d...", "127.0.0.1", 80);
	assert_string_equal(kept, "Trying 127.0.0.1:80...");
	memset(longer, 'x', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	log_line(&log, "%s", longer);
	assert_int_equal(strlen(kept), 2047);
	assert_memory_equal(kept, longer, 2047);
	free(kept);
}

static void test_log_silent(const void *data)
{
	char *kept = NULL;
	struct log silent = { NULL, &kept };

	(void)data;
	assert_false(log_wanted(NULL));
	assert_false(log_wanted(&silent));
	log_line(NULL, "unheard");
	log_line(&silent, "unheard");
	assert_null(kept);
}

static const struct table tables[] = {
	SINGLE("error_set", test_set),
	SINGLE("error_set of a long text", test_set_cuts),
	SINGLE("error_add", test_add),
	SINGLE("error_add to a long text", test_add_cuts),
	SINGLE("error_memory", test_memory),
	TABLE("error_phrase", phrase_rows, test_phrase),
	TABLE("errors.def", code_rows, test_list),
	TABLE("error_system", system_rows, test_system),
	SINGLE("error_system of an unknown number", test_system_unknown),
	SINGLE("log_line", test_log_line),
	SINGLE("log_line of a silent log", test_log_silent),
};

int main(void)
{
	return table_run("error", tables, sizeof(tables) / sizeof(tables[0]));
}
