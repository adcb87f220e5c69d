#include "support/coding.h"

#include <zlib.h>

#include "base/limits.h"

#define ALL_MAX ((size_t)4 << 20) /* of one buffer */

/* Where what the last encoder made could have ended before its end. */
static size_t boundaries[4], boundaries_n;

static void deflate_all(struct buf *out, struct str plain, int format)
{
	z_stream z = { 0 };
	size_t room;

	boundaries_n = 0;
	assert_int_equal(
		deflateInit2(&z, 6, Z_DEFLATED, format, 8, Z_DEFAULT_STRATEGY),
		Z_OK);
	room = deflateBound(&z, plain.n);
	z.next_in = (unsigned char *)plain.p;
	z.avail_in = (uInt)plain.n;
	z.next_out = (unsigned char *)buf_reserve(out, room);
	z.avail_out = (uInt)room;
	assert_non_null(z.next_out);
	assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
	out->n += z.total_out;
	deflateEnd(&z);
}

void encode_gzip(struct buf *out, struct str plain)
{
	deflate_all(out, plain, 15 + 16);
}

void encode_zlib(struct buf *out, struct str plain)
{
	deflate_all(out, plain, 15);
}

void encode_raw(struct buf *out, struct str plain)
{
	deflate_all(out, plain, -15);
}

static void add_little_endian(struct buf *out, uint32_t value, int bytes)
{
	for (; bytes > 0; bytes--, value >>= 8)
		buf_add_char(out, (char)(value & 0xff));
}

/* Uncompressed meta-blocks (RFC 7932 section 9.2), the first behind the one
 * bit that says a window of 64 KiB, and an empty last one. */
void encode_br(struct buf *out, struct str plain)
{
	bool first = true;

	boundaries_n = 0;
	for (; plain.n; first = false) {
		struct str part = str_first(plain, 65536);

		add_little_endian(out,
			((uint32_t)(part.n - 1) << 3 | 1u << 19) << first, 3);
		buf_add_str(out, part);
		plain = str_from(plain, part.n);
	}
	add_little_endian(out, 3u << first, 1);
}

/* A frame with a window of 8 MiB, of raw blocks (RFC 8878 section 3.1.1). */
void encode_zstd(struct buf *out, struct str plain)
{
	boundaries_n = 0;
	buf_add(out, "\x28\xb5\x2f\xfd\x00\x68", 6);
	do {
		struct str part = str_first(plain, 100000);

		plain = str_from(plain, part.n);
		add_little_endian(
			out, (uint32_t)part.n << 3 | (plain.n == 0), 3);
		buf_add_str(out, part);
	} while (plain.n);
}

static void encode_halves(struct buf *out, struct str plain, encoder *code)
{
	size_t first;

	code(out, str_first(plain, plain.n / 2));
	first = out->n;
	code(out, str_from(plain, plain.n / 2));
	boundaries[boundaries_n++] = first;
}

void encode_members(struct buf *out, struct str plain)
{
	encode_halves(out, plain, encode_gzip);
}

void encode_frames(struct buf *out, struct str plain)
{
	buf_add(out, "\x5e\x2a\x4d\x18\x03\0\0\0abc", 11);
	encode_halves(out, plain, encode_zstd);
	boundaries[boundaries_n++] = 11;
}

void encode_bottles(struct buf *out)
{
	for (int i = 99; i > 89; i--)
		buf_printf(out,
			"%d bottles of beer on the wall, %d bottles of beer.\n",
			i, i);
}

static void add_sample(
	struct buf *out, struct str plain, const void *sample, size_t n)
{
	struct buf bottles;

	buf_init(&bottles, ALL_MAX);
	encode_bottles(&bottles);
	assert_true(str_eq(plain, buf_str(&bottles)));
	buf_fini(&bottles);
	boundaries_n = 0;
	buf_add(out, sample, n);
}

