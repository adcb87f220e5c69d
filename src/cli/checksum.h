/* --checksum: the digests that a body has to have. */
#ifndef CLI_CHECKSUM_H
#define CLI_CHECKSUM_H

#include "cli/options.h"
#include "net/digest.h"
#include "transfer/observer.h"

struct checksum {
	enum digest digest;
	const char *name; /* "sha256"; static */
	char expected[DIGEST_HEX_SIZE]; /* in lower case */
};

/* Read "ALGORITHM:HEX". Returns 0, or -ERR_USAGE naming the byte. */
int checksum_parse(
	struct str text, struct checksum *c, struct error *e) CHECKED;

/* All of them, of one transfer. All private: it stands between a transfer and
 * its sink, to see the body. */
struct checksums {
	struct sink_port inner, outer;
	const struct digest_functions *digests;
	struct checksum_run {
		struct checksum wanted;
		struct digest_state *state;
	} * runs;
	size_t n;
	const char *so_far;
};

/* `texts` are arguments that checksum_parse has accepted; `inner`, the sink's,
 * is copied; `so_far`, borrowed, is the file that the body is the rest of, or
 * NULL: what is in it counts, and none is as good as an empty one. Returns 0,
 * -ERR_NOT_BUILT_IN when there is no such digest, -ERR_READ or
 * -ERR_OUT_OF_MEMORY; checksums_fini is due either way. */
int checksums_init(struct checksums *c, const struct strings *texts,
	const struct sink_port *inner, const char *so_far,
	struct error *e) CHECKED;
void checksums_fini(struct checksums *c);

/* The body is about to begin again. Returns what checksums_init does. */
int checksums_restart(struct checksums *c, struct error *e) CHECKED;

/* There is no body, the file at `path` is it. Returns what checksums_init does;
 * the file has to be there. */
int checksums_take_file(
	struct checksums *c, const char *path, struct error *e) CHECKED;

/* The body is whole: 0 when it has all of the digests; -ERR_CHECKSUM, with both
 * digests in the message; or -ERR_NOT_BUILT_IN. Once for each beginning. */
int checksums_check(struct checksums *c, struct error *e) CHECKED;

#endif
