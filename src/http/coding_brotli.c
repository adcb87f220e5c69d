/* The module "brotli": the coding br (RFC 7932). */
#include "http/coding.h"

#include "config.h"

#include <brotli/decode.h>
#include <stdlib.h>

#include "base/module.h"

struct decoder {
	BrotliDecoderState *state;
	uint64_t used; /* bytes of coded input */
	bool whole;
};

extern const struct module module_brotli;

static void *brotli_open(const char *name)
{
	struct decoder *d = calloc(1, sizeof(*d));

	(void)name;
	if (!d)
		return NULL;
	d->state = BrotliDecoderCreateInstance(NULL, NULL, NULL);
	if (d->state)
		return d;
	free(d);
	return NULL;
}

static void brotli_close(void *decoder)
{
	struct decoder *d = decoder;

	BrotliDecoderDestroyInstance(d->state);
	free(d);
}

/* What the decoder holds ready, straight from its window. */
static int hand_on(
	struct decoder *d, coding_emit *emit, void *context, struct error *e)
{
	int error = 0;

	while (error == 0 && BrotliDecoderHasMoreOutput(d->state)) {
		struct str out = { NULL, CODING_OUTPUT };

		out.p = (const char *)BrotliDecoderTakeOutput(d->state, &out.n);
		error = emit(context, out, e);
	}
	return error;
}

static int check_error(const struct decoder *d, struct error *e)
{
	BrotliDecoderErrorCode code = BrotliDecoderGetErrorCode(d->state);

	if (code <= BROTLI_DECODER_ERROR_ALLOC_CONTEXT_MODES &&
		code >= BROTLI_DECODER_ERROR_ALLOC_BLOCK_TYPE_TREES)
		return error_memory(e);
	return coding_damaged(e, "br", d->used, BrotliDecoderErrorString(code));
}

static int decode_bytes(struct decoder *d, struct str in, coding_emit *emit,
	void *context, struct error *e)
{
	const uint8_t *next = (const uint8_t *)in.p;
	BrotliDecoderResult result;
	size_t left = in.n;
	int error;

	do {
		size_t no_room = 0, before = left;

		result = BrotliDecoderDecompressStream(
			d->state, &left, &next, &no_room, NULL, NULL);
		d->used += before - left;
		error = hand_on(d, emit, context, e);
	} while (error == 0 &&
		result == BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT);
	if (error == 0 && result == BROTLI_DECODER_RESULT_ERROR)
		return check_error(d, e);
	d->whole = result == BROTLI_DECODER_RESULT_SUCCESS;
	if (error == 0 && left)
		return coding_damaged(e, "br", d->used, "more follows its end");
	return error;
}

static int brotli_decode(void *decoder, struct str in, bool end,
	coding_emit *emit, void *context, struct error *e)
{
	struct decoder *d = decoder;
	int error = 0;

	if (in.n && d->whole)
		return coding_damaged(e, "br", d->used, "more follows its end");
	if (in.n)
		error = decode_bytes(d, in, emit, context, e);
	if (error == 0 && end && !d->whole)
		return coding_incomplete(e, "br", d->used);
	return error;
}

static uint64_t brotli_used(const void *decoder)
{
	const struct decoder *d = decoder;

	return d->used;
}

static const struct coding_functions functions = { brotli_open, brotli_decode,
	brotli_used, brotli_close };

const struct module module_brotli = { PACKAGE_VERSION, &functions };
