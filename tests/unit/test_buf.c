#include "base/buf.h"

#include "support/table.h"

/* So that a test can ask for more memory than there is under AddressSanitizer,
 * too. */
const char *__asan_default_options(void);

const char *__asan_default_options(void)
{
	return "allocator_may_return_null=1";
}

static void assert_content(const struct buf *b, const char *expected)
{
	assert_int_equal(b->n, strlen(expected));
	assert_memory_equal(b->p ? b->p : "", expected, b->n);
}

static const struct uint_row {
	const char *name;
	uint64_t value;
	const char *expected;
} uint_rows[] = {
	{ "zero", 0, "0" },
	{ "one digit", 9, "9" },
	{ "two digits", 10, "10" },
	{ "the greatest", UINT64_MAX, "18446744073709551615" },
};

static void test_add_uint(const void *data)
{
	const struct uint_row *row = data;
	struct buf b;

	buf_init(&b, 20);
	buf_add_uint(&b, row->value);
	assert_content(&b, row->expected);
	buf_fini(&b);
}

static void add_pieces(struct buf *b)
{
	buf_add(b, "GET", 3);
	buf_add_char(b, ' ');
	buf_add_str(b, STR("/index"));
	buf_add_text(b, ".html");
	buf_add_uint(b, 42);
	buf_printf(b, "?%s=%d", "q", -7);
}

#define PIECES "GET /index.html42?q=-7"

/* Every maximum up to one that suffices: what is kept is whole pieces only. */
static void test_add_at_each_maximum(const void *data)
{
	static const size_t ends[] = { 0, 3, 4, 10, 15, 17, 22 };

	(void)data;
	for (size_t max = 0; max <= strlen(PIECES); max++) {
		size_t kept = 0;
		struct buf b;

		for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
			if (ends[i] <= max)
				kept = ends[i];
		buf_init(&b, max);
		add_pieces(&b);
		assert_int_equal(b.n, kept);
		assert_memory_equal(b.p ? b.p : "", PIECES, kept);
		assert_int_equal(
			b.failed, kept == strlen(PIECES) ? 0 : ERR_TOO_LARGE);
		buf_fini(&b);
	}
}

static void test_add_nothing(const void *data)
{
	struct buf b;

	(void)data;
	buf_init(&b, 0);
	buf_add(&b, NULL, 0);
	buf_add_str(&b, str_of(NULL));
	buf_add_text(&b, "");
	buf_printf(&b, "%s", "");
	assert_int_equal(b.n, 0);
	assert_int_equal(b.failed, 0);
	buf_fini(&b);
}

static void test_grow(const void *data)
{
	const size_t max = 100000;
	size_t moves = 0, cap = 0;
	struct buf b;

	(void)data;
	buf_init(&b, max);
	assert_null(b.p);
	for (size_t i = 0; i < max; i++) {
		buf_add_char(&b, (char)i);
		moves += b.cap != cap;
		cap = b.cap;
		assert_true(b.cap > b.n && b.cap <= max + 1);
	}
	assert_true(moves <= 12);
	assert_int_equal(b.failed, 0);
	for (size_t i = 0; i < max; i++)
		assert_int_equal(b.p[i], (char)i);
	buf_add_char(&b, 'x');
	assert_int_equal(b.failed, ERR_TOO_LARGE);
	assert_int_equal(b.n, max);
	buf_fini(&b);
}

/* Texts around the room that is there at first, so that some fit at the first
 * attempt and some at the second. */
static void test_printf(const void *data)
{
	(void)data;
	for (int n = 0; n < 300; n++) {
		char *expected = malloc((size_t)n + 1);
		struct buf b;

		assert_non_null(expected);
		memset(expected, 'x', (size_t)n);
		expected[n] = '\0';
		buf_init(&b, (size_t)n + 2);
		buf_add_char(&b, '<');
		buf_printf(&b, "%s", expected);
		buf_add_char(&b, '>');
		assert_int_equal(b.failed, 0);
		assert_int_equal(b.n, n + 2);
		assert_memory_equal(b.p + 1, expected, (size_t)n);
		assert_int_equal(b.p[n + 1], '>');
		buf_printf(&b, "y");
		assert_int_equal(b.failed, ERR_TOO_LARGE);
		assert_int_equal(b.n, n + 2);
		buf_fini(&b);
		free(expected);
	}
}

static void test_failure_is_sticky(const void *data)
{
	struct buf b;

	(void)data;
	buf_init(&b, 4);
	buf_add_text(&b, "abc");
	buf_add_text(&b, "de");
	buf_add_char(&b, 'f');
	buf_add_uint(&b, 1);
	buf_printf(&b, "g");
	assert_null(buf_reserve(&b, 0));
	assert_null(buf_text(&b));
	assert_content(&b, "abc");
	buf_clear(&b);
	buf_add_text(&b, "next");
	assert_content(&b, "next");
	assert_string_equal(buf_text(&b), "next");
	buf_fini(&b);
}

