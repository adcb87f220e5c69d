#include "policy/condition.h"

#include "base/date.h"
#include "base/date_loose.h"
#include "http/value.h"

void condition_write(struct buf *out, const struct condition *condition)
{
	static const char *const names[] = { [CONDITION_NEWER] =
						     "If-Modified-Since",
		[CONDITION_OLDER] = "If-Unmodified-Since",
		[CONDITION_LAST_MODIFIED] = "Last-Modified" };
	char date[DATE_HTTP_SIZE];

	if (condition->kind == CONDITION_NONE)
		return;
	date_format_http(condition->when, date);
	buf_printf(out, "%s: %s", names[condition->kind], date);
}

bool condition_unmet(const struct condition *condition, const struct head *head)
{
	int64_t modified;

	if (condition->kind == CONDITION_NONE || head->status / 100 != 2 ||
		!date_parse_loose(
			head_value(head, STR("Last-Modified")), &modified))
		return false;
	if (condition->kind == CONDITION_OLDER)
		return modified >= condition->when;
	return modified <= condition->when;
}

struct str etag_from_file(struct str content)
{
	struct str line, rest;

	str_cut(content, '\n', &line, &rest);
	return value_trim(line);
}

bool etag_is_strong(struct str etag)
{
	if (etag.n < 2 || *etag.p != '"' || etag.p[etag.n - 1] != '"')
		return false;
	for (size_t i = 1; i < etag.n - 1; i++) {
		unsigned char c = (unsigned char)etag.p[i];

		if (c == '"' || c <= ' ' || c == 0x7f)
			return false;
	}
	return true;
}
