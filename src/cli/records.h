/* What is written down about a whole run: --report, one line a transfer, --har,
 * one document, and --record, all bytes; and --replay, from which such a record
 * is read. */
#ifndef CLI_RECORDS_H
#define CLI_RECORDS_H

#include <pthread.h>

#include "cli/console.h"
#include "net/replay.h"
#include "net/tap.h"
#include "output/file.h"
#include "output/recording.h"
#include "output/report.h"

struct records {
	int report_fd; /* -1: no --report */
	struct file har; /* closed without --har */
	size_t body_limit; /* --har-body-limit */
	bool secrets; /* --show-secrets */

	int record_fd; /* -1: no --record of its own to close */
	struct recording *recording; /* NULL: no --record */
	struct tap tap; /* of it */
	bool replaying; /* --replay */
	struct replay replay;

	/* private */
	pthread_mutex_t lock; /* of the two that follow, and of `har` */
	bool begun; /* an entry stands in the archive */
	struct error failed; /* why it could not be written */
};

/* With --har -, standard output is one document: 0, or -ERR_USAGE with what
 * else would go there. */
int records_check(const struct command *command, struct error *e) CHECKED;

/* Open what `command` asks for: 0; -ERR_WRITE naming the option and file;
 * -ERR_READ, naming the line and byte too where it is the content that is
 * wrong. records_close is due either way. */
int records_open(struct records *r, const struct command *command,
	const struct console *console, struct error *e) CHECKED;

/* Connections made with `net` are those of --replay, and go to --record. */
void records_use(struct records *r, struct net_config *net);

/* Somebody wants transfers written down. */
bool records_wanted(const struct records *r);

/* Some of it goes to standard output, which is not to be in the middle of what
 * another transfer writes there. */
bool records_on_output(const struct records *r);

/* How many bytes of each body the ledger has to keep. */
size_t records_body_limit(const struct records *r);

/* Write down one transfer, that of `url`, in one piece. Returns 0, -ERR_WRITE,
 * or -ERR_OUT_OF_MEMORY when something is missing in it. */
int records_add(struct records *r, const char *url, const struct ledger *ledger,
	const struct facts *facts, const struct error *result,
	struct error *e) CHECKED;

/* All transfers are over and all connections closed: the archive is put in its
 * place. Returns 0 or -ERR_WRITE. */
int records_close(struct records *r, struct error *e) CHECKED;

#endif
