/* The nearest of several names to one that is unknown. */
#ifndef CLI_SUGGEST_H
#define CLI_SUGGEST_H

#include "base/str.h"

struct suggestion {
	struct str wanted; /* borrowed */
	struct str best; /* empty while nothing is near enough */
	unsigned distance; /* of best, from wanted */
};

/* Start looking for what is near to `wanted`. */
void suggest_begin(struct suggestion *s, struct str wanted);

/* Consider `name`, which must outlive `s`. It is near when `wanted` is the
 * beginning of it, or when it takes few insertions, deletions, replacements and
 * swaps of neighbours to make one from the other: a third of the longer one's
 * length at the most. The first of equals wins. */
void suggest_consider(struct suggestion *s, struct str name);

#endif
