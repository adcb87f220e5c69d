#include "cli/expand.h"

#include <stdio.h>

#include "support/table.h"

/* --- what --variable says */

struct parse_row {
	const char *name, *text;
	const char *seen; /* "NAME FIRST-LAST source CONTENT" */
	const char *words; /* of the error */
};

static const struct parse_row parse_rows[] = {
	{ "a text", "a=b", "a 0- = b", NULL },
	{ "an empty text", "a=", "a 0- = ", NULL },
	{ "a text with = and @", "a=b=@c", "a 0- = b=@c", NULL },
	{ "a file", "a@b", "a 0- @ b", NULL },
	{ "a file with =", "a@b=c", "a 0- @ b=c", NULL },
	{ "standard input", "a@-", "a 0- @ -", NULL },
	{ "all letters", "aZ_09=", "aZ_09 0- = ", NULL },
	{ "the environment", "%a", "%a 0- ! ", NULL },
	{ "the environment or a text", "%a=b", "%a 0- = b", NULL },
	{ "the environment or a file", "%a@b", "%a 0- @ b", NULL },
	{ "bytes", "a[5-9]=b", "a 5-9 = b", NULL },
	{ "one byte", "a[5-5]@b", "a 5-5 @ b", NULL },
	{ "bytes to the end", "a[5-]=b", "a 5- = b", NULL },
	{ "bytes of the environment", "%a[0-1]", "%a 0-1 ! ", NULL },
	{ "a bracket in the text", "a=[1-2]", "a 0- = [1-2]", NULL },

	{ "empty", "", NULL,
		"expected a name of 1 to 127 letters, digits and _ at byte "
		"offset 0 of ''" },
	{ "no name", "=b", NULL,
		"expected a name of 1 to 127 letters, digits and _ at byte "
		"offset 0 of '=b'" },
	{ "no name behind %", "%=b", NULL,
		"expected a name of 1 to 127 letters, digits and _ at byte "
		"offset 1 of '%=b'" },
	{ "nothing behind the name", "a", NULL,
		"expected =TEXT or @FILE behind the name at byte offset 1 of "
		"'a'" },
	{ "a bad letter", "a.b=c", NULL,
		"expected =TEXT or @FILE behind the name at byte offset 1 of "
		"'a.b=c'" },
	{ "a bad letter in the environment's", "%a.b", NULL,
		"expected =TEXT or @FILE behind the name at byte offset 2 of "
		"'%a.b'" },
	{ "no end of a range", "a[1-2=c", NULL,
		"expected [FIRST-LAST] or [FIRST-] at byte offset 1 of "
		"'a[1-2=c'" },
	{ "no range", "a[]=c", NULL,
		"expected [FIRST-LAST] or [FIRST-] at byte offset 1 of "
		"'a[]=c'" },
	{ "one number", "a[1]=c", NULL,
		"expected [FIRST-LAST] or [FIRST-] at byte offset 1 of "
		"'a[1]=c'" },
	{ "no first number", "a[-1]=c", NULL,
		"expected [FIRST-LAST] or [FIRST-] at byte offset 1 of "
		"'a[-1]=c'" },
	{ "a blank in a range", "a[1- 2]=c", NULL,
		"expected [FIRST-LAST] or [FIRST-] at byte offset 1 of "
		"'a[1- 2]=c'" },
	{ "too large a number", "a[1-99999999999999999999]=c", NULL,
		"expected [FIRST-LAST] or [FIRST-] at byte offset 1 of "
		"'a[1-99999999999999999999]=c'" },
	{ "a range that ends before it begins", "a[5-4]=c", NULL,
		"expected a LAST that is not before FIRST at byte offset 4 of "
		"'a[5-4]=c'" },
	{ "text behind a range", "a[1-2]x=c", NULL,
		"expected =TEXT or @FILE behind the name at byte offset 6 of "
		"'a[1-2]x=c'" },
};

static void describe(struct buf *out, const struct variable_spec *spec)
{
	static const char sources[] = { '!', '=', '@' };

	buf_printf(out, "%s%.*s %llu-", spec->import ? "%" : "",
		STR_FMT(spec->name), (unsigned long long)spec->first);
	if (spec->last != UINT64_MAX)
		buf_printf(out, "%llu", (unsigned long long)spec->last);
	buf_printf(
		out, " %c %.*s", sources[spec->source], STR_FMT(spec->content));
}

static void test_parse(const void *arg)
{
	const struct parse_row *row = arg;
	size_t n = strlen(row->text);
	char *copy = exact_copy(row->text, n);
	struct variable_spec spec;
	struct error e = { 0 };
	struct buf seen;
	int result = variable_parse(&spec, (struct str){ copy, n }, &e);

	buf_init(&seen, 1000);
	if (row->words) {
		assert_int_equal(result, -ERR_USAGE);
		assert_string_equal(e.text, row->words);
	} else {
		assert_int_equal(result, 0);
		describe(&seen, &spec);
		assert_string_equal(buf_text(&seen), row->seen);
	}
	buf_fini(&seen);
	free(copy);
}

