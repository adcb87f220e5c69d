#include "base/json.h"

#include <inttypes.h>

#include "base/utf8.h"

#define REPLACEMENT "\xef\xbf\xbd" /* U+FFFD */

static void escape_ascii(struct buf *out, char c)
{
	static const char names[] = "\"\"\\\\\bb\ff\nn\rr\tt";

	for (size_t i = 0; i < sizeof(names) - 1; i += 2)
		if (c == names[i]) {
			buf_add_char(out, '\\');
			buf_add_char(out, names[i + 1]);
			return;
		}
	buf_printf(out, "\\u%04x", (unsigned)c);
}

static void escape_number(struct buf *out, uint32_t number)
{
	if (number < 0x10000) {
		buf_printf(out, "\\u%04" PRIx32, number);
		return;
	}
	number -= 0x10000;
	buf_printf(out, "\\u%04" PRIx32 "\\u%04" PRIx32,
		0xd800 + (number >> 10), 0xdc00 + (number & 0x3ff));
}

static bool is_plain(char c)
{
	return c >= 0x20 && c <= 0x7e && c != '"' && c != '\\';
}

void json_escape(struct buf *out, struct str s)
{
	while (s.n) {
		enum utf8_result found;
		size_t n = 0;

		while (n < s.n && is_plain(s.p[n]))
			n++;
		buf_add(out, s.p, n);
		s = str_from(s, n);
		if (s.n == 0)
			return;
		found = utf8_read(s, &n);
		if (found != UTF8_CHARACTER)
			buf_add_text(out, REPLACEMENT);
		else if (n == 1)
			escape_ascii(out, s.p[0]);
		else if (utf8_is_deceptive(utf8_number(str_first(s, n))))
			escape_number(out, utf8_number(str_first(s, n)));
		else
			buf_add(out, s.p, n);
		s = str_from(s, n);
	}
}

void json_init(struct json *j, struct buf *out)
{
	*j = (struct json){ .out = out };
}

void json_depend(struct json *j, const struct buf *from)
{
	if (from->failed && !j->out->failed)
		j->out->failed = from->failed;
}

/* What stands before a value or a key; another one may follow. */
static void separate(struct json *j)
{
	if (j->comma)
		buf_add_char(j->out, ',');
	j->comma = true;
}

static void open_level(struct json *j, char bracket)
{
	separate(j);
	buf_add_char(j->out, bracket);
	j->comma = false;
}

static void close_level(struct json *j, char bracket)
{
	buf_add_char(j->out, bracket);
	j->comma = true;
}

void json_object_open(struct json *j)
{
	open_level(j, '{');
}

void json_object_close(struct json *j)
{
	close_level(j, '}');
}

void json_array_open(struct json *j)
{
	open_level(j, '[');
}

void json_array_close(struct json *j)
{
	close_level(j, ']');
}

void json_key(struct json *j, struct str name)
{
	json_string(j, name);
	buf_add_char(j->out, ':');
	j->comma = false;
}

void json_string(struct json *j, struct str value)
{
	separate(j);
	buf_add_char(j->out, '"');
	json_escape(j->out, value);
	buf_add_char(j->out, '"');
}

void json_int(struct json *j, int64_t value)
{
	separate(j);
	if (value < 0)
		buf_add_char(j->out, '-');
	buf_add_uint(j->out, value < 0 ? 0 - (uint64_t)value : (uint64_t)value);
}

void json_number(struct json *j, const char *digits)
{
	separate(j);
	buf_add_text(j->out, digits ? digits : "null");
}

void json_milliseconds(struct json *j, int64_t us)
{
	separate(j);
	buf_printf(j->out, "%" PRId64 ".%03" PRId64, us / 1000, us % 1000);
}

void json_bool(struct json *j, bool value)
{
	json_number(j, value ? "true" : "false");
}

void json_null(struct json *j)
{
	json_number(j, "null");
}
