/* -Z: several transfers at once. */
#ifndef CLI_PARALLEL_H
#define CLI_PARALLEL_H

#include "cli/perform.h"
#include "cli/queue.h"

/* Prepare the pool of `session` and the process for what `command` asks for;
 * before anything is made of the queue. */
void parallel_prepare(const struct command *command, struct session *session);

/* Perform all of `queue` in threads, which are started while there is work for
 * them. Returns 0 or the negative error of the task that failed last. With
 * --fail-early the first failure ends the program while others are under way:
 * then this does not return. */
int parallel_run(struct run *run, struct queue *queue);

#endif
