/* Bytes from one descriptor to another without passing through the program
 * where the system can do that (splice, sendfile), else through a buffer. */
#ifndef NET_MOVE_H
#define NET_MOVE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/error.h"

struct mover; /* a pipe between the two ends, kept from call to call */

/* For moving from the socket `from` to the file, pipe or device `to`, both of
 * which stay the caller's; the socket is non-blocking. NULL when this pair (or
 * this system) cannot, for instance an O_APPEND file: read and write then. */
struct mover *mover_new(int from, int to) CHECKED;
void mover_free(struct mover *m);

/* Move up to `max` bytes (> 0): > 0, 0 at the end of `from`, -ERR_AGAIN when
 * `from` has nothing now (poll it), -ERR_RECV or -ERR_WRITE with the reason,
 * -ERR_TIMEOUT when the deadline passes while `to` is full or had passed. All
 * that was taken from `from` has reached `to` when it returns, except with
 * -ERR_WRITE, when errno tells why `to` took no more. */
ssize_t mover_move(struct mover *m, uint64_t max, int64_t deadline,
	struct error *e) CHECKED;

/* After -ERR_WRITE: the bytes of that move that are in `to` all the same. */
uint64_t mover_reached(const struct mover *m);

/* True once the system has refused to splice this pair after all: mover_move
 * fails from there on, so read and write. Nothing is lost; what was taken has
 * reached `to`. */
bool mover_refused(const struct mover *m);

#endif
