/* --raw-request: the bytes of the file, its escapes, where writes are cut. */
#ifndef CLI_RAW_BYTES_H
#define CLI_RAW_BYTES_H

#include "cli/message.h"
#include "cli/options.h"

#define RAW_SPLITS_MAX 1024u

struct raw_bytes {
	struct buf bytes;
	size_t splits[RAW_SPLITS_MAX];
	struct raw_request request; /* borrows from the two above */
};

/* Append `in` with \r, \n, \t, \0, \\ and \xNN (two hexadecimal digits) read
 * as the bytes they stand for. Returns 0; -ERR_USAGE, naming the byte, for
 * another character behind a backslash, or none; what buf_check says. */
int raw_unescape(struct buf *out, struct str in, struct error *e) CHECKED;

/* Read "N,M,...", ascending offsets from 1 on. Returns how many there are, at
 * most RAW_SPLITS_MAX, or -ERR_USAGE naming the byte. */
ssize_t raw_splits(size_t splits[static RAW_SPLITS_MAX], struct str list,
	struct error *e) CHECKED;

/* Read what the options of an operation with --raw-request ask for. Warnings
 * about what a server would find wrong with the requests go to `command`. NULL
 * on failure: -ERR_READ, -ERR_USAGE, -ERR_OUT_OF_MEMORY. */
struct raw_bytes *raw_bytes_new(struct command *command,
	const struct options *options, struct error *e) CHECKED;
void raw_bytes_free(struct raw_bytes *r); /* NULL is allowed */

/* Without --raw-request: 0, or -ERR_USAGE for an option that is about it. */
int raw_bytes_missed(const struct options *options, struct error *e) CHECKED;

#endif
