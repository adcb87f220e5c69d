/* --retry: attempts at one transfer, one after the other, and what becomes of
 * the output in between. */
#ifndef CLI_ATTEMPTS_H
#define CLI_ATTEMPTS_H

#include "cli/checksum.h"
#include "cli/console.h"
#include "cli/jobs.h"
#include "policy/continuation.h"
#include "policy/retry.h"

/* All private but `checksums` and `observer`, which attempts_init leaves NULL.
 * It stands between a transfer and its sink, to know what has been handed on
 * and to leave out what is not wanted there. */
struct attempts {
	const struct console *console;
	struct errand *errand;
	struct sink *sink;
	struct sink_port inner, outer;
	struct checksums *checksums; /* to begin again with the body; NULL */
	const struct observer *observer; /* told why there is another attempt */
	struct retry_config config;
	int64_t started; /* clock_now() */
	int64_t done; /* retries */

	/* Of this attempt */
	enum retry_reason promised; /* its body is left out, as another attempt
				     * follows for this reason, */
	int64_t promised_wait; /* after so long */
	bool answered; /* the head of a body that is handed on has come */

	/* Of what is in the output */
	uint64_t base; /* bytes of -C in front of it */
	uint64_t handed_on; /* bytes of the body */
	uint64_t whole; /* of which that and `base` are a part; CONTINUATION_
			 * UNKNOWN */
	struct continuation continuation; /* what its first answer said */
	struct str if_range; /* of the first request */
	bool kept; /* it is an earlier attempt's, in a file, and stays there
		    * until more comes or all comes again */
	uint64_t handed_aside, whole_aside; /* the same of what is kept while
					     * all comes again */
	struct continuation aside;

	/* Since an attempt that could not be taken back: nothing else than the
	 * rest of its body is handed on */
	bool continuing;
	bool hopeless; /* it did not come; no further attempt */
	uint64_t skip; /* bytes handed on already that come once more */
	struct buf range, condition; /* of the request */
	struct user_field *fields;
};

/* For `errand`, whose request is changed when only the rest of a body is to be
 * asked for, and `sink`, which was made with `again`; `inner` leads to it. All
 * are borrowed. */
void attempts_init(struct attempts *a, const struct options *options,
	struct errand *errand, struct sink *sink, const struct sink_port *inner,
	const struct console *console);
void attempts_fini(struct attempts *a);

/* The port to hand to the next transfer. */
const struct sink_port *attempts_port(const struct attempts *a);

/* After an attempt that ended with `*error`: false when it was the last one.
 * Else what went wrong has been told, the output taken back, the request made
 * ready and the time waited for, and `facts` and `e` are as new. May put
 * another error into `*error` and `e` with false: -ERR_SEND_REWIND, -ERR_WRITE,
 * -ERR_RESUME, -ERR_OUT_OF_MEMORY. */
bool attempts_again(struct attempts *a, int *error, struct facts *facts,
	struct error *e) CHECKED;

#endif
