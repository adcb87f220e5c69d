/* --rate: how often transfers may begin. */
#ifndef CLI_RATE_H
#define CLI_RATE_H

#include <stdint.h>

#include "base/error.h"
#include "base/str.h"

/* Read "N/U", N transfers in each U: s, m, h or d (24 hours), with a number of
 * them in front of the letter if wanted ("10/5m"), an hour when nothing is
 * said.
 * `*interval` is the milliseconds from one beginning to the next, 0 for more
 * than 1000 a second, which is no limit. Returns 0 or -ERR_USAGE, naming the
 * byte. */
int rate_parse(struct str text, int64_t *interval, struct error *e) CHECKED;

#endif
