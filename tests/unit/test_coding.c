/* http/coding.c and its modules, which are loaded from MODULE_DIR. */
#include "http/coding.h"

#include <stdio.h>

#include "base/limits.h"
#include "base/module.h"
#include "http/value.h"
#include "support/coding.h"

#define NOISE 300000
#define OUT_MAX ((size_t)1 << 20) /* of one buffer */

static struct buf bottles; /* of encode_bottles */
static char noise[NOISE]; /* hardly compressible */

/* Decoding. */

struct got {
	struct buf out;
	struct error e;
	size_t pieces;
	size_t stop_at; /* the piece that is refused, 0 for none */
};

static int collect(void *context, struct str bytes, struct error *e)
{
	struct got *got = context;

	assert_in_range(bytes.n, 1, CODING_OUTPUT);
	got->pieces++;
	if (got->pieces == got->stop_at)
		return error_set(e, ERR_WRITE, "no more of it");
	buf_add_str(&got->out, bytes);
	return 0;
}

static int feed(struct coding *c, struct str bytes, struct got *got)
{
	char *copy = exact_copy(bytes.p, bytes.n);
	int error = coding_decode(
		c, (struct str){ copy, bytes.n }, false, collect, got, &got->e);

	free(copy);
	return error;
}

/* Decode the first `first` bytes at once, the others `step` by `step`. The
 * content of `got` is the caller's to free. */
static int decode(const char *list, struct str coded, size_t first, size_t step,
	struct got *got)
{
	struct coding *c = coding_opened(list);
	size_t n = first;
	int error = 0;

	buf_init(&got->out, OUT_MAX);
	got->pieces = 0;
	got->e.code = 0;
	while (error == 0 && coded.n) {
		error = feed(c, str_first(coded, n), got);
		coded = str_from(coded, n);
		n = step;
	}
	if (error == 0)
		error = coding_decode(c, (struct str){ NULL, 0 }, true, collect,
			got, &got->e);
	coding_free(c);
	assert_int_equal(got->out.failed, 0);
	assert_int_equal(error, -got->e.code);
	return error;
}

static void check_decodes(const char *list, struct str coded, size_t first,
	size_t step, struct str plain)
{
	struct got got = { 0 };

	assert_int_equal(decode(list, coded, first, step, &got), 0);
	assert_int_equal(got.out.n, plain.n);
	assert_true(str_eq(buf_str(&got.out), plain));
	buf_fini(&got.out);
}

/* All the ways to come in. */

static const struct stream_row {
	const char *name, *list;
	encoder *encoders[LIMIT_CODINGS];
} stream_rows[] = {
	{ "gzip", "gzip", { encode_gzip } },
	{ "gzip of two members", "gzip", { encode_members } },
	{ "x-gzip in capitals", "X-GZIP", { encode_gzip } },
	{ "deflate with zlib wrapper", "deflate", { encode_zlib } },
	{ "deflate without", "deflate", { encode_raw } },
	{ "x-deflate", "x-deflate", { encode_zlib } },
	{ "br", "br", { encode_br_sample } },
	{ "br, uncompressed", "br", { encode_br } },
	{ "zstd", "zstd", { encode_zstd_sample } },
	{ "zstd, raw blocks", "zstd", { encode_zstd } },
	{ "zstd frames, one to skip", "zstd", { encode_frames } },
	{ "gzip, then br", "gzip, br", { encode_gzip, encode_br } },
	{ "br, then gzip", "br,gzip", { encode_br_sample, encode_gzip } },
	{ "identity in between", "zstd, identity, deflate",
		{ encode_zstd_sample, encode_raw } },
	{ "all five", "deflate, gzip, br, zstd, deflate",
		{ encode_raw, encode_gzip, encode_br, encode_zstd,
			encode_zlib } },
	{ "five times gzip", "gzip, gzip, gzip, gzip, gzip",
		{ encode_gzip, encode_gzip, encode_gzip, encode_gzip,
			encode_gzip } },
};

