#include "output/target.h"

#include <stdlib.h>

#define NUMBERS 100 /* NAME.1 ... NAME.100 are tried, as curl does */

static char *name_in(const char *directory, struct str name)
{
	struct buf path;

	buf_init(&path, LIMIT_URL);
	if (directory) {
		buf_add_text(&path, directory);
		buf_add_char(&path, '/');
	}
	buf_add_str(&path, name);
	return buf_take(&path);
}

static char *name_number(const char *name, int number)
{
	struct buf path;

	buf_init(&path, LIMIT_URL);
	buf_printf(&path, "%s.%d", name, number);
	return buf_take(&path);
}

void target_fini(struct target *t)
{
	free(t->path);
	free(t->base);
	*t = (struct target){ 0 };
}

const char *target_path(
	const struct target *t, const struct sink_config *config)
{
	return t->path ? t->path : config->path;
}

/* What is there under that name is not to be lost. */
static bool spares(const struct sink_config *config, bool remote)
{
	return config->clobber == CLOBBER_NEVER ||
		(remote && config->clobber != CLOBBER_ALWAYS);
}

int target_foresee(const struct sink_config *config, struct error *e)
{
	if (config->in_place || config->resume || config->append ||
		spares(config, false))
		return 0;
	return file_foresee(config->path, e);
}

/* Go on to the next of NAME.1 ..., where the name is taken that was tried last
 * (1 and its reason in `e`) and that may be. Returns 0 or -ERR_WRITE. */
static int next_name(
	struct target *t, const struct sink_config *config, struct error *e)
{
	const char *base = t->base ? t->base : config->path;
	char *next;

	if (config->clobber != CLOBBER_NEVER) {
		error_add(e, "; --clobber overwrites it");
		return -ERR_WRITE;
	}
	if (++t->number > NUMBERS)
		return error_set(e, ERR_WRITE,
			"%s and %s.1 to %s.%d are there already", base, base,
			base, NUMBERS);
	next = name_number(base, t->number);
	if (!next)
		return error_memory(e);
	free(t->path);
	t->path = next;
	return 0;
}

static int open_new(struct target *t, struct file *f,
	const struct sink_config *config, struct error *e)
{
	int result, error = 0;

	do
		result = file_open(f, target_path(t, config),
			config->in_place ? FILE_NEW_IN_PLACE : FILE_NEW, e);
	while (result == 1 && (error = next_name(t, config, e)) == 0);
	return result == 1 ? error : result;
}

/* What comes is what follows the bytes that there were when it was asked for.
 */
static int open_behind(struct target *t, struct file *f,
	const struct sink_config *config, struct error *e)
{
	int error = file_open(f, target_path(t, config), FILE_RESUME, e);

	if (error < 0 || !config->resume || config->so_far == UINT64_MAX ||
		!f->regular || f->written == config->so_far)
		return error;
	error_set(e, ERR_WRITE,
		"The file %s has %llu bytes by now, and had %llu when the "
		"transfer began",
		f->path, (unsigned long long)f->written,
		(unsigned long long)config->so_far);
	file_discard(f);
	return -ERR_WRITE;
}

int target_open(struct target *t, struct file *f,
	const struct sink_config *config, struct str suggested, struct error *e)
{
	bool remote = config->remote_name && suggested.n;
	enum file_mode how = FILE_REPLACE;

	target_fini(t); /* of an attempt that could not open it */
	if (remote) {
		t->base = name_in(config->directory, suggested);
		t->path = t->base ? str_dup(str_of(t->base)) : NULL;
		if (!t->path)
			return error_memory(e);
	}
	if (config->append || config->resume)
		return open_behind(t, f, config, e);
	if (spares(config, remote))
		return open_new(t, f, config, e);
	if (config->in_place)
		how = FILE_TRUNCATE;
	return file_open(f, target_path(t, config), how, e);
}

int target_commit(struct target *t, struct file *f,
	const struct sink_config *config, struct error *e)
{
	int result = file_commit(f, e), error = 0;

	while (result == 1 && (error = next_name(t, config, e)) == 0)
		result = file_commit_as(f, t->path, e);
	return result == 1 ? error : result;
}
