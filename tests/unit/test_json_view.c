/* JSON for a reader: each text whole, split at every offset, byte by byte. */
#include "output/json_view.h"

#include "support/table.h"

#define KEY(s) "\x1b[34;1m" s "\x1b[0m"
#define STRING(s) "\x1b[32m" s "\x1b[0m"
#define NUMBER(s) "\x1b[36m" s "\x1b[0m"
#define WORD(s) "\x1b[33m" s "\x1b[0m"
#define RIGHT -1

struct style_row {
	const char *name;
	enum json_kind kind;
	const char *in;
	const char *indented; /* without colour */
	const char *coloured; /* without indentation; NULL: as `in` */
	int wrong; /* the byte where it is no JSON; RIGHT: all is */
};

static const struct style_row rows[] = {
	{ "empty", JSON_TEXT, "", "", NULL, RIGHT },
	{ "blanks", JSON_TEXT, " \n", "", NULL, RIGHT },
	{ "an object", JSON_TEXT, "{\"a\":1,\"b\":[true,null]}",
		"{\n  \"a\": 1,\n  \"b\": [\n    true,\n    null\n  ]\n}\n",
		"{" KEY("\"a\"") ":" NUMBER("1") "," KEY("\"b\"") ":[" WORD(
			"true") "," WORD("null") "]}",
		RIGHT },
	{ "empty containers", JSON_TEXT, "[{},[] , { }]",
		"[\n  {},\n  [],\n  {}\n]\n", NULL, RIGHT },
	{ "white space", JSON_TEXT, " {\n \"a\" :\t[ 1 , 2 ]\r\n}\n",
		"{\n  \"a\": [\n    1,\n    2\n  ]\n}\n",
		" {\n " KEY("\"a\"") " :\t[ " NUMBER("1") " , " NUMBER(
			"2") " ]\r\n}\n",
		RIGHT },
	{ "escapes", JSON_TEXT, "[\"a\\\"b\\\\\\/\\b\\f\\n\\r\\t\", \"{,:}\"]",
		"[\n  \"a\\\"b\\\\\\/\\b\\f\\n\\r\\t\",\n  \"{,:}\"\n]\n",
		"[" STRING("\"a\\\"b\\\\\\/\\b\\f\\n\\r\\t\"") ", " STRING(
			"\"{,:}\"") "]",
		RIGHT },
	{ "strings are no keys in arrays", JSON_TEXT,
		"{\"k\":[\"v\"],\"k\":\"v\"}",
		"{\n  \"k\": [\n    \"v\"\n  ],\n  \"k\": \"v\"\n}\n",
		"{" KEY("\"k\"") ":[" STRING("\"v\"") "]," KEY(
			"\"k\"") ":" STRING("\"v\"") "}",
		RIGHT },
	{ "a string alone", JSON_TEXT, "\"a\"", "\"a\"\n", STRING("\"a\""),
		RIGHT },
	{ "a number alone", JSON_TEXT, "-0.5e+10", "-0.5e+10\n",
		NUMBER("-0.5e+10"), RIGHT },
	{ "a literal alone", JSON_TEXT, "false\n", "false\n",
		WORD("false") "\n", RIGHT },
	{ "numbers", JSON_TEXT, "[0,-1,10.25,1E5,2e-07]",
		"[\n  0,\n  -1,\n  10.25,\n  1E5,\n  2e-07\n]\n",
		"[" NUMBER("0") "," NUMBER("-1") "," NUMBER("10.25") "," NUMBER(
			"1E5") "," NUMBER("2e-07") "]",
		RIGHT },
	{ "codes", JSON_TEXT, "\"\\u00e9\\uD83D\\ude00\"",
		"\"\\u00e9\\uD83D\\ude00\"\n",
		STRING("\"\\u00e9\\uD83D\\ude00\""), RIGHT },
	{ "a byte order mark", JSON_TEXT, "\xef\xbb\xbf[]", "[]\n", NULL,
		RIGHT },
	/* what is no JSON is as it came */
	{ "two texts", JSON_TEXT, "{}\n{ }", "{}\n{ }", NULL, 3 },
	{ "two numbers", JSON_TEXT, "1  2", "1  2", NUMBER("1") "  2", 3 },
	{ "items without a comma", JSON_TEXT, "[1 2]", "[\n  1 2]",
		"[" NUMBER("1") " 2]", 3 },
	{ "text behind", JSON_TEXT, "{\"a\": 1} <p>{ }",
		"{\n  \"a\": 1\n} <p>{ }",
		"{" KEY("\"a\"") ": " NUMBER("1") "} <p>{ }", 9 },
	{ "a comment", JSON_TEXT, "[1, /* a  b */ 2]",
		"[\n  1,\n   /* a  b */ 2]", "[" NUMBER("1") ", /* a  b */ 2]",
		4 },
	{ "a comma at the end", JSON_TEXT, "[1,]", "[\n  1,\n  ]",
		"[" NUMBER("1") ",]", 3 },
	{ "a comma at the front", JSON_TEXT, "[,1]", "[,1]", NULL, 1 },
	{ "no name", JSON_TEXT, "{1:2}", "{1:2}", NULL, 1 },
	{ "no colon", JSON_TEXT, "{\"a\" 1}", "{\n  \"a\" 1}",
		"{" KEY("\"a\"") " 1}", 5 },
	{ "another bracket", JSON_TEXT, "[1}", "[\n  1}", "[" NUMBER("1") "}",
		2 },
	{ "cut in a string", JSON_TEXT, "[\"a", "[\n  \"a\n", "[" STRING("\"a"),
		3 },
	{ "cut in an escape", JSON_TEXT, "\"\\u00", "\"\\u00\n",
		STRING("\"\\u00"), 5 },
	{ "cut in a literal", JSON_TEXT, "tru", "tru\n", WORD("tru"), 3 },
	{ "cut in a number", JSON_TEXT, "1.", "1.\n", NUMBER("1."), 2 },
	{ "cut between", JSON_TEXT, "[1, ", "[\n  1,\n   \n",
		"[" NUMBER("1") ", ", 4 },
	{ "closed too often", JSON_TEXT, "[]]]", "[]]]", NULL, 2 },
	{ "no number", JSON_TEXT, "[01]", "[\n  01]", "[" NUMBER("0") "1]", 2 },
	{ "another number", JSON_TEXT, "[-a]", "[\n  -a]", "[" NUMBER("-") "a]",
		2 },
	{ "a literal that goes on", JSON_TEXT, "[nulls]", "[\n  nulls]",
		"[" WORD("null") "s]", 5 },
	{ "another literal", JSON_TEXT, "[NaN]", "[NaN]", NULL, 1 },
	{ "single quotes", JSON_TEXT, "{'a':1}", "{'a':1}", NULL, 1 },
	{ "an unknown escape", JSON_TEXT, "\"a\\x\"", "\"a\\x\"",
		STRING("\"a\\") "x\"", 3 },
	{ "a code that is none", JSON_TEXT, "\"\\u00g0\"", "\"\\u00g0\"",
		STRING("\"\\u00") "g0\"", 5 },
	{ "a line end in a string", JSON_TEXT, "\"a\nb\"", "\"a\nb\"",
		STRING("\"a") "\nb\"", 2 },
	{ "no JSON", JSON_TEXT, " <p>{\"a\":1}</p>", " <p>{\"a\":1}</p>", NULL,
		1 },
	{ "half a byte order mark", JSON_TEXT, "\xef\xbb{}", "\xef\xbb{}", NULL,
		0 },
	/* several texts */
	{ "lines", JSON_LINES, "{\"a\":1}\n[]\r\n\n2\n",
		"{\n  \"a\": 1\n}\n[]\n2\n",
		"{" KEY("\"a\"") ":" NUMBER("1") "}\n[]\r\n\n" NUMBER("2") "\n",
		RIGHT },
	{ "a line that is none", JSON_LINES, "[1]\n<p> [1]\n[2]",
		"[\n  1\n]\n<p> [1]\n[\n  2\n]\n",
		"[" NUMBER("1") "]\n<p> [1]\n[" NUMBER("2") "]", 4 },
	{ "a line that is cut", JSON_LINES, "[1\n[2]\n", "[\n  1\n[\n  2\n]\n",
		"[" NUMBER("1") "\n[" NUMBER("2") "]\n", 2 },
	{ "two on a line", JSON_LINES, "{} {}\n{}", "{} {}\n{}\n", NULL, 3 },
	{ "a sequence", JSON_SEQUENCE, "\x1e{\"a\":\n1}\n\x1e[]\n",
		"{\n  \"a\": 1\n}\n[]\n",
		"\x1e{" KEY("\"a\"") ":\n" NUMBER("1") "}\n\x1e[]\n", RIGHT },
	{ "of any type", JSON_ANY, "{\"a\":\n1}\n[]\n",
		"{\n  \"a\": 1\n}\n[]\n",
		"{" KEY("\"a\"") ":\n" NUMBER("1") "}\n[]\n", RIGHT },
	{ "of any type, and none", JSON_ANY, "\n <html>\n [1,  2]\n",
		"\n <html>\n [1,  2]\n", NULL, RIGHT },
	/* events */
	{ "events", JSON_EVENTS,
		"event: a\ndata: {\"b\":1}\n\n: [1]\r\ndata:[]\nid:1\n\n",
		"event: a\ndata: {\ndata:   \"b\": 1\ndata: }\n\n: [1]\r\n"
		"data:[]\nid:1\n\n",
		"event: a\ndata: {" KEY("\"b\"") ":" NUMBER(
			"1") "}\n\n: [1]\r\ndata:[]\nid:1\n\n",
		RIGHT },
	{ "a text in several lines", JSON_EVENTS,
		"data: {\"b\":\ndata: 1\ndata:\ndata: }\n\ndata: 2\n\n",
		"data: {\ndata:   \"b\": 1\ndata: }\n\ndata: 2\n\n",
		"data: {" KEY("\"b\"") ":\ndata: " NUMBER(
			"1") "\ndata:\ndata: }\n\ndata: " NUMBER("2") "\n\n",
		RIGHT },
	{ "something between", JSON_EVENTS, "data: [\nid: 1\ndata: ]\n\n",
		"data: [\nid: 1\ndata: ]\n\n", NULL, RIGHT },
	{ "other data", JSON_EVENTS,
		"data: a  b\ndata: [1]\n\ndata: [DONE]\n\ndata:\n\ndata\n\ndat",
		"data: a  b\ndata: [1]\n\ndata: [DONE]\n\ndata:\n\ndata\n\ndat",
		NULL, RIGHT },
	{ "data that stops being JSON", JSON_EVENTS,
		"data: 1\ndata: 2\n\ndata: 3\n\n",
		"data: 1\ndata: 2\n\ndata: 3\n\n",
		"data: " NUMBER("1") "\ndata: 2\n\ndata: " NUMBER("3") "\n\n",
		RIGHT },
	{ "events with CR", JSON_EVENTS, "data: {}\r\n\r\ndata: 1\r\n\r\n",
		"data: {}\n\r\ndata: 1\n\r\n",
		"data: {}\r\n\r\ndata: " NUMBER("1") "\r\n\r\n", RIGHT },
	{ "an event that is cut", JSON_EVENTS, "data: {\"a",
		"data: {\ndata:   \"a\n", "data: {" KEY("\"a"), RIGHT },
};

