/* What must hold whatever the options and the answers were. */
#ifndef TESTS_FUZZ_TRANSFER_CHECK_H
#define TESTS_FUZZ_TRANSFER_CHECK_H

#include <stdbool.h>

#include "base/buf.h"

/* Of the files that may be replaced, before. */
#define OLD_CONTENT "old content\n"

/* What options mean for the checks. */
enum {
	URL = 1 << 0,
	MANY = 1 << 1, /* there may be several transfers */
	NEXT = 1 << 2,
	BODY = 1 << 3, /* something is sent */
	HEAD = 1 << 4, /* the answer has no content */
	DECODED = 1 << 5, /* what is received is not what is written */
	PART = 1 << 6,
	PROXY = 1 << 7,
	TRUSTED = 1 << 8, /* secrets follow redirects */
	FAIL_BODY = 1 << 9, /* a failure may have a whole body */
	LENIENT = 1 << 10, /* a body may be shorter than was said */
	FILE_GIVEN = 1 << 11, /* it goes to a file that is there */
	RESUMED = 1 << 12,
	KEPT = 1 << 13,
	REMOVED = 1 << 14,
	IN_PLACE = 1 << 15,
	SHOWN = 1 << 16, /* secrets may be shown */
	HSTS = 1 << 17,
	A80 = 1 << 18, /* origins of URLs */
	A443 = 1 << 19,
	A8080 = 1 << 20,
	B80 = 1 << 21,
	B443 = 1 << 22,
	TERMINAL = 1 << 23, /* output and messages go to one */
	TWICE = 1 << 24, /* and again, byte by byte, for the same result */
	COLOURED = 1 << 26,
	TIMED = 1 << 25 /* so that it matters how it comes */
};

struct transfer {
	int argc;
	unsigned meaning; /* of all options */
	size_t n_urls, n_files;
	const char *file; /* the last that was given; NULL: none */
	struct str answers;
	int code; /* the exit code */
};

/* What comes out, to be compared. */
struct result {
	int code;
	bool single; /* one transfer's */
	struct buf output, file;
};

/* Abort, saying what does not hold. */
void transfer_must(bool holds, const char *what);

/* Check what the program has left in the current directory, in ../output, and
 * with the peers of support/answers.h. */
void transfer_check(const struct transfer *t);

/* What the program has left; result_fini is due. */
void result_take(struct result *r, const struct transfer *t);
void result_fini(struct result *r);

/* Abort unless the same has come of the same bytes in other pieces. */
void transfer_compare(const struct result *whole, const struct result *bytes);

/* Remove all that is in the current directory. */
void transfer_clean(void);

#endif
