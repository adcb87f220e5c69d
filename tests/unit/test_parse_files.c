#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/command.h"
#include "support/table.h"

/* --- files */

static void write_file(const char *path, struct str content)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, content.p, content.n), content.n);
	close(fd);
}

struct file {
	const char *name;
	struct str content; /* of the file "f" */
	const char *words[RUN_WORDS_MAX];
	const char *command, *messages;
};

static const struct file files[] = {
	{ "-d @FILE without line ends", { "a\r\nb\0c\n", 7 },
		{ "-d", "@f", "u" }, "data=abc <u>", "" },
	{ "-d @FILE behind another", { "b\n", 2 },
		{ "-d", "a\n", "-d", "@f", "u" }, "data=a\n&b <u>", "" },
	{ "--data-binary @FILE", { "a\r\nb\n", 5 },
		{ "--data-binary", "@f", "u" }, "data=a\r\nb\n <u>", "" },
	{ "--json @FILE", { "{}\n", 3 }, { "--json", "@f", "u" },
		"json data={}\n <u>", "" },
	{ "--data-urlencode @FILE", { "a b\n", 4 },
		{ "--data-urlencode", "@f", "u" }, "data=a+b%0A <u>", "" },
	{ "--data-urlencode NAME@FILE", { "a=b", 3 },
		{ "--data-urlencode", "n@f", "u" }, "data=n=a%3Db <u>", "" },
	{ "--url-query NAME@FILE", { "a", 1 }, { "--url-query", "n@f", "u" },
		"query=n=a <u>", "" },
	{ "an empty file", { "", 0 }, { "-d", "@f", "u" }, "data= <u>", "" },
	{ "-H @FILE", { "A: 1\r\n\nB: 2", 11 }, { "-H", "@f", "u" },
		"header=A: 1 header=B: 2 <u>", "" },
	{ "-w @FILE", { "%{url}\n", 7 }, { "-w", "@f", "u" },
		"write-out=%{url}\n <u>", "" },
	{ "-K", STR("user-agent = \"a b\"\n-L\n--silent\nurl=u\n"),
		{ "-K", "f", "v" }, "silent location user-agent=a b <u> <v>",
		"" },
	{ "-K in its place", STR("-A b\n"), { "-Aa", "-K", "f", "-m1", "u" },
		"max-time=1000 user-agent=b <u>", "" },
	{ "-K with letters", STR("-sLA b\n-Xc\n"), { "-K", "f", "u" },
		"silent location request=c user-agent=b <u>", "" },
	{ "-K with --next", STR("url = u\nnext\n-I\n"), { "-K", "f", "v" },
		"<u> NEXT head <v>", "" },
	{ "-K with a no- name", STR("no-buffer\nno-tcp-nodelay\n"),
		{ "-K", "f", "u" }, "no-buffer !tcp-nodelay <u>", "" },
	{ "-K with an empty argument of a switch", STR("location = \"\"\n"),
		{ "-K", "f", "u" }, "location <u>", "" },
	{ "-K with an empty argument", STR("user-agent = \"\"\n"),
		{ "-K", "f", "u" }, "user-agent= <u>", "" },
	{ "-K with =", STR("--data=a=b\n--url=v\n"), { "-K", "f", "u" },
		"data=a=b <v> <u>", "" },
	{ "-K with variables",
		STR("variable a=x\nexpand-data = {{a}}\n--expand-data="
		    "{{a}}y\n"),
		{ "-K", "f", "u" }, "data=x&xy <u>", "" },
	{ "--url @FILE", STR("# none\n\n v \r\nw{1,2}"),
		{ "u", "--url", "@f", "-ox" },
		"<u>x <v>remote-name <w{1,2}>remote-name", "" },
	{ "--url @FILE behind outputs", STR("v\nw\n"),
		{ "-ox", "--url", "@f", "u" }, "<v>x <w>remote-name <u>", "" },
	{ "-K with help", STR("help = tls\nbad\n"), { "-K", "f", "--bad" },
		"HELP tls", "" },
	{ "-K with words unquoted", STR("data = arg with space\n"),
		{ "-K", "f", "u" }, "data=arg <u>",
		"f:1 Option 'data' uses argument with unquoted whitespace. "
		"This may cause side-effects. Consider double quotes.\n" },
	{ "-K with an open quote", STR("\n-A \"a b\n"), { "-K", "f", "u" },
		"user-agent=a b <u>",
		"f:2 Option '-A' uses argument without its closing quote: "
		"it opens at byte 4.\n" },
	{ "-K with text behind a quote", STR("-A \"a\" b\n"),
		{ "-K", "f", "u" }, "user-agent=a <u>",
		"f:1 Option '-A' has text behind its quoted argument, at byte "
		"8, which is ignored.\n" },
	{ "-K with typographical quotes",
		STR("-H \xe2\x80\x9chost:fake\xe2\x80\x9d\n"),
		{ "-K", "f", "u" },
		"header=\xe2\x80\x9chost:fake\xe2\x80\x9d <u>",
		"The argument '\xe2\x80\x9chost:fake\xe2\x80\x9d' starts with "
		"a Unicode character. Maybe ASCII was intended?\n" },
};

