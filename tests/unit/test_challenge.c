/* Lists of challenges, and their parameters. */
#include "policy/challenge.h"

#include "base/buf.h"
#include "support/table.h"

struct row {
	const char *name;
	const char *text;
	const char *expected;
};

/* The expectation has each challenge as "scheme<parameters>". */
static const struct row next_rows[] = {
	{ "nothing", "", "" },
	{ "only commas and blanks", " , ,\t, ", "" },
	{ "a scheme alone", "Basic", "Basic<>" },
	{ "a parameter", "Basic realm=\"x\"", "Basic<realm=\"x\">" },
	{ "a token68", "Negotiate YII/+A==", "Negotiate<YII/+A==>" },
	{ "several blanks behind the scheme", "Basic \t realm=x",
		"Basic<realm=x>" },
	{ "two parameters", "A a=1, b=2", "A<a=1, b=2>" },
	{ "a comma in a value", "A a=\"1, B b=2\", c=3",
		"A<a=\"1, B b=2\", c=3>" },
	{ "an escaped quote in a value", "A a=\"\\\", B b\", C",
		"A<a=\"\\\", B b\">C<>" },
	{ "the example of RFC 9110 section 11.6.1",
		"Basic realm=\"simple\", Newauth realm=\"apps\", type=1, "
		"title=\"Login to \\\"apps\\\"\"",
		"Basic<realm=\"simple\">Newauth<realm=\"apps\", type=1, "
		"title=\"Login to \\\"apps\\\"\">" },
	{ "schemes alone", "Negotiate, NTLM,Basic",
		"Negotiate<>NTLM<>Basic<>" },
	{ "a scheme alone between others", "A a=1, B, C c=2",
		"A<a=1>B<>C<c=2>" },
	{ "a token68 between others", "A a=1, B Ym9v=, C c=2",
		"A<a=1>B<Ym9v=>C<c=2>" },
	{ "blanks around the equals sign", "A a = 1, b = 2, B c=3",
		"A<a = 1, b = 2>B<c=3>" },
	{ "a comma behind the scheme", "A, a=1, b=2", "A<a=1, b=2>" },
	{ "empty elements", ",A a=1,, ,b=2,,B,", "A<a=1,, ,b=2>B<>" },
	{ "parameters before the first scheme", "a=1, b=\"x, y\", A c=3",
		"A<c=3>" },
	{ "garbage before the first scheme", "=, \"x\", /, A", "A<>" },
	{ "garbage among parameters", "A a=1, =, \"x\", b=2, B",
		"A<a=1, =, \"x\", b=2>B<>" },
	{ "a quote behind the scheme", "A\"x\", B", "B<>" },
	{ "a quote that is not closed", "A a=\"1, B b=2", "A<a=\"1, B b=2>" },
	{ "nothing but an equals sign", "A =", "" },
	{ "a quoted value instead of parameters", "Basic \"oh please\"",
		"Basic<\"oh please\">" },
};

static void read_all(struct buf *out, struct str list)
{
	const char *end = list.p + list.n;
	struct challenge c;

	while (challenge_next(&list, &c)) {
		assert_ptr_equal(list.p + list.n, end);
		buf_add_str(out, c.scheme);
		buf_add_char(out, '<');
		buf_add_str(out, c.parameters);
		buf_add_char(out, '>');
	}
	assert_int_equal(list.n, 0);
}

static void test_next(const void *row)
{
	const struct row *r = row;
	size_t n = strlen(r->text);
	char *copy = exact_copy(r->text, n);
	struct buf out;

	buf_init(&out, 1000);
	read_all(&out, (struct str){ copy, n });
	assert_string_equal(buf_text(&out), r->expected);
	buf_fini(&out);
	free(copy);
}

/* Each front of a list is one, and no byte behind it is read. */
static void test_next_cut(const void *row)
{
	const struct row *r = row;

	for (size_t n = 0; n < strlen(r->text); n++) {
		char *copy = exact_copy(r->text, n);
		struct buf out;

		buf_init(&out, 1000);
		read_all(&out, (struct str){ copy, n });
		assert_true(out.n <= 2 * n + 2 && out.failed == 0);
		buf_fini(&out);
		free(copy);
	}
}

