#include "transfer/verdict.h"

static int judge_resumed(struct verdict *v, const struct job *job,
	const struct head *head, const struct framing *framing, struct error *e)
{
	const struct request_spec *spec = &job->request;
	struct resume resume = { .offset = spec->resume_from,
		.validator = spec->if_range,
		.whole_will_do = spec->whole_will_do,
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
	return 0;
}
