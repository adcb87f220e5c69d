/* The grammar of field values. */
#include "http/value.h"
#include "support/table.h"

/* A str in an allocation of its own size. */
static struct str exact(const char *text)
{
	size_t n = strlen(text);

	return (struct str){ exact_copy(text, n), n };
}

static void release(struct str s)
{
	free((char *)s.p);
}

struct text_row {
	const char *name;
	const char *text;
	const char *expected;
};

static const struct text_row trim_rows[] = {
	{ "nothing", "", "" },
	{ "only blanks", " \t\r\n ", "" },
	{ "no blanks", "a b", "a b" },
	{ "spaces and tabs", " \t a\t ", "a" },
	{ "folds at both ends", "\r\n a\r\n\t", "a" },
	{ "a fold inside stays", " a\r\n b ", "a\r\n b" },
	{ "other controls stay", "\va\f", "\va\f" },
};

static void test_trim(const void *row)
{
	const struct text_row *r = row;
	struct str s = exact(r->text);
	struct str trimmed = value_trim(s);

	assert_true(str_eq(trimmed, str_of(r->expected)));
	release(s);
}

#define SHOWN                              \
	"0123456789abcdef0123456789abcdef" \
	"0123456789abcdef0123456789abcdef"

static const struct text_row shown_rows[] = {
	{ "nothing", "", "" },
	{ "short", "a b", "a b" },
	{ "as long as may be", SHOWN, SHOWN },
	{ "longer", SHOWN "x", SHOWN },
	{ "a fold", "a\r\n b", "a   b" },
	{ "bare LF and CR", "a\nb\rc", "a b c" },
	{ "other controls stay",
		"a\t\x1b"
		"b",
		"a\t\x1b"
		"b" },
};

static void test_shown(const void *row)
{
	const struct text_row *r = row;
	struct str s = exact(r->text);

	assert_string_equal(value_shown(s).text, r->expected);
	release(s);
}

static const struct text_row unfold_rows[] = {
	{ "nothing", "", "" },
	{ "no line end", "a  b", "a  b" },
	{ "line ends that are no folds", "a\r\nb\nc\r\n", "a\r\nb\nc\r\n" },
	{ "a fold", "a\r\n b", "a b" },
	{ "blanks around it", "a \t\r\n\t  b", "a b" },
	{ "with a bare LF", "a\n b", "a b" },
	{ "two folds", "a\r\n b\r\n\tc", "a b c" },
	{ "an empty line between", "a\r\n \r\n b", "a  b" },
	{ "at the start", "\r\n b", " b" },
	{ "at the end", "a\r\n ", "a " },
	{ "a line end at the end", "a \r\n", "a \r\n" },
	{ "only CR", "a\r b", "a\r b" },
	{ "a head",
		"HTTP/1.1 200 OK\r\nA: 1\r\n 2\r\nB:     \r\n   close\r\n\r\n",
		"HTTP/1.1 200 OK\r\nA: 1 2\r\nB: close\r\n\r\n" },
};

static void test_unfold(const void *row)
{
	const struct text_row *r = row;
	struct str s = exact(r->text);
	struct buf out;

	buf_init(&out, 1000);
	value_unfold(&out, s);
	assert_string_equal(buf_text(&out), r->expected);
	buf_fini(&out);
	release(s);
}

/* `expected` has each element in brackets. */
static const struct text_row next_rows[] = {
	{ "nothing", "", "" },
	{ "one", "a", "[a]" },
	{ "two", "a,b", "[a][b]" },
	{ "white space", " a\t, \tb ", "[a][b]" },
	{ "white space inside", "a b , c", "[a b][c]" },
	{ "empty elements", ",,a, ,\t,b,", "[a][b]" },
	{ "only commas", ", ,,", "" },
	{ "comma in quotes", "\"a,b\", c", "[\"a,b\"][c]" },
	{ "escaped quote", "\"a\\\",b\",c", "[\"a\\\",b\"][c]" },
	{ "escaped backslash", "\"a\\\\\",c", "[\"a\\\\\"][c]" },
	{ "quotes behind a token", "a;q=\"1,2\",b", "[a;q=\"1,2\"][b]" },
	{ "quote that is not closed", "a,\"b,c", "[a][\"b,c]" },
	{ "backslash at the end of a quote", "\"a\\", "[\"a\\]" },
	{ "only a quote", "\"", "[\"]" },
	{ "backslash outside quotes", "a\\,b", "[a\\][b]" },
	{ "fold", "a,\r\n b", "[a][b]" },
};

static void test_next(const void *row)
{
	const struct text_row *r = row;
	struct str s = exact(r->text), rest = s, element;
	struct buf out;

	buf_init(&out, 1000);
	while (value_next(&rest, &element)) {
		buf_add_char(&out, '[');
		buf_add_str(&out, element);
		buf_add_char(&out, ']');
	}
	assert_int_equal(rest.n, 0);
	assert_string_equal(buf_text(&out), r->expected);
	buf_fini(&out);
	release(s);
}

