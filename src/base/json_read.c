#include "base/json_read.h"

#include "base/ascii.h"
#include "base/num.h"
#include "base/utf8.h"

static bool fail(struct json_reader *r, const char *wrong)
{
	if (!r->wrong)
		r->wrong = wrong;
	return false;
}

/* The next byte, or NUL at the end, where a NUL byte is as wrong. */
static char peek(const struct json_reader *r)
{
	return r->at < r->text.n ? r->text.p[r->at] : '\0';
}

/* `wrong`, unless it is that the text has ended. */
static bool expected(struct json_reader *r, const char *wrong)
{
	return fail(r, r->at < r->text.n ? wrong : "the text ends early");
}

static void skip_blanks(struct json_reader *r)
{
	while (r->at < r->text.n && memchr(" \t\r\n", r->text.p[r->at], 4))
		r->at++;
}

static bool take(struct json_reader *r, char c)
{
	if (r->wrong || r->at >= r->text.n || r->text.p[r->at] != c)
		return false;
	r->at++;
	return true;
}

static bool take_word(struct json_reader *r, struct str word)
{
	if (!str_starts(str_from(r->text, r->at), word))
		return false;
	r->at += word.n;
	return true;
}

void json_reader_init(struct json_reader *r, struct str text)
{
	*r = (struct json_reader){ .text = text };
}

/* --- strings */

static bool read_hex(struct json_reader *r, uint64_t *value)
{
	struct str digits = str_first(str_from(r->text, r->at), 4);

	if (digits.n < 4 || !num_hex(digits, 0xffff, value))
		return fail(r, "\\u is not followed by four digits");
	r->at += 4;
	return true;
}

/* Behind "\u" (RFC 8259 section 7). */
static bool read_code(struct json_reader *r, struct buf *out)
{
	uint64_t c, low;
	char character[UTF8_MOST];

	if (!read_hex(r, &c))
		return false;
	if (c >= 0xd800 && c <= 0xdfff) {
		if (c >= 0xdc00 || !take_word(r, STR("\\u")))
			return fail(r, "half of a surrogate pair");
		if (!read_hex(r, &low))
			return false;
		if (low < 0xdc00 || low > 0xdfff)
			return fail(r, "half of a surrogate pair");
		c = utf8_pair((uint32_t)c, (uint32_t)low);
	}
	buf_add(out, character, utf8_write((uint32_t)c, character));
	return true;
}

static bool read_escape(struct json_reader *r, struct buf *out)
{
	static const char names[] = "\"\"\\\\//b\bf\fn\nr\rt\t";
	char c = peek(r);

	if (c == 'u') {
		r->at++;
		return read_code(r, out);
	}
	for (size_t i = 0; i < sizeof(names) - 1; i += 2)
		if (c == names[i]) {
			buf_add_char(out, names[i + 1]);
			r->at++;
			return true;
		}
	return expected(r, "an unknown escape");
}

/* What stands for itself, up to a quote, an escape or something wrong. */
static void read_plain(struct json_reader *r, struct buf *out)
{
	size_t from = r->at;

	while (r->at < r->text.n) {
		unsigned char c = (unsigned char)r->text.p[r->at];
		size_t n = 1;

		if (c < 0x20 || c == '"' || c == '\\')
			break;
		if (c >= 0x80 &&
			utf8_read(str_from(r->text, r->at), &n) !=
				UTF8_CHARACTER) {
			fail(r, "bytes that are not UTF-8");
			break;
		}
		r->at += n;
	}
	buf_add(out, r->text.p + from, r->at - from);
}

bool json_read_string(struct json_reader *r, struct buf *out)
{
	skip_blanks(r);
	if (!take(r, '"'))
		return expected(r, "expected a string");
	while (!r->wrong) {
		read_plain(r, out);
		if (r->wrong || take(r, '"'))
			break;
		if (!take(r, '\\'))
			return expected(r, "a control character in a string");
		read_escape(r, out);
	}
	if (!r->wrong && out->failed)
		fail(r,
			out->failed == ERR_TOO_LARGE ? "a string is too long"
						     : "memory is out");
	return !r->wrong;
}

/* --- other values */

static size_t take_digits(struct json_reader *r)
{
	size_t from = r->at;

	while (ascii_is_digit(peek(r)))
		r->at++;
	return r->at - from;
}

