/* Memory that runs out when it is told to: for programs that the linker has
 * call
 * __wrap_malloc and its relatives (memory_ldflags in local.mk). */
#ifndef TESTS_SUPPORT_MEMORY_H
#define TESTS_SUPPORT_MEMORY_H

#include <stdbool.h>

/* The n-th allocation from now on fails, the others succeed; 0: none does. */
void memory_fail(long n);

/* Whether one has failed since; from then on none does. */
bool memory_failed(void);

#endif
