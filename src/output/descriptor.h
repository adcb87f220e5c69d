/* Writing to a descriptor that may be a file, a pipe or a terminal, blocking or
 * not. */
#ifndef OUTPUT_DESCRIPTOR_H
#define OUTPUT_DESCRIPTOR_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/uio.h>

#include "base/clock.h"
#include "base/str.h"

/* Write all of the vector, waiting for room until the deadline, and adding the
 * bytes written to `*written` also on failure. A deadline other than
 * DEADLINE_NONE is for pipes, sockets and terminals; it has them written to in
 * small pieces, each when there is room for it, so that a descriptor that
 * blocks, and may be shared with others, need not be made non-blocking. (Of a
 * terminal nobody can tell how much room it has: one that stops in the midst of
 * a piece is waited for, unless `fd` is from descriptor_of_terminal.) What
 * there is room for is written when the deadline has passed, too. Returns 0,
 * -ETIMEDOUT at the deadline, -EINTR when a signal of base/interrupt.h has come
 * meanwhile, or another negative errno value. What is written after that signal
 * is given the time of interrupt_deadline, no more. */
int descriptor_write(int fd, const struct iovec *iov, int n, int64_t deadline,
	uint64_t *written);

/* The same for one run of bytes. */
int descriptor_write_until(int fd, struct str s, int64_t deadline);

/* ... for as long as it takes. */
int descriptor_write_str(int fd, struct str s);

/* Where `fd` is a terminal: another descriptor of it, which does not block and
 * is the caller's, to close. -1: it is none, or cannot be opened. */
int descriptor_of_terminal(int fd);

/* Nobody reads the pipe or socket any more that `fd` writes to. */
bool descriptor_unread(int fd);

#endif
