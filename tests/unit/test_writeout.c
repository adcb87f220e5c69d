#include "output/writeout.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "output/writeout_value.h"
#include "support/scratch.h"
#include "support/table.h"

#define HEAD                                         \
	"HTTP/1.1 200 OK\r\n"                        \
	"Content-Type: text/html; charset=utf-8\r\n" \
	"Vary: Accept\r\n"                           \
	"X-Esc: \x1b[31mred\r\n"                     \
	"vary: Cookie\r\n"                           \
	"Empty:\r\n"                                 \
	"Quote: a\"b\\c\r\n"                         \
	"\r\n"

/* A transfer about which everything is known. */
static void fill_facts(struct facts *f)
{
	facts_init(f);
	f->url = str_dup(STR("https://u:p%40w@[fe80::1%25eth0]:8443/a/b?q#f"));
	f->scheme = str_dup(STR("https"));
	f->method = str_dup(STR("GET"));
	f->redirect_url = str_dup(STR("http://other/"));
	f->status = 200;
	f->connect_status = 7;
	f->major = f->minor = 1;
	buf_add_text(&f->heads, HEAD);
	f->times = (struct facts_times){ .name_lookup = 12,
		.connect = 1234,
		.tls = 20000,
		.pre_transfer = 20001,
		.post_transfer = 20002,
		.start_transfer = 999999,
		.redirect = 0,
		.queue = 5,
		.total = 2500000 };
	f->received = 4000;
	f->wire = 1000;
	f->sent = 500;
	f->head_received = sizeof(HEAD) - 1;
	f->request_sent = 77;
	f->redirects = 2;
	f->connects = 3;
	f->connection_id = 4;
	f->proxied = true;
	f->tls_verify_result = 18;
	f->tls_chain_length = 2;
	snprintf(f->peer_ip, sizeof(f->peer_ip), "fe80::1%%eth0");
	snprintf(f->local_ip, sizeof(f->local_ip), "::1");
	f->peer_port = 8443;
	f->local_port = 40000;
}

/* --- templates */

struct template_row {
	const char *name;
	const char *template;
	const char *out, *err; /* what goes to the two descriptors */
	const char *warnings;
	int code; /* of the transfer */
	bool safe;
};

#define UNKNOWN(name) "Warning: unknown --write-out variable: '" name "'\n"

static const struct template_row template_rows[] = {
	{ "empty", "", "", "", "", 0, false },
	{ "text", "plain text", "plain text", "", "", 0, false },
	{ "escapes", "a\\nb\\rc\\td", "a\nb\rc\td", "", "", 0, false },
	{ "unknown escapes stay", "\\q\\\\n\\", "\\q\\\\n\\", "", "", 0,
		false },
	{ "percent", "%%100%x%", "%100%x%", "", "", 0, false },
	{ "variable", "<%{http_code}>", "<200>", "", "", 0, false },
	{ "two variables", "%{method}%{scheme}", "GEThttps", "", "", 0, false },
	{ "unknown", "a%{nope}b", "ab", "", UNKNOWN("nope"), 0, false },
	{ "nameless", "a%{}b", "ab", "", UNKNOWN(""), 0, false },
	{ "unended", "a%{http_code", "a%{http_code", "", "", 0, false },
	{ "no value", "<%{referer}>", "<>", "", "", 0, false },
	{ "directions", "1%{stderr}2%{stdout}3%{stderr}4", "13", "24", "", 0,
		false },
	{ "onerror, success", "a%{onerror}b%{exitcode}", "a", "", "", 0,
		false },
	{ "onerror, failure", "a%{onerror}b%{exitcode}", "ab22", "", "", 22,
		false },
	{ "error message", "%{errormsg}|%{exitcode}", "it failed|22", "", "",
		22, false },
	{ "no error message", "%{errormsg}|%{exitcode}", "|0", "", "", 0,
		false },
	{ "header", "%header{content-TYPE}", "text/html; charset=utf-8", "", "",
		0, false },
	{ "header, first of two", "%header{vary}", "Accept", "", "", 0, false },
	{ "header, empty", "<%header{Empty}>", "<>", "", "", 0, false },
	{ "header, missing", "<%header{nope}>", "<>", "", "", 0, false },
	{ "header, nameless", "<%header{}>", "<>", "", "", 0, false },
	{ "header, all", "%header{Vary:all:, }", "Accept, Cookie", "", "", 0,
		false },
	{ "header, all, brace", "%header{vary:all:{\\}}", "Accept{}Cookie", "",
		"", 0, false },
	{ "header, all, line feed", "%header{vary:all:\\n}", "Accept\nCookie",
		"", "", 0, false },
	{ "header, all, backslash", "%header{vary:all:\\x}", "Accept\\xCookie",
		"", "", 0, false },
	{ "header, all, no separator", "%header{vary:all:}", "AcceptCookie", "",
		"", 0, false },
	{ "header, all of one", "%header{quote:all:,}", "a\"b\\c", "", "", 0,
		false },
	{ "header unended", "%header{vary", "%header{vary", "", "", 0, false },
	{ "no such function", "%heade{vary}", "%heade{vary}", "", "", 0,
		false },
	{ "function without braces", "%header", "%header", "", "", 0, false },
	{ "function as variable", "%{header{NAME}}", "}", "",
		UNKNOWN("header{NAME"), 0, false },
	{ "escape sequence", "%header{x-esc}", "\x1b[31mred", "", "", 0,
		false },
	{ "escape sequence on a terminal", "\x1b[1m%header{x-esc}\x1b[0m",
		"\x1b[1m\\x1b[31mred\x1b[0m", "", "", 0, true },
	{ "escape sequence on another terminal", "%{stderr}%header{x-esc}", "",
		"\\x1b[31mred", "", 0, true },
};

