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
	bool untrusted, other_host, old, old_server;
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
	{ .name = "unknown length and a server of HTTP/1.0",
		.url = "http://h.example/",
		.method = "PUT",
		.body = "a",
		.length = UPLOAD_UNKNOWN,
		.old_server = true,
		.error = ERR_UPLOAD },
	{ .name = "unknown length and the user's own in HTTP/1.0",
		.url = "http://h.example/",
		.method = "PUT",
		.body = "a",
		.length = UPLOAD_UNKNOWN,
		.lines = { "Content-Length: 1" },
		.old_server = true,
		.head = "PUT / HTTP/1.0\r\n" HOST ACCEPT
			"Content-Length: 1\r\n\r\n" },
	{ .name = "unknown length and the user's own",
		.url = "http://h.example/",
		.method = "PUT",
		.body = "a",
		.length = UPLOAD_UNKNOWN,
		.lines = { "Content-Length: 1" },
		.head = "PUT / HTTP/1.1\r\n" HOST ACCEPT
			"Transfer-Encoding: chunked\r\n"
			"Content-Length: 1\r\n"
			"Expect: 100-continue\r\n\r\n" },
	{ .name = "unknown length, the user's own and no chunks",
		.url = "http://h.example/",
		.method = "PUT",
		.body = "a",
		.length = UPLOAD_UNKNOWN,
		.lines = { "Transfer-Encoding:", "Content-Length: 1" },
		.head = "PUT / HTTP/1.1\r\n" HOST ACCEPT "Content-Length: 1\r\n"
			"Expect: 100-continue\r\n\r\n" },
	{ .name = "a server of HTTP/1.0",
		.url = "http://h.example/",
		.method = "PUT",
		.body = "",
		.length = 1048577,
		.old_server = true,
		.head = "PUT / HTTP/1.0\r\n" HOST ACCEPT
			"Content-Length: 1048577\r\n\r\n" },
	{ .name = "Connection behind the others",
		.url = "http://h.example/",
		.lines = { "A: 1", "connection: x", "B: 2" },
		.head = "GET / HTTP/1.1\r\n" HOST ACCEPT
			"A: 1\r\nB: 2\r\nconnection: x\r\n\r\n" },
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
	c.old_server = row->old_server;
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

struct part_row {
	const char *name;
	struct request_spec spec;
	const char *body; /* NULL: none */
	const char *lines; /* of the head, behind Host and before Accept */
	const char *more; /* behind Accept */
};

static const struct part_row part_rows[] = {
	{ "-r", { .range = "0-3" }, NULL, "Range: bytes=0-3\r\n", "" },
	{ "-C", { .resume_from = 40 }, NULL, "Range: bytes=40-\r\n", "" },
	{ "-C before -r", { .resume_from = 40, .range = "0-3" }, NULL,
		"Range: bytes=40-\r\n", "" },
	{ "If-Range", { .resume_from = 40, .if_range = { "\"v\"", 3 } }, NULL,
		"Range: bytes=40-\r\nIf-Range: \"v\"\r\n", "" },
	{ "no If-Range without -C", { .if_range = { "\"v\"", 3 } }, NULL, "",
		"" },
	{ "-T -C 2", { .upload_resumes = true, .upload_from = 2 }, "cde",
		"Content-Range: bytes 2-4/5\r\n", "Content-Length: 3\r\n" },
	{ "-T -C -", { .upload_resumes = true }, "abcde",
		"Content-Range: bytes 0-4/5\r\n", "Content-Length: 5\r\n" },
	{ "-T -C -, empty", { .upload_resumes = true }, "", "",
		"Content-Length: 0\r\n" },
	{ "no longer an upload", { .upload_resumes = true, .upload_from = 2 },
		NULL, "", "" },
	{ "-z", { .condition = { CONDITION_NEWER, 0 } }, NULL, "",
		"If-Modified-Since: Thu, 01 Jan 1970 00:00:00 GMT\r\n" },
	{ "--etag-compare", { .if_none_match = { "\"v\"", 3 } }, NULL, "",
		"If-None-Match: \"v\"\r\n" },
};

static void test_part(const void *data)
{
	const struct part_row *row = data;
	struct job job = { .request = row->spec };
	struct upload_memory memory;
	struct credentials credentials;
	struct upload upload;
	struct message m;
	struct buf wanted;
	struct url url;
	struct error e = { 0 };
	struct compose c = { .job = &job, .url = &url, .method = STR("M") };

	assert_int_equal(
		url_parse(&url, STR("http://h.example/"), NULL, &e), 0);
	job.request.minor = 1;
	if (row->body) {
		upload_from_memory(&upload, &memory, str_of(row->body));
		job.request.body = &upload;
		c.with_body = true;
	}
	assert_int_equal(credentials_init(&credentials, &job.request, &url,
				 CREDENTIALS_FIRST, &e),
		0);
	c.credentials = &credentials;
	message_init(&m);
	assert_int_equal(compose(&m, &c, &e), 0);
	buf_init(&wanted, 1000);
	buf_printf(&wanted, "M / HTTP/1.1\r\n" HOST "%s" ACCEPT "%s\r\n",
		row->lines, row->more);
	assert_string_equal(buf_text(&m.head), buf_text(&wanted));
	buf_fini(&wanted);
	message_fini(&m);
	credentials_fini(&credentials);
	url_fini(&url);
}

static const struct table tables[] = {
	TABLE("compose", rows, test_compose),
	TABLE("compose of parts", part_rows, test_part),
};

int main(void)
{
	return table_run("compose", tables, sizeof(tables) / sizeof(tables[0]));
}
