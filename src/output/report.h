/* --report: one transfer as one JSON object on a line of its own. */
#ifndef OUTPUT_REPORT_H
#define OUTPUT_REPORT_H

#include "output/ledger.h"

struct report {
	const char *url; /* as it was asked for */
	const struct ledger *ledger;
	const struct facts *facts;
	const struct error *error; /* of the whole; code 0: success */
	int64_t now; /* seconds since 1970, for days left */
	bool secrets; /* --show-secrets */
};

/* Append the line, its LF included. Times are milliseconds with three decimals,
 * null for what did not happen; sizes are bytes. Every key is there in every
 * line. */
void report_write(struct buf *out, const struct report *r);

#endif
