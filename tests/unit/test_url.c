#include "url/url.h"

#include "base/buf.h"
#include "support/table.h"

/* The parts of a URL in one line, each that is there with its name. */
static char *describe(const struct url *u)
{
	static const char *const kinds[] = { "name", "ipv4", "ipv6", "none" };
	struct buf out;
	char *text;

	buf_init(&out, 100000);
	buf_printf(&out, "%.*s %s=%.*s", STR_FMT(u->scheme),
		kinds[u->host_kind], STR_FMT(u->host));
	if (u->zone.n)
		buf_printf(&out, " zone=%.*s", STR_FMT(u->zone));
	if (u->has_user)
		buf_printf(&out, " user=%.*s", STR_FMT(u->user));
	if (u->has_password)
		buf_printf(&out, " password=%.*s", STR_FMT(u->password));
	buf_printf(&out, " port=%u%s path=%.*s", u->port,
		u->has_port ? "!" : "", STR_FMT(u->path));
	if (u->has_query)
		buf_printf(&out, " query=%.*s", STR_FMT(u->query));
	if (u->has_fragment)
		buf_printf(&out, " fragment=%.*s", STR_FMT(u->fragment));
	if (u->scheme_guessed)
		buf_add_text(&out, " guessed");
	text = buf_take(&out);
	assert_non_null(text);
	return text;
}

struct parse_row {
	const char *name, *text;
	const char *wanted; /* describe(), or the message of the error */
};

