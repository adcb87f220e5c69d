#include "net/move.h"

#include <stddef.h>

/* POSIX has no call that moves bytes between descriptors: no pair can be
 * moved, and the caller reads and writes. Linux has move_linux.c instead. */
#ifndef __linux__

struct mover *mover_new(int from, int to)
{
	(void)from;
	(void)to;
	return NULL;
}

void mover_free(struct mover *m)
{
	(void)m;
}

ssize_t mover_move(
	struct mover *m, uint64_t max, int64_t deadline, struct error *e)
{
	(void)m;
	(void)max;
	(void)deadline;
	return error_set(e, ERR_WRITE, "This system cannot splice");
}

uint64_t mover_reached(const struct mover *m)
{
	(void)m;
	return 0;
}

bool mover_refused(const struct mover *m)
{
	(void)m;
	return true;
}

#endif