static void test_stream(const void *data)
{
	const struct stream_row *row = data;
	struct str plain = buf_str(&bottles);
	struct buf coded;

	coding_needed(row->list);
	encode_all(&coded, plain, row->encoders);
	for (size_t at = 1; at <= coded.n; at++)
		check_decodes(row->list, buf_str(&coded), at, coded.n, plain);
	for (size_t step = 1; step < 5; step++)
		check_decodes(row->list, buf_str(&coded), step, step, plain);
	buf_fini(&coded);
}

/* `end` may come with the last bytes. */
static void test_end_with_bytes(const void *data)
{
	const struct stream_row *row = data;
	struct got got = { 0 };
	struct buf coded;
	struct coding *c;

	coding_needed(row->list);
	encode_all(&coded, buf_str(&bottles), row->encoders);
	buf_init(&got.out, OUT_MAX);
	c = coding_opened(row->list);
	assert_int_equal(
		coding_decode(c, buf_str(&coded), true, collect, &got, &got.e),
		0);
	assert_true(str_eq(buf_str(&got.out), buf_str(&bottles)));
	coding_free(c);
	buf_fini(&got.out);
	buf_fini(&coded);
}

static void test_truncated(const void *data)
{
	const struct stream_row *row = data;
	bool is_stacked = row->encoders[1] != NULL;
	struct buf coded;
	char words[64];

	coding_needed(row->list);
	encode_all(&coded, buf_str(&bottles), row->encoders);
	for (size_t n = 0; n < coded.n; n++) {
		struct got got = { 0 };
		int error = decode(
			row->list, str_first(buf_str(&coded), n), n, 1, &got);

		assert_int_equal(
			error, encode_is_boundary(n) ? 0 : -ERR_PARTIAL);
		assert_true(str_starts(buf_str(&bottles), buf_str(&got.out)));
		snprintf(words, sizeof(words), "not complete after %zu bytes",
			n);
		if (error < 0 && !is_stacked)
			assert_non_null(strstr(got.e.text, words));
		if (error < 0)
			assert_non_null(strstr(got.e.text, "ended early"));
		buf_fini(&got.out);
	}
	buf_fini(&coded);
}

/* What has a check value is never taken with a wrong content. */
static const struct stream_row checked_rows[] = {
	{ "gzip", "gzip", { encode_gzip } },
	{ "deflate with zlib wrapper", "deflate", { encode_zlib } },
	{ "zstd with checksum", "zstd", { encode_zstd_sample } },
	{ "br in gzip", "br, gzip", { encode_br_sample, encode_gzip } },
};

static void test_flipped_bits(const void *data)
{
	const struct stream_row *row = data;
	size_t refused = 0;
	struct buf coded;

	coding_needed(row->list);
	encode_all(&coded, buf_str(&bottles), row->encoders);
	for (size_t bit = 0; bit < coded.n * 8; bit++) {
		struct got got = { 0 };
		int error;

		coded.p[bit / 8] ^= (char)(1 << bit % 8);
		error = decode(row->list, buf_str(&coded), coded.n, 1, &got);
		if (error == 0)
			assert_true(
				str_eq(buf_str(&got.out), buf_str(&bottles)));
		refused += error < 0;
		coded.p[bit / 8] ^= (char)(1 << bit % 8);
		buf_fini(&got.out);
	}
	assert_in_range(refused, coded.n * 8 / 2, coded.n * 8);
	buf_fini(&coded);
}

static const struct size_row {
	const char *name;
	size_t n;
} size_rows[] = {
	{ "nothing", 0 },
	{ "a byte", 1 },
	{ "the buffer less one", CODING_OUTPUT - 1 },
	{ "the buffer", CODING_OUTPUT },
	{ "the buffer and one", CODING_OUTPUT + 1 },
	{ "the buffer twice", 2 * CODING_OUTPUT },
	{ "more", NOISE },
};

