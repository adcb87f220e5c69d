#include "output/json_style.h"

#include "base/num.h"
#include "base/utf8.h"

#define RESET "\x1b[0m"
#define KEY "\x1b[34;1m"
#define STRING "\x1b[32m"
#define NUMBER "\x1b[36m"
#define LITERAL "\x1b[33m"
#define LEVELS_SHOWN 64u /* deeper lines are indented no more */

enum state {
	BETWEEN, /* tokens */
	IN_STRING,
	IN_ESCAPE, /* behind a backslash in a string */
	IN_CODE, /* the digits behind "\u" */
	IN_NUMBER,
	IN_WORD
};

/* What may come between tokens */
enum expected {
	VALUE,
	ITEM, /* or the end of the array */
	MEMBER, /* or the end of the object */
	NAME,
	COLON,
	COMMA, /* or the end of the container */
	NOTHING /* the text is whole */
};

enum number {
	MINUS,
	ZERO,
	DIGITS,
	POINT,
	FRACTION,
	EXPONENT,
	EXPONENT_SIGN,
	EXPONENT_DIGITS
};

/* --- writing */

void json_style_pass(struct json_style *j, struct str s, struct buf *out)
{
	if (j->filter)
		terminal_escape(j->filter, s, false, out);
	else
		buf_add_str(out, s);
}

static void put(struct json_style *j, char c, struct buf *out)
{
	json_style_pass(j, (struct str){ &c, 1 }, out);
}

static void add_colour(
	const struct json_style *j, struct buf *out, const char *colour)
{
	if (j->colour)
		buf_add_text(out, colour);
}

static void break_line(struct json_style *j, struct buf *out)
{
	if (!j->indent)
		return;
	buf_add_char(out, '\n');
	buf_add_text(out, j->margin);
	for (unsigned i = 0; i < j->depth && i < LEVELS_SHOWN; i++)
		buf_add_text(out, "  ");
}

void json_style_end_line(struct json_style *j, struct buf *out)
{
	if (j->line_open)
		buf_add_char(out, '\n');
	j->line_open = false;
}

void json_style_begin_line(
	struct json_style *j, struct str front, struct buf *out)
{
	json_style_pass(j, front, out);
	j->line_open = j->indent;
	j->n_blanks = 0;
}

/* White space of the text, which is left out where lines are made here. */
static void hold_blank(struct json_style *j, char c, struct buf *out)
{
	if (!j->indent)
		put(j, c, out);
	else if (j->n_blanks < sizeof(j->blanks))
		j->blanks[j->n_blanks++] = c;
}

static void release_blanks(struct json_style *j, struct buf *out)
{
	for (unsigned char i = 0; i < j->n_blanks; i++) {
		put(j, j->blanks[i], out);
		if (j->blanks[i] == '\n')
			buf_add_text(out, j->margin);
	}
	j->n_blanks = 0;
}

static void release_escape(struct json_style *j, struct buf *out)
{
	json_style_pass(j, (struct str){ j->escape, j->n_escape }, out);
	j->n_escape = 0;
}

/* --- where we are */

static bool in_object(const struct json_style *j)
{
	unsigned at = j->depth - 1;

	return j->depth && j->objects[at / 8] >> at % 8 & 1;
}

static void value_ends(struct json_style *j)
{
	j->state = BETWEEN;
	j->expected = j->depth ? COMMA : NOTHING;
	j->separated = false;
}

/* The first item of a container begins on a line of its own, and so does each
 * of several values. */
static void begin_value(struct json_style *j, struct buf *out)
{
	if (j->depth == 0 && j->indent) {
		if (j->separated)
			json_style_end_line(j, out);
		j->line_open = true;
	}
	if (j->opened)
		break_line(j, out);
	j->opened = false;
	j->n_blanks = 0;
}

static bool open_container(struct json_style *j, char c, struct buf *out)
{
	unsigned char bit = (unsigned char)(1u << j->depth % 8);

	if (j->depth == JSON_STYLE_DEPTH)
		return false;
	begin_value(j, out);
	j->objects[j->depth / 8] &= (unsigned char)~bit;
	if (c == '{')
		j->objects[j->depth / 8] |= bit;
	j->depth++;
	j->opened = true;
	j->expected = c == '{' ? MEMBER : ITEM;
	put(j, c, out);
	return true;
}

static void close_container(struct json_style *j, char c, struct buf *out)
{
	j->depth--;
	if (!j->opened)
		break_line(j, out);
	j->opened = false;
	j->n_blanks = 0;
	put(j, c, out);
	value_ends(j);
}

static void begin_string(struct json_style *j, bool key, struct buf *out)
{
	begin_value(j, out);
	add_colour(j, out, key ? KEY : STRING);
	put(j, '"', out);
	j->key = key;
	j->state = IN_STRING;
}

