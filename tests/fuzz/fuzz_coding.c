/* http/coding.h: whatever the bytes are, they decode to the same, and with the
 * same end, whole, cut in two and one by one. The first byte of an input picks
 * the list of codings, the second the place of the cut. */
#include "http/coding.h"

#include <stdlib.h>

#include "base/module.h"

#define OUTPUT_MAX (256u << 10) /* then the output is refused */
#define BYTEWISE_MAX 4096 /* longer inputs are fed in larger steps */

static const char *const lists[] = {
	"gzip",
	"deflate",
	"br",
	"zstd",
	"gzip, deflate",
	"deflate, gzip",
	"zstd, br",
	"br, zstd",
	"br, gzip, deflate, zstd, gzip",
};

struct result {
	struct buf out;
	int error;
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(int holds)
{
	if (!holds)
		abort();
}

static int collect(void *context, struct str bytes, struct error *e)
{
	struct result *result = context;

	require(bytes.n > 0 && bytes.n <= CODING_OUTPUT);
	buf_add_str(&result->out, str_first(bytes, OUTPUT_MAX - result->out.n));
	return result->out.n < OUTPUT_MAX
		? 0
		: error_set(e, ERR_WRITE, "that is enough");
}

/* Feed the bytes in copies of their exact size. */
static int feed(struct coding *c, struct str bytes, struct result *result,
	struct error *e)
{
	char *copy = malloc(bytes.n ? bytes.n : 1);
	int error;

	require(copy != NULL);
	if (bytes.n)
		memcpy(copy, bytes.p, bytes.n);
	error = coding_decode(
		c, (struct str){ copy, bytes.n }, false, collect, result, e);
	free(copy);
	return error;
}

static struct result decode(
	const char *list, struct str in, size_t first, size_t step)
{
	struct result result = { .error = 0 };
	struct error e = { 0 };
	bool none;
	struct coding *c = coding_new(str_of(list), &none, &e);

	buf_init(&result.out, OUTPUT_MAX);
	if (!c) {
		require(e.code == ERR_NOT_BUILT_IN);
		return result;
	}
	for (size_t n = first; in.n && result.error == 0; n = step) {
		result.error = feed(c, str_first(in, n), &result, &e);
		in = str_from(in, n);
	}
	if (result.error == 0)
		result.error = coding_decode(
			c, (struct str){ NULL, 0 }, true, collect, &result, &e);
	coding_free(c);
	require(result.out.failed == 0);
	require(result.error == -e.code);
	require(result.error == 0 || result.error == -ERR_WRITE ||
		result.error == -ERR_PARTIAL ||
		result.error == -ERR_CONTENT_CODING);
	require((result.error != 0) == (e.text[0] != '\0'));
	return result;
}

static int is_damaged_or_stopped(int error)
{
	return error == -ERR_CONTENT_CODING || error == -ERR_WRITE;
}

/* Of damaged data more or less comes out before that is seen, and so it may be
 * too much or not. */
static void compare(const struct result *whole, const char *list, struct str in,
	size_t first, size_t step)
{
	struct result other = decode(list, in, first, step);

	if (whole->error == -ERR_CONTENT_CODING ||
		other.error == -ERR_CONTENT_CODING) {
		require(is_damaged_or_stopped(whole->error));
		require(is_damaged_or_stopped(other.error));
		require(str_starts(buf_str(&whole->out), buf_str(&other.out)) ||
			str_starts(buf_str(&other.out), buf_str(&whole->out)));
	} else {
		require(other.error == whole->error);
		require(str_eq(buf_str(&whole->out), buf_str(&other.out)));
	}
	buf_fini(&other.out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str in = { (const char *)data, size };
	struct result whole;
	const char *list;
	size_t cut;

	if (size < 2)
		return 0;
	module_set_dir(MODULE_DIR);
	list = lists[data[0] % (sizeof(lists) / sizeof(lists[0]))];
	in = str_from(in, 2);
	cut = in.n * data[1] / 256 + 1;
	whole = decode(list, in, in.n, 1);
	compare(&whole, list, in, cut, in.n);
	compare(&whole, list, in, 1, in.n / BYTEWISE_MAX + 1);
	buf_fini(&whole.out);
	return 0;
}
