/* The two ways out of a transfer: the sink takes what was received, the
 * observer is told what happens. output/ implements both. */
#ifndef TRANSFER_OBSERVER_H
#define TRANSFER_OBSERVER_H

#include <sys/uio.h>

#include "base/error.h"
#include "base/log.h"
#include "http/finding.h"
#include "http/head.h"
#include "transfer/facts.h"

/* Takes heads and body; a negative return ends the transfer with that error. */
struct sink_ops {
	/* A whole response head, interim and redirecting ones too, or a trailer
	 * section (then head->status is 0). `body_follows` is false when no
	 * body of this response will be handed on. */
	int (*head)(void *sink, const struct head *head, bool body_follows,
		struct error *e);

	/* Body bytes, decoded, in order. */
	int (*body)(
		void *sink, const struct iovec *iov, int n, struct error *e);

	/* A descriptor that body bytes may be moved to directly, for `expected`
	 * bytes (UINT64_MAX: unknown), or -1 when they must go through body()
	 * (a terminal, a head still unwritten). Each move is told to moved().
	 */
	int (*direct)(void *sink, uint64_t expected);
	void (*moved)(void *sink, uint64_t n);
};

struct sink_port {
	const struct sink_ops *ops;
	void *sink;
};

/* What is told; every function may be NULL. Bytes are gone when they return. */
struct observer_ops {
	void (*head_out)(void *observer, struct str bytes);
	void (*body_out)(void *observer, struct str bytes);
	void (*head_in)(void *observer, const struct head *head);
	void (*body_in)(void *observer, struct str bytes); /* as received */
	void (*finding)(void *observer, const struct finding *finding);
	/* Bytes have moved; called often, must be cheap. `f->times.total` is
	 * not kept up to date meanwhile. */
	void (*progress)(void *observer, const struct facts *f);
};

struct observer {
	const struct observer_ops *ops;
	void *context;
	struct log log; /* decisions in words: lines for "* " */
};

/* Tell one thing to an observer that may be NULL. */
#define OBSERVE(to, function, ...)                                     \
	do {                                                           \
		const struct observer *to_ = (to);                     \
		if (to_ && to_->ops->function)                         \
			to_->ops->function(to_->context, __VA_ARGS__); \
	} while (0)

#endif
