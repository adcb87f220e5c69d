#include "output/terminal.h"

#include <fcntl.h>
#include <unistd.h>

#include "support/scratch.h"
#include "support/table.h"

struct escape_row {
	const char *name;
	struct str in;
	const char *out;
};

static const struct escape_row escape_rows[] = {
	{ "nothing", { "", 0 }, "" },
	{ "text", { "plain ~ text\n", 13 }, "plain ~ text\n" },
	{ "tab and line feed stay", { "a\tb\nc", 5 }, "a\tb\nc" },
	{ "CR before LF stays", { "a\r\nb", 4 }, "a\r\nb" },
	{ "CR alone", { "real\rfake", 9 }, "real\\x0dfake" },
	{ "CR at the end", { "a\r", 2 }, "a\\x0d" },
	{ "CR CR LF", { "\r\r\n", 3 }, "\\x0d\r\n" },
	{ "escape sequence", { "\x1b]0;title\x07", 10 }, "\\x1b]0;title\\x07" },
	{ "NUL", { "a\0b", 3 }, "a\\x00b" },
	{ "backspace, VT, FF", { "\b\v\f", 3 }, "\\x08\\x0b\\x0c" },
	{ "DEL", { "\x7f", 1 }, "\\x7f" },
	{ "C1 raw",
		{ "\x9b"
		  "31m",
			4 },
		"\\x9b31m" },
	{ "C1 as U+009B",
		{ "\xc2\x9b"
		  "31m",
			5 },
		"\\xc2\\x9b31m" },
	{ "U+0080 and U+009F", { "\xc2\x80\xc2\x9f", 4 },
		"\\xc2\\x80\\xc2\\x9f" },
	{ "overrides and isolates",
		{ "\xe2\x80\xae"
		  "a\xe2\x81\xa6",
			7 },
		"\\xe2\\x80\\xaea\\xe2\\x81\\xa6" },
	{ "beside them", { "\xe2\x80\xaf\xe2\x81\xaa", 6 },
		"\xe2\x80\xaf\xe2\x81\xaa" },
	{ "Arabic letter mark", { "\xd8\x9c", 2 }, "\\xd8\\x9c" },
	{ "a tag", { "\xf3\xa0\x81\x81", 4 }, "\\xf3\\xa0\\x81\\x81" },
	{ "U+00A0 stays", { "\xc2\xa0", 2 }, "\xc2\xa0" },
	{ "two bytes", { "\xc3\xa9\xdf\xbf", 4 }, "\xc3\xa9\xdf\xbf" },
	{ "three bytes", { "\xe2\x82\xac", 3 }, "\xe2\x82\xac" },
	{ "four bytes", { "\xf0\x9f\x98\x80", 4 }, "\xf0\x9f\x98\x80" },
	{ "Latin-1", { "caf\xe9!", 5 }, "caf\\xe9!" },
	{ "continuation alone", { "\x80\xbf", 2 }, "\\x80\\xbf" },
	{ "overlong slash", { "\xc0\xaf", 2 }, "\\xc0\\xaf" },
	{ "overlong in three", { "\xe0\x80\xaf", 3 }, "\\xe0\\x80\\xaf" },
	{ "overlong in four", { "\xf0\x80\x80\xaf", 4 },
		"\\xf0\\x80\\x80\\xaf" },
	{ "surrogate", { "\xed\xa0\x80", 3 }, "\\xed\\xa0\\x80" },
	{ "last before the surrogates", { "\xed\x9f\xbf", 3 }, "\xed\x9f\xbf" },
	{ "last of Unicode", { "\xf4\x8f\xbf\xbf", 4 }, "\xf4\x8f\xbf\xbf" },
	{ "past Unicode", { "\xf4\x90\x80\x80", 4 }, "\\xf4\\x90\\x80\\x80" },
	{ "no such lead byte", { "\xf5\xff", 2 }, "\\xf5\\xff" },
	{ "cut character", { "\xe2\x82", 2 }, "\\xe2\\x82" },
	{ "cut character, then text",
		{ "\xe2\x82"
		  "a",
			3 },
		"\\xe2\\x82"
		"a" },
	{ "cut character, then another", { "\xe2\xc3\xa9", 3 },
		"\\xe2\xc3\xa9" },
	{ "cut character, then ESC", { "\xf0\x9f\x1b", 3 }, "\\xf0\\x9f\\x1b" },
	{ "CR, then a character", { "\r\xc3\xa9", 3 }, "\\x0d\xc3\xa9" },
	{ "cut character, then CR LF", { "\xc3\r\n", 3 }, "\\xc3\r\n" },
};

static void check_parts(
	const struct escape_row *row, const size_t *ends, size_t n)
{
	struct terminal_filter filter = { .n = 0 };
	struct buf out;
	size_t at = 0;

	buf_init(&out, 1024);
	for (size_t i = 0; i < n; i++) {
		char *part = exact_copy(row->in.p + at, ends[i] - at);

		terminal_escape(&filter, (struct str){ part, ends[i] - at },
			i + 1 == n, &out);
		at = ends[i];
		free(part);
	}
	assert_string_equal(buf_text(&out), row->out);
	assert_int_equal(filter.n, 0);
	assert_true(out.n <= 4 * row->in.n);
	buf_fini(&out);
}

static void test_escape(const void *data)
{
	const struct escape_row *row = data;
	size_t single[64];

	check_parts(row, &row->in.n, 1);
	for (size_t i = 0; i <= row->in.n; i++)
		check_parts(row, (size_t[]){ i, row->in.n }, 2);
	for (size_t i = 0; i < row->in.n; i++)
		single[i] = i + 1;
	if (row->in.n)
		check_parts(row, single, row->in.n);
}

struct columns_row {
	const char *name;
	const char *variable; /* COLUMNS; NULL: unset */
	bool terminal; /* of 60 columns */
	int columns;
};

static const struct columns_row columns_rows[] = {
	{ "no terminal", NULL, false, 79 },
	{ "a terminal", NULL, true, 60 },
	{ "COLUMNS", "120", false, 120 },
	{ "COLUMNS before the terminal's", "40", true, 40 },
	{ "COLUMNS too small", "20", true, 60 },
	{ "COLUMNS least", "21", true, 21 },
	{ "COLUMNS too large", "10001", true, 60 },
	{ "COLUMNS no number", "80x", true, 60 },
	{ "COLUMNS empty", "", false, 79 },
};

static void test_columns(const void *data)
{
	const struct columns_row *row = data;
	struct scratch_ends ends = row->terminal ? scratch_terminal()
						 : scratch_pipe();

	unsetenv("COLUMNS");
	if (row->variable)
		setenv("COLUMNS", row->variable, 1);
	assert_int_equal(terminal_columns(ends.in), row->columns);
	free(scratch_drain(&ends, NULL));
}

int main(void)
{
	const struct table tables[] = {
		TABLE("terminal_escape", escape_rows, test_escape),
		TABLE("terminal_columns", columns_rows, test_columns),
	};

	return table_run("terminal", tables, 2);
}
