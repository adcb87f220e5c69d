#include "url/glob.h"

#include "support/table.h"

struct glob_row {
	const char *name, *pattern;
	const char *urls; /* all of them, a blank between */
};

static const struct glob_row url_rows[] = {
	{ "no glob", "http://h/", "http://h/" },
	{ "empty", "", "" },
	{ "set", "a{x,yy,z}b", "axb ayyb azb" },
	{ "set of one", "{a}", "a" },
	{ "empty elements", "a{,b,}", "a ab a" },
	{ "numbers", "f[8-11]", "f8 f9 f10 f11" },
	{ "leading zeros", "[08-11]", "08 09 10 11" },
	{ "zeros of the start only", "[9-011]", "9 10 11" },
	{ "zero", "[0-2]", "0 1 2" },
	{ "wide zeros", "[0000000000000000000000000001-2]",
		"0000000000000000000000000001 0000000000000000000000000002" },
	{ "numbers by two", "[1-6:2]", "1 3 5" },
	{ "step with zeros", "[1-3:002]", "1 3" },
	{ "letters", "[a-c]", "a b c" },
	{ "capitals", "[X-Z]", "X Y Z" },
	{ "letters by two", "[a-e:2]", "a c e" },
	{ "one number", "[5-5]", "5" },
	{ "one letter", "[a-a:1]", "a" },
	{ "the rightmost fastest", "{a,b}[1-3]", "a1 a2 a3 b1 b2 b3" },
	{ "text around", "x{a,b}y[1-2]z", "xay1z xay2z xby1z xby2z" },
	{ "the largest numbers", "[9223372036854775805-9223372036854775806]",
		"9223372036854775805 9223372036854775806" },
	{ "escaped braces", "\\{a,b\\}", "{a,b}" },
	{ "escaped brackets", "\\[1-2\\]", "[1-2]" },
	{ "escape in a set", "{a\\,b,c\\}d}", "a,b c}d" },
	{ "backslash of its own", "a\\b\\\\c\\", "a\\b\\\\c\\" },
	{ "backslash before slash", "\\{\\}\\/x", "{}\\/x" },
	{ "backslash before escape", "\\\\{a\\}", "\\{a}" },
	{ "comma outside", "a\\,b", "a\\,b" },
	{ "empty brackets", "a[]b[]", "a[]b[]" },
	{ "IPv6", "http://[::1]:8/[1-2]", "http://[::1]:8/1 http://[::1]:8/2" },
	{ "IPv6 with zone", "http://[fe80::1%25eth0]/",
		"http://[fe80::1%25eth0]/" },
	{ "IPv6 with plain zone", "[fe80::1%eth0]", "[fe80::1%eth0]" },
	{ "IPv6 with quad", "[::ffff:1.2.3.4]", "[::ffff:1.2.3.4]" },
	{ "named set", "{<n>a,b}", "a b" },
	{ "named range", "[<some-name_1>7-8]", "7 8" },
	{ "no name", "{<>a,b}{<c,d}", "<>a<c <>ad b<c bd" },
	{ "in the host", "http://{a,b}.c/", "http://a.c/ http://b.c/" },
};

static struct glob *parse(const char *pattern, uint64_t *count, struct error *e)
{
	size_t n = strlen(pattern);
	char *copy = exact_copy(pattern, n);
	struct glob *g = glob_new((struct str){ copy, n }, count, e);

	free(copy);
	return g;
}

static void test_url(const void *data)
{
	const struct glob_row *row = data;
	struct error e = { 0 };
	uint64_t count = 0;
	struct glob *g = parse(row->pattern, &count, &e);
	struct buf out;

	assert_non_null(g);
	buf_init(&out, 10000);
	for (uint64_t i = 0; i < count; i++) {
		if (i)
			buf_add_char(&out, ' ');
		glob_url(g, i, &out);
	}
	assert_string_equal(buf_text(&out), row->urls);
	buf_fini(&out);
	glob_free(g);
}

struct error_row {
	const char *name, *pattern, *words;
};

