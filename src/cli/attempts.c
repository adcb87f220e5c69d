#include "cli/attempts.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/interrupt.h"
#include "cli/salvage.h"

/* --- between transfer and sink */

static int64_t elapsed_ms(const struct attempts *a)
{
	return (clock_now() - a->started) / 1000;
}

/* Whether another attempt follows an answer of this head, however its body
 * ends. */
static void foresee(struct attempts *a, const struct head *head)
{
	struct retry_outcome outcome = {
		.error = job_fails(&a->errand->job, head->status)
			? -ERR_HTTP_RETURNED
			: 0,
		.status = head->status,
		.after = retry_after(head, clock_seconds()),
		.elapsed = elapsed_ms(a),
	};

	a->promised = retry_decide(
		&a->config, a->done, &outcome, &a->promised_wait);
	if (a->promised == RETRY_TOO_LATE)
		a->promised = RETRY_NO;
}

/* Nothing of this body goes to the output. */
static bool left_out(const struct attempts *a)
{
	return a->promised != RETRY_NO && !a->errand->sink.heads;
}

static int attempts_head(
	void *sink, const struct head *head, bool body_follows, struct error *e)
{
	struct attempts *a = sink;
	int error = 0;

	if (body_follows && head->status) {
		foresee(a, head);
		a->answered = !left_out(a);
		if (a->answered)
			error = salvage_head(a, head, e);
	}
	if (error < 0)
		return error;
	return a->inner.ops->head(a->inner.sink, head, body_follows, e);
}

static int attempts_tunnel_head(
	void *sink, const struct head *head, struct error *e)
{
	struct attempts *a = sink;

	return a->inner.ops->tunnel_head(a->inner.sink, head, e);
}

static int hand_on(
	struct attempts *a, const struct iovec *iov, int n, struct error *e)
{
	int error = n ? a->inner.ops->body(a->inner.sink, iov, n, e) : 0;

	for (int i = 0; i < n && error == 0; i++)
		a->handed_on += iov[i].iov_len;
	return error;
}

/* An answer of HTTP/0.9, without a head, is no part of anything. */
static bool is_unannounced(const struct attempts *a)
{
	return (a->kept || a->continuing) && !a->answered;
}

static int attempts_body(
	void *sink, const struct iovec *iov, int n, struct error *e)
{
	struct attempts *a = sink;

	if (left_out(a))
		return 0;
	if (is_unannounced(a)) {
		a->hopeless = true;
		return error_set(e, ERR_RESUME,
			"%" PRIu64 " bytes had come, and an answer without a "
			"head did not bring the rest of them",
			a->handed_on);
	}
	while (n > 0 && a->skip >= iov->iov_len) {
		a->skip -= iov->iov_len;
		iov++;
		n--;
	}
	if (n > 0 && a->skip) {
		struct iovec rest = { (char *)iov->iov_base + a->skip,
			iov->iov_len - (size_t)a->skip };
		int error;

		a->skip = 0;
		error = hand_on(a, &rest, 1, e);
		if (error < 0)
			return error;
		iov++;
		n--;
	}
	return hand_on(a, iov, n, e);
}

static int attempts_direct(void *sink, uint64_t expected)
{
	struct attempts *a = sink;

	if (left_out(a) || is_unannounced(a) || a->skip)
		return -1;
	return a->inner.ops->direct(a->inner.sink, expected);
}

static void attempts_moved(void *sink, uint64_t n)
{
	struct attempts *a = sink;

	a->handed_on += n;
	a->inner.ops->moved(a->inner.sink, n);
}

static int attempts_unmoved(void *sink, int number, struct error *e)
{
	struct attempts *a = sink;

	return a->inner.ops->unmoved(a->inner.sink, number, e);
}

static void attempts_until(void *context, int64_t deadline)
{
	struct attempts *a = context;

	if (a->inner.ops->until)
		a->inner.ops->until(a->inner.sink, deadline);
}

static void attempts_review(void *sink, struct findings *found)
{
	struct attempts *a = sink;

	if (a->inner.ops->review && !left_out(a))
		a->inner.ops->review(a->inner.sink, found);
}

static bool attempts_holds(void *context)
{
	struct attempts *a = context;

	return a->inner.ops->holds && a->inner.ops->holds(a->inner.sink);
}

static bool attempts_leaves_out(void *context)
{
	return left_out(context);
}

/* --- from attempt to attempt */

void attempts_init(struct attempts *a, const struct options *options,
	struct errand *errand, struct sink *sink, const struct sink_port *inner,
	const struct console *console)
{
	static const struct sink_ops ops = { .head = attempts_head,
		.tunnel_head = attempts_tunnel_head,
		.body = attempts_body,
		.direct = attempts_direct,
		.moved = attempts_moved,
		.unmoved = attempts_unmoved,
		.review = attempts_review,
		.until = attempts_until,
		.holds = attempts_holds,
		.leaves_out = attempts_leaves_out };

	*a = (struct attempts){
		.console = console,
		.errand = errand,
		.sink = sink,
		.inner = *inner,
		.config = { .max = options->retry,
			.delay = options->retry_delay_ms,
			.max_time = options->retry_max_time_ms,
			.refused = options->retry_connrefused,
			.all_errors = options->retry_all_errors },
		.started = clock_now(),
	};
	a->outer = (struct sink_port){ &ops, a };
	a->base = errand->job.request.resume_from;
	a->if_range = errand->job.request.if_range;
	a->whole = CONTINUATION_UNKNOWN;
	continuation_init(&a->continuation);
	continuation_init(&a->aside);
	buf_init(&a->range, LIMIT_URL);
	buf_init(&a->condition, LIMIT_REQUEST_HEAD);
}

