/* A lock around what several threads share, for the folders that do no input
 * or output and so see no <pthread.h>. */
#ifndef BASE_LOCK_H
#define BASE_LOCK_H

#include "base/error.h"

struct lock;

/* A lock that nobody holds; NULL when memory is out. */
struct lock *lock_new(struct error *e) CHECKED;
void lock_free(struct lock *lock); /* NULL is allowed */

/* Wait until no other thread holds it, and hold it. The same thread must not
 * take it twice. */
void lock_take(struct lock *lock);
void lock_give(struct lock *lock);

#endif
