#include "policy/retry.h"

#include "base/date.h"
#include "base/num.h"

bool retry_transient(int status)
{
	switch (status) {
	case 408: /* Request Timeout */
	case 429: /* Too Many Requests */
	case 500: /* Internal Server Error */
	case 502: /* Bad Gateway */
	case 503: /* Service Unavailable */
	case 504: /* Gateway Timeout */
	case 522: /* of one large cache: the origin cannot be reached */
	case 524: /* of the same: the origin took too long */
		return true;
	default:
		return false;
	}
}

/* Digits alone, however many: RETRY_AFTER_MAX stands for what is too large. */
static bool parse_seconds(struct str text, int64_t *seconds)
{
	uint64_t value;

	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] < '0' || text.p[i] > '9')
			return false;
	if (text.n == 0)
		return false;
	*seconds = num_decimal(text, RETRY_AFTER_MAX, &value) ? (int64_t)value
							      : RETRY_AFTER_MAX;
	return true;
}

int64_t retry_after(const struct head *head, int64_t now)
{
	struct str text = head_value(head, STR("Retry-After"));
	int64_t seconds, time;

	if (parse_seconds(text, &seconds))
		return seconds;
	if (!date_parse_http(text, now, &time) || time <= now)
		return 0;
	return time - now < RETRY_AFTER_MAX ? time - now : RETRY_AFTER_MAX;
}

static enum retry_reason reason_of(
	const struct retry_config *config, const struct retry_outcome *outcome)
{
	switch (-outcome->error) {
	case ERR_TIMEOUT:
	case ERR_RESOLVE:
	case ERR_RESOLVE_PROXY:
		return RETRY_TIMEOUT;
	case ERR_CONNECT:
		if (config->refused && outcome->refused)
			return RETRY_REFUSED;
		break;
	case ERR_NONE:
	case ERR_HTTP_RETURNED:
	case ERR_RANGE: /* a page in the place of what was asked for */
		if (retry_transient(outcome->status))
			return RETRY_STATUS;
		break;
	default:
		break;
	}
	return config->all_errors && outcome->error < 0 ? RETRY_ANY_ERROR
							: RETRY_NO;
}

static int64_t backoff(const struct retry_config *config, int64_t done)
{
	int64_t wait = RETRY_WAIT_FIRST;

	if (config->delay)
		return config->delay;
	while (done-- > 0 && wait < RETRY_WAIT_MAX)
		wait *= 2;
	return wait < RETRY_WAIT_MAX ? wait : RETRY_WAIT_MAX;
}

enum retry_reason retry_decide(const struct retry_config *config, int64_t done,
	const struct retry_outcome *outcome, int64_t *wait)
{
	enum retry_reason reason = reason_of(config, outcome);

	*wait = 0;
	if (reason == RETRY_NO || done >= config->max ||
		(config->max_time && outcome->elapsed >= config->max_time))
		return RETRY_NO;
	if (!outcome->after) {
		*wait = backoff(config, done);
		return reason;
	}
	*wait = outcome->after * 1000;
	if (config->max_time && *wait > config->max_time - outcome->elapsed)
		return RETRY_TOO_LATE;
	return reason;
}

const char *retry_reason_text(enum retry_reason reason)
{
	switch (reason) {
	case RETRY_TIMEOUT:
		return "timeout";
	case RETRY_REFUSED:
		return "connection refused";
	case RETRY_STATUS:
		return "HTTP error";
	case RETRY_ANY_ERROR:
		return "(retrying all errors)";
	default:
		return "none";
	}
}