/* --- numbers and literals (RFC 8259 sections 3 and 6) */

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* What the number is in with `c` behind it; -1: `c` is none of it. */
static int number_next(int number, char c)
{
	bool digit = is_digit(c);

	switch (number) {
	case MINUS:
		return c == '0' ? ZERO : digit ? DIGITS : -1;
	case DIGITS:
		if (digit)
			return DIGITS;
		/* fall through */
	case ZERO:
		return c == '.' ? POINT : c == 'e' || c == 'E' ? EXPONENT : -1;
	case POINT:
		return digit ? FRACTION : -1;
	case FRACTION:
		if (digit)
			return FRACTION;
		return c == 'e' || c == 'E' ? EXPONENT : -1;
	case EXPONENT:
		if (c == '+' || c == '-')
			return EXPONENT_SIGN;
		/* fall through */
	default:
		return digit ? EXPONENT_DIGITS : -1;
	}
}

static bool number_whole(int number)
{
	return number == ZERO || number == DIGITS || number == FRACTION ||
		number == EXPONENT_DIGITS;
}

static bool begin_number(struct json_style *j, char c, struct buf *out)
{
	begin_value(j, out);
	add_colour(j, out, NUMBER);
	put(j, c, out);
	j->number = c == '-' ? MINUS : c == '0' ? ZERO : DIGITS;
	j->state = IN_NUMBER;
	return true;
}

static bool begin_word(struct json_style *j, char c, struct buf *out)
{
	j->word = c == 't' ? "rue"
		: c == 'f' ? "alse"
		: c == 'n' ? "ull"
			   : NULL;
	if (!j->word)
		return false;
	begin_value(j, out);
	add_colour(j, out, LITERAL);
	put(j, c, out);
	j->state = IN_WORD;
	return true;
}

static bool take_word(struct json_style *j, char c, struct buf *out)
{
	if (c != *j->word)
		return false;
	put(j, c, out);
	if (*++j->word)
		return true;
	add_colour(j, out, RESET);
	value_ends(j);
	return true;
}

/* --- strings */

static uint32_t code_at(const char *digits)
{
	uint64_t code = 0;

	ignore(num_hex((struct str){ digits, 4 }, 0xffff, &code));
	return (uint32_t)code;
}

/* The digits of a code are there. The first half of a pair waits for the other
 * one; what cannot be seen is shown as it is written. */
static void end_code(struct json_style *j, struct buf *out)
{
	uint32_t c = code_at(j->escape + 2);
	char shown[UTF8_MOST];

	j->state = IN_STRING;
	if (!j->decode)
		c = 0;
	else if (j->n_escape == 12)
		c = utf8_pair(c, code_at(j->escape + 8));
	else if (utf8_is_first_half(c))
		return;
	if (c == '"' || c == '\\' || !utf8_can_be_seen(c)) {
		release_escape(j, out);
		return;
	}
	j->n_escape = 0;
	json_style_pass(j, (struct str){ shown, utf8_write(c, shown) }, out);
}

static bool take_code(struct json_style *j, char c, struct buf *out)
{
	if (!is_digit(c) && !(c >= 'a' && c <= 'f') && !(c >= 'A' && c <= 'F'))
		return false;
	j->escape[j->n_escape++] = c;
	if (j->n_escape % 6 == 0)
		end_code(j, out);
	return true;
}

/* Behind a backslash, which is in j->escape. */
static bool take_escape(struct json_style *j, char c, struct buf *out)
{
	if (!memchr("\"\\/bfnrtu", c, 9))
		return false;
	j->escape[j->n_escape++] = c;
	j->state = c == 'u' ? IN_CODE : IN_STRING;
	if (c != 'u')
		release_escape(j, out);
	return true;
}

static bool take_string(struct json_style *j, char c, struct buf *out)
{
	if ((unsigned char)c < 0x20)
		return false;
	if (c == '\\') {
		j->escape[j->n_escape++] = c;
		j->state = IN_ESCAPE;
		return true;
	}
	release_escape(j, out);
	put(j, c, out);
	if (c != '"')
		return true;
	add_colour(j, out, RESET);
	if (j->key) {
		j->state = BETWEEN;
		j->expected = COLON;
	} else {
		value_ends(j);
	}
	return true;
}

/* --- tokens */

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static bool begin_any(struct json_style *j, char c, struct buf *out)
{
	if (c == '{' || c == '[')
		return open_container(j, c, out);
	if (c == '-' || is_digit(c)) {
		begin_number(j, c, out);
		return true;
	}
	if (c != '"')
		return begin_word(j, c, out);
	begin_string(j, false, out);
	return true;
}

static bool take_comma(struct json_style *j, char c, struct buf *out)
{
	bool object = in_object(j);

	if (c == (object ? '}' : ']')) {
		close_container(j, c, out);
		return true;
	}
	if (c != ',')
		return false;
	j->n_blanks = 0;
	put(j, c, out);
	break_line(j, out);
	j->expected = object ? NAME : VALUE;
	return true;
}

static bool take_name(struct json_style *j, char c, struct buf *out)
{
	if (c == '}' && j->expected == MEMBER) {
		close_container(j, c, out);
		return true;
	}
	if (c != '"')
		return false;
	begin_string(j, true, out);
	return true;
}

