#include "url/glob.h"

#include <stdlib.h>

#include "base/ascii.h"
#include "base/num.h"
#include "url/glob_parse.h"

struct glob *glob_new(struct str pattern, uint64_t *count, struct error *e)
{
	struct glob *g = calloc(1, sizeof(*g));

	if (!g) {
		error_memory(e);
		return NULL;
	}
	buf_init(&g->text, LIMIT_URL);
	buf_init(&g->ranges, GLOBS_MAX * sizeof(struct glob_range));
	buf_init(&g->elements, LIMIT_URL * sizeof(struct glob_span));
	if (glob_parse(g, pattern, count, e) < 0) {
		glob_free(g);
		return NULL;
	}
	return g;
}

void glob_free(struct glob *g)
{
	if (!g)
		return;
	buf_fini(&g->text);
	buf_fini(&g->ranges);
	buf_fini(&g->elements);
	free(g);
}

static struct str element(const struct glob *g, uint64_t n)
{
	const struct glob_span *spans = (const void *)g->elements.p;

	return glob_text(g, spans[n]);
}

/* Append `value` with zeros before it up to `width` digits. */
static void add_number(struct buf *out, uint64_t value, size_t width)
{
	size_t digits = 1;

	for (uint64_t rest = value; rest > 9; rest /= 10)
		digits++;
	if (width > digits) {
		char *zeros = buf_reserve(out, width - digits);

		if (!zeros)
			return;
		memset(zeros, '0', width - digits);
		out->n += width - digits;
	}
	buf_add_uint(out, value);
}

/* Append what range number `n` stands at in URL number `index`. */
static void add_value(
	const struct glob *g, size_t n, uint64_t index, struct buf *out)
{
	const struct glob_range *r = glob_range(g, n);
	uint64_t value = r->first + index / r->stride % r->count * r->step;

	switch (r->kind) {
	case GLOB_SET:
		buf_add_str(out, element(g, value));
		break;
	case GLOB_NUMBERS:
		add_number(out, value, r->width);
		break;
	case GLOB_LETTERS:
		buf_add_char(out, (char)value);
		break;
	}
}

void glob_url(const struct glob *g, uint64_t index, struct buf *out)
{
	for (size_t n = 0; n < glob_ranges(g); n++) {
		buf_add_str(out, glob_text(g, glob_range(g, n)->before));
		add_value(g, n, index, out);
	}
	buf_add_str(out, glob_text(g, g->tail));
}

/* Which range "1" or "<name>" at the front of `s` means, the number counted
 * from behind `*before` ranges, to which those of `g` are added. Returns the
 * bytes that say so, 0 when there is no such range. */
static size_t read_reference(
	const struct glob *g, struct str s, size_t *before, size_t *n)
{
	size_t length = glob_name_length(s), first = *before;
	uint64_t number;
	ssize_t found;

	*before += glob_ranges(g);
	if (length) {
		found = glob_find(g, (struct str){ s.p + 1, length - 2 });
		*n = (size_t)found;
		return found < 0 ? 0 : length;
	}
	while (length < s.n && ascii_is_digit(s.p[length]))
		length++;
	if (!num_decimal(str_first(s, length), *before, &number) ||
		number <= first)
		return 0;
	*n = (size_t)number - 1 - first;
	return length;
}

/* Append what the reference at the front of `s` means. Returns its bytes, 0
 * when it is none. */
static size_t add_reference(const struct glob_place *places, size_t n,
	struct str s, struct buf *out)
{
	size_t before = 0, range;

	for (size_t i = 0; i < n; i++) {
		size_t length = places[i].glob
			? read_reference(places[i].glob, s, &before, &range)
			: 0;

		if (length) {
			add_value(places[i].glob, range, places[i].index, out);
			return length;
		}
	}
	return 0;
}

void glob_fill(const struct glob_place *places, size_t n, struct str template,
	struct buf *out)
{
	struct str before;

	while (str_cut(template, '#', &before, &template)) {
		size_t length;

		buf_add_str(out, before);
		length = add_reference(places, n, template, out);
		if (!length)
			buf_add_char(out, '#');
		template = str_from(template, length);
	}
	buf_add_str(out, before);
}

static bool is_known(
	const struct glob_place *places, size_t n, struct str reference)
{
	size_t before = 0, range;

	for (size_t i = 0; i < n; i++)
		if (places[i].glob &&
			read_reference(
				places[i].glob, reference, &before, &range))
			return true;
	return false;
}

struct str glob_missing(
	const struct glob_place *places, size_t n, struct str template)
{
	struct str before;

	while (str_cut(template, '#', &before, &template)) {
		size_t length = glob_name_length(template);

		if (length && !is_known(places, n, template))
			return str_first(template, length);
	}
	return (struct str){ NULL, 0 };
}