static const struct parse_row parse_rows[] = {
	{ "plain", "http://example.com/a/b",
		"http name=example.com port=80 path=/a/b" },
	{ "every part", "https://u:p@h.org:8443/a?b=c#d",
		"https name=h.org user=u password=p port=8443! path=/a "
		"query=b=c fragment=d" },
	{ "no path", "http://h", "http name=h port=80 path=/" },
	{ "query without a path", "http://h?q@r",
		"http name=h port=80 path=/ query=q@r" },
	{ "fragment without a path", "http://h#f@g/",
		"http name=h port=80 path=/ fragment=f@g/" },
	{ "empty query and fragment", "http://h/?#",
		"http name=h port=80 path=/ query= fragment=" },
	{ "a second question mark", "http://h/?a?b#c?d#e",
		"http name=h port=80 path=/ query=a?b fragment=c?d#e" },
	{ "capital scheme and host", "HTTPS://Example.COM/A",
		"https name=example.com port=443 path=/A" },
	{ "one slash", "http:/h/x", "http name=h port=80 path=/x" },
	{ "three slashes", "http:///h/x", "http name=h port=80 path=/x" },
	{ "unknown scheme", "h55p+a.b-c://h:1/",
		"h55p+a.b-c name=h port=1! path=/" },
	{ "plain TCP", "tcp://localhost:9",
		"tcp name=localhost port=9! path=/" },
	{ "TLS without a port", "tls://h", "tls name=h port=0 path=/" },

	/* without a scheme */
	{ "no scheme", "example.com/x",
		"http name=example.com port=80 path=/x guessed" },
	{ "no scheme, port", "localhost:8080/x",
		"http name=localhost port=8080! path=/x guessed" },
	{ "no scheme, empty port",
		"localhost:", "http name=localhost port=80 path=/ guessed" },
	{ "no scheme, query", "h?a:b//c",
		"http name=h port=80 path=/ query=a:b//c guessed" },
	{ "no scheme, user", "u:p@h:1",
		"http name=h user=u password=p port=1! path=/ guessed" },
	{ "a URL in the path", "h/http://x",
		"http name=h port=80 path=/http://x guessed" },
	{ "ftp in the host name", "ftp.example.com",
		"http name=ftp.example.com port=80 path=/ guessed" },
	{ "no colon", "http//x", "http name=http port=80 path=//x guessed" },
	{ "no scheme, IPv6", "[::1]:1",
		"http ipv6=::1 port=1! path=/ guessed" },

	/* users and passwords */
	{ "user", "http://u@h/", "http name=h user=u port=80 path=/" },
	{ "empty user", "http://@h/", "http name=h user= port=80 path=/" },
	{ "empty password", "http://u:@h/",
		"http name=h user=u password= port=80 path=/" },
	{ "password alone", "http://:p@h/",
		"http name=h user= password=p port=80 path=/" },
	{ "colon in the password", "http://a:b:c@h/",
		"http name=h user=a password=b:c port=80 path=/" },
	{ "encoded user", "http://%5cu%22:%70%40@h/",
		"http name=h user=\\u\" password=p@ port=80 path=/" },
	{ "percent that is none", "http://%zz:%@h/",
		"http name=h user=%zz password=% port=80 path=/" },
	{ "newline in the user", "http://a%0ab@h/",
		"http name=h user=a\nb port=80 path=/" },

	/* ports */
	{ "empty port", "http://h:/", "http name=h port=80 path=/" },
	{ "port 0", "http://h:0/", "http name=h port=0! path=/" },
	{ "the last port", "http://h:65535/",
		"http name=h port=65535! path=/" },
	{ "zeros before the port", "http://h:000080/",
		"http name=h port=80! path=/" },

	/* hosts */
	{ "trailing dot", "http://h.org./", "http name=h.org. port=80 path=/" },
	{ "underscore, tilde", "http://a_b~-c/",
		"http name=a_b~-c port=80 path=/" },
	{ "encoded host", "http://%45x%61mple/",
		"http name=example port=80 path=/" },
	{ "quad", "http://127.0.0.1/", "http ipv4=127.0.0.1 port=80 path=/" },
	{ "two numbers", "http://127.1/",
		"http ipv4=127.0.0.1 port=80 path=/" },
	{ "three numbers", "http://127.1.258/",
		"http ipv4=127.1.1.2 port=80 path=/" },
	{ "hexadecimal", "http://0x7f000001/",
		"http ipv4=127.0.0.1 port=80 path=/" },
	{ "octal", "http://017700000001/",
		"http ipv4=127.0.0.1 port=80 path=/" },
	{ "one decimal number", "http://4294967295/",
		"http ipv4=255.255.255.255 port=80 path=/" },
	{ "mixed bases", "http://0X7F.0.01.8/",
		"http ipv4=127.0.1.8 port=80 path=/" },
	{ "encoded quad", "http://127%2e0.0.1/",
		"http ipv4=127.0.0.1 port=80 path=/" },
	{ "number too large is a name", "http://256.1.1.1/",
		"http name=256.1.1.1 port=80 path=/" },
	{ "quad with a dot is a name", "http://127.0.0.1./",
		"http name=127.0.0.1. port=80 path=/" },
	{ "IPv6", "http://[::1]:8/x", "http ipv6=::1 port=8! path=/x" },
	{ "IPv6 in its shortest form", "http://[2001:DB8:0:0::0:0001]/",
		"http ipv6=2001:db8::1 port=80 path=/" },
	{ "IPv6 zone", "http://[fe80::1%25eth0]/",
		"http ipv6=fe80::1 zone=eth0 port=80 path=/" },
	{ "plain IPv6 zone", "http://[fe80::1%eth0]/",
		"http ipv6=fe80::1 zone=eth0 port=80 path=/" },
	{ "zone 25", "http://[fe80::1%25]/",
		"http ipv6=fe80::1 zone=25 port=80 path=/" },
	{ "encoded zone", "http://[fe80::1%25a%2db]/",
		"http ipv6=fe80::1 zone=a-b port=80 path=/" },
	{ "IPv6 and user", "http://u:p@[::1]",
		"http ipv6=::1 user=u password=p port=80 path=/" },

	/* paths */
	{ "dot segments", "http://h/a/./b/../c/.",
		"http name=h port=80 path=/a/c/" },
	{ "above the root", "http://h/../../a/../b",
		"http name=h port=80 path=/b" },
	{ "dots at the end", "http://h/a/b/..",
		"http name=h port=80 path=/a/" },
	{ "only dots", "http://h/..", "http name=h port=80 path=/" },
	{ "encoded dots", "http://h/a/%2e/b/%2E./c/.%2e",
		"http name=h port=80 path=/a/" },
	{ "three dots", "http://h/.../a./.b/..c",
		"http name=h port=80 path=/.../a./.b/..c" },
	{ "empty segments", "http://h//a//../b",
		"http name=h port=80 path=//a/b" },
	{ "an encoded slash", "http://h/a%2f../b",
		"http name=h port=80 path=/a%2f../b" },
	{ "dots in query and fragment", "http://h/a?/../b#/../c",
		"http name=h port=80 path=/a query=/../b fragment=/../c" },
	{ "bytes above 0x7f", "http://h/\xc3\xa9?\xc3\xa9#\xe9",
		"http name=h port=80 path=/%C3%A9 query=%C3%A9 "
		"fragment=%E9" },
	{ "kept as written", "http://h/%7e%zz\"<>{}|\\^`?%41'",
		"http name=h port=80 path=/%7e%zz\"<>{}|\\^` query=%41'" },

	/* sockets */
	{ "Unix", "unix:///run/x.sock", "unix none= port=0 path=/run/x.sock" },
	{ "Unix, one slash", "unix:/run/x", "unix none= port=0 path=/run/x" },
	{ "abstract Unix", "unix://@name", "unix none= port=0 path=@name" },
	{ "Unix, encoded", "UNIX:///a%20b?c#d/../%zz",
		"unix none= port=0 path=/a b?c#d/../%zz" },
};