static const struct memory_row {
	const char *name;
	size_t n;
} memory_rows[] = {
	{ "size with its NUL overflows", SIZE_MAX },
	{ "more than the system gives", SIZE_MAX / 2 },
};

static void test_out_of_memory(const void *data)
{
	const struct memory_row *row = data;
	struct error e = { 0 };
	struct buf b;

	buf_init(&b, SIZE_MAX);
	assert_null(buf_reserve(&b, row->n));
	assert_int_equal(b.failed, ERR_OUT_OF_MEMORY);
	assert_int_equal(buf_check(&b, "body", &e), -ERR_OUT_OF_MEMORY);
	assert_int_equal(e.code, ERR_OUT_OF_MEMORY);
	buf_clear(&b);
	buf_add_text(&b, "small");
	assert_content(&b, "small");
	assert_null(buf_reserve(&b, row->n - 5));
	assert_content(&b, "small");
	buf_fini(&b);
}

static void test_reserve(const void *data)
{
	struct buf b;
	char *room;

	(void)data;
	buf_init(&b, 1000);
	buf_add_text(&b, "head");
	room = buf_reserve(&b, 996);
	assert_ptr_equal(room, b.p + 4);
	memset(room, 'x', 996);
	b.n += 996;
	assert_int_equal(buf_text(&b)[999], 'x');
	assert_int_equal(buf_text(&b)[1000], '\0');
	assert_non_null(buf_reserve(&b, 0));
	assert_null(buf_reserve(&b, 1));
	buf_fini(&b);
}

static const struct consume_row {
	const char *name;
	size_t n;
	const char *left;
} consume_rows[] = {
	{ "nothing", 0, "abcdef" },
	{ "some", 2, "cdef" },
	{ "all but one", 5, "f" },
	{ "all", 6, "" },
	{ "more than there is", SIZE_MAX, "" },
};

static void test_consume(const void *data)
{
	const struct consume_row *row = data;
	struct buf b;

	buf_init(&b, 6);
	buf_consume(&b, row->n);
	assert_int_equal(b.n, 0);
	buf_add_text(&b, "abcdef");
	buf_consume(&b, row->n);
	assert_content(&b, row->left);
	assert_true(str_eq(buf_str(&b), str_of(row->left)));
	buf_fini(&b);
}

static void test_text_of_empty(const void *data)
{
	struct buf b;

	(void)data;
	buf_init(&b, 0);
	assert_string_equal(buf_text(&b), "");
	assert_int_equal(b.n, 0);
	buf_fini(&b);
}

static void test_take(const void *data)
{
	struct buf b;
	char *text;

	(void)data;
	buf_init(&b, 8);
	buf_add_text(&b, "content");
	text = buf_take(&b);
	assert_string_equal(text, "content");
	free(text);
	assert_null(b.p);
	assert_int_equal(b.n, 0);
	buf_add_text(&b, "again");
	assert_content(&b, "again");
	buf_add_text(&b, "too much");
	assert_null(buf_take(&b));
	assert_null(b.p);
	assert_int_equal(b.failed, 0);
	assert_int_equal(b.max, 8);
}

static void test_check(const void *data)
{
	struct error e = { 0 };
	struct buf b;

	(void)data;
	buf_init(&b, 300);
	buf_add_text(&b, "fits");
	assert_int_equal(buf_check(&b, "response head", &e), 0);
	assert_int_equal(e.code, 0);
	buf_reserve(&b, 300);
	assert_int_equal(buf_check(&b, "response head", &e), -ERR_TOO_LARGE);
	assert_int_equal(e.code, ERR_TOO_LARGE);
	assert_string_equal(
		e.text, "the response head is larger than 300 bytes");
	assert_int_equal(buf_check(&b, "response head", NULL), -ERR_TOO_LARGE);
	buf_fini(&b);
}

static const struct table tables[] = {
	TABLE("buf_add_uint", uint_rows, test_add_uint),
	SINGLE("buf_add at each maximum", test_add_at_each_maximum),
	SINGLE("buf_add of nothing", test_add_nothing),
	SINGLE("buf growth", test_grow),
	SINGLE("buf_printf", test_printf),
	SINGLE("a failure is sticky", test_failure_is_sticky),
	TABLE("out of memory", memory_rows, test_out_of_memory),
	SINGLE("buf_reserve", test_reserve),
	TABLE("buf_consume", consume_rows, test_consume),
	SINGLE("buf_text of an empty buffer", test_text_of_empty),
	SINGLE("buf_take", test_take),
	SINGLE("buf_check", test_check),
};

int main(void)
{
	return table_run("buf", tables, sizeof(tables) / sizeof(tables[0]));
}
