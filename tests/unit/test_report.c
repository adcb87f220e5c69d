/* --report and --timing: what they make of one and the same transfer. */
#include "output/report.h"
#include "output/timing.h"

#include "support/events.h"
#include "support/table.h"

static const char hops_told[] =
	"{\"attempt\":1,\"reason\":\"first\",\"method\":\"POST\","
	"\"url\":\"https://joe:[redacted]@h.example/#top\",\"status\":302,"
	"\"connection\":{\"id\":0,\"reused\":false,"
	"\"remote\":{\"address\":\"192.0.2.2\",\"port\":443},"
	"\"local\":{\"address\":\"192.0.2.9\",\"port\":40000}},"
	"\"proxy\":null,"
	"\"attempts\":[{\"address\":\"192.0.2.1\",\"port\":443,\"ms\":2.000,"
	"\"winner\":false,\"error\":\"Connection refused\"},"
	"{\"address\":\"192.0.2.2\",\"port\":443,\"ms\":1.000,"
	"\"winner\":true,\"error\":null}],"
	"\"tls\":{\"version\":\"TLSv1.3\","
	"\"cipher\":\"TLS_AES_128_GCM_SHA256\",\"alpn\":\"http/1.1\","
	"\"verify_result\":0,\"certificates\":[{\"subject\":"
	"\"CN=h.example\","
	"\"issuer\":\"CN=ca\",\"starts\":\"1970-01-01T00:16:40Z\","
	"\"expires\":\"2026-09-21T14:13:20Z\",\"days_left\":3}]},"
	"\"timings\":{\"blocked\":0.100,\"dns\":2.000,\"connect\":3.000,"
	"\"proxy\":null,\"tls\":4.000,\"send\":0.200,\"wait\":10.000,"
	"\"receive\":0.700,"
	"\"total\":20.000,\"unfinished\":null},"
	"\"bytes\":{\"request_head\":103,\"request_body\":3,"
	"\"response_head\":140,\"body\":2,\"decoded\":0},"
	"\"framing\":{\"kind\":\"length\",\"item\":6},"
	"\"findings\":[{\"id\":\"BARE_LF\",\"severity\":\"warning\","
	"\"offset\":70,\"section\":\"RFC 9112 section 2.2\","
	"\"what\":\"a line ends in LF without CR\"}],"
	"\"decisions\":[{\"about\":\"redirect\",\"text\":\"302 leads on\"}],"
	"\"error\":null},"
	"{\"attempt\":1,\"reason\":\"redirect\",\"method\":\"GET\","
	"\"url\":\"https://h.example/next?q=1&e\",\"status\":200,"
	"\"connection\":{\"id\":0,\"reused\":true,"
	"\"remote\":{\"address\":\"192.0.2.2\",\"port\":443},"
	"\"local\":null},"
	"\"proxy\":null,\"attempts\":[],\"tls\":null,"
	"\"timings\":{\"blocked\":0.050,\"dns\":null,\"connect\":null,"
	"\"proxy\":null,\"tls\":null,\"send\":0.100,\"wait\":10.000,"
	"\"receive\":9.800,"
	"\"total\":19.950,\"unfinished\":\"receive\"},"
	"\"bytes\":{\"request_head\":70,\"request_body\":0,"
	"\"response_head\":107,\"body\":7,\"decoded\":11},"
	"\"framing\":{\"kind\":\"chunked\",\"item\":4},"
	"\"findings\":[],\"decisions\":[],"
	"\"error\":{\"code\":18,\"name\":\"Transferred a partial file\","
	"\"text\":\"it broke off\"}}";

static void gather(struct ledger *l, size_t body_limit, struct error *e)
{
	struct observer o;

	*e = (struct error){ 0 };
	ledger_init(l, body_limit);
	o = ledger_observer(l);
	events_play(&o, e);
	assert_false(l->incomplete);
}

