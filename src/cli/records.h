/* What is written down about a whole run: --report, one line a transfer, and
 * --har, one document. */
#ifndef CLI_RECORDS_H
#define CLI_RECORDS_H

#include "cli/console.h"
#include "output/report.h"

struct records {
	int report_fd; /* -1: no --report */
	bool secrets; /* --show-secrets */
};

/* Open what `command` asks for: 0, or -ERR_WRITE naming the option and file.
 * records_close is due either way. */
int records_open(struct records *r, const struct command *command,
	const struct console *console, struct error *e);

/* Somebody wants transfers written down. */
bool records_wanted(const struct records *r);

/* Write down one transfer, that of `url`, in one piece. Returns 0 or
 * -ERR_WRITE.
 */
int records_add(struct records *r, const char *url, const struct ledger *ledger,
	const struct facts *facts, const struct error *result, struct error *e);

void records_close(struct records *r);

#endif
