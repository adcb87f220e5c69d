/* A stream that tells of all that passes through the one below it. */
#ifndef NET_TAP_H
#define NET_TAP_H

#include "base/str.h"
#include "net/stream.h"

/* Who is told; connections have the numbers that `opened` gave them. Called
 * from any thread, of one connection never from two at once. */
struct tap_ops {
	long (*opened)(void *to, const char *host, uint16_t port, bool tls);

	/* The first `n` bytes of the vector were taken. */
	void (*sent)(
		void *to, long connection, const struct iovec *iov, size_t n);
	void (*received)(void *to, long connection, struct str bytes);

	/* Reading came to an end: that of the stream when `e` is NULL, else
	 * this failure; `cut` is the stream's `truncated`. */
	void (*ended)(
		void *to, long connection, bool cut, const struct error *e);

	/* A write failed. */
	void (*refused)(void *to, long connection, const struct error *e);

	/* This side sends no more; this side closed. */
	void (*shut)(void *to, long connection);
	void (*closed)(void *to, long connection);
};

struct tap {
	const struct tap_ops *ops;
	void *to;
};

/* `under`, which is taken over, with a tap above it; `tap` is copied. NULL when
 * memory is out; then `under` is closed. */
struct stream *tap_stream(const struct tap *tap, struct stream *under,
	const char *host, uint16_t port, bool tls, struct error *e) CHECKED;

/* What is below the tap `s`, which is gone: as though it had been closed, but
 * the stream below goes on. */
struct stream *tap_release(struct stream *s);

#endif
