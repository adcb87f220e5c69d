/* The progress meter: curl's table, or one bar (-#). */
#ifndef OUTPUT_PROGRESS_H
#define OUTPUT_PROGRESS_H

#include "transfer/facts.h"

struct progress;

/* A meter onto descriptor `fd`; `bar` for -#. It draws at most ten times a
 * second (the table: once), and not before there is something to show. Its
 * clock starts now. NULL when memory is out. */
struct progress *progress_new(int fd, bool bar, struct error *e) CHECKED;

/* The state of things; cheap when it is too early to draw. */
void progress_show(struct progress *p, const struct facts *f);

/* Something else is about to be written to the same descriptor: end a line that
 * is being drawn. */
void progress_break(struct progress *p);

/* The last state and a newline; nothing when nothing came of the transfer. */
void progress_end(struct progress *p, const struct facts *f);

void progress_free(struct progress *p);

#endif
