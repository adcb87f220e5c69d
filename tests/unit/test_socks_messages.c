/* The messages of proxy/socks4.h and proxy/socks5.h. */
#include "proxy/socks4.h"
#include "proxy/socks5.h"
#include "support/table.h"

/* Bytes, those that are 0 too. */
#define BYTES(literal)                       \
	{                                    \
		literal, sizeof(literal) - 1 \
	}

#define TEN "0123456789"
#define FIFTY TEN TEN TEN TEN TEN
#define TEXT_255 FIFTY FIFTY FIFTY FIFTY FIFTY "01234"
#define TEXT_256 TEXT_255 "5"

/* What is sent */

struct request_row {
	const char *name;
	struct socks_target target;
	const char *user;
	struct str socks4, socks5; /* p is NULL: it is refused */
};

#define IPV4                                                                 \
	{                                                                    \
		.kind = SOCKS_IPV4, .address = { 192, 0, 2, 1 }, .port = 443 \
	}
#define NAMED(text)                                                     \
	{                                                               \
		.kind = SOCKS_NAME, .name = BYTES(text), .port = 0x1234 \
	}

static const struct request_row request_rows[] = {
	{ "IPv4", IPV4, NULL, BYTES("\4\1\1\xbb\xc0\0\2\1\0"),
		BYTES("\5\1\0\1\xc0\0\2\1\1\xbb") },
	{ "a user", IPV4, "joe", BYTES("\4\1\1\xbb\xc0\0\2\1joe\0"),
		BYTES("\5\1\0\1\xc0\0\2\1\1\xbb") },
	{ "a user of 255 bytes", IPV4, TEXT_255,
		BYTES("\4\1\1\xbb\xc0\0\2\1" TEXT_255 "\0"),
		BYTES("\5\1\0\1\xc0\0\2\1\1\xbb") },
	{ "a user of 256 bytes", IPV4, TEXT_256, { 0 },
		BYTES("\5\1\0\1\xc0\0\2\1\1\xbb") },
	{ "IPv6",
		{ .kind = SOCKS_IPV6,
			.address = { 0x20, 1, 0xd, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0,
				0, 0, 0, 1 },
			.port = 80 },
		NULL, { 0 },
		BYTES("\5\1\0\4\x20\1\xd\xb8\0\0\0\0\0\0\0\0\0\0\0\1\0\x50") },
	{ "a name", NAMED("a.test"), NULL,
		BYTES("\4\1\x12\x34\0\0\0\1\0a.test\0"),
		BYTES("\5\1\0\3\6a.test\x12\x34") },
	{ "a name and a user", NAMED("a.test"), "joe",
		BYTES("\4\1\x12\x34\0\0\0\1joe\0a.test\0"),
		BYTES("\5\1\0\3\6a.test\x12\x34") },
	{ "a name of 255 bytes", NAMED(TEXT_255), NULL,
		BYTES("\4\1\x12\x34\0\0\0\1\0" TEXT_255 "\0"),
		BYTES("\5\1\0\3\xff" TEXT_255 "\x12\x34") },
	{ "a name of 256 bytes", NAMED(TEXT_256), NULL, { 0 }, { 0 } },
};

static void assert_request(const struct buf *out, int result,
	const struct error *e, struct str expected)
{
	assert_int_equal(out->failed, 0);
	assert_int_equal(out->n, expected.n);
	if (!expected.p) {
		assert_int_equal(result, -ERR_PROXY);
		assert_int_equal(e->code, ERR_PROXY);
		return;
	}
	assert_int_equal(result, 0);
	assert_memory_equal(out->p, expected.p, expected.n);
}

static void test_request(const void *data)
{
	const struct request_row *row = data;
	struct error e = { 0 };
	struct buf out;
	int result;

	buf_init(&out, 1024);
	result = socks4_request(&out, &row->target, row->user, &e);
	assert_request(&out, result, &e, row->socks4);
	buf_clear(&out);
	result = socks5_request(&out, &row->target, &e);
	assert_request(&out, result, &e, row->socks5);
	buf_fini(&out);
}

