/* netrc files: whose login and password they give, and what is wrong in them.
 */
#include "policy/netrc.h"

#include "support/table.h"

#define NONE "(none)"

struct find_row {
	const char *name, *text, *host, *login;
	const char *wanted_login, *wanted_password; /* both NULL: not found */
};

static const struct find_row find_rows[] = {
	{ "a line", "machine h login a password b\n", "h", NULL, "a", "b" },
	{ "no end of the line", "machine h login a password b", "h", NULL, "a",
		"b" },
	{ "many lines", "\n\nmachine\r\nh\n\n\tlogin \ta\r\n password\nb\n",
		"h", NULL, "a", "b" },
	{ "password first", "machine h password b login a", "h", NULL, "a",
		"b" },
	{ "keywords in capitals", "MACHINE h Login a passWORD b", "h", NULL,
		"a", "b" },
	{ "the machine in another case", "machine H.Example login a password b",
		"h.eXAMPLE", NULL, "a", "b" },
	{ "another machine", "machine h login a password b", "hh", NULL, NULL,
		NULL },
	{ "nothing", "", "h", NULL, NULL, NULL },
	{ "the second machine",
		"machine g login x password y\nmachine h login a password b",
		"h", NULL, "a", "b" },
	{ "the first of two entries",
		"machine h login a password b\nmachine h login c password d",
		"h", NULL, "a", "b" },
	{ "unknown words", "machine h what login a ever password b", "h", NULL,
		"a", "b" },
	{ "an account", "machine h account login login a password b", "h", NULL,
		"a", "b" },
	{ "words outside of machines", "login x password y machine h login a",
		"h", NULL, "a", NONE },
	{ "the last word counts",
		"machine h password x password b login y login a", "h", NULL,
		"a", "b" },
	{ "nothing behind a taken entry is read",
		"machine h login a password b machine \"", "h", NULL, "a",
		"b" },
	/* Entries that are not whole. */
	{ "a login alone", "machine h login a", "h", NULL, "a", NONE },
	{ "a password alone", "machine h\npassword b\n\nmachine g\n", "h", NULL,
		NONE, "b" },
	{ "neither", "machine h", "h", NULL, NULL, NULL },
	{ "an empty entry before a whole one",
		"machine h\nmachine h login a password b", "h", NULL, "a",
		"b" },
	{ "half an entry before a whole one",
		"machine h login x\nmachine h login a password b", "h", NULL,
		"a", "b" },
	{ "the first half", "machine h login a machine h password b", "h", NULL,
		"a", NONE },
	/* default */
	{ "default", "machine g login x password y\ndefault login a password b",
		"h", NULL, "a", "b" },
	{ "default with half", "default\nlogin a\n", "h", NULL, "a", NONE },
	{ "default behind the machine",
		"machine h login a password b\ndefault login x password y", "h",
		NULL, "a", "b" },
	{ "default behind half the machine",
		"machine h login a\ndefault login x password y", "h", NULL, "a",
		NONE },
	{ "default behind an empty machine",
		"machine h\ndefault login a password b", "h", NULL, "a", "b" },
	{ "default in front", "default login a password b machine h login x",
		"h", NULL, "a", "b" },
	{ "default for a login",
		"machine h login x password y\ndefault login a password b", "h",
		"a", "a", "b" },
	/* A login is given. */
	{ "the first login",
		"machine h login a password b\nmachine h login c password d",
		"h", "a", "a", "b" },
	{ "the second login",
		"machine h login a password b\nmachine h login c password d",
		"h", "c", "c", "d" },
	{ "no such login", "machine h login a password b", "h", "c", NULL,
		NULL },
	{ "a login in another case", "machine h login a password b", "h", "A",
		NULL, NULL },
	{ "a login of another machine", "machine g login a password b", "h",
		"a", NULL, NULL },
	{ "an entry without login", "machine h password b", "h", "a", NONE,
		"b" },
	{ "an entry without login before one with it",
		"machine h password x\nmachine h login a password b", "h", "a",
		NONE, "x" },
	{ "an entry without login behind one with it",
		"machine h login a password b\nmachine h password x", "h", "a",
		"a", "b" },
	{ "an entry without login behind another's",
		"machine h login c password x\nmachine h password b", "h", "a",
		NONE, "b" },
	{ "an entry without login behind half of one",
		"machine h login a\nmachine h password b", "h", "a", NONE,
		"b" },
	{ "default without login", "default password b", "h", "a", NONE, "b" },
	{ "default without login behind another's",
		"machine h login c password x\ndefault password b", "h", "a",
		NONE, "b" },
	{ "default of another login", "default login c password x", "h", "a",
		NULL, NULL },
	{ "an entry without password", "machine h login a", "h", "a", "a",
		NONE },
	{ "several accounts of one host",
		"\nmachine github.com\npassword weird\npassword firstone\n"
		"login daniel\n\nmachine github.com\n\nmachine github.com\n"
		"login debbie\n\nmachine github.com\npassword weird\n"
		"password \"second\\r\"\nlogin debbie\n",
		"github.com", "debbie", "debbie", "second\r" },
	{ "an empty login", "machine h login \"\" password b", "h", "", "",
		"b" },
	/* Quotes. */
	{ "quoted",
		"machine \"h\" login \"user one\" password "
		"\"with spaces and \\\"\\n\\r\\t\\a\"",
		"h", NULL, "user one", "with spaces and \"\n\r\ta" },
	{ "a quoted backslash", "machine h login a password \"\\\\\"", "h",
		NULL, "a", "\\" },
	{ "an empty quoted word", "machine h login \"\" password \"\"", "h",
		NULL, "", "" },
	{ "backslashes without quotes", "machine h login a\\n password \\\"b",
		"h", NULL, "a\\n", "\\\"b" },
	{ "a quote inside", "machine h login a\" password b\"c", "h", NULL,
		"a\"", "b\"c" },
	{ "bytes above 0x7f", "machine h login \xc3\xa9 password \"\xff\"", "h",
		NULL, "\xc3\xa9", "\xff" },
	/* Comments. */
	{ "comments",
		"# machine h login x password y\nmachine h # login x\n"
		"login a\n#\npassword b# c",
		"h", NULL, "a", "b#" },
	{ "a password like one", "machine h login a password #b", "h", NULL,
		"a", "#b" },
	{ "a comment at the end", "machine h login a password b #", "h", NULL,
		"a", "b" },
	/* Macros. */
	{ "a macro",
		"macdef m\nmachine h login x password y\n\n"
		"machine h login a password b",
		"h", NULL, "a", "b" },
	{ "a macro inside",
		"machine h login a macdef m\r\npassword x\r\n\r\npassword "
		"b\r\n",
		"h", NULL, "a", "b" },
	{ "a macro without end", "machine h login a macdef m\npassword b", "h",
		NULL, "a", NONE },
	{ "an empty macro", "macdef m\n\nmachine h login a password b", "h",
		NULL, "a", "b" },
	{ "quotes in a macro", "macdef m\n\"\n\nmachine h login a password b",
		"h", NULL, "a", "b" },
};