static void test_size(const void *data)
{
	static const struct stream_row rows[] = {
		{ "", "gzip", { encode_gzip } },
		{ "", "deflate", { encode_zlib } },
		{ "", "deflate", { encode_raw } },
		{ "", "br", { encode_br } },
		{ "", "zstd", { encode_zstd } },
		{ "", "gzip, zstd, br",
			{ encode_gzip, encode_zstd, encode_br } },
	};
	const struct size_row *row = data;
	struct str plain = { noise, row->n };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct buf coded;

		if (!coding_is_built(rows[i].list))
			continue;
		encode_all(&coded, plain, rows[i].encoders);
		check_decodes(rows[i].list, buf_str(&coded), coded.n, 1, plain);
		check_decodes(rows[i].list, buf_str(&coded), 1, 1, plain);
		check_decodes(
			rows[i].list, buf_str(&coded), 1000, 16384, plain);
		buf_fini(&coded);
	}
}

static const struct damaged_row {
	const char *name, *list;
	encoder *encode; /* of the text, or NULL ... */
	size_t flip; /* ... with this byte from the end inverted ... */
	struct str more; /* ... and then this */
	const char *words;
} damaged_rows[] = {
	{ "gzip, not its magic", "gzip", NULL, 0, STR("<html><body>"),
		"the gzip data is damaged at byte 2: incorrect header check" },
	{ "gzip, unknown method", "gzip", NULL, 0,
		STR("\x1f\x8b\x09\0\0\0\0\0\0\3"),
		"the gzip data is damaged at byte 4: unknown compression" },
	{ "gzip, wrong check value", "gzip", encode_gzip, 8, STR(""),
		"incorrect data check" },
	{ "gzip, wrong length", "gzip", encode_gzip, 1, STR(""),
		"incorrect length check" },
	{ "gzip, more behind it", "gzip", encode_gzip, 0, STR("x"),
		"what follows a member's end is no other member" },
	{ "gzip, zeros behind it", "gzip", encode_members, 0, STR("\0\0\0\0"),
		"what follows a member's end is no other member" },
	{ "gzip, half a magic behind it", "gzip", encode_gzip, 0,
		STR("\x1f\x8c"), "incorrect header check" },
	{ "zlib, wrong check value", "deflate", encode_zlib, 1, STR(""),
		"the deflate data is damaged" },
	{ "zlib, more behind it", "deflate", encode_zlib, 0, STR("x"),
		"more follows its end" },
	{ "zlib, preset dictionary", "deflate", NULL, 0,
		STR("\x78\x20\0\0\0\1"),
		"damaged at byte 6: it needs a preset dictionary" },
	{ "deflate, reserved block type", "deflate", NULL, 0, STR("\7\0"),
		"the deflate data is damaged at byte 1: invalid block type" },
	{ "deflate, more behind it", "deflate", encode_raw, 0, STR("\0"),
		"more follows its end" },
	{ "br, reserved bit", "br", NULL, 0, STR("\x11\0\0\0"),
		"the br data is damaged at byte" },
	{ "br, more behind it", "br", encode_br_sample, 0, STR("\0"),
		"the br data is damaged at byte 78: more follows its end" },
	{ "zstd, not its magic", "zstd", NULL, 0, STR("\x28\xb5\x2e\xfd\0"),
		"the zstd data is damaged at byte 2: this begins no frame" },
	{ "zstd, of version 0.7", "zstd", NULL, 0, STR("\x27\xb5\x2f\xfd\0"),
		"the zstd data is damaged at byte 0: this begins no frame" },
	{ "zstd, that behind a byte", "zstd", NULL, 0,
		STR("\x28\x27\xb5\x2f\xfd\0\0\0"), "byte 1: this begins no" },
	{ "zstd, wrong checksum", "zstd", encode_zstd_sample, 1, STR(""),
		"the zstd data is damaged at byte" },
	{ "zstd, reserved block type", "zstd", NULL, 0,
		STR("\x28\xb5\x2f\xfd\0\x68\x0f\0\0x"),
		"the zstd data is damaged at byte" },
	{ "zstd, more behind it", "zstd", encode_zstd_sample, 0, STR("x"),
		"the zstd data is damaged at byte 91: this begins no frame" },
	{ "zstd, window larger than 8 MiB", "zstd", NULL, 0,
		STR("\x28\xb5\x2f\xfd\0\x69\x09\0\0x"), "larger than 8 MiB" },
	{ "zstd, large window, small content", "zstd", NULL, 0,
		STR("\x28\xb5\x2f\xfd\x80\x88\1\0\0\0\x09\0\0x"),
		"larger than 8 MiB" },
	{ "zstd, content of 9 MiB is the window", "zstd", NULL, 0,
		STR("\x28\xb5\x2f\xfd\xa0\0\0\x90\0\x09\0\0x"),
		"larger than 8 MiB" },
	{ "zstd, a dictionary", "zstd", NULL, 0,
		STR("\x28\xb5\x2f\xfd\1\x68\5\x09\0\0x"), "ictionary" },
};

