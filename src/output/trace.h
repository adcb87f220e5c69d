/* --trace and --trace-ascii: all that goes over the wire, byte for byte, and
 * what is done, in a file. */
#ifndef OUTPUT_TRACE_H
#define OUTPUT_TRACE_H

#include "output/progress.h"
#include "output/stamp.h"
#include "transfer/observer.h"

enum trace_form {
	TRACE_HEX, /* rows of 16 bytes, in hexadecimal and as text */
	TRACE_ASCII /* rows of text up to 64 bytes long, or up to a CRLF */
};

struct trace_file;

/* A trace onto `fd`, which stays the caller's and open; `safe` when that is a
 * terminal, so that it gets no control bytes. Several transfers, on threads of
 * their own, may write to it: an entry is never broken by another. NULL when
 * memory is out. */
struct trace_file *trace_file_new(
	int fd, enum trace_form form, bool safe, struct error *e) CHECKED;
void trace_file_free(struct trace_file *file); /* NULL is allowed */

/* Whether all was written so far: 0, or a negative errno value. */
int trace_file_check(struct trace_file *file);

/* One transfer's view of it. */
struct trace {
	struct trace_file *file;
	struct stamp stamp;
	struct progress *progress; /* told of progress; may be NULL */
	bool beside_progress; /* the file is where progress is drawn */
};

/* An observer onto `t`, which it borrows. Each line of a head that comes, each
 * head that goes and each piece of a body, as it is on the wire (inside of
 * TLS, before chunks or codings are undone), is an entry:
 *
 *	<= Recv header, 17 bytes (0x11)
 *	0000: 48 54 54 50 2f 31 2e 31 20 32 30 30 20 4f 4b 0d HTTP/1.1 200 OK.
 *	0010: 0a                                              .
 *
 * Each has been written when its call returns; a file that cannot be written
 * ends no transfer, but nothing more is written to it. */
struct observer trace_observer(struct trace *t);

#endif