static const struct wants_row {
	const char *name, *template;
	bool wanted;
} wants_rows[] = {
	{ "certificates", "a%{certs}b", true },
	{ "their number", "%{num_certs}", true },
	{ "everything", "%{json}", true },
	{ "nothing", "", false },
	{ "something else", "%{http_code}%{num_connects}%{header_json}",
		false },
	{ "plain text", "certs", false },
};

static void test_wants_certificates(const void *data)
{
	const struct wants_row *row = data;

	assert_int_equal(writeout_wants_certificates(str_of(row->template)),
		row->wanted);
}

static void expand(const char *template, struct writeout_context *context,
	char **out, char **err, int result)
{
	struct scratch_ends out_ends = scratch_pipe();
	struct scratch_ends err_ends = scratch_pipe();
	char *copy = exact_copy(template, strlen(template));
	struct error e = { 0 };

	context->out_fd = out_ends.in;
	context->err_fd = err_ends.in;
	assert_int_equal(
		writeout((struct str){ copy, strlen(template) }, context, &e),
		result);
	free(copy);
	*out = scratch_drain(&out_ends, NULL);
	*err = scratch_drain(&err_ends, NULL);
}

static void test_template(const void *data)
{
	const struct template_row *row = data;
	struct facts facts;
	struct error error = { .code = row->code, .text = "it failed" };
	struct buf warnings;
	struct writeout_context context = { .facts = &facts,
		.error = &error,
		.out_safe = row->safe,
		.err_safe = row->safe,
		.warnings = &warnings };
	char *out, *err;

	fill_facts(&facts);
	buf_init(&warnings, 1024);
	expand(row->template, &context, &out, &err, 0);
	assert_string_equal(out, row->out);
	assert_string_equal(err, row->err);
	assert_string_equal(buf_text(&warnings), row->warnings);
	free(out);
	free(err);
	buf_fini(&warnings);
	facts_fini(&facts);
}

/* --- each variable, of a full transfer and of one that did not begin */

struct variable_row {
	const char *name; /* of the variable too */
	const char *full, *bare;
};