static void assert_word(const struct buf *b, bool has, const char *wanted)
{
	assert_int_equal(has, strcmp(wanted, NONE) != 0);
	if (!has)
		wanted = "";
	assert_int_equal(b->n, strlen(wanted));
	if (b->n)
		assert_memory_equal(b->p, wanted, b->n);
}

static void test_find(const void *data)
{
	const struct find_row *row = data;
	size_t n = strlen(row->text);
	char *copy = exact_copy(row->text, n);
	struct netrc_entry entry;
	struct error e = { 0 };

	assert_int_equal(netrc_find(&entry, (struct str){ copy, n },
				 str_of(row->host), str_of(row->login), &e),
		row->wanted_login != NULL);
	if (row->wanted_login) {
		assert_word(&entry.login, entry.has_login, row->wanted_login);
		assert_word(&entry.password, entry.has_password,
			row->wanted_password);
	}
	netrc_fini(&entry);
	free(copy);
}

/* Nothing behind the end is looked at, wherever that is. */
static void test_beginnings(const void *data)
{
	const struct find_row *row = data;

	for (size_t n = 0; n < strlen(row->text); n++) {
		char *copy = exact_copy(row->text, n);
		struct netrc_entry entry;
		struct error e = { 0 };
		int result = netrc_find(&entry, (struct str){ copy, n },
			str_of(row->host), str_of(row->login), &e);

		assert_int_equal(result < 0 ? e.code : 0, e.code);
		if (result >= 0)
			assert_int_equal(
				result, entry.has_login || entry.has_password);
		netrc_fini(&entry);
		free(copy);
	}
}

