/* The module "zstd": the coding zstd (RFC 8878), one frame after the other,
 * with windows of up to 8 MiB (RFC 9659 section 3). */
#include "http/coding.h"

#include "config.h"

#include <stdlib.h>
#include <zstd.h>
#include <zstd_errors.h>

#include "base/module.h"

#define WINDOW_BITS 23

struct decoder {
	ZSTD_DStream *stream;
	uint64_t used; /* bytes of coded input */
	unsigned char magic[4]; /* of the frame at hand */
	size_t magic_n;
	size_t wanted; /* up to the end of the block at hand */
	size_t filled; /* of out */
	char out[CODING_OUTPUT];
};

extern const struct module module_zstd;

static void *zstd_open(const char *name)
{
	struct decoder *d = malloc(sizeof(*d));

	(void)name;
	if (!d)
		return NULL;
	memset(d, 0, offsetof(struct decoder, out));
	d->stream = ZSTD_createDStream();
	if (d->stream &&
		!ZSTD_isError(ZSTD_DCtx_setParameter(
			d->stream, ZSTD_d_windowLogMax, WINDOW_BITS)))
		return d;
	ZSTD_freeDStream(d->stream);
	free(d);
	return NULL;
}

static void zstd_close(void *decoder)
{
	struct decoder *d = decoder;

	ZSTD_freeDStream(d->stream);
	free(d);
}

static int hand_on(
	struct decoder *d, coding_emit *emit, void *context, struct error *e)
{
	size_t n = d->filled;

	d->filled = 0;
	return n ? emit(context, (struct str){ d->out, n }, e) : 0;
}

static int check_error(const struct decoder *d, size_t result, struct error *e)
{
	switch (ZSTD_getErrorCode(result)) {
	case ZSTD_error_memory_allocation:
		return error_memory(e);
	case ZSTD_error_frameParameter_windowTooLarge:
		return coding_damaged(e, "zstd", d->used,
			"the window of the frame is larger than 8 MiB");
	default:
		return coding_damaged(
			e, "zstd", d->used, ZSTD_getErrorName(result));
	}
}

/* Decode a piece, of the frame at hand or less. Output that does not fill the
 * buffer stays. */
static int decode_piece(struct decoder *d, const void *bytes, size_t n,
	coding_emit *emit, void *context, struct error *e)
{
	ZSTD_inBuffer in = { bytes, n, 0 };
	bool was_full = false;
	int error = 0;

	while (error == 0 && (in.pos < in.size || was_full)) {
		ZSTD_outBuffer out = { d->out, sizeof(d->out), d->filled };
		size_t before = in.pos;
		size_t result = ZSTD_decompressStream(d->stream, &out, &in);

		if (ZSTD_isError(result))
			return check_error(d, result, e);
		d->used += in.pos - before;
		d->wanted = result;
		d->filled = out.pos;
		was_full = out.pos == out.size;
		if (was_full)
			error = hand_on(d, emit, context, e);
		if (result == 0)
			break;
	}
	return error;
}

/* The first `n` bytes, at least one, may begin a frame (RFC 8878 section 3.1.1)
 * or a skippable frame (section 3.1.2). */
static bool is_magic(const unsigned char *bytes, size_t n)
{
	static const unsigned char frame[] = { 0x28, 0xb5, 0x2f, 0xfd };
	static const unsigned char skippable[] = { 0x50, 0x2a, 0x4d, 0x18 };

	return memcmp(bytes, frame, n) == 0 ||
		((bytes[0] & 0xf0) == skippable[0] &&
			memcmp(bytes + 1, skippable + 1, n - 1) == 0);
}

/* The magic number is checked here, and decoded apart from what follows it: the
 * library would take older formats too, and look at no window when it sees a
 * small frame whole. */
static int decode_magic(struct decoder *d, struct str *in, coding_emit *emit,
	void *context, struct error *e)
{
	while (d->magic_n < sizeof(d->magic) && in->n) {
		d->magic[d->magic_n++] = (unsigned char)in->p[0];
		*in = str_from(*in, 1);
		if (!is_magic(d->magic, d->magic_n))
			return coding_damaged(e, "zstd",
				d->used + d->magic_n - 1,
				"this begins no frame");
	}
	if (d->magic_n < sizeof(d->magic))
		return 0;
	return decode_piece(d, d->magic, sizeof(d->magic), emit, context, e);
}

/* Decode up to the end of the block at hand, so that what is wrong with it is
 * found there. */
static int decode_block(struct decoder *d, struct str *in, coding_emit *emit,
	void *context, struct error *e)
{
	struct str piece = str_first(*in, d->wanted);
	uint64_t before = d->used;
	int error = decode_piece(d, piece.p, piece.n, emit, context, e);

	*in = str_from(*in, (size_t)(d->used - before));
	if (error == 0 && d->wanted == 0)
		d->magic_n = 0;
	return error;
}

static int zstd_decode(void *decoder, struct str in, bool end,
	coding_emit *emit, void *context, struct error *e)
{
	struct decoder *d = decoder;
	int error = 0, emitted;

	while (error == 0 && in.n)
		error = d->magic_n < sizeof(d->magic)
			? decode_magic(d, &in, emit, context, e)
			: decode_block(d, &in, emit, context, e);
	emitted = hand_on(d, emit, context, e);
	if (emitted < 0)
		return emitted;
	if (error == 0 && end && (d->magic_n > 0 || d->used == 0))
		return coding_incomplete(e, "zstd",
			d->magic_n < sizeof(d->magic) ? d->used + d->magic_n
						      : d->used);
	return error;
}

static uint64_t zstd_used(const void *decoder)
{
	const struct decoder *d = decoder;

	return d->used;
}

static const struct coding_functions functions = { zstd_open, zstd_decode,
	zstd_used, zstd_close };

const struct module module_zstd = { PACKAGE_VERSION, &functions };
