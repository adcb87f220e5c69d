#include "support/table.h"

#include "transfer/form_encode.h"

#define BYTES(literal)                           \
	{                                        \
		"" literal, sizeof(literal) - 1, \
	}

/* Runs of x for lines. */
#define X25 "xxxxxxxxxxxxxxxxxxxxxxxxx"
#define X73 X25 X25 "xxxxxxxxxxxxxxxxxxxxxxx"
#define X75 X73 "xx"

/* 57 bytes of "x", which make one line. */
#define X57 X25 X25 "xxxxxxx"
#define EHH4 "eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4eHh4"
#define LINE EHH4 EHH4 "eHh4"

struct encode_row {
	const char *name;
	enum form_encoding encoding;
	struct str plain, encoded;
};

static const struct encode_row encode_rows[] = {
	{ "as it is", FORM_AS_IS, BYTES("a\0\xff\r\n"), BYTES("a\0\xff\r\n") },
	{ "binary", FORM_BINARY, BYTES("a\0\xff"), BYTES("a\0\xff") },
	{ "8bit", FORM_8BIT, BYTES("\xc3\xa4"), BYTES("\xc3\xa4") },
	{ "7bit", FORM_7BIT, BYTES("a\0\x7f"), BYTES("a\0\x7f") },
	{ "no bytes in 7bit", FORM_7BIT, BYTES(""), BYTES("") },

	{ "no bytes in base64", FORM_BASE64, BYTES(""), BYTES("") },
	{ "one", FORM_BASE64, BYTES("v"), BYTES("dg==") },
	{ "two", FORM_BASE64, BYTES("xx"), BYTES("eHg=") },
	{ "any bytes in base64", FORM_BASE64, BYTES("\0\xff\n"),
		BYTES("AP8K") },
	{ "one byte less than a line", FORM_BASE64, BYTES(X25 X25 "xxxxxx"),
		BYTES(EHH4 EHH4 "eHg=") },
	{ "a line", FORM_BASE64, BYTES(X57), BYTES(LINE) },
	{ "one byte more", FORM_BASE64, BYTES(X57 "x"),
		BYTES(LINE "\r\neA==") },
	{ "two lines", FORM_BASE64, BYTES(X57 X57), BYTES(LINE "\r\n" LINE) },
	{ "two lines and one byte", FORM_BASE64, BYTES(X57 X57 "x"),
		BYTES(LINE "\r\n" LINE "\r\neA==") },

	{ "no bytes in quoted-printable", FORM_QUOTED_PRINTABLE, BYTES(""),
		BYTES("") },
	{ "printable", FORM_QUOTED_PRINTABLE, BYTES("!\"#<>[\\]^`{|}~ a"),
		BYTES("!\"#<>[\\]^`{|}~ a") },
	{ "equals sign", FORM_QUOTED_PRINTABLE, BYTES("a=b"), BYTES("a=3Db") },
	{ "unprintable", FORM_QUOTED_PRINTABLE, BYTES("\0\x7f\x80\xff"),
		BYTES("=00=7F=80=FF") },
	{ "line end", FORM_QUOTED_PRINTABLE, BYTES("a\r\nb"), BYTES("a\r\nb") },
	{ "line ends", FORM_QUOTED_PRINTABLE, BYTES("\r\n\r\n"),
		BYTES("\r\n\r\n") },
	{ "LF alone", FORM_QUOTED_PRINTABLE, BYTES("a\nb\n"),
		BYTES("a=0Ab=0A") },
	{ "CR alone", FORM_QUOTED_PRINTABLE, BYTES("a\rb\r"),
		BYTES("a=0Db=0D") },
	{ "CR before a line end", FORM_QUOTED_PRINTABLE, BYTES("\r\r\n"),
		BYTES("=0D\r\n") },
	{ "space before a line end", FORM_QUOTED_PRINTABLE, BYTES("a \r\nb"),
		BYTES("a=20\r\nb") },
	{ "space before LF", FORM_QUOTED_PRINTABLE, BYTES("a \nb"),
		BYTES("a =0Ab") },
	{ "spaces at the end", FORM_QUOTED_PRINTABLE, BYTES("~  "),
		BYTES("~ =20") },
	{ "tab before a line end", FORM_QUOTED_PRINTABLE, BYTES("a\tb\t\r\n"),
		BYTES("a\tb=09\r\n") },
	{ "76 columns", FORM_QUOTED_PRINTABLE, BYTES(X75 "x"), BYTES(X75 "x") },
	{ "76 columns and a line end", FORM_QUOTED_PRINTABLE,
		BYTES(X75 "x\r\nq"), BYTES(X75 "x\r\nq") },
	{ "77 columns", FORM_QUOTED_PRINTABLE, BYTES(X75 "xx"),
		BYTES(X75 "=\r\nxx") },
	{ "77 columns and a line end", FORM_QUOTED_PRINTABLE,
		BYTES(X75 "xx\r\nq"), BYTES(X75 "=\r\nxx\r\nq") },
	{ "escape that ends at 76", FORM_QUOTED_PRINTABLE, BYTES(X73 "="),
		BYTES(X73 "=3D") },
	{ "escape that ends at 76 with more behind", FORM_QUOTED_PRINTABLE,
		BYTES(X73 "=q"), BYTES(X73 "=\r\n=3Dq") },
	{ "escape that would end at 77", FORM_QUOTED_PRINTABLE, BYTES(X73 "x="),
		BYTES(X73 "x=\r\n=3D") },
	{ "space at column 76", FORM_QUOTED_PRINTABLE, BYTES(X75 " \r\n"),
		BYTES(X75 "=\r\n=20\r\n") },
	{ "space at column 76 with more behind", FORM_QUOTED_PRINTABLE,
		BYTES(X75 " q"), BYTES(X75 "=\r\n q") },
	{ "three lines", FORM_QUOTED_PRINTABLE, BYTES(X75 X75 "q\r\n" X75 "rs"),
		BYTES(X75 "=\r\n" X75 "q\r\n" X75 "=\r\nrs") },
};

