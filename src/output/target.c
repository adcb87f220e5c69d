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

/* A name that has been tried without success makes way for the next one. */
static int open_next(
	struct file *f, const char *name, char **path, struct error *e)
{
	int result = 1;

	for (int i = 1; i <= NUMBERS && result == 1; i++) {
		char *next = name_number(name, i);

		if (!next)
			return error_memory(e);
		result = file_open(f, next, FILE_NEW, e);
		if (result == 0) {
			free(*path);
			*path = next;
		} else
			free(next);
	}
	if (result == 1)
		error_set(e, ERR_WRITE,
			"%s and %s.1 to %s.%d are there already", name, name,
			name, NUMBERS);
	return result;
}

static int open_new(struct file *f, const struct sink_config *config,
	const char *name, char **path, struct error *e)
{
	int result = file_open(f, name, FILE_NEW, e);

	if (result == 1 && config->clobber == CLOBBER_NEVER)
		result = open_next(f, name, path, e);
	else if (result == 1)
		error_add(e, "; --clobber overwrites it");
	if (result == 0 && config->in_place)
		file_keep(f);
	return result == 1 ? -ERR_WRITE : result;
}

int target_open(struct file *f, const struct sink_config *config,
	struct str suggested, char **path, struct error *e)
{
	const char *name = config->path;
	bool remote = config->remote_name && suggested.n;

	free(*path); /* of an attempt that could not open it */
	*path = NULL;
	if (remote) {
		*path = name_in(config->directory, suggested);
		if (!*path)
			return error_memory(e);
		name = *path;
	}
	if (config->append)
		return file_open(f, name, FILE_RESUME, e);
	if (config->clobber == CLOBBER_NEVER ||
		(remote && config->clobber != CLOBBER_ALWAYS))
		return open_new(f, config, name, path, e);
	return file_open(f, name,
		config->in_place || config->resume ? FILE_TRUNCATE
						   : FILE_REPLACE,
		e);
}