static const struct variable_row variable_rows[] = {
	{ "certs", "", "" },
	{ "conn_id", "4", "-1" },
	{ "content_type", "text/html; charset=utf-8", "" },
	{ "errormsg", "", "Could not resolve hostname" },
	{ "exitcode", "0", "6" },
	{ "filename_effective", "out/file", "" },
	{ "ftp_entry_path", "", "" },
	{ "http_code", "200", "000" },
	{ "http_connect", "007", "000" },
	{ "http_version", "1.1", "0" },
	{ "local_ip", "::1", "" },
	{ "local_port", "40000", "0" },
	{ "method", "GET", "" },
	{ "num_certs", "2", "0" },
	{ "num_connects", "3", "0" },
	{ "num_headers", "6", "0" },
	{ "num_redirects", "2", "0" },
	{ "num_retries", "0", "0" },
	{ "proxy_ssl_verify_result", "0", "0" },
	{ "proxy_used", "1", "0" },
	{ "redirect_url", "http://other/", "" },
	{ "referer", "", "" },
	{ "remote_ip", "fe80::1%eth0", "" },
	{ "remote_port", "8443", "0" },
	{ "response_code", "200", "000" },
	{ "scheme", "https", "" },
	{ "size_delivered", "4000", "0" },
	{ "size_download", "1000", "0" },
	{ "size_header", "126", "0" },
	{ "size_request", "77", "0" },
	{ "size_upload", "500", "0" },
	{ "speed_download", "400", "0" },
	{ "speed_upload", "200", "0" },
	{ "ssl_verify_result", "18", "0" },
	{ "time_appconnect", "0.020000", "0.000000" },
	{ "time_connect", "0.001234", "0.000000" },
	{ "time_namelookup", "0.000012", "0.000000" },
	{ "time_posttransfer", "0.020002", "0.000000" },
	{ "time_pretransfer", "0.020001", "0.000000" },
	{ "time_queue", "0.000005", "0.000000" },
	{ "time_redirect", "0.000000", "0.000000" },
	{ "time_starttransfer", "0.999999", "0.000000" },
	{ "time_total", "2.500000", "0.000000" },
	{ "tls_earlydata", "0", "0" },
	{ "url", "Http://Joe:a%21b@Host.EXAMPLE/x/../y%20z?a=b&c#frag",
		"local host" },
	{ "url.fragment", "frag", "" },
	{ "url.host", "Host.EXAMPLE", "" },
	{ "url.options", "", "" },
	{ "url.password", "a%21b", "" },
	{ "url.path", "/y%20z", "" },
	{ "url.port", "80", "" },
	{ "url.query", "a=b&c", "" },
	{ "url.scheme", "http", "" },
	{ "url.user", "Joe", "" },
	{ "url.zoneid", "", "" },
	{ "url_effective", "https://u:p%40w@[fe80::1%25eth0]:8443/a/b?q#f",
		"" },
	{ "urle.fragment", "f", "" },
	{ "urle.host", "[fe80::1]", "" },
	{ "urle.options", "", "" },
	{ "urle.password", "p%40w", "" },
	{ "urle.path", "/a/b", "" },
	{ "urle.port", "8443", "" },
	{ "urle.query", "q", "" },
	{ "urle.scheme", "https", "" },
	{ "urle.user", "u", "" },
	{ "urle.zoneid", "eth0", "" },
	{ "urlnum", "8", "0" },
	{ "xfer_id", "9", "0" },
};

static void full_context(struct writeout_context *context,
	const struct facts *facts, const struct error *error)
{
	*context = (struct writeout_context){ .facts = facts,
		.error = error,
		.file = "out/file",
		.url = "Http://Joe:a%21b@Host.EXAMPLE/x/../y%20z?a=b&c#frag",
		.url_number = 8,
		.transfer_id = 9 };
}

static void test_variable(const void *data)
{
	const struct variable_row *row = data;
	struct facts full, bare;
	struct error none = { 0 }, failed = { .code = ERR_RESOLVE };
	struct writeout_context contexts[2];
	const char *expected[] = { row->full, row->bare };
	char template[64];

	fill_facts(&full);
	facts_init(&bare);
	full_context(&contexts[0], &full, &none);
	contexts[1] = (struct writeout_context){
		.facts = &bare, .error = &failed, .url = "local host"
	};
	snprintf(template, sizeof(template), "%%{%s}", row->name);
	for (int i = 0; i < 2; i++) {
		char *out, *err;

		expand(template, &contexts[i], &out, &err, 0);
		assert_string_equal(out, expected[i]);
		free(out);
		free(err);
	}
	facts_fini(&full);
	facts_fini(&bare);
}

/* Every variable of the table is tested above, and the table is in the order of
 * its names. */
