#include "http/redact.h"

#include "base/ascii.h"

enum secret {
	SECRET_NONE,
	SECRET_CREDENTIALS,
	SECRET_COOKIES,
	SECRET_COOKIE,
	SECRET_URL, /* one, which may have a password */
	SECRET_URLS
};

static enum secret secret_of(struct str name)
{
	static const struct {
		struct str name;
		enum secret secret;
	} fields[] = {
		{ STR("Authorization"), SECRET_CREDENTIALS },
		{ STR("Proxy-Authorization"), SECRET_CREDENTIALS },
		{ STR("Cookie"), SECRET_COOKIES },
		{ STR("Set-Cookie"), SECRET_COOKIE },
		{ STR("Location"), SECRET_URL },
		{ STR("Content-Location"), SECRET_URL },
		{ STR("Referer"), SECRET_URL },
		{ STR("Refresh"), SECRET_URLS },
		{ STR("Link"), SECRET_URLS },
	};

	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		if (str_eq_nocase(name, fields[i].name))
			return fields[i].secret;
	return SECRET_NONE;
}

bool redact_field_secret(struct str name)
{
	return secret_of(name) != SECRET_NONE;
}

/* --- URLs */

/* The length of what stands before the first of the bytes in `ends`. */
static size_t length_before(struct str s, const char *ends)
{
	size_t n = 0;

	while (n < s.n && !(s.p[n] && strchr(ends, s.p[n])))
		n++;
	return n;
}

/* Where the last '@' of `s` is, or -1. */
static ssize_t find_last_at(struct str s)
{
	ssize_t n = (ssize_t)s.n;

	while (n && s.p[n - 1] != '@')
		n--;
	return n - 1;
}

/* Whether a port, whose digits were in front of `s`, ends here. An '@' in the
 * fragment, or in a word behind a blank or a quote, says that it was none. */
static bool ends_port(struct str s, const char *ends)
{
	struct str word = str_from(s, 1);

	if (s.n == 0)
		return true;
	if (str_starts(s, STR("/#")))
		return find_last_at(s) < 0;
	if (!strchr(ends, s.p[0]))
		return false;
	if (s.p[0] == '/' || s.p[0] == '?')
		return true;
	if (s.p[0] != '#')
		word = str_first(word, length_before(word, " \t/"));
	return find_last_at(word) < 0;
}

/* The bytes of `s`, which begins behind "user:", that are a password: up to the
 * last '@' of an authority, or where there is none, as '/', '?' or '#' was not
 * percent-encoded, of all. 0: there is no '@', or `s` begins with a port. */
static size_t password_length(struct str s, const char *port_ends)
{
	size_t digits = 0;
	ssize_t at;

	while (digits < s.n && ascii_is_digit(s.p[digits]))
		digits++;
	if (digits && ends_port(str_from(s, digits), port_ends))
		return 0;
	at = find_last_at(str_first(s, length_before(s, "/?#")));
	if (at < 0)
		at = find_last_at(s);
	return at < 0 ? 0 : (size_t)at;
}

/* The same for what stands behind the host of a URL that has no '@': no port,
 * it may be the front of a password. */
static size_t half_password_length(struct str s, const char *ends)
{
	size_t n = length_before(s, ends), digits = 0;

	while (n && s.p[n - 1] == ':')
		n--;
	while (digits < n && ascii_is_digit(s.p[digits]))
		digits++;
	return digits == n ? 0 : n;
}

/* The bytes in front of the authority of what was meant as a URL: a scheme that
 * need not be one, and slashes. */
static size_t front_length(struct str url)
{
	size_t n = length_before(url, ":/?#@[");

	if (str_starts(str_from(url, n), STR(":/")))
		n++;
	else if (!str_starts(str_from(url, n), STR("//")))
		n = 0;
	while (n < url.n && url.p[n] == '/')
		n++;
	return n;
}

/* The bytes of the '[' that `s` begins with, up to its ']' where it is the
 * address of a host or passes for one. */
static size_t address_length(struct str s)
{
	size_t n = length_before(s, "]@/?#\n");

	return n < s.n && s.p[n] == ']' ? n + 1 : 1;
}

/* Where the ':' behind the user or host is that `s`, an authority and more,
 * begins with; s.n: nowhere. */
static size_t find_colon(struct str s)
{
	size_t n = s.n && s.p[0] == '[' ? address_length(s) : 0;

	if (n <= 1)
		n = length_before(s, ":/?#");
	return n < s.n && s.p[n] == ':' ? n : s.n;
}

/* As redact_url, but for URLs within its path. Returns how much of it that
 * was: up to where such a one may begin. */
static size_t redact_authority(struct buf *out, struct str url)
{
	size_t front = front_length(url), n;
	bool scheme = front > 0;
	struct str rest = str_from(url, front);
	ssize_t next;

	n = find_colon(rest);
	/* One slash in front begins a path. */
	if (n < rest.n && !(front == 1 && url.p[0] == '/')) {
		buf_add_str(out, str_first(url, front + n + 1));
		front += n + 1;
		rest = str_from(url, front);
		n = password_length(rest, "/?#");
		if (n == 0 && scheme && !str_starts(rest, STR("@")))
			n = half_password_length(rest, "/?#");
		if (n || str_starts(rest, STR("@")))
			buf_add_text(out, REDACTED);
		front += n;
	} else {
		buf_add_str(out, str_first(url, front));
	}
	rest = str_from(url, front);
	next = str_search(rest, STR("//"));
	if (next >= 0)
		rest.n = (size_t)next;
	buf_add_str(out, rest);
	return front + rest.n;
}

