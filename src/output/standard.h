/* Standard output and the place where messages go, which transfers that run at
 * once share. The locks are inside; alone, they cost nothing to speak of. */
#ifndef OUTPUT_STANDARD_H
#define OUTPUT_STANDARD_H

#include "base/str.h"

/* Wait until no other thread has standard output, and have it. The same thread
 * must not take it twice. */
void standard_output_take(void);
void standard_output_give(void);

/* Write whole lines to `fd` in one piece, below a meter's line when one stands
 * there. Returns 0 or a negative errno value. */
int standard_message(int fd, struct str lines);

/* Draw `line`, which begins with what leads to its place ("\r", a heading) and
 * has no newline, in the place of the one drawn before. */
void standard_draw(int fd, struct str line);

/* Nothing is drawn any more: end the line that stands there. */
void standard_draw_end(int fd);

/* The program is about to end while threads still run: wait for the message
 * that is being written, and let no other begin. */
void standard_silence(void);

#endif
