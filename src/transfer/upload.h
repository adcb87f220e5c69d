/* Request bodies: where they are read from. */
#ifndef TRANSFER_UPLOAD_H
#define TRANSFER_UPLOAD_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/str.h"

#define UPLOAD_UNKNOWN UINT64_MAX

struct upload_ops {
	/* The next bytes of the body, which borrow until the next call: 1 when
	 * there are some, 0 at the end, -ERR_AGAIN when there is nothing now
	 * (poll upload->fd), -ERR_READ naming the file. */
	int (*next)(void *source, struct str *bytes, struct error *e) CHECKED;

	/* Begin again from the first byte: 0, or -ERR_SEND_REWIND. */
	int (*rewind)(void *source, struct error *e) CHECKED;
};

/* Borrowed by a job; one transfer at a time uses it. */
struct upload {
	const struct upload_ops *ops;
	void *source;
	uint64_t length; /* bytes, or UPLOAD_UNKNOWN */
	int fd; /* to poll after -ERR_AGAIN, else -1 */
};

/* A body in memory. */
struct upload_memory {
	struct str bytes; /* borrowed */
	bool given; /* private */
};

void upload_from_memory(
	struct upload *u, struct upload_memory *memory, struct str bytes);

/* A body from a descriptor: a file, a pipe, a terminal. */
struct upload_file {
	int fd; /* borrowed */
	const char *name; /* borrowed, for messages */
	uint64_t start; /* the offset to begin at */
	uint64_t length; /* bytes from there, or UPLOAD_UNKNOWN */
	uint64_t left; /* private: bytes still to be given */
	bool regular; /* private */
	bool begun; /* private */
	char *buffer; /* private */
};

/* Of a regular file the length is known and what it grows by meanwhile is left
 * out; one that shrinks is -ERR_READ when its end comes early. `start` bytes
 * are left out. What cannot give anything now is not waited for, and its flags
 * are left alone, as others may share them. Returns 0 or -ERR_READ. */
int upload_from_file(struct upload *u, struct upload_file *file, int fd,
	const char *name, uint64_t start, struct error *e) CHECKED;

/* The same, from where the descriptor stands. */
int upload_from_here(struct upload *u, struct upload_file *file, int fd,
	const char *name, struct error *e) CHECKED;
void upload_file_fini(struct upload_file *file);

/* Another body with a CR before each LF that has none, for what speaks in lines
 * of text: its length is not known before it has gone by. */
struct upload_crlf {
	struct upload *inner; /* borrowed */
	bool after_cr; /* private */
	char *buffer; /* private */
	size_t size; /* private: bytes of the buffer */
};

void upload_as_crlf(
	struct upload *u, struct upload_crlf *crlf, struct upload *inner);
void upload_crlf_fini(struct upload_crlf *crlf);

#endif
