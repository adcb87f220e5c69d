#include "cli/strict.h"

#include "base/clock.h"
#include "cli/input.h"
#include "output/file.h"

#define HSTS_FILE_MAX (64u << 20)

static int64_t now_in_seconds(void)
{
	return clock_wall() / 1000000;
}

static int read_one(
	struct hsts *hsts, struct command *c, const char *path, struct error *e)
{
	struct hsts_skips skips = { 0 };
	struct error reason = { 0 };
	struct buf content;
	int error = 0;

	buf_init(&content, HSTS_FILE_MAX);
	error = input_read(&content, path, &reason);
	if (error < 0)
		error_set(e, reason.code, "option --hsts: %s", reason.text);
	else if (hsts_load(hsts, buf_str(&content), now_in_seconds(), &skips) <
		0)
		error = error_memory(e);
	if (skips.count)
		command_warn(c, "%s:%zu: no host at byte %zu: %s", path,
			skips.line, skips.byte, skips.why);
	buf_fini(&content);
	return error;
}

int strict_read(struct hsts *hsts, struct command *c,
	const struct options *options, struct error *e)
{
	int error = 0;

	for (size_t i = 0; i < options->hsts.n && error == 0; i++) {
		const char *path = options->hsts.items[i];

		if (*path && input_exists(path))
			error = read_one(hsts, c, path, e);
	}
	return error;
}

int strict_write(struct hsts *hsts, const struct options *options, bool safe,
	struct error *e)
{
	const char *path;
	struct buf content;
	int error;

	if (!options->hsts.n)
		return 0;
	path = options->hsts.items[options->hsts.n - 1];
	if (!*path)
		return 0;
	buf_init(&content, HSTS_FILE_MAX);
	hsts_save(hsts, now_in_seconds(), &content);
	error = buf_check(&content, "HSTS file", e);
	if (error == 0)
		error = file_store(path, FILE_PRIVATE | (safe ? FILE_SAFE : 0),
			buf_str(&content), e);
	buf_fini(&content);
	return error;
}
