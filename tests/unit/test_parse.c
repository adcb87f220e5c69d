#include "support/command.h"
#include "support/table.h"

/* --- command lines */

struct line {
	const char *name;
	const char *words[RUN_WORDS_MAX];
	const char *command; /* as describe() tells it */
};

static const struct line lines[] = {
	{ "a URL", { "u" }, "<u>" },
	{ "two URLs", { "u", "v" }, "<u> <v>" },
	{ "an empty URL", { "" }, "<>" },
	{ "long names", { "--silent", "--location", "u" },
		"silent location <u>" },
	{ "letters", { "-s", "-L", "u" }, "silent location <u>" },
	{ "letters together", { "-sSL", "u" },
		"show-error silent location <u>" },
	{ "options behind the URL", { "u", "-s" }, "silent <u>" },
	{ "an argument", { "--user-agent", "a", "u" }, "user-agent=a <u>" },
	{ "an argument of a letter", { "-A", "a", "u" }, "user-agent=a <u>" },
	{ "an argument sticks to a letter", { "-Aa", "u" },
		"user-agent=a <u>" },
	{ "an argument behind letters", { "-sLA", "a", "u" },
		"silent location user-agent=a <u>" },
	{ "an argument sticks to letters", { "-sLAa", "u" },
		"silent location user-agent=a <u>" },
	{ "an empty argument", { "-A", "", "u" }, "user-agent= <u>" },
	{ "an argument that is an option", { "-A", "-x", "u" },
		"user-agent=-x <u>" },
	{ "an argument that is --", { "-A", "--", "u" }, "user-agent=-- <u>" },
	{ "-- ends the options", { "-s", "--", "-L", "--" },
		"silent <-L> <-->" },
	{ "the last one wins", { "-Aa", "-Ab", "u" }, "user-agent=b <u>" },
	{ "negated", { "-L", "--no-location", "u" }, "<u>" },
	{ "negated from the beginning", { "--no-tcp-nodelay", "u" },
		"!tcp-nodelay <u>" },
	{ "no- of its own", { "--no-buffer", "u" }, "no-buffer <u>" },
	{ "the opposite of no-", { "-N", "--buffer", "u" }, "<u>" },
	{ "two names of one thing", { "--show-headers", "u" },
		"include show-headers <u>" },
	{ "a # and a :", { "-#", "u", "-:", "v" },
		"progress-bar <u> NEXT <v>" },
	{ "--url", { "--url", "u", "v" }, "<u> <v>" },
	{ "-q first", { "-q", "u" }, "<u>" },
	{ "-q later", { "u", "-q" }, "<u>" },

	{ "verbose", { "-v", "u", "--next", "v" }, "verbose <u> NEXT <v>" },
	{ "not verbose", { "-v", "--no-verbose", "u" }, "<u>" },
	{ "verbose twice", { "-vv", "u" }, "verbose trace-ids trace-time <u>" },
	{ "verbose twice among others", { "-vLv", "u" },
		"verbose trace-ids trace-time location <u>" },
	{ "verbose three times", { "-vvv", "u" },
		"trace-ascii=% trace-ids trace-time <u>" },
	{ "verbose more than that", { "-vvvvv", "u" },
		"trace-ascii=% trace-ids trace-time <u>" },
	{ "verbose in two words", { "-v", "-v", "u" }, "verbose <u>" },
	{ "verbose less than before", { "-vvv", "-v", "u" }, "verbose <u>" },
	{ "verbose no more", { "-vv", "--no-verbose", "u" }, "<u>" },
	{ "a trace", { "--trace", "f", "u" }, "trace=f <u>" },
	{ "the last trace",
		{ "-sv", "--trace", "f", "--trace-ascii", "g", "u" },
		"trace-ascii=g silent <u>" },
	{ "verbose behind a trace", { "-s", "--trace", "f", "-v", "u" },
		"verbose silent <u>" },
	{ "no trace", { "--trace", "f", "--no-verbose", "u" }, "<u>" },
	{ "stamps", { "--trace-ids", "--trace-time", "u" },
		"trace-ids trace-time <u>" },
	{ "stamps, listed", { "--trace-config", " ids,TIME ,tcp,,x", "u" },
		"trace-ids trace-time <u>" },
	{ "stamps, listed off",
		{ "--trace-config", "all", "--trace-config", "-ids", "u" },
		"trace-time <u>" },
	{ "stamps, all off",
		{ "--trace-ids", "--trace-config", "time,-all,tcp", "u" },
		"<u>" },

	{ "a number", { "--max-redirs", "7", "u" }, "max-redirs=7 <u>" },
	{ "a negative number", { "--max-redirs", "-1", "u" },
		"max-redirs=-1 <u>" },
	{ "seconds", { "-m", "2", "u" }, "max-time=2000 <u>" },
	{ "a fraction of seconds", { "--connect-timeout", "0.25", "u" },
		"connect-timeout=250 <u>" },
	{ "less than a millisecond", { "-m", "0.0001", "u" },
		"max-time=1 <u>" },
	{ "no seconds", { "-m1", "-m", "0.0", "u" }, "<u>" },
	{ "a size", { "--max-filesize", "10", "u" }, "max-filesize=10 <u>" },
	{ "a size in kilobytes", { "--max-filesize", "2k", "u" },
		"max-filesize=2048 <u>" },

	{ "-o before the URL", { "-o", "f", "u" }, "<u>f" },
	{ "-o behind the URL", { "u", "-o", "f" }, "<u>f" },
	{ "-o sticks", { "-of", "u" }, "<u>f" },
	{ "the n-th -o and the n-th URL",
		{ "-o", "f", "u", "v", "w", "-o", "g" }, "<u>f <v>g <w>" },
	{ "all kinds of outputs", { "-O", "--out-null", "-of", "u", "v", "w" },
		"<u>remote-name <v>null <w>f" },
	{ "-O taken back where it is not", { "-of", "--no-remote-name", "u" },
		"<u>f" },
	{ "--remote-name-all", { "--remote-name-all", "u", "v" },
		"remote-name-all <u>remote-name <v>remote-name" },
	{ "--remote-name-all for those behind it",
		{ "u", "--remote-name-all", "v", "w" },
		"remote-name-all <u> <v>remote-name <w>remote-name" },
	{ "-o over --remote-name-all",
		{ "--remote-name-all", "u", "-of", "v", "-og" },
		"remote-name-all <u>f <v>g" },
	{ "-o before its URL and --remote-name-all",
		{ "--remote-name-all", "-of", "u", "v" },
		"remote-name-all <u>f <v>remote-name" },
	{ "-O taken back and --remote-name-all",
		{ "--remote-name-all", "--no-remote-name", "u", "v" },
		"remote-name-all <u> <v>remote-name" },

	{ "--next", { "-L", "u", "--next", "-I", "v" },
		"location <u> NEXT head <v>" },
	{ "--next keeps what is global", { "u", "--next", "-s", "v" },
		"silent <u> NEXT <v>" },
	{ "--next pairs anew", { "-of", "u", "-:", "v", "-og" },
		"<u>f NEXT <v>g" },
	{ "--next at the end", { "u", "--next" }, "<u>" },
	{ "--next at the end, and something global", { "u", "--next", "-s" },
		"silent <u>" },
	{ "--next at the beginning", { "--next", "u" }, "<u>" },

	{ "-d", { "-d", "a", "u" }, "data=a <u>" },
	{ "several -d", { "-d", "a", "-d", "", "--data", "b", "u" },
		"data=a&&b <u>" },
	{ "--data-ascii", { "-d", "a", "--data-ascii", "b", "u" },
		"data=a&b <u>" },
	{ "an empty -d", { "-d", "", "u" }, "data= <u>" },
	{ "an empty -d before another", { "-d", "", "-d", "b", "u" },
		"data=&b <u>" },
	{ "--data-raw and @", { "--data-raw", "@a", "u" }, "data=@a <u>" },
	{ "--data-urlencode TEXT", { "--data-urlencode", "a b&c", "u" },
		"data=a+b%26c <u>" },
	{ "--data-urlencode =TEXT", { "--data-urlencode", "=a=b@c", "u" },
		"data=a%3Db%40c <u>" },
	{ "--data-urlencode NAME=TEXT", { "--data-urlencode", "n m=a=b", "u" },
		"data=n m=a%3Db <u>" },
	{ "--data-urlencode NAME=", { "--data-urlencode", "n=", "u" },
		"data=n= <u>" },
	{ "--data-urlencode: = before @", { "--data-urlencode", "a@b=c", "u" },
		"data=a@b=c <u>" },
	{ "--data-urlencode and nothing", { "--data-urlencode", "", "u" },
		"data= <u>" },
	{ "--data-urlencode: blanks at the ends",
		{ "--data-urlencode", " a ", "u" }, "data=+a+ <u>" },
	{ "--json twice", { "--json", "{", "--json", "}", "u" },
		"json data={} <u>" },
	{ "--json before -d", { "--json", "a", "-d", "b", "u" },
		"json data=a&b <u>" },
	{ "-d before --json", { "-d", "a", "--json", "b", "u" },
		"json data=ab <u>" },
	{ "-I, -d and -G", { "-I", "-d", "a", "-G", "u" },
		"get head data=a <u>" },
	{ "--url-query", { "--url-query", "n=a b", "u" }, "query=n=a+b <u>" },
	{ "--url-query as it is", { "--url-query", "+n=a%20b", "u" },
		"query=n=a%20b <u>" },
	{ "--url-query twice", { "--url-query", "a", "--url-query", "b", "u" },
		"query=a&b <u>" },

	{ "-H", { "-H", "A: 1", "-H", "B:", "-HC;", "u" },
		"header=A: 1 header=B: header=C; <u>" },
	{ "-e", { "-e", "r", "u" }, "referer=r <u>" },
	{ "-e URL;auto", { "-e", "r;auto", "u" },
		"referer=r auto-referer <u>" },
	{ "-e ;auto", { "-e", ";auto", "u" }, "auto-referer <u>" },
	{ "-e and ;auto inside", { "-e", "r;autox", "u" },
		"referer=r;autox <u>" },
	{ "-e and nothing", { "-e", "", "u" }, "referer= <u>" },
	{ "-e without auto takes it back", { "-e", ";auto", "-e", "r", "u" },
		"referer=r <u>" },
	{ "-w", { "-w", "%{url}\\n", "u" }, "write-out=%{url}\\n <u>" },
	{ "-E", { "-E", "f", "u" }, "cert=f <u>" },
	{ "-E with a password", { "-E", "f:p:q", "u" }, "pass=p:q cert=f <u>" },
	{ "-E with a colon in the name", { "-E", "f\\:g\\\\h\\i:p", "u" },
		"pass=p cert=f:g\\h\\i <u>" },
	{ "-E with an empty password", { "-E", "f:", "u" },
		"pass= cert=f <u>" },
	{ "-f", { "-f", "u" }, "fail <u>" },
	{ "--fail-with-body after -f", { "-sf", "--fail-with-body", "u" },
		"silent fail-with-body <u>" },
	{ "-f after --fail-with-body", { "-s", "--fail-with-body", "-f", "u" },
		"silent fail <u>" },
	{ "--no-fail", { "-f", "--no-fail", "u" }, "<u>" },
	{ "--location-trusted", { "--location-trusted", "u" },
		"location trusted <u>" },
	{ "--no-location-trusted", { "-L", "--no-location-trusted", "u" },
		"<u>" },
	{ "--follow", { "--follow", "u" }, "location follow <u>" },
	{ "-0", { "-0", "u" }, "http1.0 <u>" },
	{ "-0 and --http1.1", { "-0", "--http1.1", "u" }, "<u>" },
	{ "-4", { "-4", "u" }, "ipv4 <u>" },
	{ "-4 and -6", { "-46", "u" }, "ipv6 <u>" },
	{ "-1", { "-1", "u" }, "tls=10-0 <u>" },
	{ "--tlsv1.1", { "--tlsv1.1", "u" }, "tls=11-0 <u>" },
	{ "--tlsv1.2 and --tls-max", { "--tlsv1.2", "--tls-max", "1.2", "u" },
		"tls=12-12 <u>" },
	{ "--tlsv1.3", { "--tlsv1.3", "u" }, "tls=13-0 <u>" },
	{ "--tls-max default",
		{ "--tls-max", "1.0", "--tls-max", "default", "u" }, "<u>" },
	{ "--proto =", { "--proto", "=https", "u" }, "proto=2,3 <u>" },
	{ "--proto -", { "--proto", "-http", "u" }, "proto=2,3 <u>" },
	{ "--proto a list", { "--proto", "-all,+http,,https", "u" }, "<u>" },
	{ "--proto in capitals", { "--proto", "=HTTP", "u" }, "proto=1,3 <u>" },
	{ "--proto without what is not spoken",
		{ "--proto", "-ftp,-https", "u" }, "proto=1,3 <u>" },
	{ "--proto-redir",
		{ "--proto-redir", "=http,https", "--proto-redir", "-http",
			"u" },
		"proto=3,2 <u>" },
	{ "--stderr", { "--stderr", "f", "u" }, "stderr=f <u>" },

	{ "-h", { "-h" }, "HELP " },
	{ "-h TOPIC", { "-h", "tls" }, "HELP tls" },
	{ "-hTOPIC", { "-htls" }, "HELP tls" },
	{ "--help OPTION", { "--help", "-L" }, "HELP -L" },
	{ "--help ends the parsing", { "--help", "all", "--bad" }, "HELP all" },
	{ "-V", { "-V" }, "VERSION" },
	{ "-V ends the parsing", { "-sVX" }, "VERSION silent" },
};

