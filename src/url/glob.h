/* URL globs: {a,b,c}, [1-9], [01-10:2], [a-z:3], as curl has them. */
#ifndef URL_GLOB_H
#define URL_GLOB_H

#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"

struct glob;

/* Parse `pattern` (copied). `*count` gets the number of URLs. NULL and
 * ERR_URL_MALFORMED (or out of memory) in `e`, with the column (from 1) and,
 * unless the pattern is long, two more lines that show it with a caret below
 * the place, when it is malformed or would make more than INT64_MAX URLs. An
 * IPv6 literal in brackets is no glob; a backslash makes the next brace or
 * bracket literal. */
struct glob *glob_new(
	struct str pattern, uint64_t *count, struct error *e) CHECKED;

void glob_free(struct glob *g);

/* Append URL number `index` (from 0; the rightmost glob varies fastest). */
void glob_url(const struct glob *g, uint64_t index, struct buf *out);

/* A pattern, and which of its URLs it stands at. */
struct glob_place {
	const struct glob *glob; /* NULL: none */
	uint64_t index;
};

/* Append `template` with #1, #2 ... replaced by what the globs stand at, those
 * of the second place counted on behind those of the first, and #<name> by what
 * the first glob of that name does; what no glob is meant by stays as it is.
 * For -o. */
void glob_fill(const struct glob_place *places, size_t n, struct str template,
	struct buf *out);

/* The first reference of the form <name> in `template`, behind its "#", that
 * means none of the globs; empty when there is none. */
struct str glob_missing(
	const struct glob_place *places, size_t n, struct str template);

#endif
