/* JSON for a reader: each text whole, split at every offset, byte by byte. */
#include "output/json_style.h"

#include "support/table.h"

struct style_row {
	const char *name, *in;
	const char *indented; /* without colour */
	const char *coloured; /* without indentation; NULL: as `in` */
};

static const struct style_row rows[] = {
	{ "empty", "", "", NULL },
	{ "blanks", " \n", "", NULL },
	{ "an object", "{\"a\":1,\"b\":[true,null]}",
		"{\n  \"a\": 1,\n  \"b\": [\n    true,\n    null\n  ]\n}\n",
		"{\x1b[34;1m\"a\"\x1b[0m:\x1b[36m1\x1b[0m,\x1b[34;1m\"b\"\x1b["
		"0m:[\x1b[33mtrue\x1b[0m,\x1b[33mnull\x1b[0m]}" },
	{ "empty containers", "[{},[] , { }]", "[\n  {},\n  [],\n  {}\n]\n",
		NULL },
	{ "white space", " {\n \"a\" :\t[ 1 , 2 ]\r\n}\n",
		"{\n  \"a\": [\n    1,\n    2\n  ]\n}\n",
		" {\n \x1b[34;1m\"a\"\x1b[0m :\t[ \x1b[36m1\x1b[0m , "
		"\x1b[36m2\x1b[0m ]\r\n}\n" },
	{ "escapes", "[\"a\\\"b\\\\\", \"{,:}\"]",
		"[\n  \"a\\\"b\\\\\",\n  \"{,:}\"\n]\n",
		"[\x1b[32m\"a\\\"b\\\\\"\x1b[0m, \x1b[32m\"{,:}\"\x1b[0m]" },
	{ "strings are no keys in arrays", "{\"k\":[\"v\"],\"k\":\"v\"}",
		"{\n  \"k\": [\n    \"v\"\n  ],\n  \"k\": \"v\"\n}\n",
		"{\x1b[34;1m\"k\"\x1b[0m:[\x1b[32m\"v\"\x1b[0m],\x1b[34;1m\"k\""
		"\x1b[0m:\x1b[32m\"v\"\x1b[0m}" },
	{ "a string alone", "\"a\"", "\"a\"\n", "\x1b[32m\"a\"\x1b[0m" },
	{ "two texts", "{}\n{}", "{}{}\n", NULL },
	{ "cut in a string", "[\"a", "[\n  \"a\n", "[\x1b[32m\"a\x1b[0m" },
	{ "closed too often", "[]]]", "[]\n]\n]\n", NULL },
	{ "no JSON", " <p>{\"a\":1}</p>", "<p>{\"a\":1}</p>", NULL },
	{ "text", "hello [1]", "hello [1]", NULL },
};

static void check(const struct style_row *r, bool indent, const char *expected)
{
	size_t n = strlen(r->in);

	for (size_t split = 0; split <= n + 1; split++) {
		struct json_style j = { .colour = !indent, .indent = indent };
		char *copy = exact_copy(r->in, n);
		struct str in = { copy, n };
		struct buf out;

		buf_init(&out, 1u << 16);
		if (split <= n) {
			json_style_add(&j, str_first(in, split), &out);
			json_style_add(&j, str_from(in, split), &out);
		} else {
			for (size_t i = 0; i < n; i++)
				json_style_add(&j,
					str_first(str_from(in, i), 1), &out);
		}
		json_style_end(&j, &out);
		assert_string_equal(out.n ? buf_text(&out) : "", expected);
		buf_fini(&out);
		free(copy);
	}
}

static void test_style(const void *row)
{
	const struct style_row *r = row;

	check(r, true, r->indented);
	check(r, false, r->coloured ? r->coloured : r->in);
}

/* Deeper than what is told apart. */
static void test_deep(const void *row)
{
	struct json_style j = { .colour = true };
	struct buf in, out;

	(void)row;
	buf_init(&in, 1u << 16);
	buf_init(&out, 1u << 20);
	for (unsigned i = 0; i < 2 * JSON_STYLE_DEPTH; i++)
		buf_add_text(&in, "{\"a\":");
	json_style_add(&j, buf_str(&in), &out);
	json_style_end(&j, &out);
	assert_int_equal(out.failed, 0);
	assert_int_equal(j.depth, 2 * JSON_STYLE_DEPTH);
	buf_fini(&in);
	buf_fini(&out);
}

struct type_row {
	const char *name;
	bool wanted;
};

static const struct type_row types[] = {
	{ "application/json", true },
	{ "Application/JSON; charset=utf-8", true },
	{ "application/problem+json", true },
	{ "application/x+JSON ;a=b", true },
	{ "+json", false },
	{ "text/html", false },
	{ "application/jsonp", false },
	{ "", false },
};

static void test_wanted(const void *row)
{
	const struct type_row *r = row;

	assert_int_equal(json_style_wanted(str_of(r->name)), r->wanted);
}

int main(void)
{
	const struct table tables[] = {
		TABLE("json_style", rows, test_style),
		SINGLE("json_style: deep", test_deep),
		TABLE("json_style_wanted", types, test_wanted),
	};

	return table_run(
		"json_style", tables, sizeof(tables) / sizeof(tables[0]));
}
