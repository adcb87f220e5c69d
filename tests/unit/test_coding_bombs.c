/* http/coding.c against small bodies that decode to large ones: the memory that
 * it takes stays the same, and who has had enough can stop it. */
#include "http/coding.h"

#include <sys/resource.h>
#include <zlib.h>

#include "base/module.h"
#include "support/coding.h"

#define MIB ((size_t)1 << 20)
#define GIB ((uint64_t)1 << 30)
#define BUFFER_MAX (4 * MIB)

#define MEMORY_KIB (32 << 10) /* for windows and buffers */

/* AddressSanitizer would keep 256 MiB of what has been freed. */
const char *__asan_default_options(void);

const char *__asan_default_options(void)
{
	return "quarantine_size_mb=1";
}

/* 1 GiB of zeros, coded as `start`, `repeats` times `unit`, `end`. */
struct bomb {
	struct buf start, unit, end;
	size_t repeats;
};

static void bomb_gzip(struct bomb *bomb)
{
	char *zeros = calloc(1, MIB);

	assert_non_null(zeros);
	encode_gzip(&bomb->unit, (struct str){ zeros, MIB });
	bomb->repeats = 1024;
	free(zeros);
}

static void bomb_in_gzip(struct bomb *bomb)
{
	struct bomb inner = { .unit = { .max = BUFFER_MAX } };
	struct buf all;

	buf_init(&all, BUFFER_MAX);
	bomb_gzip(&inner);
	for (size_t i = 0; i < inner.repeats; i++)
		buf_add_str(&all, buf_str(&inner.unit));
	assert_int_equal(all.failed, 0);
	encode_gzip(&bomb->unit, buf_str(&all));
	bomb->repeats = 1;
	buf_fini(&all);
	buf_fini(&inner.unit);
}

/* A flush ends the unit at a byte, and makes it good for another time. */
static void bomb_raw(struct bomb *bomb)
{
	char *zeros = calloc(1, MIB);
	z_stream z = { 0 };

	assert_non_null(zeros);
	assert_int_equal(
		deflateInit2(&z, 6, Z_DEFLATED, -15, 8, Z_DEFAULT_STRATEGY),
		Z_OK);
	z.next_in = (unsigned char *)zeros;
	z.avail_in = MIB;
	z.next_out = (unsigned char *)buf_reserve(&bomb->unit, MIB);
	z.avail_out = MIB;
	assert_int_equal(deflate(&z, Z_FULL_FLUSH), Z_OK);
	bomb->unit.n = z.total_out;
	deflateEnd(&z);
	buf_add(&bomb->end, "\3\0", 2);
	bomb->repeats = 1024;
	free(zeros);
}

/* As an encoder makes it with a window of 64 KiB: meta-blocks of 64 KiB that
 * end amid a byte. */
static void bomb_br(struct bomb *bomb)
{
	static const unsigned char unit[] = { 0xff, 0x7f, 0x00, 0x20, 0x00,
		0xd8, 0x00, 0x0e, 0x5c, 0xc3, 0x49, 0x6d, 0x36, 0x80, 0x0b,
		0x70, 0x58, 0xbe, 0xbd, 0x07, 0x80 };

	buf_add(&bomb->start, "\x83", 1);
	buf_add(&bomb->unit, unit, sizeof(unit));
	bomb->repeats = 16383;
	buf_add(&bomb->end, unit, sizeof(unit) - 1);
	buf_add(&bomb->end, "\x30", 1);
}

/* Blocks of 128 KiB that repeat a byte (RFC 8878 section 3.1.1.2.2). */
static void bomb_zstd(struct bomb *bomb)
{
	buf_add(&bomb->start, "\x28\xb5\x2f\xfd\0\x68", 6);
	buf_add(&bomb->unit, "\2\0\x10\0", 4);
	bomb->repeats = 8192;
	buf_add(&bomb->end, "\1\0\0", 3);
}

static const struct bomb_row {
	const char *name, *list;
	void (*make)(struct bomb *bomb);
	bool refused; /* when the ratio is limited */
} bomb_rows[] = {
	{ "gzip", "gzip", bomb_gzip, false },
	{ "gzip in gzip", "gzip, gzip", bomb_in_gzip, true },
	{ "deflate", "deflate", bomb_raw, false },
	{ "br", "br", bomb_br, true },
	{ "zstd", "zstd", bomb_zstd, true },
};

/* What a bomb has given, and when it is to be stopped. */
struct blast {
	uint64_t bytes;
	size_t pieces, stop_at;
};

