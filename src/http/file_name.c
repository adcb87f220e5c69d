#include "http/file_name.h"

#include "base/ascii.h"
#include "base/utf8.h"
#include "http/disposition.h"
#include "http/value.h"

static void add_harmless(struct buf *out, struct str name)
{
	size_t n;

	for (; name.n; name = str_from(name, n)) {
		bool good = utf8_read(name, &n) == UTF8_CHARACTER;
		struct str character = str_first(name, n);

		if (good && utf8_is_deceptive(utf8_number(character)))
			buf_add_char(out, '_');
		else
			buf_add_str(out, character);
	}
}

static bool add_component(struct buf *out, struct str name)
{
	if (name.n == 0 || str_eq(name, STR(".")) || str_eq(name, STR("..")))
		return false;
	if (*name.p == '.') {
		buf_add_char(out, '_');
		name = str_from(name, 1);
	}
	add_harmless(out, name);
	return true;
}

bool file_name_safe(struct buf *out, struct str name)
{
	for (size_t i = name.n; i > 0; i--)
		if (name.p[i - 1] == '/' || name.p[i - 1] == '\\')
			return add_component(out, str_from(name, i));
	return add_component(out, name);
}

static struct str last_segment(struct str path)
{
	ssize_t slash;

	while (path.n && path.p[path.n - 1] == '/')
		path.n--;
	while ((slash = str_find(path, '/')) >= 0)
		path = str_from(path, (size_t)slash + 1);
	return path;
}

bool file_name_from_path(struct buf *out, struct str path)
{
	return add_component(out, last_segment(path));
}

bool file_name_from_reference(struct buf *out, struct str reference)
{
	struct str rest;
	ssize_t colon, slash;

	str_cut(reference, '#', &reference, &rest);
	str_cut(reference, '?', &reference, &rest);
	colon = str_find(reference, ':');
	slash = str_find(reference, '/');
	if (colon >= 0 && (slash < 0 || colon < slash))
		reference = str_from(reference, (size_t)colon + 1);
	if (str_starts(reference, STR("//"))) {
		slash = str_find(str_from(reference, 2), '/');
		if (slash < 0)
			return false;
		reference = str_from(reference, 2 + (size_t)slash);
	}
	return file_name_safe(out, last_segment(reference));
}

bool file_name_from_head(struct buf *out, const struct head *head)
{
	const struct field *field;
	struct buf value, name;
	size_t at = 0;
	bool found = false;

	buf_init(&value, LIMIT_HEAD);
	buf_init(&name, LIMIT_HEAD);
	while (!found && !out->failed &&
		(field = head_find(
			 head, STR("Content-Disposition"), at, &at))) {
		buf_clear(&value);
		buf_clear(&name);
		value_unfold(&value, field->value);
		found = disposition_name(&name, buf_str(&value)) &&
			file_name_safe(out, buf_str(&name));
		buf_inherit(out, &value);
		buf_inherit(out, &name);
		at++;
	}
	buf_fini(&value);
	buf_fini(&name);
	return found && !out->failed;
}