static void check_damaged(const struct damaged_row *row, struct str coded,
	size_t first, size_t step)
{
	struct got got = { 0 };

	assert_int_equal(decode(row->list, coded, first, step, &got),
		-ERR_CONTENT_CODING);
	assert_non_null(strstr(got.e.text, row->words));
	buf_fini(&got.out);
}

static void test_damaged(const void *data)
{
	const struct damaged_row *row = data;
	struct buf coded;

	coding_needed(row->list);
	buf_init(&coded, OUT_MAX);
	if (row->encode)
		row->encode(&coded, buf_str(&bottles));
	if (row->flip)
		coded.p[coded.n - row->flip] ^= (char)0xff;
	buf_add_str(&coded, row->more);
	for (size_t at = 1; at <= coded.n; at++)
		check_damaged(row, buf_str(&coded), at, coded.n);
	check_damaged(row, buf_str(&coded), 1, 1);
	buf_fini(&coded);
}

/* Lists. */

static const struct list_row {
	const char *name, *list;
	bool none;
	const char *words; /* of the error, or NULL */
} list_rows[] = {
	{ "empty", "", true, NULL },
	{ "empty elements", " ,\t, ", true, NULL },
	{ "identity", "identity", true, NULL },
	{ "identity in capitals, none", "IDENTITY, None", true, NULL },
	{ "gzip", " gzip ", false, NULL },
	{ "capitals", "GZip", false, NULL },
	{ "aliases", "x-gzip, x-deflate", false, NULL },
	{ "br", "br", false, NULL },
	{ "zstd", "zstd", false, NULL },
	{ "five and identity", "gzip,gzip,identity,gzip,gzip,none,gzip", false,
		NULL },
	{ "six", "gzip,gzip,gzip,gzip,gzip,gzip", false,
		"more than 5 content codings" },
	{ "unknown", "foo", false, "unrecognized content coding 'foo'; " },
	{ "unknown behind a known one", "gzip, foo", false, "'foo'" },
	{ "compress", "compress", false, "'compress'" },
	{ "x-compress", "x-compress", false, "'x-compress'" },
	{ "a dictionary coding", "dcz", false, "'dcz'" },
	{ "parameter", "gzip;q=1", false, "'gzip;q=1'" },
	{ "no comma", "gzip deflate", false, "'gzip deflate'" },
	{ "quoted", "\"gzip\"", false, "'\"gzip\"'" },
	{ "part of a name", "gzi", false, "'gzi'" },
};

static void test_list(const void *data)
{
	const struct list_row *row = data;
	bool none = !row->none;
	char *list = exact_copy(row->list, strlen(row->list));
	struct error e = { 0 };
	struct coding *c;

	c = coding_new((struct str){ list, strlen(row->list) }, &none, &e);
	if (!coding_is_built(row->list)) {
		assert_null(c);
		assert_int_equal(e.code, ERR_NOT_BUILT_IN);
		assert_non_null(strstr(e.text, row->list));
	} else if (row->words) {
		assert_null(c);
		assert_int_equal(e.code, ERR_CONTENT_CODING);
		assert_non_null(strstr(e.text, row->words));
	} else {
		assert_int_equal(c == NULL, row->none);
		assert_int_equal(e.code, 0);
	}
	assert_int_equal(none, row->none);
	coding_free(c);
	free(list);
}

