#include "support/form.h"

#include "base/ascii.h"
#include "support/table.h"

#define DASHES STR("------------------------")
#define BOUNDARIES_MAX 300

/* A boundary at the front of `text`; {NULL, 0}: none. */
static struct str boundary_of(struct str text)
{
	size_t n = FORM_BOUNDARY_SIZE - 1;

	if (!str_starts(text, DASHES) || text.n < n)
		return (struct str){ NULL, 0 };
	for (size_t i = DASHES.n; i < n; i++)
		if (!ascii_is_alnum(text.p[i]))
			return (struct str){ NULL, 0 };
	return str_first(text, n);
}

static void append_named(struct buf *out, struct str type, struct str text)
{
	struct str known[BOUNDARIES_MAX] = { boundary_of(
		str_from(type, (size_t)str_search(type, DASHES))) };
	size_t n_known = 1, i;

	assert_non_null(known[0].p);
	while (text.n) {
		struct str boundary = boundary_of(text);

		if (!boundary.p) {
			buf_add_char(out, text.p[0]);
			text = str_from(text, 1);
			continue;
		}
		for (i = 0; i < n_known && !str_eq(known[i], boundary); i++)
			;
		if (i == n_known) {
			assert_true(n_known < BOUNDARIES_MAX);
			known[n_known++] = boundary;
		}
		buf_printf(out, "<%zu>", i + 1);
		text = str_from(text, boundary.n);
	}
}

int form_append_rest(struct buf *out, struct form_body *body, struct error *e)
{
	const struct upload *u = &body->upload;
	struct str bytes;
	int result;

	while ((result = u->ops->next(u->source, &bytes, e)) == 1) {
		assert_true(bytes.n > 0);
		buf_add_str(out, bytes);
	}
	return result;
}

void form_append_shown(struct buf *out, struct form_body *body)
{
	struct buf first, second;
	struct error e = { 0 };

	buf_init(&first, 64u << 20);
	buf_init(&second, 64u << 20);
	assert_int_equal(form_append_rest(&first, body, &e), 0);
	if (body->upload.length != UPLOAD_UNKNOWN) {
		assert_true(body->upload.length == first.n);
		assert_int_equal(
			body->upload.ops->rewind(body->upload.source, &e), 0);
		assert_int_equal(form_append_rest(&second, body, &e), 0);
		assert_true(str_eq(buf_str(&first), buf_str(&second)));
	}
	append_named(out, str_of(body->content_type), buf_str(&first));
	buf_fini(&first);
	buf_fini(&second);
}