void encode_br_sample(struct buf *out, struct str plain)
{
	static const unsigned char sample[] = { 0x1b, 0x07, 0x02, 0xf8, 0x1d,
		0x07, 0x76, 0x4c, 0xec, 0xe9, 0xb0, 0xc5, 0x48, 0xe4, 0x06,
		0x63, 0xf3, 0x52, 0x06, 0x90, 0x5b, 0x4b, 0xf5, 0xe8, 0x62,
		0x0d, 0xc2, 0x4c, 0xe2, 0xe0, 0xdf, 0x50, 0xc0, 0x52, 0x0e,
		0x00, 0x9a, 0x03, 0xa7, 0x07, 0x1e, 0xca, 0xf2, 0x85, 0x21,
		0x56, 0xfa, 0xb5, 0x94, 0xef, 0x46, 0x1f, 0x37, 0x25, 0x3d,
		0xbc, 0x5f, 0x72, 0x04, 0x2e, 0xd9, 0x4f, 0x5f, 0x4e, 0x57,
		0x56, 0x5b, 0x46, 0x53, 0xa2, 0x14, 0xcb, 0x45, 0x52, 0xa1,
		0x58, 0x00, 0x00 };

	add_sample(out, plain, sample, sizeof(sample));
}

void encode_zstd_sample(struct buf *out, struct str plain)
{
	static const unsigned char sample[] = { 0x28, 0xb5, 0x2f, 0xfd, 0x64,
		0x08, 0x01, 0x6d, 0x02, 0x00, 0x52, 0x43, 0x0c, 0x11, 0xa0,
		0xed, 0xb0, 0xf2, 0x86, 0x1d, 0x64, 0xfe, 0x37, 0x50, 0x0b,
		0xbf, 0x95, 0x8d, 0xfd, 0xee, 0x8e, 0x63, 0x10, 0x52, 0x8a,
		0x31, 0xe7, 0x20, 0x94, 0x92, 0x52, 0x6b, 0x2d, 0x10, 0x0f,
		0xdd, 0xac, 0x9e, 0x1f, 0x3d, 0x8c, 0x97, 0xcc, 0xed, 0x2e,
		0x7e, 0x72, 0x53, 0x1a, 0xdb, 0x77, 0x03, 0x13, 0xa8, 0x10,
		0xe8, 0xb5, 0xfe, 0x6f, 0xd0, 0x9b, 0x03, 0x10, 0xfe, 0x1d,
		0x2f, 0xfe, 0x3e, 0x02, 0x2c, 0x80, 0x5d, 0x97, 0x43, 0x18,
		0x80, 0xa4, 0xe8, 0x23, 0x87, 0xc3 };

	add_sample(out, plain, sample, sizeof(sample));
}

void encode_all(struct buf *out, struct str plain, encoder *const *encoders)
{
	struct buf before;

	buf_init(out, ALL_MAX);
	encoders[0](out, plain);
	for (size_t i = 1; i < LIMIT_CODINGS && encoders[i]; i++) {
		before = *out;
		buf_init(out, ALL_MAX);
		encoders[i](out, buf_str(&before));
		buf_fini(&before);
	}
	assert_int_equal(out->failed, 0);
}

bool encode_is_boundary(size_t at)
{
	for (size_t i = 0; i < boundaries_n; i++)
		if (boundaries[i] == at)
			return true;
	return at == 0;
}

bool coding_is_built(const char *list)
{
	return !(strstr(list, "br") && !strstr(coding_accepted(), "br")) &&
		!(strstr(list, "zstd") && !strstr(coding_accepted(), "zstd"));
}

void coding_needed(const char *list)
{
	if (!coding_is_built(list))
		skip();
}

struct coding *coding_opened(const char *list)
{
	struct error e = { 0 };
	bool none = true;
	struct coding *c = coding_new(str_of(list), &none, &e);

	assert_string_equal(e.text, "");
	assert_non_null(c);
	assert_false(none);
	return c;
}
