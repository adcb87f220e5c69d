#include "url/url_address.h"

#include "support/table.h"

struct address_row {
	const char *name, *text;
	const char *wanted; /* NULL: it is no address */
};

static const struct address_row ipv6_rows[] = {
	{ "all groups", "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8" },
	{ "any", "::", "::" },
	{ "loopback", "::1", "::1" },
	{ "gap at the end", "1::", "1::" },
	{ "gap for one group", "1:2:3:4:5:6:7::", "1:2:3:4:5:6:7:0" },
	{ "gap in front for one group", "::2:3:4:5:6:7:8", "0:2:3:4:5:6:7:8" },
	{ "zeros and capitals", "00AB:0::0C", "ab::c" },
	{ "the first of two gaps", "1:0:0:2:3:0:0:4", "1::2:3:0:0:4" },
	{ "the longest gap", "1:0:0:2:0:0:0:4", "1:0:0:2::4" },
	{ "mapped", "::FFFF:1.2.3.4", "::ffff:1.2.3.4" },
	{ "mapped in groups", "::ffff:102:304", "::ffff:1.2.3.4" },
	{ "quad elsewhere", "1::1.2.3.4", "1::102:304" },
	{ "quad after six groups", "1:2:3:4:5:6:7.8.9.10",
		"1:2:3:4:5:6:708:90a" },
	{ "empty", "", NULL },
	{ "one colon", ":", NULL },
	{ "three colons", ":::", NULL },
	{ "colon in front", ":1:2:3:4:5:6:7", NULL },
	{ "colon at the end", "1:2:3:4:5:6:7:", NULL },
	{ "seven groups", "1:2:3:4:5:6:7", NULL },
	{ "nine groups", "1:2:3:4:5:6:7:8:9", NULL },
	{ "eight groups and a gap", "1:2:3:4::5:6:7:8", NULL },
	{ "gap behind eight groups", "1:2:3:4:5:6:7:8::", NULL },
	{ "two gaps", "1::2::3", NULL },
	{ "five digits", "::12345", NULL },
	{ "no hexadecimal digit", "::g", NULL },
	{ "quad too early", "::1.2.3.4:5", NULL },
	{ "quad after seven groups", "1:2:3:4:5:6:7:1.2.3.4", NULL },
	{ "quad alone", "1.2.3.4", NULL },
	{ "quad of three", "::1.2.3", NULL },
	{ "quad of five", "::1.2.3.4.5", NULL },
	{ "quad with zeros", "::1.2.3.04", NULL },
	{ "quad too large", "::1.2.3.256", NULL },
	{ "quad in octal form", "::0x1.2.3.4", NULL },
};

static void test_ipv6(const void *data)
{
	const struct address_row *row = data;
	size_t n = strlen(row->text);
	char *copy = exact_copy(row->text, n);
	uint16_t groups[8];
	bool good = address_read_ipv6((struct str){ copy, n }, groups);
	struct buf out;

	free(copy);
	assert_int_equal(good, row->wanted != NULL);
	if (!good)
		return;
	buf_init(&out, 100);
	address_print_ipv6(&out, groups);
	assert_string_equal(buf_text(&out), row->wanted);
	buf_fini(&out);
}

static const struct address_row ipv4_rows[] = {
	{ "quad", "1.2.3.4", "1.2.3.4" },
	{ "zero", "0", "0.0.0.0" },
	{ "the largest", "0xffffffff", "255.255.255.255" },
	{ "last of two", "1.0xffffff", "1.255.255.255" },
	{ "last of three", "1.2.65535", "1.2.255.255" },
	{ "one too large", "4294967296", NULL },
	{ "last of two too large", "1.16777216", NULL },
	{ "last of three too large", "1.2.65536", NULL },
	{ "last of four too large", "1.2.3.256", NULL },
	{ "first too large", "256.1", NULL },
	{ "five", "1.2.3.4.5", NULL },
	{ "empty", "", NULL },
	{ "empty number", "1..2", NULL },
	{ "dot in front", ".1", NULL },
	{ "dot at the end", "1.", NULL },
	{ "no hexadecimal digits", "0x", NULL },
	{ "no octal digit", "08", NULL },
	{ "letters", "1.a", NULL },
	{ "sign", "-1", NULL },
};

static void test_ipv4(const void *data)
{
	const struct address_row *row = data;
	size_t n = strlen(row->text);
	char *copy = exact_copy(row->text, n);
	uint32_t address;
	bool good = address_read_ipv4((struct str){ copy, n }, &address);
	struct buf out;

	free(copy);
	assert_int_equal(good, row->wanted != NULL);
	if (!good)
		return;
	buf_init(&out, 100);
	address_print_ipv4(&out, address);
	assert_string_equal(buf_text(&out), row->wanted);
	buf_fini(&out);
}

int main(void)
{
	static const struct table tables[] = {
		TABLE("address_read_ipv6", ipv6_rows, test_ipv6),
		TABLE("address_read_ipv4", ipv4_rows, test_ipv4),
	};

	return table_run(
		"url_address", tables, sizeof(tables) / sizeof(tables[0]));
}
