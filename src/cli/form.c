#include "cli/form.h"

#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/ascii.h"
#include "cli/input.h"

/* An argument on its way to its end. */
struct scan {
	const struct option_use *use;
	struct command *command; /* for warnings */
	struct str text;
	size_t at;
	bool list; /* a ',' ends what is not quoted, too */
	struct buf word; /* the last that was taken */
};

static int flaw(const struct scan *s, size_t at, const char *words,
	struct error *e)
{
	return error_set(e, ERR_USAGE, "option %s: byte %zu: %s", s->use->shown,
		at + 1, words);
}

/* `reason` with the place before it. */
static int failed_at(const struct scan *s, size_t at,
	const struct error *reason, struct error *e)
{
	return error_set(e, reason->code, "option %s: byte %zu: %s",
		s->use->shown, at + 1, reason->text);
}

static void warn(const struct scan *s, size_t from, const char *words)
{
	struct str what =
		str_first(str_from(s->text, from), s->at - from);

	command_warn(s->command, "option %s: byte %zu: %s: %.*s",
		s->use->shown, from + 1, words, STR_FMT(what));
}

/* --- words */

static bool is_end(const struct scan *s)
{
	return s->at == s->text.n || s->text.p[s->at] == ';' ||
		(s->list && s->text.p[s->at] == ',');
}

static void skip_spaces(struct scan *s)
{
	while (s->at < s->text.n && ascii_is_space(s->text.p[s->at]))
		s->at++;
}

static void skip_to_end(struct scan *s)
{
	while (!is_end(s))
		s->at++;
}

static struct str without_spaces(struct str s)
{
	while (s.n && ascii_is_space(s.p[s.n - 1]))
		s.n--;
	return s;
}

static bool is_escape(struct str rest)
{
	return str_starts(rest, STR("\\\\")) || str_starts(rest, STR("\\\""));
}

/* The bytes of what is between the double quote at hand and the next; -1 when
 * there is no next. */
static ssize_t quoted_size(const struct scan *s)
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

static void take_quoted(struct scan *s, size_t size)
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
static bool take_quoted_word(struct scan *s)
{
	ssize_t size;

	if (s->at == s->text.n || s->text.p[s->at] != '"')
		return false;
	size = quoted_size(s);
	if (size < 0) {
		command_warn(s->command,
			"option %s: byte %zu: this quote has no second",
			s->use->shown, s->at + 1);
		return false;
	}
	take_quoted(s, (size_t)size);
	return true;
}

/* Take a word, in double quotes or without spaces around it, into s->word. */
static int take_word(struct scan *s, struct error *e)
{
	bool quoted;
	size_t from;

	buf_clear(&s->word);
	skip_spaces(s);
	quoted = take_quoted_word(s);
	if (quoted)
		skip_spaces(s);
	from = s->at;
	skip_to_end(s);
	if (!quoted)
		buf_add_str(&s->word,
			without_spaces(str_first(
				str_from(s->text, from), s->at - from)));
	else if (s->at > from)
		warn(s, from, "left out, as it is behind the quotes");
	return buf_check(&s->word, "a word", e);
}

static int keep_word(char **to, const struct scan *s, struct error *e)
{
	char *copy = str_dup(buf_str(&s->word));

	if (!copy)
		return error_memory(e);
	free(*to);
	*to = copy;
	return 0;
}

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
	field->n = without_spaces(buf_str(field)).n;
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
		line = without_spaces(line);
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
	struct scan *s, struct form_part *part, size_t at, struct error *e)
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
	return error < 0 ? failed_at(s, at, &reason, e) : 0;
}

/* --- settings */

