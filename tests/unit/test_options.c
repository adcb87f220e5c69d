#include "cli/options.h"

#include <sys/socket.h>

#include "cli/manual.h"
#include "support/table.h"

/* --- every row */

struct option {
	const char *name;
	enum option_id id;
	char letter;
};

static const struct option options[] = {
#define OPTION(id, kind, field, flags, letter, name, ...) \
	{ name, OPTION_ID_##id, letter },
#include "cli/options.def"
};

static void test_row(const void *arg)
{
	const struct option *row = arg;
	const struct option_row *found;
	bool on = false;

	found = option_find(str_of(row->name), &on);
	assert_ptr_equal(found, &option_table[row->id]);
	assert_true(on);
	assert_int_equal(option_id(found), row->id);
	if (row->id > 0)
		assert_true(
			strcmp(option_table[row->id - 1].name, row->name) < 0);
	if (row->letter)
		assert_ptr_equal(option_find_letter(row->letter), found);
	assert_null(option_out_of_scope(str_of(row->name)));
}

static bool known_macro(struct str line)
{
	static const char *const macros[] = { ".Fl ", ".Ar ", ".Ev ", ".Ql ",
		".Xr " };

	for (size_t i = 0; i < sizeof(macros) / sizeof(macros[0]); i++)
		if (str_starts(line, str_of(macros[i])))
			return true;
	return false;
}

/* Words for the help, in one line and in mdoc; a category to be found in. */
static void test_words(const void *arg)
{
	const struct option_row *row =
		&option_table[((const struct option *)arg)->id];
	size_t help = strlen(option_help(row)), categories = 0;
	struct buf manual;
	struct str rest, line = { NULL, 0 };

	assert_in_range(help, 8, 47);
	assert_int_not_equal(option_help(row)[help - 1], '.');
	for (unsigned i = 0; category_name(i); i++)
		categories += option_in_category(row, i);
	assert_in_range(categories, 1, 3);
	assert_int_equal(*option_argument(row) != '\0',
		option_takes_argument(row) || option_id(row) == OPTION_ID_help);
	buf_init(&manual, 4096);
	option_describe(&manual, row);
	assert_int_equal(manual.failed, 0);
	rest = buf_str(&manual);
	while (rest.n) {
		str_cut(rest, '\n', &line, &rest);
		assert_in_range(line.n, 1, 79);
		if (*line.p == '.')
			assert_true(known_macro(line));
		assert_int_not_equal(*line.p, '\'');
		assert_int_not_equal(line.p[line.n - 1], ' ');
	}
	assert_int_equal(line.p[line.n - 1], '.');
	buf_fini(&manual);
}

/* --- finding */

struct find {
	const char *name;
	const char *text;
	int id; /* -1: not found */
	bool on;
};

static const struct find finds[] = {
	{ "a name", "location", OPTION_ID_location, true },
	{ "the first", "cacert", OPTION_ID_cacert, true },
	{ "the last", "write-out", OPTION_ID_write_out, true },
	{ "negated", "no-location", OPTION_ID_location, false },
	{ "no- of its own", "no-buffer", OPTION_ID_no_buffer, true },
	{ "no- of its own, without it", "buffer", OPTION_ID_no_buffer, false },
	{ "a name that cannot be negated", "no-data", OPTION_ID_data, false },
	{ "negated twice", "no-no-location", -1, false },
	{ "a beginning", "locatio", -1, false },
	{ "one byte more", "locations", -1, false },
	{ "another case", "Location", -1, false },
	{ "empty", "", -1, false },
	{ "no- alone", "no-", -1, false },
	{ "with a value", "max-time=1", -1, false },
	{ "27 bytes", "aaaaaaaaaaaaaaaaaaaaaaaaaaa", -1, false },
	{ "28 bytes", "aaaaaaaaaaaaaaaaaaaaaaaaaaaa", -1, false },
	{ "before the first", "aaa", -1, false },
	{ "behind the last", "zzz", -1, false },
};

static void test_find(const void *arg)
{
	const struct find *row = arg;
	size_t n = strlen(row->text);
	char *name = exact_copy(row->text, n);
	const struct option_row *found;
	bool on = true;

	found = option_find((struct str){ name, n }, &on);
	if (row->id < 0)
		assert_null(found);
	else
		assert_ptr_equal(found, &option_table[row->id]);
	assert_int_equal(on, row->on);
	free(name);
}

static void test_find_letter(const void *arg)
{
	(void)arg;
	assert_ptr_equal(
		option_find_letter('o'), &option_table[OPTION_ID_output]);
	assert_ptr_equal(
		option_find_letter('O'), &option_table[OPTION_ID_remote_name]);
	assert_ptr_equal(
		option_find_letter('#'), &option_table[OPTION_ID_progress_bar]);
	assert_null(option_find_letter('\0'));
	assert_null(option_find_letter('-'));
	assert_null(option_find_letter('\xff'));
}

/* --- out of scope */

struct scope {
	const char *name;
	const char *option;
	const char *reason; /* a part of it; NULL: in scope or unknown */
};

static const struct scope scopes[] = {
	{ "HTTP/2", "http2", "HTTP/1.x only" },
	{ "a word that begins another", "http3", "HTTP/1.x only" },
	{ "the last of a list", "proxy-ntlm", "NTLM" },
	{ "a letter", "Q", "FTP" },
	{ "SSL 3", "3", "--tlsv1.2" },
	{ "libcurl", "libcurl", "libcurl" },
	{ "the system's CAs", "ca-native", "--cacert" },
	{ "a resolver", "doh-url", "--resolve" },
	{ "a setting of TCP", "tcp-fastopen", "system's" },
	{ "the beginning of a word", "http", NULL },
	{ "the end of a word", "curl", NULL },
	{ "in scope", "location", NULL },
	{ "a letter in scope", "o", NULL },
	{ "two words", "http3 http3-only", NULL },
	{ "a blank", " ", NULL },
	{ "empty", "", NULL },
	{ "very long", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
		NULL },
};

static void test_scope(const void *arg)
{
	const struct scope *row = arg;
	const char *reason = option_out_of_scope(str_of(row->option));

	if (!row->reason)
		assert_null(reason);
	else {
		assert_non_null(reason);
		assert_non_null(strstr(reason, row->reason));
	}
}

/* --- values */

static void test_init(const void *arg)
{
	struct options o;

	(void)arg;
	options_init(&o);
	assert_int_equal(o.max_redirs, 50);
	assert_int_equal(o.http_minor, 1);
	assert_int_equal(o.family, AF_UNSPEC);
	assert_true(o.tcp_nodelay);
	assert_int_equal(o.fail, FAIL_NEVER);
	assert_int_equal(o.proto, REDIRECT_HTTP | REDIRECT_HTTPS);
	assert_int_equal(o.proto_redir, REDIRECT_HTTP | REDIRECT_HTTPS);
	assert_int_equal(o.n_targets, 0);
	assert_false(o.location);
	assert_null(o.user_agent);
	options_fini(&o);
}

static void test_strings(const void *arg)
{
	static const char text[] = "abc";
	struct strings list = { 0 };

	(void)arg;
	for (size_t i = 0; i < 100; i++)
		assert_int_equal(strings_add(&list, text + i % 3), 0);
	assert_int_equal(list.n, 100);
	for (size_t i = 0; i < 100; i++)
		assert_ptr_equal(list.items[i], text + i % 3);
	free(list.items);
}

int main(void)
{
	static const struct table tables[] = {
		TABLE("option_table", options, test_row),
		TABLE("option_describe", options, test_words),
		TABLE("option_find", finds, test_find),
		SINGLE("option_find_letter", test_find_letter),
		TABLE("option_out_of_scope", scopes, test_scope),
		SINGLE("options_init", test_init),
		SINGLE("strings_add", test_strings),
	};

	return table_run("options", tables, sizeof(tables) / sizeof(tables[0]));
}
