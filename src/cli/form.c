#include "cli/form.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/form_settings.h"
#include "cli/input.h"

/* --- contents */

static int set_stdin(
	struct form_scan *s, struct form_part *part, size_t at, struct error *e)
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
		return form_scan_failed(s, at, &reason, e);
	return 0;
}

/* The word is the name of the file that is the content of `part`. */
static int set_file(
	struct form_scan *s, struct form_part *part, size_t at, struct error *e)
{
	struct error reason = { 0 };
	struct stat st;
	int number = 0;

	if (str_eq(buf_str(&s->word), STR("-")))
		return set_stdin(s, part, at, e);
	if (form_scan_keep(&part->path, s, e) < 0)
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
	return form_scan_failed(s, at, &reason, e);
}

/* Without its directories. */
static int set_own_name(
	struct form_part *part, struct form_scan *s, struct error *e)
{
	const char *slash;

	if (part->path) {
		slash = strrchr(part->path, '/');
		buf_clear(&s->word);
		buf_add_text(&s->word, slash ? slash + 1 : part->path);
	}
	return form_scan_keep(&part->file_name, s, e);
}

/* FILE, of '@' or '<', with what is behind it. */
static int take_file(struct form_scan *s, struct form_part *part, bool named,
	struct error *e)
{
	size_t at = s->at;
	int error = form_scan_word(s, e);

	if (error == 0)
		error = set_file(s, part, at, e);
	if (error == 0 && named)
		error = set_own_name(part, s, e);
	return error < 0 ? error : form_settings_take(s, part, named, e);
}

/* What `part` has becomes the first of its parts. */
static int make_list(struct form_part *part, struct error *e)
{
	struct form_part *first = form_part_new(), empty;

	if (!first)
		return error_memory(e);
	empty = *first;
	*first = *part;
	*part = empty;
	part->name = first->name;
	first->name = NULL;
	part->content = FORM_PARTS;
	form_part_add(part, first);
	return 0;
}

/* '@': one file, or a multipart of several. */
static int take_files(
	struct form_scan *s, struct form_part *part, struct error *e)
{
	int error;

	s->list = true;
	error = take_file(s, part, true, e);
	if (error == 0 && s->at < s->text.n)
		error = make_list(part, e);
	while (error == 0 && s->at < s->text.n) {
		struct form_part *next = form_part_new();

		if (!next)
			return error_memory(e);
		form_part_add(part, next);
		s->at++; /* the comma */
		error = take_file(s, next, true, e);
	}
	return error;
}

/* '(' */
static int take_multipart(
	struct form_scan *s, struct form_part *part, struct error *e)
{
	size_t from = s->at;
	int error = form_scan_word(s, e);

	part->content = FORM_PARTS;
	if (s->at > from)
		form_scan_warn(
			s, from, "left out, as a multipart has parts only");
	return error < 0 ? error : form_settings_take(s, part, false, e);
}

static int take_text(
	struct form_scan *s, struct form_part *part, struct error *e)
{
	int error = form_scan_word(s, e);

	buf_add_str(&part->bytes, buf_str(&s->word));
	if (error == 0)
		error = buf_check(&part->bytes, "a part", e);
	return error < 0 ? error : form_settings_take(s, part, true, e);
}

/* All that is behind the '='. */
static int take_content(
	struct form_scan *s, struct form_part *part, struct error *e)
{
	char first = s->at < s->text.n ? s->text.p[s->at] : '\0';

	if (first != '@' && first != '<' && first != '(')
		return take_text(s, part, e);
	s->at++;
	if (first == '@')
		return take_files(s, part, e);
	if (first == '<')
		return take_file(s, part, false, e);
	return take_multipart(s, part, e);
}

static int take_part(struct form_scan *s, struct form_part *part, bool string,
	struct error *e)
{
	struct str name, content;

	str_cut(s->text, '=', &name, &content);
	s->at = name.n + 1;
	buf_add_str(&s->word, name);
	if (name.n && form_scan_keep(&part->name, s, e) < 0)
		return -ERR_OUT_OF_MEMORY;
	if (!string)
		return take_content(s, part, e);
	buf_add_str(&part->bytes, content);
	return buf_check(&part->bytes, "a part", e);
}

int form_add(struct form *form, bool string, const struct option_use *use,
	struct command *c, struct error *e)
{
	struct form_scan s = {
		.use = use, .command = c, .text = str_of(use->argument)
	};
	struct form_part *part;
	int error;

	if (str_find(s.text, '=') < 0)
		return form_scan_flaw(&s, s.text.n, "expected NAME=CONTENT", e);
	if (!string && str_eq(s.text, STR("=)")))
		return form_close(form)
			? 0
			: form_scan_flaw(
				  &s, 1, "there is no '=(' for it to end", e);
	part = form_part_new();
	if (!part)
		return error_memory(e);
	buf_init(&s.word, s.text.n);
	error = take_part(&s, part, string, e);
	buf_fini(&s.word);
	if (error == 0 && (part->content != FORM_PARTS || part->first))
		form_part_add(form->open, part);
	else if (error == 0 && !form_open(form, part))
		error = form_scan_flaw(
			&s, 0, "too many multiparts in one another", e);
	if (error < 0)
		form_part_free(part);
	return error;
}
