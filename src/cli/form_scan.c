#include "cli/form_scan.h"

#include <stdlib.h>

#include "base/ascii.h"

int form_scan_flaw(const struct form_scan *s, size_t at, const char *words,
	struct error *e)
{
	return error_set(e, ERR_USAGE, "option %s: byte %zu: %s", s->use->shown,
		at + 1, words);
}

/* `reason` with the place before it. */
int form_scan_failed(const struct form_scan *s, size_t at,
	const struct error *reason, struct error *e)
{
	return error_set(e, reason->code, "option %s: byte %zu: %s",
		s->use->shown, at + 1, reason->text);
}

void form_scan_warn(const struct form_scan *s, size_t from, const char *words)
{
	struct str what = str_first(str_from(s->text, from), s->at - from);

	command_warn(s->command, "option %s: byte %zu: %s%s%.*s", s->use->shown,
		from + 1, words, what.n ? ": " : "", STR_FMT(what));
}

bool form_scan_at_end(const struct form_scan *s)
{
	return s->at == s->text.n || s->text.p[s->at] == ';' ||
		(s->list && s->text.p[s->at] == ',');
}

void form_scan_spaces(struct form_scan *s)
{
	while (s->at < s->text.n && ascii_is_space(s->text.p[s->at]))
		s->at++;
}

static void skip_to_end(struct form_scan *s)
{
	while (!form_scan_at_end(s))
		s->at++;
}

struct str form_scan_trim_end(struct str s)
{
	while (s.n && ascii_is_space(s.p[s.n - 1]))
		s.n--;
	return s;
}

static bool is_escape(struct str rest)
{
	return str_starts(rest, STR("\\\\")) || str_starts(rest, STR("\\\""));
}

ssize_t form_scan_quoted(const struct form_scan *s)
{
	struct str rest = str_from(s->text, s->at + 1);

	for (size_t i = 0; i < rest.n; i++) {
		if (rest.p[i] == '"')
			return (ssize_t)i;
		if (is_escape(str_from(rest, i)))
			i++;
	}
	return -1;
}

static void take_quoted(struct form_scan *s, size_t size)
{
	struct str text = str_first(str_from(s->text, s->at + 1), size);

	for (size_t i = 0; i < text.n; i++) {
		if (is_escape(str_from(text, i)))
			i++;
		buf_add_char(&s->word, text.p[i]);
	}
	s->at += size + 2;
}

/* Take the word between double quotes. False when it is in none. */
static bool take_quoted_word(struct form_scan *s)
{
	ssize_t size;

	if (s->at == s->text.n || s->text.p[s->at] != '"')
		return false;
	size = form_scan_quoted(s);
	if (size < 0) {
		command_warn(s->command,
			"option %s: byte %zu: this quote has no second",
			s->use->shown, s->at + 1);
		return false;
	}
	take_quoted(s, (size_t)size);
	return true;
}

int form_scan_word(struct form_scan *s, struct error *e)
{
	bool quoted;
	size_t from;

	buf_clear(&s->word);
	form_scan_spaces(s);
	quoted = take_quoted_word(s);
	if (quoted)
		form_scan_spaces(s);
	from = s->at;
	skip_to_end(s);
	if (!quoted)
		buf_add_str(&s->word,
			form_scan_trim_end(str_first(
				str_from(s->text, from), s->at - from)));
	else if (s->at > from)
		form_scan_warn(s, from, "left out, as it is behind the quotes");
	return buf_check(&s->word, "a word", e);
}

int form_scan_keep(char **to, const struct form_scan *s, struct error *e)
{
	int error = buf_check(&s->word, "a word", e);
	char *copy = error < 0 ? NULL : str_dup(buf_str(&s->word));

	if (!copy)
		return error < 0 ? error : error_memory(e);
	free(*to);
	*to = copy;
	return 0;
}
