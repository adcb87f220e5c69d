/* Content codings (RFC 9110 section 8.4.1): a chain of decoders, outermost
 * first, each from a module that is loaded when it is needed. */
#ifndef HTTP_CODING_H
#define HTTP_CODING_H

#include <inttypes.h>
#include <stdbool.h>

#include "base/buf.h"
#include "base/error.h"

/* Takes decoded bytes; 0 or a negative error, which ends the decoding. */
typedef int coding_emit(void *context, struct str bytes, struct error *e);

/* What a module that decodes exports: "gzip" (gzip and deflate), "brotli" (br),
 * "zstd". */
struct coding_functions {
	/* `name` is the coding, lower case ("gzip", "deflate", "br", "zstd").
	 * NULL when memory is out. */
	void *(*open)(const char *name);

	/* Decode `in`, handing on what comes out. `end` says that no more
	 * will follow: a stream that is not whole then is -ERR_PARTIAL, bad
	 * data -ERR_CONTENT_CODING. */
	int (*decode)(void *decoder, struct str in, bool end, coding_emit *emit,
		void *context, struct error *e) CHECKED;

	/* Bytes of coded input that have been decoded; exact while `emit` is
	 * called, but for what is held back behind them. */
	uint64_t (*used)(const void *decoder);
	void (*close)(void *decoder);
};

/* Decoded bytes that a decoder hands on at once, at the most. */
#define CODING_OUTPUT ((size_t)64 << 10)

/* For modules: -ERR_CONTENT_CODING, data of coding `name` that breaks its
 * format, for the reason `why`, at byte `offset` of the coded input. */
static inline int coding_damaged(
	struct error *e, const char *name, uint64_t offset, const char *why)
{
	return error_set(e, ERR_CONTENT_CODING,
		"the %s data is damaged at byte %" PRIu64 ": %s", name, offset,
		why);
}

/* For modules: -ERR_PARTIAL, the coded input has ended after `size` bytes. */
static inline int coding_incomplete(
	struct error *e, const char *name, uint64_t size)
{
	return error_set(e, ERR_PARTIAL,
		"the body ended early: the %s stream is not complete after "
		"%" PRIu64 " bytes",
		name, size);
}

struct coding;

/* Decoders for a Content-Encoding list ("gzip, br": gzip was applied first).
 * "identity" counts as none, and "none", which servers send for it; x-gzip and
 * x-deflate are aliases. NULL on failure: ERR_CONTENT_CODING for an unknown
 * coding, or more than LIMIT_CODINGS, ERR_NOT_BUILT_IN for one whose library
 * was left out, ERR_OUT_OF_MEMORY. When the list names no coding, `*none` is
 * true and NULL is returned without an error. */
struct coding *coding_new(struct str list, bool *none, struct error *e) CHECKED;

void coding_free(struct coding *c);

/* What is asked while bytes are decoded, which can go on long after the last
 * one has come. */
struct coding_guard {
	/* Called before any of the codings hands on a piece, CODING_OUTPUT at
	 * the most: 0, or a negative error, which ends the decoding. NULL:
	 * nobody asks. */
	int (*go_on)(void *context, struct error *e) CHECKED;
	void *context;
	bool limited; /* hold to LIMIT_DECODE_RATIO */
};

void coding_watch(struct coding *c, const struct coding_guard *guard);

/* Decode the next bytes; decoded ones go to `emit`, no more than CODING_OUTPUT
 * at once and never none. Call once more with an empty `in` and `end` when the
 * body is over: a truncated stream is then -ERR_PARTIAL. An empty body (no byte
 * at all before `end`) is fine. Bytes behind the end of a gzip member or a zstd
 * frame begin another one or are an error, as they are behind the end of
 * deflate and br; deflate is taken with and without its zlib wrapper; a zstd
 * window may have 8 MiB (RFC 9659 section 3). Bad data is -ERR_CONTENT_CODING;
 * when limited, -ERR_DECODE_RATIO when LIMIT_DECODE_WINDOW bytes in a row, of
 * any of the codings, came from fewer than a LIMIT_DECODE_RATIO-th of them; an
 * error of `emit` or of the guard is returned as it is. After an error there is
 * nothing left to do but coding_free. */
int coding_decode(struct coding *c, struct str in, bool end, coding_emit *emit,
	void *context, struct error *e) CHECKED;

/* A content coding that there is, though this build may lack it; in any case.
 */
bool coding_known(struct str token);

/* The value for Accept-Encoding, of what this build can decode: "deflate, gzip,
 * br, zstd"; static, and empty when all of them were left out. */
const char *coding_accepted(void);

#endif
