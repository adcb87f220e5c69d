#include "net/send.h"

#include <stddef.h>

/* POSIX has no call that moves bytes between descriptors: the caller reads and
 * writes. Linux has send_linux.c instead. */
#ifndef __linux__

struct sender *sender_new(int from, int to)
{
	(void)from;
	(void)to;
	return NULL;
}

void sender_free(struct sender *s)
{
	(void)s;
}

ssize_t sender_move(struct sender *s, uint64_t max, struct error *e)
{
	(void)s;
	(void)max;
	return error_set(
		e, ERR_NOT_BUILT_IN, "This system cannot move bytes itself");
}

bool sender_starved(const struct sender *s)
{
	(void)s;
	return false;
}

size_t send_queued(int to)
{
	(void)to;
	return 0;
}

#endif
