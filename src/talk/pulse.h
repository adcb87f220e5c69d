/* How much a client of a listener does with its place, which another may want.
 */
#ifndef TALK_PULSE_H
#define TALK_PULSE_H

#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>

/* Of a client in a thread of its own; others may look at it meanwhile. Calls
 * with NULL do nothing. */
struct pulse {
	_Atomic int64_t due; /* clock_now(): from then on its place may be given
			      * away, the one first that has been due longest */
};

/* Something begins: a place is its own for PULSE_GRACE_MS. */
void pulse_begin(struct pulse *p);

/* So many bytes went or came, which are worth what they take at
 * LIMIT_CLIENT_SPEED, but never more than PULSE_GRACE_MS from now. */
void pulse_beat(struct pulse *p, size_t n);

#define PULSE_GRACE_MS 3000

#endif
