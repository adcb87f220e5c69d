/* --timing: when each hop of a transfer did what, as bars or as plain lines. */
#ifndef OUTPUT_TIMING_H
#define OUTPUT_TIMING_H

#include "output/ledger.h"

struct timing {
	const struct ledger *ledger;
	int columns; /* of the terminal; 0: it is none, plain lines */
	bool colour; /* bars may be coloured (SGR) */
	bool secrets; /* --show-secrets */
};

/* Append a line for each hop and one for each of its phases: name, connect,
 * tls, request, first byte, body, those that it had; with the time a phase
 * began, counted from the first hop, and how long it took. On a terminal a bar
 * on the scale of the whole stands behind them, and bytes of the URL that could
 * control it are escaped. Nothing for a transfer without hops. */
void timing_write(struct buf *out, const struct timing *t);

#endif
