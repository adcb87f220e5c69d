/* The content of one part of a form, read and encoded piece by piece. */
#ifndef TRANSFER_FORM_CONTENT_H
#define TRANSFER_FORM_CONTENT_H

#include "transfer/form.h"

struct form_content_reader {
	const struct form_part *part; /* NULL while nothing is open */
	int fd; /* of a FORM_FILE; what to poll after -ERR_AGAIN */
	uint64_t size; /* before it is encoded; UPLOAD_UNKNOWN of a pipe */

	/* private */
	struct form_encoder encoder;
	uint64_t offset; /* of what is read next */
	uint64_t left; /* of the file */
	bool pipe; /* it is read as it comes, and once */
	bool ended;
	char *buffer;
	struct buf encoded;
};

/* What is closed already, so that it may be closed. */
void form_content_init(struct form_content_reader *reader);

/* Begin with the content of `part`, which is borrowed and no multipart. A file
 * is opened: of one that has a size, no more than `limit` bytes are read, and
 * any other does not make the caller wait. Returns 0 or -ERR_READ. */
int form_content_open(struct form_content_reader *reader,
	const struct form_part *part, uint64_t limit, struct error *e) CHECKED;

/* The next bytes, encoded, which borrow until the next call: 1 when there are
 * some, 0 at the end, -ERR_AGAIN when there is nothing now, -ERR_READ naming
 * the part, or -ERR_OUT_OF_MEMORY. */
int form_content_next(struct form_content_reader *reader, struct str *bytes,
	struct error *e) CHECKED;

/* Give back what it holds; it may be opened again. */
void form_content_close(struct form_content_reader *reader);

/* How long the content is, and once encoded: what depends on its bytes is
 * encoded on trial. Both are UPLOAD_UNKNOWN for what is read only once. Returns
 * 0, -ERR_READ or -ERR_OUT_OF_MEMORY. */
int form_content_measure(const struct form_part *part, uint64_t *size,
	uint64_t *length, struct error *e) CHECKED;

#endif