static void test_line(const void *arg)
{
	const struct line *row = arg;
	struct run run;

	run_words(&run, row->words);
	assert_described(&run, row->command);
	assert_messages(&run, "");
	run_fini(&run);
}

/* --- errors */

struct failure {
	const char *name;
	const char *words[RUN_WORDS_MAX];
	int code;
	const char *text;
};

static const struct failure failures[] = {
	{ "nothing", { NULL }, ERR_USAGE, "no URL specified" },
	{ "no URL", { "-s" }, ERR_USAGE, "no URL specified" },
	{ "a range with something else in it", { "-r", "1-2;3", "u" },
		ERR_USAGE,
		"option -r: byte 4: expected offsets joined by - and ," },
	{ "no URL behind --next", { "u", "--next", "-L" }, ERR_USAGE,
		"no URL specified" },
	{ "an unknown option", { "--locaton", "u" }, ERR_USAGE,
		"option --locaton: is unknown; did you mean --location?" },
	{ "the beginning of an option", { "--locat", "u" }, ERR_USAGE,
		"option --locat: is unknown; did you mean --location?" },
	{ "an unknown option, negated", { "--no-locaton", "u" }, ERR_USAGE,
		"option --no-locaton: is unknown; did you mean "
		"--no-location?" },
	{ "near to nothing", { "--xyzzy", "u" }, ERR_USAGE,
		"option --xyzzy: is unknown" },
	{ "near to nothing, negated", { "--no-xyzzy", "u" }, ERR_USAGE,
		"option --no-xyzzy: is unknown" },
	{ "with =", { "--silent=3", "u" }, ERR_USAGE,
		"option --silent=3: takes no argument, but '3' follows" },
	{ "an unknown letter", { "-%", "u" }, ERR_USAGE,
		"option -%: is unknown" },
	{ "an unknown letter among others", { "-s%L", "u" }, ERR_USAGE,
		"option -%: is unknown" },
	{ "a byte that is no ASCII", { "-\xc3\xa4", "u" }, ERR_USAGE,
		"option -\xc3\xa4: is unknown" },
	{ "a dash alone", { "-", "u" }, ERR_USAGE, "option -: is unknown" },
	{ "one dash instead of two", { "-location", "u" }, ERR_USAGE,
		"option -location: is unknown; did you mean --location?" },
	{ "-C and --no-clobber", { "--no-clobber", "-C", "1", "u" }, ERR_USAGE,
		"--continue-at is mutually exclusive with --no-clobber\n"
		"minifetch: option -C: is badly used here" },
	{ "--no-clobber and -C", { "-C1", "--no-clobber", "u" }, ERR_USAGE,
		"--no-clobber is mutually exclusive with --continue-at\n"
		"minifetch: option --no-clobber: is badly used here" },
	{ "-C and --remove-on-error", { "--remove-on-error", "-C-", "u" },
		ERR_USAGE,
		"--continue-at is mutually exclusive with --remove-on-error\n"
		"minifetch: option -C: is badly used here" },
	{ "-C and -J", { "-J", "-C-", "u" }, ERR_USAGE,
		"--continue-at and --remote-header-name cannot be combined" },
	{ "-C and -d", { "-d", "a", "-C1", "u" }, ERR_USAGE,
		"option -C: only a download or an upload with -T can be "
		"resumed, not a POST" },
	{ "-C with a sign", { "-C", "-5", "u" }, ERR_USAGE,
		"option -C: expected a positive numerical parameter" },
	{ "-C with a unit", { "-C", "5k", "u" }, ERR_USAGE,
		"option -C: expected a proper numerical parameter" },
	{ "no argument", { "u", "--output" }, ERR_USAGE,
		"option --output: requires parameter" },
	{ "no argument of a letter", { "u", "-sSo" }, ERR_USAGE,
		"option -o: requires parameter" },
	{ "--no- where it cannot be", { "--no-data", "u" }, ERR_USAGE,
		"option --no-data: used '--no-' for option that is not a "
		"boolean" },
	{ "--no- of an action", { "--no-ipv4", "u" }, ERR_USAGE,
		"option --no-ipv4: used '--no-' for option that is not a "
		"boolean" },
	{ "out of scope", { "--http2", "u" }, ERR_USAGE,
		"option --http2: minifetch speaks HTTP/1.x only; leave the "
		"option out" },
	{ "a letter out of scope", { "-sa", "u" }, ERR_USAGE,
		"option -a: minifetch has no FTP and no mail protocols; use "
		"curl for them" },
	{ "no number", { "--max-redirs", "3x", "u" }, ERR_USAGE,
		"option --max-redirs: expected a proper numerical parameter" },
	{ "an empty number", { "--max-redirs", "", "u" }, ERR_USAGE,
		"option --max-redirs: expected a proper numerical parameter" },
	{ "a number too small", { "--max-redirs", "-2", "u" }, ERR_USAGE,
		"option --max-redirs: expected a number from -1 to "
		"2147483647" },
	{ "a number too large", { "--keepalive-time", "2147483648", "u" },
		ERR_USAGE,
		"option --keepalive-time: expected a number from 0 to "
		"2147483647" },
	{ "a number larger than any",
		{ "--keepalive-time", "99999999999999999999", "u" }, ERR_USAGE,
		"option --keepalive-time: expected a proper numerical "
		"parameter" },
	{ "a negative number", { "--keepalive-time", "-1", "u" }, ERR_USAGE,
		"option --keepalive-time: expected a positive numerical "
		"parameter" },
	{ "no seconds", { "-m", "x", "u" }, ERR_USAGE,
		"option -m: expected a proper numerical parameter" },
	{ "negative seconds", { "-m", "-1", "u" }, ERR_USAGE,
		"option -m: expected a positive numerical parameter" },
	{ "seconds beyond any clock", { "-m", "99999999999999", "u" },
		ERR_USAGE, "option -m: expected a proper numerical parameter" },
	{ "no size", { "--max-filesize", "1x", "u" }, ERR_USAGE,
		"option --max-filesize: expected a size in bytes, such as "
		"1000, 10k or 1.5M" },
	{ "no version of TLS", { "--tls-max", "9", "u" }, ERR_USAGE,
		"option --tls-max: is badly used here: expected default, 1.0, "
		"1.1, 1.2 or 1.3" },
	{ "-I and -d", { "-I", "-d", "a", "u" }, ERR_USAGE,
		"-I asks for HEAD and -d for POST: leave one of them out, or "
		"add -G to put the data into the URL" },
	{ "no file for -d", { "-d", "@none", "u" }, ERR_READ,
		"option -d: cannot read 'none': No such file or directory" },
	{ "no file for --data-urlencode", { "--data-urlencode", "n@none", "u" },
		ERR_READ,
		"option --data-urlencode: cannot read 'none': No such file or "
		"directory" },
	{ "no file for -H", { "-H", "@none", "u" }, ERR_READ,
		"option -H: cannot read 'none': No such file or directory" },
	{ "no file for -w", { "-w", "@none", "u" }, ERR_READ,
		"option -w: cannot read 'none': No such file or directory" },
	{ "no file for -K", { "-K", "none", "u" }, ERR_READ,
		"option -K: cannot read 'none': No such file or directory" },
	{ "a directory for -d", { "-d", "@.", "u" }, ERR_READ,
		"option -d: cannot read '.': Is a directory" },
};

