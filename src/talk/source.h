/* What is to be sent: the texts of -d in order, a file, standard input. */
#ifndef TALK_SOURCE_H
#define TALK_SOURCE_H

#include <stdbool.h>
#include <sys/types.h>

#include "base/buf.h"

enum source_kind { SOURCE_NONE, SOURCE_TEXTS, SOURCE_FILE };

struct source {
	enum source_kind kind;
	const struct str *texts; /* of SOURCE_TEXTS, borrowed */
	size_t n;
	int fd; /* of SOURCE_FILE, borrowed: a file, a pipe, a terminal */
	const char *name; /* of fd, for messages: "-" is standard input */
	bool crlf; /* send LF as CRLF */
	/* private: where it stands */
	size_t index, offset;
	bool after_cr;
	struct buf held; /* of source_datagram: read, and not given yet */
	bool ended; /* the file has been read to its end */
};

#define SOURCE_DATAGRAM_MAX 65507 /* what fits into UDP over IPv4 */

/* The next bytes, at most `n` (at least 2), into `to`: > 0; 0 when all has been
 * given; -ERR_AGAIN when a pipe or terminal has nothing now (poll source->fd);
 * -ERR_READ with the file and why. Texts are not separated. With `crlf` an LF
 * that already follows a CR is left alone. */
ssize_t source_read(
	struct source *s, void *to, size_t n, struct error *e) CHECKED;

/* The next whole datagram: one text, or one line without its LF when `lines`
 * (of the texts, too), or what one read of the file gives otherwise. > 0 or 0
 * bytes in `*datagram`, which borrows until the next call; 1 when there is one,
 * 0 at the end, -ERR_AGAIN, -ERR_READ, -ERR_OUT_OF_MEMORY, -ERR_TOO_LARGE when
 * it is over SOURCE_DATAGRAM_MAX bytes with `crlf` applied; of texts the first
 * call tells whether any is. */
int source_datagram(struct source *s, bool lines, struct str *datagram,
	struct error *e) CHECKED;

/* Give the memory back; borrowed things stay the caller's. */
void source_fini(struct source *s);

#endif