/* headers= */
static int set_headers(struct scan *s, struct form_part *part, struct error *e)
{
	size_t at = s->at;
	bool file = at < s->text.n &&
		(s->text.p[at] == '@' || s->text.p[at] == '<');
	const char *words;
	int error;

	if (file)
		s->at++;
	error = take_word(s, e);
	if (error < 0)
		return error;
	if (file)
		return add_field_file(s, part, at, e);
	if (s->word.n == 0) {
		warn(s, at, "an empty header is left out");
		return 0;
	}
	words = flaw_of_field(buf_str(&s->word));
	if (words)
		return flaw(s, at, words, e);
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
static bool skip_half(struct scan *s)
{
	size_t from = s->at;

	while (s->at < s->text.n && s->text.p[s->at] != '/' && !is_end(s) &&
		!ascii_is_space(s->text.p[s->at]))
		s->at++;
	return s->at > from;
}

/* Go behind the parameters of a type, in which there may be quoted strings. */
static void skip_parameters(struct scan *s)
{
	for (;;) {
		struct scan ahead;

		while (!is_end(s)) {
			ssize_t size = s->text.p[s->at] == '"' ? quoted_size(s)
							       : -1;

			s->at += size < 0 ? 1 : (size_t)size + 2;
		}
		if (s->at == s->text.n || s->text.p[s->at] != ';')
			return;
		ahead = *s;
		ahead.at++;
		skip_spaces(&ahead);
		if (is_keyword(str_from(s->text, ahead.at)))
			return;
		s->at = ahead.at;
	}
}

/* type= */
static int set_type(struct scan *s, struct form_part *part, struct error *e)
{
	struct str type;
	size_t from;

	skip_spaces(s);
	from = s->at;
	if (!skip_half(s) || s->at == s->text.n || s->text.p[s->at] != '/')
		return flaw(s, from, "expected TYPE/SUBTYPE", e);
	s->at++;
	if (!skip_half(s))
		return flaw(s, from, "expected TYPE/SUBTYPE", e);
	skip_parameters(s);
	type = without_spaces(
		str_first(str_from(s->text, from), s->at - from));
	for (size_t i = 0; i < type.n; i++)
		if (ascii_is_control(type.p[i]) && type.p[i] != '\t')
			return flaw(s, from + i,
				"a type has a control character in it", e);
	buf_clear(&s->word);
	buf_add_str(&s->word, type);
	return keep_word(&part->type, s, e);
}

/* encoder= */
static int set_encoder(struct scan *s, struct form_part *part, struct error *e)
{
	size_t at = s->at;
	int error = take_word(s, e);

	if (error < 0)
		return error;
	if (part->content == FORM_PARTS) {
		warn(s, at, "a multipart has no encoder");
		return 0;
	}
	if (!form_encoding_find(buf_str(&s->word), &part->encoding))
		return flaw(s, at,
			"expected binary, 8bit, 7bit, base64 or "
			"quoted-printable",
			e);
	return 0;
}

/* filename= */
static int set_file_name(struct scan *s, struct form_part *part, bool may_have,
	struct error *e)
{
	size_t at = s->at;
	int error = take_word(s, e);

	if (error < 0)
		return error;
	if (!may_have) {
		warn(s, at, "there is no file name here");
		return 0;
	}
	return keep_word(&part->file_name, s, e);
}

static bool take_keyword(struct scan *s, const char *keyword)
{
	if (!str_starts_nocase(str_from(s->text, s->at), str_of(keyword)))
		return false;
	s->at += strlen(keyword);
	return true;
}

static int take_setting(struct scan *s, struct form_part *part, bool may_have,
	struct error *e)
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
	error = take_word(s, e);
	if (s->at > from)
		warn(s, from, "skip unknown form field");
	return error;
}

/* What begins with a ';' each. `may_have` a file name. */
static int take_settings(struct scan *s, struct form_part *part, bool may_have,
	struct error *e)
{
	int error = 0;

	while (error == 0 && s->at < s->text.n && s->text.p[s->at] == ';') {
		s->at++;
		skip_spaces(s);
		error = take_setting(s, part, may_have, e);
	}
	return error < 0 ? error : buf_check(&part->fields, "headers", e);
}

/* --- contents */

static int set_stdin(
	struct scan *s, struct form_part *part, size_t at, struct error *e)
{
	struct error reason = { 0 };
	off_t offset = lseek(STDIN_FILENO, 0, SEEK_CUR);
	struct stat st;

	if (offset >= 0 && fstat(STDIN_FILENO, &st) == 0 &&
		S_ISREG(st.st_mode)) {
		part->content = FORM_FILE;
		part->fd = STDIN_FILENO;
		part->start = (uint64_t)offset;
		return 0;
	}
	if (input_read(&part->bytes, "-", &reason) < 0)
		return failed_at(s, at, &reason, e);
	return 0;
}

/* The word is the name of the file that is the content of `part`. */
static int set_file(
	struct scan *s, struct form_part *part, size_t at, struct error *e)
{
	struct error reason = { 0 };
	struct stat st;
	int number = 0;

	if (str_eq(buf_str(&s->word), STR("-")))
		return set_stdin(s, part, at, e);
	if (keep_word(&part->path, s, e) < 0)
		return -ERR_OUT_OF_MEMORY;
	part->content = FORM_FILE;
	/* Opening would use up a pipe. */
	if (stat(part->path, &st) < 0 || access(part->path, R_OK) < 0)
		number = errno;
	else if (S_ISDIR(st.st_mode))
		number = EISDIR;
	if (number == 0)
		return 0;
	error_set(&reason, ERR_READ, "cannot read '%s': %s", part->path,
		error_system(number));
	return failed_at(s, at, &reason, e);
}

/* Without its directories. */
static int set_own_name(
	struct form_part *part, struct scan *s, struct error *e)
{
	const char *slash;

	if (part->path) {
		slash = strrchr(part->path, '/');
		buf_clear(&s->word);
		buf_add_text(&s->word, slash ? slash + 1 : part->path);
	}
	return keep_word(&part->file_name, s, e);
}

/* FILE, of '@' or '<', with what is behind it. */
static int take_file(struct scan *s, struct form_part *part, bool named,
	struct error *e)
{
	size_t at = s->at;
	int error = take_word(s, e);

	if (error == 0)
		error = set_file(s, part, at, e);
	if (error == 0 && named)
		error = set_own_name(part, s, e);
	return error < 0 ? error : take_settings(s, part, named, e);
}

/* A multipart of `first` and of the files of the list that are left. */
static int add_more_files(struct scan *s, struct form_part *parts,
	struct form_part *first, struct error *e)
{
	int error = 0;

	parts->content = FORM_PARTS;
	form_part_add(parts, first);
	while (error == 0 && s->at < s->text.n) {
		struct form_part *part = form_part_new();

		if (!part)
			return error_memory(e);
		form_part_add(parts, part);
		s->at++; /* the comma */
		error = take_file(s, part, true, e);
	}
	return error;
}

/* '@' and all that follows: one file, or a multipart of several. The name of
 * what it makes of them is that of `part`. */
static int take_files(struct scan *s, struct form *form, char *name,
	struct error *e)
{
	struct form_part *part = form_part_new(), *parts;
	int error;
