/* -C, --etag-compare: where a transfer goes on, and what that depends on. */
#ifndef CLI_RESUME_H
#define CLI_RESUME_H

#include "cli/jobs.h"

/* Read the entity-tag file of --etag-compare, if any, into the operation's
 * request. Returns 0 or what input_read fails with, but for a file that is not
 * there; -ERR_READ also when that of --etag-save could not be written. */
int resume_etags(struct operation *o, struct error *e) CHECKED;

/* Fill in what -C means for a download to errand->path, which is known. Returns
 * 0, -ERR_WRITE when what is there cannot be looked at, or -ERR_OUT_OF_MEMORY.
 */
int resume_download(struct errand *errand, const struct operation *o,
	struct error *e) CHECKED;

/* Fill in what -C means for the upload of `fd`, and put the byte it begins at
 * into `*start`. Returns 0; -ERR_PARTIAL when nothing is left to be sent;
 * -ERR_USAGE when the length is not known. */
int resume_upload(struct errand *errand, const struct options *options, int fd,
	uint64_t *start, struct error *e) CHECKED;

#endif
