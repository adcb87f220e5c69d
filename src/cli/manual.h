/* The words of the option table: for --help, the man page and completions. */
#ifndef CLI_MANUAL_H
#define CLI_MANUAL_H

#include "cli/options.h"

#define MANUAL_WIDTH 79 /* columns of a line of help */

/* One line on the option. */
const char *option_help(const struct option_row *row);

/* What its argument is called, "" when it takes none. */
const char *option_argument(const struct option_row *row);

/* Append all there is to say on the option, as sentences in mdoc. */
void option_describe(struct buf *out, const struct option_row *row);

/* The option is among the important ones. */
bool option_important(const struct option_row *row);

/* The categories, from 0 on: names and what is in them; NULL behind the last.
 */
const char *category_name(unsigned category);
const char *category_help(unsigned category);

/* The option belongs to the category. */
bool option_in_category(const struct option_row *row, unsigned category);

/* Append mdoc as plain text, each line indented by `indent` and ended by a
 * newline. Of mdoc's macros and escapes it knows those that options.def names;
 * any other line beginning with a dot is left out. */
void manual_text(struct buf *out, struct str mdoc, size_t indent);

#endif