static int count_zeros(void *context, struct str bytes, struct error *e)
{
	struct blast *blast = context;

	assert_in_range(bytes.n, 1, CODING_OUTPUT);
	assert_int_equal(bytes.p[0], 0);
	assert_int_equal(bytes.p[bytes.n - 1], 0);
	blast->bytes += bytes.n;
	if (++blast->pieces == blast->stop_at)
		return error_set(e, ERR_TOO_LARGE, "that is enough");
	return 0;
}

static int ignite_watched(const struct bomb_row *row,
	const struct coding_guard *guard, struct blast *blast, struct error *e)
{
	struct coding *c = coding_opened(row->list);
	struct bomb bomb = { { .max = BUFFER_MAX }, { .max = BUFFER_MAX },
		{ .max = BUFFER_MAX }, 0 };
	int error;

	coding_watch(c, guard);
	row->make(&bomb);
	error = coding_decode(
		c, buf_str(&bomb.start), false, count_zeros, blast, e);
	for (size_t i = 0; i < bomb.repeats && error == 0; i++)
		error = coding_decode(
			c, buf_str(&bomb.unit), false, count_zeros, blast, e);
	if (error == 0)
		error = coding_decode(
			c, buf_str(&bomb.end), false, count_zeros, blast, e);
	if (error == 0)
		error = coding_decode(c, STR(""), true, count_zeros, blast, e);
	coding_free(c);
	buf_fini(&bomb.start);
	buf_fini(&bomb.unit);
	buf_fini(&bomb.end);
	return error;
}

static int ignite(
	const struct bomb_row *row, struct blast *blast, struct error *e)
{
	return ignite_watched(row, &(struct coding_guard){ 0 }, blast, e);
}

static long peak_memory(void)
{
	struct rusage usage;

	assert_int_equal(getrusage(RUSAGE_SELF, &usage), 0);
	return usage.ru_maxrss;
}

static void test_bomb(const void *data)
{
	const struct bomb_row *row = data;
	struct blast blast = { 0 };
	struct error e = { 0 };
	long before;

	coding_needed(row->list);
	before = peak_memory();
	assert_int_equal(ignite(row, &blast, &e), 0);
	assert_true(blast.bytes == GIB);
	assert_in_range(peak_memory() - before, 0, MEMORY_KIB);
}

static void test_stopped_bomb(const void *data)
{
	const struct bomb_row *row = data;

	coding_needed(row->list);
	for (size_t stop_at = 1; stop_at < 40; stop_at += 13) {
		struct blast blast = { .stop_at = stop_at };
		struct error e = { 0 };

		assert_int_equal(ignite(row, &blast, &e), -ERR_TOO_LARGE);
		assert_int_equal(blast.pieces, stop_at);
		assert_string_equal(e.text, "that is enough");
	}
}

static void test_limited(const void *data)
{
	const struct coding_guard guard = { .limited = true };
	const struct bomb_row *row = data;
	struct blast blast = { 0 };
	struct error e = { 0 };

	coding_needed(row->list);
	assert_int_equal(ignite_watched(row, &guard, &blast, &e),
		row->refused ? -ERR_DECODE_RATIO : 0);
	if (row->refused)
		assert_in_range(blast.bytes, 0, LIMIT_DECODE_WINDOW);
	else
		assert_true(blast.bytes == GIB);
}

struct questions {
	size_t asked, stop_at;
};

static int stop(void *context, struct error *e)
{
	struct questions *q = context;

	return ++q->asked == q->stop_at
		? error_set(e, ERR_TIMEOUT, "the time is over")
		: 0;
}

/* It is asked before each piece of each coding, whoever may get nothing of it.
 */
static void test_guarded(const void *data)
{
	const struct bomb_row *row = data;

	coding_needed(row->list);
	for (size_t stop_at = 1; stop_at < 40; stop_at += 13) {
		struct questions q = { .stop_at = stop_at };
		struct coding_guard guard = { stop, &q, false };
		struct blast blast = { 0 };
		struct error e = { 0 };

		assert_int_equal(
			ignite_watched(row, &guard, &blast, &e), -ERR_TIMEOUT);
		assert_int_equal(q.asked, stop_at);
		assert_in_range(blast.pieces, 0, stop_at - 1);
	}
}

int main(void)
{
	static const struct table tables[] = {
		TABLE("coding_decode, 1 GiB of zeros", bomb_rows, test_bomb),
		TABLE("coding_decode, stopped", bomb_rows, test_stopped_bomb),
		TABLE("coding_watch, limited", bomb_rows, test_limited),
		TABLE("coding_watch, guarded", bomb_rows, test_guarded),
	};

	module_set_dir(MODULE_DIR);
	return table_run(
		"coding_bombs", tables, sizeof(tables) / sizeof(tables[0]));
}