static void test_names(const void *row)
{
	static const char *const names[] = {
#define WRITEOUT(name, type, accessor, what) name,
#include "output/writeout.def"
#undef WRITEOUT
		NULL
	};
	size_t tested = sizeof(variable_rows) / sizeof(variable_rows[0]);

	(void)row;
	for (size_t i = 0; names[i]; i++) {
		const struct writeout_row *found = writeout_find(
			str_of(names[i]));
		size_t j = 0;

		if (i > 0)
			assert_true(strcmp(names[i - 1], names[i]) < 0);
		if (!found) {
			assert_non_null(strchr(names[i], '{'));
			continue;
		}
		assert_string_equal(found->name, names[i]);
		if (found->type == WRITEOUT_DIRECTIVE)
			continue;
		while (j < tested &&
			strcmp(variable_rows[j].name, names[i]) != 0)
			j++;
		if (j == tested)
			fail_msg("%s is not tested", names[i]);
	}
}

/* --- JSON */

static void test_json(const void *row)
{
	static const char expected[] =
		"{\"certs\":\"\",\"conn_id\":4,\"content_type\":\"text/html; "
		"charset=utf-8\",\"errormsg\":null,\"exitcode\":0,"
		"\"filename_effective\":\"out/file\",\"ftp_entry_path\":null,"
		"\"http_code\":200,\"http_connect\":7,\"http_version\":\"1.1\","
		"\"local_ip\":\"::1\",\"local_port\":40000,\"method\":\"GET\","
		"\"num_certs\":2,\"num_connects\":3,\"num_headers\":6,"
		"\"num_redirects\":2,\"num_retries\":0,"
		"\"proxy_ssl_verify_result\":0,\"proxy_used\":1,"
		"\"redirect_url\":\"http://other/\",\"referer\":null,"
		"\"remote_ip\":\"fe80::1%eth0\",\"remote_port\":8443,"
		"\"response_code\":200,\"scheme\":\"https\","
		"\"size_delivered\":4000,\"size_download\":1000,"
		"\"size_header\":126,\"size_request\":77,\"size_upload\":500,"
		"\"speed_download\":400,\"speed_upload\":200,"
		"\"ssl_verify_result\":18,\"time_appconnect\":0.020000,"
		"\"time_connect\":0.001234,\"time_namelookup\":0.000012,"
		"\"time_posttransfer\":0.020002,\"time_pretransfer\":0.020001,"
		"\"time_queue\":0.000005,\"time_redirect\":0.000000,"
		"\"time_starttransfer\":0.999999,\"time_total\":2.500000,"
		"\"tls_earlydata\":0,"
		"\"url\":\"Http://Joe:a%21b@Host.EXAMPLE/x/../"
		"y%20z?a=b&c#frag\""
		",\"url.fragment\":\"frag\",\"url.host\":\"Host.EXAMPLE\","
		"\"url.options\":null,\"url.password\":\"a%21b\","
		"\"url.path\":\"/y%20z\",\"url.port\":\"80\","
		"\"url.query\":\"a=b&c\",\"url.scheme\":\"http\","
		"\"url.user\":\"Joe\",\"url.zoneid\":null,"
		"\"url_effective\":"
		"\"https://u:p%40w@[fe80::1%25eth0]:8443/a/b?q#f\","
		"\"urle.fragment\":\"f\",\"urle.host\":\"[fe80::1]\","
		"\"urle.options\":null,\"urle.password\":\"p%40w\","
		"\"urle.path\":\"/a/b\",\"urle.port\":\"8443\","
		"\"urle.query\":\"q\",\"urle.scheme\":\"https\","
		"\"urle.user\":\"u\",\"urle.zoneid\":\"eth0\",\"urlnum\":8,"
		"\"xfer_id\":9,\"curl_version\":\"minifetch/";
	struct facts facts;
	struct error none = { 0 };
	struct writeout_context context;
	char *out, *err;

	(void)row;
	fill_facts(&facts);
	full_context(&context, &facts, &none);
	expand("%{json}", &context, &out, &err, 0);
	assert_memory_equal(out, expected, sizeof(expected) - 1);
	assert_string_equal(out + strlen(out) - 2, "\"}");
	free(out);
	free(err);
	facts_fini(&facts);
}

struct header_json_row {
	const char *name;
	const char *head, *json;
};