struct token_row {
	const char *name;
	const char *list;
	const char *token;
	bool expected;
};

static const struct token_row has_token_rows[] = {
	{ "alone", "close", "close", true },
	{ "in another case", "CLOSE", "close", true },
	{ "second", "keep-alive, close", "close", true },
	{ "with a parameter", "gzip;q=0.5", "gzip", true },
	{ "with a spaced parameter", "a, gzip ; q=0.5", "gzip", true },
	{ "as a prefix", "closed", "close", false },
	{ "as a suffix", "xclose", "close", false },
	{ "in a word", "a close b", "close", false },
	{ "in quotes", "\"a, close, b\"", "close", false },
	{ "in a parameter", "a;close", "close", false },
	{ "in nothing", "", "close", false },
};

static void test_has_token(const void *row)
{
	const struct token_row *r = row;
	struct str list = exact(r->list);

	assert_int_equal(value_has_token(list, str_of(r->token)), r->expected);
	release(list);
}

/* `expected` has each parameter in brackets, then what is left. */
static const struct text_row parameter_rows[] = {
	{ "nothing", "", "" },
	{ "one", ";a=b", "[a|b]" },
	{ "two", ";a=b;c=d", "[a|b][c|d]" },
	{ "white space", " ; a=b\t; c=d", "[a|b][c|d]" },
	{ "blanks around =", ";a = b", "[a|b]" },
	{ "quoted", ";a=\"b;c\";d=e", "[a|\"b;c\"][d|e]" },
	{ "quoted pair", ";a=\"\\\"\"", "[a|\"\\\"\"]" },
	{ "empty ones", ";;a=b; ;c=d", "[a|b][c|d]" },
	{ "only semicolons", ";;", ";;" },
	{ "no semicolon", "a=b", "a=b" },
	{ "no value", ";a=b;c", "[a|b];c" },
	{ "empty value", ";c=", ";c=" },
	{ "no name", ";=b", ";=b" },
	{ "list behind", ";a=b, x", "[a|b], x" },
	{ "quote that is not closed", ";a=\"b", "[a|\"b]" },
};

static void test_parameter(const void *row)
{
	const struct text_row *r = row;
	struct str s = exact(r->text), rest = s, name, value;
	struct buf out;

	buf_init(&out, 1000);
	while (value_next_parameter(&rest, &name, &value))
		buf_printf(&out, "[%.*s|%.*s]", STR_FMT(name), STR_FMT(value));
	buf_add_str(&out, rest);
	assert_string_equal(buf_text(&out), r->expected);
	buf_fini(&out);
	release(s);
}

static const struct text_row unquote_rows[] = {
	{ "nothing", "", "" },
	{ "token", "abc", "abc" },
	{ "token with a backslash", "a\\b", "a\\b" },
	{ "quoted", "\"a b\"", "a b" },
	{ "empty quotes", "\"\"", "" },
	{ "quoted pairs", "\"a\\\"b\\\\c\\d\"", "a\"b\\cd" },
	{ "not closed", "\"ab", "ab" },
	{ "backslash at the end", "\"ab\\", "ab\\" },
	{ "bytes behind the quote", "\"ab\"cd", "ab" },
	{ "only a quote", "\"", "" },
};

static void test_unquote(const void *row)
{
	const struct text_row *r = row;
	struct str s = exact(r->text);
	struct buf out;

	buf_init(&out, 1000);
	value_unquote(&out, s);
	assert_string_equal(buf_text(&out), r->expected);
	buf_fini(&out);
	release(s);
}

static const struct token_row is_token_rows[] = {
	{ "letters", "abcXYZ019", NULL, true },
	{ "all marks", "!#$%&'*+-.^_`|~", NULL, true },
	{ "nothing", "", NULL, false },
	{ "a space", "a b", NULL, false },
	{ "a colon", "a:", NULL, false },
	{ "a quote", "\"a\"", NULL, false },
	{ "a high byte", "\xe4", NULL, false },
	{ "a control", "a\x01", NULL, false },
	{ "DEL", "\x7f", NULL, false },
};

static void test_is_token(const void *row)
{
	const struct token_row *r = row;
	struct str s = exact(r->list);

	assert_int_equal(value_is_token(s), r->expected);
	release(s);
}

int main(void)
{
	const struct table tables[] = {
		TABLE("value_trim", trim_rows, test_trim),
		TABLE("value_shown", shown_rows, test_shown),
		TABLE("value_unfold", unfold_rows, test_unfold),
		TABLE("value_next", next_rows, test_next),
		TABLE("value_has_token", has_token_rows, test_has_token),
		TABLE("value_next_parameter", parameter_rows, test_parameter),
		TABLE("value_unquote", unquote_rows, test_unquote),
		TABLE("value_is_token", is_token_rows, test_is_token),
	};

	return table_run("value", tables, sizeof(tables) / sizeof(tables[0]));
}
