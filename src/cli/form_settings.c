#include "cli/form_settings.h"

#include "base/ascii.h"
#include "cli/input.h"

/* --- field lines */

/* What is wrong with a field line (RFC 5322 section 2.2), or NULL. */
static const char *flaw_of_field(struct str line)
{
	struct str name, value;

	if (!str_cut(line, ':', &name, &value) || name.n == 0)
		return "a header has no NAME: in front";
	for (size_t i = 0; i < name.n; i++)
		if (!ascii_is_tchar(name.p[i]))
			return "the name of a header is no token";
	for (size_t i = 0; i < value.n; i++)
		if (ascii_is_control(value.p[i]) && value.p[i] != '\t')
			return "a header has a control character in it";
	return NULL;
}

static void add_field(struct form_part *part, struct str line)
{
	buf_add_str(&part->fields, line);
	buf_add_text(&part->fields, "\r\n");
}

static int end_field(struct form_part *part, struct buf *field,
	const char *path, size_t line, struct error *e)
{
	const char *words;

	if (field->n == 0)
		return 0;
	words = flaw_of_field(buf_str(field));
	if (words)
		return error_set(
			e, ERR_USAGE, "'%s' line %zu: %s", path, line, words);
	add_field(part, buf_str(field));
	buf_clear(field);
	return 0;
}

/* A line of a file without the CRs in it and the spaces behind it, appended. */
static void add_line(struct buf *field, struct str line)
{
	for (size_t i = 0; i < line.n; i++)
		if (line.p[i] != '\r')
			buf_add_char(field, line.p[i]);
	field->n = form_scan_trim_end(buf_str(field)).n;
}

/* Field lines out of a file: '#' begins a comment, a blank the rest of the line
 * before. */
static int add_fields(struct form_part *part, struct str text, const char *path,
	struct error *e)
{
	struct buf field;
	struct str line;
	size_t begun = 0;
	int error = 0;

	buf_init(&field, LIMIT_REQUEST_HEAD);
	for (size_t number = 1; error == 0 && text.n; number++) {
		str_cut(text, '\n', &line, &text);
		line = form_scan_trim_end(line);
		if (line.n == 0 || line.p[0] == '#')
			continue;
		if (!ascii_is_blank(line.p[0]) || field.n == 0) {
			error = end_field(part, &field, path, begun, e);
			begun = number;
		}
		add_line(&field, line);
	}
	if (error == 0)
		error = end_field(part, &field, path, begun, e);
	buf_fini(&field);
	return error;
}

static int add_field_file(
	struct form_scan *s, struct form_part *part, size_t at, struct error *e)
{
	const char *path = buf_text(&s->word);
	struct error reason = { 0 };
	struct buf content;
	int error;

	buf_init(&content, LIMIT_REQUEST_HEAD);
	error = input_read(&content, path, &reason);
	if (error == 0)
		error = add_fields(part, buf_str(&content), path, &reason);
	buf_fini(&content);
	return error < 0 ? form_scan_failed(s, at, &reason, e) : 0;
}

/* --- settings */

/* headers= */
static int set_headers(
	struct form_scan *s, struct form_part *part, struct error *e)
{
	size_t at = s->at;
	bool file = at < s->text.n &&
		(s->text.p[at] == '@' || s->text.p[at] == '<');
	const char *words;
	int error;

	if (file)
		s->at++;
	error = form_scan_word(s, e);
	if (error < 0)
		return error;
	if (file)
		return add_field_file(s, part, at, e);
	if (s->word.n == 0) {
		form_scan_warn(s, at, "an empty header is left out");
		return 0;
	}
	words = flaw_of_field(buf_str(&s->word));
	if (words)
		return form_scan_flaw(s, at, words, e);
	add_field(part, buf_str(&s->word));
	return 0;
}

static const char *const keywords[] = { "filename=", "headers=", "encoder=" };

/* Whether a keyword that ends the parameters of a type comes here. */
static bool is_keyword(struct str rest)
{
	for (size_t i = 0; i < sizeof(keywords) / sizeof(keywords[0]); i++)
		if (str_starts_nocase(rest, str_of(keywords[i])))
			return true;
	return false;
}

