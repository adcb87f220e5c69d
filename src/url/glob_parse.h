/* A parsed glob pattern, and its parser. */
#ifndef URL_GLOB_PARSE_H
#define URL_GLOB_PARSE_H

#include "url/glob.h"

#define GLOBS_MAX 1000u /* braces and brackets in one pattern */

/* A run of bytes in glob.text, which moves while it grows. */
struct glob_span {
	size_t at, n;
};

enum glob_kind { GLOB_SET, GLOB_NUMBERS, GLOB_LETTERS };

/* One "{...}" or "[...]". Its values are first, first + step and so on: the
 * numbers or letters themselves, or the places of a set's elements among those
 * of all sets. */
struct glob_range {
	enum glob_kind kind;
	struct glob_span before; /* what stands literally in front of it */
	struct glob_span name; /* of "{<name>...}"; empty when it has none */
	uint64_t count; /* of values */
	uint64_t stride; /* URLs until the next value: the product of the
			  * counts behind this one */
	uint64_t first, step;
	size_t width; /* numbers get zeros up to so many digits */
};

struct glob {
	struct buf text; /* literals, elements and names, without escapes */
	struct buf ranges; /* struct glob_range */
	struct buf elements; /* struct glob_span, of all sets */
	struct glob_span tail; /* what stands behind the last range */
};

static inline size_t glob_ranges(const struct glob *g)
{
	return g->ranges.n / sizeof(struct glob_range);
}

static inline struct glob_range *glob_range(const struct glob *g, size_t n)
{
	return (struct glob_range *)(void *)g->ranges.p + n;
}

static inline struct str glob_text(const struct glob *g, struct glob_span span)
{
	return str_first(str_from(buf_str(&g->text), span.at), span.n);
}

/* The number of the range of that name, or -1. */
ssize_t glob_find(const struct glob *g, struct str name);

/* The length of the "<name>" that `s` starts with, brackets included, or 0. */
size_t glob_name_length(struct str s);

/* Fill `g`, whose buffers are empty. Returns and sets what glob_new does. */
int glob_parse(struct glob *g, struct str pattern, uint64_t *count,
	struct error *e) CHECKED;

#endif
