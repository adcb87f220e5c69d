/* Whether what went wrong is worth another attempt, and after how long; decided
 * without a clock or a socket. Times are milliseconds unless said otherwise. */
#ifndef POLICY_RETRY_H
#define POLICY_RETRY_H

#include <stdbool.h>
#include <stdint.h>

#include "http/head.h"

#define RETRY_WAIT_FIRST 1000 /* then doubled from retry to retry */
#define RETRY_WAIT_MAX 600000 /* 10 minutes */
#define RETRY_AFTER_MAX 21600 /* seconds that a server may ask for */

struct retry_config {
	int64_t max; /* --retry; 0: never */
	int64_t delay; /* --retry-delay; 0: doubling from RETRY_WAIT_FIRST */
	int64_t max_time; /* --retry-max-time; 0: no limit */
	bool refused; /* --retry-connrefused */
	bool all_errors; /* --retry-all-errors */
};

/* What an attempt has come to. */
struct retry_outcome {
	int error; /* 0, or the negative error it failed with */
	bool refused; /* a peer refused the connection */
	int status; /* of the last response; 0: there was none */
	int64_t after; /* seconds the server asks for (retry_after); 0: none */
	int64_t elapsed; /* since the first attempt began */
};

enum retry_reason {
	RETRY_NO,
	RETRY_TIMEOUT, /* a deadline passed, or a name did not resolve */
	RETRY_REFUSED,
	RETRY_STATUS,
	RETRY_ANY_ERROR, /* --retry-all-errors */
	RETRY_TOO_LATE /* the server wants more time than max_time leaves */
};

/* 408, 429, 500, 502, 503, 504, 522 and 524: another attempt may go better. */
bool retry_transient(int status);

/* Seconds that a Retry-After field of `head` asks to wait for (RFC 9110 section
 * 10.2.3), a date being counted from `now` (seconds since 1970); 0 when there
 * is none, it is malformed or the date has passed. RETRY_AFTER_MAX at most. */
int64_t retry_after(const struct head *head, int64_t now);

/* What to do after `done` retries. RETRY_NO: give up, or there is nothing to
 * try again; RETRY_TOO_LATE: give up, and say why; any other: wait for `*wait`,
 * then try again. */
enum retry_reason retry_decide(const struct retry_config *config, int64_t done,
	const struct retry_outcome *outcome, int64_t *wait);

/* The reason in curl's words ("timeout"); static. */
const char *retry_reason_text(enum retry_reason reason);

#endif
