/* Coded data for tests of http/coding.h: made by zlib, by the encoders of br
 * and zstd (samples), and by encoders of our own that compress nothing. */
#ifndef TESTS_SUPPORT_CODING_H
#define TESTS_SUPPORT_CODING_H

#include "base/buf.h"
#include "http/coding.h"
#include "support/table.h"

/* Appends `plain` in a coding. */
typedef void encoder(struct buf *out, struct str plain);

encoder encode_gzip;
encoder encode_zlib; /* deflate with the zlib wrapper */
encoder encode_raw; /* deflate without */
encoder encode_br; /* uncompressed meta-blocks */
encoder encode_zstd; /* raw blocks, in a window of 8 MiB */

/* In two halves, each a gzip member, or a zstd frame behind one to skip. */
encoder encode_members;
encoder encode_frames;

/* As compressed by their own encoders; of the text of encode_bottles only. */
encoder encode_br_sample;
encoder encode_zstd_sample; /* with a checksum */

/* A text that compresses well. */
void encode_bottles(struct buf *out);

/* `plain` in up to LIMIT_CODINGS codings, the first one applied first, in
 * `out`, which is the caller's to free. */
void encode_all(struct buf *out, struct str plain, encoder *const *encoders);

/* What the last encoder made could have ended whole after `at` bytes (of which
 * 0 is always one, and its end none). */
bool encode_is_boundary(size_t at);

/* All codings of the list are in this build. */
bool coding_is_built(const char *list);

/* Skip the test at hand when they are not. */
void coding_needed(const char *list);

/* coding_new, which has to succeed. */
struct coding *coding_opened(const char *list);

#endif
