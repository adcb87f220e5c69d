#include "url/glob_parse.h"

#include "base/ascii.h"
#include "base/num.h"
#include "url/url_address.h"

#define PICTURE_MAX 400 /* a longer pattern is not drawn below the message */
#define IPV6_MAX 128 /* an IPv6 literal with its zone */

struct reader {
	struct glob *g;
	struct str in;
	size_t at; /* the next byte of `in` */
	size_t literal; /* where the literal text before it starts in g->text */
	uint64_t total; /* URLs so far */
	struct error *e;
};

static int fail(struct reader *r, const char *what, size_t at)
{
	error_set(r->e, ERR_URL_MALFORMED, "%s in URL position %zu", what,
		at + 1);
	/* A password would move the mark when it is hidden. */
	if (r->in.n <= PICTURE_MAX && str_find(r->in, '@') < 0)
		error_add(r->e, ":\n%.*s\n%*s^", STR_FMT(r->in), (int)at, "");
	return -ERR_URL_MALFORMED;
}

static bool next_is(const struct reader *r, char c)
{
	return r->at < r->in.n && r->in.p[r->at] == c;
}

static struct str rest_of(const struct reader *r)
{
	return str_from(r->in, r->at);
}

size_t glob_name_length(struct str s)
{
	size_t n = 1;

	if (!str_starts(s, STR("<")))
		return 0;
	while (n < s.n &&
		(ascii_is_alnum(s.p[n]) || s.p[n] == '_' || s.p[n] == '-'))
		n++;
	return n > 1 && n < s.n && s.p[n] == '>' ? n + 1 : 0;
}

ssize_t glob_find(const struct glob *g, struct str name)
{
	for (size_t n = 0; n < glob_ranges(g); n++) {
		struct glob_span span = glob_range(g, n)->name;

		if (span.n && str_eq(glob_text(g, span), name))
			return (ssize_t)n;
	}
	return -1;
}

/* Begin a range, the reader standing behind its '{' or '['. */
static int start_range(struct reader *r, struct glob_range *range)
{
	size_t length = glob_name_length(rest_of(r));
	struct str name;

	*range = (struct glob_range){
		.before = { r->literal, r->g->text.n - r->literal },
		.step = 1,
		.name = { r->g->text.n, 0 },
	};
	if (glob_ranges(r->g) == GLOBS_MAX)
		return fail(r, "too many globs", r->at - 1);
	if (!length)
		return 0;
	name = (struct str){ r->in.p + r->at + 1, length - 2 };
	if (glob_find(r->g, name) >= 0)
		return fail(r, "duplicate glob name", r->at);
	buf_add_str(&r->g->text, name);
	range->name.n = name.n;
	r->at += length;
	return 0;
}

/* Keep a range, the reader standing behind it. */
static int end_range(struct reader *r, const struct glob_range *range)
{
	if (range->count > (uint64_t)INT64_MAX / r->total)
		return fail(r, "range overflow", r->at);
	r->total *= range->count;
	buf_add(&r->g->ranges, range, sizeof(*range));
	r->literal = r->g->text.n;
	return 0;
}

/* A backslash takes the meaning from the byte behind it, if that has one. */
static bool skip_escape(struct reader *r, struct str special)
{
	struct str behind = str_from(r->in, r->at + 1);

	if (!next_is(r, '\\') || behind.n == 0 ||
		str_find(special, behind.p[0]) < 0)
		return false;
	r->at++;
	return true;
}

/* One element of a set, up to the ',' or '}' behind it. */
static int read_element(struct reader *r)
{
	struct glob_span element = { r->g->text.n, 0 };

	while (r->at < r->in.n) {
		if (!skip_escape(r, STR("{}[],"))) {
			char c = r->in.p[r->at];

			if (c == ',' || c == '}')
				break;
			if (c == '{' || c == '[')
				return fail(r, "nested brace", r->at);
			if (c == ']')
				return fail(
					r, "unexpected close bracket", r->at);
		}
		buf_add_char(&r->g->text, r->in.p[r->at++]);
	}
	element.n = r->g->text.n - element.at;
	buf_add(&r->g->elements, &element, sizeof(element));
	return 0;
}

static int read_set(struct reader *r)
{
	size_t open = r->at++;
	struct glob_range range;
	int result = start_range(r, &range);

	if (result < 0)
		return result;
	range.kind = GLOB_SET;
	range.first = r->g->elements.n / sizeof(struct glob_span);
	if (next_is(r, '}'))
		return fail(r, "empty string within braces", r->at);
	do {
		result = read_element(r);
		if (result < 0)
			return result;
		if (r->at == r->in.n)
			return fail(r, "unmatched brace", open);
		range.count++;
	} while (r->in.p[r->at++] == ',');
	return end_range(r, &range);
}

/* The digits at the reader as a number: its length, or 0. */
static size_t read_number(struct reader *r, uint64_t *value)
{
	struct str rest = rest_of(r);
	size_t n = 0;

	while (n < rest.n && ascii_is_digit(rest.p[n]))
		n++;
	/* One below the top, so that no sum of a value and a step wraps. */
	if (!num_decimal(str_first(rest, n), INT64_MAX - 1, value))
		return 0;
	r->at += n;
	return n;
}

