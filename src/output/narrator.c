#include "output/narrator.h"

#include "http/redact.h"
#include "output/standard.h"
#include "output/terminal.h"

#define ESCAPED_LIMIT TERMINAL_ESCAPED(NARRATOR_LIMIT)

void narrator_write(const struct narrator *n, const struct buf *lines)
{
	struct terminal_filter filter = { .n = 0 };
	struct buf escaped;

	if (n->progress)
		progress_break(n->progress);
	if (!n->safe) {
		(void)standard_message(n->fd, buf_str(lines));
		return;
	}
	buf_init(&escaped, ESCAPED_LIMIT);
	terminal_escape(&filter, buf_str(lines), true, &escaped);
	(void)standard_message(n->fd, buf_str(&escaped));
	buf_fini(&escaped);
}

void narrator_add_head(
	const struct narrator *n, struct buf *out, struct str head)
{
	if (n->secrets)
		buf_add_str(out, head);
	else
		redact_head(out, head);
}

static bool is_secret(struct str line)
{
	struct str name, value;

	return str_cut(line, ':', &name, &value) &&
		redact_field_secret(str_trim(name));
}

void narrator_add_part(const struct narrator *n, struct buf *out,
	struct str lines, bool *secret)
{
	while (lines.n) {
		ssize_t end = str_find(lines, '\n');
		struct str line = str_first(
			lines, end < 0 ? lines.n : (size_t)end + 1);
		bool continues = *line.p == ' ' || *line.p == '\t';

		if (continues && *secret && !n->secrets) {
			buf_add_text(out, " " REDACTED);
			buf_add_str(out,
				end < 0 ? STR("") : str_from(line, line.n - 1));
		} else {
			narrator_add_head(n, out, line);
		}
		if (!continues)
			*secret = is_secret(line);
		lines = str_from(lines, line.n);
	}
}

void narrator_add_lines(struct buf *out, struct str mark, struct str text)
{
	while (text.n) {
		ssize_t end = str_find(text, '\n');
		struct str line = end < 0 ? text
					  : str_first(text, (size_t)end + 1);

		buf_add_str(out, mark);
		buf_add_str(out, line);
		if (end < 0)
			buf_add_char(out, '\n');
		text = str_from(text, line.n);
	}
}
