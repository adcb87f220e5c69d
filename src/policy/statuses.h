/* A set of status codes, as --fail-status names one. */
#ifndef POLICY_STATUSES_H
#define POLICY_STATUSES_H

#include <stdbool.h>

#include "base/error.h"
#include "base/str.h"

#define STATUS_FIRST 100
#define STATUS_LAST 999

struct statuses {
	/* a bit for each from STATUS_FIRST on */
	unsigned char bits[(STATUS_LAST - STATUS_FIRST) / 8 + 1];
};

/* Read a list of codes ("404"), ranges ("400-499") and classes ("4xx") with
 * commas between them, each of which adds to the set or, with '!' in front,
 * takes away what those before it have added; a list that begins with '!' takes
 * from 400-999. Returns 0 or -ERR_USAGE, naming the byte. */
int statuses_parse(
	struct str text, struct statuses *set, struct error *e) CHECKED;

/* `status` is one of them. */
bool statuses_has(const struct statuses *set, int status);

#endif
