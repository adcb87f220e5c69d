#include "base/num.h"

#include "base/ascii.h"

static bool in_base(struct str s, unsigned base, uint64_t max, uint64_t *value)
{
	uint64_t sum = 0;

	if (s.n == 0)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		int digit = ascii_hex_value(s.p[i]);

		if (digit < 0 || (unsigned)digit >= base)
			return false;
		if ((unsigned)digit > max ||
			sum > (max - (unsigned)digit) / base)
			return false;
		sum = sum * base + (unsigned)digit;
	}
	*value = sum;
	return true;
}

bool num_decimal(struct str s, uint64_t max, uint64_t *value)
{
	return in_base(s, 10, max, value);
}

bool num_hex(struct str s, uint64_t max, uint64_t *value)
{
	return in_base(s, 16, max, value);
}

bool num_octal(struct str s, uint64_t max, uint64_t *value)
{
	return in_base(s, 8, max, value);
}

static bool negative(
	struct str digits, int64_t min, int64_t max, int64_t *value)
{
	uint64_t most = min < 0 ? 0 - (uint64_t)min : 0;
	uint64_t size;
	int64_t result;

	if (!in_base(digits, 10, most, &size))
		return false;
	/* INT64_MIN has no positive counterpart to negate. */
	result = size ? -(int64_t)(size - 1) - 1 : 0;
	if (result < min || result > max)
		return false;
	*value = result;
	return true;
}

bool num_signed(struct str s, int64_t min, int64_t max, int64_t *value)
{
	uint64_t size;

	if (str_starts(s, STR("-")))
		return negative(str_from(s, 1), min, max, value);
	if (max < 0 || !in_base(s, 10, (uint64_t)max, &size))
		return false;
	if ((int64_t)size < min)
		return false;
	*value = (int64_t)size;
	return true;
}

/* floor(0.DIGITS * unit). Taken from the last digit to the first, each step
 * can round down without changing the result, whatever their number. */
static bool fraction(struct str digits, uint64_t unit, uint64_t *value)
{
	uint64_t sum = 0;

	if (digits.n == 0)
		return false;
	for (size_t i = digits.n; i > 0; i--) {
		char c = digits.p[i - 1];

		if (!ascii_is_digit(c))
			return false;
		sum = ((uint64_t)(c - '0') * unit + sum) / 10;
	}
	*value = sum;
	return true;
}

/* A decimal number with an optional fraction, in units of 1/`unit` (at most
 * 2^50, so that nine of them fit easily). */
static bool scaled(struct str s, uint64_t unit, int64_t max, int64_t *value)
{
	uint64_t whole = 0, part = 0;
	struct str before, after;
	bool point = str_cut(s, '.', &before, &after);

	if (max < 0)
		return false;
	if (point && !fraction(after, unit, &part))
		return false;
	if (!(point && before.n == 0) &&
		!in_base(before, 10, (uint64_t)max / unit, &whole))
		return false;
	if (whole * unit > (uint64_t)max - part || part > (uint64_t)max)
		return false;
	*value = (int64_t)(whole * unit + part);
	return true;
}

bool num_seconds(struct str s, int64_t max_ms, int64_t *ms)
{
	return scaled(s, 1000, max_ms, ms);
}

/* The power of 1024 that a suffix stands for, or 0. */
static uint64_t suffix_unit(char c)
{
	switch (ascii_lower(c)) {
	case 'k':
		return UINT64_C(1) << 10;
	case 'm':
		return UINT64_C(1) << 20;
	case 'g':
		return UINT64_C(1) << 30;
	case 't':
		return UINT64_C(1) << 40;
	case 'p':
		return UINT64_C(1) << 50;
	}
	return 0;
}

bool num_size(struct str s, int64_t *bytes)
{
	uint64_t unit, whole;

	if (s.n && ascii_lower(s.p[s.n - 1]) == 'b')
		s.n--;
	unit = s.n ? suffix_unit(s.p[s.n - 1]) : 0;
	if (unit)
		return scaled(str_first(s, s.n - 1), unit, INT64_MAX, bytes);
	if (!in_base(s, 10, INT64_MAX, &whole))
		return false;
	*bytes = (int64_t)whole;
	return true;
}
