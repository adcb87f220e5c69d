/* The chunked transfer coding, decoded in place (RFC 9112 section 7.1). */
#ifndef HTTP_CHUNK_H
#define HTTP_CHUNK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "http/finding.h"

/* The size line of a chunk. */
struct chunk_line {
	uint64_t size; /* bytes of data to come; 0 for the last chunk */
	struct str extension; /* from its ";" on, without the line end */
	uint64_t offset; /* of the line, from where the body begins */
};

/* Who wants to see the size lines. */
struct chunk_watch {
	void (*line)(void *context, const struct chunk_line *line);
	void *context;
};

struct chunk_decoder {
	int state; /* private */
	uint64_t left; /* bytes of data still to come in this chunk */
	uint64_t offset; /* bytes of coded input taken so far */
	uint64_t data; /* bytes of data handed on so far */
	size_t line; /* bytes of the size or trailer line so far */
	bool done; /* the empty line behind the trailers has been taken */
	struct buf trailers; /* the trailer section as received, with its empty
			      * line, once done: for head_parse_trailers */
	struct findings *found; /* may be NULL; offsets count from where the
				 * body begins, plus found->base */
	struct chunk_watch watch; /* private: see chunk_observe */
	struct buf watched; /* private: the size line so far, watched only */
};

void chunk_init(struct chunk_decoder *d, struct findings *found);
void chunk_fini(struct chunk_decoder *d);

/* Have each size line told to `watch` when it is whole. */
void chunk_observe(struct chunk_decoder *d, const struct chunk_watch *watch);

/* Take bytes from the front of `in`; call again with the rest until it is
 * empty or d->done. Returns the bytes taken (> 0 when `in` is not empty and
 * the decoder not done); `*data` gets the run of chunk data among them, which
 * borrows from `in`, is the last of the bytes taken, and may be empty.
 * -ERR_RECV for a size that is no hexadecimal number of 1 to 16 digits up to
 * INT64_MAX, a control character or unclosed quote in an extension, a CR
 * without LF, or no line end behind the data of a chunk (the message names the
 * byte, d->offset); -ERR_TOO_MANY for a size line over LIMIT_CHUNK_LINE or
 * trailers over LIMIT_TRAILERS; -ERR_OUT_OF_MEMORY. Nothing can be decoded
 * after an error. Lenient, with findings: bare LF, white space behind a size,
 * an extension that is malformed otherwise. Trailer fields are not looked into.
 * Never takes a byte behind the end, so what is left in `in` when d->done
 * belongs to the next response. */
ssize_t chunk_decode(struct chunk_decoder *d, struct str in, struct str *data,
	struct error *e) CHECKED;

#endif