static const struct bad_row {
	const char *name, *text;
	size_t n;
	const char *words;
} bad_rows[] = {
#define ROW(text) text, sizeof(text) - 1
	{ "a quote that stays open", ROW("machine h\nlogin a password \"b"),
		"a quoted word without its closing quote in line 2 at byte "
		"offset 17" },
	{ "a quote that goes over lines",
		ROW("machine h login \"a\n\" password b"),
		"a quoted word without its closing quote in line 1 at byte "
		"offset 16" },
	{ "a backslash at the end", ROW("machine h login \"a\\"),
		"a quoted word without its closing quote in line 1 at byte "
		"offset 16" },
	{ "a backslash at the end of a line", ROW("machine h login \"a\\\n\""),
		"a quoted word without its closing quote in line 1 at byte "
		"offset 16" },
	{ "text behind a quote", ROW("machine h login \"a\"b"),
		"text behind a closing quote in line 1 at byte offset 19" },
	{ "no machine", ROW("\n\n machine \n"),
		"'machine' without a value in line 3 at byte "
		"offset 1" },
	{ "no login", ROW("machine h login"),
		"'login' without a value in line 1 at byte "
		"offset 10" },
	{ "no password", ROW("machine h login a\r\npassword\r\n"),
		"'password' without a value in line 2 at byte "
		"offset 0" },
	{ "no account", ROW("account"),
		"'account' without a value in line 1 at byte "
		"offset 0" },
	{ "no macro", ROW("macdef "),
		"'macdef' without a value in line 1 at byte "
		"offset 0" },
	{ "a NUL", ROW("machine h login a\0b password c"),
		"a NUL byte in line 1 at byte offset 17" },
	{ "a NUL in quotes", ROW("machine h login \"a\0\" password c"),
		"a NUL byte in line 1 at byte offset 18" },
	{ "a NUL behind a backslash", ROW("machine h login \"a\\\0\""),
		"a NUL byte in line 1 at byte offset 19" },
	{ "UTF-16", ROW("m\0a\0c\0h\0i\0n\0e\0"),
		"a NUL byte in line 1 at byte offset 1" },
	{ "of another machine", ROW("machine g login \"a"),
		"a quoted word without its closing quote in line 1 at byte "
		"offset 16" },
#undef ROW
};

static void test_bad(const void *data)
{
	const struct bad_row *row = data;
	char *copy = exact_copy(row->text, row->n);
	struct netrc_entry entry;
	struct error e = { 0 };

	assert_int_equal(netrc_find(&entry, (struct str){ copy, row->n },
				 STR("h"), str_of(NULL), &e),
		-ERR_READ);
	assert_int_equal(e.code, ERR_READ);
	assert_string_equal(e.text, row->words);
	netrc_fini(&entry);
	free(copy);
}

/* A password of any length that a file has room for. */
static void test_long(const void *row)
{
	struct buf text;
	struct netrc_entry entry;
	struct error e = { 0 };
	const size_t n = 100000;

	(void)row;
	buf_init(&text, 10 * n);
	buf_add_text(&text, "machine h login a password ");
	for (size_t i = 0; i < n; i++)
		buf_add_char(&text, 'b');
	assert_int_equal(
		netrc_find(&entry, buf_str(&text), STR("h"), str_of(NULL), &e),
		1);
	assert_int_equal(entry.password.n, n);
	netrc_fini(&entry);
	buf_fini(&text);
}

/* Beyond what a word may be long, nothing is cut off silently. */
static void test_too_long(const void *row)
{
	struct buf text;
	struct netrc_entry entry;
	struct error e = { 0 };

	(void)row;
	buf_init(&text, LIMIT_CONFIG_LINE + 100);
	buf_add_text(&text, "machine h login a password ");
	for (size_t i = 0; i <= LIMIT_CONFIG_LINE; i++)
		buf_add_char(&text, 'b');
	assert_false(text.failed);
	assert_int_equal(
		netrc_find(&entry, buf_str(&text), STR("h"), str_of(NULL), &e),
		-ERR_TOO_LARGE);
	assert_non_null(strstr(e.text, "word of a netrc file"));
	netrc_fini(&entry);
	buf_fini(&text);
}

int main(void)
{
	static const struct table tables[] = {
		TABLE("netrc_find", find_rows, test_find),
		TABLE("netrc_find in beginnings", find_rows, test_beginnings),
		TABLE("netrc_find in a malformed file", bad_rows, test_bad),
		SINGLE("netrc_find of a long word", test_long),
		SINGLE("netrc_find of a word that is too long", test_too_long),
	};

	return table_run("netrc", tables, sizeof(tables) / sizeof(tables[0]));
}
