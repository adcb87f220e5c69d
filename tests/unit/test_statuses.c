#include "policy/statuses.h"

#include <stdio.h>

#include "base/buf.h"
#include "support/table.h"

struct parse_row {
	const char *name, *text;
	const char *set; /* its ranges; NULL: refused */
	const char *words; /* of the refusal */
};

#define EXPECTED "expected a status from 100 to 999"

static const struct parse_row parse_rows[] = {
	{ "a code", "404", "404", NULL },
	{ "the first", "100", "100", NULL },
	{ "the last", "999", "999", NULL },
	{ "several", "404,410,409", "404 409-410", NULL },
	{ "a class", "4xx", "400-499", NULL },
	{ "a class in upper case", "5XX", "500-599", NULL },
	{ "the last class", "9xx", "900-999", NULL },
	{ "a range", "450-512", "450-512", NULL },
	{ "a range of one", "450-450", "450", NULL },
	{ "all", "100-999", "100-999", NULL },
	{ "less a code", "4xx,5xx,!404", "400-403 405-599", NULL },
	{ "less a range", "4xx,!410-419", "400-409 420-499", NULL },
	{ "less a class", "100-999,!4xx", "100-399 500-999", NULL },
	{ "and back", "4xx,!40x", NULL, "byte 5: " EXPECTED },
	{ "in order", "!404,404", "400-999", NULL },
	{ "only less", "!404", "400-403 405-999", NULL },
	{ "nothing is left", "404,!404", "", NULL },
	{ "twice", "404,404", "404", NULL },
	{ "empty", "", NULL, "byte 0: " EXPECTED },
	{ "only not", "!", NULL, "byte 1: " EXPECTED },
	{ "not not", "!!404", NULL, "byte 1: " EXPECTED },
	{ "an empty element", "404,,410", NULL, "byte 4: " EXPECTED },
	{ "a comma at the end", "404,", NULL, "byte 4: " EXPECTED },
	{ "a blank", "404, 410", NULL, "byte 4: " EXPECTED },
	{ "too small", "099", NULL, "byte 0: " EXPECTED },
	{ "too short", "99", NULL, "byte 0: " EXPECTED },
	{ "too long", "4040", NULL, "byte 0: " EXPECTED },
	{ "no class", "0xx", NULL, "byte 0: " EXPECTED },
	{ "half a class", "4x", NULL, "byte 0: " EXPECTED },
	{ "a word", "error", NULL, "byte 0: " EXPECTED },
	{ "no end", "400-", NULL, "byte 4: expected the last status" },
	{ "an end too large", "404,400-1000", NULL,
		"byte 8: expected the last status" },
	{ "backwards", "500-400", NULL, "byte 4: the range ends before" },
	{ "three ends", "400-450-499", NULL,
		"byte 4: expected the last status" },
};

/* "400-403 405" */
static void print_set(struct buf *out, const struct statuses *set)
{
	for (int s = -1; s <= 1100; s++) {
		int first = s;

		if (!statuses_has(set, s))
			continue;
		while (statuses_has(set, s + 1))
			s++;
		buf_printf(out, "%s%d", out->n ? " " : "", first);
		if (s > first)
			buf_printf(out, "-%d", s);
	}
}

static void test_parse(const void *data)
{
	const struct parse_row *row = data;
	size_t n = strlen(row->text);
	char *text = exact_copy(row->text, n);
	struct error e = { 0 };
	struct statuses set;
	struct buf printed;
	int result = statuses_parse((struct str){ text, n }, &set, &e);

	assert_int_equal(result, row->set ? 0 : -ERR_USAGE);
	buf_init(&printed, 10000);
	if (row->set) {
		print_set(&printed, &set);
		assert_true(str_eq(buf_str(&printed), str_of(row->set)));
	} else if (!str_starts(str_of(e.text), str_of(row->words))) {
		fail_msg("%s", e.text);
	}
	buf_fini(&printed);
	free(text);
}

int main(void)
{
	static const struct table tables[] = {
		TABLE("statuses_parse", parse_rows, test_parse),
	};

	return table_run("statuses", tables, 1);
}