/* One half of a media type: not empty, without spaces. */
static bool skip_half(struct form_scan *s)
{
	size_t from = s->at;

	while (s->at < s->text.n && s->text.p[s->at] != '/' &&
		!form_scan_at_end(s) && !ascii_is_space(s->text.p[s->at]))
		s->at++;
	return s->at > from;
}

/* Go behind the parameters of a type, in which there may be quoted strings. */
static void skip_parameters(struct form_scan *s)
{
	for (;;) {
		struct form_scan ahead;

		while (!form_scan_at_end(s)) {
			ssize_t size = s->text.p[s->at] == '"'
				? form_scan_quoted(s)
				: -1;

			s->at += size < 0 ? 1 : (size_t)size + 2;
		}
		if (s->at == s->text.n || s->text.p[s->at] != ';')
			return;
		ahead = *s;
		ahead.at++;
		form_scan_spaces(&ahead);
		if (is_keyword(str_from(s->text, ahead.at)))
			return;
		s->at = ahead.at;
	}
}

/* type= */
static int set_type(
	struct form_scan *s, struct form_part *part, struct error *e)
{
	struct str type;
	size_t from;

	form_scan_spaces(s);
	from = s->at;
	if (!skip_half(s) || s->at == s->text.n || s->text.p[s->at] != '/')
		return form_scan_flaw(s, from, "expected TYPE/SUBTYPE", e);
	s->at++;
	if (!skip_half(s))
		return form_scan_flaw(s, from, "expected TYPE/SUBTYPE", e);
	skip_parameters(s);
	type = form_scan_trim_end(
		str_first(str_from(s->text, from), s->at - from));
	for (size_t i = 0; i < type.n; i++)
		if (ascii_is_control(type.p[i]) && type.p[i] != '\t')
			return form_scan_flaw(s, from + i,
				"a type has a control character in it", e);
	buf_clear(&s->word);
	buf_add_str(&s->word, type);
	return form_scan_keep(&part->type, s, e);
}

/* encoder= */
static int set_encoder(
	struct form_scan *s, struct form_part *part, struct error *e)
{
	size_t at = s->at;
	int error = form_scan_word(s, e);

	if (error < 0)
		return error;
	if (part->content == FORM_PARTS) {
		form_scan_warn(s, at, "a multipart has no encoder");
		return 0;
	}
	if (!form_encoding_find(buf_str(&s->word), &part->encoding))
		return form_scan_flaw(s, at,
			"expected binary, 8bit, 7bit, base64 or "
			"quoted-printable",
			e);
	return 0;
}

/* filename= */
static int set_file_name(struct form_scan *s, struct form_part *part,
	bool may_have, struct error *e)
{
	size_t at = s->at;
	int error = form_scan_word(s, e);

	if (error < 0)
		return error;
	if (!may_have) {
		form_scan_warn(s, at, "there is no file name here");
		return 0;
	}
	return form_scan_keep(&part->file_name, s, e);
}

static bool take_keyword(struct form_scan *s, const char *keyword)
{
	if (!str_starts_nocase(str_from(s->text, s->at), str_of(keyword)))
		return false;
	s->at += strlen(keyword);
	return true;
}

static int take_setting(struct form_scan *s, struct form_part *part,
	bool may_have, struct error *e)
{
	size_t from;
	int error;

	if (take_keyword(s, "type="))
		return set_type(s, part, e);
	if (take_keyword(s, "filename="))
		return set_file_name(s, part, may_have, e);
	if (take_keyword(s, "headers="))
		return set_headers(s, part, e);
	if (take_keyword(s, "encoder="))
		return set_encoder(s, part, e);
	from = s->at;
	error = form_scan_word(s, e);
	if (s->at > from)
		form_scan_warn(s, from, "skip unknown form field");
	return error;
}

int form_settings_take(struct form_scan *s, struct form_part *part,
	bool may_have, struct error *e)
{
	int error = 0;

	while (error == 0 && s->at < s->text.n && s->text.p[s->at] == ';') {
		s->at++;
		form_scan_spaces(s);
		error = take_setting(s, part, may_have, e);
	}
	return error < 0 ? error : buf_check(&part->fields, "headers", e);
}
