#include "output/trace.h"

#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "support/scratch.h"
#include "support/table.h"

/* The clocks, in place of the real ones. */
static int64_t wall_us;
static int zone_s;

int64_t clock_now(void)
{
	return 0;
}

int64_t clock_wall(void)
{
	return wall_us;
}

int clock_zone(int64_t wall)
{
	assert_true(wall == wall_us / 1000000);
	return zone_s;
}

/* --- what is in front of a line */

static const long none = -1, third = 3;

static const struct stamp_row {
	const char *name;
	bool time, ids;
	const long *connection;
	int64_t wall;
	int zone;
	const char *shown;
} stamp_rows[] = {
	{ "nothing", false, false, &third, 1, 0, "" },
	{ "midnight", true, false, NULL, 0, 0, "00:00:00.000000 " },
	{ "before it", true, false, NULL, INT64_C(86399999999), 0,
		"23:59:59.999999 " },
	{ "east", true, false, NULL, INT64_C(86399000001), 19800,
		"05:29:59.000001 " },
	{ "west of 1970", true, false, NULL, 0, -3600, "23:00:00.000000 " },
	{ "no connection", false, true, &none, 1, 0, "[7-x] " },
	{ "nobody knows", false, true, NULL, 1, 0, "[7-x] " },
	{ "a connection", false, true, &third, 1, 0, "[7-3] " },
	{ "both", true, true, &third, 1, 0, "00:00:00.000001 [7-3] " },
};

static void test_stamp(const void *data)
{
	const struct stamp_row *row = data;
	struct stamp stamp = { row->time, row->ids, 7, row->connection };
	struct buf out;

	wall_us = row->wall;
	zone_s = row->zone;
	buf_init(&out, 100);
	stamp_add(&stamp, &out);
	assert_string_equal(buf_text(&out), row->shown);
	buf_fini(&out);
}

/* --- entries: a letter is an event, `bytes` what it is about */

struct entry_row {
	const char *name;
	char event;
	enum trace_form form;
	bool safe;
	struct str bytes;
	const char *shown;
};

#define ZEROS_10 "0000000000"
#define ZEROS_60 ZEROS_10 ZEROS_10 ZEROS_10 ZEROS_10 ZEROS_10 ZEROS_10

