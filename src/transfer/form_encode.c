#include "transfer/form_encode.h"

#include <inttypes.h>

#include "base/base64.h"

/* RFC 2045 sections 6.7 (rule 5) and 6.8 */
#define LINE_COLUMNS 76

static const char *const names[] = {
	[FORM_BINARY] = "binary",
	[FORM_8BIT] = "8bit",
	[FORM_7BIT] = "7bit",
	[FORM_BASE64] = "base64",
	[FORM_QUOTED_PRINTABLE] = "quoted-printable",
};

const char *form_encoding_name(enum form_encoding encoding)
{
	return names[encoding];
}

bool form_encoding_find(struct str name, enum form_encoding *encoding)
{
	for (int i = FORM_BINARY; i <= FORM_QUOTED_PRINTABLE; i++)
		if (str_eq_nocase(name, str_of(names[i]))) {
			*encoding = (enum form_encoding)i;
			return true;
		}
	return false;
}

bool form_encoding_is_identity(enum form_encoding encoding)
{
	return encoding == FORM_AS_IS || encoding == FORM_BINARY ||
		encoding == FORM_8BIT;
}

bool form_encoding_length(
	enum form_encoding encoding, uint64_t n, uint64_t *length)
{
	*length = n;
	if (encoding == FORM_BASE64 && n) {
		*length = n / 3 * 4 + (n % 3 ? 4 : 0);
		*length += (n - 1) / FORM_BASE64_BYTES * 2;
	}
	return encoding != FORM_QUOTED_PRINTABLE;
}

static int encode_7bit(struct form_encoder *encoder, struct str bytes,
	struct buf *out, struct error *e)
{
	for (size_t i = 0; i < bytes.n; i++)
		if (bytes.p[i] & 0x80)
			return error_set(e, ERR_READ,
				"byte %" PRIu64
				" is 0x%02X, and its encoder is 7bit",
				encoder->offset + i + 1,
				(unsigned char)bytes.p[i]);
	buf_add_str(out, bytes);
	return 0;
}

/* --- base64 */

static void add_base64_line(struct form_encoder *encoder, struct buf *out)
{
	if (encoder->begun)
		buf_add_text(out, "\r\n");
	encoder->begun = true;
	base64_encode(out, (struct str){ encoder->held, encoder->n_held });
	encoder->n_held = 0;
}

static void encode_base64(struct form_encoder *encoder, struct str bytes,
	bool last, struct buf *out)
{
	while (bytes.n) {
		size_t room = FORM_BASE64_BYTES - encoder->n_held;
		struct str some = str_first(bytes, room);

		memcpy(encoder->held + encoder->n_held, some.p, some.n);
		encoder->n_held += some.n;
		bytes = str_from(bytes, some.n);
		if (encoder->n_held == FORM_BASE64_BYTES)
			add_base64_line(encoder, out);
	}
	if (last && encoder->n_held)
		add_base64_line(encoder, out);
}

/* --- quoted-printable */

/* Whether `c` has to be "=XX" (RFC 2045 section 6.7 rules 1 to 4). */
static bool is_quoted(char c, bool line_ends)
{
	if (c == ' ' || c == '\t')
		return line_ends;
	return c <= ' ' || c >= 0x7f || c == '=';
}

static void add_quoted(
	struct form_encoder *encoder, char c, bool line_ends, struct buf *out)
{
	bool quoted = is_quoted(c, line_ends);
	size_t width = quoted ? 3 : 1;

	/* One column is kept for the '=' of a soft line break. */
	if (encoder->column + width > LINE_COLUMNS - (line_ends ? 0 : 1)) {
		buf_add_text(out, "=\r\n");
		encoder->column = 0;
	}
	if (quoted)
		buf_printf(out, "=%02X", (unsigned char)c);
	else
		buf_add_char(out, c);
	encoder->column += width;
}

/* Encode the first of the `held` bytes, behind which come two more or, at the
 * end, fewer. Returns how many are done with. */
static size_t encode_first(
	struct form_encoder *encoder, struct str held, struct buf *out)
{
	if (str_starts(held, STR("\r\n"))) {
		buf_add_text(out, "\r\n");
		encoder->column = 0;
		return 2;
	}
	add_quoted(encoder, held.p[0],
		held.n == 1 || str_starts(str_from(held, 1), STR("\r\n")), out);
	return 1;
}

static void encode_quoted_printable(struct form_encoder *encoder,
	struct str bytes, bool last, struct buf *out)
{
	while (bytes.n || (last && encoder->n_held)) {
		struct str held;
		size_t done;

		while (bytes.n && encoder->n_held < 3) {
			encoder->held[encoder->n_held++] = bytes.p[0];
			bytes = str_from(bytes, 1);
		}
		if (encoder->n_held < 3 && !last)
			return;
		held = (struct str){ encoder->held, encoder->n_held };
		done = encode_first(encoder, held, out);
		encoder->n_held -= done;
		memmove(encoder->held, held.p + done, encoder->n_held);
	}
}

int form_encode(struct form_encoder *encoder, struct str bytes, bool last,
	struct buf *out, struct error *e)
{
	int error = 0;

	if (encoder->encoding == FORM_BASE64)
		encode_base64(encoder, bytes, last, out);
	else if (encoder->encoding == FORM_QUOTED_PRINTABLE)
		encode_quoted_printable(encoder, bytes, last, out);
	else if (encoder->encoding == FORM_7BIT)
		error = encode_7bit(encoder, bytes, out, e);
	else
		buf_add_str(out, bytes);
	encoder->offset += bytes.n;
	return error;
}
