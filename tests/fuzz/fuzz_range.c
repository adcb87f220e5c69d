/* Content-Range of a hostile server, and dates as loose as they come: what is
 * taken makes sense. */
#include <stdlib.h>

#include "base/date.h"
#include "base/date_loose.h"
#include "http/range.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
	if (!holds)
		abort();
}

static void check_range(struct str in)
{
	struct content_range range;

	if (!content_range_parse(in, &range))
		return;
	if (range.satisfied)
		check(range.first <= range.last && range.last < range.whole);
	else
		check(range.whole != RANGE_UNKNOWN);
}

/* A date is one that HTTP can write, and reads back as the same. */
static void check_date(struct str in)
{
	char text[DATE_HTTP_SIZE];
	int64_t time, again;
	struct date date;

	if (!date_parse_loose(in, &time))
		return;
	date_split(time, &date);
	check(date.year >= 1582 && date.year <= 10000);
	if (date.year < 1583 || date.year > 9999)
		return;
	date_format_http(time, text);
	check(date_parse_loose(str_of(text), &again) && again == time);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str in = { (const char *)data, size };

	check_range(in);
	check_date(in);
	return 0;
}
