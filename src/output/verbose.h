/* -v: what curl shows, and findings, on a descriptor. */
#ifndef OUTPUT_VERBOSE_H
#define OUTPUT_VERBOSE_H

#include "output/narrator.h"
#include "output/stamp.h"
#include "transfer/observer.h"

struct verbose {
	struct narrator to; /* its progress meter is kept up to date, too */
	bool on; /* -v; without it only progress is passed on */
	bool data_lines; /* "{ [N bytes data]": the body does not go to the same
			  * terminal */
	struct stamp stamp; /* in front of each line */
	bool secret; /* private: as narrator_add_part has it */
	bool data_told; /* private: the last line told of data */
};

/* An observer onto `v`, which it borrows and whose settings do not change any
 * more. Lines begin with "* ", "> ", "< ", "{ " and "} " as curl's do, heads
 * are shown with the line ends they have, and of data that comes or goes
 * without another line between only the first piece is told of. A finding is
 * "* finding: byte 17: a line ends in LF without CR (RFC 9112 section 2.2)".
 * Nothing is written while writing fails. */
struct observer verbose_observer(struct verbose *v);

#endif
