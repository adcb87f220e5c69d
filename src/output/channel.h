/* Somewhere that received bytes go: a file, a pipe, a terminal, which is kept
 * from being controlled by them, and for which they may be made up. */
#ifndef OUTPUT_CHANNEL_H
#define OUTPUT_CHANNEL_H

#include "output/file.h"
#include "output/json_view.h"
#include "output/sink.h"
#include "output/spool.h"
#include "output/terminal.h"

struct channel {
	struct file file;
	bool terminal;
	bool safe; /* escape for it */
	bool colour; /* heads and JSON are coloured */
	bool shown; /* a person looks at it, or is said to */
	bool styling; /* the body is JSON to be made up: it has to pass
		       * through channel_body */
	struct json_view json;
	struct terminal_filter filter;
	struct spool *spool; /* takes what is written; NULL: none */
};

/* The file is open: find out what it is. */
void channel_began(struct channel *c, const struct sink_config *config);

/* Write bytes as they are meant to be seen, escaped for a terminal. Returns 0,
 * or what file_write and spool_write fail with. */
int channel_write(struct channel *c, const struct iovec *iov, int n,
	struct error *e) CHECKED;
int channel_write_str(struct channel *c, struct str s, struct error *e) CHECKED;

/* Write a head that is made up: its names bold, coloured with c->colour; a
 * `status` line at its front is plain, or coloured by its class. With `doubled`
 * each line twice, as curl shows one that is there for -i and for -D: plain,
 * then bold. */
int channel_write_head(struct channel *c, struct str text, bool status,
	bool doubled, struct error *e) CHECKED;

/* A body of that Content-Type begins; c->styling is known then. */
void channel_body_begins(
	struct channel *c, const struct sink_config *config, struct str type);

/* Body bytes; as channel_write. */
int channel_body(struct channel *c, const struct iovec *iov, int n,
	struct error *e) CHECKED;

/* The body has come to its end: note what is wrong with what it was said to be.
 */
void channel_review(const struct channel *c, struct findings *found);

/* No more bytes will come of this body: write what is due, a cut character, the
 * end of what was made up. */
int channel_flush(struct channel *c, struct error *e) CHECKED;

#endif
