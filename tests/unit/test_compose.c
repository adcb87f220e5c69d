#include "transfer/compose.h"

#include "support/table.h"

struct row {
	const char *name;
	const char *url;
	const char *lines[3]; /* -H */
	const char *user;
	const char *method;
	const char *body; /* NULL: none */
	uint64_t length; /* of it; 0: what it has */
	bool untrusted, other_host, old;
	int error;
	const char *head;
};

#define HOST "Host: h.example\r\n"
#define ACCEPT "Accept: */*\r\n"

static const struct row rows[] = {
	{ .name = "GET",
		.url = "http://h.example/a?b",
		.head = "GET /a?b HTTP/1.1\r\n" HOST ACCEPT "\r\n" },
	{ .name = "another port",
		.url = "http://h.example:81/",
		.head = "GET / HTTP/1.1\r\nHost: h.example:81\r\n" ACCEPT
			"\r\n" },
	{ .name = "https and its port",
		.url = "https://h.example:443/",
		.head = "GET / HTTP/1.1\r\n" HOST ACCEPT "\r\n" },
	{ .name = "IPv6",
		.url = "http://[::1]:81/",
		.head = "GET / HTTP/1.1\r\nHost: [::1]:81\r\n" ACCEPT "\r\n" },
	{ .name = "zones stay at home",
		.url = "http://[fe80::1%25lo]/",
		.head = "GET / HTTP/1.1\r\nHost: [fe80::1]\r\n" ACCEPT "\r\n" },
	{ .name = "fragments stay at home",
		.url = "http://h.example/a#b",
		.head = "GET /a HTTP/1.1\r\n" HOST ACCEPT "\r\n" },
	{ .name = "-u",
		.url = "http://h.example/",
		.user = "a:b",
		.head = "GET / HTTP/1.1\r\n" HOST
			"Authorization: Basic YTpi\r\n" ACCEPT "\r\n" },
	{ .name = "user of the URL",
		.url = "http://a:b@h.example/",
		.head = "GET / HTTP/1.1\r\n" HOST
			"Authorization: Basic YTpi\r\n" ACCEPT "\r\n" },
	{ .name = "no credentials elsewhere",
		.url = "http://h.example/",
		.user = "a:b",
		.untrusted = true,
		.lines = { "Authorization: x", "Cookie: y", "Z: z" },
		.head = "GET / HTTP/1.1\r\n" HOST ACCEPT "Z: z\r\n\r\n" },
	{ .name = "own Host",
		.url = "http://h.example/",
		.lines = { "Host: other" },
		.head = "GET / HTTP/1.1\r\nHost: other\r\n" ACCEPT "\r\n" },
	{ .name = "own Host, but not elsewhere",
		.url = "http://h.example/",
		.lines = { "Host: other" },
		.other_host = true,
		.head = "GET / HTTP/1.1\r\n" HOST ACCEPT "\r\n" },
	{ .name = "body",
		.url = "http://h.example/",
		.method = "POST",
		.body = "abc",
		.head = "POST / HTTP/1.1\r\n" HOST ACCEPT
			"Content-Length: 3\r\n\r\n" },
	{ .name = "body of unknown length",
		.url = "http://h.example/",
		.method = "PUT",
		.body = "abc",
		.length = UPLOAD_UNKNOWN,
		.head = "PUT / HTTP/1.1\r\n" HOST ACCEPT
			"Transfer-Encoding: chunked\r\n"
			"Expect: 100-continue\r\n\r\n" },
	{ .name = "own chunked",
		.url = "http://h.example/",
		.method = "PUT",
		.body = "abc",
		.lines = { "Transfer-Encoding: chunked" },
		.head = "PUT / HTTP/1.1\r\n" HOST ACCEPT
			"Transfer-Encoding: chunked\r\n\r\n" },
	{ .name = "large body",
		.url = "http://h.example/",
		.method = "PUT",
		.body = "",
		.length = 1048577,
		.head = "PUT / HTTP/1.1\r\n" HOST ACCEPT
			"Content-Length: 1048577\r\n"
			"Expect: 100-continue\r\n\r\n" },
	{ .name = "just not large",
		.url = "http://h.example/",
		.method = "PUT",
		.body = "",
		.length = 1048576,
		.head = "PUT / HTTP/1.1\r\n" HOST ACCEPT
			"Content-Length: 1048576\r\n\r\n" },
	{ .name = "large body, not asked",
		.url = "http://h.example/",
		.method = "PUT",
		.body = "",
		.length = 1048577,
		.lines = { "Expect:" },
		.head = "PUT / HTTP/1.1\r\n" HOST ACCEPT
			"Content-Length: 1048577\r\n\r\n" },
	{ .name = "unknown length in HTTP/1.0",
		.url = "http://h.example/",
		.method = "PUT",
		.body = "a",
		.length = UPLOAD_UNKNOWN,
		.old = true,
		.error = ERR_UPLOAD },
	{ .name = "line break in the method",
		.url = "http://h.example/",
		.method = "A\r\nB",
		.error = ERR_USAGE },
};

static size_t read_fields(const struct row *row, struct user_field *fields)
{
	struct error e = { 0 };
	size_t n = 0;

	for (; n < 3 && row->lines[n]; n++) {
		bool ignored = false;

		assert_int_equal(user_field_parse(str_of(row->lines[n]),
					 &fields[n], &ignored, &e),
			0);
		assert_false(ignored);
	}
	return n;
}

static void test_compose(const void *data)
{
	const struct row *row = data;
	struct user_field fields[3];
	struct upload_memory memory;
	struct upload upload;
	struct job job = { 0 };
	struct credentials credentials;
	struct message m;
	struct url url;
	struct error e = { 0 };
	struct compose c = { .job = &job, .url = &url };

	assert_int_equal(url_parse(&url, str_of(row->url), NULL, &e), 0);
	c.method = str_of(row->method ? row->method : "GET");
	c.with_body = row->body != NULL;
	c.trusted = !row->untrusted;
	c.first_host = !row->other_host;
	job.request.minor = !row->old;
	job.request.user = row->user;
	job.request.fields = fields;
	job.request.n_fields = read_fields(row, fields);
	if (row->body) {
		upload_from_memory(&upload, &memory, str_of(row->body));
		if (row->length)
			upload.length = row->length;
		job.request.body = &upload;
	}
	job.request.auth = AUTH_BASIC;
	assert_int_equal(credentials_init(&credentials, &job.request, &url,
				 c.trusted, &e),
		0);
	c.credentials = &credentials;
	message_init(&m);
	assert_int_equal(compose(&m, &c, &e), -row->error);
	if (!row->error)
		assert_string_equal(buf_text(&m.head), row->head);
	message_fini(&m);
	credentials_fini(&credentials);
	url_fini(&url);
}

static const struct table tables[] = {
	TABLE("compose", rows, test_compose),
};

int main(void)
{
	return table_run("compose", tables, sizeof(tables) / sizeof(tables[0]));
}
