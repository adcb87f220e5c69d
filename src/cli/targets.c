#include "cli/targets.h"

#include <stdlib.h>

#include "cli/input.h"
#include "url/glob.h"

static struct options *targets_operation(struct command *c)
{
	return &c->operations[c->n_operations - 1];
}

/* The n-th URL and the n-th output make the n-th target, whichever of the two
 * comes first. */
static struct target *target_at(struct options *o, size_t n, struct error *e)
{
	if (n == o->n_targets) {
		/* Doubled at each power of two. */
		if ((n & (n - 1)) == 0) {
			size_t cap = n ? n * 2 : 1;
			struct target *targets = reallocarray(
				o->targets, cap, sizeof(*targets));

			if (!targets) {
				error_memory(e);
				return NULL;
			}
			o->targets = targets;
		}
		o->targets[o->n_targets++] = (struct target){ 0 };
	}
	return &o->targets[n];
}

int targets_url(struct command *c, const char *url, struct error *e)
{
	struct options *o = targets_operation(c);
	struct target *target = target_at(o, o->n_urls, e);

	if (!target)
		return -e->code;
	o->touched = true;
	target->url = url;
	if (o->remote_name_all && o->n_urls >= o->n_outputs)
		target->kind = OUTPUT_REMOTE_NAME;
	o->n_urls++;
	return 0;
}

int targets_output(struct options *o, enum output_kind kind, const char *output,
	struct error *e)
{
	struct target *target = target_at(o, o->n_outputs, e);

	if (!target)
		return -e->code;
	target->kind = kind;
	target->output = output;
	o->n_outputs++;
	return 0;
}

int targets_upload(struct options *o, const char *path, struct error *e)
{
	struct target *target = target_at(o, o->n_uploads, e);

	if (!target)
		return -e->code;
	target->upload = path;
	o->n_uploads++;
	return 0;
}

const char *targets_own_file(struct command *c, const char *path,
	const struct option_use *use, struct error *e)
{
	struct buf content;
	const char *text = NULL;
	struct error reason = { 0 };

	buf_init(&content, LIMIT_REQUEST_HEAD);
	if (input_read(&content, path, &reason) < 0)
		error_set(e, reason.code, "option %s: %s", use->shown,
			reason.text);
	else if (str_find(buf_str(&content), '\0') >= 0)
		error_set(e, ERR_USAGE, "option %s: a NUL byte is in '%s'",
			use->shown, path);
	else {
		text = command_own(c, buf_str(&content));
		if (!text)
			error_memory(e);
	}
	buf_fini(&content);
	return text;
}

int targets_from_file(
	struct command *c, const struct option_use *use, struct error *e)
{
	const char *text = targets_own_file(c, use->argument + 1, use, e);
	struct str rest = str_of(text), line;

	if (!text)
		return -e->code;
	while (rest.n) {
		struct options *o = targets_operation(c);
		struct target *target;
		const char *url;

		str_cut(rest, '\n', &line, &rest);
		if (line.n && line.p[line.n - 1] == '\r')
			line.n--;
		line = str_trim(line);
		if (!line.n || *line.p == '#')
			continue;
		url = command_own(c, line);
		if (!url)
			return error_memory(e);
		if (targets_url(c, url, e) < 0)
			return -e->code;
		target = &o->targets[o->n_urls - 1];
		target->literal = true;
		if (o->n_urls > o->n_outputs)
			target->kind = OUTPUT_REMOTE_NAME;
	}
	return 0;
}

/* False for a malformed one, which is told of in its turn. `*glob` is NULL for
 * a text that is to be none. */
static bool open_glob(const struct options *o, const char *text,
	const struct glob **glob, uint64_t *count)
{
	struct error later = { 0 };

	*count = 1;
	*glob = NULL;
	if (!text || o->globoff)
		return true;
	*glob = glob_new(str_of(text), count, &later);
	return *glob;
}

static int check_output(const struct target *target,
	const struct glob_place places[static 2], struct error *e)
{
	struct str name = glob_missing(places, 2, str_of(target->output));

	if (!name.n)
		return 0;
	return error_set(e, ERR_HEADER,
		"option -o: in '%s', #%.*s means a glob of that name, and "
		"there "
		"is none",
		target->output, STR_FMT(name));
}

int targets_check(const struct options *o, struct error *e)
{
	uint64_t transfers = 0;
	int error = 0;

	for (size_t i = 0; i < o->n_urls && error == 0; i++) {
		const struct target *target = &o->targets[i];
		bool named = target->kind == OUTPUT_FILE && target->output &&
			strstr(target->output, "#<") && !o->globoff &&
			!target->literal;
		struct glob_place places[2] = { { 0 } };
		uint64_t urls, uploads;
		bool good;

		if (!named && !o->etag_save)
			continue;
		good = open_glob(o, target->literal ? NULL : target->url,
			&places[0].glob, &urls);
		good = open_glob(
			       o, target->upload, &places[1].glob, &uploads) &&
			good;
		if (named && good)
			error = check_output(target, places, e);
		transfers += good && (urls > 1 || uploads > 1) ? 2 : 1;
		glob_free((struct glob *)places[0].glob);
		glob_free((struct glob *)places[1].glob);
	}
	if (error == 0 && o->etag_save && transfers > 1)
		error = error_set(e, ERR_USAGE,
			"option --etag-save: the file holds the entity-tag of "
			"one URL, and there are several");
	return error;
}