static const struct header_json_row header_json_rows[] = {
	{ "no response", "", "{\n}" },
	{ "no fields", "HTTP/1.1 200 OK\r\n\r\n", "{\n}" },
	{ "one", "HTTP/1.1 200 OK\r\nServer: x\r\n\r\n",
		"{\"server\":[\"x\"]\n}" },
	{ "grouped at the first of a name", HEAD,
		"{\"content-type\":[\"text/html; charset=utf-8\"],\n"
		"\"vary\":[\"Accept\",\"Cookie\"],\n"
		"\"x-esc\":[\"\\u001b[31mred\"],\n"
		"\"empty\":[\"\"],\n"
		"\"quote\":[\"a\\\"b\\\\c\"]\n}" },
	{ "folded", "HTTP/1.1 200 OK\r\nA: one\r\n  two\r\n\tthree\r\n\r\n",
		"{\"a\":[\"one two three\"]\n}" },
	{ "trailers are no headers",
		"HTTP/1.1 200 OK\r\nA: 1\r\n\r\nTrailer: 2\r\n\r\n",
		"{\"a\":[\"1\"]\n}" },
	{ "no UTF-8", "HTTP/1.1 200 OK\r\nA: caf\xe9\r\n\r\n",
		"{\"a\":[\"caf\xef\xbf\xbd\"]\n}" },
};

static void test_header_json(const void *data)
{
	const struct header_json_row *row = data;
	struct facts facts;
	struct error none = { 0 };
	struct writeout_context context = { .facts = &facts, .error = &none };
	char *out, *err;

	facts_init(&facts);
	buf_add_text(&facts.heads, row->head);
	expand("%{header_json}", &context, &out, &err, 0);
	assert_string_equal(out, row->json);
	free(out);
	free(err);
	facts_fini(&facts);
}

/* --- files */

static void test_output(const void *row)
{
	struct facts facts;
	struct error none = { 0 };
	struct buf warnings;
	struct writeout_context context = { .facts = &facts,
		.error = &none,
		.out_safe = true,
		.warnings = &warnings };
	char template[2048];
	char *out, *err, *content;

	(void)row;
	fill_facts(&facts);
	buf_init(&warnings, 4096);
	scratch_write("one", "old", 0644);
	scratch_write("two", "old", 0644);
	snprintf(template, sizeof(template),
		"a%%output{%s}b%%header{x-esc}%%output{>>%s}c%%{stdout}d"
		"%%output{%s}e%%output{>>%s}f",
		scratch_path("one"), scratch_path("two"),
		scratch_path("missing/three"), scratch_path("two"));
	expand(template, &context, &out, &err, 0);
	assert_string_equal(out, "ade");
	assert_string_equal(err, "");
	content = scratch_read("one");
	assert_string_equal(content, "b\x1b[31mred");
	free(content);
	content = scratch_read("two");
	assert_string_equal(content, "oldcf");
	free(content);
	assert_true(str_starts(buf_str(&warnings),
		STR("Warning: Failed to open the --write-out file /")));
	assert_non_null(strstr(buf_text(&warnings),
		"/missing/three: No such file or directory\n"));
	buf_fini(&warnings);
	free(out);
	free(err);
	facts_fini(&facts);
}

static void test_full(const void *row)
{
	struct facts facts;
	struct error none = { 0 }, e = { 0 };
	struct writeout_context context = { .facts = &facts,
		.error = &none,
		.out_fd = open("/dev/full", O_WRONLY),
		.err_fd = -1 };

	(void)row;
	facts_init(&facts);
	assert_int_equal(
		writeout(STR("%{nope}text%{stderr}more"), &context, &e),
		-ERR_WRITE);
	assert_string_equal(e.text,
		"Failed writing the --write-out text: No space left on device");
	close(context.out_fd);
	facts_fini(&facts);
}

/* A pipe that nobody reads: what it has no room for is given up. */
static void test_stuck(const void *row)
{
	struct scratch_ends ends = scratch_pipe();
	struct facts facts;
	struct error none = { 0 }, e = { 0 };
	struct writeout_context context = { .facts = &facts,
		.error = &none,
		.deadline = 1,
		.out_fd = ends.in,
		.err_fd = -1 };
	char *big = malloc(8u << 20);

	(void)row;
	memset(big, 'x', 8u << 20);
	facts_init(&facts);
	assert_int_equal(writeout(STR("room for this"), &context, &e), 0);
	assert_int_equal(writeout((struct str){ big, 8u << 20 }, &context, &e),
		-ERR_WRITE);
	assert_string_equal(e.text,
		"Failed writing the --write-out text: it was not taken in "
		"time");
	free(big);
	free(scratch_drain(&ends, NULL));
	facts_fini(&facts);
}

