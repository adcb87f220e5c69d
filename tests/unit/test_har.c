/* --har: an archive of a transfer that is the same every time. */
#include "output/har.h"

#include "support/events.h"
#include "support/table.h"

static const char archive[] =
	"{\"log\":{\"version\":\"1.2\",\"creator\":{\"name\":\"m\","
	"\"version\":\"1\"},\"entries\":["
	"{\"startedDateTime\":\"2026-09-21T14:13:20.123Z\",\"time\":20.000,"
	"\"request\":{\"method\":\"POST\","
	"\"url\":\"https://joe:[redacted]@h.example/#top\","
	"\"httpVersion\":\"HTTP/1.1\",\"cookies\":[],"
	"\"headers\":[{\"name\":\"Host\",\"value\":\"h.example\"},"
	"{\"name\":\"Authorization\",\"value\":\"Basic [redacted]\"},"
	"{\"name\":\"Content-Length\",\"value\":\"3\"},"
	"{\"name\":\"Content-Type\",\"value\":\"text/plain\"}],"
	"\"queryString\":[],"
	"\"postData\":{\"mimeType\":\"text/plain\",\"text\":\"Yf9j\","
	"\"_encoding\":\"base64\"},"
	"\"headersSize\":112,\"bodySize\":3},"
	"\"response\":{\"status\":302,\"statusText\":\"Found\","
	"\"httpVersion\":\"HTTP/1.1\","
	"\"cookies\":[{\"name\":\"sid\",\"value\":\"[redacted]\","
	"\"path\":\"/\",\"httpOnly\":true}],"
	"\"headers\":[{\"name\":\"Location\",\"value\":\"/next\"},"
	"{\"name\":\"Set-Cookie\","
	"\"value\":\"sid=[redacted]; Path=/; HttpOnly\"},"
	"{\"name\":\"Content-Length\",\"value\":\"2\"}],"
	"\"content\":{\"size\":0,\"mimeType\":\"x-unknown\"},"
	"\"redirectURL\":\"/next\",\"headersSize\":99,\"bodySize\":2},"
	"\"cache\":{},"
	"\"timings\":{\"blocked\":0.100,\"dns\":2.000,\"connect\":7.000,"
	"\"ssl\":4.000,\"send\":0.200,\"wait\":10.000,\"receive\":0.700},"
	"\"serverIPAddress\":\"192.0.2.2\",\"connection\":\"0\","
	"\"_findings\":[\"byte 70: a line ends in LF without CR (RFC 9112 "
	"section 2.2)\"]},"
	"{\"startedDateTime\":\"2026-09-21T14:13:20.143Z\",\"time\":19.950,"
	"\"request\":{\"method\":\"GET\","
	"\"url\":\"https://h.example/next?q=1&e\","
	"\"httpVersion\":\"HTTP/1.1\","
	"\"cookies\":[{\"name\":\"sid\",\"value\":\"[redacted]\"},"
	"{\"name\":\"b\",\"value\":\"[redacted]\"}],"
	"\"headers\":[{\"name\":\"Host\",\"value\":\"h.example\"},"
	"{\"name\":\"Cookie\",\"value\":\"sid=[redacted]; b=[redacted]\"}],"
	"\"queryString\":[{\"name\":\"q\",\"value\":\"1\"},"
	"{\"name\":\"e\",\"value\":\"\"}],"
	"\"headersSize\":70,\"bodySize\":0},"
	"\"response\":{\"status\":200,\"statusText\":\"OK\","
	"\"httpVersion\":\"HTTP/1.1\",\"cookies\":[],"
	"\"headers\":[{\"name\":\"Content-Type\",\"value\":\"text/plain\"},"
	"{\"name\":\"Content-Encoding\",\"value\":\"gzip\"},"
	"{\"name\":\"Transfer-Encoding\",\"value\":\"chunked\"}],"
	"\"content\":{\"size\":11,\"compression\":4,"
	"\"mimeType\":\"text/plain\",\"text\":\"hello wo\","
	"\"comment\":\"the first 8 bytes of 11\"},"
	"\"redirectURL\":\"\",\"headersSize\":97,\"bodySize\":7},"
	"\"cache\":{},"
	"\"timings\":{\"blocked\":0.050,\"dns\":-1,\"connect\":-1,"
	"\"ssl\":-1,\"send\":0.100,\"wait\":10.000,\"receive\":9.800,"
	"\"_unfinished\":\"receive\"},"
	"\"serverIPAddress\":\"192.0.2.2\",\"connection\":\"0\","
	"\"_error\":\"it broke off\"}]}}\n";

