#include "talk/source.h"

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <unistd.h>

#include "support/table.h"

#define TEXTS 4
#define MAX SOURCE_DATAGRAM_MAX

/* A pipe that holds `bytes` and has no writer any more. */
static int pipe_of(struct str bytes)
{
	int ends[2];

	assert_int_equal(pipe(ends), 0);
	assert_int_equal(write(ends[1], bytes.p, bytes.n), bytes.n);
	close(ends[1]);
	return ends[0];
}

static int file_of(struct str bytes)
{
	char path[] = "/tmp/test_source.XXXXXX";
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	unlink(path);
	assert_int_equal(write(fd, bytes.p, bytes.n), bytes.n);
	assert_int_equal(lseek(fd, 0, SEEK_SET), 0);
	return fd;
}

/* Read all in pieces of at most `size`; `got` has room. */
static size_t read_all(struct source *s, size_t size, char *got)
{
	struct error e = { 0 };
	size_t n = 0;
	ssize_t put;

	do {
		char *piece = malloc(size);

		assert_non_null(piece);
		put = source_read(s, piece, size, &e);
		assert_true(put >= 0 && (size_t)put <= size);
		memcpy(got + n, piece, (size_t)put);
		n += (size_t)put;
		free(piece);
	} while (put > 0);
	assert_int_equal(source_read(s, got + n, 2, &e), 0);
	return n;
}

struct read_case {
	const char *name;
	const char *texts[TEXTS]; /* up to the first NULL */
	bool crlf;
	const char *all;
};

static const struct read_case reads[] = {
	{ "nothing", { NULL }, false, "" },
	{ "one text", { "hello" }, false, "hello" },
	{ "texts in order", { "a", "", "bc", "def" }, false, "abcdef" },
	{ "only empty ones", { "", "" }, false, "" },
	{ "LF stays LF", { "a\nb\r\n" }, false, "a\nb\r\n" },
	{ "crlf", { "a\nb\n" }, true, "a\r\nb\r\n" },
	{ "crlf, nothing but LF", { "\n\n\n\n\n" }, true,
		"\r\n\r\n\r\n\r\n\r\n" },
	{ "crlf, no LF", { "hello", " you" }, true, "hello you" },
	{ "crlf, CRLF stays CRLF", { "a\r\nb\r\r\n\n" }, true,
		"a\r\nb\r\r\n\r\n" },
	{ "crlf, CR and LF in two texts", { "a\r", "\nb" }, true, "a\r\nb" },
	{ "crlf, an empty text between them", { "a\r", "", "\n\n" }, true,
		"a\r\n\r\n" },
};

static size_t texts_of(const char *const *from, struct str *to)
{
	size_t n = 0;

	for (; n < TEXTS && from[n]; n++) {
		struct str text = str_of(from[n]);

		to[n] = (struct str){ exact_copy(text.p, text.n), text.n };
	}
	return n;
}

static void free_texts(struct str *texts, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free((char *)texts[i].p);
}

static void test_read_texts(const void *row)
{
	const struct read_case *c = row;
	struct str texts[TEXTS];
	size_t n = texts_of(c->texts, texts);

	for (size_t size = 2; size < 40; size++) {
		struct source s = { .kind = SOURCE_TEXTS,
			.texts = texts,
			.n = n,
			.crlf = c->crlf };
		char got[64];
		size_t length = read_all(&s, size, got);

		assert_int_equal(length, strlen(c->all));
		assert_memory_equal(got, c->all, length);
		source_fini(&s);
	}
	free_texts(texts, n);
}

/* The texts as one file, or as one pipe. */
static void test_read_file(const void *row)
{
	const struct read_case *c = row;
	char all[64];
	struct str bytes = { all, 0 };

	for (size_t i = 0; i < TEXTS && c->texts[i]; i++) {
		size_t n = strlen(c->texts[i]);

		memcpy(all + bytes.n, c->texts[i], n);
		bytes.n += n;
	}
	for (size_t size = 2; size < 40; size++)
		for (int is_pipe = 0; is_pipe < 2; is_pipe++) {
			struct source s = { .kind = SOURCE_FILE,
				.fd = is_pipe ? pipe_of(bytes) : file_of(bytes),
				.name = "x",
				.crlf = c->crlf };
			char got[64];
			size_t length = read_all(&s, size, got);

			assert_int_equal(length, strlen(c->all));
			assert_memory_equal(got, c->all, length);
			close(s.fd);
			source_fini(&s);
		}
}

