/* From a file or a pipe to a socket without passing through the program where
 * the system can do that (sendfile, splice): net/move.h the other way. */
#ifndef NET_SEND_H
#define NET_SEND_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/error.h"

struct sender;

/* For moving from the regular file or pipe `from`, from where it stands, to the
 * socket `to`, both of which stay the caller's; the socket is non-blocking.
 * NULL when this pair (or this system) cannot: read and write then. The program
 * must ignore SIGPIPE. */
struct sender *sender_new(int from, int to) CHECKED;
void sender_free(struct sender *s);

/* Move up to `max` bytes (> 0), without waiting: > 0, 0 at the end of `from`,
 * -ERR_AGAIN (sender_starved says for which of the two), -ERR_SEND with the
 * reason, -ERR_READ when `from` fails, -ERR_NOT_BUILT_IN when the system
 * refuses this pair after all: nothing is lost, read and write from there on.
 */
ssize_t sender_move(struct sender *s, uint64_t max, struct error *e) CHECKED;

/* After -ERR_AGAIN: `from` has nothing now (poll it for POLLIN); otherwise `to`
 * takes nothing now (POLLOUT). */
bool sender_starved(const struct sender *s);

/* How many bytes that were written to the socket `to` have not reached the peer
 * yet; 0 where the system does not tell. */
size_t send_queued(int to);

#endif
