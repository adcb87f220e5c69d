/* --record: every byte of every connection, with its time, as JSON Lines: one
 * object a read, a write or another thing that happened to a connection. For
 * all of them there are "time", in seconds since the recording began,
 * "connection", counted from 0, and "event":
 *
 *   "open"      with "host", "port" and "tls"
 *   "sent"      with the bytes, as "text" when they are UTF-8, else "base64"
 *   "received"  likewise; of the stream above TLS
 *   "end"       the peer sends no more
 *   "cut"       it has ended without the end that TLS demands
 *   "failed"    reading failed; as above with "code" and "error"
 *   "refused"   writing failed; with "code" and "error"
 *   "shut"      this side sends no more
 *   "close"     this side closed
 *
 * Lines are written whole, at once, also when several threads record. */
#ifndef OUTPUT_RECORDING_H
#define OUTPUT_RECORDING_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/uio.h>

#include "base/error.h"
#include "base/str.h"

struct recording;

/* A recording that begins now, written to `fd`, which stays the caller's. NULL
 * when memory is out. */
struct recording *recording_new(int fd, struct error *e) CHECKED;
void recording_free(struct recording *r); /* NULL is allowed */

/* 0, or -ERR_WRITE and why nothing more was written from some line on. */
int recording_check(struct recording *r, struct error *e) CHECKED;

/* What happened; the shapes are those of a tap. recording_opened returns the
 * number of the connection. */
long recording_opened(
	void *recording, const char *host, uint16_t port, bool tls);
void recording_sent(
	void *recording, long connection, const struct iovec *iov, size_t n);
void recording_received(void *recording, long connection, struct str bytes);
void recording_ended(
	void *recording, long connection, bool cut, const struct error *e);
void recording_refused(void *recording, long connection, const struct error *e);
void recording_shut(void *recording, long connection);
void recording_closed(void *recording, long connection);

#endif
