#include "cli/data.h"

#include <stdlib.h>

#include "cli/input.h"
#include "url/percent.h"

static int add_file(struct buf *out, const char *path,
	const struct option_use *use, struct error *e)
{
	struct error reason = { 0 };

	if (input_read(out, path, &reason) == 0)
		return 0;
	return error_set(
		e, reason.code, "option %s: %s", use->shown, reason.text);
}

/* Take CR, LF and NUL out of what `b` holds from `from` on. */
static void drop_line_ends(struct buf *b, size_t from)
{
	size_t kept = from;

	for (size_t i = from; i < b->n; i++)
		if (b->p[i] != '\r' && b->p[i] != '\n' && b->p[i] != '\0')
			b->p[kept++] = b->p[i];
	b->n = kept;
}

/* As in forms: percent-encoded, a space as '+'. */
static void add_encoded(struct buf *out, struct str text)
{
	struct str word;

	while (str_cut(text, ' ', &word, &text)) {
		percent_encode(out, word);
		buf_add_char(out, '+');
	}
	percent_encode(out, word);
}

static int add_encoded_file(struct buf *out, const char *path,
	const struct option_use *use, struct error *e)
{
	struct buf content;
	int error;

	buf_init(&content, LIMIT_REQUEST_BODY);
	error = add_file(&content, path, use, e);
	if (error == 0)
		add_encoded(out, buf_str(&content));
	buf_fini(&content);
	return error;
}

static int add_form(
	struct buf *out, const struct option_use *use, struct error *e)
{
	struct str text = str_of(use->argument), name;
	ssize_t at = str_find(text, '=');

	if (at < 0)
		at = str_find(text, '@');
	if (at < 0) {
		add_encoded(out, text);
		return 0;
	}
	name = str_first(text, (size_t)at);
	if (name.n) {
		buf_add_str(out, name);
		buf_add_char(out, '=');
	}
	if (text.p[at] == '@')
		return add_encoded_file(out, text.p + at + 1, use, e);
	add_encoded(out, str_from(text, (size_t)at + 1));
	return 0;
}

static int add_plain(struct buf *out, enum data_form form,
	const struct option_use *use, struct error *e)
{
	size_t from = out->n;
	int error;

	if (form == DATA_RAW || *use->argument != '@') {
		buf_add_text(out, use->argument);
		return 0;
	}
	error = add_file(out, use->argument + 1, use, e);
	if (error == 0 && form == DATA_TEXT)
		drop_line_ends(out, from);
	return error;
}

static int check(
	const struct buf *b, const struct option_use *use, struct error *e)
{
	if (b->failed != ERR_TOO_LARGE)
		return buf_check(b, "data", e);
	return error_set(e, ERR_TOO_LARGE,
		"option %s: more than %zu bytes of data", use->shown, b->max);
}

/* Note that what stands in o->data from `at` on is a piece of its own. */
static int add_piece(struct options *o, size_t at, struct error *e)
{
	struct data_piece *pieces = reallocarray(
		o->pieces, o->n_pieces + 1, sizeof(*pieces));

	if (!pieces)
		return error_memory(e);
	o->pieces = pieces;
	pieces[o->n_pieces++] = (struct data_piece){ at, o->data.n - at };
	return 0;
}

int data_add(struct options *o, enum data_form form,
	const struct option_use *use, struct error *e)
{
	size_t at;
	int error;

	if (o->has_data && form != DATA_JSON)
		buf_add_char(&o->data, '&');
	o->has_data = true;
	at = o->data.n;
	if (form == DATA_JSON)
		o->json = true;
	if (form == DATA_ENCODED)
		error = add_form(&o->data, use, e);
	else
		error = add_plain(&o->data, form, use, e);
	if (error == 0)
		error = check(&o->data, use, e);
	return error < 0 ? error : add_piece(o, at, e);
}

int data_add_query(
	struct options *o, const struct option_use *use, struct error *e)
{
	int error = 0;

	if (o->has_query)
		buf_add_char(&o->query, '&');
	o->has_query = true;
	if (*use->argument == '+')
		buf_add_text(&o->query, use->argument + 1);
	else
		error = add_form(&o->query, use, e);
	return error < 0 ? error : check(&o->query, use, e);
}