static void test_read_none(const void *row)
{
	struct source s = { .kind = SOURCE_NONE };
	struct str datagram;
	char byte[2];

	(void)row;
	assert_int_equal(source_read(&s, byte, 2, NULL), 0);
	assert_int_equal(source_datagram(&s, false, &datagram, NULL), 0);
	assert_int_equal(source_datagram(&s, true, &datagram, NULL), 0);
	source_fini(&s);
}

/* A pipe that has nothing now, then something, then its end; blocking or not.
 */
static void test_read_again(const void *row)
{
	char got[8];

	(void)row;
	for (int flags = 0; flags <= O_NONBLOCK; flags += O_NONBLOCK) {
		struct source s = { .kind = SOURCE_FILE, .name = "-" };
		struct error e = { 0 };
		int ends[2];

		assert_int_equal(pipe2(ends, flags), 0);
		s.fd = ends[0];
		assert_int_equal(source_read(&s, got, 8, &e), -ERR_AGAIN);
		assert_int_equal(write(ends[1], "abc", 3), 3);
		assert_int_equal(source_read(&s, got, 2, &e), 2);
		assert_int_equal(source_read(&s, got, 8, &e), 1);
		assert_int_equal(source_read(&s, got, 8, &e), -ERR_AGAIN);
		close(ends[1]);
		assert_int_equal(source_read(&s, got, 8, &e), 0);
		assert_int_equal(e.code, 0);
		close(ends[0]);
		source_fini(&s);
	}
}

/* The end that is typed at a terminal is an end, though reading could go on. */
static void test_read_terminal(const void *row)
{
	struct source s = { .kind = SOURCE_FILE, .name = "-" };
	int master = posix_openpt(O_RDWR | O_NOCTTY);
	struct pollfd ready;
	char got[8];

	(void)row;
	assert_true(master >= 0);
	assert_int_equal(grantpt(master), 0);
	assert_int_equal(unlockpt(master), 0);
	s.fd = open(ptsname(master), O_RDWR | O_NOCTTY);
	assert_true(s.fd >= 0);
	ready = (struct pollfd){ .fd = s.fd, .events = POLLIN };
	assert_int_equal(source_read(&s, got, 8, NULL), -ERR_AGAIN);
	assert_int_equal(write(master, "hi\n\004more\n", 9), 9);
	assert_int_equal(poll(&ready, 1, 5000), 1);
	assert_int_equal(source_read(&s, got, 8, NULL), 3);
	assert_memory_equal(got, "hi\n", 3);
	assert_int_equal(poll(&ready, 1, 5000), 1);
	assert_int_equal(source_read(&s, got, 8, NULL), 0);
	assert_int_equal(source_read(&s, got, 8, NULL), 0);
	close(s.fd);
	close(master);
	source_fini(&s);
}

struct failing_case {
	const char *name, *path; /* NULL: a closed descriptor */
	const char *shown, *text;
};

static const struct failing_case failing[] = {
	{ "a directory", "/tmp", "some/dir",
		"Failed to read some/dir: Is a directory" },
	{ "a closed standard input", NULL, "-",
		"Failed to read standard input: Bad file descriptor" },
};

static void test_read_failing(const void *row)
{
	const struct failing_case *c = row;
	struct error e = { 0 };
	struct source s = { .kind = SOURCE_FILE,
		.fd = c->path ? open(c->path, O_RDONLY) : 1000,
		.name = c->shown };
	struct str datagram;
	char byte[2];

	assert_int_equal(source_read(&s, byte, 2, &e), -ERR_READ);
	assert_string_equal(e.text, c->text);
	assert_int_equal(source_datagram(&s, false, &datagram, &e), -ERR_READ);
	assert_int_equal(source_datagram(&s, true, &datagram, &e), -ERR_READ);
	assert_string_equal(e.text, c->text);
	source_fini(&s);
	if (c->path)
		close(s.fd);
}

/* Datagrams */

#define DATAGRAMS 8

struct datagram_case {
	const char *name;
	const char *texts[TEXTS];
	bool lines, crlf;
	const char *datagrams[DATAGRAMS]; /* up to the first NULL */
};

static const struct datagram_case of_texts[] = {
	{ "none", { NULL }, false, false, { NULL } },
	{ "one each", { "a", "bc\n", "" }, false, false, { "a", "bc\n", "" } },
	{ "an empty one first", { "", "a" }, false, false, { "", "a" } },
	{ "lines", { "a\nbc\n\nd", "", "e\r\n" }, true, false,
		{ "a", "bc", "", "d", "e\r" } },
	{ "lines, only LF", { "\n" }, true, false, { "" } },
	{ "lines of nothing", { "" }, true, false, { NULL } },
	{ "crlf", { "a\nb\n", "\n" }, false, true, { "a\r\nb\r\n", "\r\n" } },
	{ "crlf, each for itself", { "a\r", "\nb" }, false, true,
		{ "a\r", "\r\nb" } },
	{ "crlf, lines", { "a\nb\r\n" }, true, true, { "a", "b\r" } },
};