static const struct entry_row entry_rows[] = {
	{ "a line", 'l', TRACE_HEX, false, STR("Trying\x1b"),
		"== Info: Trying\x1b\n" },
	{ "a line on a terminal", 'l', TRACE_ASCII, true, STR("Trying\x1b"),
		"== Info: Trying\\x1b\n" },
	{ "a finding", 'f', TRACE_HEX, false, STR(""),
		"== Info: finding: byte 17: a line ends in LF without CR "
		"(RFC 9112 section 2.2)\n" },
	{ "hex", 'd', TRACE_HEX, false, STR("0123456789abcde\0\xff\x7f ~\r\n"),
		"<= Recv data, 22 bytes (0x16)\n"
		"0000: 30 31 32 33 34 35 36 37 38 39 61 62 63 64 65 00 "
		"0123456789abcde.\n"
		"0010: ff 7f 20 7e 0d 0a                               "
		".. ~..\n" },
	{ "hex, nothing", 'd', TRACE_HEX, false, STR(""),
		"<= Recv data, 0 bytes (0x0)\n" },
	{ "hex, whole rows", 'b', TRACE_HEX, false, STR("0123456789abcdef"),
		"=> Send data, 16 bytes (0x10)\n"
		"0000: 30 31 32 33 34 35 36 37 38 39 61 62 63 64 65 66 "
		"0123456789abcdef\n" },
	{ "ascii", 'd', TRACE_ASCII, false, STR("a\nb\r\n\r\nc\rd\0\x80"),
		"<= Recv data, 12 bytes (0xc)\n"
		"0000: a.b\n"
		"0005: \n"
		"0007: c.d..\n" },
	{ "ascii, CRLF at the end", 'd', TRACE_ASCII, false, STR("a\r\n\r\n"),
		"<= Recv data, 5 bytes (0x5)\n"
		"0000: a\n"
		"0003: \n" },
	{ "ascii, a CR at the end", 'd', TRACE_ASCII, false, STR("a\r"),
		"<= Recv data, 2 bytes (0x2)\n"
		"0000: a.\n" },
	{ "ascii, CRLF ends a row of 63", 'd', TRACE_ASCII, false,
		STR(ZEROS_60 "123\r\nx"),
		"<= Recv data, 66 bytes (0x42)\n"
		"0000: " ZEROS_60 "123\n"
		"0041: x\n" },
	{ "ascii, CRLF behind a row of 64", 'd', TRACE_ASCII, false,
		STR(ZEROS_60 "1234\r\nx"),
		"<= Recv data, 67 bytes (0x43)\n"
		"0000: " ZEROS_60 "1234\n"
		"0042: x\n" },
	{ "ascii, one byte over", 'd', TRACE_ASCII, false,
		STR(ZEROS_60 "12345\r\nx"),
		"<= Recv data, 68 bytes (0x44)\n"
		"0000: " ZEROS_60 "1234\n"
		"0040: 5\n"
		"0043: x\n" },
	{ "a head that goes", 'o', TRACE_ASCII, false,
		STR("GET / HTTP/1.1\r\nHost: h\r\n\r\n"),
		"=> Send header, 27 bytes (0x1b)\n"
		"0000: GET / HTTP/1.1\n"
		"0010: Host: h\n"
		"0019: \n" },
	{ "a head that comes", 'h', TRACE_ASCII, false,
		STR("HTTP/1.1 200 OK\nX: \x1b\r\n\r\n"),
		"<= Recv header, 16 bytes (0x10)\n"
		"0000: HTTP/1.1 200 OK.\n"
		"<= Recv header, 6 bytes (0x6)\n"
		"0000: X: .\n"
		"<= Recv header, 2 bytes (0x2)\n"
		"0000: \n" },
	{ "a head without an end", 'h', TRACE_HEX, false, STR("cut"),
		"<= Recv header, 3 bytes (0x3)\n"
		"0000: 63 75 74                                        cut\n" },
	{ "trailers, which were in the body", 't', TRACE_HEX, false,
		STR("X: 1\r\n\r\n"), "" },
};

static void happen(const struct observer *o, char event, struct str bytes)
{
	static const struct finding finding = { FINDING_BARE_LF, 17 };
	enum head_section section = event == 'h' ? HEAD_ANSWER : HEAD_TRAILERS;

	switch (event) {
	case 'l':
		log_line(&o->log, "%.*s", (int)bytes.n, bytes.p);
		break;
	case 'o':
		o->ops->head_out(o->context, bytes);
		break;
	case 'b':
		o->ops->body_out(o->context, bytes);
		break;
	case 'h':
	case 't':
		o->ops->head_bytes(o->context, section, bytes);
		break;
	case 'd':
		o->ops->body_in(o->context, bytes);
		break;
	case 'f':
		o->ops->finding(o->context, &finding);
		break;
	}
}

static void test_entry(const void *data)
{
	const struct entry_row *row = data;
	struct scratch_ends ends = scratch_pipe();
	char *bytes = exact_copy(row->bytes.p, row->bytes.n), *shown;
	struct error e;
	struct trace t = { .file = trace_file_new(
				   ends.in, row->form, row->safe, &e) };
	struct observer o = trace_observer(&t);

	happen(&o, row->event, (struct str){ bytes, row->bytes.n });
	trace_file_free(t.file);
	shown = scratch_drain(&ends, NULL);
	assert_string_equal(shown, row->shown);
	free(shown);
	free(bytes);
}

static void test_stamped(const void *data)
{
	struct scratch_ends ends = scratch_pipe();
	struct error e;
	struct trace t = { .file = trace_file_new(
				   ends.in, TRACE_ASCII, false, &e),
		.stamp = { .ids = true, .connection = &third } };
	struct observer o = trace_observer(&t);
	char *shown;

	(void)data;
	happen(&o, 'l', STR("one"));
	happen(&o, 'b', STR("a\r\nb"));
	trace_file_free(t.file);
	shown = scratch_drain(&ends, NULL);
	assert_string_equal(shown,
		"[0-3] == Info: one\n"
		"[0-3] => Send data, 4 bytes (0x4)\n"
		"0000: a\n"
		"0003: b\n");
	free(shown);
}