static void test_long_name(const void *arg)
{
	struct variable_spec spec;
	struct error e = { 0 };
	struct buf text;

	(void)arg;
	buf_init(&text, 1000);
	for (size_t i = 0; i < VARIABLE_NAME_MAX; i++)
		buf_add_char(&text, 'a');
	buf_add_char(&text, '=');
	assert_int_equal(variable_parse(&spec, buf_str(&text), &e), 0);
	assert_int_equal(variable_parse(&spec, str_of("a"), &e), -ERR_USAGE);
	buf_clear(&text);
	for (size_t i = 0; i <= VARIABLE_NAME_MAX; i++)
		buf_add_char(&text, 'a');
	buf_add_char(&text, '=');
	assert_int_equal(variable_parse(&spec, buf_str(&text), &e), -ERR_USAGE);
	buf_fini(&text);
}

/* --- expansion */

/* The variables of these tests */
static void fill(struct variables *variables)
{
	static const struct {
		struct str name, content;
	} all[] = {
		{ { "a", 1 }, { "old", 3 } },
		{ { "a", 1 }, { "one", 3 } },
		{ { "b_2", 3 }, { "{{a}}", 5 } },
		{ { "empty", 5 }, { "", 0 } },
		{ { "space", 5 }, { " \t\r\n\v\fx y \n", 11 } },
		{ { "quote", 5 }, { "\"\\/\n\x01", 5 } },
		{ { "nul", 3 }, { "x\0y", 3 } },
		{ { "nuls", 4 }, { "\0", 1 } },
		{ { "coded", 5 }, { "IGEg", 4 } },
		{ { "bad", 3 }, { "not-base64", 10 } },
		{ { "aanul", 5 }, { "AA==", 4 } },
	};
	struct error e = { 0 };

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		assert_int_equal(variables_set(variables, all[i].name,
					 all[i].content, &e),
			0);
}

struct expand_row {
	const char *name, *text;
	const char *seen;
	const char *flaw; /* "AT what" */
	const char *words; /* of the error */
};

#define A32 "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
#define A128 A32 A32 A32 A32

