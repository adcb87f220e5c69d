#include "cli/salvage.h"

#include <inttypes.h>
#include <stdlib.h>

#include "http/range.h"

/* Content codings are undone. */
static bool decodes(const struct attempts *a)
{
	return a->errand->job.request.compressed;
}

/* --- what an answer brings */

/* How long all of it is, of which an answer brings all or a part. */
static uint64_t whole_of(const struct attempts *a, const struct head *head)
{
	struct content_range range;

	if (a->continuation.coded)
		return CONTINUATION_UNKNOWN;
	if (head->status != 206)
		return a->continuation.length;
	return content_range_parse(
		       head_value(head, STR("Content-Range")), &range)
		? range.whole
		: CONTINUATION_UNKNOWN;
}

static void note(struct attempts *a, const struct head *head)
{
	continuation_note(&a->continuation, head, decodes(a));
	a->whole = whole_of(a, head);
}

/* A page of an error, or what else is no part of the same. */
static int refuse(struct attempts *a, const struct head *head, struct error *e)
{
	a->hopeless = true;
	return error_set(e, ERR_RESUME,
		"%" PRIu64 " bytes had come, and status %d did not bring the "
		"rest of them",
		a->handed_on, head->status);
}

/* The head of what has to be the rest of a body. */
static int check_rest(
	struct attempts *a, const struct head *head, struct error *e)
{
	switch (continuation_answer(
		&a->continuation, head, a->handed_on, decodes(a))) {
	case CONTINUATION_REST:
		a->skip = 0;
		return 0;
	case CONTINUATION_WHOLE:
		a->skip = a->handed_on;
		return 0;
	case CONTINUATION_OTHER:
		break;
	}
	a->hopeless = true;
	return error_set(e, ERR_RESUME,
		"%" PRIu64 " bytes have been written and cannot be taken back, "
		"and status %d did not bring the rest of the same; --spool "
		"holds the output back until it is whole",
		a->handed_on, head->status);
}

static int restart_checksums(struct attempts *a, struct error *e)
{
	return a->checksums ? checksums_restart(a->checksums, e) : 0;
}

/* A part, which the transfer has found to be the one that was asked for. */
static int take_part(
	struct attempts *a, const struct head *head, struct error *e)
{
	struct content_range range;

	if (!content_range_parse(
		    head_value(head, STR("Content-Range")), &range) ||
		!range.satisfied || range.first != a->base + a->handed_on)
		return refuse(a, head, e);
	if (continuation_differs(&a->continuation, head)) {
		a->hopeless = true;
		return error_set(e, ERR_RANGE,
			"Cannot resume: the server has another version by now, "
			"and has sent a part of that");
	}
	if (range.whole != RANGE_UNKNOWN && a->whole != RANGE_UNKNOWN &&
		range.whole != a->whole) {
		a->hopeless = true;
		return error_set(e, ERR_RANGE,
			"Cannot resume: the server says that all of it is "
			"%" PRIu64 " bytes, and has said %" PRIu64,
			range.whole, a->whole);
	}
	return 0;
}

/* All of it once more, into the place of what is kept, unless that is the
 * beginning of the same. */
static int take_whole(
	struct attempts *a, const struct head *head, struct error *e)
{
	bool aside;
	int result;

	if (a->base == 0 &&
		continuation_answer(&a->continuation, head, a->handed_on,
			decodes(a)) == CONTINUATION_WHOLE) {
		a->skip = a->handed_on;
		return 0;
	}
	result = sink_anew(a->sink, &aside, e);
	if (result > 0)
		return refuse(a, head, e);
	if (result < 0)
		return result;
	if (aside) {
		struct continuation before = a->aside;

		a->aside = a->continuation;
		a->continuation = before;
		a->handed_aside = a->handed_on;
		a->whole_aside = a->whole;
	}
	a->kept = false;
	a->handed_on = 0;
	note(a, head);
	return restart_checksums(a, e);
}

int salvage_head(struct attempts *a, const struct head *head, struct error *e)
{
	if (a->continuing)
		return check_rest(a, head, e);
	if (!a->kept) {
		note(a, head);
		return 0;
	}
	if (head->status == 206)
		return take_part(a, head, e);
	return head->status / 100 == 2 ? take_whole(a, head, e)
				       : refuse(a, head, e);
}

int salvage_check(struct attempts *a, int status, struct error *e)
{
	/* These have been found to say that nothing is missing; but not of what
	 * was known before to be longer. */
	bool complete = (status == 416 || status == 200) &&
		(a->whole == CONTINUATION_UNKNOWN ||
			a->whole == a->base + a->handed_on);

	if (!a->continuing && (!a->kept || complete))
		return 0;
	a->hopeless = true;
	return error_set(e, ERR_RESUME,
		"%" PRIu64 " bytes have been written, and the rest of the body "
		"did not come",
		a->handed_on);
}

/* --- what is asked for next */

/* Why no part of what this request is for can be asked for; NULL when it can.
 */
static const char *request_obstacle(const struct attempts *a)
{
	const struct request_spec *spec = &a->errand->job.request;

	if (a->errand->sink.heads)
		return "heads are written too";
	if (spec->range ||
		user_field_find(spec->fields, spec->n_fields, STR("Range")))
		return "a range was asked for already";
	if (user_field_find(spec->fields, spec->n_fields, STR("If-Range")))
		return "the request has a condition already";
	if (spec->body || spec->method || spec->head)
		return "it is not of a plain GET request";
	if (spec->raw)
		return "--raw hands on more than content";
	return NULL;
}

