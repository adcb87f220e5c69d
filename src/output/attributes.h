/* Extended attributes of files, where the system has them. */
#ifndef OUTPUT_ATTRIBUTES_H
#define OUTPUT_ATTRIBUTES_H

#include <stdbool.h>

#include "base/buf.h"

/* The entity-tag of what was downloaded, so that it can be resumed. */
#define ATTRIBUTE_ETAG "user.minifetch.etag"

/* Set attribute `name` of an open file. False, and errno, when that fails. */
bool attributes_set(int fd, const char *name, struct str value);

/* Append attribute `name` of the file `path` to `out`. False when there is
 * none. */
bool attributes_get(const char *path, const char *name, struct buf *out);

#endif
