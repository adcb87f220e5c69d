/* --color and NO_COLOR. */
#ifndef CLI_COLOUR_H
#define CLI_COLOUR_H

#include "cli/options.h"

/* Set what "auto", "always" or "never" says; false for another word. */
bool colour_choose(struct command *c, const char *word);

/* Whether terminals understand more than lines of text: TERM is neither empty
 * nor "dumb". Without it they are taken to. */
bool colour_understood(void);

/* What holds for bodies and heads: without a word from the user NO_COLOR
 * (no-color.org), --no-styled-output and a terminal that would not understand
 * mean never. */
enum sink_colour colour_wanted(const struct command *c);

#endif
