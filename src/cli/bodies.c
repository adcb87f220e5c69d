#include "cli/bodies.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "cli/input.h"
#include "cli/resume.h"
#include "talk/endpoint.h"
#include "url/percent.h"

/* --- forms */

/* The type that the user gives to a form goes into the boundary's company, and
 * not among the fields: the first one, as curl has it. */
static int take_form_type(struct operation *o, struct error *e)
{
	const struct str name = STR("Content-Type");
	size_t kept = 0;

	for (size_t i = 0; i < o->n_fields && !o->form_type; i++) {
		const struct user_field *field = &o->fields[i];

		if (field->kind == USER_FIELD_SEND &&
			str_eq_nocase(field->name, name) &&
			!(o->form_type = str_dup(field->value)))
			return error_memory(e);
	}
	for (size_t i = 0; o->form_type && i < o->n_fields; i++)
		if (!str_eq_nocase(o->fields[i].name, name))
			o->fields[kept++] = o->fields[i];
	if (o->form_type)
		o->job.request.n_fields = o->n_fields = kept;
	return 0;
}

int body_form(struct operation *o, struct error *e)
{
	struct request_spec *spec = &o->job.request;
	int error;

	if (!o->options->form)
		return 0;
	if (spec->body)
		return error_set(e, ERR_USAGE,
			"option -F: a request has one body, and -d has given "
			"one");
	error = take_form_type(o, e);
	if (error < 0)
		return error;
	o->form = form_body_new(
		o->options->form, o->form_type, o->options->form_escape, e);
	if (!o->form)
		return -e->code;
	spec->body = &o->form->upload;
	spec->content_type = o->form->content_type;
	return 0;
}

/* --- files */

static bool is_standard_input(const char *path)
{
	return strcmp(path, "-") == 0 || strcmp(path, ".") == 0;
}

/* -T FILE with PUT; its name completes a URL that ends in a slash. */
static int make_upload(
	struct errand *errand, const struct operation *o, struct error *e)
{
	struct request_spec *spec = &errand->job.request;
	const char *path = errand->upload;
	int fd = STDIN_FILENO, error;
	uint64_t start;

	if (spec->body)
		return error_set(e, ERR_USAGE,
			"option -T: a request has one body, and -d has given "
			"one");
	if (o->command->parallel && is_standard_input(path) &&
		input_claim(e) < 0)
		return -e->code;
	if (!is_standard_input(path)) {
		fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd < 0)
			return error_set(e, ERR_READ,
				"option -T: cannot open '%s': %s", path,
				error_system(errno));
		errand->upload_fd = fd;
	}
	error = resume_upload(errand, o->options, fd, &start, e);
	if (error == 0)
		error = is_standard_input(path)
			? upload_from_here(
				  &errand->body, &errand->file, fd, path, e)
			: upload_from_file(&errand->body, &errand->file, fd,
				  path, start, e);
	if (error < 0)
		return error;
	/* All of standard input goes in chunks, as curl has it; of a rest
	 * nothing else is expected than that it arrives. */
	if (is_standard_input(path) && errand->file.start == 0)
		errand->body.length = UPLOAD_UNKNOWN;
	spec->body = &errand->body;
	spec->put = true;
	if (!o->options->crlf)
		return 0;
	if (spec->upload_resumes)
		return error_set(e, ERR_USAGE,
			"option --crlf: the length that -C needs is not known "
			"with it");
	upload_as_crlf(&errand->converted, &errand->crlf, &errand->body);
	spec->body = &errand->converted;
	return 0;
}

static int complete_url(struct errand *errand, struct error *e)
{
	struct str url = str_of(errand->url), name = str_of(errand->upload);
	size_t after;
	struct buf whole;
	ssize_t at = str_search(url, STR("://"));

	after = at < 0 ? 0 : (size_t)at + 3;
	if (str_find(url, '?') >= 0 || str_find(url, '#') >= 0 ||
		is_standard_input(errand->upload))
		return 0;
	at = str_find(str_from(url, after), '/');
	if (at >= 0 && url.p[url.n - 1] != '/')
		return 0;
	while ((at = str_find(name, '/')) >= 0)
		name = str_from(name, (size_t)at + 1);
	buf_init(&whole, LIMIT_URL);
	buf_add_str(&whole, url);
	if (url.p[url.n - 1] != '/')
		buf_add_char(&whole, '/');
	percent_encode(&whole, name);
	free(errand->url);
	errand->url = buf_take(&whole);
	return errand->url ? 0 : error_memory(e);
}

/* --- all of them */

/* With -Z several errands send the operation's body at once. */
static int make_body(struct errand *errand, struct error *e)
{
	const struct operation *o = errand->operation;
	struct request_spec *spec = &errand->job.request;

	if (!o->command->parallel)
		return 0;
	if (o->form) {
		errand->form = form_body_new(o->options->form, o->form_type,
			o->options->form_escape, e);
		if (!errand->form)
			return -e->code;
		spec->body = &errand->form->upload;
		spec->content_type = errand->form->content_type;
	} else if (spec->body) {
		upload_from_memory(
			&errand->body, &errand->memory, o->memory.bytes);
		spec->body = &errand->body;
	}
	return 0;
}

/* A form or a body of -d would be another one with it. */
static int check_crlf(const struct errand *errand, struct error *e)
{
	const struct options *options = errand->operation->options;

	if (!options->crlf || options->listen || errand->upload ||
		!errand->job.request.body ||
		endpoint_scheme(str_of(errand->url)))
		return 0;
	return error_set(e, ERR_USAGE,
		"option --crlf: to an http URL it converts what -T sends, and "
		"nothing else");
}

int body_choose(struct errand *errand, struct error *e)
{
	int error = 0;

	if (!errand->upload)
		error = make_body(errand, e);
	else if (!endpoint_scheme(str_of(errand->url))) {
		error = complete_url(errand, e);
		if (error == 0)
			error = make_upload(errand, errand->operation, e);
	}
	return error < 0 ? error : check_crlf(errand, e);
}