static struct str exact(const char *text)
{
	size_t n = strlen(text);

	return (struct str){ exact_copy(text, n), n };
}

static void release(struct str copy)
{
	free((char *)copy.p);
}

static void test_parse(const void *data)
{
	const struct parse_row *row = data;
	struct str copy = exact(row->text);
	struct error e = { 0 };
	struct url u;
	char *text;
	int result = url_parse(&u, copy, NULL, &e);

	release(copy);
	assert_string_equal(e.text, "");
	assert_int_equal(result, 0);
	text = describe(&u);
	assert_string_equal(text, row->wanted);
	free(text);
	url_fini(&u);
}

/* Each beginning of a URL is a URL or is refused, with a place inside of it. */
static void test_cut(const void *data)
{
	const struct parse_row *row = data;

	for (size_t n = 0; n < strlen(row->text); n++) {
		char *copy = exact_copy(row->text, n);
		struct error e = { 0 };
		struct url u;
		int result = url_parse(&u, (struct str){ copy, n }, NULL, &e);

		free(copy);
		if (result == 0) {
			assert_true(u.path.n > 0);
			url_fini(&u);
			continue;
		}
		assert_int_equal(result, -ERR_URL_MALFORMED);
		assert_non_null(strstr(e.text, "at byte offset "));
	}
}

#define PORT_RULE "Port number was not a decimal number between 0 and 65535"