static void add(struct json_view *v, struct str in, struct buf *out)
{
	while (in.n)
		in = str_from(in, json_view_add(v, in, out));
}

static void check(const struct style_row *r, bool indent, const char *expected)
{
	size_t n = strlen(r->in);

	for (size_t split = 0; split <= n + 1; split++) {
		struct json_view v = { .style.colour = !indent,
			.style.indent = indent };
		char *copy = exact_copy(r->in, n);
		struct str in = { copy, n };
		struct buf out;
		uint64_t at;

		buf_init(&out, 1u << 16);
		json_view_begin(&v, r->kind);
		for (size_t i = 0; split > n && i < n; i++)
			add(&v, str_first(str_from(in, i), 1), &out);
		if (split <= n) {
			add(&v, str_first(in, split), &out);
			add(&v, str_from(in, split), &out);
		}
		assert_int_equal(json_view_wrong(&v, &at), r->wrong >= 0);
		if (r->wrong >= 0)
			assert_int_equal(at, r->wrong);
		json_view_end(&v, &out);
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

/* --- characters */

struct decode_row {
	const char *name, *in, *out;
};

static const struct decode_row decode_rows[] = {
	{ "what can be seen", "\\u00e9\\u0041\\u20AC\\u003c",
		"\xc3\xa9"
		"A\xe2\x82\xac<" },
	{ "a pair", "\\ud83d\\ude00!", "\xf0\x9f\x98\x80!" },
	{ "halves", "\\ud83dx\\ud83d\\n\\ude00\\ud83d\\u0041\\ud83d",
		"\\ud83dx\\ud83d\\n\\ude00\\ud83d\\u0041\\ud83d" },
	{ "quote and backslash", "\\u0022\\u005c", "\\u0022\\u005c" },
	{ "controls", "\\u001b\\u007f\\u009b\\u000a",
		"\\u001b\\u007f\\u009b\\u000a" },
	{ "what deceives", "\\u202e\\udb40\\udc41\\u200b\\u00a0\\ufeff",
		"\\u202e\\udb40\\udc41\\u200b\\u00a0\\ufeff" },
	{ "other escapes", "\\n\\/\\\\u00e9", "\\n\\/\\\\u00e9" },
};

static void test_decode(const void *row)
{
	const struct decode_row *r = row;
	struct terminal_filter filter = { .n = 0 };

	for (int filtered = 0; filtered < 2; filtered++) {
		struct json_view v = { .style.indent = true,
			.style.decode = true,
			.style.filter = filtered ? &filter : NULL };
		struct buf out, expected;

		buf_init(&out, 1000);
		buf_init(&expected, 1000);
		buf_printf(&expected, "\"%s\"\n", r->out);
		json_view_begin(&v, JSON_TEXT);
		add(&v, STR("\""), &out);
		for (const char *p = r->in; *p; p++)
			add(&v, (struct str){ p, 1 }, &out);
		add(&v, STR("\""), &out);
		json_view_end(&v, &out);
		assert_string_equal(buf_text(&out), buf_text(&expected));
		buf_fini(&out);
		buf_fini(&expected);
	}
}

/* What is shown on a terminal is JSON as long as what comes is, and cannot
 * control it. */
static void test_filter(const void *row)
{
	struct terminal_filter filter = { .n = 0 };
	struct json_view v = { .style.colour = true, .style.filter = &filter };
	struct buf out;

	(void)row;
	buf_init(&out, 1000);
	json_view_begin(&v, JSON_TEXT);
	add(&v, STR("[\"\xc3\xa9\x7f\xe2\x80\xae\x9b\xe2\"]\x1b[1m"), &out);
	json_view_end(&v, &out);
	assert_string_equal(buf_text(&out),
		"[" STRING("\"\xc3\xa9\\x7f\\xe2\\x80\\xae\\x9b\\xe2\"") "]"
									 "\\x1b"
									 "[1m");
	buf_fini(&out);
}

/* --- depth */

struct depth_row {
	const char *name;
	unsigned depth;
	bool good;
};

static const struct depth_row depth_rows[] = {
	{ "5,000 levels", 5000, true },
	{ "as many as there may be", JSON_STYLE_DEPTH, true },
	{ "one more", JSON_STYLE_DEPTH + 1, false },
	{ "many more", 1000000, false },
};

/* Each piece of output is small, and so is all of it. */
static void test_depth(const void *row)
{
	const struct depth_row *r = row;
	struct json_view v = { .style.indent = true };
	struct buf in, out;
	uint64_t at, total = 0;

	buf_init(&in, 1u << 23);
	buf_init(&out, 2 * JSON_STYLE_ENOUGH);
	for (unsigned i = 0; i < r->depth; i++)
		buf_add_text(&in, i % 2 ? "[" : "{\"a\":");
	for (unsigned i = r->depth; i-- > 0;)
		buf_add_text(&in, i % 2 ? "]" : "}");
	json_view_begin(&v, JSON_TEXT);
	for (struct str s = buf_str(&in); s.n;) {
		buf_clear(&out);
		s = str_from(s, json_view_add(&v, str_first(s, 16384), &out));
		assert_int_equal(out.failed, 0);
		total += out.n;
	}
	assert_int_equal(json_view_wrong(&v, &at), !r->good);
	assert_true(total < 300 * (uint64_t)in.n);
	buf_fini(&in);
	buf_fini(&out);
}

/* --- types */

struct type_row {
	const char *name;
	enum json_kind kind;
};

static const struct type_row types[] = {
	{ "application/json", JSON_TEXT },
	{ "Application/JSON; charset=utf-8", JSON_TEXT },
	{ "application/problem+json", JSON_TEXT },
	{ "application/x+JSON ;a=b", JSON_TEXT },
	{ "application/vnd.api.json.v1", JSON_TEXT },
	{ "application/x-json", JSON_TEXT },
	{ "text/json", JSON_TEXT },
	{ "text/x-json", JSON_TEXT },
	{ "model/gltf+json", JSON_TEXT },
	{ "application/x-ndjson", JSON_LINES },
	{ "application/jsonl", JSON_LINES },
	{ "application/jsonlines", JSON_LINES },
	{ "application/stream+json", JSON_LINES },
	{ "application/json-seq", JSON_SEQUENCE },
	{ "application/geo+json-seq", JSON_SEQUENCE },
	{ "text/event-stream; charset=utf-8", JSON_EVENTS },
	{ "application/event-stream", JSON_NONE },
	{ "+json", JSON_NONE },
	{ "image/json", JSON_NONE },
	{ "text/html", JSON_NONE },
	{ "text/html; a=json", JSON_NONE },
	{ "application/jsonp", JSON_NONE },
	{ "", JSON_NONE },
};

static void test_kind(const void *row)
{
	const struct type_row *r = row;
	struct str type = str_of(r->name);

	assert_int_equal(json_kind_of(type, false), r->kind);
	assert_int_equal(json_kind_of(type, true),
		r->kind == JSON_NONE ? JSON_ANY : r->kind);
}

int main(void)
{
	const struct table tables[] = {
		TABLE("json_view", rows, test_style),
		TABLE("json_view: characters", decode_rows, test_decode),
		SINGLE("json_view: a terminal", test_filter),
		TABLE("json_view: depth", depth_rows, test_depth),
		TABLE("json_kind_of", types, test_kind),
	};

	return table_run(
		"json_view", tables, sizeof(tables) / sizeof(tables[0]));
}
