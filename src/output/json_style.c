#include "output/json_style.h"

#define RESET "\x1b[0m"
#define KEY "\x1b[34;1m"
#define STRING "\x1b[32m"
#define NUMBER "\x1b[36m"
#define LITERAL "\x1b[33m"

enum state {
	START, /* nothing but white space so far */
	BETWEEN, /* tokens */
	IN_STRING,
	IN_ESCAPE, /* behind a backslash in a string */
	IN_WORD /* a number or a literal */
};

/* --- where we are */

static void open_container(struct json_style *j, bool object)
{
	if (j->depth < JSON_STYLE_DEPTH) {
		unsigned char bit = (unsigned char)(1u << j->depth % 8);

		j->objects[j->depth / 8] &= (unsigned char)~bit;
		if (object)
			j->objects[j->depth / 8] |= bit;
	}
	j->depth++;
	j->key = object;
}

static bool in_object(const struct json_style *j)
{
	unsigned at = j->depth - 1;

	if (j->depth == 0 || at >= JSON_STYLE_DEPTH)
		return false;
	return j->objects[at / 8] >> at % 8 & 1;
}

/* --- writing */

static void add_colour(
	const struct json_style *j, struct buf *out, const char *colour)
{
	if (j->colour)
		buf_add_text(out, colour);
}

static void break_line(const struct json_style *j, struct buf *out)
{
	if (!j->indent)
		return;
	buf_add_char(out, '\n');
	for (unsigned i = 0; i < j->depth; i++)
		buf_add_text(out, "  ");
}

/* The first element of a container begins on a line of its own. */
static void begin_value(struct json_style *j, struct buf *out)
{
	if (j->opened)
		break_line(j, out);
	j->opened = false;
}

/* --- tokens */

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static void begin_word(struct json_style *j, char c, struct buf *out)
{
	bool number = c == '-' || (c >= '0' && c <= '9');

	begin_value(j, out);
	add_colour(j, out, number ? NUMBER : LITERAL);
	buf_add_char(out, c);
	j->state = IN_WORD;
}

static void begin_string(struct json_style *j, struct buf *out)
{
	begin_value(j, out);
	add_colour(j, out, j->key ? KEY : STRING);
	buf_add_char(out, '"');
	j->state = IN_STRING;
}

static void close_container(struct json_style *j, char c, struct buf *out)
{
	if (j->depth)
		j->depth--;
	if (!j->opened)
		break_line(j, out);
	j->opened = false;
	j->key = false;
	buf_add_char(out, c);
}

static void take_between(struct json_style *j, char c, struct buf *out)
{
	switch (c) {
	case '{':
	case '[':
		begin_value(j, out);
		open_container(j, c == '{');
		j->opened = true;
		buf_add_char(out, c);
		break;
	case '}':
	case ']':
		close_container(j, c, out);
		break;
	case ',':
		buf_add_char(out, c);
		j->key = in_object(j);
		break_line(j, out);
		break;
	case ':':
		buf_add_text(out, j->indent ? ": " : ":");
		j->key = false;
		break;
	case '"':
		begin_string(j, out);
		break;
	default:
		if (!is_blank(c))
			begin_word(j, c, out);
		else if (!j->indent)
			buf_add_char(out, c);
	}
}

static void take_string(struct json_style *j, char c, struct buf *out)
{
	buf_add_char(out, c);
	if (j->state == IN_ESCAPE) {
		j->state = IN_STRING;
	} else if (c == '\\') {
		j->state = IN_ESCAPE;
	} else if (c == '"') {
		add_colour(j, out, RESET);
		j->state = BETWEEN;
	}
}

static void take(struct json_style *j, char c, struct buf *out)
{
	if (j->state == IN_STRING || j->state == IN_ESCAPE) {
		take_string(j, c, out);
		return;
	}
	if (j->state == IN_WORD) {
		if (!is_blank(c) && !memchr("{}[],:\"", c, 7)) {
			buf_add_char(out, c);
			return;
		}
		add_colour(j, out, RESET);
	}
	j->state = BETWEEN;
	take_between(j, c, out);
}

void json_style_add(struct json_style *j, struct str in, struct buf *out)
{
	size_t at = 0;

	while (j->state == START && at < in.n && is_blank(in.p[at])) {
		if (!j->indent)
			buf_add_char(out, in.p[at]);
		at++;
	}
	if (j->state == START && at < in.n) {
		j->broken = !memchr("{[\"", in.p[at], 3);
		j->state = BETWEEN;
	}
	if (j->broken) {
		buf_add_str(out, str_from(in, at));
		return;
	}
	for (; at < in.n; at++)
		take(j, in.p[at], out);
}

void json_style_end(struct json_style *j, struct buf *out)
{
	if (j->broken || j->state == START)
		return;
	if (j->state != BETWEEN)
		add_colour(j, out, RESET);
	if (j->indent)
		buf_add_char(out, '\n');
}

bool json_style_wanted(struct str content_type)
{
	struct str type, rest;

	str_cut(content_type, ';', &type, &rest);
	type = str_trim(type);
	if (str_eq_nocase(type, STR("application/json")))
		return true;
	return type.n > 5 &&
		str_eq_nocase(str_from(type, type.n - 5), STR("+json"));
}
