/* The URLs of a command line, made one at a time when their turn comes: all
 * operations, their targets, the globs of these. */
#ifndef CLI_QUEUE_H
#define CLI_QUEUE_H

#include "cli/console.h"
#include "cli/jobs.h"
#include "cli/records.h"

struct queue;
struct queued; /* an operation that has been begun */

/* One URL and what it belongs to. */
struct task {
	struct errand errand;
	const struct options *options;
	struct queued *operation; /* private */
};

/* A queue of all that `command` asks for. What goes wrong with it is told on
 * `console`; connections are recorded, or replayed, as `records` has it (NULL:
 * neither). All is borrowed. NULL when memory is out. */
struct queue *queue_new(struct command *command, const struct console *console,
	struct session *session, struct records *records,
	struct error *e) CHECKED;

/* Make the next task, to be given to queue_done. Returns 1; 0 when there is
 * none left; or the negative error, which has been told, of something that
 * stood in a task's place, and has to be called again. */
int queue_next(struct queue *q, struct task *task, struct error *e) CHECKED;

/* The task is over. With the last one of its operation the operation ends too,
 * and its cookies and HSTS lists are written. Returns 0, or the negative error,
 * which has been told, of that. */
int queue_done(struct queue *q, struct task *task, struct error *e) CHECKED;

/* queue_next has said that nothing is left, or is going to. */
bool queue_exhausted(struct queue *q);

/* Begin no more tasks, and end the operations that are open: to be called when
 * all tasks are done, or, before an end of the program, while threads still
 * perform some. Returns as queue_done. */
int queue_stop(struct queue *q, struct error *e) CHECKED;

/* After queue_stop; NULL is allowed. */
void queue_free(struct queue *q);

#endif
