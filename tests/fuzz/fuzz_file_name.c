/* Names that a hostile server suggests, in Content-Disposition and in Location:
 * what comes out is one path component that is not hidden and has no control
 * character in it. */
#include <stdlib.h>

#include "base/ascii.h"
#include "http/disposition.h"
#include "http/file_name.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
	if (!holds)
		abort();
}

static void check_harmless(const struct buf *out, bool found, char separator)
{
	struct str name = buf_str(out);

	check(out->failed == 0 && found == (name.n > 0));
	if (!found)
		return;
	check(*name.p != '.');
	check(str_find(name, '/') < 0 && str_find(name, separator) < 0);
	for (size_t i = 0; i < name.n; i++)
		check(!ascii_is_control(name.p[i]));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str in = { (const char *)data, size };
	struct field fields[] = { { .name = STR("Content-Disposition"),
					  .value = in },
		{ .name = STR("Content-Disposition"), .value = in } };
	struct head head = { .fields = fields, .n = 2 };
	struct buf out;
	bool found;

	if (size > LIMIT_HEAD_LINE)
		return 0;
	buf_init(&out, LIMIT_HEAD * 2);
	found = disposition_name(&out, in);
	check(out.failed == 0 && found == (out.n > 0));
	buf_clear(&out);
	found = file_name_from_head(&out, &head);
	check_harmless(&out, found, '\\');
	buf_clear(&out);
	found = file_name_from_reference(&out, in);
	check_harmless(&out, found, '\\');
	buf_clear(&out);
	found = file_name_from_path(&out, in);
	check_harmless(&out, found, '/');
	buf_fini(&out);
	return 0;
}
