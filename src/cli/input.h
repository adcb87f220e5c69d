/* Files that options name: read as a whole, before anything is sent. */
#ifndef CLI_INPUT_H
#define CLI_INPUT_H

#include "base/buf.h"

/* Append the content of the file at `path` to `out`; "-" is standard input. The
 * most that is read is what `out` can hold. Returns 0, -ERR_READ with the path
 * and the reason, -ERR_TOO_LARGE or -ERR_OUT_OF_MEMORY. */
int input_read(struct buf *out, const char *path, struct error *e) CHECKED;

/* False when there is certainly no file at `path`; "-" is always there. */
bool input_exists(const char *path);

/* Append only the bytes from offset `first` to offset `last`, both included, as
 * far as they are there. Returns as input_read. */
int input_read_part(struct buf *out, const char *path, uint64_t first,
	uint64_t last, struct error *e) CHECKED;
/* Standard input is going to be sent by a transfer beside which others run: 0
 * for the first one to ask, -ERR_READ for all others. */
int input_claim(struct error *e) CHECKED;

#endif
