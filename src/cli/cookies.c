#include "cli/cookies.h"

#include "base/clock.h"
#include "cli/input.h"
#include "output/file.h"

#define COOKIE_FILE_MAX (64u << 20)

bool cookies_wanted(const struct options *options)
{
	for (size_t i = 0; i < options->cookies.n; i++)
		if (!strchr(options->cookies.items[i], '='))
			return true;
	return options->cookie_jar != NULL;
}

static int read_one(struct cookie_jar *jar, struct command *c,
	const struct options *options, const char *path, struct error *e)
{
	struct cookie_skips skips = { 0 };
	struct error reason = { 0 };
	struct buf content;
	int error = 0;

	buf_init(&content, COOKIE_FILE_MAX);
	error = input_read(&content, path, &reason);
	if (error < 0 && (error != -ERR_READ || input_exists(path)))
		error_set(e, reason.code, "option -b: %s", reason.text);
	else if (error < 0) {
		command_warn(c, "option -b: %s", reason.text);
		error = 0;
	} else if (cookie_load(jar, buf_str(&content),
			   options->junk_session_cookies, clock_seconds(),
			   &skips) < 0)
		error = error_memory(e);
	if (skips.count)
		command_warn(c, "option -b: %s:%zu: no cookie at byte %zu: %s",
			path, skips.line, skips.byte, skips.why);
	buf_fini(&content);
	return error;
}

int cookies_read(struct cookie_jar *jar, struct command *c,
	const struct options *options, struct error *e)
{
	int error = 0;

	for (size_t i = 0; i < options->cookies.n && error == 0; i++) {
		const char *path = options->cookies.items[i];

		if (*path && !strchr(path, '='))
			error = read_one(jar, c, options, path, e);
	}
	return error;
}

int cookies_write(struct cookie_jar *jar, const struct options *options,
	bool safe, struct error *e)
{
	struct buf content;
	int error = 0;

	if (!options->cookie_jar)
		return 0;
	buf_init(&content, COOKIE_FILE_MAX);
	cookie_save(jar, clock_seconds(), &content);
	error = buf_check(&content, "cookie file", e);
	if (error == 0)
		error = file_store(options->cookie_jar,
			FILE_PRIVATE | (safe ? FILE_SAFE : 0),
			buf_str(&content), e);
	buf_fini(&content);
	return error;
}