static void test_report(const void *row)
{
	struct ledger l;
	struct facts facts;
	struct error e;
	struct report r = { .url = "joe:pw@h.example",
		.ledger = &l,
		.facts = &facts,
		.error = &e,
		.now = 1790000000 - 4 * 86400 + 1 };
	struct buf out, expected;

	(void)row;
	gather(&l, 0, &e);
	facts_init(&facts);
	facts.times.total = 40000;
	facts.status = 200;
	buf_init(&out, 1u << 20);
	buf_init(&expected, 1u << 20);
	buf_printf(&expected,
		"{\"url\":\"joe:[redacted]@h.example\",\"exitcode\":18,"
		"\"error\":{\"code\":18,\"name\":\"Transferred a partial "
		"file\",\"text\":\"it broke off\"},\"total\":40.000,"
		"\"status\":200,\"attempts\":1,\"hops\":[%s],"
		"\"incomplete\":false}\n",
		hops_told);
	report_write(&out, &r);
	assert_string_equal(buf_text(&out), buf_text(&expected));
	buf_clear(&out);
	r.secrets = true;
	report_write(&out, &r);
	assert_non_null(strstr(buf_text(&out), "joe:pw@h.example/#top"));
	buf_fini(&out);
	buf_fini(&expected);
	facts_fini(&facts);
	ledger_fini(&l);
}

/* Without a hop: the URL was refused. */
static void test_report_of_nothing(const void *row)
{
	struct ledger l;
	struct facts facts;
	struct error e = { .code = ERR_URL_MALFORMED, .text = "no" };
	struct report r = {
		.url = "http://", .ledger = &l, .facts = &facts, .error = &e
	};
	struct buf out;

	(void)row;
	ledger_init(&l, 0);
	facts_init(&facts);
	buf_init(&out, 4096);
	report_write(&out, &r);
	assert_string_equal(buf_text(&out),
		"{\"url\":\"http://\",\"exitcode\":3,\"error\":{\"code\":3,"
		"\"name\":\"URL using bad/illegal format or missing URL\","
		"\"text\":\"no\"},\"total\":0.000,\"status\":0,"
		"\"attempts\":0,\"hops\":[],\"incomplete\":false}\n");
	buf_fini(&out);
	facts_fini(&facts);
	ledger_fini(&l);
}

/* Two transfers in a row, as --retry makes them. */
static void test_attempts(const void *row)
{
	struct ledger l;
	struct error e = { 0 };
	struct observer o;

	(void)row;
	ledger_init(&l, 4);
	o = ledger_observer(&l);
	events_play(&o, &e);
	events_play(&o, &e);
	assert_int_equal(l.n, 4);
	assert_int_equal(l.hops[1]->attempt, 1);
	assert_int_equal(l.hops[2]->attempt, 2);
	assert_int_equal(l.hops[3]->attempt, 2);
	assert_int_equal(l.hops[3]->content.size, 11);
	assert_true(str_eq(buf_str(&l.hops[3]->content.bytes), STR("hell")));
	assert_int_equal(l.hops[2]->sent.size, 3);
	assert_memory_equal(l.hops[2]->sent.bytes.p,
		"a\xff"
		"c",
		3);
	assert_non_null(strstr(buf_text(&l.hops[0]->interim), "103"));
	assert_string_equal(buf_text(&l.hops[1]->trailers), "X-Sum: 1\r\n\r\n");
	ledger_fini(&l);
}

struct timing_row {
	const char *name;
	int columns;
	bool colour;
	const char *text;
};

