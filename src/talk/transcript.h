/* What went over the wire, told while it happens: an annotated hex dump (--hex)
 * or JSON lines (--format json). Safe to use from several threads; a record is
 * never torn by another. */
#ifndef TALK_TRANSCRIPT_H
#define TALK_TRANSCRIPT_H

#include <stdint.h>

#include "base/error.h"
#include "base/json.h"

enum transcript_direction { TRANSCRIPT_SENT, TRANSCRIPT_RECEIVED };

struct transcript;

/* `hex_fd` and `json_fd` are descriptors, or -1 for none. NULL when memory is
 * out. */
struct transcript *transcript_new(
	int hex_fd, int json_fd, struct error *e) CHECKED;
void transcript_free(struct transcript *t);

/* Have the JSON lines go to `write`, not to a descriptor; it is called by one
 * thread at a time and returns 0 or a negative error. */
void transcript_write_json(struct transcript *t,
	int (*write)(void *context, struct str line, struct error *e),
	void *context);

/* One conversation's count of bytes each way, for the offsets. Zero it. */
struct transcript_place {
	uint64_t sent, received;
};

/* Tell of one segment or datagram to or from `peer` ("127.0.0.1:9",
 * a unix path). NULL `t` is allowed: only `place` is counted. JSON: one object
 * a line with time (seconds since 1970 with microseconds), direction ("sent",
 * "received"), peer, offset, length, and text, or base64 when it is no UTF-8.
 * Hex: a line "12:34:56.789012 > 127.0.0.1:9, 5 bytes at 0" and under it rows
 * of offset, 16 bytes in hex, and text. Returns 0, -ERR_WRITE, or what the
 * writer of JSON fails with. */
int transcript_tell(struct transcript *t, struct transcript_place *place,
	enum transcript_direction direction, const char *peer, struct str bytes,
	struct error *e) CHECKED;

/* Add the member "text" of an object with `bytes`, or "base64" when they are no
 * UTF-8. Nothing in it can control a terminal. */
void transcript_add_data(struct json *j, struct str bytes);

#endif
