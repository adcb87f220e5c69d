#include "output/writeout_value.h"

#include "base/ascii.h"
#include "base/json.h"
#include "http/value.h"

/* Append a separator with its escapes taken: "\}", "\n", "\r" and "\t". */
static void add_unescaped(struct buf *out, struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		char c = s.p[i];

		if (c == '\\' && i + 1 < s.n) {
			switch (s.p[++i]) {
			case '}':
				c = '}';
				break;
			case 'n':
				c = '\n';
				break;
			case 'r':
				c = '\r';
				break;
			case 't':
				c = '\t';
				break;
			default:
				i--;
			}
		}
		buf_add_char(out, c);
	}
}

/* The values of all fields of that name, with separators between; `first`: of
 * none before. */
static void add_all(const struct head *head, struct str name,
	struct str separator, bool *first, struct buf *out)
{
	const struct field *field;

	for (size_t at = 0; (field = head_find(head, name, at, &at)); at++) {
		if (!*first)
			add_unescaped(out, separator);
		*first = false;
		value_unfold(out, field->value);
	}
}

static void add_earlier(struct str heads, struct str name, struct str separator,
	bool *first, struct buf *out)
{
	struct head head;

	head_init(&head);
	while (heads.n) {
		ssize_t n = head_parse(heads, &head, NULL, NULL);

		if (n <= 0)
			break;
		add_all(&head, name, separator, first, out);
		heads = str_from(heads, (size_t)n);
	}
	head_fini(&head);
}

bool writeout_header(struct str earlier, const struct head *head,
	struct str argument, struct buf *out)
{
	struct str name, rest, word, separator;
	bool all = str_cut(argument, ':', &name, &rest) &&
		str_cut(rest, ':', &word, &separator) &&
		str_eq(word, STR("all"));
	const struct field *field;
	bool first = true;

	if (all) {
		add_earlier(earlier, name, separator, &first, out);
		if (head)
			add_all(head, name, separator, &first, out);
		return true;
	}
	field = head ? head_find(head, argument, 0, NULL) : NULL;
	if (field)
		value_unfold(out, field->value);
	return false;
}

static void add_string(struct buf *out, struct str s, struct buf *scratch)
{
	buf_add_char(out, '"');
	json_escape(out, s);
	buf_add_char(out, '"');
	buf_clear(scratch);
}

static void add_values(const struct head *head, struct str name, size_t at,
	struct buf *out, struct buf *scratch)
{
	const struct field *field = &head->fields[at];

	do {
		value_unfold(scratch, field->value);
		add_string(out, buf_str(scratch), scratch);
		field = head_find(head, name, at + 1, &at);
		if (field)
			buf_add_char(out, ',');
	} while (field);
}

void writeout_header_json(const struct head *head, struct buf *out)
{
	struct buf scratch;
	bool first = true;

	buf_init(&scratch, LIMIT_HEAD);
	buf_add_char(out, '{');
	for (size_t i = 0; head && i < head->n; i++) {
		struct str name = head->fields[i].name;
		size_t at;

		/* a later one of its name is in the array of the first */
		if (!head_find(head, name, 0, &at) || at != i)
			continue;
		if (!first)
			buf_add_text(out, ",\n");
		first = false;
		for (size_t j = 0; j < name.n; j++)
			buf_add_char(&scratch, ascii_lower(name.p[j]));
		add_string(out, buf_str(&scratch), &scratch);
		buf_add_text(out, ":[");
		add_values(head, name, i, out, &scratch);
		buf_add_char(out, ']');
	}
	buf_add_text(out, "\n}");
	buf_fini(&scratch);
}