static const struct error_row error_rows[] = {
	{ "unfinished letters", "http://h/[a-c",
		"bad range in URL position 11:\n"
		"http://h/[a-c\n"
		"          ^" },
	{ "unfinished set", "http://h/{a,b",
		"unmatched brace in URL position 10:\n"
		"http://h/{a,b\n"
		"         ^" },
	{ "lone brace", "{", "unmatched brace in URL position 1:\n{\n^" },
	{ "lone bracket", "[",
		"bad range specification in URL position 2:\n[\n ^" },
	{ "empty set", "{}",
		"empty string within braces in URL position 2:\n{}\n ^" },
	{ "empty named set", "{<n>}",
		"empty string within braces in URL position 5:\n"
		"{<n>}\n    ^" },
	{ "set that ends in a comma", "{a,",
		"unmatched brace in URL position 1:\n{a,\n^" },
	{ "brace in a set", "{a{b}}",
		"nested brace in URL position 3:\n{a{b}}\n  ^" },
	{ "bracket in a set", "{[1-2],b}",
		"nested brace in URL position 2:\n{[1-2],b}\n ^" },
	{ "closing bracket in a set", "{a]}",
		"unexpected close bracket in URL position 3:\n{a]}\n  ^" },
	{ "closing brace", "a}b",
		"unmatched close brace/bracket in URL position 2:\na}b\n ^" },
	{ "closing bracket", "a]b",
		"unmatched close brace/bracket in URL position 2:\na]b\n ^" },
	{ "closing bracket behind empty ones", "[]]",
		"unmatched close brace/bracket in URL position 3:\n[]]\n"
		"  ^" },
	{ "numbers downwards", "[5-3]",
		"bad range in URL position 6:\n[5-3]\n     ^" },
	{ "letters downwards", "[c-a]",
		"bad range in URL position 6:\n[c-a]\n     ^" },
	{ "both cases", "[A-z]",
		"bad range in URL position 6:\n[A-z]\n     ^" },
	{ "from capitals to small letters", "[Z-a]",
		"bad range in URL position 6:\n[Z-a]\n     ^" },
	{ "letter to digit", "[a-9]",
		"bad range in URL position 6:\n[a-9]\n     ^" },
	{ "number to letter", "[1-a]",
		"bad range in URL position 4:\n[1-a]\n   ^" },
	{ "step zero", "[1-3:0]",
		"bad range in URL position 8:\n[1-3:0]\n       ^" },
	{ "step too far", "[1-3:3]",
		"bad range in URL position 8:\n[1-3:3]\n       ^" },
	{ "letter step too far", "[a-c:3]",
		"bad range in URL position 8:\n[a-c:3]\n       ^" },
	{ "step that goes nowhere", "[1-1:2]",
		"bad range in URL position 8:\n[1-1:2]\n       ^" },
	{ "no step", "[1-3:]", "bad range in URL position 6:\n[1-3:]\n     ^" },
	{ "step is no number", "[1-3:x]",
		"bad range in URL position 6:\n[1-3:x]\n     ^" },
	{ "letter step is no number", "[a-c:x]",
		"bad range in URL position 2:\n[a-c:x]\n ^" },
	{ "one number", "[1]", "bad range in URL position 2:\n[1]\n ^" },
	{ "one letter", "[a]", "bad range in URL position 2:\n[a]\n ^" },
	{ "two letters", "[ab-c]", "bad range in URL position 2:\n[ab-c]\n ^" },
	{ "no end", "[1-]", "bad range in URL position 4:\n[1-]\n   ^" },
	{ "unfinished numbers", "[1-3",
		"bad range in URL position 4:\n[1-3\n   ^" },
	{ "three numbers", "[1-3-5]",
		"bad range in URL position 4:\n[1-3-5]\n   ^" },
	{ "negative", "[-3-5]",
		"bad range specification in URL position 2:\n[-3-5]\n ^" },
	{ "number too large", "[1-99999999999999999999]",
		"bad range in URL position 4:\n[1-99999999999999999999]\n"
		"   ^" },
	{ "up to INT64_MAX", "[0-1][9223372036854775806-9223372036854775807]",
		"bad range in URL position 27:\n"
		"[0-1][9223372036854775806-9223372036854775807]\n"
		"                          ^" },
	{ "more URLs than can be counted", "[0-9999999999][0-9999999999]",
		"range overflow in URL position 29:\n"
		"[0-9999999999][0-9999999999]\n"
		"                            ^" },
	{ "a name twice", "{<a>b}{<a>c}",
		"duplicate glob name in URL position 8:\n{<a>b}{<a>c}\n"
		"       ^" },
	{ "a bad name in brackets", "[<>1-2]",
		"bad range specification in URL position 2:\n[<>1-2]\n ^" },
	{ "not quite IPv6", "[1:2]",
		"bad range in URL position 2:\n[1:2]\n ^" },
	{ "escape in front only", "\\[1-2]",
		"unmatched close brace/bracket in URL position 6:\n"
		"\\[1-2]\n     ^" },
};

static void test_error(const void *data)
{
	const struct error_row *row = data;
	struct error e = { 0 };
	uint64_t count;

	assert_null(parse(row->pattern, &count, &e));
	assert_int_equal(e.code, ERR_URL_MALFORMED);
	assert_string_equal(e.text, row->words);
	assert_null(parse(row->pattern, &count, NULL));
}

struct fill_row {
	const char *name, *pattern;
	uint64_t index;
	const char *template, *wanted;
};

static const struct fill_row fill_rows[] = {
	{ "no number", "{a,b}", 0, "file", "file" },
	{ "nothing", "{a,b}", 0, "", "" },
	{ "the first", "{a,b}", 1, "f_#1", "f_b" },
	{ "several", "{a,b}[1-3]", 4, "#2-#1-#2", "2-b-2" },
	{ "zeros", "[001-100]", 9, "#1", "010" },
	{ "number without a glob", "{a,b}", 0, "#2 #0 #x #", "#2 #0 #x #" },
	{ "all the digits", "{a,b}", 0, "#12 #01", "#12 a" },
	{ "too many digits", "{a}", 0, "#99999999999999999999999",
		"#99999999999999999999999" },
	{ "the tenth", "{a}{b}{c}{d}{e}{f}{g}{h}{i}{j}", 0, "#10#1", "ja" },
	{ "two signs", "{a,b}", 0, "##1", "#a" },
	{ "no glob at all", "x", 0, "#1", "#1" },
	{ "name", "{<n>a,b}", 1, "f-#<n>.html", "f-b.html" },
	{ "name or number", "{x}[<n>1-3]", 2, "#<n>#2", "33" },
	{ "unknown name", "{<n>a}", 0, "#<m> #<n #<>", "#<m> #<n #<>" },
	{ "no filling twice", "{#1,b}", 0, "#1", "#1" },
};