static void test_failure(const void *arg)
{
	const struct failure *row = arg;
	struct run run;

	run_words(&run, row->words);
	assert_int_equal(run.result, -row->code);
	assert_int_equal(run.error.code, row->code);
	assert_string_equal(run.error.text, row->text);
	run_fini(&run);
}

/* --- warnings */

struct warning {
	const char *name;
	const char *words[RUN_WORDS_MAX];
	const char *messages;
};

static const struct warning warnings[] = {
	{ "more outputs than URLs", { "u", "-of", "-og" },
		"Got more output options than URLs\n" },
	{ "a file that looks like an option", { "u", "-o", "-x" },
		"The file name argument '-x' looks like a flag.\n" },
	{ "a file that is a dash", { "u", "-o", "-" }, "" },
	{ "an argument in typographical quotes",
		{ "u", "-A", "\xe2\x80\x9cx\xe2\x80\x9d" },
		"The argument '\xe2\x80\x9cx\xe2\x80\x9d' starts with a "
		"Unicode character. Maybe ASCII was intended?\n" },
	{ "an unknown scheme", { "u", "--proto", "=foo,+http,-bar" },
		"unrecognized protocol 'foo'\n" },
	{ "options that nothing follows", { "-L", "--next", "u" },
		"The options before --next have no URL and are ignored\n" },
	{ "a trace before verbose", { "--trace", "f", "-v", "u" },
		"-v, --verbose overrides an earlier trace/verbose option\n" },
	{ "verbose before a trace", { "-v", "--trace", "f", "u" },
		"--trace overrides an earlier trace/verbose option\n" },
	{ "two kinds of traces", { "--trace", "f", "--trace-ascii", "g", "u" },
		"--trace-ascii overrides an earlier trace/verbose option\n" },
	{ "two traces of a kind", { "--trace", "f", "--trace", "g", "u" }, "" },
	{ "--fail over --fail-with-body", { "--fail-with-body", "-f", "u" },
		"-f overrides --fail-with-body\n" },
	{ "--fail-with-body over --fail", { "--fail", "--fail-with-body", "u" },
		"--fail-with-body overrides --fail\n" },
	{ "one of them twice, and ended", { "-ff", "--no-fail", "u" }, "" },
	{ "a needless method", { "-v", "-X", "GET", "u" },
		"-X GET is needless: that is the method anyway\n" },
	{ "a needless method of a body", { "-v", "-X", "POST", "-d", "a", "u" },
		"-X POST is needless: that is the method anyway\n" },
	{ "a needless method of an upload", { "-v", "-XPUT", "-T", "f", "u" },
		"-X PUT is needless: that is the method anyway\n" },
	{ "a method that is needed", { "-v", "-X", "PUT", "-d", "a", "u" },
		"" },
	{ "a needless method, and nobody looks", { "-X", "GET", "u" }, "" },
	{ "HEAD as a word", { "-X", "HEAD", "u" },
		"-X HEAD changes the method alone. Consider -I, which shows "
		"the head too.\n" },
	{ "-I and HEAD", { "-I", "-X", "HEAD", "u" }, "" },
	{ "silent before", { "-s", "-o", "-x", "u" }, "" },
	{ "silent behind", { "-o", "-x", "u", "-s" },
		"The file name argument '-x' looks like a flag.\n" },
};