/* The expectation has each parameter in brackets, then "!" and where what is
 * none begins. */
static const struct row parameter_rows[] = {
	{ "nothing", "", "" },
	{ "one", "a=b", "[a|b]" },
	{ "two", "a=b,c=d", "[a|b][c|d]" },
	{ "blanks and commas", " ,a=b , ,\tc=d, ", "[a|b][c|d]" },
	{ "blanks only", "a=b c=\"d\" e=f", "[a|b][c|\"d\"][e|f]" },
	{ "blanks around the equals sign", "a = b, c\t=\t\"d\"",
		"[a|b][c|\"d\"]" },
	{ "quoted", "a=\"b, c=d\", e=f", "[a|\"b, c=d\"][e|f]" },
	{ "quoted, with quotes in it", "a=\"\\\"b\\\\\",c=d",
		"[a|\"\\\"b\\\\\"][c|d]" },
	{ "quoted and empty", "a=\"\"", "[a|\"\"]" },
	{ "empty", "a=,b=", "[a|][b|]" },
	{ "unquoted base64", "nonce=ab+/c==, b=c", "[nonce|ab+/c==][b|c]" },
	{ "no value", "a=b, c, d=e", "[a|b]!c, d=e" },
	{ "no name", "a=b, =c", "[a|b]!=c" },
	{ "a quoted name", "\"a\"=b", "!\"a\"=b" },
	{ "a quote that is not closed", "a=b,c=\"d", "[a|b]!c=\"d" },
	{ "a quote that ends in a backslash", "a=\"b\\", "!a=\"b\\" },
	{ "text behind a quoted value", "a=\"b\"c", "!a=\"b\"c" },
	{ "a quote in an unquoted value", "a=b\"c\"", "!a=b\"c\"" },
};

static void test_parameter(const void *row)
{
	const struct row *r = row;
	size_t n = strlen(r->text);
	char *copy = exact_copy(r->text, n);
	struct str rest = { copy, n }, name, value;
	struct buf out;
	int result;

	buf_init(&out, 1000);
	while ((result = challenge_parameter(&rest, &name, &value)) > 0)
		buf_printf(&out, "[%.*s|%.*s]", STR_FMT(name), STR_FMT(value));
	if (result < 0)
		buf_printf(&out, "!%.*s", STR_FMT(rest));
	else
		assert_int_equal(rest.n, 0);
	assert_string_equal(buf_text(&out), r->expected);
	buf_fini(&out);
	free(copy);
}

/* A list of `n` times `piece`; returns the challenges and parameters in it. */
static size_t count_repeated(const char *piece, size_t n)
{
	struct str list, name, value;
	struct challenge c;
	struct buf text;
	size_t found = 0;

	buf_init(&text, LIMIT_HEAD * 64);
	for (size_t i = 0; i < n; i++)
		buf_add_text(&text, piece);
	list = buf_str(&text);
	while (challenge_next(&list, &c)) {
		found++;
		while (challenge_parameter(&c.parameters, &name, &value) > 0)
			found++;
	}
	assert_int_equal(text.failed, 0);
	buf_fini(&text);
	return found;
}

/* What is not linear would not end: these are megabytes. */
static const struct repeat_row {
	const char *name;
	const char *piece;
	size_t found; /* of 500,000 */
} repeat_rows[] = {
	{ "challenges", "A, ", 500000 },
	{ "parameters of none", "a=b,", 0 },
	{ "commas", ",,, ", 0 },
	{ "challenges and parameters", "A b=c, d=e,", 1500000 },
	{ "quotes", "\"", 0 },
	{ "a challenge and garbage", "A, \"x\", =,", 500000 },
};

static void test_repeat(const void *row)
{
	const struct repeat_row *r = row;

	assert_int_equal(count_repeated(r->piece, 500000), r->found);
}

int main(void)
{
	static const struct table tables[] = {
		TABLE("challenge_next", next_rows, test_next),
		TABLE("challenge_next, cut", next_rows, test_next_cut),
		TABLE("challenge_next, long", repeat_rows, test_repeat),
		TABLE("challenge_parameter", parameter_rows, test_parameter),
	};

	return table_run("challenge", tables, 4);
}
