/* A request on its way out: head, then body, as far as the peer takes it now.
 * It never waits; exchange.c does. */
#ifndef TRANSFER_SENDING_H
#define TRANSFER_SENDING_H

#include <sys/uio.h>

#include "net/stream.h"
#include "transfer/observer.h"
#include "transfer/upload.h"

enum sending_state {
	SENDING_DONE, /* all of it is out */
	SENDING_BLOCKED, /* the stream takes no more now, or much has gone */
	SENDING_STARVED, /* the body has nothing to give now */
	SENDING_PACED, /* budget is spent */
	SENDING_CUT, /* head_stop is reached */
	SENDING_HELD /* the head is out, the body waits for 100 (Continue) */
};

struct sending {
	struct stream *stream;
	const struct observer *observer; /* told of the body; may be NULL */
	struct upload *body; /* NULL: none */
	bool chunked; /* RFC 9112 section 7.1 */
	bool held; /* do not begin the body yet */
	uint64_t budget; /* bytes of the body, chunk lines and all, that may
			  * still be written; UINT64_MAX: all of it */
	uint64_t head_stop; /* bytes of the head that go out before whoever
			     * calls says otherwise; UINT64_MAX: all of it */
	uint64_t head_sent,
		body_sent; /* bytes; the body's without chunk lines */

	/* private: what is written next */
	struct sending_part {
		struct iovec bytes;
		enum { PART_HEAD, PART_CHUNK_LINE, PART_BODY } kind;
	} parts[4];
	int n_parts;
	char line[24]; /* of the chunk among the parts */
	bool ended; /* nothing of the body is left to be put among them */
};

/* Begin with `head`, which is borrowed like the body. The caller may set
 * `observer`, `chunked` and `held` then, `budget` and `head_stop` at any time.
 */
void sending_init(struct sending *s, struct stream *stream, struct str head,
	struct upload *body);

/* Write what the stream takes. Returns an enum sending_state, or -ERR_SEND,
 * -ERR_READ and what else stream and body fail with. */
int sending_step(struct sending *s, struct error *e) CHECKED;

#endif