void redact_url(struct buf *out, struct str url)
{
	while (url.n)
		url = str_from(url, redact_authority(out, url));
}

/* Whether the ':' at `at` may be that between user and password, rather than
 * one of the text or of an address in brackets. `known`: it stands in what
 * follows "://". */
static bool may_part_user(struct str text, size_t at, bool known)
{
	char next = at + 1 < text.n ? text.p[at + 1] : '\0';

	if (known)
		return true;
	return at && !ascii_is_space(text.p[at - 1]) &&
		!memchr(":)]", text.p[at - 1], 3) && next &&
		!memchr(":/", next, 2) && !ascii_is_space(next);
}

/* What a URL that begins in `text` may reach to: the end of the line, or the
 * next "://" behind an '@'. */
static struct str reach_of(struct str text)
{
	ssize_t next;

	text = str_first(text, length_before(text, "\n"));
	next = str_search(text, STR("://"));
	if (next >= 0 && find_last_at(str_first(text, (size_t)next)) >= 0)
		text.n = (size_t)next;
	return text;
}

void redact_urls(struct buf *out, struct str text)
{
	bool known = false;
	size_t i = 0;

	while (i < text.n) {
		char c = text.p[i];
		size_t n;

		if (str_starts(str_from(text, i), STR("//"))) {
			known = true;
			i += 2;
			continue;
		}
		if (known && c == '[') {
			i += address_length(str_from(text, i));
			continue;
		}
		if (c != ':' || !may_part_user(text, i, known)) {
			known = known && !memchr("/?#@[\n", c, 6);
			i++;
			continue;
		}
		buf_add_str(out, str_first(text, ++i));
		text = str_from(text, i);
		n = password_length(
			reach_of(text), known ? "/?# '\"<>)" : "/?# '\"<>):,;");
		if (n == 0 && known && !str_starts(text, STR("@")))
			n = half_password_length(text, "/?# '\"<>),;\n");
		if (n || str_starts(text, STR("@")))
			buf_add_text(out, REDACTED);
		text = str_from(text, n);
		known = false;
		i = 0;
	}
	buf_add_str(out, text);
}

/* --- fields */

/* "Basic [redacted]"; a value without a scheme is all secret. */
static void redact_credentials(struct buf *out, struct str value)
{
	struct str scheme, rest;

	if (str_cut(value, ' ', &scheme, &rest) && scheme.n) {
		buf_add_str(out, scheme);
		buf_add_char(out, ' ');
	}
	buf_add_text(out, REDACTED);
}

/* "name=[redacted]"; what has no name is all secret. */
static void redact_pair(struct buf *out, struct str pair)
{
	struct str name, rest;

	if (str_cut(pair, '=', &name, &rest)) {
		buf_add_str(out, name);
		buf_add_char(out, '=');
	}
	buf_add_text(out, REDACTED);
}

/* All pairs of a Cookie, or the first of a Set-Cookie. */
static void redact_cookies(struct buf *out, struct str value, bool all)
{
	struct str pair, rest = value;
	bool more;

	do {
		more = str_cut(rest, ';', &pair, &rest);
		redact_pair(out, pair);
		if (more)
			buf_add_char(out, ';');
	} while (more && all);
	if (more)
		buf_add_str(out, rest);
}

void redact_value(struct buf *out, struct str name, struct str value)
{
	switch (value.n ? secret_of(name) : SECRET_NONE) {
	case SECRET_CREDENTIALS:
		redact_credentials(out, value);
		break;
	case SECRET_COOKIES:
	case SECRET_COOKIE:
		redact_cookies(out, value, secret_of(name) == SECRET_COOKIES);
		break;
	case SECRET_URL:
		redact_url(out, value);
		break;
	case SECRET_URLS:
		redact_urls(out, value);
		break;
	case SECRET_NONE:
		buf_add_str(out, value);
		break;
	}
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* The bytes of the field line at the front of `s`, continuations included. */
static size_t field_length(struct str s)
{
	size_t n = 0;

	do {
		ssize_t lf = str_find(str_from(s, n), '\n');

		n = lf < 0 ? s.n : n + (size_t)lf + 1;
	} while (n < s.n && is_blank(s.p[n]));
	return n;
}

static void redact_line(struct buf *out, struct str line)
{
	struct str name, value, end;
	size_t n = line.n, front = 0;

	if (!str_cut(line, ':', &name, &value) ||
		!redact_field_secret(str_trim(name))) {
		buf_add_str(out, line);
		return;
	}
	while (n && (line.p[n - 1] == '\n' || line.p[n - 1] == '\r'))
		n--;
	end = str_from(line, n);
	value.n -= end.n;
	while (front < value.n && is_blank(value.p[front]))
		front++;
	buf_add_str(out, str_first(line, name.n + 1 + front));
	redact_value(out, str_trim(name), str_from(value, front));
	buf_add_str(out, end);
}

void redact_head(struct buf *out, struct str head)
{
	struct str line = str_first(head, length_before(head, "\n"));
	struct str name = str_first(line, length_before(line, ":"));

	/* The target of a request may be a URL. */
	if (name.n < line.n && str_find(str_trim(name), ' ') > 0) {
		redact_urls(out, line);
		head = str_from(head, line.n);
	}
	while (head.n) {
		size_t n = field_length(head);

		redact_line(out, str_first(head, n));
		head = str_from(head, n);
	}
}
