#include "policy/retry.h"

#include <stdio.h>

#include "support/table.h"

#define NOW 784111777 /* Sun, 06 Nov 1994 08:49:37 GMT */

/* --- which statuses */

struct status_row {
	const char *name;
	int status;
	bool transient;
};

static const struct status_row status_rows[] = {
	{ "none", 0, false },
	{ "200", 200, false },
	{ "404", 404, false },
	{ "407", 407, false },
	{ "408", 408, true },
	{ "409", 409, false },
	{ "429", 429, true },
	{ "500", 500, true },
	{ "501", 501, false },
	{ "502", 502, true },
	{ "503", 503, true },
	{ "504", 504, true },
	{ "505", 505, false },
	{ "522", 522, true },
	{ "523", 523, false },
	{ "524", 524, true },
};

static void test_transient(const void *data)
{
	const struct status_row *row = data;

	assert_int_equal(retry_transient(row->status), row->transient);
}

/* --- Retry-After */

struct after_row {
	const char *name, *value; /* NULL: no such field */
	int64_t seconds;
};

static const struct after_row after_rows[] = {
	{ "no field", NULL, 0 },
	{ "empty", "", 0 },
	{ "zero", "0", 0 },
	{ "seconds", "120", 120 },
	{ "the maximum", "21600", 21600 },
	{ "above the maximum", "21601", 21600 },
	{ "above any number", "99999999999999999999999999", 21600 },
	{ "negative", "-5", 0 },
	{ "with a plus", "+5", 0 },
	{ "with a fraction", "1.5", 0 },
	{ "with a unit", "5s", 0 },
	{ "two of them", "5, 6", 0 },
	{ "a date to come", "Sun, 06 Nov 1994 08:50:37 GMT", 60 },
	{ "a date that is now", "Sun, 06 Nov 1994 08:49:37 GMT", 0 },
	{ "a date gone by", "Sun, 06 Nov 1994 08:49:36 GMT", 0 },
	{ "a date far off", "Sun, 06 Nov 2094 08:49:37 GMT", 21600 },
	{ "an RFC 850 date", "Sunday, 06-Nov-94 08:49:47 GMT", 10 },
	{ "an asctime date", "Sun Nov  6 08:49:40 1994", 3 },
	{ "no date", "tomorrow", 0 },
};

static int64_t after_of(const char *text)
{
	size_t n = strlen(text);
	char *bytes = exact_copy(text, n);
	struct head head;
	int64_t seconds;

	head_init(&head);
	assert_int_equal(
		head_parse((struct str){ bytes, n }, &head, NULL, NULL), n);
	seconds = retry_after(&head, NOW);
	head_fini(&head);
	free(bytes);
	return seconds;
}

static void test_after(const void *data)
{
	const struct after_row *row = data;
	char text[200];

	snprintf(text, sizeof(text), "HTTP/1.1 503 x\r\nA: b\r\n%s%s%s\r\n",
		row->value ? "retry-after: " : "", row->value ? row->value : "",
		row->value ? "\r\n" : "");
	assert_int_equal(after_of(text), row->seconds);
}

static void test_after_folded(const void *row)
{
	(void)row;
	assert_int_equal(after_of("HTTP/1.1 503 x\r\nRetry-After: 1\r\n"
				  " 2\r\n\r\n"),
		0);
	assert_int_equal(after_of("HTTP/1.1 503 x\r\nRetry-After:\r\n"
				  " 7\r\n\r\n"),
		7);
}

/* --- the decision */

struct decide_row {
	const char *name;
	struct retry_config config;
	int64_t done;
	struct retry_outcome outcome;
	enum retry_reason reason;
	int64_t wait;
};

#define ONCE             \
	{                \
		.max = 1 \
	}
#define MANY               \
	{                  \
		.max = 100 \
	}
#define STATUS(code)           \
	{                      \
		.status = code \
	}
#define FAILED(code)                 \
	{                            \
		.error = -ERR_##code \
	}

