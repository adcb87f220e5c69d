#include "proxy/header.h"

#include "support/table.h"

struct header_row {
	const char *name, *local;
	uint16_t local_port;
	const char *peer;
	uint16_t peer_port;
	const char *client, *expected;
};

static const struct header_row header_rows[] = {
	{ "IPv4", "192.0.2.1", 40000, "198.51.100.2", 80, NULL,
		"PROXY TCP4 192.0.2.1 198.51.100.2 40000 80\r\n" },
	{ "IPv6", "2001:db8::1", 1, "2001:db8::2", 65535, NULL,
		"PROXY TCP6 2001:db8::1 2001:db8::2 1 65535\r\n" },
	{ "zones", "fe80::1%lo", 1, "fe80::2%eth0", 2, NULL,
		"PROXY TCP6 fe80::1 fe80::2 1 2\r\n" },
	{ "a client of IPv4", "127.0.0.1", 40000, "127.0.0.1", 80,
		"192.168.1.1",
		"PROXY TCP4 192.168.1.1 192.168.1.1 40000 80\r\n" },
	{ "a client of IPv6", "127.0.0.1", 40000, "127.0.0.1", 80,
		"2001:db8::", "PROXY TCP6 2001:db8:: 2001:db8:: 40000 80\r\n" },
	{ "a client of IPv4 over IPv6", "::1", 1, "::1", 2, "192.0.2.1",
		"PROXY TCP4 192.0.2.1 192.0.2.1 1 2\r\n" },
	{ "a Unix socket", "", 0, "", 0, NULL, "PROXY UNKNOWN\r\n" },
	{ "a Unix socket and a client", "", 0, "", 0, "192.0.2.1",
		"PROXY UNKNOWN\r\n" },
	/* The longest there is: 107 bytes and a NUL are enough for readers
	 * (section 2.1). */
	{ "the longest", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", 65535,
		"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", 65535, NULL,
		"PROXY TCP6 ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff "
		"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff 65535 65535\r\n" },
};

static void test_header(const void *data)
{
	const struct header_row *row = data;
	struct buf out;

	buf_init(&out, 107);
	proxy_header(&out, row->local, row->local_port, row->peer,
		row->peer_port, row->client);
	assert_int_equal(out.failed, 0);
	assert_string_equal(buf_text(&out), row->expected);
	buf_fini(&out);
}

struct accept_row {
	const char *name, *text;
	bool expected;
};

static const struct accept_row accept_rows[] = {
	{ "IPv4", "192.168.1.1", true },
	{ "IPv6", "2001:db8::", true },
	{ "IPv6 with IPv4", "::ffff:192.0.2.1", true },
	{ "short IPv4", "127.1", false },
	{ "a number", "1", false },
	{ "hexadecimal IPv4", "0x7f.0.0.1", false },
	{ "256", "192.0.2.256", false },
	{ "a name", "localhost", false },
	{ "empty", "", false },
	{ "a zone", "fe80::1%lo", false },
	{ "brackets", "[::1]", false },
	{ "a blank before", " 192.0.2.1", false },
	{ "a blank behind", "192.0.2.1 ", false },
	{ "a line end", "192.0.2.1\r\n", false },
	{ "a port", "192.0.2.1:80", false },
};

static void test_accept(const void *data)
{
	const struct accept_row *row = data;
	char *text = exact_copy(row->text, strlen(row->text) + 1);

	assert_int_equal(proxy_header_accepts(text), row->expected);
	free(text);
}

int main(void)
{
	static const struct table tables[] = {
		TABLE("proxy_header", header_rows, test_header),
		TABLE("proxy_header_accepts", accept_rows, test_accept),
	};

	return table_run(
		"proxy_header", tables, sizeof(tables) / sizeof(tables[0]));
}
