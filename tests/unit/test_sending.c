#include "transfer/sending.h"

#include "base/buf.h"

#include "support/table.h"

/* A stream that takes at most `step` bytes a call and then nothing once. */
struct narrow {
	struct stream stream;
	size_t step;
	bool full;
	bool broken;
	struct buf taken;
};

static ssize_t narrow_write(
	struct stream *s, const struct iovec *iov, int n, struct error *e)
{
	struct narrow *narrow = (struct narrow *)s;
	size_t room = narrow->step;

	if (narrow->broken)
		return error_set(e, ERR_SEND, "broken");
	narrow->full = !narrow->full;
	if (narrow->full)
		return STREAM_AGAIN;
	for (int i = 0; i < n && room; i++) {
		size_t here = iov[i].iov_len < room ? iov[i].iov_len : room;

		buf_add(&narrow->taken, iov[i].iov_base, here);
		room -= here;
	}
	return (ssize_t)(narrow->step - room);
}

static const struct stream_ops narrow_ops = { .write = narrow_write };

static void narrow_init(struct narrow *narrow, size_t step)
{
	*narrow = (struct narrow){ .step = step, .full = true };
	narrow->stream.ops = &narrow_ops;
	buf_init(&narrow->taken, 1 << 20);
}

/* A body that comes in pieces; NULL stands for "nothing now". */
struct pieces {
	const char *const *at;
};

static int pieces_next(void *source, struct str *bytes, struct error *e)
{
	struct pieces *pieces = source;
	const char *piece = *pieces->at;

	(void)e;
	if (!piece) {
		pieces->at++;
		return -ERR_AGAIN;
	}
	if (strcmp(piece, "end") == 0)
		return 0;
	pieces->at++;
	*bytes = str_of(piece);
	return 1;
}

static const struct upload_ops pieces_ops = { .next = pieces_next };

struct row {
	const char *name;
	const char *head;
	const char *body[6]; /* the last one is "end"; none: no body */
	bool chunked;
	const char *wanted;
};

static const struct row rows[] = {
	{ "no body", "HEAD\r\n\r\n", { NULL }, false, "HEAD\r\n\r\n" },
	{ "empty body", "H", { "end" }, false, "H" },
	{ "one piece", "H", { "abc", "end" }, false, "Habc" },
	{ "two pieces", "H", { "abc", "defgh", "end" }, false, "Habcdefgh" },
	{ "a pause", "H", { "abc", NULL, "def", "end" }, false, "Habcdef" },
	{ "a pause first", "H", { NULL, "def", "end" }, false, "Hdef" },
	{ "empty body in chunks", "H", { "end" }, true, "H0\r\n\r\n" },
	{ "chunks", "H", { "abc", "0123456789abcdef", "end" }, true,
		"H3\r\nabc\r\n10\r\n0123456789abcdef\r\n0\r\n\r\n" },
	{ "chunks with a pause", "H", { "abc", NULL, "d", "end" }, true,
		"H3\r\nabc\r\n1\r\nd\r\n0\r\n\r\n" },
};

static size_t body_size(const struct row *row)
{
	size_t n = 0;

	for (size_t i = 0; i < 6; i++)
		if (row->body[i] && strcmp(row->body[i], "end") != 0)
			n += strlen(row->body[i]);
	return n;
}

static bool has_body(const struct row *row)
{
	return row->body[0] || row->body[1];
}

/* What is told of the body is what goes over the wire, whole pieces at once. */
static void note_body(void *told, struct str bytes)
{
	buf_add_str(told, bytes);
}

static const struct observer_ops noting = { .body_out = note_body };

static void send_in_steps(const struct row *row, size_t step)
{
	struct narrow narrow;
	struct pieces pieces = { row->body };
	struct upload upload = { &pieces_ops, &pieces, UPLOAD_UNKNOWN, -1 };
	struct sending s;
	struct error e = { 0 };
	struct buf told;
	struct observer observer = { .ops = &noting, .context = &told };
	int state, calls = 0;

	buf_init(&told, 1 << 20);
	narrow_init(&narrow, step);
	sending_init(&s, &narrow.stream, str_of(row->head),
		has_body(row) ? &upload : NULL);
	s.chunked = row->chunked;
	s.observer = &observer;
	while ((state = sending_step(&s, &e)) != SENDING_DONE) {
		assert_true(
			state == SENDING_BLOCKED || state == SENDING_STARVED);
		assert_true(++calls < 1000);
	}
	assert_string_equal(buf_text(&narrow.taken), row->wanted);
	assert_int_equal(s.head_sent, strlen(row->head));
	assert_int_equal(s.body_sent, body_size(row));
	assert_string_equal(buf_text(&told), row->wanted + strlen(row->head));
	buf_fini(&told);
	buf_fini(&narrow.taken);
}