/* Any number (RFC 8259 section 6). */
static bool pass_number(struct json_reader *r)
{
	take(r, '-');
	if (!take(r, '0') && take_digits(r) == 0)
		return expected(r, "expected a number");
	if (take(r, '.') && take_digits(r) == 0)
		return expected(r, "expected a digit");
	if (take(r, 'e') || take(r, 'E')) {
		if (!take(r, '+'))
			take(r, '-');
		if (take_digits(r) == 0)
			return expected(r, "expected a digit");
	}
	return !r->wrong;
}

bool json_read_uint(struct json_reader *r, uint64_t max, uint64_t *value)
{
	struct str digits;
	size_t from;

	skip_blanks(r);
	from = r->at;
	if (r->wrong || !pass_number(r))
		return false;
	digits = str_first(str_from(r->text, from), r->at - from);
	if (num_decimal(digits, max, value))
		return true;
	r->at = from;
	return fail(r, "expected a whole number that is not too large");
}

bool json_read_bool(struct json_reader *r, bool *value)
{
	skip_blanks(r);
	if (r->wrong)
		return false;
	*value = take_word(r, STR("true"));
	return *value || take_word(r, STR("false")) ||
		expected(r, "expected true or false");
}

/* --- structure */

static bool enter(struct json_reader *r, char bracket, const char *wrong)
{
	skip_blanks(r);
	if (!take(r, bracket))
		return expected(r, wrong);
	if (++r->depth > JSON_DEPTH)
		return fail(r, "too many levels");
	r->first = true;
	return true;
}

/* What stands in front of a member or item. False at the end of the level,
 * which is left, and when something is wrong. */
static bool next(struct json_reader *r, char bracket)
{
	skip_blanks(r);
	if (take(r, bracket)) {
		r->depth--;
		r->first = false; /* the level around it has had this one */
		return false;
	}
	if (!r->first && !take(r, ','))
		return expected(r, "expected a comma or the end");
	r->first = false;
	return !r->wrong;
}

bool json_read_object(struct json_reader *r)
{
	return enter(r, '{', "expected an object");
}

bool json_read_member(struct json_reader *r, struct buf *name)
{
	if (!next(r, '}'))
		return false;
	buf_clear(name);
	if (!json_read_string(r, name))
		return false;
	skip_blanks(r);
	return take(r, ':') || expected(r, "expected a colon");
}

static bool pass_string(struct json_reader *r)
{
	struct buf ignored;
	bool good;

	buf_init(&ignored, r->text.n);
	good = json_read_string(r, &ignored);
	buf_fini(&ignored);
	return good;
}

static bool pass_scalar(struct json_reader *r)
{
	char c = peek(r);

	if (c == '"')
		return pass_string(r);
	if (c == '-' || ascii_is_digit(c))
		return pass_number(r);
	return take_word(r, STR("true")) || take_word(r, STR("false")) ||
		take_word(r, STR("null")) || expected(r, "expected a value");
}

/* One value, or the beginning of one that has others in it; then `closing` gets
 * its bracket. */
static bool pass_beginning(struct json_reader *r, char *closing)
{
	skip_blanks(r);
	if (peek(r) == '{') {
		*closing = '}';
		return enter(r, '{', NULL);
	}
	if (peek(r) == '[') {
		*closing = ']';
		return enter(r, '[', NULL);
	}
	return pass_scalar(r);
}

static bool pass_name(struct json_reader *r)
{
	skip_blanks(r);
	if (peek(r) != '"')
		return expected(r, "expected a string");
	if (!pass_string(r))
		return false;
	skip_blanks(r);
	return take(r, ':') || expected(r, "expected a colon");
}

bool json_read_any(struct json_reader *r)
{
	char levels[JSON_DEPTH + 1];
	unsigned n = 0, outside = r->depth;

	while (!r->wrong) {
		char closing = '\0';

		if (!pass_beginning(r, &closing))
			break;
		if (closing)
			levels[n++] = closing;
		while (n && !next(r, levels[n - 1]) && !r->wrong)
			n--;
		if (n == 0 || (levels[n - 1] == '}' && !pass_name(r)))
			break;
	}
	return !r->wrong && r->depth == outside;
}

bool json_read_end(struct json_reader *r)
{
	skip_blanks(r);
	return !r->wrong &&
		(r->at == r->text.n || fail(r, "something stands behind it"));
}