/* --- times */

struct time_row {
	const char *name;
	int64_t now; /* us */
	const char *format, *text;
};

#define AUTUMN INT64_C(1754484225160382) /* Wed 2025-08-06 12:43:45 UTC */
#define NEW_YEAR INT64_C(1735689600000001) /* Wed 2025-01-01 00:00:00 UTC */
#define YEAR_END INT64_C(1672531199999999) /* Sat 2022-12-31 23:59:59 UTC */

static const struct time_row time_rows[] = {
	{ "words", AUTUMN, "%a %A %b %B %h", "Wed Wednesday Aug August Aug" },
	{ "date and time", AUTUMN, "%Y-%m-%d %H:%M:%S.%f",
		"2025-08-06 12:43:45.160382" },
	{ "composed", AUTUMN, "%c|%D|%F|%r|%R|%T|%x|%X",
		"Wed Aug  6 12:43:45 2025|08/06/25|2025-08-06|12:43:45 "
		"PM|12:43|"
		"12:43:45|08/06/25|12:43:45" },
	{ "padded with spaces", NEW_YEAR, "%e|%k|%l", " 1| 0|12" },
	{ "twelve hours", NEW_YEAR, "%I %p %P", "12 AM am" },
	{ "numbers", AUTUMN, "%C %y %j %s %u %w", "20 25 218 1754484225 3 3" },
	{ "weeks", AUTUMN, "%U %W %V %G %g", "31 31 32 2025 25" },
	{ "weeks of a new year", NEW_YEAR, "%U %W %V %G %g",
		"00 00 01 2025 25" },
	{ "weeks of an old year", YEAR_END, "%U %W %V %G %g %j",
		"52 52 52 2022 22 365" },
	{ "zone", AUTUMN, "%z %Z", "+0000 UTC" },
	{ "microseconds", NEW_YEAR, "%f", "000001" },
	{ "white space", AUTUMN, "%n%t%%", "\n\t%" },
	{ "modifiers", AUTUMN, "%EY %Od", "2025 06" },
	{ "unknown", AUTUMN, "%Q%i%", "%Q%i%" },
	{ "modifier at the end", AUTUMN, "%E", "%E" },
	{ "no conversion", AUTUMN, "plain", "plain" },
	{ "the beginning", 0, "%F %T %s %a", "1970-01-01 00:00:00 0 Thu" },
};

static void test_time(const void *data)
{
	const struct time_row *row = data;
	char *format = exact_copy(row->format, strlen(row->format));
	struct buf out;

	buf_init(&out, 1024);
	writeout_time(
		&out, (struct str){ format, strlen(row->format) }, row->now);
	assert_string_equal(buf_text(&out), row->text);
	buf_fini(&out);
	free(format);
}

static void test_time_now(const void *row)
{
	struct facts facts;
	struct error none = { 0 };
	struct writeout_context context = { .facts = &facts, .error = &none };
	char *out, *err;

	(void)row;
	facts_init(&facts);
	expand("<%time{%Y-%m}>", &context, &out, &err, 0);
	assert_int_equal(strlen(out), sizeof("<2025-01>") - 1);
	assert_true(str_starts(str_of(out), STR("<20")));
	free(out);
	free(err);
	facts_fini(&facts);
}

int main(void)
{
	const struct table tables[] = {
		TABLE("writeout", template_rows, test_template),
		TABLE("writeout_wants_certificates", wants_rows,
			test_wants_certificates),
		TABLE("writeout variable", variable_rows, test_variable),
		SINGLE("writeout.def", test_names),
		SINGLE("writeout %{json}", test_json),
		TABLE("writeout %{header_json}", header_json_rows,
			test_header_json),
		SINGLE("writeout %output{}", test_output),
		SINGLE("writeout to a full device", test_full),
		SINGLE("writeout, nobody reads", test_stuck),
		TABLE("writeout_time", time_rows, test_time),
		SINGLE("writeout %time{}", test_time_now),
	};
	int failed;

	scratch_begin(NULL);
	failed = table_run(
		"writeout", tables, sizeof(tables) / sizeof(tables[0]));
	scratch_end();
	return failed;
}
