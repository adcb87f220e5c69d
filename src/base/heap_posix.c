#include "base/heap.h"

#include <stdlib.h>

#ifndef __GLIBC__

/* No other allocator is known to need it. */
void heap_share(void)
{
}

#endif
