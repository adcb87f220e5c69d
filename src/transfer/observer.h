/* The two ways out of a transfer: the sink takes what was received, the
 * observer is told what happens. output/ implements both. */
#ifndef TRANSFER_OBSERVER_H
#define TRANSFER_OBSERVER_H

#include <sys/uio.h>

#include "base/error.h"
#include "base/log.h"
#include "http/chunk.h"
#include "http/finding.h"
#include "http/framing.h"
#include "http/head.h"
#include "net/dial.h"
#include "net/tls.h"
#include "transfer/facts.h"
#include "transfer/hop.h"

/* Takes heads and body; a negative return ends the transfer with that error. */
struct sink_ops {
	/* A whole response head, interim and redirecting ones too, or a trailer
	 * section (then head->status is 0). `body_follows` is false when no
	 * body of this response will be handed on. */
	int (*head)(void *sink, const struct head *head, bool body_follows,
		struct error *e) CHECKED;

	/* An answer to CONNECT, which says nothing of the resource. */
	int (*tunnel_head)(
		void *sink, const struct head *head, struct error *e) CHECKED;

	/* Body bytes, decoded, in order. */
	int (*body)(void *sink, const struct iovec *iov, int n,
		struct error *e) CHECKED;

	/* A descriptor that body bytes may be moved to directly, for `expected`
	 * bytes (UINT64_MAX: unknown), or -1 when they must go through body()
	 * (a terminal, a head still unwritten). Each move is told to moved().
	 */
	int (*direct)(void *sink, uint64_t expected);
	void (*moved)(void *sink, uint64_t n);
	/* The descriptor took no more, and `number` is errno's reason: fails
	 * as body() does. */
	int (*unmoved)(void *sink, int number, struct error *e) CHECKED;

	/* The body has come to its end: note what only the sink has seen to be
	 * wrong with it, at offsets in it. May be NULL. */
	void (*review)(void *sink, struct findings *found);

	/* Told before anything else where there is a deadline: a head or body
	 * that has to wait fails with -ERR_TIMEOUT then. May be NULL. */
	void (*until)(void *sink, int64_t deadline);
	/* Whether other transfers may be waiting for what this sink has, so
	 * that this one must not wait for what they have. NULL: never. */
	bool (*holds)(void *sink);
	/* Whether the body behind the head that was told last is taken and
	 * thrown away. NULL: never. */
	bool (*leaves_out)(void *sink);
};

struct sink_port {
	const struct sink_ops *ops;
	void *sink;
};

/* What the bytes of a head belong to. */
enum head_section {
	HEAD_ANSWER,
	HEAD_TRAILERS, /* which body_in has, too */
	HEAD_TUNNEL /* an answer to CONNECT */
};

/* What a decision is about. */
enum decision_kind {
	DECISION_CONNECTION, /* reused, kept, closed */
	DECISION_REDIRECT,
	DECISION_AUTHENTICATION,
	DECISION_COOKIE,
	DECISION_HSTS,
	DECISION_RETRY
};

/* What is told; every function may be NULL, and what nobody wants to know is
 * not worked out. Nothing that is pointed to outlives the call. In order:
 *
 *   hop_begin (dialed proxy_secured? (tunnel_out tunnel_in+)* secured?)?
 *     connected head_out body_out*
 *     (head_in finding*)+ framing (body_in chunk* content*)* head_in? hop_end
 *
 * with head_bytes in front of each tunnel_in and head_in, and decisions,
 * findings and progress in between; a failure goes to hop_end from wherever it
 * happens. */
struct observer_ops {
	void (*hop_begin)(void *observer, const struct hop *hop);
	/* A connection was asked for: the addresses, each attempt, the winner
	 * or none (then dial->stream is NULL). */
	void (*dialed)(void *observer, const char *host, uint16_t port,
		const struct dial_result *dial);
	void (*secured)(void *observer, const struct tls_info *info);
	/* The same of the TLS to a proxy, which is below all that follows. */
	void (*proxy_secured)(void *observer, const struct tls_info *info);
	/* The head of a CONNECT, and those that answer it, interim ones too. */
	void (*tunnel_out)(void *observer, struct str bytes);
	void (*tunnel_in)(void *observer, const struct head *head);
	void (*connected)(void *observer, const struct hop *hop);
	void (*head_out)(void *observer, struct str bytes);
	void (*body_out)(void *observer, struct str bytes);
	/* What comes of heads, as it comes, line by line, before it is known
	 * what they mean; and where no more follows, what there is of the last
	 * line. All of a head has been told so when it is known. */
	void (*head_bytes)(
		void *observer, enum head_section section, struct str bytes);
	/* Interim and final heads; a trailer section has status 0. */
	void (*head_in)(void *observer, const struct head *head);
	void (*framing)(void *observer, const struct framing *framing);
	void (*body_in)(void *observer, struct str bytes); /* as received */
	void (*chunk)(void *observer, const struct chunk_line *line);
	/* What is handed to the sink: off the framing, decoded. */
	void (*content)(void *observer, struct str bytes);
	void (*finding)(void *observer, const struct finding *finding);
	void (*decision)(
		void *observer, enum decision_kind kind, const char *text);
	/* Bytes have moved; called often, must be cheap. `f->times.total` is
	 * not kept up to date meanwhile. */
	void (*progress)(void *observer, const struct facts *f);
	/* `error` has code 0 when the hop went well. */
	void (*hop_end)(void *observer, const struct hop *hop,
		const struct error *error);
};

/* body_in and content are asked for: the bytes have to pass through this
 * program rather than be moved by the kernel. */
struct observer {
	const struct observer_ops *ops;
	void *context;
	struct log log; /* decisions in words: lines for "* " */
};

/* Tell of a decision, in words that explain it; nothing is formatted when
 * nobody listens. At most 2 KiB. NULL `o` is allowed. */
void observer_decide(const struct observer *o, enum decision_kind kind,
	const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Tell of the whole lines of a head that is coming, `in`, of which `*told`
 * bytes have been told before; with `all`, of all that has come of it. NULL `o`
 * is allowed. */
void observer_hear(const struct observer *o, enum head_section section,
	struct str in, bool all, size_t *told);

/* Tell one thing to an observer that may be NULL. */
#define OBSERVE(to, function, ...)                                     \
	do {                                                           \
		const struct observer *to_ = (to);                     \
		if (to_ && to_->ops->function)                         \
			to_->ops->function(to_->context, __VA_ARGS__); \
	} while (0)

#endif
