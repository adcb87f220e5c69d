/* Which file a body goes to: the one named, the one a server names, one beside
 * it whose name is free. */
#ifndef OUTPUT_TARGET_H
#define OUTPUT_TARGET_H

#include "output/file.h"
#include "output/sink.h"

struct target {
	char *path; /* its name when that is not config->path; owned; NULL */
	char *base; /* private: what numbers stand behind; NULL: config->path */
	int number; /* private: the last one tried */
};

void target_fini(struct target *t);

/* The name of the file, for messages and %{filename_effective}. */
const char *target_path(
	const struct target *t, const struct sink_config *config);

/* Before anything is sent: -ERR_WRITE when `config` asks for a file that cannot
 * be written as a whole; else 0, or -ERR_OUT_OF_MEMORY. */
int target_foresee(const struct sink_config *config, struct error *e) CHECKED;

/* Open the file that `config` and `suggested`, the server's name for it (one
 * harmless path component, or nothing), stand for; `f` borrows its name from
 * `t`, which is zero or was used for a file that could not be opened. A file
 * that may not be overwritten is left alone. Returns 0, -ERR_WRITE or
 * -ERR_OUT_OF_MEMORY. */
int target_open(struct target *t, struct file *f,
	const struct sink_config *config, struct str suggested,
	struct error *e) CHECKED;

/* All of it is there: file_commit, under another number when the name has been
 * taken meanwhile. Returns 0, -ERR_WRITE or -ERR_OUT_OF_MEMORY. */
int target_commit(struct target *t, struct file *f,
	const struct sink_config *config, struct error *e) CHECKED;

#endif