static const struct parse_row error_rows[] = {
	{ "nothing", "",
		"URL rejected: No host part in the URL at byte offset 0" },
	{ "no host", "http://",
		"URL rejected: No host part in the URL at byte offset 7" },
	{ "no host, but a port", "http://:80/",
		"URL rejected: No host part in the URL at byte offset 7" },
	{ "no host, but a user", "http://u@/",
		"URL rejected: No host part in the URL at byte offset 9" },
	{ "a path alone", "/a",
		"URL rejected: No host part in the URL at byte offset 0" },
	{ "four slashes", "http:////h/",
		"URL rejected: Unsupported number of slashes: \"////\" at byte "
		"offset 5" },
	{ "scheme that starts with a digit", "1http://h/",
		"URL rejected: Bad scheme: \"1http\" at byte offset 0" },
	{ "encoded scheme", "h%74tp://h/",
		"URL rejected: Bad scheme: \"h%74tp\" at byte offset 0" },
	{ "space in the path", "http://h/a b",
		"URL rejected: Malformed input to a URL function: byte 0x20 at "
		"byte offset 10; a space is written %20" },
	{ "space in front", " http://h/",
		"URL rejected: Malformed input to a URL function: byte 0x20 at "
		"byte offset 0; a space is written %20" },
	{ "newline", "http://h/\nx",
		"URL rejected: Malformed input to a URL function: byte 0x0a at "
		"byte offset 9" },
	{ "DEL in the fragment", "http://h/#\x7f",
		"URL rejected: Malformed input to a URL function: byte 0x7f at "
		"byte offset 10" },
	{ "port too large", "http://h:99999/",
		"URL rejected: " PORT_RULE ": \"99999\" at byte offset 9" },
	{ "port no number", "http://h:80x/",
		"URL rejected: " PORT_RULE " at byte offset 9" },
	{ "port with a sign", "http://h:+1/",
		"URL rejected: " PORT_RULE " at byte offset 9" },
	{ "two ports", "http://a:1:2/",
		"URL rejected: " PORT_RULE " at byte offset 9; an "
		"IPv6 address is written in brackets" },
	{ "no slashes", "http:h/",
		"URL rejected: " PORT_RULE " at byte offset 5" },
	{ "backslashes", "http:\\\\h\\",
		"URL rejected: " PORT_RULE " at byte offset 5" },
	{ "at sign in the user", "http://a@b@h/",
		"URL rejected: Bad login part: '@' at byte offset 8" },
	{ "NUL in the user", "http://a%00@h/",
		"URL rejected: Bad user: byte 0x00 at byte offset 7" },
	{ "NUL in the password", "http://a:%00@h/",
		"URL rejected: Bad password: byte 0x00 at byte offset 9" },
	{ "bracket not closed", "http://[::1/",
		"URL rejected: Bad IPv6 address: \"[::1\" at byte offset 7" },
	{ "text behind the bracket", "http://[::1]x/",
		"URL rejected: Bad IPv6 address: \"[::1]x\" at byte offset "
		"7" },
	{ "no IPv6 address", "http://[::g]/",
		"URL rejected: Bad IPv6 address: \"::g\" at byte offset 8" },
	{ "empty brackets", "http://[]/",
		"URL rejected: Bad IPv6 address at byte offset 8" },
	{ "empty zone", "http://[::1%]/",
		"URL rejected: Bad IPv6 address: empty zone at byte offset "
		"12" },
	{ "bad zone", "http://[::1%25a%2f]/",
		"URL rejected: Bad IPv6 address: '/' at byte offset 14" },
	{ "caret in the host", "http://ab^c/",
		"URL rejected: Bad hostname: '^' at byte offset 9" },
	{ "backslash in the host", "http://a\\b/",
		"URL rejected: Bad hostname: '\\' at byte offset 8" },
	{ "encoded slash in the host", "http://a%2fb/",
		"URL rejected: Bad hostname: '/' at byte offset 7" },
	{ "encoded space in the host", "http://a%20b/",
		"URL rejected: Bad hostname: byte 0x20 at byte offset 7" },
	{ "encoded NUL in the host", "http://a%00b/",
		"URL rejected: Bad hostname: byte 0x00 at byte offset 7" },
	{ "encoded percent in the host", "http://a%25b/",
		"URL rejected: Bad hostname: '%' at byte offset 7" },
	{ "half a triplet in the host", "http://a%zb/",
		"URL rejected: Bad hostname: '%' at byte offset 8" },
	{ "bracket in the host", "http://a[1]/",
		"URL rejected: Bad hostname: '[' at byte offset 8" },
	{ "Unix without a path", "unix://",
		"URL rejected: Bad path at byte offset 7; write unix:///path "
		"or unix://@name" },
	{ "Unix with a host", "unix://host/path",
		"URL rejected: Bad path: \"host/path\" at byte offset 7; "
		"write unix:///path or unix://@name" },
	{ "NUL in a Unix path", "unix:///a%00",
		"URL rejected: Bad path: byte 0x00 at byte offset 7" },
};

