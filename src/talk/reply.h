/* What a listener answers with: a text with places to fill in, or a file. */
#ifndef TALK_REPLY_H
#define TALK_REPLY_H

#include "talk/visit.h"

enum reply_kind { REPLY_NONE, REPLY_TEXT, REPLY_FILE };

/* Not changed once it is made: clients in several threads may share it. */
struct reply {
	enum reply_kind kind;
	struct str text; /* of REPLY_TEXT, borrowed */
	bool wants_data; /* %{data} is in it */
	const char *path; /* of REPLY_FILE, borrowed */
	bool held; /* no regular file: read once, into `content` */
	struct buf content;
};

/* Nothing. */
void reply_init(struct reply *r);

/* A text: %{data} in it stands for what came in, %{peer} for who sent it; all
 * else is itself. */
void reply_text(struct reply *r, struct str text);

/* A file, to be sent as it is. A regular one is opened anew for each client, so
 * that a changed one is sent as it is by then. Others (pipes) are read here, up
 * to LIMIT_REPLY bytes, before `deadline`. 0, -ERR_READ, -ERR_TOO_LARGE,
 * -ERR_TIMEOUT, -ERR_OUT_OF_MEMORY. `r` needs reply_fini in any case. */
int reply_file(struct reply *r, const char *path, int64_t deadline,
	struct error *e) CHECKED;

void reply_fini(struct reply *r);

/* Append the text with its places filled. 0, -ERR_TOO_LARGE over LIMIT_REPLY,
 * -ERR_OUT_OF_MEMORY. */
int reply_fill(const struct reply *r, struct str data, const char *peer,
	struct buf *out, struct error *e) CHECKED;

/* How many bytes of memory the reply to so many of data takes, about. */
size_t reply_size(const struct reply *r, size_t data);

/* A reply to one client. */
struct answer {
	uint64_t length; /* bytes that it has */
	int fd; /* of a regular file, or -1: it is in memory, */
	struct str bytes; /* here */
	struct buf filled; /* private as what follows */
	const char *path;
};

/* The reply to `peer`, which has sent `data`. 0; -ERR_READ when the file cannot
 * be opened any more; what reply_fill fails with. `a` needs answer_fini in any
 * case. */
int answer_init(struct answer *a, const struct reply *r, struct str data,
	const char *peer, struct error *e) CHECKED;
void answer_fini(struct answer *a);

/* Have all of it in a->bytes, to be sent at once: 0, -ERR_TOO_LARGE when it has
 * more than `max`, -ERR_READ, -ERR_OUT_OF_MEMORY. */
int answer_gather(struct answer *a, size_t max, struct error *e) CHECKED;

/* Send its `length` bytes: what visit_send fails with, or -ERR_READ when the
 * file has fewer by now. */
int answer_send(struct answer *a, struct visit *v, struct error *e) CHECKED;

#endif
