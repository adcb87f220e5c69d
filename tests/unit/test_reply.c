/* Replies: texts with places to fill in, and files. */
#include "talk/reply.h"

#include <fcntl.h>
#include <pthread.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "support/scratch.h"
#include "support/table.h"
#include "support/talking.h"

/* --- texts */

struct fill_row {
	const char *name, *text, *data, *expected;
	bool wants_data;
};

static const struct fill_row fill_rows[] = {
	{ "nothing", "", "x", "", false },
	{ "no place", "Hello, world\n", "x", "Hello, world\n", false },
	{ "the data", "Recu: %{data}", "Bonjour", "Recu: Bonjour", true },
	{ "the data alone", "%{data}", "a", "a", true },
	{ "no data", "<%{data}>", "", "<>", true },
	{ "the data twice", "%{data}%{data}.", "ab", "abab.", true },
	{ "the peer", "you are %{peer}", "x", "you are 127.0.0.1:9", false },
	{ "both", "%{peer}: %{data}", "x", "127.0.0.1:9: x", true },
	{ "places in the data", "%{data}", "%{peer}%{data}", "%{peer}%{data}",
		true },
	{ "another place", "%{date}", "x", "%{date}", false },
	{ "capitals", "%{DATA}", "x", "%{DATA}", false },
	{ "no end", "%{data", "x", "%{data", false },
	{ "percent signs", "100%%{data}%", "x", "100%x%", true },
	{ "an end", "}%{", "x", "}%{", false },
};

static void test_fill(const void *row)
{
	const struct fill_row *r = row;
	struct str text = str_of(r->text), data = str_of(r->data);
	struct error e = { 0 };
	struct reply reply;
	struct buf out;

	text.p = exact_copy(text.p, text.n);
	data.p = exact_copy(data.p, data.n);
	buf_init(&out, 1000);
	reply_text(&reply, text);
	assert_int_equal(reply.kind, REPLY_TEXT);
	assert_int_equal(reply.wants_data, r->wants_data);
	assert_int_equal(reply_fill(&reply, data, "127.0.0.1:9", &out, &e), 0);
	assert_int_equal(out.n, strlen(r->expected));
	assert_memory_equal(buf_text(&out), r->expected, out.n);
	reply_fini(&reply);
	buf_fini(&out);
	free((char *)text.p);
	free((char *)data.p);
}

static void test_fill_nul(const void *row)
{
	struct str data = { "a\0b", 3 };
	struct error e = { 0 };
	struct reply reply;
	struct answer a;

	(void)row;
	reply_text(&reply, STR("<%{data}>"));
	assert_int_equal(answer_init(&a, &reply, data, "p", &e), 0);
	assert_int_equal(a.length, 5);
	assert_memory_equal(a.bytes.p, "<a\0b>", 5);
	answer_fini(&a);
	reply_fini(&reply);
}

/* Each is held in memory as a whole. */
static void test_fill_limit(const void *row)
{
	struct str data = { calloc(1, LIMIT_HEARD), LIMIT_HEARD };
	struct error e = { 0 };
	struct reply reply;
	struct answer a;

	(void)row;
	assert_non_null(data.p);
	reply_text(&reply, STR("%{data}%{data}%{data}%{data}%{data}"));
	assert_int_equal(
		answer_init(&a, &reply, data, "p", &e), -ERR_TOO_LARGE);
	assert_int_equal(e.code, ERR_TOO_LARGE);
	answer_fini(&a);
	reply_fini(&reply);
	free((char *)data.p);
}

/* --- files */

static int make_file(struct reply *r, const char *name, struct error *e)
{
	return reply_file(r, scratch_path(name), deadline_in(2000), e);
}

struct refused_row {
	const char *name, *file;
	int code;
	const char *says;
};

