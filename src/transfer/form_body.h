/* Forms as request bodies: multipart/form-data (RFC 7578), and the multiparts
 * of RFC 2046 section 5.1 within it. */
#ifndef TRANSFER_FORM_BODY_H
#define TRANSFER_FORM_BODY_H

#include "transfer/form_content.h"
#include "transfer/upload.h"

#define FORM_BOUNDARY_SIZE 47 /* dashes, random letters and digits, a NUL */

struct form_body {
	/* The body. The length is known unless a file is none of a size. */
	struct upload upload;
	char *content_type; /* the value of the Content-Type field */

	/* private */
	struct form_piece {
		size_t from, n; /* of `text` */
		const struct form_part *content; /* that follows; or NULL */
		uint64_t size, length; /* of that content; encoded */
	} * pieces;
	size_t n_pieces;
	struct buf text; /* delimiters, heads of parts and small contents */
	bool escape;
	size_t at; /* the piece that is given */
	bool text_given; /* its text, and so its content comes now */
	uint64_t given; /* bytes of its content so far */
	const struct form_part *lost; /* a pipe that was read from */
	struct form_content_reader reader;
};

/* The body that `form`, which is borrowed, makes, with boundaries of its own;
 * one form can be in several at a time. `type` is sent in place of
 * multipart/form-data, NULL: no other. Quotes in names and file names become
 * %22, or with `escape` a backslash goes before quotes and backslashes; CR and
 * LF become %0D and %0A in both cases. Files are looked at, and opened when
 * their turn comes. NULL with -ERR_READ (a file that cannot be read; a byte
 * that 7bit has no place for), -ERR_TOO_LARGE or -ERR_OUT_OF_MEMORY in `e`.
 *
 * The upload fails with -ERR_READ when a file is not what it was, and cannot be
 * rewound (-ERR_SEND_REWIND) once it has read from a pipe. */
struct form_body *form_body_new(const struct form *form, const char *type,
	bool escape, struct error *e) CHECKED;
void form_body_free(struct form_body *body);

#endif
