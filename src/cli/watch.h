/* Who watches a transfer: -v, the progress meter, and the other tellers that
 * options ask for, as one observer. */
#ifndef CLI_WATCH_H
#define CLI_WATCH_H

#include "cli/perform.h"
#include "output/explain.h"
#include "output/fanout.h"
#include "output/ledger.h"
#include "output/trace.h"
#include "output/verbose.h"

struct watch {
	struct progress *progress; /* NULL: none */
	struct meter_part part; /* of the meter of -Z */
	struct verbose verbose;
	struct trace trace;
	struct explain explain;
	bool timing; /* --timing */
	bool recording; /* the ledger is kept */
	struct ledger ledger;
	struct fanout fanout;
	struct observer observer;
	bool active; /* somebody watches */
};

/* Begin to watch what becomes of `errand`, in `facts`; watch_fini is due. */
void watch_init(struct watch *w, const struct run *run,
	const struct errand *errand, const struct facts *facts);

/* What to hand to transfer_run: NULL when nobody watches. */
const struct observer *watch_observer(const struct watch *w);

/* The transfer is over, with these facts. */
void watch_end(struct watch *w, const struct facts *facts);

/* Write down what has become of the transfer of `url`: --timing, --report. `e`
 * is its result, code 0 for success. Returns 0 or -ERR_WRITE, which has been
 * told of on the console. */
int watch_report(struct watch *w, const struct run *run, const char *url,
	const struct facts *facts, const struct error *e) CHECKED;
void watch_fini(struct watch *w);

#endif
