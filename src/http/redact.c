#include "http/redact.h"

#include "base/ascii.h"

enum secret { SECRET_NONE, SECRET_CREDENTIALS, SECRET_COOKIES, SECRET_COOKIE };

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
	while (head.n) {
		size_t n = field_length(head);

		redact_line(out, str_first(head, n));
		head = str_from(head, n);
	}
}

/* The authority at the front of `s`: what ends it starts path, query or
 * fragment, or is no part of a URL. */
static size_t authority_length(struct str s)
{
	size_t n = 0;

	while (n < s.n && !ascii_is_control(s.p[n]) &&
		!memchr("/?# '\"<>", s.p[n], 8))
		n++;
	return n;
}

void redact_urls(struct buf *out, struct str text)
{
	ssize_t at;

	while ((at = str_search(text, STR("://"))) >= 0) {
		struct str authority, user;
		ssize_t host = -1;

		buf_add_str(out, str_first(text, (size_t)at + 3));
		text = str_from(text, (size_t)at + 3);
		authority = str_first(text, authority_length(text));
		for (size_t i = 0; i < authority.n; i++)
			if (authority.p[i] == '@')
				host = (ssize_t)i;
		if (host < 0)
			continue;
		user = str_first(authority, (size_t)host);
		if (str_cut(user, ':', &user, &authority)) {
			buf_add_str(out, user);
			buf_add_text(out, ":" REDACTED);
		} else {
			buf_add_str(out, user);
		}
		text = str_from(text, (size_t)host);
	}
	buf_add_str(out, text);
}
