/* Which file a body goes to: the one named, the one a server names, one beside
 * it whose name is free. */
#ifndef OUTPUT_TARGET_H
#define OUTPUT_TARGET_H

#include "output/file.h"
#include "output/sink.h"

/* Open the file that `config` and `suggested`, the server's name for it (one
 * harmless path component, or nothing), stand for. When that is not
 * config->path,
 * `*path` gets its name, which `f` borrows and the caller frees. A file that
 * may not be overwritten is left alone. Returns 0 or -ERR_WRITE. */
int target_open(struct file *f, const struct sink_config *config,
	struct str suggested, char **path, struct error *e) CHECKED;

#endif