static void test_file(const void *arg)
{
	const struct file *row = arg;
	struct run run;

	write_file("f", row->content);
	run_words(&run, row->words);
	assert_described(&run, row->command);
	assert_messages(&run, row->messages);
	run_fini(&run);
	unlink("f");
}

struct bad_file {
	const char *name;
	struct str content; /* of the file "f", which -K reads */
	int code;
	const char *text;
};

static const struct bad_file bad_files[] = {
	{ "an unknown option", STR("\nsilnt\n"), ERR_USAGE,
		"f:2:1: option silnt: is unknown; did you mean --silent?" },
	{ "indented", STR(" \t silnt\n"), ERR_USAGE,
		"f:1:4: option silnt: is unknown; did you mean --silent?" },
	{ "a letter without its dash", STR("A = b\n"), ERR_USAGE,
		"f:1:1: option A: is unknown" },
	{ "an unknown letter", STR("-%\n"), ERR_USAGE,
		"f:1:1: option -%: is unknown" },
	{ "out of scope", STR("http2\n"), ERR_USAGE,
		"f:1:1: option http2: minifetch speaks HTTP/1.x only; leave "
		"the "
		"option out" },
	{ "no argument", STR("silent\ndata\n"), ERR_USAGE,
		"f:2:1: option data: requires parameter" },
	{ "no argument of a letter", STR("-d\n"), ERR_USAGE,
		"f:1:1: option -d: requires parameter" },
	{ "an argument too many", STR("location = x\n"), ERR_USAGE,
		"f:1:1: option location: takes no argument, but 'x' follows" },
	{ "an argument too many of a letter", STR("-L x\n"), ERR_USAGE,
		"f:1:1: option -L: takes no argument, but 'x' follows" },
	{ "--no- where it cannot be", STR("no-data = x\n"), ERR_USAGE,
		"f:1:1: option no-data: used '--no-' for option that is not a "
		"boolean" },
	{ "no number", STR("max-redirs = x\n"), ERR_USAGE,
		"f:1:1: option max-redirs: expected a proper numerical "
		"parameter" },
	{ "two dashes alone", STR("-- x\n"), ERR_USAGE,
		"f:1:1: option --: is unknown" },
	{ "a dash alone", STR("- x\n"), ERR_USAGE,
		"f:1:1: option -: is unknown" },
	{ "no name", STR("= x\n"), ERR_USAGE, "f:1:1: option : is unknown" },
	{ "a NUL byte", { "-A a\0b\n", 7 }, ERR_USAGE,
		"f:1:5: a NUL byte is in the line" },
	{ "a URL alone", STR("\nhttp://h/\n"), ERR_USAGE,
		"f:2:1: 'http://h/' is no option; URLs stand behind url =" },
	{ "joined and blanks", STR("--data=a b\n"), ERR_USAGE,
		"f:1:1: option --data=a: 'b' follows; with '=' in it the line "
		"has no quotes and no blanks" },
	{ "joined and unknown", STR("--dta=a\n"), ERR_USAGE,
		"f:1:1: option --dta=a: is unknown; did you mean --data?" },
	{ "joined and no argument", STR("--silent=a\n"), ERR_USAGE,
		"f:1:1: option --silent=a: takes no argument, but 'a' "
		"follows" },
	{ "an unknown option to expand", STR("expand-dta = a\n"), ERR_USAGE,
		"f:1:1: option expand-dta: is unknown; did you mean "
		"--expand-data?" },
	{ "nothing that could be expanded", STR("expand-silent\n"), ERR_USAGE,
		"f:1:1: option expand-silent: takes no argument that could be "
		"expanded" },
	{ "no such file inside", STR("config = none\n"), ERR_READ,
		"f:1:1: option config: cannot read 'none': No such file or "
		"directory" },
	{ "itself", STR("config = f\n"), ERR_USAGE, NULL },
};

