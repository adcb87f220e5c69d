#include "talk/transcript.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <unistd.h>

#include "support/scratch.h"
#include "support/table.h"

#define STEPS 4

struct step {
	enum transcript_direction direction;
	const char *bytes;
	size_t n;
};

struct tell_case {
	const char *name, *peer;
	struct step steps[STEPS]; /* up to the first without bytes */
	const char *hex, *json; /* with digits of the time as 'N' */
};

#define BYTES(text) text, sizeof(text) - 1

static const struct tell_case tells[] = {
	{ "a few bytes each way", "127.0.0.1:9",
		{ { TRANSCRIPT_SENT, BYTES("hello") },
			{ TRANSCRIPT_RECEIVED, BYTES("Hi!\r\n") },
			{ TRANSCRIPT_SENT, BYTES("x") } },
		"NN:NN:NN.NNNNNN > 127.0.0.1:9, 5 bytes at 0\n"
		"00000000  68 65 6c 6c 6f                                    "
		"|hello|\n"
		"NN:NN:NN.NNNNNN < 127.0.0.1:9, 5 bytes at 0\n"
		"00000000  48 69 21 0d 0a                                    "
		"|Hi!..|\n"
		"NN:NN:NN.NNNNNN > 127.0.0.1:9, 1 byte at 5\n"
		"00000005  78                                                "
		"|x|\n",
		"{\"time\":N.N,\"direction\":\"sent\",\"peer\":\"127.0.0.1:9\","
		"\"offset\":0,\"length\":5,\"text\":\"hello\"}\n"
		"{\"time\":N.N,\"direction\":\"received\","
		"\"peer\":\"127.0.0.1:9\",\"offset\":0,\"length\":5,"
		"\"text\":\"Hi!\\r\\n\"}\n"
		"{\"time\":N.N,\"direction\":\"sent\",\"peer\":\"127.0.0.1:9\","
		"\"offset\":5,\"length\":1,\"text\":\"x\"}\n" },
	{ "rows", "/run/a \"socket\"",
		{ { TRANSCRIPT_RECEIVED,
			BYTES("0123456789abcdef0123456789abcdefg") } },
		"NN:NN:NN.NNNNNN < /run/a \"socket\", 33 bytes at 0\n"
		"00000000  30 31 32 33 34 35 36 37  38 39 61 62 63 64 65 66  "
		"|0123456789abcdef|\n"
		"00000010  30 31 32 33 34 35 36 37  38 39 61 62 63 64 65 66  "
		"|0123456789abcdef|\n"
		"00000020  67                                                "
		"|g|\n",
		"{\"time\":N.N,\"direction\":\"received\","
		"\"peer\":\"/run/a \\\"socket\\\"\",\"offset\":0,\"length\":33,"
		"\"text\":\"0123456789abcdef0123456789abcdefg\"}\n" },
	{ "no UTF-8", "p", { { TRANSCRIPT_SENT, BYTES("\xff\x00\xc3") } },
		"NN:NN:NN.NNNNNN > p, 3 bytes at 0\n"
		"00000000  ff 00 c3                                          "
		"|...|\n",
		"{\"time\":N.N,\"direction\":\"sent\",\"peer\":\"p\","
		"\"offset\":0,\"length\":3,\"base64\":\"/wDD\"}\n" },
	{ "UTF-8, with U+FFFD", "p",
		{ { TRANSCRIPT_SENT, BYTES("\xc3\xa9\xef\xbf\xbd") } },
		"NN:NN:NN.NNNNNN > p, 5 bytes at 0\n"
		"00000000  c3 a9 ef bf bd                                    "
		"|.....|\n",
		"{\"time\":N.N,\"direction\":\"sent\",\"peer\":\"p\","
		"\"offset\":0,\"length\":5,\"text\":\"\xc3\xa9\xef\xbf\xbd\"}"
		"\n" },
	{ "U+FFFD and no UTF-8", "p",
		{ { TRANSCRIPT_SENT, BYTES("\xef\xbf\xbd\xff") } },
		"NN:NN:NN.NNNNNN > p, 4 bytes at 0\n"
		"00000000  ef bf bd ff                                       "
		"|....|\n",
		"{\"time\":N.N,\"direction\":\"sent\",\"peer\":\"p\","
		"\"offset\":0,\"length\":4,\"base64\":\"77+9/w==\"}\n" },
	{ "controls", "p",
		{ { TRANSCRIPT_SENT, BYTES("\x1b[\x7f\xc2\x9b\xc2\xa0") } },
		"NN:NN:NN.NNNNNN > p, 7 bytes at 0\n"
		"00000000  1b 5b 7f c2 9b c2 a0                              "
		"|.[.....|\n",
		"{\"time\":N.N,\"direction\":\"sent\",\"peer\":\"p\","
		"\"offset\":0,\"length\":7,"
		"\"text\":\"\\u001b[\\u007f\\u009b\xc2\xa0\"}\n" },
	{ "an empty datagram", "p", { { TRANSCRIPT_RECEIVED, "", 0 } },
		"NN:NN:NN.NNNNNN < p, 0 bytes at 0\n",
		"{\"time\":N.N,\"direction\":\"received\",\"peer\":\"p\","
		"\"offset\":0,\"length\":0,\"text\":\"\"}\n" },
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* "12:34:56.789012 " at the front of a line as 'N's. */
static void mask_hex_time(char *text)
{
	static const char form[] = "NN:NN:NN.NNNNNN ";

	for (char *line = text; line; line = strchr(line, '\n')) {
		size_t i = 0;

		line += *line == '\n';
		while (form[i] &&
			(form[i] == 'N' ? is_digit(line[i])
					: line[i] == form[i]))
			i++;
		if (!form[i])
			memcpy(line, form, i);
	}
}

/* The digits behind "time": as one 'N' in front of the '.' and one behind, of
 * which there must be six. */
static void mask_json_time(char *text)
{
	static const char key[] = "{\"time\":";

	for (char *at = text; (at = strstr(at, key));) {
		char *from = at + strlen(key), *end = from;

		while (is_digit(*end))
			end++;
		assert_true(end > from && *end == '.');
		at = end + 1;
		while (is_digit(*at))
			at++;
		assert_int_equal(at - end, 7);
		memmove(from + 3, at, strlen(at) + 1);
		memcpy(from, "N.N", 3);
		at = from;
	}
}

static void test_tell(const void *row)
{
	const struct tell_case *c = row;
	struct scratch_ends hex = scratch_pipe(), json = scratch_pipe();
	struct transcript_place place = { 0 };
	struct error e = { 0 };
	struct transcript *t = transcript_new(hex.in, json.in, &e);
	uint64_t sent = 0, received = 0;
	char *text;

	assert_non_null(t);
	for (size_t i = 0; i < STEPS && c->steps[i].bytes; i++) {
		const struct step *s = &c->steps[i];
		char *bytes = exact_copy(s->bytes, s->n);

		assert_int_equal(
			transcript_tell(t, &place, s->direction, c->peer,
				(struct str){ bytes, s->n }, &e),
			0);
		free(bytes);
		if (s->direction == TRANSCRIPT_SENT)
			sent += s->n;
		else
			received += s->n;
		assert_int_equal(place.sent, sent);
		assert_int_equal(place.received, received);
	}
	transcript_free(t);
	text = scratch_drain(&hex, NULL);
	mask_hex_time(text);
	assert_string_equal(text, c->hex);
	free(text);
	text = scratch_drain(&json, NULL);
	mask_json_time(text);
	assert_string_equal(text, c->json);
	free(text);
}

/* Offsets of 4 GiB and more have room in a row. */
static void test_far(const void *row)
{
	struct transcript_place place = { .received = 0x123456789a };
	struct scratch_ends hex = scratch_pipe();
	struct transcript *t = transcript_new(hex.in, -1, NULL);
	char *text;

	(void)row;
	assert_non_null(t);
	assert_int_equal(transcript_tell(t, &place, TRANSCRIPT_RECEIVED, "p",
				 STR("0123456789abcdef"), NULL),
		0);
	transcript_free(t);
	text = scratch_drain(&hex, NULL);
	mask_hex_time(text);
	assert_string_equal(text,
		"NN:NN:NN.NNNNNN < p, 16 bytes at 78187493530\n"
		"000000123456789a  30 31 32 33 34 35 36 37  38 39 61 62 63 64 "
		"65 66  |0123456789abcdef|\n");
	free(text);
}

static void test_none(const void *row)
{
	struct transcript_place place = { 0 };
	struct transcript *t = transcript_new(-1, -1, NULL);

	(void)row;
	assert_int_equal(transcript_tell(NULL, &place, TRANSCRIPT_SENT, "p",
				 STR("abc"), NULL),
		0);
	assert_non_null(t);
	assert_int_equal(transcript_tell(t, &place, TRANSCRIPT_SENT, "p",
				 STR("de"), NULL),
		0);
	assert_int_equal(place.sent, 5);
	assert_int_equal(place.received, 0);
	transcript_free(t);
	transcript_free(NULL);
}

static void test_full(const void *row)
{
	struct transcript_place place = { 0 };
	int full = open("/dev/full", O_WRONLY);
	struct transcript *t = transcript_new(full, -1, NULL);
	struct error e = { 0 };

	(void)row;
	assert_true(full >= 0);
	assert_non_null(t);
	assert_int_equal(transcript_tell(t, &place, TRANSCRIPT_SENT, "p",
				 STR("abc"), &e),
		-ERR_WRITE);
	assert_string_equal(e.text,
		"Failure writing the transcript: No space left on device");
	transcript_free(t);
	close(full);
}

static int take_line(void *lines, struct str line, struct error *e)
{
	struct buf *out = lines;

	if (out->n)
		return error_set(e, ERR_TOO_LARGE, "enough");
	buf_add_str(out, line);
	return 0;
}

/* Its error is that of the telling; the dump is not its concern. */
static void test_writer(const void *row)
{
	struct transcript_place place = { 0 };
	struct scratch_ends hex = scratch_pipe();
	struct transcript *t = transcript_new(hex.in, -1, NULL);
	struct error e = { 0 };
	struct buf lines;

	(void)row;
	assert_non_null(t);
	buf_init(&lines, 1024);
	transcript_write_json(t, take_line, &lines);
	assert_int_equal(transcript_tell(t, &place, TRANSCRIPT_SENT, "p",
				 STR("abc"), &e),
		0);
	assert_int_equal(
		transcript_tell(t, &place, TRANSCRIPT_SENT, "p", STR("d"), &e),
		-ERR_TOO_LARGE);
	assert_string_equal(e.text, "enough");
	buf_add_char(&lines, '\0');
	mask_json_time(lines.p);
	assert_string_equal(lines.p,
		"{\"time\":N.N,\"direction\":\"sent\",\"peer\":\"p\","
		"\"offset\":0,\"length\":3,\"text\":\"abc\"}\n");
	transcript_free(t);
	buf_fini(&lines);
	free(scratch_drain(&hex, NULL));
}

#define TELLERS 8
#define TELLINGS 200

struct teller {
	struct transcript *t;
	char letter;
};

static void *teller_run(void *argument)
{
	const struct teller *teller = argument;
	struct transcript_place place = { 0 };
	char bytes[100];

	memset(bytes, teller->letter, sizeof(bytes));
	for (int i = 0; i < TELLINGS; i++)
		if (transcript_tell(teller->t, &place, TRANSCRIPT_SENT, "p",
			    (struct str){ bytes, sizeof(bytes) }, NULL) < 0)
			abort();
	return NULL;
}

/* A regular file takes each write at once; a pipe that is full takes it in
 * pieces, between which another thread might come. */
static void test_threads(const void *row)
{
	struct teller tellers[TELLERS];
	pthread_t threads[TELLERS];
	int counts[TELLERS] = { 0 }, ends[2];
	struct transcript *t;
	char line[512];
	FILE *lines;

	(void)row;
	assert_int_equal(pipe2(ends, O_CLOEXEC), 0);
	assert_int_equal(fcntl(ends[1], F_SETFL, O_NONBLOCK), 0);
	t = transcript_new(-1, ends[1], NULL);
	assert_non_null(t);
	for (int i = 0; i < TELLERS; i++) {
		tellers[i] = (struct teller){ t, (char)('a' + i) };
		assert_int_equal(pthread_create(&threads[i], NULL, teller_run,
					 &tellers[i]),
			0);
	}
	lines = fdopen(ends[0], "r");
	assert_non_null(lines);
	for (int i = 0; i < TELLERS * TELLINGS; i++) {
		const char *text;

		assert_non_null(fgets(line, sizeof(line), lines));
		mask_json_time(line);
		text = strstr(line, "\"length\":100,\"text\":\"");
		assert_non_null(text);
		text += strlen("\"length\":100,\"text\":\"");
		assert_true(*text >= 'a' && *text < 'a' + TELLERS);
		for (int j = 1; j < 100; j++)
			assert_int_equal(text[j], text[0]);
		assert_string_equal(text + 100, "\"}\n");
		counts[*text - 'a']++;
	}
	for (int i = 0; i < TELLERS; i++) {
		pthread_join(threads[i], NULL);
		assert_int_equal(counts[i], TELLINGS);
	}
	fclose(lines);
	close(ends[1]);
	transcript_free(t);
}

int main(void)
{
	static const struct table tables[] = {
		TABLE("transcript_tell", tells, test_tell),
		SINGLE("transcript_tell: far offsets", test_far),
		SINGLE("transcript_tell: to nobody", test_none),
		SINGLE("transcript_tell: a full device", test_full),
		SINGLE("transcript_write_json", test_writer),
		SINGLE("transcript_tell: several threads", test_threads),
	};

	return table_run(
		"transcript", tables, sizeof(tables) / sizeof(tables[0]));
}