static bool skip(struct reader *r, char c)
{
	if (!next_is(r, c))
		return false;
	r->at++;
	return true;
}

static bool read_step(struct reader *r, struct glob_range *range)
{
	if (skip(r, ':') && !read_number(r, &range->step))
		return false;
	return skip(r, ']');
}

static const char bad_range[] = "bad range";

/* Both ends are read: count the values between them. */
static int finish_range(
	struct reader *r, struct glob_range *range, uint64_t last)
{
	uint64_t span = last - range->first;

	if (last < range->first || range->step == 0)
		return fail(r, bad_range, r->at);
	if (range->step > span && !(span == 0 && range->step == 1))
		return fail(r, bad_range, r->at);
	range->count = span / range->step + 1;
	return end_range(r, range);
}

/* "a-z:2]" */
static int read_letters(struct reader *r, struct glob_range *range)
{
	size_t start = r->at;
	struct str rest = rest_of(r);

	if (rest.n < 4 || rest.p[1] != '-' || rest.p[2] == ']')
		return fail(r, bad_range, start);
	r->at += 3;
	if (!read_step(r, range))
		return fail(r, bad_range, start);
	/* The cases differ in one bit, and other characters lie between. */
	if (!ascii_is_alpha(rest.p[2]) || ((rest.p[0] ^ rest.p[2]) & 0x20))
		return fail(r, bad_range, r->at);
	range->kind = GLOB_LETTERS;
	range->first = (unsigned char)rest.p[0];
	return finish_range(r, range, (unsigned char)rest.p[2]);
}

/* "001-100:10]" */
static int read_numbers(struct reader *r, struct glob_range *range)
{
	size_t start = r->at, digits = read_number(r, &range->first);
	uint64_t last;

	if (!digits || !skip(r, '-'))
		return fail(r, bad_range, start);
	if (r->in.p[start] == '0')
		range->width = digits;
	start = r->at;
	if (!read_number(r, &last))
		return fail(r, bad_range, start);
	if (next_is(r, ':'))
		start = r->at + 1;
	if (!read_step(r, range))
		return fail(r, bad_range, start);
	range->kind = GLOB_NUMBERS;
	return finish_range(r, range, last);
}

static int read_range(struct reader *r)
{
	struct glob_range range;
	int result;

	r->at++;
	result = start_range(r, &range);
	if (result < 0)
		return result;
	if (r->at < r->in.n && ascii_is_alpha(r->in.p[r->at]))
		return read_letters(r, &range);
	if (r->at < r->in.n && ascii_is_digit(r->in.p[r->at]))
		return read_numbers(r, &range);
	return fail(r, "bad range specification", r->at);
}

/* The length of what the reader stands at and is no range though it begins
 * with '[': an IPv6 literal, or "[]" as in the names of form fields. */
static size_t plain_brackets(const struct reader *r)
{
	struct str inside = str_first(str_from(r->in, r->at + 1), IPV6_MAX);
	struct str address, zone;
	uint16_t groups[8];
	ssize_t end;

	if (!next_is(r, '['))
		return 0;
	end = str_find(inside, ']');
	if (end <= 0)
		return end < 0 ? 0 : 2;
	str_cut(str_first(inside, (size_t)end), '%', &address, &zone);
	return address_read_ipv6(address, groups) ? (size_t)end + 2 : 0;
}

static int read_literal(struct reader *r)
{
	size_t n;

	while (r->at < r->in.n) {
		if (!skip_escape(r, STR("{}[]"))) {
			char c = r->in.p[r->at];

			n = plain_brackets(r);
			if (n) {
				buf_add(&r->g->text, r->in.p + r->at, n);
				r->at += n;
				continue;
			}
			if (c == '{' || c == '[')
				return 0;
			if (c == '}' || c == ']')
				return fail(r, "unmatched close brace/bracket",
					r->at);
		}
		buf_add_char(&r->g->text, r->in.p[r->at++]);
	}
	return 0;
}

static int read_pattern(struct reader *r)
{
	int result = read_literal(r);

	while (result == 0 && r->at < r->in.n) {
		result = next_is(r, '{') ? read_set(r) : read_range(r);
		if (result == 0)
			result = read_literal(r);
	}
	return result;
}

static void set_strides(struct glob *g)
{
	uint64_t stride = 1;

	for (size_t n = glob_ranges(g); n > 0; n--) {
		struct glob_range *range = glob_range(g, n - 1);

		range->stride = stride;
		stride *= range->count;
	}
}

int glob_parse(
	struct glob *g, struct str pattern, uint64_t *count, struct error *e)
{
	struct reader r = { .g = g, .in = pattern, .total = 1, .e = e };
	int result;

	if (pattern.n > LIMIT_URL)
		return error_set(e, ERR_URL_MALFORMED,
			"the URL is longer than %u bytes", LIMIT_URL);
	result = read_pattern(&r);
	if (result < 0)
		return result;
	if (g->text.failed || g->ranges.failed || g->elements.failed)
		return error_memory(e);
	g->tail = (struct glob_span){ r.literal, g->text.n - r.literal };
	set_strides(g);
	*count = r.total;
	return 0;
}