/* An entry never lands behind a meter that is being drawn. */
static void test_with_progress(const void *data)
{
	struct scratch_ends ends = scratch_pipe();
	struct error e;
	struct trace t = { .file = trace_file_new(
				   ends.in, TRACE_ASCII, false, &e),
		.progress = progress_new(ends.in, true, &e),
		.beside_progress = true };
	struct observer o = trace_observer(&t);
	struct facts facts;
	char *shown;

	(void)data;
	setenv("COLUMNS", "27", 1);
	facts_init(&facts);
	facts.expected = 4;
	facts.wire = 1;
	o.ops->progress(o.context, &facts);
	happen(&o, 'l', STR("one"));
	progress_free(t.progress);
	facts_fini(&facts);
	trace_file_free(t.file);
	shown = scratch_drain(&ends, NULL);
	assert_string_equal(
		shown, "\r#####                 25.0%\n== Info: one\n");
	free(shown);
}

static void test_closed(const void *data)
{
	struct error e;
	struct trace t = { .file = trace_file_new(-1, TRACE_HEX, false, &e) };
	struct observer o = trace_observer(&t);

	(void)data;
	for (const char *event = "lohbdf"; *event; event++)
		happen(&o, *event, STR("abc"));
	trace_file_free(t.file);
}

/* --- several threads */

#define BIG 100000u /* more than is written in one piece */
#define THREADS 4
#define ENTRIES 8

static struct trace_file *shared;

static void *write_entries(void *byte)
{
	static const long connections[THREADS] = { 0, 1, 2, 3 };
	size_t me = (size_t)(*(char *)byte - 'a');
	struct trace t = { .file = shared,
		.stamp = { .ids = true, .connection = &connections[me] } };
	struct observer o = trace_observer(&t);
	char *bytes = malloc(BIG);

	memset(bytes, *(char *)byte, BIG);
	for (int i = 0; i < ENTRIES; i++)
		o.ops->body_in(o.context, (struct str){ bytes, BIG });
	free(bytes);
	return NULL;
}

/* Each entry stands on its own: its heading, then rows of its byte only. */
static void check_entries(FILE *file)
{
	char line[128], wanted[32];
	int entries = 0;

	while (fgets(line, sizeof(line), file)) {
		int who = line[3] - '0';
		size_t left = BIG;

		snprintf(wanted, sizeof(wanted), "[0-%d] <= Recv data, ", who);
		assert_int_equal(strncmp(line, wanted, strlen(wanted)), 0);
		while (left) {
			size_t n = left < 64 ? left : 64;
			char *text;

			assert_non_null(fgets(line, sizeof(line), file));
			text = strchr(line, ':');
			assert_non_null(text);
			assert_int_equal(
				strspn(text + 2,
					(char[]){ (char)('a' + who), '\0' }),
				n);
			left -= n;
		}
		entries++;
	}
	assert_int_equal(entries, THREADS * ENTRIES);
}

static void test_threads(const void *data)
{
	FILE *file = tmpfile();
	pthread_t threads[THREADS];
	struct error e;

	(void)data;
	assert_non_null(file);
	shared = trace_file_new(fileno(file), TRACE_ASCII, false, &e);
	for (size_t i = 0; i < THREADS; i++)
		assert_int_equal(pthread_create(&threads[i], NULL,
					 write_entries, (void *)&"abcd"[i]),
			0);
	for (size_t i = 0; i < THREADS; i++)
		pthread_join(threads[i], NULL);
	trace_file_free(shared);
	rewind(file);
	check_entries(file);
	fclose(file);
}

int main(void)
{
	const struct table tables[] = {
		TABLE("stamp_add", stamp_rows, test_stamp),
		TABLE("trace_observer", entry_rows, test_entry),
		SINGLE("trace with stamps", test_stamped),
		SINGLE("trace with progress", test_with_progress),
		SINGLE("trace to a closed descriptor", test_closed),
		SINGLE("trace from several threads", test_threads),
	};

	return table_run("trace", tables, sizeof(tables) / sizeof(tables[0]));
}