static void test_warning(const void *arg)
{
	const struct warning *row = arg;
	struct run run;

	run_words(&run, row->words);
	assert_int_equal(run.result, 0);
	assert_messages(&run, row->messages);
	run_fini(&run);
}

/* --- secrets */

struct secret {
	const char *name;
	const char *words[RUN_WORDS_MAX];
	const char *argv; /* what is left in the last but one */
	const char *command;
};

static const struct secret secrets[] = {
	{ "-u", { "-u", "a:b", "u" }, "***", "user=a:b <u>" },
	{ "-u sticks", { "-sua:b", "u" }, "-su***", "silent user=a:b <u>" },
	{ "--pass", { "--pass", "secret", "u" }, "******", "pass=secret <u>" },
	{ "-E", { "-E", "f:secret", "u" }, "********",
		"pass=secret cert=f <u>" },
	{ "no secret", { "-A", "name", "u" }, "name", "user-agent=name <u>" },
};

static void test_secret(const void *arg)
{
	const struct secret *row = arg;
	struct run run;

	run_words(&run, row->words);
	assert_described(&run, row->command);
	assert_string_equal(run.argv[run.argc - 2], row->argv);
	run_fini(&run);
}

/* --- warnings as they are printed */

struct format {
	const char *name;
	const char *text;
	int columns;
	const char *lines;
};

