/* Bytes held back until they may be written: in memory, and when they are many
 * in a file that has no name. */
#ifndef OUTPUT_SPOOL_H
#define OUTPUT_SPOOL_H

#include "base/buf.h"
#include "output/file.h"

struct spool {
	struct buf memory; /* all of them while fd is -1 */
	int fd; /* a file with all of them */
	uint64_t size;
	uint64_t mark; /* spool_cut goes back to it */
};

void spool_init(struct spool *s);
void spool_fini(struct spool *s);

/* Take all of the vector. Returns 0, -ERR_WRITE when there is no temporary file
 * to be had in $TMPDIR (else /tmp) or it is full, or -ERR_OUT_OF_MEMORY. */
int spool_write(struct spool *s, const struct iovec *iov, int n,
	struct error *e) CHECKED;

/* The file, for `expected` bytes (UINT64_MAX: unknown) to be moved to, each of
 * which is then told to spool_moved; or -1 when they fit into memory. */
int spool_direct(struct spool *s, uint64_t expected);
void spool_moved(struct spool *s, uint64_t n);

/* A write to the file failed with that errno: returns -ERR_WRITE, as
 * spool_write does. */
int spool_failed(int number, struct error *e) CHECKED;

/* Remember how much there is, 0 before the first call. */
void spool_mark(struct spool *s);

/* Forget what came after that. Returns 0 or -ERR_WRITE. */
int spool_cut(struct spool *s, struct error *e) CHECKED;

/* Write all of it to `to`, once. Returns 0; -ERR_READ when it cannot be read
 * back, or what file_write fails with. */
int spool_release(struct spool *s, struct file *to, struct error *e) CHECKED;

#endif
