#include "policy/statuses.h"

#include "base/num.h"

#define FAILURE_FIRST 400

static int refuse(size_t at, const char *words, struct error *e)
{
	return error_set(e, ERR_USAGE, "byte %zu: %s", at, words);
}

/* Three digits from STATUS_FIRST on. */
static bool parse_code(struct str s, int *code)
{
	uint64_t value;

	if (s.n != 3 || !num_decimal(s, STATUS_LAST, &value) ||
		value < STATUS_FIRST)
		return false;
	*code = (int)value;
	return true;
}

/* "4xx" */
static bool parse_class(struct str s, int *first)
{
	if (s.n != 3 || s.p[0] < '1' || s.p[0] > '9' ||
		!str_eq_nocase(str_from(s, 1), STR("xx")))
		return false;
	*first = (s.p[0] - '0') * 100;
	return true;
}

/* The element at byte `at`, its '!' taken off. */
static int parse_range(
	struct str s, size_t at, int *first, int *last, struct error *e)
{
	struct str from, to;

	if (parse_class(s, first)) {
		*last = *first + 99;
		return 0;
	}
	if (!str_cut(s, '-', &from, &to))
		to = from;
	if (!parse_code(from, first))
		return refuse(at,
			"expected a status from 100 to 999, two joined by -, "
			"or a class such as 4xx",
			e);
	if (!parse_code(to, last))
		return refuse(at + from.n + 1,
			"expected the last status of the range", e);
	if (*last < *first)
		return refuse(
			at + from.n + 1, "the range ends before it begins", e);
	return 0;
}

static void put(struct statuses *set, int first, int last, bool in)
{
	for (int status = first; status <= last; status++) {
		unsigned at = (unsigned)(status - STATUS_FIRST);
		unsigned char bit = (unsigned char)(1u << (at % 8));

		if (in)
			set->bits[at / 8] |= bit;
		else
			set->bits[at / 8] &= (unsigned char)~bit;
	}
}

int statuses_parse(struct str text, struct statuses *set, struct error *e)
{
	struct str rest = text, element;
	bool more;

	*set = (struct statuses){ 0 };
	if (str_starts(text, STR("!")))
		put(set, FAILURE_FIRST, STATUS_LAST, true);
	do {
		size_t at = text.n - rest.n;
		int first = 0, last = 0, error;
		bool out;

		more = str_cut(rest, ',', &element, &rest);
		out = str_starts(element, STR("!"));
		error = parse_range(
			str_from(element, out), at + out, &first, &last, e);
		if (error < 0)
			return error;
		put(set, first, last, !out);
	} while (more);
	return 0;
}

bool statuses_has(const struct statuses *set, int status)
{
	unsigned at = (unsigned)(status - STATUS_FIRST);

	return status >= STATUS_FIRST && status <= STATUS_LAST &&
		set->bits[at / 8] & 1u << (at % 8);
}