static bool take_between(struct json_style *j, char c, struct buf *out)
{
	if (is_blank(c)) {
		hold_blank(j, c, out);
		return true;
	}
	switch (j->expected) {
	case MEMBER:
	case NAME:
		return take_name(j, c, out);
	case COLON:
		if (c != ':')
			return false;
		j->n_blanks = 0;
		json_style_pass(j, j->indent ? STR(": ") : STR(":"), out);
		j->expected = VALUE;
		return true;
	case COMMA:
		return take_comma(j, c, out);
	case ITEM:
		if (c == ']') {
			close_container(j, c, out);
			return true;
		}
		break;
	case NOTHING:
		if (!j->separated)
			return false;
		break;
	default:
		break;
	}
	return begin_any(j, c, out);
}

/* Take `c`; false when it cannot be there. */
static bool take(struct json_style *j, char c, struct buf *out)
{
	int next;

	switch (j->state) {
	case IN_STRING:
		return take_string(j, c, out);
	case IN_ESCAPE:
		return take_escape(j, c, out);
	case IN_CODE:
		return take_code(j, c, out);
	case IN_WORD:
		return take_word(j, c, out);
	case IN_NUMBER:
		next = number_next(j->number, c);
		if (next >= 0) {
			j->number = next;
			put(j, c, out);
			return true;
		}
		if (!number_whole(j->number))
			return false;
		add_colour(j, out, RESET);
		value_ends(j);
		break;
	default:
		break;
	}
	return take_between(j, c, out);
}

/* --- texts */

static void reset(struct json_style *j)
{
	j->state = BETWEEN;
	j->expected = VALUE;
	j->depth = 0;
	j->opened = j->broken = false;
	j->n_blanks = j->n_escape = 0;
}

/* What stands between two values. False when it is in the midst of one. */
static bool take_separator(struct json_style *j, char c, struct buf *out)
{
	if (j->state == IN_NUMBER && j->depth == 0 && number_whole(j->number)) {
		add_colour(j, out, RESET);
		value_ends(j);
	}
	if (j->depth || j->state != BETWEEN)
		return j->spans && take(j, c, out);
	hold_blank(j, c, out);
	j->separated = true;
	return true;
}

/* No value goes on here. */
static void break_off(struct json_style *j, struct buf *out)
{
	release_escape(j, out);
	if (j->state != BETWEEN)
		add_colour(j, out, RESET);
	release_blanks(j, out);
	if (!j->wrong)
		j->wrong_at = j->at;
	j->wrong = j->broken = true;
}

/* As it came: all of it, or what is left in front of the next value. */
static size_t pass_on(struct json_style *j, struct str in, struct buf *out)
{
	ssize_t end = j->resumes ? str_find(in, j->separator) : -1;

	if (end >= 0)
		in = str_first(in, (size_t)end + 1);
	json_style_pass(j, in, out);
	if (j->indent)
		j->line_open = in.p[in.n - 1] != '\n';
	if (end >= 0) {
		reset(j);
		j->separated = true;
	}
	return in.n;
}

/* The bytes at the front of `in` that a string simply goes on with. */
static size_t plain_run(const struct json_style *j, struct str in)
{
	size_t n = 0;

	if (j->state != IN_STRING || j->n_escape)
		return 0;
	while (n < in.n && (unsigned char)in.p[n] >= 0x20 && in.p[n] != '"' &&
		in.p[n] != '\\')
		n++;
	return n;
}

static size_t take_some(struct json_style *j, struct str in, struct buf *out)
{
	size_t n = plain_run(j, in);
	bool taken;

	if (j->broken)
		return pass_on(j, in, out);
	if (n) {
		json_style_pass(j, str_first(in, n), out);
		return n;
	}
	taken = j->separator && in.p[0] == j->separator
		? take_separator(j, in.p[0], out)
		: take(j, in.p[0], out);
	if (!taken)
		break_off(j, out);
	return taken;
}

size_t json_style_add(struct json_style *j, struct str in, struct buf *out)
{
	size_t at = 0;

	while (at < in.n && out->n < JSON_STYLE_ENOUGH && !out->failed) {
		size_t n = take_some(j, str_from(in, at), out);

		at += n;
		j->at += n;
	}
	return at;
}

static bool is_whole(const struct json_style *j)
{
	if (j->state == IN_NUMBER)
		return !j->depth && number_whole(j->number);
	return j->state == BETWEEN &&
		(j->expected == NOTHING || (j->expected == VALUE && !j->depth));
}

bool json_style_wrong(const struct json_style *j, uint64_t *at)
{
	bool cut = !j->wrong && !is_whole(j);

	*at = cut ? j->at : j->wrong_at;
	return cut || j->wrong;
}

void json_style_end(struct json_style *j, struct buf *out)
{
	if (!j->broken) {
		if (!is_whole(j))
			break_off(j, out);
		else if (j->state != BETWEEN)
			add_colour(j, out, RESET);
		json_style_end_line(j, out);
	}
	reset(j);
	j->separated = false;
}