struct password_row {
	const char *name, *user, *password;
	struct str expected;
};

static const struct password_row password_rows[] = {
	{ "both", "joe", "secret", BYTES("\1\3joe\6secret") },
	{ "no password", "joe", "", BYTES("\1\3joe\0") },
	{ "255 bytes", TEXT_255, TEXT_255,
		BYTES("\1\xff" TEXT_255 "\xff" TEXT_255) },
	{ "a user of 256 bytes", TEXT_256, "p", { 0 } },
	{ "a password of 256 bytes", "u", TEXT_256, { 0 } },
};

static void test_password(const void *data)
{
	const struct password_row *row = data;
	struct error e = { 0 };
	struct buf out;
	int result;

	buf_init(&out, 1024);
	result = socks5_password(&out, row->user, row->password, &e);
	assert_request(&out, result, &e, row->expected);
	buf_fini(&out);
}

static void test_greeting(const void *unused)
{
	struct buf out;

	(void)unused;
	buf_init(&out, 1024);
	socks5_greeting(&out, false);
	socks5_greeting(&out, true);
	assert_int_equal(out.n, 7);
	assert_memory_equal(out.p, "\5\1\0\5\2\0\2", 7);
	buf_fini(&out);
}

/* What is received */

typedef int judge(struct str in, size_t *length, struct error *e);

static int method(struct str in, size_t *length, struct error *e)
{
	bool wants;
	int result = socks5_method(in, length, &wants, e);

	/* Told by the second byte alone */
	if (result == 1)
		assert_int_equal(wants, in.p[1] == 2);
	else
		assert_false(wants);
	return result;
}

struct reply_row {
	const char *name;
	judge *judge;
	struct str bytes;
	const char *error; /* words of it; NULL: it is good */
	size_t decided; /* after so many bytes the error shows */
};

#define GRANTED(address) BYTES("\5\0\0" address "\0\x50")
#define REFUSED(code, words)                                    \
	{                                                       \
		words, socks5_reply, BYTES("\5" code), words, 2 \
	}