/* Why the rest alone cannot be asked for; NULL when it can. Who says -C takes
 * it upon himself where the server has not given a validator. */
static const char *obstacle(const struct attempts *a)
{
	const char *why;

	if (a->continuing)
		return NULL;
	why = request_obstacle(a);
	if (why)
		return why;
	if (!a->errand->job.request.resumes)
		return a->continuation.obstacle;
	return a->continuation.coded ? "it was decoded on the way" : NULL;
}

/* Ask for what comes behind the bytes that were handed on, on condition that
 * the representation is still the same (RFC 9110 section 13.1.5). */
static int ask_for_rest(struct attempts *a, struct error *e)
{
	struct request_spec *spec = &a->errand->job.request;
	struct user_field *fields;
	struct str value = buf_str(&a->continuation.validator);

	buf_clear(&a->range);
	buf_printf(&a->range, "%" PRIu64 "-", a->handed_on);
	spec->range = buf_text(&a->range);
	if (!spec->range)
		return error_memory(e);
	if (a->continuing)
		return 0;
	buf_add_text(&a->condition, "If-Range: ");
	buf_add_str(&a->condition, value);
	fields = calloc(spec->n_fields + 1, sizeof(*fields));
	if (!fields || a->condition.failed) {
		free(fields);
		return error_memory(e);
	}
	if (spec->n_fields)
		memcpy(fields, spec->fields, spec->n_fields * sizeof(*fields));
	fields[spec->n_fields] = (struct user_field){ USER_FIELD_SEND,
		STR("If-Range"), str_from(buf_str(&a->condition), 10),
		buf_str(&a->condition) };
	a->fields = spec->fields = fields;
	spec->n_fields++;
	a->continuing = true;
	return 0;
}

/* The same where a file has the beginning: `from` bytes, 0 for none. */
static int ask_from(struct attempts *a, uint64_t from, struct error *e)
{
	struct request_spec *spec = &a->errand->job.request;
	struct str validator = buf_str(&a->continuation.validator);

	spec->resume_from = from;
	spec->whole_will_do = a->base == 0;
	spec->if_range = a->if_range;
	if (from == a->base || a->if_range.n || validator.n == 0)
		return 0;
	buf_clear(&a->condition);
	buf_add_str(&a->condition, validator);
	spec->if_range = buf_str(&a->condition);
	return buf_check(&a->condition, "validator", e);
}

/* --- what is there */

static int tell_no_more(const struct attempts *a, enum retry_reason reason,
	const char *how, const char *why, const char *hint)
{
	console_warn(a->console,
		"Problem: %s. Not tried again: %" PRIu64
		" bytes have been written%s, and the rest alone cannot be "
		"asked for: %s.%s",
		retry_reason_text(reason), a->handed_on, how, why, hint);
	return 1;
}

/* Back from what came in the place of what was kept, and is not whole: 1, or 0
 * when there is nothing of that kind. */
static int revert(struct attempts *a, struct error *e)
{
	struct continuation given_up = a->continuation;
	int error = 0;

	if (!sink_revert(a->sink))
		return 0;
	a->continuation = a->aside;
	a->aside = given_up;
	a->handed_on = a->handed_aside;
	a->whole = a->whole_aside;
	a->kept = true;
	if (a->checksums)
		error = checksums_take_file(
			a->checksums, sink_path(a->sink), e);
	return error < 0 ? error : 1;
}

/* What is in a file stays there until more comes, or all of it. */
static int keep_file(
	struct attempts *a, enum retry_reason reason, struct error *e)
{
	const char *why;

	if (a->handed_on == 0)
		return 0;
	why = obstacle(a);
	a->kept = true;
	if (!why)
		return ask_from(a, a->base + a->handed_on, e);
	if (a->base)
		return tell_no_more(a, reason, "", why, "");
	return ask_from(a, 0, e);
}

/* Make the output as if nothing had been handed on; else 1. */
static int take_back(struct attempts *a, bool whole, struct error *e)
{
	int kept = sink_again(a->sink, whole, e);

	if (kept)
		return kept;
	a->handed_on = 0;
	a->kept = false;
	kept = ask_from(a, a->base, e);
	return kept < 0 ? kept : restart_checksums(a, e);
}

int salvage_prepare(struct attempts *a, enum retry_reason reason, bool whole,
	bool wrong, struct error *e)
{
	int reverted = revert(a, e), kept;
	const char *why;

	if (reverted < 0)
		return reverted;
	wrong = wrong && !reverted;
	if (!wrong && !a->errand->sink.heads && sink_goes_on(a->sink))
		return keep_file(a, reason, e);
	kept = a->continuing ? 1 : take_back(a, whole, e);
	if (kept <= 0 || a->handed_on == 0)
		return kept < 0 ? kept : 0;
	why = wrong ? "it is not the right one" : obstacle(a);
	if (!why)
		return ask_for_rest(a, e);
	return tell_no_more(a, reason, " and cannot be taken back", why,
		" --spool holds the output back until it is whole.");
}