static const struct expand_row expand_rows[] = {
	{ "empty", "", "", "", NULL },
	{ "no reference", "a{b}c\\d}}", "a{b}c\\d}}", "", NULL },
	{ "a reference", "{{a}}", "one", "", NULL },
	{ "among others", "<{{a}}{{a}}-{{a}}>", "<oneone-one>", "", NULL },
	{ "digits and _", "{{b_2}}", "{{a}}", "", NULL },
	{ "case counts", "<{{A}}>", "<>", "", NULL },
	{ "an empty variable", "<{{empty}}>", "<>", "", NULL },
	{ "no such variable", "<{{none}}>", "<>", "", NULL },
	{ "no such variable, and functions", "<{{none:trim:json}}>", "<>", "",
		NULL },
	{ "escaped", "<\\{{a}}>", "<{{a}}>", "", NULL },
	{ "escaped in front", "\\{{a}}{{a}}", "{{a}}one", "", NULL },
	{ "escaped without end", "\\{{a", "{{a", "", NULL },
	{ "a backslash alone", "\\{a\\", "\\{a\\", "", NULL },
	{ "a backslash before an escape", "\\\\{{a}}", "\\{{a}}", "", NULL },
	{ "no name", "{{}}", "{{}}", "2 a bad variable name", NULL },
	{ "a bad name", "{{not.good}}{{a}}", "{{not.good}}one",
		"2 a bad variable name", NULL },
	{ "a blank in a name", "{{ a }}", "{{ a }}", "2 a bad variable name",
		NULL },
	{ "two bad names", "x{{}}{{.}}", "x{{}}{{.}}", "3 a bad variable name",
		NULL },
	{ "a name too long", "{{" A128 "}}", "{{" A128 "}}",
		"2 a bad variable name", NULL },
	{ "a name just short enough", "<{{a" A32 A32 A32 "}}>", "<>", "",
		NULL },
	{ "no end", "{{a}}{{broken", "one{{broken", "5 a {{ without its }}",
		NULL },
	{ "one brace at the end", "{{a}", "{{a}", "0 a {{ without its }}",
		NULL },
	{ "three braces", "{{{a}}}", "{{{a}}}", "2 a bad variable name", NULL },

	{ "trim", "<{{space:trim}}>", "<x y>", "", NULL },
	{ "trim of nothing", "<{{empty:trim}}>", "<>", "", NULL },
	{ "json", "{{quote:json}}", "\\\"\\\\/\\n\\u0001", "", NULL },
	{ "json and NUL", "{{nul:json}}", "x\\u0000y", "", NULL },
	{ "url", "{{quote:url}}", "%22%5C%2F%0A%01", "", NULL },
	{ "url and NUL", "{{nul:url}}", "x%00y", "", NULL },
	{ "b64", "{{a:b64}}", "b25l", "", NULL },
	{ "b64 and NUL", "{{nul:b64}}", "eAB5", "", NULL },
	{ "64dec", "<{{coded:64dec}}>", "< a >", "", NULL },
	{ "64dec, trim", "<{{coded:64dec:trim}}>", "<a>", "", NULL },
	{ "64dec of something else", "{{bad:64dec}}", "[64dec-fail]", "",
		NULL },
	{ "64dec of nothing", "<{{empty:64dec}}>", "<>", "", NULL },
	{ "back and forth", "{{space:b64:64dec:trim:url:b64}}", "eCUyMHk=", "",
		NULL },
	{ "64dec to NUL, url", "{{aanul:64dec:url}}", "%00", "", NULL },

	{ "an unknown function", "<{{a:trim:super}}", NULL, NULL,
		"unknown function 'super' (there are trim, json, url, b64, "
		"64dec) in {{a:trim:super}}, at byte offset 10 of "
		"'<{{a:trim:super}}'" },
	{ "an unknown function of no variable", "{{none:x}}", NULL, NULL,
		"unknown function 'x' (there are trim, json, url, b64, 64dec) "
		"in {{none:x}}, at byte offset 7 of '{{none:x}}'" },
	{ "no function", "{{a:}}", NULL, NULL,
		"unknown function '' (there are trim, json, url, b64, 64dec) "
		"in {{a:}}, at byte offset 4 of '{{a:}}'" },
	{ "case of functions", "{{a:TRIM}}", NULL, NULL,
		"unknown function 'TRIM' (there are trim, json, url, b64, "
		"64dec) in {{a:TRIM}}, at byte offset 4 of '{{a:TRIM}}'" },
	{ "NUL", "<{{nul}}>", NULL, NULL,
		"byte 1 of the variable's text is NUL, which only json, url "
		"and b64 can write in {{nul}}, at byte offset 3 of "
		"'<{{nul}}>'" },
	{ "NUL at the front", "{{nuls:trim}}", NULL, NULL,
		"byte 0 of the variable's text is NUL, which only json, url "
		"and b64 can write in {{nuls:trim}}, at byte offset 2 of "
		"'{{nuls:trim}}'" },
	{ "NUL from base64", "{{aanul:64dec}}", NULL, NULL,
		"byte 0 of the variable's text is NUL, which only json, url "
		"and b64 can write in {{aanul:64dec}}, at byte offset 2 of "
		"'{{aanul:64dec}}'" },
};

static void test_expand(const void *arg)
{
	const struct expand_row *row = arg;
	size_t n = strlen(row->text);
	char *copy = exact_copy(row->text, n), flaw_text[100] = "";
	struct variables variables = { 0 };
	struct expand_flaw flaw;
	struct error e = { 0 };
	struct buf out;
	int result;

	fill(&variables);
	buf_init(&out, 1000);
	result = expand(&out, (struct str){ copy, n }, &variables, &flaw, &e);
	if (row->words) {
		assert_int_equal(result, -ERR_USAGE);
		assert_string_equal(e.text, row->words);
	} else {
		assert_int_equal(result, 0);
		assert_string_equal(out.n ? buf_text(&out) : "", row->seen);
		if (flaw.what)
			snprintf(flaw_text, sizeof(flaw_text), "%zu %s",
				flaw.at, flaw.what);
		assert_string_equal(flaw_text, row->flaw);
	}
	buf_fini(&out);
	variables_fini(&variables);
	free(copy);
}

static void test_too_large(const void *arg)
{
	struct variables variables = { 0 };
	struct expand_flaw flaw;
	struct error e = { 0 };
	struct buf out;

	(void)arg;
	fill(&variables);
	buf_init(&out, 5);
	assert_int_equal(expand(&out, STR("{{a}}{{a}}"), &variables, &flaw, &e),
		-ERR_TOO_LARGE);
	buf_fini(&out);
	variables_fini(&variables);
}

int main(void)
{
	static const struct table tables[] = {
		TABLE("variable_parse", parse_rows, test_parse),
		SINGLE("variable_parse: long names", test_long_name),
		TABLE("expand", expand_rows, test_expand),
		SINGLE("expand: too large", test_too_large),
	};

	return table_run("expand", tables, sizeof(tables) / sizeof(tables[0]));
}