static void test_parse_error(const void *data)
{
	const struct parse_row *row = data;
	struct str copy = exact(row->text);
	struct error e = { 0 };
	struct url u;

	assert_int_equal(url_parse(&u, copy, NULL, &e), -ERR_URL_MALFORMED);
	assert_int_equal(e.code, ERR_URL_MALFORMED);
	assert_string_equal(e.text, row->wanted);
	assert_int_equal(url_parse(&u, copy, NULL, NULL), -ERR_URL_MALFORMED);
	release(copy);
}

struct option_row {
	const char *name, *text;
	struct url_options options;
	int result;
	const char *wanted;
};

static const struct option_row option_rows[] = {
	{ "default scheme", "h/x", { .default_scheme = "HTTPS" }, 0,
		"https name=h port=443 path=/x guessed" },
	{ "scheme given", "http://h/", { .default_scheme = "https" }, 0,
		"http name=h port=80 path=/" },
	{ "default scheme of a socket", "/run/x", { .default_scheme = "unix" },
		0, "unix none= port=0 path=/run/x guessed" },
	{ "path as it is", "http://h/a/.././%2e?q", { .path_as_is = true }, 0,
		"http name=h port=80 path=/a/.././%2e query=q" },
	{ "no path as it is", "http://h", { .path_as_is = true }, 0,
		"http name=h port=80 path=/" },
	{ "no user refused", "http://h/@", { .refuse_user = true }, 0,
		"http name=h port=80 path=/@" },
	{ "user refused", "http://u@h/", { .refuse_user = true },
		-ERR_LOGIN_DENIED,
		"URL rejected: Credentials was passed in the URL when "
		"prohibited: at byte offset 7" },
};

static void test_options(const void *data)
{
	const struct option_row *row = data;
	struct error e = { 0 };
	struct url u;
	char *text;
	int result = url_parse(&u, str_of(row->text), &row->options, &e);

	assert_int_equal(result, row->result);
	assert_int_equal(e.code, -row->result);
	if (result < 0) {
		assert_string_equal(e.text, row->wanted);
		return;
	}
	text = describe(&u);
	assert_string_equal(text, row->wanted);
	free(text);
	url_fini(&u);
}

static void test_long(const void *row)
{
	struct str text = { malloc(LIMIT_URL + 1), LIMIT_URL + 1 };
	struct error e = { 0 };
	struct url u;

	(void)row;
	assert_non_null(text.p);
	memset((char *)text.p, '/', text.n);
	memcpy((char *)text.p, "http://h", 8);
	assert_int_equal(url_parse(&u, text, NULL, &e), -ERR_URL_MALFORMED);
	text.n--;
	assert_int_equal(url_parse(&u, text, NULL, &e), 0);
	assert_int_equal(u.path.n, LIMIT_URL - 8);
	url_fini(&u);
	/* Encoded it would be three times as long. */
	memset((char *)text.p + 9, '\xe9', text.n - 9);
	assert_int_equal(url_parse(&u, text, NULL, &e), -ERR_URL_MALFORMED);
	release(text);
}

struct resolve_row {
	const char *name, *base, *reference;
	const char *wanted; /* all of it printed; NULL when refused */
};

#define BASE "http://a/b/c/d;p?q"