static void test_bad_file(const void *arg)
{
	static const char *const words[] = { "-K", "f", "u", NULL };
	const struct bad_file *row = arg;
	struct run run;

	write_file("f", row->content);
	run_words(&run, words);
	assert_int_equal(run.result, -row->code);
	if (row->text)
		assert_string_equal(run.error.text, row->text);
	else
		assert_non_null(strstr(run.error.text, "name each other"));
	run_fini(&run);
	unlink("f");
}

/* A NUL cannot be part of what is kept as a text. */
static void test_nul(const void *arg)
{
	static const char *const words[] = { "-w", "@f", "u", NULL };
	struct run run;

	(void)arg;
	write_file("f", (struct str){ "a\0b", 3 });
	run_words(&run, words);
	assert_int_equal(run.result, -ERR_USAGE);
	assert_string_equal(run.error.text, "option -w: a NUL byte is in 'f'");
	run_fini(&run);
	unlink("f");
}

static void test_stdin(const void *arg)
{
	static const char *const words[] = { "-d", "@-", "u", NULL };
	int saved = dup(STDIN_FILENO), fd;
	struct run run;

	(void)arg;
	write_file("f", STR("a\nb"));
	fd = open("f", O_RDONLY);
	assert_int_equal(dup2(fd, STDIN_FILENO), STDIN_FILENO);
	close(fd);
	run_words(&run, words);
	assert_described(&run, "data=ab <u>");
	run_fini(&run);
	dup2(saved, STDIN_FILENO);
	close(saved);
	unlink("f");
}

/* --- the default config file */

struct place {
	const char *name;
	const char *file; /* what is there, of the files below; NULL: nothing */
	const char *other; /* one more */
	const char *first; /* option on the command line */
	const char *command;
};

static const struct place places[] = {
	{ "none", NULL, NULL, "-s", "silent <u>" },
	{ "XDG_CONFIG_HOME", "xdg/minifetch/config", NULL, "-s",
		"silent user-agent=xdg/minifetch/config <u>" },
	{ ".config", "home/.config/minifetch/config", NULL, "-s",
		"silent user-agent=home/.config/minifetch/config <u>" },
	{ ".minifetchrc", "home/.minifetchrc", NULL, "-s",
		"silent user-agent=home/.minifetchrc <u>" },
	{ "only the first is read", "home/.config/minifetch/config",
		"xdg/minifetch/config", "-s",
		"silent user-agent=xdg/minifetch/config <u>" },
	{ "-q", "xdg/minifetch/config", NULL, "-q", "<u>" },
	{ "-q and more letters", "xdg/minifetch/config", NULL, "-qs",
		"silent <u>" },
	{ "--disable", "xdg/minifetch/config", NULL, "--disable", "<u>" },
	{ "-q later", "xdg/minifetch/config", NULL, "-sq",
		"silent user-agent=xdg/minifetch/config <u>" },
};

static void write_place(const char *path)
{
	char content[100];

	if (!path)
		return;
	snprintf(content, sizeof(content), "user-agent = %s\n", path);
	write_file(path, str_of(content));
}

static void test_place(const void *arg)
{
	const struct place *row = arg;
	const char *words[] = { row->first, "u", NULL };
	struct run run;

	write_place(row->file);
	write_place(row->other);
	run_words(&run, words);
	assert_described(&run, row->command);
	run_fini(&run);
	if (row->file)
		unlink(row->file);
	if (row->other)
		unlink(row->other);
}

static void make_directories(void)
{
	static const char *const paths[] = { "home", "home/.config",
		"home/.config/minifetch", "xdg", "xdg/minifetch" };

	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
		if (mkdir(paths[i], 0700) != 0)
			abort();
}

static void remove_directories(const char *directory)
{
	static const char *const paths[] = { "xdg/minifetch", "xdg",
		"home/.config/minifetch", "home/.config", "home" };

	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++)
		rmdir(paths[i]);
	if (chdir("/") == 0)
		rmdir(directory);
}

int main(void)
{
	static const struct table tables[] = {
		TABLE("command_parse: files", files, test_file),
		TABLE("command_parse: bad config files", bad_files,
			test_bad_file),
		SINGLE("command_parse: NUL in a file", test_nul),
		SINGLE("command_parse: standard input", test_stdin),
		TABLE("command_parse: default config file", places, test_place),
	};
	char directory[] = "/tmp/minifetch-parse-XXXXXX";
	int failed;

	if (!mkdtemp(directory) || chdir(directory) != 0)
		abort();
	make_directories();
	setenv("HOME", "home", 1);
	setenv("XDG_CONFIG_HOME", "xdg", 1);
	failed = table_run(
		"parse_files", tables, sizeof(tables) / sizeof(tables[0]));
	remove_directories(directory);
	return failed;
}