static void test_fill(const void *data)
{
	const struct fill_row *row = data;
	struct error e = { 0 };
	uint64_t count;
	struct glob *g = parse(row->pattern, &count, &e);
	size_t n = strlen(row->template);
	char *copy = exact_copy(row->template, n);
	struct buf out;

	assert_non_null(g);
	buf_init(&out, 1000);
	glob_fill(&(struct glob_place){ g, row->index }, 1,
		(struct str){ copy, n }, &out);
	assert_string_equal(buf_text(&out), row->wanted);
	buf_fini(&out);
	free(copy);
	glob_free(g);
}

struct both_row {
	const char *name, *first, *second; /* NULL: no glob */
	const char *template, *wanted;
};

static const struct both_row both_rows[] = {
	{ "only the second", NULL, "f{1,2}", "out-#1", "out-2" },
	{ "a first without ranges", "http://h/", "f{1,2}", "out-#1", "out-2" },
	{ "counted on", "{a,b}", "{1,2}[3-4]", "#1#2#3", "b14" },
	{ "beyond both", "{a,b}", "{1,2}", "#3", "#3" },
	{ "name of the second", "{a,b}", "{<n>1,2}", "#<n>", "2" },
	{ "name of both", "{<n>a,b}", "{<n>1,2}", "#<n>", "b" },
	{ "none", NULL, NULL, "#1", "#1" },
};

static void test_fill_both(const void *data)
{
	const struct both_row *row = data;
	const char *const patterns[] = { row->first, row->second };
	struct glob_place places[2] = { { NULL, 0 } };
	struct error e = { 0 };
	uint64_t count;
	struct buf out;

	for (size_t i = 0; i < 2; i++)
		if (patterns[i]) {
			places[i].glob = glob_new(
				str_of(patterns[i]), &count, &e);
			places[i].index = 1 % count;
		}
	buf_init(&out, 1000);
	glob_fill(places, 2, str_of(row->template), &out);
	assert_string_equal(buf_text(&out), row->wanted);
	buf_fini(&out);
	for (size_t i = 0; i < 2; i++)
		glob_free((struct glob *)places[i].glob);
}

static void test_large(const void *row)
{
	struct error e = { 0 };
	uint64_t count;
	struct glob *g = parse("[0-999999999][0-999999999]{a,b}", &count, &e);
	struct buf out;

	(void)row;
	assert_non_null(g);
	assert_true(count == UINT64_C(2000000000000000000));
	buf_init(&out, 1000);
	glob_url(g, count - 1, &out);
	assert_string_equal(buf_text(&out), "999999999999999999b");
	buf_fini(&out);
	glob_free(g);
}

static void test_many(const void *row)
{
	struct error e = { 0 };
	struct buf pattern, out;
	uint64_t count;
	struct glob *g;

	(void)row;
	buf_init(&pattern, 100000);
	buf_init(&out, 100000);
	for (int i = 0; i < 1000; i++)
		buf_add_text(&pattern, "{a}");
	g = glob_new(buf_str(&pattern), &count, &e);
	assert_non_null(g);
	assert_int_equal(count, 1);
	glob_url(g, 0, &out);
	assert_int_equal(out.n, 1000);
	glob_free(g);
	buf_add_text(&pattern, "{a}");
	assert_null(glob_new(buf_str(&pattern), &count, &e));
	assert_string_equal(e.text, "too many globs in URL position 3001");
	buf_fini(&pattern);
	buf_fini(&out);
}

static void test_long(const void *row)
{
	struct error e = { 0 };
	size_t n = LIMIT_URL + 1;
	char *text = malloc(n);
	uint64_t count;

	(void)row;
	assert_non_null(text);
	memset(text, 'a', n);
	assert_null(glob_new((struct str){ text, n }, &count, &e));
	assert_int_equal(e.code, ERR_URL_MALFORMED);
	free(text);
	glob_free(NULL);
}

int main(void)
{
	static const struct table tables[] = {
		TABLE("glob_url", url_rows, test_url),
		TABLE("glob_new", error_rows, test_error),
		TABLE("glob_fill", fill_rows, test_fill),
		TABLE("glob_fill of two", both_rows, test_fill_both),
		SINGLE("2 * 10^18 URLs", test_large),
		SINGLE("a thousand globs and one more", test_many),
		SINGLE("a pattern of more than LIMIT_URL", test_long),
	};

	return table_run("glob", tables, sizeof(tables) / sizeof(tables[0]));
}
