/* Writing to a descriptor that may be a file, a pipe or a terminal, blocking or
 * not. */
#ifndef OUTPUT_DESCRIPTOR_H
#define OUTPUT_DESCRIPTOR_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/uio.h>

#include "base/str.h"

/* Write all of the vector, waiting for as long as a non-blocking descriptor
 * takes nothing, and adding the bytes written to `*written` also on failure.
 * Returns 0 or a negative errno value. */
int descriptor_write(int fd, const struct iovec *iov, int n, uint64_t *written);

/* The same for one run of bytes. */
int descriptor_write_str(int fd, struct str s);

/* Nobody reads the pipe or socket any more that `fd` writes to. */
bool descriptor_unread(int fd);

#endif
