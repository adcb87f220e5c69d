/* Byte streams: one vtable for TCP, Unix sockets, TLS, tunnels and taps, which
 * stack. The operations never block; stream_read and stream_write wait, with a
 * deadline. */
#ifndef NET_STREAM_H
#define NET_STREAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <sys/uio.h>

#include "base/error.h"

#define STREAM_AGAIN (-ERR_AGAIN) /* not now: wait for what `wants` says */

struct stream;

struct stream_ops {
	/* Up to `n` bytes: > 0, 0 at the end (for TLS: close_notify), or a
	 * negative error, STREAM_AGAIN among them. A TLS stream that ends
	 * without close_notify is -ERR_RECV with s->truncated set. */
	ssize_t (*read)(
		struct stream *s, void *to, size_t n, struct error *e) CHECKED;

	/* Write what fits now of the vector: > 0 or a negative error. */
	ssize_t (*write)(struct stream *s, const struct iovec *iov, int n,
		struct error *e) CHECKED;

	/* No more will be written: TCP FIN, TLS close_notify. 0 or an error. */
	int (*shut)(struct stream *s, struct error *e) CHECKED;

	/* The poll(2) events that the last STREAM_AGAIN waits for. */
	short (*wants)(const struct stream *s);

	/* Only of streams without a socket (fd -1), whose writes are always
	 * taken: called instead of waiting after a STREAM_AGAIN of read, when
	 * there is nothing else to do. 0 when reading has become possible, else
	 * an error. */
	int (*idle)(struct stream *s, struct error *e) CHECKED;

	/* Close and free, the streams below it too. */
	void (*close)(struct stream *s);
};

struct stream {
	const struct stream_ops *ops;
	const char *name; /* "tcp", "tls", static */
	int fd; /* the socket at the bottom, to poll; -1: none, see idle */
	bool plain; /* bytes on fd are the stream's own: splice and sendfile may
		     * be used on fd */
	bool truncated; /* see read */
};

/* Read with waiting: > 0, 0 at the end, -ERR_TIMEOUT, -ERR_RECV or what else
 * the stream failed with. Tries first, polls only when there was nothing; but
 * a deadline that has passed is a timeout even when there are bytes, so that no
 * peer outruns it. */
ssize_t stream_read(struct stream *s, void *to, size_t n, int64_t deadline,
	struct error *e) CHECKED;

/* Write all of it, waiting as needed: 0, -ERR_TIMEOUT, -ERR_SEND ... */
int stream_write(struct stream *s, const void *from, size_t n, int64_t deadline,
	struct error *e) CHECKED;

/* Wait until the stream is ready for what its last STREAM_AGAIN wanted, plus
 * `extra` poll events: the events (> 0), -ERR_TIMEOUT or -ERR_RECV. */
int stream_wait(struct stream *s, short extra, int64_t deadline,
	struct error *e) CHECKED;

/* The same for whoever has read a plain stream's descriptor past it, and found
 * nothing: wait until there are bytes, whatever the last STREAM_AGAIN wanted.
 */
int stream_wait_bytes(
	struct stream *s, int64_t deadline, struct error *e) CHECKED;

/* Close and free; NULL is allowed. */
void stream_close(struct stream *s);

/* A connected, non-blocking socket as a stream, which owns it from now on. NULL
 * when memory is out (then the socket is closed). `name` is static. */
struct stream *stream_socket(int fd, const char *name, struct error *e) CHECKED;

#endif
