#include "cli/config.h"

#include "base/ascii.h"

static struct str skip_blanks(struct str s)
{
	while (s.n && ascii_is_space(*s.p))
		s = str_from(s, 1);
	return s;
}

/* The next line with something in it, as it is and from its first byte that is
 * no blank; false at the end. */
static bool next_line(
	struct str *text, size_t *number, struct str *whole, struct str *line)
{
	while (text->n) {
		str_cut(*text, '\n', whole, text);
		++*number;
		*line = skip_blanks(*whole);
		if (line->n && *line->p != '#')
			return true;
	}
	return false;
}

/* Take the name from the front of `line`. Between a name without dashes and its
 * argument there may be any run of blanks, '=' and ':'. */
static struct str take_name(struct str *line, bool dashed)
{
	struct str name = *line;
	size_t n = 0;

	while (n < name.n && !ascii_is_space(name.p[n]) &&
		(dashed || (name.p[n] != '=' && name.p[n] != ':')))
		n++;
	name = str_first(name, n);
	*line = skip_blanks(str_from(*line, n));
	while (!dashed && line->n && (*line->p == '=' || *line->p == ':'))
		*line = skip_blanks(str_from(*line, 1));
	return name;
}

static char unescape(char c)
{
	switch (c) {
	case 't':
		return '\t';
	case 'n':
		return '\n';
	case 'r':
		return '\r';
	case 'v':
		return '\v';
	default:
		return c;
	}
}

/* `line` begins behind the opening quote. */
static enum config_flaw take_quoted(struct str line, struct buf *argument)
{
	size_t i = 0;

	for (; i < line.n && line.p[i] != '"'; i++) {
		if (line.p[i] == '\\' && i + 1 < line.n)
			buf_add_char(argument, unescape(line.p[++i]));
		else
			buf_add_char(argument, line.p[i]);
	}
	if (i == line.n)
		return CONFIG_UNCLOSED;
	line = skip_blanks(str_from(line, i + 1));
	return line.n && *line.p != '#' ? CONFIG_TRAILING : CONFIG_FINE;
}

static enum config_flaw take_word(struct str line, struct buf *argument)
{
	size_t n = 0;

	while (n < line.n && !ascii_is_space(line.p[n]))
		n++;
	buf_add_str(argument, str_first(line, n));
	line = skip_blanks(str_from(line, n));
	return line.n && *line.p != '#' ? CONFIG_UNQUOTED : CONFIG_FINE;
}

int config_next(struct str *text, size_t *line, struct config_item *item,
	struct buf *argument, struct error *e)
{
	struct str whole, rest;

	*item = (struct config_item){ 0 };
	buf_clear(argument);
	if (!next_line(text, line, &whole, &rest))
		return 0;
	item->line = *line;
	if (rest.n > LIMIT_CONFIG_LINE)
		return error_set(e, ERR_TOO_LARGE,
			"the line is longer than %u bytes", LIMIT_CONFIG_LINE);
	if (str_find(rest, '\0') >= 0)
		return error_set(e, ERR_USAGE,
			"there is a NUL byte at byte offset %zd of the line",
			str_find(whole, '\0'));
	item->dashed = *rest.p == '-';
	item->name = take_name(&rest, item->dashed);
	if (rest.n) {
		item->has_argument = true;
		if (*rest.p == '"')
			item->flaw = take_quoted(str_from(rest, 1), argument);
		else
			item->flaw = take_word(rest, argument);
	}
	return argument->failed ? buf_check(argument, "the argument", e) : 1;
}