static void test_steps(const void *data)
{
	const struct row *row = data;

	for (size_t step = 1; step < 64; step++)
		send_in_steps(row, step);
}

static void test_held(const void *data)
{
	static const char *const body[] = { "abc", "end" };
	struct pieces pieces = { body };
	struct upload upload = { &pieces_ops, &pieces, 3, -1 };
	struct narrow narrow;
	struct sending s;
	struct error e = { 0 };

	(void)data;
	narrow_init(&narrow, 100);
	sending_init(&s, &narrow.stream, STR("H"), &upload);
	s.held = true;
	assert_int_equal(sending_step(&s, &e), SENDING_HELD);
	assert_string_equal(buf_text(&narrow.taken), "H");
	s.held = false;
	while (sending_step(&s, &e) == SENDING_BLOCKED)
		;
	assert_string_equal(buf_text(&narrow.taken), "Habc");
	buf_fini(&narrow.taken);
}

/* The head is free, the body with its chunk lines is not. */
static void test_budget(const void *data)
{
	static const char *const body[] = { "abcdef", "end" };
	static const char wanted[] = "HEAD6\r\nabcdef\r\n0\r\n\r\n";
	struct pieces pieces = { body };
	struct upload upload = { &pieces_ops, &pieces, UPLOAD_UNKNOWN, -1 };
	struct narrow narrow;
	struct sending s;
	struct error e = { 0 };
	int state = SENDING_PACED;

	(void)data;
	narrow_init(&narrow, 100);
	sending_init(&s, &narrow.stream, STR("HEAD"), &upload);
	s.chunked = true;
	for (size_t n = 4; state != SENDING_DONE; n += 2) {
		s.budget = n == 4 ? 0 : 2;
		do
			state = sending_step(&s, &e);
		while (state == SENDING_BLOCKED);
		if (state == SENDING_DONE)
			break;
		assert_int_equal(state, SENDING_PACED);
		assert_int_equal(s.budget, 0);
		assert_int_equal(narrow.taken.n, n);
		assert_true(n < sizeof(wanted));
	}
	assert_string_equal(buf_text(&narrow.taken), wanted);
	assert_int_equal(s.body_sent, 6);
	buf_fini(&narrow.taken);
}

static void test_cuts(const void *data)
{
	struct upload_memory memory;
	struct upload upload;
	struct narrow narrow;
	struct sending s;
	struct error e = { 0 };

	(void)data;
	narrow_init(&narrow, 100);
	upload_from_memory(&upload, &memory, STR("body"));
	sending_init(&s, &narrow.stream, STR("HEAD"), &upload);
	for (s.head_stop = 1; s.head_stop < 4; s.head_stop++) {
		int state;

		while ((state = sending_step(&s, &e)) == SENDING_BLOCKED)
			;
		assert_int_equal(state, SENDING_CUT);
		assert_int_equal(s.head_sent, s.head_stop);
		assert_int_equal(narrow.taken.n, s.head_stop);
	}
	while (sending_step(&s, &e) == SENDING_BLOCKED)
		;
	assert_string_equal(buf_text(&narrow.taken), "HEADbody");
	buf_fini(&narrow.taken);
}

static void test_broken(const void *data)
{
	struct narrow narrow;
	struct sending s;
	struct error e = { 0 };

	(void)data;
	narrow_init(&narrow, 100);
	narrow.broken = true;
	sending_init(&s, &narrow.stream, STR("H"), NULL);
	assert_int_equal(sending_step(&s, &e), -ERR_SEND);
	assert_int_equal(s.head_sent, 0);
	buf_fini(&narrow.taken);
}

static const struct table tables[] = {
	TABLE("sending_step", rows, test_steps),
	SINGLE("sending_step held", test_held),
	SINGLE("sending_step budget", test_budget),
	SINGLE("sending_step cuts", test_cuts),
	SINGLE("sending_step broken", test_broken),
};

int main(void)
{
	return table_run("sending", tables, sizeof(tables) / sizeof(tables[0]));
}