static void expect_datagrams(
	struct source *s, bool lines, const char *const *wanted)
{
	struct error e = { 0 };
	struct str got;

	for (size_t i = 0; i < DATAGRAMS && wanted[i]; i++) {
		assert_int_equal(source_datagram(s, lines, &got, &e), 1);
		assert_int_equal(got.n, strlen(wanted[i]));
		assert_memory_equal(got.p, wanted[i], got.n);
	}
	assert_int_equal(source_datagram(s, lines, &got, &e), 0);
	assert_int_equal(source_datagram(s, lines, &got, &e), 0);
	assert_int_equal(e.code, 0);
}

static void test_of_texts(const void *row)
{
	const struct datagram_case *c = row;
	struct str texts[TEXTS];
	size_t n = texts_of(c->texts, texts);
	struct source s = {
		.kind = SOURCE_TEXTS, .texts = texts, .n = n, .crlf = c->crlf
	};

	expect_datagrams(&s, c->lines, c->datagrams);
	source_fini(&s);
	free_texts(texts, n);
}

static const struct datagram_case of_lines[] = {
	{ "lines", { "a\nbc\n\nd" }, true, false, { "a", "bc", "", "d" } },
	{ "lines, the last ended", { "abc\nd\n" }, true, false,
		{ "abc", "d" } },
	{ "lines, CRLF", { "a\r\nb" }, true, true, { "a\r", "b" } },
	{ "lines of nothing", { "" }, true, false, { NULL } },
};

static const struct datagram_case of_reads[] = {
	{ "one read", { "a\nb" }, false, false, { "a\nb" } },
	{ "one read, crlf", { "a\nb\r\n" }, false, true, { "a\r\nb\r\n" } },
	{ "nothing", { "" }, false, false, { NULL } },
};

/* As a file and as a pipe. */
static void test_of_file(const void *row)
{
	const struct datagram_case *c = row;
	struct str bytes = str_of(c->texts[0]);

	for (int is_pipe = 0; is_pipe < 2; is_pipe++) {
		struct source s = { .kind = SOURCE_FILE,
			.fd = is_pipe ? pipe_of(bytes) : file_of(bytes),
			.crlf = c->crlf };

		expect_datagrams(&s, c->lines, c->datagrams);
		close(s.fd);
		source_fini(&s);
	}
}

/* A pipe that gets them split at each offset. */
static void test_split_lines(const void *row)
{
	const struct datagram_case *c = row;
	struct str bytes = str_of(c->texts[0]);

	for (size_t at = 0; at <= bytes.n; at++) {
		struct source s = { .kind = SOURCE_FILE, .crlf = c->crlf };
		struct error e = { 0 };
		struct str got;
		size_t i = 0;
		int ends[2];

		assert_int_equal(pipe(ends), 0);
		s.fd = ends[0];
		assert_int_equal(write(ends[1], bytes.p, at), at);
		while (source_datagram(&s, true, &got, &e) == 1) {
			assert_int_equal(got.n, strlen(c->datagrams[i]));
			assert_memory_equal(got.p, c->datagrams[i], got.n);
			i++;
		}
		assert_int_equal(
			source_datagram(&s, true, &got, &e), -ERR_AGAIN);
		assert_int_equal(write(ends[1], bytes.p + at, bytes.n - at),
			bytes.n - at);
		close(ends[1]);
		expect_datagrams(&s, true, c->datagrams + i);
		close(ends[0]);
		source_fini(&s);
	}
}

struct size_case {
	const char *name;
	bool is_file, lines, crlf;
	size_t n; /* of 'x', the last one an LF if that says so */
	bool lf;
	size_t size; /* of the datagram; 0: too large */
	const char *words;
};

