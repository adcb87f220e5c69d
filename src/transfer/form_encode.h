/* Content-Transfer-Encodings of parts (RFC 2045 section 6), piece by piece. */
#ifndef TRANSFER_FORM_ENCODE_H
#define TRANSFER_FORM_ENCODE_H

#include "base/buf.h"

enum form_encoding {
	FORM_AS_IS, /* without a field that says so */
	FORM_BINARY,
	FORM_8BIT,
	FORM_7BIT, /* as it is, and a byte over 127 is an error */
	FORM_BASE64, /* in lines of 76 columns */
	FORM_QUOTED_PRINTABLE /* likewise; line ends are CRLF, no others */
};

/* The name as in the field; NULL for FORM_AS_IS. */
const char *form_encoding_name(enum form_encoding encoding);

/* The encoding of that name, in either case of its letters; false when there is
 * none. */
bool form_encoding_find(struct str name, enum form_encoding *encoding);

/* What goes in comes out unchanged. */
bool form_encoding_is_identity(enum form_encoding encoding);

/* How long `n` bytes are once encoded, where that does not depend on what they
 * are: else (FORM_QUOTED_PRINTABLE) false. */
bool form_encoding_length(
	enum form_encoding encoding, uint64_t n, uint64_t *length);

#define FORM_BASE64_BYTES 57 /* in a line of 76 columns */

/* All zeros, but for the encoding, at the beginning. */
struct form_encoder {
	enum form_encoding encoding;

	/* private */
	uint64_t offset; /* bytes taken so far */
	char held[FORM_BASE64_BYTES]; /* bytes that wait for what follows */
	size_t n_held;
	size_t column; /* of quoted-printable */
	bool begun; /* a line of base64 is out */
};

/* The most that one byte can become, and what may be held back besides. */
#define FORM_ENCODED_MAX(n) (((n) + FORM_BASE64_BYTES) * 6)

/* Append to `out` what can be said of `bytes`, some of which may be held until
 * more come; `last` says that none will. Returns 0, or -ERR_READ with the
 * offset of a byte that the encoding has no place for. A failure of `out` is
 * for the caller to see. */
int form_encode(struct form_encoder *encoder, struct str bytes, bool last,
	struct buf *out, struct error *e) CHECKED;

#endif
