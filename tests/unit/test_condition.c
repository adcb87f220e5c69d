#include "policy/condition.h"

#include "support/table.h"

#define NOON 945000000 /* Sun, 12 Dec 1999 12:00:00 GMT */

struct write_row {
	const char *name;
	struct condition condition;
	const char *line;
};

static const struct write_row write_rows[] = {
	{ "none", { CONDITION_NONE, NOON }, "" },
	{ "newer", { CONDITION_NEWER, NOON },
		"If-Modified-Since: Sun, 12 Dec 1999 12:00:00 GMT" },
	{ "older", { CONDITION_OLDER, NOON },
		"If-Unmodified-Since: Sun, 12 Dec 1999 12:00:00 GMT" },
	{ "last modified", { CONDITION_LAST_MODIFIED, NOON },
		"Last-Modified: Sun, 12 Dec 1999 12:00:00 GMT" },
	{ "before 1970", { CONDITION_NEWER, -1 },
		"If-Modified-Since: Wed, 31 Dec 1969 23:59:59 GMT" },
};

static void test_write(const void *data)
{
	const struct write_row *row = data;
	struct buf out;

	buf_init(&out, 100);
	condition_write(&out, &row->condition);
	assert_string_equal(buf_text(&out), row->line);
	buf_fini(&out);
}

struct unmet_row {
	const char *name;
	enum condition_kind kind;
	const char *head;
	bool unmet;
};

#define BEFORE "Last-Modified: Sun, 12 Dec 1999 11:59:59 GMT\r\n"
#define THEN "Last-Modified: Sun, 12 Dec 1999 12:00:00 GMT\r\n"
#define AFTER "Last-Modified: Sun, 12 Dec 1999 12:00:01 GMT\r\n"

static const struct unmet_row unmet_rows[] = {
	{ "none", CONDITION_NONE, "200 OK\r\n" BEFORE, false },
	{ "newer, before", CONDITION_NEWER, "200 OK\r\n" BEFORE, true },
	{ "newer, then", CONDITION_NEWER, "200 OK\r\n" THEN, true },
	{ "newer, after", CONDITION_NEWER, "200 OK\r\n" AFTER, false },
	{ "older, before", CONDITION_OLDER, "200 OK\r\n" BEFORE, false },
	{ "older, then", CONDITION_OLDER, "200 OK\r\n" THEN, true },
	{ "older, after", CONDITION_OLDER, "200 OK\r\n" AFTER, true },
	{ "no date", CONDITION_NEWER, "200 OK\r\n", false },
	{ "a bad date", CONDITION_NEWER, "200 OK\r\nLast-Modified: then\r\n",
		false },
	{ "no success", CONDITION_NEWER, "404 No\r\n" BEFORE, false },
	{ "a real 304", CONDITION_NEWER, "304 No\r\n" BEFORE, false },
};

static void test_unmet(const void *data)
{
	const struct unmet_row *row = data;
	struct condition condition = { row->kind, NOON };
	struct error e = { 0 };
	struct head head;
	struct buf text;

	buf_init(&text, 1000);
	buf_printf(&text, "HTTP/1.1 %s\r\n", row->head);
	head_init(&head);
	assert_int_equal(head_parse(buf_str(&text), &head, NULL, &e), text.n);
	assert_int_equal(condition_unmet(&condition, &head), row->unmet);
	head_fini(&head);
	buf_fini(&text);
}

struct etag_row {
	const char *name, *content, *etag;
	bool strong;
};

static const struct etag_row etag_rows[] = {
	{ "strong", "\"abc\"\n", "\"abc\"", true },
	{ "weak", "W/\"abc\"\n", "W/\"abc\"", false },
	{ "no line end", "\"abc\"", "\"abc\"", true },
	{ "CRLF", "\"abc\"\r\nmore\n", "\"abc\"", true },
	{ "blanks", "  \"abc\" \n", "\"abc\"", true },
	{ "empty tag", "\"\"\n", "\"\"", true },
	{ "empty file", "", "", false },
	{ "one quote", "\"", "\"", false },
	{ "not quoted", "abc", "abc", false },
	{ "not closed", "\"abc", "\"abc", false },
	{ "a quote in it", "\"a\"b\"", "\"a\"b\"", false },
	{ "a blank in it", "\"a b\"", "\"a b\"", false },
	{ "a control in it", "\"a\001b\"", "\"a\001b\"", false },
	{ "obs-text", "\"\xe4\"", "\"\xe4\"", true },
};

static void test_etag(const void *data)
{
	const struct etag_row *row = data;
	size_t n = strlen(row->content);
	char *copy = exact_copy(row->content, n);
	struct str etag = etag_from_file((struct str){ copy, n });

	assert_true(str_eq(etag, str_of(row->etag)));
	assert_int_equal(etag_is_strong(etag), row->strong);
	free(copy);
}

int main(void)
{
	const struct table tables[] = {
		TABLE("condition_write", write_rows, test_write),
		TABLE("condition_unmet", unmet_rows, test_unmet),
		TABLE("etag_from_file", etag_rows, test_etag),
	};

	return table_run(
		"condition", tables, sizeof(tables) / sizeof(tables[0]));
}