static const struct resolve_row resolve_rows[] = {
	/* RFC 3986 section 5.4.1, but for what has no authority */
	{ "g", BASE, "g", "http://a/b/c/g" },
	{ "./g", BASE, "./g", "http://a/b/c/g" },
	{ "g/", BASE, "g/", "http://a/b/c/g/" },
	{ "/g", BASE, "/g", "http://a/g" },
	{ "//g", BASE, "//g", "http://g/" },
	{ "?y", BASE, "?y", "http://a/b/c/d;p?y" },
	{ "g?y", BASE, "g?y", "http://a/b/c/g?y" },
	{ "#s", BASE, "#s", "http://a/b/c/d;p?q#s" },
	{ "g#s", BASE, "g#s", "http://a/b/c/g#s" },
	{ "g?y#s", BASE, "g?y#s", "http://a/b/c/g?y#s" },
	{ ";x", BASE, ";x", "http://a/b/c/;x" },
	{ "g;x", BASE, "g;x", "http://a/b/c/g;x" },
	{ "g;x?y#s", BASE, "g;x?y#s", "http://a/b/c/g;x?y#s" },
	{ "nothing", BASE, "", "http://a/b/c/d;p?q" },
	{ ".", BASE, ".", "http://a/b/c/" },
	{ "./", BASE, "./", "http://a/b/c/" },
	{ "..", BASE, "..", "http://a/b/" },
	{ "../", BASE, "../", "http://a/b/" },
	{ "../g", BASE, "../g", "http://a/b/g" },
	{ "../..", BASE, "../..", "http://a/" },
	{ "../../", BASE, "../../", "http://a/" },
	{ "../../g", BASE, "../../g", "http://a/g" },
	/* RFC 3986 section 5.4.2 */
	{ "../../../g", BASE, "../../../g", "http://a/g" },
	{ "/./g", BASE, "/./g", "http://a/g" },
	{ "/../g", BASE, "/../g", "http://a/g" },
	{ "g.", BASE, "g.", "http://a/b/c/g." },
	{ "..g", BASE, "..g", "http://a/b/c/..g" },
	{ "./../g", BASE, "./../g", "http://a/b/g" },
	{ "./g/.", BASE, "./g/.", "http://a/b/c/g/" },
	{ "g;x=1/../y", BASE, "g;x=1/../y", "http://a/b/c/y" },
	{ "g?y/../x", BASE, "g?y/../x", "http://a/b/c/g?y/../x" },
	{ "g#s/../x", BASE, "g#s/../x", "http://a/b/c/g#s/../x" },
	{ "a scheme alone", BASE, "http:g", NULL },

	{ "absolute", BASE, "https://h:1/x", "https://h:1/x" },
	{ "absolute, one slash", BASE, "http:/h/x", "http://h/x" },
	{ "absolute, four slashes", BASE, "http:////h/x", NULL },
	{ "authority, three slashes", BASE, "///h/x", "http://h/x" },
	{ "authority, four slashes", BASE, "////h/x", NULL },
	{ "mailto", BASE, "mailto:a@b", NULL },
	{ "another scheme", BASE, "gopher://h", "gopher://h/" },
	{ "a number and a colon", BASE, "1:2", "http://a/b/c/1:2" },
	{ "a URL in the query", BASE, "x?u=http://y/?z",
		"http://a/b/c/x?u=http://y/?z" },
	{ "colon in a later segment", BASE, "x/y:z", "http://a/b/c/x/y:z" },
	{ "backslashes", BASE, "\\\\h\\x", "http://a/b/c/\\\\h\\x" },
	{ "empty query", BASE, "?", "http://a/b/c/d;p?" },
	{ "the user stays behind", "http://u:p@h:1/x", "y", "http://h:1/y" },
	{ "a user of its own", "http://u:p@h/x", "//v@h/", "http://v@h/" },
	{ "the port stays", "http://h:8080/", "/x", "http://h:8080/x" },
	{ "another host, default port", "http://h:8080/", "//i/x",
		"http://i/x" },
	{ "IPv6 base", "http://[fe80::1%25e]:1/", "x",
		"http://[fe80::1%25e]:1/x" },
	{ "the fragment is left behind", "http://h/a#f", "b", "http://h/b" },
	{ "the fragment is left behind, another host", "http://h/a#f",
		"http://i/", "http://i/" },
	{ "a fragment of its own", "http://h/a#f", "b#g", "http://h/b#g" },
	{ "an empty fragment", "http://h/a#f", "b#", "http://h/b#" },
	{ "spaces", BASE, "/a b?c d#e f", "http://a/a%20b?c+d#e%20f" },
	{ "spaces, absolute", BASE, "http://h/a/../t t? y n",
		"http://h/t%20t?+y+n" },
	{ "bytes above 0x7f", BASE, "\xd8\xa2?\xd8\xba",
		"http://a/b/c/%D8%A2?%D8%BA" },
	{ "space in the host", BASE, "http://a b/", NULL },
	{ "space in the user", BASE, "http://a b@h/", NULL },
	{ "absolute to a socket", "http://h/a#f", "unix:/x", "unix:///x" },
	{ "relative to a socket", "unix:///x", "y?z", NULL },
	{ "absolute from a socket", "unix:///x", "http://h", "http://h/" },
	{ "newline", BASE, "/a\nb", NULL },
	{ "NUL-like control", BASE, "/a\x01", NULL },
};