static const struct size_case sizes[] = {
	{ "the largest text", false, false, false, MAX, false, MAX, NULL },
	{ "a text too large", false, false, false, MAX + 1, false, 0,
		"a datagram of 65508 bytes was to be sent, and 65507 is the "
		"maximum" },
	{ "the largest line", false, true, false, MAX + 1, true, MAX, NULL },
	{ "a line too large", false, true, false, MAX + 2, true, 0,
		"of 65508 bytes" },
	{ "a text too large by crlf", false, false, true, MAX, true, 0,
		"of 65508 bytes" },
	{ "the largest with crlf", false, false, true, MAX - 1, true, MAX,
		NULL },
	{ "the largest file", true, false, false, MAX, false, MAX, NULL },
	{ "a file too large", true, false, false, 3 * MAX, false, 0,
		"of 65508 bytes or more was to be sent, and 65507 is the "
		"maximum; --lines sends a datagram a line" },
	{ "the largest file with crlf", true, false, true, MAX - 1, true, MAX,
		NULL },
	{ "a file too large by crlf", true, false, true, MAX, true, 0,
		"of 65508 bytes" },
	{ "the largest line of a file", true, true, false, MAX + 1, true, MAX,
		NULL },
	{ "the largest last line of a file", true, true, false, MAX, false, MAX,
		NULL },
	{ "a line of a file too large", true, true, false, MAX + 2, true, 0,
		"of 65508 bytes was" },
	{ "a line of a file too large, and no end", true, true, false, 3 * MAX,
		false, 0, "bytes or more was to be sent" },
};

static void test_sizes(const void *row)
{
	const struct size_case *c = row;
	struct str text = { malloc(c->n), c->n }, got;
	struct error e = { 0 };
	struct source s = {
		.kind = SOURCE_TEXTS, .texts = &text, .n = 1, .crlf = c->crlf
	};
	int result;

	assert_non_null(text.p);
	memset((char *)text.p, 'x', c->n);
	if (c->lf)
		((char *)text.p)[c->n - 1] = '\n';
	if (c->is_file) {
		s.kind = SOURCE_FILE;
		s.fd = file_of(text);
	}
	result = source_datagram(&s, c->lines, &got, &e);
	if (c->size) {
		assert_int_equal(result, 1);
		assert_int_equal(got.n, c->size);
		assert_int_equal(source_datagram(&s, c->lines, &got, &e), 0);
	} else {
		assert_int_equal(result, -ERR_TOO_LARGE);
		assert_non_null(strstr(e.text, c->words));
	}
	if (c->is_file)
		close(s.fd);
	source_fini(&s);
	free((char *)text.p);
}

/* One that is too large is told of before the ones in front of it are sent. */
static void test_too_large_later(const void *row)
{
	char *large = calloc(1, MAX + 1);
	struct str texts[] = { STR("a"), STR("b"), { large, MAX + 1 } }, got;
	struct source s = { .kind = SOURCE_TEXTS, .texts = texts, .n = 3 };

	(void)row;
	assert_non_null(large);
	assert_int_equal(
		source_datagram(&s, false, &got, NULL), -ERR_TOO_LARGE);
	source_fini(&s);
	free(large);
}

/* Many lines of many lengths, through a small pipe. */
static void test_many_lines(const void *row)
{
	struct source s = { .kind = SOURCE_FILE };
	char *all = malloc(3000 * 1001);
	size_t n = 0;
	struct str got;

	(void)row;
	assert_non_null(all);
	for (size_t i = 0; i < 3000; i++) {
		memset(all + n, 'a' + (int)(i % 26), i % 1000);
		n += i % 1000;
		all[n++] = '\n';
	}
	s.fd = file_of((struct str){ all, n });
	for (size_t i = 0; i < 3000; i++) {
		assert_int_equal(source_datagram(&s, true, &got, NULL), 1);
		assert_int_equal(got.n, i % 1000);
		for (size_t j = 0; j < got.n; j++)
			assert_int_equal(got.p[j], 'a' + (int)(i % 26));
	}
	assert_int_equal(source_datagram(&s, true, &got, NULL), 0);
	close(s.fd);
	source_fini(&s);
	free(all);
}

int main(void)
{
	static const struct table tables[] = {
		TABLE("source_read: texts", reads, test_read_texts),
		TABLE("source_read: a file", reads, test_read_file),
		SINGLE("source_read: nothing at all", test_read_none),
		SINGLE("source_read: nothing now", test_read_again),
		SINGLE("source_read: a terminal", test_read_terminal),
		TABLE("source_read: failing", failing, test_read_failing),
		TABLE("source_datagram: texts", of_texts, test_of_texts),
		TABLE("source_datagram: a file", of_reads, test_of_file),
		TABLE("source_datagram: a file", of_lines, test_of_file),
		TABLE("source_datagram: split", of_lines, test_split_lines),
		TABLE("source_datagram: size", sizes, test_sizes),
		SINGLE("source_datagram: too large, later",
			test_too_large_later),
		SINGLE("source_datagram: many lines", test_many_lines),
	};

	return table_run("source", tables, sizeof(tables) / sizeof(tables[0]));
}