void attempts_fini(struct attempts *a)
{
	continuation_fini(&a->continuation);
	continuation_fini(&a->aside);
	buf_fini(&a->range);
	buf_fini(&a->condition);
	free(a->fields);
}

const struct sink_port *attempts_port(const struct attempts *a)
{
	return &a->outer;
}

static int64_t asked_wait(const struct facts *facts)
{
	struct head head;
	int64_t seconds = 0;

	head_init(&head);
	if (head_parse(buf_str(&facts->heads), &head, NULL, NULL) > 0)
		seconds = retry_after(&head, clock_seconds());
	head_fini(&head);
	return seconds;
}

/* The answer was all that was wanted of it, as of one whose body is left out
 * its head is. */
static bool is_whole(const struct attempts *a, int error)
{
	switch (-error) {
	case ERR_NONE:
	case ERR_HTTP_RETURNED:
		return true;
	case ERR_PARTIAL:
	case ERR_RECV:
	case ERR_CONTENT_CODING:
	case ERR_DECODE_RATIO:
		return left_out(a);
	default:
		return false;
	}
}

/* RETRY_NO or why to try again, after `*wait`. */
static enum retry_reason decide(const struct attempts *a, int error,
	const struct facts *facts, const struct error *e, int64_t *wait)
{
	struct retry_outcome outcome = {
		.error = error,
		.refused = error < 0 && e->refused,
		.status = facts->status,
		.after = facts->status ? asked_wait(facts) : 0,
		.elapsed = elapsed_ms(a),
	};
	enum retry_reason reason;

	if (interrupt_number() || a->hopeless ||
		(error == -ERR_WRITE && sink_pipe_closed(a->sink)))
		return RETRY_NO;
	*wait = a->promised_wait;
	if (a->promised != RETRY_NO && is_whole(a, error))
		return a->promised;
	reason = retry_decide(&a->config, a->done, &outcome, wait);
	if (reason != RETRY_TOO_LATE)
		return reason;
	console_warn(a->console,
		"The Retry-After: time would make this command line exceed the "
		"maximum allowed time for retries.");
	return RETRY_NO;
}

static void tell(
	const struct attempts *a, enum retry_reason reason, int64_t wait)
{
	int64_t left = a->config.max - a->done;
	char fraction[8] = "";

	if (wait % 1000) {
		size_t n = (size_t)snprintf(fraction, sizeof(fraction), ".%03d",
			(int)(wait % 1000));

		while (fraction[n - 1] == '0')
			fraction[--n] = '\0';
	}
	console_warn(a->console,
		"Problem: %s. Will retry in %" PRId64 "%s second%s. %" PRId64
		" %s left.",
		retry_reason_text(reason), wait / 1000, fraction,
		wait == 1000 ? "" : "s", left, left == 1 ? "retry" : "retries");
	observer_decide(a->observer, DECISION_RETRY,
		"the transfer is tried again in %" PRId64 "%s s: %s",
		wait / 1000, fraction, retry_reason_text(reason));
}

static int rewind_body(const struct attempts *a, struct error *e)
{
	const struct upload *body = a->errand->job.request.body;

	return body ? body->ops->rewind(body->source, e) : 0;
}

/* Put a failure to get ready in the place of what went wrong before. */
static bool end_with(
	int *error, int failed, struct error *e, const struct error *failure)
{
	if (failed < 0) {
		*error = failed;
		*e = *failure;
	}
	return false;
}

bool attempts_again(
	struct attempts *a, int *error, struct facts *facts, struct error *e)
{
	struct error failure = { 0 };
	int64_t wait = 0, until;
	bool whole = is_whole(a, *error);
	enum retry_reason reason;
	int failed;

	if (*error == 0 && !a->answered && a->promised == RETRY_NO)
		*error = salvage_check(a, facts->status, e);
	facts->retries = (long)a->done;
	reason = decide(a, *error, facts, e, &wait);
	if (reason == RETRY_NO)
		return false;
	failed = rewind_body(a, &failure);
	if (failed == 0)
		failed = salvage_prepare(
			a, reason, whole, *error == -ERR_CHECKSUM, &failure);
	if (failed)
		return end_with(error, failed, e, &failure);
	if (*error < 0)
		console_error(a->console, e);
	tell(a, reason, wait);
	until = deadline_in(wait);
	if (until != DEADLINE_NONE)
		interrupt_sleep(until);
	if (interrupt_number()) {
		*error = interrupt_check(e);
		return false;
	}
	a->done++;
	a->promised = RETRY_NO;
	a->answered = false;
	a->skip = 0;
	facts_fini(facts);
	facts_init(facts);
	*e = (struct error){ 0 };
	return true;
}