static void test_long_name(const void *row)
{
	struct error e = { 0 };
	bool none;

	(void)row;
	memset(noise, 'x', 5000);
	assert_null(coding_new((struct str){ noise, 5000 }, &none, &e));
	assert_int_equal(e.code, ERR_CONTENT_CODING);
	assert_non_null(strstr(e.text, coding_accepted()));
}

static void test_accepted(const void *row)
{
	struct str rest = str_of(coding_accepted()), name;
	size_t n = 0;

	(void)row;
	for (; value_next(&rest, &name); n++) {
		struct error e = { 0 };
		bool none;
		struct coding *c = coding_new(name, &none, &e);

		assert_non_null(c);
		coding_free(c);
	}
	assert_in_range(n, 2, 4);
}

static void test_empty_body(const void *data)
{
	const struct stream_row *row = data;
	struct got got = { 0 };
	struct coding *c;

	coding_needed(row->list);
	c = coding_opened(row->list);
	assert_int_equal(feed(c, STR(""), &got), 0);
	assert_int_equal(
		coding_decode(c, STR(""), true, collect, &got, &got.e), 0);
	assert_int_equal(got.pieces, 0);
	coding_free(c);
}

/* Only the body may be empty; no coding makes nothing of something. */
static void test_empty_inside(const void *row)
{
	static const char *const lists[] = { "gzip, gzip", "deflate, gzip",
		"br, gzip", "zstd, gzip" };

	(void)row;
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		struct got got = { 0 };
		struct buf coded;

		if (!coding_is_built(lists[i]))
			continue;
		buf_init(&coded, OUT_MAX);
		encode_gzip(&coded, STR(""));
		assert_int_equal(decode(lists[i], buf_str(&coded), 1, 1, &got),
			-ERR_PARTIAL);
		assert_non_null(strstr(got.e.text, "after 0 bytes"));
		buf_fini(&got.out);
		buf_fini(&coded);
	}
}

static void test_free_nothing(const void *row)
{
	(void)row;
	coding_free(NULL);
}

/* An error of the emit for the last bytes is not lost. */
static void test_stopped_end(const void *data)
{
	const struct stream_row *row = data;
	struct got got = { .stop_at = 1 };
	struct buf coded;

	coding_needed(row->list);
	encode_all(&coded, buf_str(&bottles), row->encoders);
	assert_int_equal(decode(row->list, buf_str(&coded), coded.n, 1, &got),
		-ERR_WRITE);
	assert_int_equal(got.pieces, 1);
	assert_string_equal(got.e.text, "no more of it");
	buf_fini(&got.out);
	buf_fini(&coded);
}

int main(void)
{
	static const struct table tables[] = {
		TABLE("coding_decode", stream_rows, test_stream),
		TABLE("coding_decode, end with bytes", stream_rows,
			test_end_with_bytes),
		TABLE("coding_decode, truncated", stream_rows, test_truncated),
		TABLE("coding_decode, a bit wrong", checked_rows,
			test_flipped_bits),
		TABLE("coding_decode, sizes", size_rows, test_size),
		TABLE("coding_decode, damaged", damaged_rows, test_damaged),
		TABLE("coding_decode, empty body", stream_rows,
			test_empty_body),
		SINGLE("coding_decode, empty inside", test_empty_inside),
		TABLE("coding_decode, stopped at the end", stream_rows,
			test_stopped_end),
		TABLE("coding_new", list_rows, test_list),
		SINGLE("coding_new, long name", test_long_name),
		SINGLE("coding_accepted", test_accepted),
		SINGLE("coding_free, NULL", test_free_nothing),
	};
	uint32_t random = 1;
	int failed;

	module_set_dir(MODULE_DIR);
	buf_init(&bottles, OUT_MAX);
	encode_bottles(&bottles);
	for (size_t i = 0; i < sizeof(noise); i++) {
		random = random * 1664525 + 1013904223;
		noise[i] = (char)(random >> 24);
	}
	failed = table_run(
		"coding", tables, sizeof(tables) / sizeof(tables[0]));
	buf_fini(&bottles);
	return failed;
}