static const struct timing_row timing_rows[] = {
	{ "plain", 0, true,
		"Timing: POST https://joe:[redacted]@h.example/#top, 302, 20.0 "
		"ms\n"
		"  name           2.0 ms at     0.1 ms\n"
		"  connect        3.0 ms at     2.1 ms\n"
		"  tls            4.0 ms at     5.1 ms\n"
		"  request        0.2 ms at     9.1 ms\n"
		"  first byte    10.0 ms at     9.3 ms\n"
		"  body           0.7 ms at    19.3 ms\n"
		"Timing: GET https://h.example/next?q=1&e, 200, failed after "
		"19.9 ms\n"
		"  request        0.1 ms at    20.1 ms\n"
		"  first byte    10.0 ms at    20.2 ms\n"
		"  body           9.8 ms at    30.2 ms\n"
		"  unfinished: body\n" },
	{ "bars", 78, false,
		"Timing: POST https://joe:[redacted]@h.example/#top, 302, 20.0 "
		"ms\n"
		"  name           2.0 ms at     0.1 ms  ##\n"
		"  connect        3.0 ms at     2.1 ms    ###\n"
		"  tls            4.0 ms at     5.1 ms       ####\n"
		"  request        0.2 ms at     9.1 ms           #\n"
		"  first byte    10.0 ms at     9.3 ms           ##########\n"
		"  body           0.7 ms at    19.3 ms                     #\n"
		"Timing: GET https://h.example/next?q=1&e, 200, failed after "
		"19.9 ms\n"
		"  request        0.1 ms at    20.1 ms                      "
		"#\n"
		"  first byte    10.0 ms at    20.2 ms                      "
		"##########\n"
		"  body           9.8 ms at    30.2 ms                        "
		"        ##########\n"
		"  unfinished: body\n" },
	{ "too narrow for bars", 47, false,
		"Timing: POST https://joe:[redacted]@h.example/#top, 302, 20.0 "
		"ms\n"
		"  name           2.0 ms at     0.1 ms\n" },
	{ "colour", 78, true,
		"Timing: POST https://joe:[redacted]@h.example/#top, 302, 20.0 "
		"ms\n"
		"  name           2.0 ms at     0.1 ms  \x1b[34m##\x1b[0m\n" },
};

/* The text, or its beginning. */
static void test_timing(const void *row)
{
	const struct timing_row *r = row;
	struct ledger l;
	struct error e;
	struct timing t = {
		.ledger = &l, .columns = r->columns, .colour = r->colour
	};
	struct buf out;

	gather(&l, 0, &e);
	buf_init(&out, 1u << 16);
	timing_write(&out, &t);
	if (strstr(r->text, "GET"))
		assert_string_equal(buf_text(&out), r->text);
	else
		assert_memory_equal(out.p, r->text, strlen(r->text));
	buf_fini(&out);
	ledger_fini(&l);
}

/* A redirect that leads on for ever. */
static void test_limit(const void *row)
{
	struct ledger l;
	struct error e = { 0 };
	struct facts facts;
	struct report r = {
		.url = "http://h/", .ledger = &l, .facts = &facts, .error = &e
	};
	struct observer o;
	struct buf out;
	size_t last;

	(void)row;
	ledger_init(&l, 4);
	o = ledger_observer(&l);
	for (size_t i = 0; i < LIMIT_HOPS / 2; i++)
		events_play(&o, &e);
	assert_int_equal(l.left_out, 0);
	last = l.hops[LIMIT_HOPS - 1]->head.n;
	events_play(&o, &e);
	assert_int_equal(l.n, LIMIT_HOPS);
	assert_int_equal(l.left_out, 2);
	assert_int_equal(l.hops[LIMIT_HOPS - 1]->head.n, last);
	assert_false(l.incomplete);
	facts_init(&facts);
	buf_init(&out, LIMIT_LEDGER);
	report_write(&out, &r);
	assert_non_null(strstr(buf_text(&out), "\"incomplete\":true}"));
	buf_fini(&out);
	facts_fini(&facts);
	ledger_fini(&l);
}

int main(void)
{
	const struct table tables[] = {
		SINGLE("report_write", test_report),
		SINGLE("report_write: no hop", test_report_of_nothing),
		SINGLE("ledger_observer: a second attempt", test_attempts),
		SINGLE("ledger_observer: too many", test_limit),
		TABLE("timing_write", timing_rows, test_timing),
	};

	return table_run("report", tables, sizeof(tables) / sizeof(tables[0]));
}
