#include "cli/rate.h"

#include "base/ascii.h"
#include "base/num.h"

#define UNITS_MAX 1000000000u

static int refuse(size_t at, const char *words, struct error *e)
{
	return error_set(e, ERR_USAGE, "byte %zu: %s", at, words);
}

static size_t count_digits(struct str s)
{
	size_t n = 0;

	while (n < s.n && ascii_is_digit(s.p[n]))
		n++;
	return n;
}

static int64_t milliseconds_of(char unit)
{
	switch (unit) {
	case 's':
		return 1000;
	case 'm':
		return 60 * 1000;
	case 'h':
		return 60 * 60 * 1000;
	case 'd':
		return 24 * 60 * 60 * 1000;
	default:
		return 0;
	}
}

/* What stands at byte `at`, behind the slash. */
static int parse_unit(
	struct str text, size_t at, int64_t *period, struct error *e)
{
	struct str unit = str_from(text, at);
	size_t digits = count_digits(unit);
	uint64_t number = 1;

	if (digits &&
		(!num_decimal(str_first(unit, digits), UNITS_MAX, &number) ||
			number == 0))
		return refuse(at, "that many units are no period", e);
	unit = str_from(unit, digits);
	if (unit.n == 0 || !milliseconds_of(*unit.p))
		return refuse(at + digits,
			"expected a unit of time: s, m, h or d", e);
	if (unit.n > 1)
		return refuse(at + digits + 1, "nothing follows the unit", e);
	*period = (int64_t)number * milliseconds_of(*unit.p);
	return 0;
}

int rate_parse(struct str text, int64_t *interval, struct error *e)
{
	size_t digits = count_digits(text);
	int64_t period = milliseconds_of('h');
	uint64_t number;
	int error;

	if (digits == 0)
		return refuse(0, "expected a number of transfers", e);
	if (!num_decimal(str_first(text, digits), INT64_MAX, &number) ||
		number == 0)
		return refuse(0, "that number of transfers is no rate", e);
	if (digits < text.n) {
		if (text.p[digits] != '/')
			return refuse(
				digits, "expected '/' and a unit of time", e);
		error = parse_unit(text, digits + 1, &period, e);
		if (error < 0)
			return error;
	}
	*interval = period / (int64_t)number;
	return 0;
}
