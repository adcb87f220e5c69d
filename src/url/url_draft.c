#include "url/url_draft.h"

#include "base/ascii.h"

#define SHOWN_MAX 128 /* bytes of a part in a message */

int draft_reject(struct url_draft *d, const char *rule, struct str shown)
{
	size_t offset = (size_t)(shown.p - d->text.p);

	if (shown.n == 0)
		return error_set(d->e, ERR_URL_MALFORMED,
			"URL rejected: %s at byte offset %zu", rule, offset);
	return error_set(d->e, ERR_URL_MALFORMED,
		"URL rejected: %s: \"%.*s\" at byte offset %zu", rule,
		STR_FMT(str_first(shown, SHOWN_MAX)), offset);
}

int draft_reject_byte(
	struct url_draft *d, const char *rule, const char *at, char c)
{
	size_t offset = (size_t)(at - d->text.p);

	if (c > ' ' && c < 0x7f)
		return error_set(d->e, ERR_URL_MALFORMED,
			"URL rejected: %s: '%c' at byte offset %zu", rule, c,
			offset);
	return error_set(d->e, ERR_URL_MALFORMED,
		"URL rejected: %s: byte 0x%02x at byte offset %zu", rule,
		(unsigned)(unsigned char)c, offset);
}

static int check_bytes(struct url_draft *d)
{
	static const char rule[] = "Malformed input to a URL function";

	for (size_t i = 0; i < d->text.n; i++) {
		char c = d->text.p[i];

		if (ascii_is_control(c))
			return draft_reject_byte(d, rule, d->text.p + i, c);
		if (c == ' ' && !d->is_reference) {
			draft_reject_byte(d, rule, d->text.p + i, c);
			error_add(d->e, "; a space is written %%20");
			return -ERR_URL_MALFORMED;
		}
	}
	return 0;
}

int draft_start(struct url_draft *d, struct str text, bool is_reference,
	const struct url_options *options, struct error *e)
{
	static const struct url_options no_options;

	*d = (struct url_draft){
		.text = text.n ? text : STR(""),
		.options = options ? options : &no_options,
		.e = e,
		.is_reference = is_reference,
	};
	for (int i = 0; i < DRAFT_PARTS; i++)
		buf_init(&d->part[i], LIMIT_URL);
	if (text.n > LIMIT_URL)
		return error_set(e, ERR_URL_MALFORMED,
			"URL rejected: A value or data field is larger than "
			"allowed: %zu bytes, with a maximum of %u",
			text.n, LIMIT_URL);
	return check_bytes(d);
}

static int check_parts(const struct url_draft *d)
{
	for (int i = 0; i < DRAFT_PARTS; i++) {
		if (d->part[i].failed == ERR_OUT_OF_MEMORY)
			return error_memory(d->e);
		if (d->part[i].failed)
			return error_set(d->e, ERR_URL_MALFORMED,
				"URL rejected: A value or data field is larger "
				"than allowed: one part is of more than %u "
				"bytes",
				LIMIT_URL);
	}
	return 0;
}

int draft_finish(struct url_draft *d, struct url *u, int result)
{
	if (result == 0)
		result = check_parts(d);
	if (result == 0)
		result = url_copy(u, &d->url, d->e);
	for (int i = 0; i < DRAFT_PARTS; i++)
		buf_fini(&d->part[i]);
	return result;
}