static const struct refused_row refused_rows[] = {
	{ "no such file", "missing", -ERR_READ, "missing: No such file" },
	{ "a directory", ".", -ERR_READ, "Is a directory" },
	{ "an unreadable file", "secret", -ERR_READ, "Permission denied" },
	{ "a pipe that nobody writes into", "pipe", -ERR_TIMEOUT,
		"had not ended in time" },
};

static void test_file_refused(const void *row)
{
	const struct refused_row *r = row;
	struct error e = { 0 };
	struct reply reply;

	scratch_write("secret", "x", 0);
	mkfifo(scratch_path("pipe"), 0600);
	assert_int_equal(
		reply_file(&reply, scratch_path(r->file), deadline_in(50), &e),
		r->code);
	assert_int_equal(e.code, -r->code);
	assert_non_null(strstr(e.text, r->says));
	reply_fini(&reply);
	unlink(scratch_path("secret"));
	unlink(scratch_path("pipe"));
}

/* What answer_gather finds, as a heap string. */
static char *gather(const struct reply *reply, size_t max, int expected)
{
	struct error e = { 0 };
	struct answer a;
	char *text = NULL;

	assert_int_equal(answer_init(&a, reply, STR("data"), "peer", &e), 0);
	assert_int_equal(answer_gather(&a, max, &e), expected);
	assert_int_equal(e.code, -expected);
	if (expected == 0)
		text = str_dup(a.bytes);
	answer_fini(&a);
	return text;
}

static void assert_gathered(const struct reply *reply, const char *expected)
{
	char *text = gather(reply, 100, 0);

	assert_string_equal(text, expected);
	free(text);
}

/* A changed file is sent as it is by then, and its places are not filled. */
static void test_file_regular(const void *row)
{
	struct error e = { 0 };
	struct reply reply;
	struct answer a;

	(void)row;
	scratch_write("reply", "one %{data}", 0600);
	assert_int_equal(make_file(&reply, "reply", &e), 0);
	assert_int_equal(reply.kind, REPLY_FILE);
	assert_false(reply.wants_data);
	assert_gathered(&reply, "one %{data}");
	assert_gathered(&reply, "one %{data}");
	scratch_write("reply", "", 0600);
	assert_gathered(&reply, "");
	scratch_write("reply", "12345", 0600);
	free(gather(&reply, 5, 0));
	assert_null(gather(&reply, 4, -ERR_TOO_LARGE));
	unlink(scratch_path("reply"));
	assert_int_equal(
		answer_init(&a, &reply, STR(""), "peer", &e), -ERR_READ);
	answer_fini(&a);
	mkfifo(scratch_path("reply"), 0600);
	assert_int_equal(
		answer_init(&a, &reply, STR(""), "peer", &e), -ERR_READ);
	assert_non_null(strstr(e.text, "no regular file"));
	answer_fini(&a);
	unlink(scratch_path("reply"));
	reply_fini(&reply);
}

static void *write_slowly(void *path)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	for (int i = 0; fd >= 0 && i < 3; i++) {
		if (write(fd, "abc", 3) != 3)
			break;
		usleep(5000);
	}
	if (fd >= 0)
		close(fd);
	return NULL;
}

/* What can be read once only is the same for every client. */
static void test_file_pipe(const void *row)
{
	struct error e = { 0 };
	pthread_t writer;
	struct reply reply;

	(void)row;
	mkfifo(scratch_path("pipe"), 0600);
	pthread_create(
		&writer, NULL, write_slowly, (void *)scratch_path("pipe"));
	assert_int_equal(make_file(&reply, "pipe", &e), 0);
	pthread_join(writer, NULL);
	assert_gathered(&reply, "abcabcabc");
	assert_gathered(&reply, "abcabcabc");
	assert_null(gather(&reply, 8, -ERR_TOO_LARGE));
	reply_fini(&reply);
	unlink(scratch_path("pipe"));
}

/* --- sending */

struct send_row {
	const char *name;
	bool from_file;
	size_t length;
	size_t cut; /* bytes that the file loses meanwhile */
	bool deaf; /* the client reads nothing */
	int code;
};

