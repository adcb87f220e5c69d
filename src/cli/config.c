#include "cli/config.h"

#include "base/ascii.h"

static struct str skip_blanks(struct str s)
{
	while (s.n && ascii_is_space(*s.p))
		s = str_from(s, 1);
	return s;
}

/* The next line with something in it, from `start` on, and `line`, what is
 * behind its blanks; false at the end. */
static bool next_line(
	struct str *text, size_t *number, struct str *line, const char **start)
{
	while (text->n) {
		*start = text->p;
		str_cut(*text, '\n', line, text);
		++*number;
		*line = skip_blanks(*line);
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

/* `rest` begins with the opening quote; after a flaw, with what is wrong. */
static enum config_flaw take_quoted(struct str *rest, struct buf *argument)
{
	struct str line = *rest;
	size_t i = 1;

	for (; i < line.n && line.p[i] != '"'; i++) {
		if (line.p[i] == '\\' && i + 1 < line.n)
			buf_add_char(argument, unescape(line.p[++i]));
		else
			buf_add_char(argument, line.p[i]);
	}
	if (i == line.n)
		return CONFIG_UNCLOSED;
	*rest = skip_blanks(str_from(line, i + 1));
	return rest->n && *rest->p != '#' ? CONFIG_TRAILING : CONFIG_FINE;
}

static enum config_flaw take_word(struct str *rest, struct buf *argument)
{
	size_t n = 0;

	while (n < rest->n && !ascii_is_space(rest->p[n]))
		n++;
	buf_add_str(argument, str_first(*rest, n));
	*rest = skip_blanks(str_from(*rest, n));
	if (argument->n && argument->p[0] == '\'')
		return CONFIG_SINGLE;
	return rest->n && *rest->p != '#' ? CONFIG_UNQUOTED : CONFIG_FINE;
}

int config_next(struct str *text, size_t *line, struct config_item *item,
	struct buf *argument, struct error *e)
{
	struct str rest;
	const char *start;
	int64_t nul;

	*item = (struct config_item){ 0 };
	buf_clear(argument);
	if (!next_line(text, line, &rest, &start))
		return 0;
	item->line = *line;
	item->byte = (size_t)(rest.p - start) + 1;
	if (rest.n > LIMIT_CONFIG_LINE)
		return error_set(e, ERR_TOO_LARGE,
			"the line is longer than %u bytes", LIMIT_CONFIG_LINE);
	nul = str_find(rest, '\0');
	if (nul >= 0) {
		item->byte += (size_t)nul;
		return error_set(e, ERR_USAGE, "a NUL byte is in the line");
	}
	item->dashed = *rest.p == '-';
	item->name = take_name(&rest, item->dashed);
	if (rest.n) {
		item->has_argument = true;
		if (*rest.p == '"')
			item->flaw = take_quoted(&rest, argument);
		else
			item->flaw = take_word(&rest, argument);
		item->flaw_byte = (size_t)(rest.p - start) + 1;
	}
	return argument->failed ? buf_check(argument, "the argument", e) : 1;
}
