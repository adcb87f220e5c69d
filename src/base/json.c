#include "base/json.h"

#define REPLACEMENT "\xef\xbf\xbd" /* U+FFFD */

/* How a sequence goes on after its first byte: the number of bytes in all, and
 * the range of the second one, which keeps out overlong forms, surrogates and
 * what is above U+10FFFF (RFC 3629 section 4). Length 0: cannot begin one. */
struct lead {
	size_t length;
	unsigned char low, high;
};

static struct lead lead_of(unsigned char c)
{
	if (c < 0x80)
		return (struct lead){ 1, 0, 0 };
	if (c < 0xc2 || c > 0xf4)
		return (struct lead){ 0, 0, 0 };
	if (c < 0xe0)
		return (struct lead){ 2, 0x80, 0xbf };
	if (c < 0xf0)
		return (struct lead){ 3, c == 0xe0 ? 0xa0 : 0x80,
			c == 0xed ? 0x9f : 0xbf };
	return (struct lead){ 4, c == 0xf0 ? 0x90 : 0x80,
		c == 0xf4 ? 0x8f : 0xbf };
}

/* The length of the character at the front of `s`, not empty. When it is none,
 * *valid is false and the length that of the part to be replaced as one: the
 * longest that could have begun a character. */
static size_t character(struct str s, bool *valid)
{
	struct lead lead = lead_of((unsigned char)s.p[0]);
	size_t n = 1;

	while (n < lead.length && n < s.n) {
		unsigned char c = (unsigned char)s.p[n];

		if (c < lead.low || c > lead.high)
			break;
		lead.low = 0x80;
		lead.high = 0xbf;
		n++;
	}
	*valid = n == lead.length;
	return n;
}

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

static bool is_plain(char c)
{
	return (c >= 0x20 && c <= 0x7e && c != '"' && c != '\\') || c == 0x7f;
}

void json_escape(struct buf *out, struct str s)
{
	while (s.n) {
		size_t n = 0;
		bool valid;

		while (n < s.n && is_plain(s.p[n]))
			n++;
		buf_add(out, s.p, n);
		s = str_from(s, n);
		if (s.n == 0)
			return;
		n = character(s, &valid);
		if (!valid)
			buf_add_text(out, REPLACEMENT);
		else if (n == 1)
			escape_ascii(out, s.p[0]);
		else
			buf_add(out, s.p, n);
		s = str_from(s, n);
	}
}

void json_init(struct json *j, struct buf *out)
{
	*j = (struct json){ .out = out };
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
	buf_add_text(j->out, digits);
}

void json_bool(struct json *j, bool value)
{
	json_number(j, value ? "true" : "false");
}

void json_null(struct json *j)
{
	json_number(j, "null");
}
