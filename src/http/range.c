#include "http/range.h"

#include "base/ascii.h"
#include "base/num.h"

/* A position or length; UINT64_MAX itself is none. */
static bool read_number(struct str text, uint64_t *value)
{
	return num_decimal(text, UINT64_MAX - 1, value);
}

static struct str skip_unit(struct str value)
{
	if (!str_starts_nocase(value, STR("bytes")))
		return value;
	value = str_trim(str_from(value, 5));
	if (value.n && (*value.p == ':' || *value.p == '='))
		value = str_trim(str_from(value, 1));
	return value;
}

bool content_range_parse(struct str value, struct content_range *range)
{
	struct str positions, whole, first, last;

	*range = (struct content_range){ .whole = RANGE_UNKNOWN };
	if (!str_cut(skip_unit(str_trim(value)), '/', &positions, &whole))
		return false;
	positions = str_trim(positions);
	whole = str_trim(whole);
	if (!str_eq(whole, STR("*")) && !read_number(whole, &range->whole))
		return false;
	if (str_eq(positions, STR("*")))
		return range->whole != RANGE_UNKNOWN;
	range->satisfied = true;
	return str_cut(positions, '-', &first, &last) &&
		read_number(first, &range->first) &&
		read_number(last, &range->last) &&
		range->first <= range->last && range->last < range->whole;
}
