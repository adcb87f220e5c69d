/* The module "gzip": gzip (RFC 1952), and deflate as the zlib format (RFC
 * 1950), which RFC 9110 section 8.4.1.2 means by it, and as the bare compressed
 * data (RFC 1951) that some servers send. */
#include "http/coding.h"

#include "config.h"

#include <stdlib.h>
#include <zlib.h>

#include "base/module.h"

/* windowBits of zlib, which tells the format */
#define FORMAT_ZLIB 15
#define FORMAT_RAW (-15)
#define FORMAT_GZIP (15 + 16)

#define GZIP_FIRST 0x1f /* a member's first byte */

#define PIECE ((size_t)1 << 30) /* zlib counts in unsigned int */

struct decoder {
	z_stream z;
	const char *name;
	bool is_gzip;
	bool whole; /* at the end of a member, or of the deflate stream */
	uint64_t used; /* bytes of coded input */
	unsigned char head[2]; /* of deflate, until its format is known */
	size_t head_n;
	unsigned char out[CODING_OUTPUT];
};

extern const struct module module_gzip;

static void *gzip_open(const char *name)
{
	struct decoder *d = malloc(sizeof(*d));

	if (!d)
		return NULL;
	memset(d, 0, offsetof(struct decoder, out));
	d->is_gzip = strcmp(name, "gzip") == 0;
	d->name = d->is_gzip ? "gzip" : "deflate";
	d->z.next_out = d->out;
	d->z.avail_out = sizeof(d->out);
	if (inflateInit2(&d->z, d->is_gzip ? FORMAT_GZIP : FORMAT_RAW) == Z_OK)
		return d;
	free(d);
	return NULL;
}

static void gzip_close(void *decoder)
{
	struct decoder *d = decoder;

	inflateEnd(&d->z);
	free(d);
}

static int hand_on(
	struct decoder *d, coding_emit *emit, void *context, struct error *e)
{
	size_t n = sizeof(d->out) - d->z.avail_out;

	d->z.next_out = d->out;
	d->z.avail_out = sizeof(d->out);
	if (n == 0)
		return 0;
	return emit(context, (struct str){ (const char *)d->out, n }, e);
}

static int check_result(const struct decoder *d, int result, struct error *e)
{
	switch (result) {
	case Z_OK:
	case Z_STREAM_END:
	case Z_BUF_ERROR: /* it wants more input */
		return 0;
	case Z_MEM_ERROR:
		return error_memory(e);
	case Z_NEED_DICT:
		return coding_damaged(
			e, d->name, d->used, "it needs a preset dictionary");
	default:
		return coding_damaged(e, d->name, d->used,
			d->z.msg ? d->z.msg : zError(result));
	}
}

/* There is more input behind the end. */
static int begin_member(struct decoder *d, struct error *e)
{
	if (!d->is_gzip)
		return coding_damaged(
			e, d->name, d->used, "more follows its end");
	if (d->z.next_in[0] != GZIP_FIRST)
		return coding_damaged(e, d->name, d->used,
			"what follows a member's end is no other member");
	inflateReset(&d->z);
	return 0;
}

/* Decode `n` <= PIECE bytes. Output that does not fill the buffer stays. */
static int inflate_piece(struct decoder *d, const unsigned char *bytes,
	size_t n, coding_emit *emit, void *context, struct error *e)
{
	z_stream *z = &d->z;
	bool was_full = false;
	int error = 0;

	z->next_in = (unsigned char *)bytes;
	z->avail_in = (uInt)n;
	while (error == 0 && (z->avail_in || was_full)) {
		uInt before = z->avail_in;
		int result;

		if (d->whole && before) {
			error = begin_member(d, e);
			if (error < 0)
				break;
		}
		result = inflate(z, Z_NO_FLUSH);
		d->used += before - z->avail_in;
		d->whole = result == Z_STREAM_END;
		error = check_result(d, result, e);
		was_full = z->avail_out == 0;
		if (error == 0 && was_full)
			error = hand_on(d, emit, context, e);
	}
	return error;
}

/* The two bytes of a zlib header (RFC 1950 section 2.2). Compressed data alone
 * cannot look like it: 8 in the low bits would be a stored block whose padding
 * is not zero. */
static bool is_zlib(const unsigned char head[2])
{
	return (head[0] & 0x0f) == Z_DEFLATED && (head[0] >> 4) <= 7 &&
		((unsigned)head[0] << 8 | head[1]) % 31 == 0;
}

/* Find out the format of deflate from its first two bytes, which may come one
 * by one, and decode them. */
static int inflate_head(struct decoder *d, struct str *in, coding_emit *emit,
	void *context, struct error *e)
{
	while (d->head_n < sizeof(d->head) && in->n) {
		d->head[d->head_n++] = (unsigned char)in->p[0];
		*in = str_from(*in, 1);
	}
	if (d->head_n < sizeof(d->head))
		return 0;
	if (is_zlib(d->head))
		inflateReset2(&d->z, FORMAT_ZLIB);
	return inflate_piece(d, d->head, sizeof(d->head), emit, context, e);
}

static int gzip_decode(void *decoder, struct str in, bool end,
	coding_emit *emit, void *context, struct error *e)
{
	struct decoder *d = decoder;
	int error = 0, emitted;

	if (!d->is_gzip && d->head_n < sizeof(d->head))
		error = inflate_head(d, &in, emit, context, e);
	while (error == 0 && in.n) {
		struct str piece = str_first(in, PIECE);

		in = str_from(in, piece.n);
		error = inflate_piece(d, (const unsigned char *)piece.p,
			piece.n, emit, context, e);
	}
	emitted = hand_on(d, emit, context, e);
	if (emitted < 0)
		return emitted;
	if (error == 0 && end && !d->whole)
		return coding_incomplete(
			e, d->name, d->used ? d->used : d->head_n);
	return error;
}

static uint64_t gzip_used(const void *decoder)
{
	const struct decoder *d = decoder;

	return d->used;
}

static const struct coding_functions functions = { gzip_open, gzip_decode,
	gzip_used, gzip_close };

const struct module module_gzip = { PACKAGE_VERSION, &functions };
