/* Findings as text, for the tests of parsers. */
#ifndef TESTS_SUPPORT_FINDINGS_H
#define TESTS_SUPPORT_FINDINGS_H

#include <inttypes.h>

#include "http/finding.h"
#include "support/table.h"

/* Assert that `found` holds what `expected` lists, in that order:
 * "BARE_LF@15 OBS_FOLD@20", "" for none. */
static inline void assert_findings(
	const struct findings *found, const char *expected)
{
	struct buf text;

	buf_init(&text, 64u << 10);
	for (size_t i = 0; i < found->n; i++)
		buf_printf(&text, "%s%s@%" PRIu64, i ? " " : "",
			finding_rule(found->items[i].id)->name,
			found->items[i].offset);
	assert_string_equal(buf_text(&text), expected);
	buf_fini(&text);
}

#endif
