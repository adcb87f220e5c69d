/* Field values: what is taken apart lies inside, in order, and nothing gets
 * longer by unquoting or unfolding. */
#include <stdlib.h>

#include "http/value.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
	if (!holds)
		abort();
}

static void check_inside(struct str part, struct str whole)
{
	check(part.p >= whole.p && part.p + part.n <= whole.p + whole.n);
}

static void check_unquoted(struct str value)
{
	struct buf out;

	buf_init(&out, value.n);
	value_unquote(&out, value);
	check(out.failed == 0);
	if (value_is_token(value))
		check(str_eq(buf_str(&out), value));
	buf_fini(&out);
}

static void check_parameters(struct str element)
{
	struct str rest = str_from(element, 0), name, value;
	ssize_t semicolon = str_find(element, ';');

	if (semicolon < 0)
		return;
	rest = str_from(element, (size_t)semicolon);
	for (;;) {
		struct str before = rest;

		if (!value_next_parameter(&rest, &name, &value)) {
			check(rest.p == before.p && rest.n == before.n);
			return;
		}
		check_inside(name, before);
		check_inside(value, before);
		check(name.p + name.n < value.p && value.p + value.n == rest.p);
		check(value_is_token(name) && value.n > 0);
		check(value.p[0] == '"' || value_is_token(value));
		check_unquoted(value);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct str in = { (const char *)data, size };
	struct str rest = in, element;
	struct buf out;

	for (;;) {
		struct str before = rest;

		if (!value_next(&rest, &element))
			break;
		check_inside(element, before);
		check(element.n > 0 && rest.n < before.n);
		check(value_trim(element).n == element.n);
		if (value_is_token(element))
			check(value_has_token(in, element));
		check_parameters(element);
	}
	check(rest.n == 0);
	check_unquoted(in);
	buf_init(&out, in.n);
	value_unfold(&out, in);
	check(out.failed == 0);
	buf_fini(&out);
	return 0;
}
