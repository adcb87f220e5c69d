/* How the allocator serves many threads. */
#ifndef BASE_HEAP_H
#define BASE_HEAP_H

/* Many threads that allocate little are about to start: let them share a
 * few heaps, where the system would touch pages of one for each. */
void heap_share(void);

#endif