static void test_resolve(const void *data)
{
	const struct resolve_row *row = data;
	struct str copy = exact(row->reference);
	struct error e = { 0 };
	struct url base, u;
	char *text;
	int result;

	assert_int_equal(url_parse(&base, str_of(row->base), NULL, &e), 0);
	result = url_resolve(&u, &base, copy, NULL, &e);
	url_fini(&base);
	release(copy);
	if (!row->wanted) {
		assert_int_equal(result, -ERR_URL_MALFORMED);
		assert_non_null(strstr(e.text, "URL rejected: "));
		return;
	}
	assert_string_equal(e.text, "");
	assert_int_equal(result, 0);
	text = url_print(&u, URL_PRINT_USER | URL_PRINT_FRAGMENT);
	assert_string_equal(text, row->wanted);
	free(text);
	url_fini(&u);
}

static void test_resolve_as_is(const void *row)
{
	struct url_options options = { .path_as_is = true };
	struct error e = { 0 };
	struct url base, u;
	char *text;

	(void)row;
	assert_int_equal(
		url_parse(&base, STR("http://h/../../1"), &options, &e), 0);
	assert_int_equal(url_resolve(&u, &base, STR("../2"), &options, &e), 0);
	text = url_print(&u, 0);
	assert_string_equal(text, "http://h/2");
	free(text);
	url_fini(&u);
	url_fini(&base);
}

struct print_row {
	const char *name, *text;
	unsigned flags;
	const char *wanted;
};

#define ALL (URL_PRINT_USER | URL_PRINT_FRAGMENT | URL_PRINT_SHOWN)

static const struct print_row print_rows[] = {
	{ "neither user nor fragment", "http://u:p@h/a?b#c", 0,
		"http://h/a?b" },
	{ "user", "http://u:p@h/#c", URL_PRINT_USER, "http://u:p@h/" },
	{ "user without password", "http://u@h/", URL_PRINT_USER,
		"http://u@h/" },
	{ "user encoded again", "http://a%2fb:%40:@h/", URL_PRINT_USER,
		"http://a%2Fb:%40%3A@h/" },
	{ "fragment", "http://h/a?b#c", URL_PRINT_FRAGMENT, "http://h/a?b#c" },
	{ "empty query", "http://h/a?", 0, "http://h/a?" },
	{ "default port", "http://h:80/", 0, "http://h/" },
	{ "default port as written", "http://h:80/", URL_PRINT_SHOWN,
		"http://h:80/" },
	{ "no port was written", "http://h/", URL_PRINT_SHOWN, "http://h/" },
	{ "another port", "https://h:80/", 0, "https://h:80/" },
	{ "no default port", "tcp://h:1", 0, "tcp://h:1/" },
	{ "host", "http://LOCALhost/", 0, "http://localhost/" },
	{ "host as written", "http://LOCALhost/", URL_PRINT_SHOWN,
		"http://LOCALhost/" },
	{ "addresses are never as written", "http://127.1/", URL_PRINT_SHOWN,
		"http://127.0.0.1/" },
	{ "IPv6", "http://[0:0::1]/", ALL, "http://[::1]/" },
	{ "zone", "http://[fe80::1%e]:1/", ALL, "http://[fe80::1%25e]:1/" },
	{ "no scheme", "h:1", 0, "http://h:1/" },
	{ "Unix", "unix:/a%20b/@%ff", ALL, "unix:///a%20b/@%FF" },
	{ "abstract Unix", "unix://@a%0ab", ALL, "unix://@a%0Ab" },
};