static const struct reply_row reply_rows[] = {
	{ "SOCKS 4 grants", socks4_reply, BYTES("\0\x5a\0\0\0\0\0\0"), NULL,
		0 },
	{ "SOCKS 4 grants, with an address", socks4_reply,
		BYTES("\0\x5a\1\2\3\4\5\6"), NULL, 0 },
	{ "SOCKS 4: 91", socks4_reply, BYTES("\0\x5b\0\0\0\0\0\0"),
		"refused: request rejected or failed (91)", 2 },
	{ "SOCKS 4: 92", socks4_reply, BYTES("\0\x5c\0\0\0\0\0\0"),
		"cannot connect to identd on the client (92)", 2 },
	{ "SOCKS 4: 93", socks4_reply, BYTES("\0\x5d\0\0\0\0\0\0"),
		"different user ids (93)", 2 },
	{ "SOCKS 4: 94", socks4_reply, BYTES("\0\x5e\0\0\0\0\0\0"),
		"an unknown code (94)", 2 },
	{ "SOCKS 4: 0", socks4_reply, BYTES("\0\0\0\0\0\0\0\0"),
		"an unknown code (0)", 2 },
	{ "SOCKS 4 with a wrong version", socks4_reply,
		BYTES("\4\x5a\0\0\0\0\0\0"), "begins with 0x04", 1 },
	{ "SOCKS 4 of an HTTP server", socks4_reply, BYTES("HTTP/1.1"),
		"begins with 0x48", 1 },

	{ "no authentication", method, BYTES("\5\0"), NULL, 0 },
	{ "a password", method, BYTES("\5\2"), NULL, 0 },
	{ "no method", method, BYTES("\5\xff"), "accepts none of the ways", 2 },
	{ "GSSAPI", method, BYTES("\5\1"), "not offered (method 1)", 2 },
	{ "an unknown method", method, BYTES("\5\x80"),
		"not offered (method 128)", 2 },
	{ "a method of SOCKS 4", method, BYTES("\4\0"), "begins with 0x04", 1 },

	{ "the password is right", socks5_password_reply, BYTES("\1\0"), NULL,
		0 },
	{ "it is, and the version is that of SOCKS", socks5_password_reply,
		BYTES("\5\0"), NULL, 0 },
	{ "the password is wrong", socks5_password_reply, BYTES("\1\1"),
		"refused the user and password (status 1)", 2 },
	{ "the password is very wrong", socks5_password_reply, BYTES("\1\xff"),
		"(status 255)", 2 },
	{ "another version", socks5_password_reply, BYTES("\2\0"),
		"begins with 0x02", 1 },

	{ "IPv4", socks5_reply, GRANTED("\1\1\2\3\4"), NULL, 0 },
	{ "IPv6", socks5_reply, GRANTED("\4ABCDEFGHIJKLMNOP"), NULL, 0 },
	{ "a name", socks5_reply, GRANTED("\3\6a.test"), NULL, 0 },
	{ "an empty name", socks5_reply, GRANTED("\3\0"), NULL, 0 },
	{ "a name of 255 bytes", socks5_reply, GRANTED("\3\xff" TEXT_255), NULL,
		0 },
	{ "a reserved byte that is not 0", socks5_reply,
		BYTES("\5\0\1\1\1\2\3\4\0\x50"), NULL, 0 },
	{ "type 0", socks5_reply, GRANTED("\0\1\2\3\4"),
		"unknown type of address (0)", 4 },
	{ "type 2", socks5_reply, GRANTED("\2\1\2\3\4"),
		"unknown type of address (2)", 4 },
	{ "type 255", socks5_reply, GRANTED("\xff\1\2\3\4"),
		"unknown type of address (255)", 4 },
	{ "a reply of SOCKS 4", socks5_reply, BYTES("\0\x5a\0\0\0\0\0\0"),
		"begins with 0x00", 1 },
	REFUSED("\1", "general SOCKS server failure (1)"),
	REFUSED("\2", "connection not allowed by ruleset (2)"),
	REFUSED("\3", "Network unreachable (3)"),
	REFUSED("\4", "Host unreachable (4)"),
	REFUSED("\5", "Connection refused (5)"),
	REFUSED("\6", "TTL expired (6)"),
	REFUSED("\7", "Command not supported (7)"),
	REFUSED("\x8", "Address type not supported (8)"),
	REFUSED("\x9", "an unknown code (9)"),
	REFUSED("\xff", "an unknown code (255)"),
	{ "a refusal that is whole", socks5_reply,
		BYTES("\5\5\0\1\0\0\0\0\0\0"), "Connection refused (5)", 2 },
};

/* The verdict on the first `n` bytes, which stand alone. */
static void check_prefix(const struct reply_row *row, size_t n)
{
	char *bytes = exact_copy(row->bytes.p, n);
	struct error e = { 0 };
	size_t length = 0;
	int result = row->judge((struct str){ bytes, n }, &length, &e);

	free(bytes);
	if (row->error && n >= row->decided) {
		assert_int_equal(result, -ERR_PROXY);
		assert_int_equal(e.code, ERR_PROXY);
		assert_non_null(strstr(e.text, row->error));
		return;
	}
	assert_int_equal(e.code, 0);
	assert_int_equal(result, !row->error && n == row->bytes.n);
	assert_true(length <= SOCKS5_REPLY_MAX);
	if (result == 1)
		assert_int_equal(length, n);
	else
		assert_true(length > n);
	if (!row->error)
		assert_true(length <= row->bytes.n);
}

static void test_reply(const void *data)
{
	const struct reply_row *row = data;

	for (size_t n = 0; n <= row->bytes.n; n++)
		check_prefix(row, n);
}

int main(void)
{
	static const struct table tables[] = {
		TABLE("socks_request", request_rows, test_request),
		TABLE("socks5_password", password_rows, test_password),
		SINGLE("socks5_greeting", test_greeting),
		TABLE("socks_reply", reply_rows, test_reply),
	};

	return table_run(
		"socks_messages", tables, sizeof(tables) / sizeof(tables[0]));
}
