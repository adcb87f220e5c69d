#include "cli/expand.h"

#include <stdlib.h>

#include "base/ascii.h"
#include "base/base64.h"
#include "base/json.h"
#include "base/num.h"
#include "url/percent.h"

struct variable {
	char *name;
	char *content;
	size_t n;
};

static size_t name_length(struct str s)
{
	size_t n = 0;

	while (n < s.n && (ascii_is_alnum(s.p[n]) || s.p[n] == '_'))
		n++;
	return n;
}

/* --- what --variable says */

static int refuse(
	struct str text, struct str at, const char *expected, struct error *e)
{
	return error_set(e, ERR_USAGE,
		"expected %s at byte offset %zu of '%.*s'", expected,
		(size_t)(at.p - text.p), STR_FMT(text));
}

/* "[FIRST-LAST]" or "[FIRST-]" at the front of `*rest`. */
static int take_range(struct variable_spec *spec, struct str text,
	struct str *rest, struct error *e)
{
	struct str range, first, last, whole = *rest;

	if (!str_starts(whole, STR("[")))
		return 0;
	if (!str_cut(str_from(whole, 1), ']', &range, rest) ||
		!str_cut(range, '-', &first, &last) ||
		!num_decimal(first, UINT64_MAX - 1, &spec->first) ||
		(last.n && !num_decimal(last, UINT64_MAX - 1, &spec->last)))
		return refuse(text, whole, "[FIRST-LAST] or [FIRST-]", e);
	if (spec->last < spec->first)
		return refuse(text, last, "a LAST that is not before FIRST", e);
	return 0;
}

int variable_parse(struct variable_spec *spec, struct str text, struct error *e)
{
	struct str rest = text;
	size_t n;

	*spec = (struct variable_spec){ .last = UINT64_MAX };
	spec->import = str_starts(rest, STR("%"));
	rest = str_from(rest, spec->import);
	n = name_length(rest);
	if (n == 0 || n > VARIABLE_NAME_MAX)
		return refuse(text, rest,
			"a name of 1 to 127 letters, digits and _", e);
	spec->name = str_first(rest, n);
	rest = str_from(rest, n);
	if (take_range(spec, text, &rest, e) < 0)
		return -e->code;
	if (str_starts(rest, STR("=")))
		spec->source = VARIABLE_TEXT;
	else if (str_starts(rest, STR("@")))
		spec->source = VARIABLE_FILE;
	else if (rest.n || !spec->import)
		return refuse(text, rest, "=TEXT or @FILE behind the name", e);
	spec->content = str_from(rest, 1);
	return 0;
}

/* --- the variables */

static struct variable *find(const struct variables *variables, struct str name)
{
	for (size_t i = 0; i < variables->n; i++)
		if (str_eq(str_of(variables->items[i].name), name))
			return &variables->items[i];
	return NULL;
}

static struct variable *add(struct variables *variables, struct str name)
{
	struct variable *items = reallocarray(
		variables->items, variables->n + 1, sizeof(*items));

	if (!items)
		return NULL;
	variables->items = items;
	items[variables->n] = (struct variable){ .name = str_dup(name) };
	return items[variables->n].name ? &items[variables->n++] : NULL;
}

int variables_set(struct variables *variables, struct str name,
	struct str content, struct error *e)
{
	struct variable *variable = find(variables, name);
	char *copy = str_dup(content);

	if (copy && !variable)
		variable = add(variables, name);
	if (!copy || !variable) {
		free(copy);
		return error_memory(e);
	}
	free(variable->content);
	variable->content = copy;
	variable->n = content.n;
	return 0;
}

void variables_fini(struct variables *variables)
{
	for (size_t i = 0; i < variables->n; i++) {
		free(variables->items[i].name);
		free(variables->items[i].content);
	}
	free(variables->items);
	*variables = (struct variables){ 0 };
}

/* --- functions */

static void apply_trim(struct buf *out, struct str s)
{
	while (s.n && ascii_is_space(s.p[0]))
		s = str_from(s, 1);
	while (s.n && ascii_is_space(s.p[s.n - 1]))
		s.n--;
	buf_add_str(out, s);
}

static void apply_decode(struct buf *out, struct str s)
{
	if (!base64_decode(out, s) && !out->failed)
		buf_add_text(out, "[64dec-fail]");
}

