/* What a sink is made of, for the files that implement it. */
#ifndef OUTPUT_SINK_STATE_H
#define OUTPUT_SINK_STATE_H

#include "output/channel.h"
#include "output/record.h"
#include "output/sink.h"
#include "output/target.h"

struct sink {
	const struct sink_config *config;
	struct channel out; /* closed until the first byte for it */
	struct file aside; /* of -C, in whose place `out` is to come */
	struct channel dump; /* closed when there is no -D */
	struct spool spool; /* for those of them that are standard output */
	uint64_t seen; /* bytes of the body */
	char type[128]; /* its Content-Type, cut */
	bool begun; /* the channel knows of the body */
	bool goes_on; /* ... and what comes is the rest of it */
	bool to_stdout;
	bool holds_output; /* standard output is this sink's alone */
	bool discard; /* nothing is to be kept, nor even written */
	bool recording; /* `record` is wanted */
	bool of_file; /* it is about what the file holds in the end */
	bool etag_saved;
	struct record record;
	struct buf held; /* heads for -i, while the file's name is unknown */
	struct target target; /* the file's name */
	struct sink_outcome outcome;
	struct error warning;
	int64_t deadline; /* of the transfer */
};

/* Open what the body goes to, unless that is open. Returns 0, -ERR_WRITE or
 * -ERR_OUT_OF_MEMORY. */
int sink_open_out(struct sink *s, struct error *e) CHECKED;

/* Write the entity-tag of the last head for --etag-save, once, when it is that
 * of what the file holds. Returns 0 or -ERR_WRITE. */
int sink_save_etag(struct sink *s, struct error *e) CHECKED;

#endif