/* In pieces of `first`, then of `size` bytes, each an allocation of its own. */
static void check_pieces(
	const struct encode_row *row, size_t first, size_t size)
{
	struct form_encoder encoder = { .encoding = row->encoding };
	struct str rest = row->plain;
	struct error e = { 0 };
	struct buf out;

	buf_init(&out, FORM_ENCODED_MAX(rest.n));
	for (size_t n = first; rest.n; n = size) {
		struct str piece = str_first(rest, n);
		char *copy = exact_copy(piece.p, piece.n);

		piece.p = copy;
		assert_int_equal(
			form_encode(&encoder, piece, false, &out, &e), 0);
		rest = str_from(rest, piece.n);
		free(copy);
	}
	assert_int_equal(
		form_encode(&encoder, (struct str){ 0 }, true, &out, &e), 0);
	assert_int_equal(out.failed, 0);
	assert_int_equal(out.n, row->encoded.n);
	assert_memory_equal(out.p ? out.p : "", row->encoded.p, out.n);
	buf_fini(&out);
}

static void test_encode(const void *data)
{
	const struct encode_row *row = data;
	struct form_encoder encoder = { .encoding = row->encoding };
	struct error e = { 0 };
	uint64_t length;
	struct buf out;

	/* The last bytes together with the news that they are. */
	buf_init(&out, FORM_ENCODED_MAX(row->plain.n));
	assert_int_equal(form_encode(&encoder, row->plain, true, &out, &e), 0);
	assert_true(str_eq(buf_str(&out), row->encoded));
	buf_fini(&out);

	for (size_t first = 1; first <= row->plain.n; first++)
		check_pieces(row, first, row->plain.n);
	check_pieces(row, 1, 1);
	if (form_encoding_length(row->encoding, row->plain.n, &length))
		assert_int_equal(length, row->encoded.n);
	else
		assert_int_equal(row->encoding, FORM_QUOTED_PRINTABLE);
}

struct refuse_row {
	const char *name;
	struct str before, bytes;
	const char *text;
};

static const struct refuse_row refuse_rows[] = {
	{ "the first byte", BYTES(""), BYTES("\x80"),
		"byte 1 is 0x80, and its encoder is 7bit" },
	{ "the last byte", BYTES(""), BYTES("ab\xff"),
		"byte 3 is 0xFF, and its encoder is 7bit" },
	{ "behind other pieces", BYTES("0123456789"), BYTES("a\xc3\xa4"),
		"byte 12 is 0xC3, and its encoder is 7bit" },
};

static void test_refuse(const void *data)
{
	const struct refuse_row *row = data;
	struct form_encoder encoder = { .encoding = FORM_7BIT };
	struct error e = { 0 };
	struct buf out;

	buf_init(&out, 100);
	assert_int_equal(
		form_encode(&encoder, row->before, false, &out, &e), 0);
	assert_int_equal(
		form_encode(&encoder, row->bytes, true, &out, &e), -ERR_READ);
	assert_string_equal(e.text, row->text);
	buf_fini(&out);
}

struct name_row {
	const char *name, *text;
	enum form_encoding encoding; /* FORM_AS_IS: not found */
	const char *written;
};

static const struct name_row name_rows[] = {
	{ "binary", "binary", FORM_BINARY, "binary" },
	{ "8bit", "8BIT", FORM_8BIT, "8bit" },
	{ "7bit", "7bit", FORM_7BIT, "7bit" },
	{ "base64", "Base64", FORM_BASE64, "base64" },
	{ "quoted-printable", "quoted-printable", FORM_QUOTED_PRINTABLE,
		"quoted-printable" },
	{ "longer", "base64x", FORM_AS_IS, NULL },
	{ "shorter", "base", FORM_AS_IS, NULL },
	{ "empty", "", FORM_AS_IS, NULL },
};

static void test_name(const void *data)
{
	const struct name_row *row = data;
	enum form_encoding encoding = FORM_AS_IS;
	bool found = form_encoding_find(str_of(row->text), &encoding);

	assert_int_equal(encoding, row->encoding);
	assert_int_equal(found, row->encoding != FORM_AS_IS);
	if (found)
		assert_string_equal(form_encoding_name(encoding), row->written);
	else
		assert_null(form_encoding_name(encoding));
}

int main(void)
{
	static const struct table tables[] = {
		TABLE("form_encode", encode_rows, test_encode),
		TABLE("form_encode refuses", refuse_rows, test_refuse),
		TABLE("form_encoding_find", name_rows, test_name),
	};

	return table_run(
		"form_encode", tables, sizeof(tables) / sizeof(tables[0]));
}
