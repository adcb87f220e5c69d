#include "base/heap.h"

#include <features.h>

#ifdef __GLIBC__

#include <malloc.h>

/* One would make them wait for each other. */
#define HEAPS 4

void heap_share(void)
{
	mallopt(M_ARENA_MAX, HEAPS);
}

#endif