static const struct decide_row decide_rows[] = {
	{ "success", MANY, 0, STATUS(200), RETRY_NO, 0 },
	{ "a status", MANY, 0, STATUS(503), RETRY_STATUS, 1000 },
	{ "a status that stays", MANY, 0, STATUS(404), RETRY_NO, 0 },
	{ "--fail", MANY, 0, { .error = -ERR_HTTP_RETURNED, .status = 503 },
		RETRY_STATUS, 1000 },
	{ "--fail, a status that stays", MANY, 0,
		{ .error = -ERR_HTTP_RETURNED, .status = 404 }, RETRY_NO, 0 },
	{ "a page in the place of a part", MANY, 0,
		{ .error = -ERR_RANGE, .status = 503 }, RETRY_STATUS, 1000 },
	{ "a wrong part", MANY, 0, { .error = -ERR_RANGE, .status = 206 },
		RETRY_NO, 0 },
	{ "timeout", MANY, 0, FAILED(TIMEOUT), RETRY_TIMEOUT, 1000 },
	{ "timeout behind a head", MANY, 0,
		{ .error = -ERR_TIMEOUT, .status = 200 }, RETRY_TIMEOUT, 1000 },
	{ "resolving", MANY, 0, FAILED(RESOLVE), RETRY_TIMEOUT, 1000 },
	{ "resolving the proxy", MANY, 0, FAILED(RESOLVE_PROXY), RETRY_TIMEOUT,
		1000 },
	{ "partial", MANY, 0, { .error = -ERR_PARTIAL, .status = 200 },
		RETRY_NO, 0 },
	{ "partial behind a transient status", MANY, 0,
		{ .error = -ERR_PARTIAL, .status = 503 }, RETRY_NO, 0 },
	{ "refused", MANY, 0, { .error = -ERR_CONNECT, .refused = true },
		RETRY_NO, 0 },
	{ "refused, --retry-connrefused", { .max = 1, .refused = true }, 0,
		{ .error = -ERR_CONNECT, .refused = true }, RETRY_REFUSED,
		1000 },
	{ "no route, --retry-connrefused", { .max = 1, .refused = true }, 0,
		FAILED(CONNECT), RETRY_NO, 0 },
	{ "any error", { .max = 1, .all_errors = true }, 0, FAILED(PARTIAL),
		RETRY_ANY_ERROR, 1000 },
	{ "any error, refused", { .max = 1, .all_errors = true }, 0,
		{ .error = -ERR_CONNECT, .refused = true }, RETRY_ANY_ERROR,
		1000 },
	{ "any error, a status that stays", { .max = 1, .all_errors = true }, 0,
		{ .error = -ERR_HTTP_RETURNED, .status = 404 }, RETRY_ANY_ERROR,
		1000 },
	{ "any error is no success", { .max = 1, .all_errors = true }, 0,
		STATUS(404), RETRY_NO, 0 },
	{ "never", { 0 }, 0, STATUS(503), RETRY_NO, 0 },
	{ "never, any error", { .all_errors = true }, 0, FAILED(RECV), RETRY_NO,
		0 },
	{ "none left", ONCE, 1, STATUS(503), RETRY_NO, 0 },
	{ "second", MANY, 1, STATUS(503), RETRY_STATUS, 2000 },
	{ "tenth", MANY, 9, STATUS(503), RETRY_STATUS, 512000 },
	{ "eleventh", MANY, 10, STATUS(503), RETRY_STATUS, 600000 },
	{ "hundredth", MANY, 99, STATUS(503), RETRY_STATUS, 600000 },
	{ "a delay", { .max = 9, .delay = 100 }, 5, STATUS(503), RETRY_STATUS,
		100 },
	{ "Retry-After", MANY, 3, { .status = 503, .after = 5 }, RETRY_STATUS,
		5000 },
	{ "Retry-After over a delay", { .max = 9, .delay = 100 }, 0,
		{ .status = 503, .after = 5 }, RETRY_STATUS, 5000 },
	{ "time left", { .max = 9, .max_time = 1000 }, 0,
		{ .status = 503, .elapsed = 999 }, RETRY_STATUS, 1000 },
	{ "no time left", { .max = 9, .max_time = 1000 }, 0,
		{ .status = 503, .elapsed = 1000 }, RETRY_NO, 0 },
	{ "Retry-After in time", { .max = 9, .max_time = 5000 }, 0,
		{ .status = 503, .after = 4, .elapsed = 1000 }, RETRY_STATUS,
		4000 },
	{ "Retry-After too late", { .max = 9, .max_time = 5000 }, 0,
		{ .status = 503, .after = 4, .elapsed = 1001 }, RETRY_TOO_LATE,
		4000 },
};

static void test_decide(const void *data)
{
	const struct decide_row *row = data;
	int64_t wait = -1;

	assert_int_equal(
		retry_decide(&row->config, row->done, &row->outcome, &wait),
		row->reason);
	assert_int_equal(wait, row->wait);
}

static void test_text(const void *row)
{
	(void)row;
	assert_string_equal(retry_reason_text(RETRY_TIMEOUT), "timeout");
	assert_string_equal(retry_reason_text(RETRY_STATUS), "HTTP error");
	assert_string_equal(
		retry_reason_text(RETRY_REFUSED), "connection refused");
	assert_string_equal(
		retry_reason_text(RETRY_ANY_ERROR), "(retrying all errors)");
}

int main(void)
{
	static const struct table tables[] = {
		TABLE("retry_transient", status_rows, test_transient),
		TABLE("retry_after", after_rows, test_after),
		SINGLE("retry_after folded", test_after_folded),
		TABLE("retry_decide", decide_rows, test_decide),
		SINGLE("retry_reason_text", test_text),
	};

	return table_run("retry", tables, sizeof(tables) / sizeof(tables[0]));
}
