#include "policy/redirect.h"

#include <stdio.h>

#include "support/table.h"

struct asked_row {
	const char *name;
	const char *head;
	bool asked;
};

static const struct asked_row asked_rows[] = {
	{ "301", "HTTP/1.1 301 x\r\nLocation: /a\r\n\r\n", true },
	{ "308", "HTTP/1.1 308 x\r\nLocation: /a\r\n\r\n", true },
	{ "no location", "HTTP/1.1 302 x\r\nServer: a\r\n\r\n", false },
	{ "empty location", "HTTP/1.1 302 x\r\nLocation:\r\n\r\n", false },
	{ "200 with location", "HTTP/1.1 200 x\r\nLocation: /a\r\n\r\n",
		false },
	{ "300", "HTTP/1.1 300 x\r\nLocation: /a\r\n\r\n", true },
	{ "304", "HTTP/1.1 304 x\r\nLocation: /a\r\n\r\n", false },
	{ "305", "HTTP/1.1 305 x\r\nLocation: /a\r\n\r\n", false },
	{ "306", "HTTP/1.1 306 x\r\nLocation: /a\r\n\r\n", false },
};

static void parse(struct head *head, const char *text)
{
	struct error e = { 0 };

	head_init(head);
	assert_true(head_parse(str_of(text), head, NULL, &e) > 0);
}

static void test_asked(const void *data)
{
	const struct asked_row *row = data;
	struct head head;

	parse(&head, row->head);
	assert_int_equal(redirect_asked(&head), row->asked);
	head_fini(&head);
}

struct method_row {
	const char *name;
	int status;
	const char *method;
	bool keep;
	enum redirect_method wanted;
};

static const struct method_row method_rows[] = {
	{ "301 GET", 301, "GET", false, REDIRECT_SAME },
	{ "301 POST", 301, "POST", false, REDIRECT_GET },
	{ "301 POST kept", 301, "POST", true, REDIRECT_SAME },
	{ "301 PUT", 301, "PUT", false, REDIRECT_SAME },
	{ "302 POST", 302, "POST", false, REDIRECT_GET },
	{ "302 POST kept", 302, "POST", true, REDIRECT_SAME },
	{ "303 POST", 303, "POST", false, REDIRECT_GET },
	{ "303 POST kept", 303, "POST", true, REDIRECT_SAME },
	{ "303 PUT", 303, "PUT", false, REDIRECT_GET },
	{ "303 PUT, POST kept", 303, "PUT", true, REDIRECT_GET },
	{ "301 HEAD", 301, "HEAD", false, REDIRECT_SAME },
	{ "302 DELETE", 302, "DELETE", false, REDIRECT_SAME },
	{ "303 GET", 303, "GET", false, REDIRECT_SAME },
	{ "303 post, which is not POST", 303, "post", true, REDIRECT_GET },
	{ "303 HEAD", 303, "HEAD", false, REDIRECT_SAME },
	{ "307 POST", 307, "POST", false, REDIRECT_SAME },
	{ "308 POST", 308, "POST", false, REDIRECT_SAME },
};

static void test_method(const void *data)
{
	const struct method_row *row = data;
	struct redirect_config config = {
		.keep_post_301 = row->keep,
		.keep_post_302 = row->keep,
		.keep_post_303 = row->keep,
	};

	assert_int_equal(
		redirect_method(&config, row->status, str_of(row->method)),
		row->wanted);
}

struct next_row {
	const char *name;
	const char *location;
	long max, done;
	unsigned protocols;
	int error;
	const char *url; /* the next one */
};

#define BOTH (REDIRECT_HTTP | REDIRECT_HTTPS)

static const struct next_row next_rows[] = {
	{ "relative", "b?x=1", 50, 0, BOTH, 0, "http://h.example/a/b?x=1" },
	{ "absolute path", "/b", 50, 0, BOTH, 0, "http://h.example/b" },
	{ "other host", "http://o.example/", 50, 0, BOTH, 0,
		"http://o.example/" },
	{ "network path", "//o.example/x", 50, 0, BOTH, 0,
		"http://o.example/x" },
	{ "https", "https://h.example/", 50, 0, BOTH, 0, "https://h.example/" },
	{ "https not allowed", "https://h.example/", 50, 0, REDIRECT_HTTP,
		ERR_UNSUPPORTED_PROTOCOL, NULL },
	{ "file", "file:///etc/passwd", 50, 0, BOTH, ERR_UNSUPPORTED_PROTOCOL,
		NULL },
	{ "a socket", "unix:/run/x", 50, 0, BOTH, ERR_UNSUPPORTED_PROTOCOL,
		NULL },
	{ "http not allowed", "http://h.example/", 50, 0, REDIRECT_HTTPS,
		ERR_UNSUPPORTED_PROTOCOL, NULL },
	{ "a scheme of capitals", "HTTP://H.example/", 50, 0, BOTH, 0,
		"http://h.example/" },
	{ "a fragment alone", "#f", 50, 0, BOTH, 0,
		"http://h.example/a/c?q#f" },
	{ "folded", "/b\r\n c", 50, 0, BOTH, ERR_URL_MALFORMED, NULL },
	{ "the last allowed", "/b", 2, 1, BOTH, 0, "http://h.example/b" },
	{ "one too many", "/b", 2, 2, BOTH, ERR_REDIRECTS, NULL },
	{ "none allowed", "/b", 0, 0, BOTH, ERR_REDIRECTS, NULL },
	{ "no limit", "/b", -1, 100000, BOTH, 0, "http://h.example/b" },
	{ "bad port", "http://h.example:99999/", 50, 0, BOTH, ERR_URL_MALFORMED,
		NULL },
};

static void test_next(const void *data)
{
	const struct next_row *row = data;
	struct redirect_config config = {
		.max = row->max,
		.protocols = row->protocols,
	};
	struct url_options options = { 0 };
	struct url current, next;
	struct head head;
	struct error e = { 0 };
	char text[256];
	char *printed;
	int error;

	snprintf(text, sizeof(text), "HTTP/1.1 302 x\r\nLocation: %s\r\n\r\n",
		row->location);
	parse(&head, text);
	assert_int_equal(url_parse(&current, STR("http://h.example/a/c?q"),
				 &options, &e),
		0);
	error = redirect_next(
		&config, &current, &head, row->done, &options, &next, &e);
	if (error == 0) {
		error = redirect_check(&config, &next, &e);
		printed = url_print(&next, URL_PRINT_FRAGMENT);
		if (!row->error)
			assert_string_equal(printed, row->url);
		free(printed);
		url_fini(&next);
	}
	assert_int_equal(error, -row->error);
	assert_int_equal(e.code, row->error);
	url_fini(&current);
	head_fini(&head);
}

static const struct table tables[] = {
	TABLE("redirect_asked", asked_rows, test_asked),
	TABLE("redirect_method", method_rows, test_method),
	TABLE("redirect_next, redirect_check", next_rows, test_next),
};

int main(void)
{
	return table_run(
		"redirect", tables, sizeof(tables) / sizeof(tables[0]));
}
