#include "net/tls_openssl_name.h"

#include "base/ascii.h"

#define LABEL_MAX 63 /* RFC 1035 section 2.3.4 */
#define NAME_MAX_BYTES 253

/* Letters, digits, '_' and, inside, '-'. */
static bool is_label(struct str label)
{
	if (!label.n || label.n > LABEL_MAX || label.p[0] == '-' ||
		label.p[label.n - 1] == '-')
		return false;
	for (size_t i = 0; i < label.n; i++)
		if (!ascii_is_alnum(label.p[i]) && label.p[i] != '-' &&
			label.p[i] != '_')
			return false;
	return true;
}

static bool is_number(struct str label)
{
	for (size_t i = 0; i < label.n; i++)
		if (!ascii_is_digit(label.p[i]))
			return false;
	return true;
}

/* At least two labels, the last of them no number, as an address has one. */
static bool is_name(struct str name)
{
	struct str label = name;
	size_t labels = 0;
	bool more = name.n <= NAME_MAX_BYTES;

	if (!more)
		return false;
	while (more) {
		more = str_cut(name, '.', &label, &name);
		if (!is_label(label))
			return false;
		labels++;
	}
	return labels >= 2 && !is_number(label);
}

bool tls_name_wildcard(struct str pattern, struct str host)
{
	struct str first, rest;

	/* What begins with "xn--" is of other characters than it shows. */
	return str_find(host, '_') >= 0 && is_name(host) &&
		str_cut(host, '.', &first, &rest) &&
		!str_starts_nocase(first, STR("xn--")) && is_name(rest) &&
		str_starts(pattern, STR("*.")) &&
		str_eq_nocase(str_from(pattern, 2), rest);
}
