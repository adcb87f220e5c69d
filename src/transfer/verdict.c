#include "transfer/verdict.h"

#include <inttypes.h>

static int judge_resumed(struct verdict *v, const struct job *job,
	const struct head *head, const struct framing *framing, struct error *e)
{
	const struct request_spec *spec = &job->request;
	struct resume resume = { .offset = spec->resume_from,
		.validator = spec->if_range,
		.whole_will_do = spec->whole_will_do,
		.decodes = spec->compressed,
		.transcript = spec->transcript };
	uint64_t length = framing->kind == FRAMING_LENGTH ? framing->length
							  : RANGE_UNKNOWN;
	int verdict;

	/* --fail has an error of its own for it. */
	if (job->fail == FAIL_WITHOUT_BODY && head->status >= 400 &&
		head->status != 416)
		return 0;
	verdict = resume_judge(&resume, head, length, &v->part, e);
	v->ignore_body = verdict == RESUME_COMPLETE;
	return verdict < 0 ? verdict : 0;
}

static bool asks_for_part(const struct request_spec *spec)
{
	return spec->range || spec->resume_from ||
		user_field_find(spec->fields, spec->n_fields, STR("Range"));
}

/* A part that nobody asked for is not taken for the whole (RFC 9110 section
 * 15.3.7). What comes of other methods, or is counted in another unit, is
 * between the user and the server. */
static int judge_unasked(struct verdict *v, const struct request_spec *spec,
	const struct head *head, struct error *e)
{
	struct str value = head_value(head, STR("Content-Range"));
	struct content_range part;

	if (head->status != 206 || spec->method || spec->body || spec->head ||
		asks_for_part(spec) ||
		!str_starts_nocase(value, STR("bytes")) ||
		!content_range_parse(value, &part) || !part.satisfied)
		return 0;
	if (part.first)
		return error_set(e, ERR_RANGE,
			"all was asked for, and the server sends byte %" PRIu64
			" on",
			part.first);
	v->part = part;
	return 0;
}

int verdict_reach(struct verdict *v, const struct job *job,
	const struct head *head, const struct framing *framing, struct error *e)
{
	const struct request_spec *spec = &job->request;

	*v = (struct verdict){ .unmodified = head->status == 304 };
	if ((spec->resume_from || spec->resumes) && !spec->head) {
		int error = judge_resumed(v, job, head, framing, e);

		if (error < 0 || spec->resume_from)
			return error;
	}
	if (!spec->range && !spec->head &&
		condition_unmet(&spec->condition, head))
		v->unmodified = v->ignore_body = true;
	return judge_unasked(v, spec, head, e);
}
