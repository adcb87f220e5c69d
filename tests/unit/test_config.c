#include "cli/config.h"
#include "support/table.h"

struct text {
	const char *name;
	const char *text;
	const char *items; /* each "LINE NAME[=ARGUMENT][!FLAW]\n" */
};

static const struct text texts[] = {
	{ "empty", "", "" },
	{ "blank lines and comments", "\n  \n# a\n\t# b\n\r\n", "" },
	{ "no newline at the end", "silent", "1 silent\n" },
	{ "separated by a blank", "data x", "1 data=x\n" },
	{ "separated by a tab", "data\tx\n", "1 data=x\n" },
	{ "separated by =", "data=x\n", "1 data=x\n" },
	{ "separated by :", "data:x\n", "1 data=x\n" },
	{ "separated by blanks and =", "data  =  x\n", "1 data=x\n" },
	{ "separators that repeat", "data = : = x\n", "1 data=x\n" },
	{ "a separator and nothing", "data =\n", "1 data\n" },
	{ "indented", "   data = x\n", "1 data=x\n" },
	{ "CR before LF", "data = x\r\nsilent\r\n", "1 data=x\n2 silent\n" },
	{ "lines are counted", "\n#\ndata = x\n\nsilent\n",
		"3 data=x\n5 silent\n" },
	{ "two dashes", "--data x\n", "1 --data=x\n" },
	{ "two dashes keep = in the name", "--data=x\n", "1 --data=x\n" },
	{ "one dash", "-d x\n", "1 -d=x\n" },
	{ "one dash, = belongs to the argument", "-d =x\n", "1 -d==x\n" },
	{ "quoted", "data = \"a b\"\n", "1 data=a b\n" },
	{ "quoted and empty", "data = \"\"\n", "1 data=\n" },
	{ "quoted #", "data = \"# a\"\n", "1 data=# a\n" },
	{ "escapes", "data = \"\\t\\n\\r\\v\\\\\\\"\\q\"\n",
		"1 data=\t\n\r\v\\\"q\n" },
	{ "no escapes without quotes", "data = a\\nb\n", "1 data=a\\nb\n" },
	{ "a quote inside a word", "data = a\"b\n", "1 data=a\"b\n" },
	{ "no closing quote", "data = \"a b\nsilent\n",
		"1 data=a b!unclosed\n2 silent\n" },
	{ "a backslash at the end", "data = \"a\\", "1 data=a\\!unclosed\n" },
	{ "text behind the closing quote", "data = \"a\" b\n",
		"1 data=a!trailing\n" },
	{ "a comment behind the closing quote", "data = \"a\" # b\n",
		"1 data=a\n" },
	{ "several words", "data = a b\n", "1 data=a!unquoted\n" },
	{ "a comment behind a word", "data = a # b\n", "1 data=a\n" },
	{ "single quotes are no quotes", "data = 'a b'\n",
		"1 data='a!single\n" },
	{ "UTF-8", "data = \xc3\xa4\n", "1 data=\xc3\xa4\n" },
	{ "no name", "= x\n", "1 =x\n" },
};

static const char *const flaws[] = { "", "!unquoted", "!unclosed", "!trailing",
	"!single" };

static void test_text(const void *arg)
{
	const struct text *row = arg;
	size_t n = strlen(row->text), line = 0;
	char *copy = exact_copy(row->text, n);
	struct str text = { copy, n };
	struct config_item item;
	struct buf argument, seen;
	struct error e = { 0 };
	int result;

	buf_init(&argument, 1000);
	buf_init(&seen, 1000);
	while ((result = config_next(&text, &line, &item, &argument, &e)) > 0) {
		buf_printf(&seen, "%zu %.*s", item.line, STR_FMT(item.name));
		if (item.has_argument) {
			buf_add_char(&seen, '=');
			buf_add_str(&seen, buf_str(&argument));
		}
		buf_printf(&seen, "%s\n", flaws[item.flaw]);
		assert_int_equal(item.dashed, str_starts(item.name, STR("-")));
	}
	assert_int_equal(result, 0);
	assert_string_equal(seen.n ? buf_text(&seen) : "", row->items);
	buf_fini(&argument);
	buf_fini(&seen);
	free(copy);
}

static void test_nul(const void *arg)
{
	static const char bytes[] = "silent\n\ndata = a\0b\n";
	char *copy = exact_copy(bytes, sizeof(bytes) - 1);
	struct str text = { copy, sizeof(bytes) - 1 };
	struct config_item item;
	struct buf argument;
	struct error e = { 0 };
	size_t line = 0;

	(void)arg;
	buf_init(&argument, 1000);
	assert_int_equal(config_next(&text, &line, &item, &argument, &e), 1);
	assert_int_equal(
		config_next(&text, &line, &item, &argument, &e), -ERR_USAGE);
	assert_int_equal(item.line, 3);
	assert_int_equal(item.byte, 9);
	assert_string_equal(e.text, "a NUL byte is in the line");
	buf_fini(&argument);
	free(copy);
}

static void test_too_long(const void *arg)
{
	size_t n = LIMIT_CONFIG_LINE + 1, line = 0;
	char *bytes = malloc(n);
	struct str text = { bytes, n };
	struct config_item item;
	struct buf argument;
	struct error e = { 0 };

	(void)arg;
	assert_non_null(bytes);
	memset(bytes, 'a', n);
	buf_init(&argument, n);
	assert_int_equal(config_next(&text, &line, &item, &argument, &e),
		-ERR_TOO_LARGE);
	text = (struct str){ bytes, n - 1 };
	line = 0;
	assert_int_equal(config_next(&text, &line, &item, &argument, &e), 1);
	assert_int_equal(item.name.n, n - 1);
	buf_fini(&argument);
	free(bytes);
}

int main(void)
{
	static const struct table tables[] = {
		TABLE("config_next", texts, test_text),
		SINGLE("config_next: NUL", test_nul),
		SINGLE("config_next: longest line", test_too_long),
	};

	return table_run("config", tables, sizeof(tables) / sizeof(tables[0]));
}
