#include "base/str.h"

#include <stdlib.h>

#include "base/ascii.h"

bool str_eq_nocase(struct str a, struct str b)
{
	if (a.n != b.n)
		return false;
	for (size_t i = 0; i < a.n; i++)
		if (ascii_lower(a.p[i]) != ascii_lower(b.p[i]))
			return false;
	return true;
}

bool str_starts_nocase(struct str s, struct str prefix)
{
	return s.n >= prefix.n && str_eq_nocase(str_first(s, prefix.n), prefix);
}

ssize_t str_find(struct str s, char c)
{
	const char *at = s.n ? memchr(s.p, c, s.n) : NULL;

	return at ? at - s.p : -1;
}

ssize_t str_search(struct str s, struct str needle)
{
	const char *at;

	if (needle.n == 0)
		return 0;
	if (needle.n > s.n)
		return -1;
	at = memmem(s.p, s.n, needle.p, needle.n);
	return at ? at - s.p : -1;
}

bool str_cut(
	struct str s, char separator, struct str *before, struct str *after)
{
	ssize_t at = str_find(s, separator);

	if (at < 0) {
		*after = str_from(s, s.n);
		*before = s;
		return false;
	}
	*before = str_first(s, (size_t)at);
	*after = str_from(s, (size_t)at + 1);
	return true;
}

struct str str_trim(struct str s)
{
	while (s.n && ascii_is_blank(s.p[0]))
		s = str_from(s, 1);
	while (s.n && ascii_is_blank(s.p[s.n - 1]))
		s.n--;
	return s;
}

char *str_dup(struct str s)
{
	char *copy = malloc(s.n + 1);

	if (!copy)
		return NULL;
	if (s.n)
		memcpy(copy, s.p, s.n);
	copy[s.n] = '\0';
	return copy;
}
