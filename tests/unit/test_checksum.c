#include "cli/checksum.h"

#include "support/table.h"

#define HEX32 "0123456789abcdef0123456789ABCDEF"
#define LOW32 "0123456789abcdef0123456789abcdef"

struct parse_row {
	const char *name, *text;
	const char *algorithm; /* NULL: refused */
	const char *expected; /* or the words of the refusal */
};

static const struct parse_row parse_rows[] = {
	{ "sha256", "sha256:" HEX32 HEX32, "sha256", LOW32 LOW32 },
	{ "sha384", "sha384:" HEX32 HEX32 HEX32, "sha384", LOW32 LOW32 LOW32 },
	{ "sha512", "sha512:" HEX32 HEX32 HEX32 HEX32, "sha512",
		LOW32 LOW32 LOW32 LOW32 },
	{ "sha1", "sha1:01234567" HEX32, "sha1", "01234567" LOW32 },
	{ "md5", "md5:" HEX32, "md5", LOW32 },
	{ "upper case", "MD5:" HEX32, "md5", LOW32 },
	{ "empty", "", NULL, "byte 0: expected ALGORITHM:HEX" },
	{ "no colon", "sha256", NULL, "byte 6: expected ALGORITHM:HEX" },
	{ "no name", ":" HEX32, NULL, "byte 0: '' is none of" },
	{ "unknown", "crc32:01234567", NULL, "byte 0: 'crc32' is none of" },
	{ "a name cut short", "sha25:" HEX32, NULL, "byte 0: 'sha25' is" },
	{ "no digits", "md5:", NULL,
		"byte 4: md5 has 32 hexadecimal digits, "
		"not 0" },
	{ "a digit short", "md5:0123456789abcdef0123456789abcde", NULL,
		"byte 35: md5 has 32 hexadecimal digits, not 31" },
	{ "a digit long", "md5:" HEX32 "0", NULL,
		"byte 36: md5 has 32 hexadecimal digits, not 33" },
	{ "another's length", "sha256:" HEX32, NULL,
		"byte 39: sha256 has 64 hexadecimal digits, not 32" },
	{ "no digit", "md5:0123456789abcdefg123456789abcdef", NULL,
		"byte 20: 'g' is no hexadecimal digit" },
	{ "a blank", "md5: 0123456789abcdef0123456789abcde", NULL,
		"byte 4: ' ' is no hexadecimal digit" },
};

static void test_parse(const void *data)
{
	const struct parse_row *row = data;
	size_t n = strlen(row->text);
	char *text = exact_copy(row->text, n);
	struct error e = { 0 };
	struct checksum c;
	int result = checksum_parse((struct str){ text, n }, &c, &e);

	if (row->algorithm) {
		assert_int_equal(result, 0);
		assert_string_equal(c.name, row->algorithm);
		assert_string_equal(c.expected, row->expected);
	} else {
		assert_int_equal(result, -ERR_USAGE);
		if (!str_starts(str_of(e.text), str_of(row->expected)))
			fail_msg("%s", e.text);
	}
	free(text);
}

int main(void)
{
	static const struct table tables[] = {
		TABLE("checksum_parse", parse_rows, test_parse),
	};

	return table_run("checksum", tables, 1);
}
