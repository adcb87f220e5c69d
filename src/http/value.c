#include "http/value.h"

#include "base/ascii.h"

static bool is_blank(char c)
{
	return ascii_is_blank(c) || c == '\r' || c == '\n';
}

static struct str trim_start(struct str s)
{
	size_t i = 0;

	while (i < s.n && is_blank(s.p[i]))
		i++;
	return str_from(s, i);
}

struct str value_trim(struct str s)
{
	s = trim_start(s);
	while (s.n && is_blank(s.p[s.n - 1]))
		s.n--;
	return s;
}

/* The length of the quoted-string at the front of `s`, quotes included; all of
 * `s` when it does not end. */
static size_t quoted_length(struct str s)
{
	for (size_t i = 1; i < s.n; i++) {
		if (s.p[i] == '"')
			return i + 1;
		if (s.p[i] == '\\')
			i++;
	}
	return s.n;
}

/* The length of what stands before the first `separator` that is in no
 * quoted-string. */
static size_t length_to(struct str s, char separator)
{
	size_t i = 0;

	while (i < s.n && s.p[i] != separator)
		i += s.p[i] == '"' ? quoted_length(str_from(s, i)) : 1;
	return i;
}

static size_t token_length(struct str s)
{
	size_t i = 0;

	while (i < s.n && (ascii_is_alnum(s.p[i]) || ascii_is_tchar(s.p[i])))
		i++;
	return i;
}

bool value_next(struct str *rest, struct str *element)
{
	while (rest->n) {
		size_t n = length_to(*rest, ',');

		*element = value_trim(str_first(*rest, n));
		*rest = str_from(*rest, n + 1);
		if (element->n)
			return true;
	}
	return false;
}

bool value_has_token(struct str list, struct str token)
{
	struct str element;

	while (value_next(&list, &element)) {
		element = str_first(element, length_to(element, ';'));
		if (str_eq_nocase(value_trim(element), token))
			return true;
	}
	return false;
}

bool value_next_parameter(struct str *rest, struct str *name, struct str *value)
{
	struct str s = trim_start(*rest);
	size_t n;

	if (s.n == 0 || s.p[0] != ';')
		return false;
	while (s.n && (s.p[0] == ';' || is_blank(s.p[0])))
		s = str_from(s, 1);
	*name = str_first(s, token_length(s));
	s = trim_start(str_from(s, name->n));
	if (name->n == 0 || s.n == 0 || s.p[0] != '=')
		return false;
	s = trim_start(str_from(s, 1));
	n = s.n && s.p[0] == '"' ? quoted_length(s) : token_length(s);
	if (n == 0)
		return false;
	*value = str_first(s, n);
	*rest = str_from(s, n);
	return true;
}

void value_unquote(struct buf *out, struct str value)
{
	size_t end = value.n;

	if (end == 0 || value.p[0] != '"') {
		buf_add_str(out, value);
		return;
	}
	for (size_t i = 1; i < end && value.p[i] != '"'; i++) {
		if (value.p[i] == '\\' && i + 1 < end)
			i++;
		buf_add_char(out, value.p[i]);
	}
}

bool value_is_token(struct str s)
{
	return s.n > 0 && token_length(s) == s.n;
}

struct value_text value_shown(struct str s)
{
	struct value_text shown;

	s = str_first(s, sizeof(shown.text) - 1);
	for (size_t i = 0; i < s.n; i++)
		shown.text[i] = s.p[i] == '\r' || s.p[i] == '\n' ? ' ' : s.p[i];
	shown.text[s.n] = '\0';
	return shown;
}

void value_unfold(struct buf *out, struct str s)
{
	size_t from = 0;
	ssize_t at;

	while ((at = str_find(str_from(s, from), '\n')) >= 0) {
		size_t end = from + (size_t)at, next = end + 1;

		if (next < s.n && ascii_is_blank(s.p[next])) {
			end -= end > from && s.p[end - 1] == '\r';
			while (end > from && ascii_is_blank(s.p[end - 1]))
				end--;
			while (next < s.n && ascii_is_blank(s.p[next]))
				next++;
			buf_add(out, s.p + from, end - from);
			buf_add_char(out, ' ');
		} else {
			buf_add(out, s.p + from, next - from);
		}
		from = next;
	}
	buf_add_str(out, str_from(s, from));
}