static void test_print(const void *data)
{
	const struct print_row *row = data;
	struct error e = { 0 };
	struct url u, copy;
	char *text;

	assert_int_equal(url_parse(&u, str_of(row->text), NULL, &e), 0);
	assert_int_equal(url_copy(&copy, &u, &e), 0);
	url_fini(&u);
	text = url_print(&copy, row->flags);
	assert_string_equal(text, row->wanted);
	free(text);
	url_fini(&copy);
}

struct origin_row {
	const char *name, *a, *b;
	bool same;
};

static const struct origin_row origin_rows[] = {
	{ "another path", "http://h/a", "http://h/b?c", true },
	{ "default port", "http://h/", "http://h:80/", true },
	{ "case", "http://H/", "HTTP://h/", true },
	{ "user", "http://a@h/", "http://h/", true },
	{ "two forms of an address", "http://127.1/", "http://127.0.0.1/",
		true },
	{ "two forms of an IPv6 address", "http://[0:0::1]/", "http://[::1]/",
		true },
	{ "scheme", "http://h/", "https://h/", false },
	{ "scheme, same port", "http://h:443/", "https://h/", false },
	{ "port", "http://h/", "http://h:8080/", false },
	{ "host", "http://h/", "http://i/", false },
	{ "trailing dot", "http://h/", "http://h./", false },
	{ "zone", "http://[fe80::1%25a]/", "http://[fe80::1%25b]/", false },
	{ "Unix", "unix:///a", "unix:///b", false },
	{ "same Unix", "unix:///a", "unix:/a", true },
};

static void test_origin(const void *data)
{
	const struct origin_row *row = data;
	struct error e = { 0 };
	struct url a, b;

	assert_int_equal(url_parse(&a, str_of(row->a), NULL, &e), 0);
	assert_int_equal(url_parse(&b, str_of(row->b), NULL, &e), 0);
	assert_int_equal(url_same_origin(&a, &b), row->same);
	assert_int_equal(url_same_origin(&b, &a), row->same);
	url_fini(&a);
	url_fini(&b);
}

struct port_row {
	const char *name, *scheme;
	int port;
};

static const struct port_row port_rows[] = {
	{ "http", "http", 80 },
	{ "https", "https", 443 },
	{ "capitals", "HTTPS", 443 },
	{ "tcp", "tcp", 0 },
	{ "prefix", "htt", 0 },
	{ "empty", "", 0 },
};

static void test_port(const void *data)
{
	const struct port_row *row = data;

	assert_int_equal(url_default_port(str_of(row->scheme)), row->port);
}

int main(void)
{
	static const struct table tables[] = {
		TABLE("url_parse", parse_rows, test_parse),
		TABLE("url_parse cut", parse_rows, test_cut),
		TABLE("url_parse error", error_rows, test_parse_error),
		TABLE("url_parse cut error", error_rows, test_cut),
		TABLE("url_parse options", option_rows, test_options),
		SINGLE("url_parse at LIMIT_URL", test_long),
		TABLE("url_resolve", resolve_rows, test_resolve),
		SINGLE("url_resolve, path as it is", test_resolve_as_is),
		TABLE("url_print", print_rows, test_print),
		TABLE("url_same_origin", origin_rows, test_origin),
		TABLE("url_default_port", port_rows, test_port),
	};

	return table_run("url", tables, sizeof(tables) / sizeof(tables[0]));
}