static const struct send_row send_rows[] = {
	{ "nothing", .length = 0 },
	{ "a text", .length = 100 },
	{ "a large text", .length = 3000000 },
	{ "a text that is not taken", .length = 3000000, .deaf = true,
		.code = -ERR_TIMEOUT },
	{ "an empty file", .from_file = true, .length = 0 },
	{ "a file", .from_file = true, .length = 100 },
	{ "a large file", .from_file = true, .length = 3000001 },
	{ "a file that is not taken", .from_file = true, .length = 3000000,
		.deaf = true, .code = -ERR_TIMEOUT },
	{ "a file that becomes shorter", .from_file = true, .length = 1000,
		.cut = 1, .code = -ERR_READ },
};

static void fill_pattern(char *to, size_t n)
{
	for (size_t i = 0; i < n; i++)
		to[i] = (char)(i * 2654435761u >> 13);
}

struct sink {
	int fd;
	char *got;
	size_t n;
};

static void *drain(void *context)
{
	struct sink *s = context;

	s->got = talking_receive(s->fd, &s->n);
	return NULL;
}

static void write_file(const char *name, const char *bytes, size_t n)
{
	int fd = open(scratch_path(name), O_WRONLY | O_CREAT | O_TRUNC, 0600);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, bytes, n), n);
	close(fd);
}

static void test_send(const void *row)
{
	const struct send_row *r = row;
	char *pattern = malloc(r->length + 1);
	int ends[2];
	struct error e = { 0 };
	struct visit v = { .peer = "peer",
		.idle_ms = r->deaf ? 100 : 10000,
		.deadline = DEADLINE_NONE };
	struct sink sink;
	struct reply reply;
	struct answer a;
	pthread_t reader;

	assert_non_null(pattern);
	fill_pattern(pattern, r->length);
	write_file("reply", pattern, r->length);
	assert_int_equal(
		socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
	fcntl(ends[0], F_SETFL, O_NONBLOCK);
	v.stream = stream_socket(ends[0], "unix", &e);
	sink = (struct sink){ .fd = ends[1] };
	reply_text(&reply, (struct str){ pattern, r->length });
	if (r->from_file)
		assert_int_equal(make_file(&reply, "reply", &e), 0);
	assert_int_equal(answer_init(&a, &reply, STR(""), "peer", &e), 0);
	assert_int_equal(a.length, r->length);
	if (r->cut)
		assert_int_equal(truncate(scratch_path("reply"),
					 (off_t)(r->length - r->cut)),
			0);
	if (!r->deaf)
		pthread_create(&reader, NULL, drain, &sink);
	assert_int_equal(answer_send(&a, &v, &e), r->code);
	assert_int_equal(e.code, -r->code);
	answer_fini(&a);
	reply_fini(&reply);
	stream_close(v.stream);
	if (!r->deaf) {
		pthread_join(reader, NULL);
		assert_int_equal(sink.n, r->length - r->cut);
		assert_memory_equal(sink.got, pattern, sink.n);
		assert_int_equal(v.place.sent, r->length - r->cut);
	}
	free(sink.got);
	close(ends[1]);
	free(pattern);
	unlink(scratch_path("reply"));
}

int main(void)
{
	const struct table tables[] = {
		TABLE("reply_fill", fill_rows, test_fill),
		SINGLE("reply_fill, NUL", test_fill_nul),
		SINGLE("reply_fill, too large", test_fill_limit),
		TABLE("reply_file, refused", refused_rows, test_file_refused),
		SINGLE("reply_file, regular", test_file_regular),
		SINGLE("reply_file, a pipe", test_file_pipe),
		TABLE("answer_send", send_rows, test_send),
	};
	int failed;

	scratch_begin(NULL);
	failed = table_run("reply", tables, sizeof(tables) / sizeof(tables[0]));
	scratch_end();
	return failed;
}
