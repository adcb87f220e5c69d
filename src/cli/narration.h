/* -v, --trace and --trace-ascii, of which the last one holds, and what stands
 * in front of their lines. */
#ifndef CLI_NARRATION_H
#define CLI_NARRATION_H

#include "cli/options.h"

/* -v, or with `on` false --no-verbose, which ends traces too. `again` for a
 * letter behind another in one word: -vv has the stamps too, -vvv is a trace on
 * standard error. Each word begins anew and takes back what those have added.
 */
void narration_verbose(struct command *c, bool on, bool again);

/* --trace FILE, or --trace-ascii FILE. */
void narration_trace(struct command *c, const char *file, bool ascii);

/* --trace-config: "ids", "time" and "all" with commas between, each with '-' in
 * front to switch it off. Names of parts of curl's are passed over. */
void narration_config(struct command *c, struct str list);

#endif