static void write_archive(struct buf *out, const struct ledger *l, bool secrets)
{
	har_begin(out, "m", "1");
	for (size_t i = 0; i < l->n; i++) {
		if (i)
			buf_add_char(out, ',');
		har_entry(out, l->hops[i], secrets);
	}
	har_end(out);
}

static void test_archive(const void *row)
{
	struct ledger l;
	struct error e = { 0 };
	struct observer o;
	struct buf out;

	(void)row;
	ledger_init(&l, 8);
	o = ledger_observer(&l);
	events_play(&o, &e);
	buf_init(&out, 1u << 20);
	write_archive(&out, &l, false);
	assert_string_equal(buf_text(&out), archive);
	buf_clear(&out);
	write_archive(&out, &l, true);
	assert_non_null(strstr(buf_text(&out), "Basic am9lOnB3"));
	assert_non_null(
		strstr(buf_text(&out), "{\"name\":\"b\",\"value\":\"2\"}"));
	assert_null(strstr(buf_text(&out), "redacted"));
	buf_fini(&out);
	ledger_fini(&l);
}

/* A hop that never got as far as a connection. */
static void test_no_answer(const void *row)
{
	struct ledger l;
	struct url url;
	struct url_options options = { 0 };
	struct error e = { 0 };
	struct observer o;
	struct hop hop = { .url = &url,
		.method = STR("GET"),
		.began = 5,
		.connection_id = -1 };
	struct buf out;

	(void)row;
	assert_int_equal(
		url_parse(&url, STR("http://h.example/"), &options, &e), 0);
	ledger_init(&l, 8);
	o = ledger_observer(&l);
	OBSERVE(&o, hop_begin, &hop);
	hop.ended = 1005;
	error_set(&e, ERR_RESOLVE, "no such name");
	OBSERVE(&o, hop_end, &hop, &e);
	buf_init(&out, 1u << 20);
	har_entry(&out, l.hops[0], false);
	assert_string_equal(buf_text(&out),
		"{\"startedDateTime\":\"1970-01-01T00:00:00.000Z\","
		"\"time\":1.000,\"request\":{\"method\":\"GET\","
		"\"url\":\"http://h.example/\",\"httpVersion\":\"\","
		"\"cookies\":[],\"headers\":[],\"queryString\":[],"
		"\"headersSize\":-1,\"bodySize\":0},"
		"\"response\":{\"status\":0,\"statusText\":\"\","
		"\"httpVersion\":\"\",\"cookies\":[],\"headers\":[],"
		"\"content\":{\"size\":0,\"mimeType\":\"x-unknown\"},"
		"\"redirectURL\":\"\",\"headersSize\":-1,\"bodySize\":-1},"
		"\"cache\":{},\"timings\":{\"blocked\":1.000,\"dns\":-1,"
		"\"connect\":-1,\"ssl\":-1,\"send\":0.000,\"wait\":0.000,"
		"\"receive\":0.000,\"_unfinished\":\"blocked\"},"
		"\"_error\":\"no such name\"}");
	buf_fini(&out);
	ledger_fini(&l);
	url_fini(&url);
}

int main(void)
{
	const struct table tables[] = {
		SINGLE("har_entry", test_archive),
		SINGLE("har_entry: no answer", test_no_answer),
	};

	return table_run("har", tables, sizeof(tables) / sizeof(tables[0]));
}