static const struct format formats[] = {
	{ "short", "a b", 79, "Warning: a b\n" },
	{ "empty", "", 79, "Warning: \n" },
	{ "as long as a line", "aaaaaaaaa bbbbbbbbb cc", 31,
		"Warning: aaaaaaaaa bbbbbbbbb cc\n" },
	{ "one more", "aaaaaaaaa bbbbbbbbb ccc", 31,
		"Warning: aaaaaaaaa bbbbbbbbb \nWarning: ccc\n" },
	{ "a blank at the end of the line", "aaaaaaaaa bbbbbbbbb c dd", 31,
		"Warning: aaaaaaaaa bbbbbbbbb c \nWarning: dd\n" },
	{ "no blank", "aaaaaaaaaabbbbbbbbbbccccc", 31,
		"Warning: aaaaaaaaaabbbbbbbbbbcc\nWarning: ccc\n" },
	{ "a terminal too narrow", "aaaaaaaaa bbbbbbbbb ccc", 20,
		"Warning: aaaaaaaaa bbbbbbbbb ccc\n" },
	{ "curl's width",
		"The argument '\xe2\x80\x9chost:fake\xe2\x80\x9d' starts with "
		"a Unicode character. Maybe ASCII was intended?",
		79,
		"Warning: The argument '\xe2\x80\x9chost:fake\xe2\x80\x9d' "
		"starts with a Unicode character. Maybe \n"
		"Warning: ASCII was intended?\n" },
};

static void test_format(const void *arg)
{
	const struct format *row = arg;
	size_t n = strlen(row->text) + 1;
	struct message message = { exact_copy(row->text, n) };
	struct buf out;

	buf_init(&out, 1000);
	message_format(&message, row->columns, &out);
	assert_string_equal(buf_text(&out), row->lines);
	buf_fini(&out);
	free(message.text);
}

int main(void)
{
	static const struct table tables[] = {
		TABLE("command_parse", lines, test_line),
		TABLE("command_parse: errors", failures, test_failure),
		TABLE("command_parse: warnings", warnings, test_warning),
		TABLE("command_parse: secrets", secrets, test_secret),
		TABLE("message_format", formats, test_format),
	};

	unsetenv("HOME");
	unsetenv("XDG_CONFIG_HOME");
	return table_run("parse", tables, sizeof(tables) / sizeof(tables[0]));
}
