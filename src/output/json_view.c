#include "output/json_view.h"

#define BOM "\xef\xbb\xbf"
#define RS '\x1e'
#define DATA "data:"
#define MARGIN DATA " "
#define BOM_OVER 4u

/* In a line of an event */
enum line {
	LINE_BEGINS, /* with what may be "data:" */
	LINE_BLANK, /* the one blank that may stand behind it */
	LINE_DATA,
	LINE_OTHER
};

/* --- kinds */

static bool has(struct str s, const char *word)
{
	size_t n = strlen(word);

	for (; s.n >= n; s = str_from(s, 1))
		if (str_eq_nocase(str_first(s, n), str_of(word)))
			return true;
	return false;
}

static enum json_kind kind_of_subtype(struct str subtype)
{
	if (has(subtype, "json-seq") || has(subtype, "jsonseq"))
		return JSON_SEQUENCE;
	if (has(subtype, "ndjson") || has(subtype, "jsonl") ||
		has(subtype, "json-lines") || has(subtype, "json-stream") ||
		has(subtype, "stream+json"))
		return JSON_LINES;
	return JSON_TEXT;
}

enum json_kind json_kind_of(struct str content_type, bool any)
{
	struct str type, rest, subtype;
	bool plain;

	str_cut(content_type, ';', &type, &rest);
	str_cut(str_trim(type), '/', &type, &subtype);
	plain = str_eq_nocase(type, STR("application")) ||
		str_eq_nocase(type, STR("text"));
	if (has(subtype, "jsonp")) /* a script */
		return any ? JSON_ANY : JSON_NONE;
	if (has(subtype, plain ? "json" : "+json"))
		return kind_of_subtype(subtype);
	if (str_eq_nocase(type, STR("text")) &&
		str_eq_nocase(subtype, STR("event-stream")))
		return JSON_EVENTS;
	return any ? JSON_ANY : JSON_NONE;
}

void json_view_begin(struct json_view *v, enum json_kind kind)
{
	struct json_style style = {
		.colour = v->style.colour,
		.indent = v->style.indent,
		.decode = v->style.decode,
		.filter = v->style.filter,
		.separator = '\n',
		.margin = kind == JSON_EVENTS ? MARGIN : "",
	};

	if (kind == JSON_TEXT || kind == JSON_EVENTS)
		style.separator = '\0';
	else if (kind == JSON_SEQUENCE)
		style.separator = RS;
	style.spans = kind == JSON_ANY;
	style.resumes = kind == JSON_LINES || kind == JSON_SEQUENCE;
	*v = (struct json_view){ .style = style, .kind = kind };
}

/* --- event streams */

/* The data of an event goes on in a line of its own where it is no JSON, or
 * where something else stands between; else the line is part of a text that has
 * lines of its own. */
static void begin_data(struct json_view *v, bool blank, struct buf *out)
{
	struct json_style *j = &v->style;

	if (!v->begun || v->beside || j->broken || !j->indent)
		json_style_begin_line(j, blank ? STR(MARGIN) : STR(DATA), out);
	v->begun = true;
	v->beside = false;
	v->line = LINE_DATA;
}

/* A line that is no data; an empty one ends the event. */
static void begin_other(struct json_view *v, char c, struct buf *out)
{
	struct json_style *j = &v->style;

	if (v->matched == 0 && (c == '\n' || c == '\r')) {
		if (v->begun)
			json_style_end(j, out);
		v->begun = v->beside = false;
	} else {
		json_style_end_line(j, out);
		v->beside = v->begun;
	}
	json_style_pass(j, str_first(STR(DATA), v->matched), out);
	v->line = LINE_OTHER;
}

static void begin_line(struct json_view *v)
{
	v->line = LINE_BEGINS;
	v->matched = 0;
}

/* What a line begins with: the bytes that were taken. */
static size_t take_begin(struct json_view *v, char c, struct buf *out)
{
	if (v->line == LINE_BLANK) {
		begin_data(v, c == ' ', out);
		return c == ' ';
	}
	if (c != DATA[v->matched]) {
		begin_other(v, c, out);
		return 0;
	}
	if (++v->matched == sizeof(DATA) - 1)
		v->line = LINE_BLANK;
	return 1;
}

static size_t add_events(struct json_view *v, struct str in, struct buf *out)
{
	size_t at = 0;

	while (at < in.n && out->n < JSON_STYLE_ENOUGH && !out->failed) {
		struct str rest = str_from(in, at);
		ssize_t end = str_find(rest, '\n');
		size_t n = end < 0 ? rest.n : (size_t)end + 1;

		if (v->line == LINE_BEGINS || v->line == LINE_BLANK) {
			at += take_begin(v, *rest.p, out);
			continue;
		}
		if (v->line == LINE_DATA)
			n = json_style_add(&v->style, str_first(rest, n), out);
		else
			json_style_pass(&v->style, str_first(rest, n), out);
		at += n;
		if (rest.p[n - 1] == '\n')
			begin_line(v);
	}
	return at;
}

/* --- bodies */

static size_t add(struct json_view *v, struct str in, struct buf *out)
{
	return v->kind == JSON_EVENTS ? add_events(v, in, out)
				      : json_style_add(&v->style, in, out);
}

/* A byte order mark says nothing (RFC 8259 section 8.1). True when the byte may
 * be one of it; what was taken for one, and is none, comes in front of it. */
static bool take_bom(struct json_view *v, char c, struct buf *out)
{
	unsigned seen = v->bom;

	if (seen == BOM_OVER)
		return false;
	if (c == BOM[seen]) {
		v->bom = seen + 1 == sizeof(BOM) - 1 ? BOM_OVER : seen + 1;
		if (v->bom == BOM_OVER && !v->style.indent)
			json_style_pass(&v->style, STR(BOM), out);
		v->style.at += v->bom == BOM_OVER ? sizeof(BOM) - 1 : 0;
		return true;
	}
	v->bom = BOM_OVER;
	(void)add(v, str_first(STR(BOM), seen), out);
	return false;
}

size_t json_view_add(struct json_view *v, struct str in, struct buf *out)
{
	size_t at = 0;

	while (at < in.n && take_bom(v, in.p[at], out))
		at++;
	return at + add(v, str_from(in, at), out);
}

void json_view_end(struct json_view *v, struct buf *out)
{
	struct json_style *j = &v->style;

	if (v->bom != BOM_OVER)
		(void)add(v, str_first(STR(BOM), v->bom), out);
	if (v->kind == JSON_EVENTS && v->line < LINE_DATA) {
		if (v->matched)
			json_style_end_line(j, out);
		json_style_pass(j, str_first(STR(DATA), v->matched), out);
	}
	json_style_end(j, out);
}

bool json_view_wrong(const struct json_view *v, uint64_t *at)
{
	return v->kind != JSON_ANY && v->kind != JSON_EVENTS &&
		json_style_wrong(&v->style, at);
}
