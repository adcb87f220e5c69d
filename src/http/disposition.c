#include "http/disposition.h"

#include "base/ascii.h"
#include "base/utf8.h"

/* Take a value in quotes, with what stands between it and the next ";". What a
 * backslash makes literal is a quote or a backslash, nothing else: a careless
 * "C:\dir\name" is a path. */
static void take_quoted(struct str *rest, struct buf *out)
{
	char quote = *rest->p;
	struct str behind;
	size_t i;

	for (i = 1; i < rest->n && rest->p[i] != quote; i++) {
		if (rest->p[i] == '\\' && i + 1 < rest->n &&
			(rest->p[i + 1] == quote || rest->p[i + 1] == '\\'))
			i++;
		buf_add_char(out, rest->p[i]);
	}
	str_cut(str_from(*rest, i), ';', &behind, rest);
}

/* Take the next parameter: its value goes into `value`, without quotes. False
 * at the end. */
static bool take_parameter(
	struct str *rest, struct str *name, struct buf *value)
{
	size_t n = 0;
	struct str plain;

	while (rest->n && (ascii_is_blank(*rest->p) || *rest->p == ';'))
		*rest = str_from(*rest, 1);
	if (rest->n == 0)
		return false;
	while (n < rest->n && rest->p[n] != '=' && rest->p[n] != ';')
		n++;
	*name = str_trim(str_first(*rest, n));
	*rest = str_from(*rest, n);
	buf_clear(value);
	if (rest->n == 0 || *rest->p == ';')
		return true;
	*rest = str_trim(str_from(*rest, 1));
	if (rest->n &&
		(*rest->p == '"' ||
			(*rest->p == '\'' &&
				str_find(str_from(*rest, 1), '\'') >= 0))) {
		take_quoted(rest, value);
		return true;
	}
	if (rest->n && *rest->p == '\'') /* a quote that is never closed */
		*rest = str_from(*rest, 1);
	str_cut(*rest, ';', &plain, rest);
	buf_add_str(value, str_trim(plain));
	return true;
}

/* Append the bytes that the value-chars of RFC 8187 section 3.2.1 mean; what
 * is neither blank nor control may stand for itself, as servers have it. */
static bool decode_percent(struct buf *out, struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];
		int high, low;

		if (c <= ' ' || c >= 0x7f)
			return false;
		if (c == '%') {
			high = s.n - i > 2 ? ascii_hex_value(s.p[i + 1]) : -1;
			low = s.n - i > 2 ? ascii_hex_value(s.p[i + 2]) : -1;
			if (high < 0 || low < 0)
				return false;
			c = (unsigned char)(high * 16 + low);
			i += 2;
		}
		buf_add_char(out, (char)c);
	}
	return true;
}

static void add_latin1(struct buf *out, struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c >= 0x80)
			buf_add_char(out, (char)(0xc0 | c >> 6));
		buf_add_char(out, (char)(c < 0x80 ? c : 0x80 | (c & 0x3f)));
	}
}

/* Append what CHARSET'LANGUAGE'VALUE means as UTF-8. False, and nothing
 * appended, when it is malformed or in another charset. */
static bool add_extended(struct buf *out, struct str extended)
{
	struct str charset, rest, language, coded;
	struct buf bytes;
	bool good;

	if (!str_cut(extended, '\'', &charset, &rest) ||
		!str_cut(rest, '\'', &language, &coded))
		return false;
	buf_init(&bytes, LIMIT_HEAD);
	good = decode_percent(&bytes, coded) && !bytes.failed;
	if (good && str_eq_nocase(charset, STR("UTF-8"))) {
		good = utf8_valid(buf_str(&bytes));
		if (good)
			buf_add_str(out, buf_str(&bytes));
	} else if (good && str_eq_nocase(charset, STR("ISO-8859-1")))
		add_latin1(out, buf_str(&bytes));
	else
		good = false;
	buf_inherit(out, &bytes);
	buf_fini(&bytes);
	return good;
}

bool disposition_name(struct buf *out, struct str value)
{
	struct buf plain, extended, text;
	struct str name;
	size_t before = out->n;

	buf_init(&plain, LIMIT_HEAD);
	buf_init(&extended, LIMIT_HEAD);
	buf_init(&text, LIMIT_HEAD);
	while (take_parameter(&value, &name, &text)) {
		buf_inherit(out, &text);
		if (str_eq_nocase(name, STR("filename")) && !plain.n)
			buf_add_str(&plain, buf_str(&text));
		else if (str_eq_nocase(name, STR("filename*")) && !extended.n)
			buf_add_str(&extended, buf_str(&text));
	}
	add_extended(out, buf_str(&extended));
	if (out->n == before)
		buf_add_str(out, buf_str(&plain));
	buf_inherit(out, &plain);
	buf_inherit(out, &extended);
	buf_fini(&plain);
	buf_fini(&extended);
	buf_fini(&text);
	return !out->failed && out->n > before;
}
