#include "cli/suggest.h"

#include "base/ascii.h"

#define LENGTH_MAX 40u /* names are shorter; what is longer is near to none */
#define PREFIX_MIN 3u /* fewer letters are the beginning of too many names */

static unsigned least(unsigned a, unsigned b, unsigned c)
{
	unsigned ab = a < b ? a : b;

	return ab < c ? ab : c;
}

/* The optimal string alignment distance, regardless of case. */
static unsigned distance(struct str a, struct str b)
{
	unsigned rows[3][LENGTH_MAX + 1];
	unsigned *before = rows[0], *above = rows[1], *row = rows[2];

	for (unsigned j = 0; j <= b.n; j++)
		above[j] = j;
	for (unsigned i = 1; i <= a.n; i++) {
		unsigned *oldest = before;
		char c = ascii_lower(a.p[i - 1]);

		row[0] = i;
		for (unsigned j = 1; j <= b.n; j++) {
			char d = ascii_lower(b.p[j - 1]);

			row[j] = least(above[j] + 1, row[j - 1] + 1,
				above[j - 1] + (c != d));
			if (i > 1 && j > 1 && c != d &&
				c == ascii_lower(b.p[j - 2]) &&
				d == ascii_lower(a.p[i - 2]))
				row[j] = least(
					row[j], before[j - 2] + 1, row[j]);
		}
		before = above;
		above = row;
		row = oldest;
	}
	return above[b.n];
}

void suggest_begin(struct suggestion *s, struct str wanted)
{
	*s = (struct suggestion){ .wanted = wanted };
}

void suggest_consider(struct suggestion *s, struct str name)
{
	size_t longer = name.n > s->wanted.n ? name.n : s->wanted.n;
	unsigned d;

	if (longer > LENGTH_MAX || s->wanted.n == 0)
		return;
	if (s->wanted.n >= PREFIX_MIN && str_starts_nocase(name, s->wanted))
		d = 1;
	else
		d = distance(s->wanted, name);
	if (d * 3 > longer && d > 1)
		return;
	if (s->best.n && d >= s->distance)
		return;
	s->best = name;
	s->distance = d;
}
