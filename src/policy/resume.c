#include "policy/resume.h"

#include <inttypes.h>

static int judge_unsatisfied(
	const struct resume *resume, const struct head *head, struct error *e)
{
	struct content_range range;

	if (!content_range_parse(
		    head_value(head, STR("Content-Range")), &range) ||
		range.satisfied || range.whole == RANGE_UNKNOWN)
		return resume->transcript
			? RESUME_COMPLETE
			: error_set(e, ERR_RANGE,
				  "Cannot resume at byte %" PRIu64
				  ": the server has nothing there (416), but "
				  "does not say how long all of it is",
				  resume->offset);
	if (range.whole == resume->offset)
		return RESUME_COMPLETE;
	return error_set(e, ERR_RANGE,
		"Cannot resume at byte %" PRIu64
		": the server says that all of it is %" PRIu64 " bytes",
		resume->offset, range.whole);
}

/* The field of `head` that may have what went into If-Range: an entity-tag in
 * its quotes, or a date. */
static struct str validator_in(
	const struct resume *resume, const struct head *head)
{
	bool tag = resume->validator.n && resume->validator.p[0] == '"';

	return head_value(head, tag ? STR("ETag") : STR("Last-Modified"));
}

static int judge_partial(const struct resume *resume, const struct head *head,
	struct content_range *range, struct error *e)
{
	struct str value = head_value(head, STR("Content-Range"));
	struct str validator = validator_in(resume, head);

	if (!content_range_parse(value, range) || !range->satisfied)
		return error_set(e, ERR_RANGE,
			"Cannot resume: the server sends a part, but not which "
			"(Content-Range: %.*s)",
			(int)(value.n < 64 ? value.n : 64),
			value.p ? value.p : "");
	if (range->first != resume->offset)
		return error_set(e, ERR_RANGE,
			"Cannot resume: asked for byte %" PRIu64
			" on, the server sends byte %" PRIu64 " on",
			resume->offset, range->first);
	if (resume->validator.n && validator.n &&
		!str_eq(validator, resume->validator))
		return error_set(e, ERR_RANGE,
			"Cannot resume: the server has another version by now, "
			"and has sent a part of that");
	if (resume->offset && resume->decodes &&
		head_find(head, STR("Content-Encoding"), 0, NULL))
		return error_set(e, ERR_RANGE,
			"Cannot resume: the server sends a part of what is "
			"compressed, and what is there is not");
	return RESUME_GOES_ON;
}

/* A server of HTTP/0.9 has no status to say anything with. */
static bool is_success(const struct head *head)
{
	return head->status == 0 || head->status / 100 == 2;
}

static int refuse_status(
	const struct resume *resume, const struct head *head, struct error *e)
{
	if (resume->offset == 0)
		return error_set(e, ERR_RANGE,
			"The server answers with status %d, whose body is not "
			"to be resumed later: -C leaves it out of the file",
			head->status);
	return error_set(e, ERR_RANGE,
		"Cannot resume at byte %" PRIu64
		": the server answers with status %d",
		resume->offset, head->status);
}

/* An answer of all there is. */
static int judge_whole(const struct resume *resume, const struct head *head,
	uint64_t length, struct error *e)
{
	bool another = resume->validator.n &&
		!str_eq(validator_in(resume, head), resume->validator);

	if (resume->offset == 0)
		return is_success(head) ? RESUME_BEGINS
					: refuse_status(resume, head, e);
	if (!another && head->status / 100 == 2 && length == resume->offset &&
		(resume->validator.n || !resume->whole_will_do))
		return RESUME_COMPLETE;
	if (resume->whole_will_do && is_success(head))
		return RESUME_BEGINS;
	if (another)
		return error_set(e, ERR_RANGE,
			"Cannot resume: the server has another version by now, "
			"or does not support byte ranges");
	return error_set(e, ERR_RANGE,
		"HTTP server does not seem to support byte ranges. Cannot "
		"resume.");
}

int resume_judge(const struct resume *resume, const struct head *head,
	uint64_t length, struct content_range *range, struct error *e)
{
	if (head->status == 416)
		return judge_unsatisfied(resume, head, e);
	if (head->status == 206)
		return judge_partial(resume, head, range, e);
	if (head->status >= 400)
		return refuse_status(resume, head, e);
	if (head->status == 204 || head->status == 304)
		return RESUME_COMPLETE;
	return judge_whole(resume, head, length, e);
}

int resume_check(
	const struct content_range *range, uint64_t received, struct error *e)
{
	uint64_t promised = range->last - range->first + 1;

	if (received != promised)
		return error_set(e, ERR_PARTIAL,
			"the server announced %" PRIu64
			" bytes in Content-Range and sent %" PRIu64,
			promised, received);
	if (range->whole != RANGE_UNKNOWN && range->last + 1 < range->whole)
		return error_set(e, ERR_PARTIAL,
			"the server sent only as far as byte %" PRIu64
			" of %" PRIu64 "; resume once more",
			range->last + 1, range->whole);
	return 0;
}