static const struct function {
	const char name[6];
	void (*apply)(struct buf *out, struct str s);
} functions[] = {
	{ "trim", apply_trim },
	{ "json", json_escape },
	{ "url", percent_encode },
	{ "b64", base64_encode },
	{ "64dec", apply_decode },
};

static const struct function *find_function(struct str name)
{
	for (size_t i = 0; i < sizeof(functions) / sizeof(functions[0]); i++)
		if (str_eq(str_of(functions[i].name), name))
			return &functions[i];
	return NULL;
}

/* --- expansion */

/* A reference: what stands between {{ and }}. */
struct reference {
	struct str text; /* all that is expanded */
	struct str name;
	struct str functions; /* behind the name, each with ':' in front */
};

static int fail(const struct reference *r, struct str at, struct error *e)
{
	error_add(e, " in {{%.*s%.*s}}, at byte offset %zu of '%.*s'",
		STR_FMT(r->name), STR_FMT(r->functions),
		(size_t)(at.p - r->text.p), STR_FMT(r->text));
	return -e->code;
}

/* Replace the content of `value` by what the functions make of it. */
static int apply_functions(
	struct buf *value, const struct reference *r, struct error *e)
{
	struct str rest = str_from(r->functions, 1), word;
	bool more = r->functions.n > 0;
	struct buf result;

	while (more) {
		const struct function *function;

		more = str_cut(rest, ':', &word, &rest);
		function = find_function(word);
		if (!function) {
			error_set(e, ERR_USAGE,
				"unknown function '%.*s' (there are trim, "
				"json, url, b64, 64dec)",
				STR_FMT(word));
			return fail(r, word, e);
		}
		buf_init(&result, LIMIT_CONFIG_LINE);
		function->apply(&result, buf_str(value));
		buf_fini(value);
		*value = result;
	}
	return 0;
}

static int insert(struct buf *out, const struct reference *r,
	const struct variables *variables, struct error *e)
{
	const struct variable *variable = find(variables, r->name);
	struct buf value;
	int error;

	buf_init(&value, LIMIT_CONFIG_LINE);
	if (variable)
		buf_add(&value, variable->content, variable->n);
	error = apply_functions(&value, r, e);
	if (error == 0)
		error = buf_check(&value, "variable", e);
	if (error == 0 && str_find(buf_str(&value), '\0') >= 0) {
		error_set(e, ERR_USAGE,
			"byte %zd of the variable's text is NUL, which only "
			"json, url and b64 can write",
			str_find(buf_str(&value), '\0'));
		error = fail(r, r->name, e);
	}
	if (error == 0)
		buf_add_str(out, buf_str(&value));
	buf_fini(&value);
	return error;
}

static void note(struct expand_flaw *flaw, const char *what, size_t at)
{
	if (!flaw->what)
		*flaw = (struct expand_flaw){ what, at };
}

/* `inner` is what stands between the braces. False: it is no reference. */
static bool read_reference(struct reference *r, struct str inner)
{
	size_t n = name_length(inner);

	r->name = str_first(inner, n);
	r->functions = str_from(inner, n);
	return n > 0 && n <= VARIABLE_NAME_MAX &&
		(n == inner.n || inner.p[n] == ':');
}

int expand(struct buf *out, struct str text, const struct variables *variables,
	struct expand_flaw *flaw, struct error *e)
{
	struct reference r = { .text = text };
	struct str rest = text;
	ssize_t open, close;

	*flaw = (struct expand_flaw){ 0 };
	while ((open = str_search(rest, STR("{{"))) >= 0) {
		struct str inner = str_from(rest, (size_t)open + 2);

		if (open > 0 && rest.p[open - 1] == '\\') {
			buf_add_str(out, str_first(rest, (size_t)open - 1));
			buf_add_text(out, "{{");
			rest = inner;
			continue;
		}
		close = str_search(inner, STR("}}"));
		if (close < 0) {
			note(flaw, "a {{ without its }}",
				(size_t)(inner.p - text.p) - 2);
			break;
		}
		buf_add_str(out, str_first(rest, (size_t)open));
		rest = str_from(inner, (size_t)close + 2);
		inner = str_first(inner, (size_t)close);
		if (!read_reference(&r, inner)) {
			note(flaw, "a bad variable name",
				(size_t)(inner.p - text.p));
			buf_printf(out, "{{%.*s}}", STR_FMT(inner));
		} else if (insert(out, &r, variables, e) < 0) {
			return -e->code;
		}
	}
	buf_add_str(out, rest);
	return buf_check(out, "argument", e);
}
