/* Forms that are built by hand, as uploads: files, pipes, sizes, rewinding. */
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "support/form.h"
#include "support/scratch.h"
#include "support/table.h"

#define LARGE 300000
#define FIRST "--<1>\r\nContent-Disposition: form-data"
#define LAST "\r\n--<1>--\r\n"

static struct form_part *add_part(struct form *form, const char *name)
{
	struct form_part *part = form_part_new();

	assert_non_null(part);
	part->name = str_dup(str_of(name));
	form_part_add(form->open, part);
	return part;
}

static struct form_part *add_file(struct form *form, const char *file)
{
	struct form_part *part = add_part(form, "f");

	part->content = FORM_FILE;
	part->path = str_dup(str_of(file));
	part->file_name = str_dup(str_of(file));
	return part;
}

static struct form_body *new_body(const struct form *form)
{
	struct error e = { 0 };
	struct form_body *body = form_body_new(form, NULL, false, &e);

	if (!body)
		fail_msg("%s", e.text);
	return body;
}

/* --- contents of any size */

struct size_row {
	const char *name;
	enum form_content content;
	size_t size;
	enum form_encoding encoding;
};

#define SIZES(label, content, encoding)                                 \
	{ label ", no bytes", content, 0, encoding },                   \
		{ label ", one byte", content, 1, encoding },           \
		{ label ", 16 KiB", content, 16384, encoding },         \
		{ label ", 16 KiB and one", content, 16385, encoding }, \
		{ label ", 64 KiB", content, 65536, encoding },         \
	{                                                               \
		label ", large", content, LARGE, encoding               \
	}

static const struct size_row size_rows[] = {
	SIZES("memory", FORM_BYTES, FORM_AS_IS),
	SIZES("memory in base64", FORM_BYTES, FORM_BASE64),
	SIZES("memory in 7bit", FORM_BYTES, FORM_7BIT),
	SIZES("memory in quoted-printable", FORM_BYTES, FORM_QUOTED_PRINTABLE),
	SIZES("file", FORM_FILE, FORM_AS_IS),
	SIZES("file in 8bit", FORM_FILE, FORM_8BIT),
	SIZES("file in 7bit", FORM_FILE, FORM_7BIT),
	SIZES("file in base64", FORM_FILE, FORM_BASE64),
	SIZES("file in quoted-printable", FORM_FILE, FORM_QUOTED_PRINTABLE),
};

/* Text in which line ends, spaces before them and '=' come at all offsets. */
static char *make_text(size_t n)
{
	static const char sample[] = "ab = c \r\nd\t=\r\n";
	char *text = malloc(n + 1);

	assert_non_null(text);
	for (size_t i = 0; i < n; i++)
		text[i] = sample[(i + i / 1000) % (sizeof(sample) - 1)];
	text[n] = '\0';
	return text;
}

static void append_encoded(
	struct buf *out, enum form_encoding encoding, const char *text)
{
	struct form_encoder encoder = { .encoding = encoding };
	struct error e = { 0 };

	assert_int_equal(form_encode(&encoder, str_of(text), true, out, &e), 0);
}

static void test_size(const void *data)
{
	const struct size_row *row = data;
	char *text = make_text(row->size);
	struct buf wanted, got;
	struct form_part *part;
	struct form_body *body;
	struct form form;

	form_init(&form);
	if (row->content == FORM_FILE) {
		scratch_write("size", text, 0600);
		part = add_file(&form, "size");
	} else {
		part = add_part(&form, "f");
		buf_add_text(&part->bytes, text);
	}
	part->encoding = row->encoding;
	part->type = str_dup(STR("a/b"));

	buf_init(&wanted, 10 * LARGE);
	buf_init(&got, 10 * LARGE);
	buf_printf(&wanted, FIRST "; name=\"f\"%s\r\nContent-Type: a/b\r\n",
		part->path ? "; filename=\"size\"" : "");
	if (row->encoding != FORM_AS_IS)
		buf_printf(&wanted, "Content-Transfer-Encoding: %s\r\n",
			form_encoding_name(row->encoding));
	buf_add_text(&wanted, "\r\n");
	append_encoded(&wanted, row->encoding, text);
	buf_add_text(&wanted, LAST);

	body = new_body(&form);
	assert_true(body->upload.length != UPLOAD_UNKNOWN);
	assert_int_equal(body->upload.fd, -1);
	form_append_shown(&got, body);
	assert_true(str_eq(buf_str(&got), buf_str(&wanted)));
	form_body_free(body);
	buf_fini(&wanted);
	buf_fini(&got);
	form_fini(&form);
	free(text);
}

/* --- rewinding and sharing */

static void test_rewind_midway(const void *row)
{
	char *text = make_text(LARGE);
	struct buf half, whole;
	struct error e = { 0 };
	struct form_body *body, *other;
	struct str bytes;
	struct form form;

	(void)row;
	scratch_write("midway", text, 0600);
	form_init(&form);
	add_file(&form, "midway");
	add_file(&form, "midway")->encoding = FORM_BASE64;
	body = new_body(&form);
	other = new_body(&form);
	assert_string_not_equal(body->content_type, other->content_type);
	buf_init(&half, 5 * LARGE);
	buf_init(&whole, 5 * LARGE);
	/* Each time some more of it, and `other` untouched by that. */
	for (int n = 1; n < 10; n++) {
		for (int i = 0; i < n; i++)
			assert_int_equal(
				body->upload.ops->next(
					body->upload.source, &bytes, &e),
				1);
		assert_int_equal(
			body->upload.ops->rewind(body->upload.source, &e), 0);
		assert_int_equal(other->upload.ops->next(
					 other->upload.source, &bytes, &e),
			1);
		buf_add_str(&half, bytes);
	}
	form_append_rest(&half, other, &e);
	assert_int_equal(half.n, other->upload.length);
	assert_int_equal(form_append_rest(&whole, body, &e), 0);
	assert_int_equal(whole.n, body->upload.length);
	form_body_free(body);
	form_body_free(other);
	buf_fini(&half);
	buf_fini(&whole);
	form_fini(&form);
	free(text);
}

/* --- files that change between the length and the reading */

struct change_row {
	const char *name;
	enum form_encoding encoding;
	const char *before, *after; /* NULL: removed */
	const char *text; /* of the error; NULL: none */
};

static const struct change_row change_rows[] = {
	{ "longer", FORM_AS_IS, "hello", "hello world", NULL },
	{ "longer, in base64", FORM_BASE64, "hello", "hello world", NULL },
	{ "other bytes", FORM_AS_IS, "hello", "HELLO", NULL },
	{ "shorter", FORM_AS_IS, "hello", "hell",
		"'change' has changed since the request began" },
	{ "shorter, in base64", FORM_BASE64, "hello", "hell",
		"'change' has changed since the request began" },
	{ "empty", FORM_AS_IS, "hello", "",
		"'change' has changed since the request began" },
	{ "takes more when encoded", FORM_QUOTED_PRINTABLE, "hello", "h===o",
		"'change' has changed since the request began" },
	{ "takes less when encoded", FORM_QUOTED_PRINTABLE, "h===o", "hello",
		"'change' has changed since the request began" },
	{ "not 7bit any more", FORM_7BIT, "hello", "hell\xc3",
		"change: byte 5 is 0xC3, and its encoder is 7bit" },
	{ "removed", FORM_AS_IS, "hello", NULL,
		"cannot read 'change': No such file or directory" },
};

static void test_change(const void *data)
{
	const struct change_row *row = data;
	struct error e = { 0 };
	struct form_body *body;
	struct form form;
	struct buf got;
	int result;

	scratch_write("change", row->before, 0600);
	form_init(&form);
	add_file(&form, "change")->encoding = row->encoding;
	body = new_body(&form);
	if (row->after)
		scratch_write("change", row->after, 0600);
	else
		unlink(scratch_path("change"));
	buf_init(&got, 10000);
	result = form_append_rest(&got, body, &e);
	assert_true(got.n <= body->upload.length);
	if (!row->text) {
		assert_int_equal(result, 0);
		assert_int_equal(got.n, body->upload.length);
		assert_null(strstr(buf_text(&got), "world"));
	} else {
		assert_int_equal(result, -ERR_READ);
		assert_string_equal(e.text, row->text);
	}
	buf_fini(&got);
	form_body_free(body);
	form_fini(&form);
}

/* --- pipes */

static void test_pipe(const void *row)
{
	struct error e = { 0 };
	struct form_body *body;
	struct str bytes;
	struct form form;
	struct buf got;
	int fd;

	(void)row;
	assert_int_equal(mkfifo(scratch_path("fifo"), 0600), 0);
	form_init(&form);
	add_file(&form, "fifo")->encoding = FORM_BASE64;
	body = new_body(&form);
	assert_true(body->upload.length == UPLOAD_UNKNOWN);
	buf_init(&got, 10000);

	/* Nobody writes yet, then somebody who has nothing to say. */
	assert_int_equal(form_append_rest(&got, body, &e), -ERR_AGAIN);
	assert_true(body->upload.fd >= 0);
	fd = open(scratch_path("fifo"), O_WRONLY | O_CLOEXEC);
	assert_true(fd >= 0);
	assert_int_equal(form_append_rest(&got, body, &e), -ERR_AGAIN);
	assert_int_equal(write(fd, "fi", 2), 2);
	assert_int_equal(form_append_rest(&got, body, &e), -ERR_AGAIN);
	assert_int_equal(write(fd, "fo", 2), 2);
	close(fd);
	assert_int_equal(form_append_rest(&got, body, &e), 0);
	assert_non_null(strstr(buf_text(&got), "\r\n\r\nZmlmbw==\r\n--"));
	assert_int_equal(body->upload.fd, -1);
	assert_int_equal(
		body->upload.ops->next(body->upload.source, &bytes, &e), 0);
	assert_int_equal(body->upload.ops->rewind(body->upload.source, &e),
		-ERR_SEND_REWIND);
	assert_non_null(strstr(e.text, "cannot be read a second time"));
	buf_fini(&got);
	form_body_free(body);
	form_fini(&form);
}

/* Before its turn has come, a pipe hinders nothing. */
static void test_pipe_untouched(const void *row)
{
	struct error e = { 0 };
	struct form_body *body;
	struct str bytes;
	struct form form;

	(void)row;
	mkfifo(scratch_path("fifo2"), 0600);
	form_init(&form);
	add_file(&form, "fifo2");
	body = new_body(&form);
	for (int i = 0; i < 3; i++) {
		assert_int_equal(
			body->upload.ops->next(body->upload.source, &bytes, &e),
			1);
		assert_int_equal(
			body->upload.ops->rewind(body->upload.source, &e), 0);
	}
	/* No reader is there that a writer could take for its own. */
	assert_int_equal(
		open(scratch_path("fifo2"), O_WRONLY | O_NONBLOCK), -1);
	form_body_free(body);
	form_fini(&form);
}

/* --- refused before anything is sent */

struct refuse_row {
	const char *name, *file;
	enum form_encoding encoding;
	const char *text;
};

static const struct refuse_row refuse_rows[] = {
	{ "missing", "missing", FORM_AS_IS,
		"cannot read 'missing': No such file or directory" },
	{ "directory", ".", FORM_AS_IS, "cannot read '.': Is a directory" },
	{ "secret", "secret", FORM_AS_IS,
		"cannot read 'secret': Permission denied" },
	{ "8 bits in 7", "latin", FORM_7BIT,
		"latin: byte 70001 is 0xE4, and its encoder is 7bit" },
};

static void test_refuse(const void *data)
{
	const struct refuse_row *row = data;
	struct error e = { 0 };
	struct form form;

	form_init(&form);
	add_file(&form, row->file)->encoding = row->encoding;
	assert_null(form_body_new(&form, NULL, false, &e));
	assert_int_equal(e.code, ERR_READ);
	assert_string_equal(e.text, row->text);
	form_fini(&form);
}

static void test_refuse_memory(const void *row)
{
	struct error e = { 0 };
	struct form form;

	(void)row;
	form_init(&form);
	buf_add_text(&add_part(&form, "n")->bytes, "a\xc3\xa4");
	form.root.last->encoding = FORM_7BIT;
	assert_null(form_body_new(&form, NULL, false, &e));
	assert_int_equal(e.code, ERR_READ);
	assert_string_equal(e.text,
		"the content of a part: byte 2 is 0xC3, and its encoder is "
		"7bit");
	form_fini(&form);
}

/* --- another type, and field lines */

static void test_type(const void *row)
{
	struct error e = { 0 };
	struct form_body *body;
	struct form form;
	struct buf got;

	(void)row;
	form_init(&form);
	buf_add_text(&add_part(&form, "n")->bytes, "v");
	body = form_body_new(&form, "multipart/related; a=b", false, &e);
	assert_non_null(body);
	assert_true(str_starts(str_of(body->content_type),
		STR("multipart/related; a=b; boundary=--------")));
	buf_init(&got, 1000);
	form_append_shown(&got, body);
	assert_string_equal(buf_text(&got),
		"--<1>\r\nContent-Disposition: attachment; name=\"n\"\r\n\r\nv"
		"\r\n--<1>--\r\n");
	buf_fini(&got);
	form_body_free(body);
	form_fini(&form);
	form_body_free(NULL);
	form_part_free(NULL);
}

struct field_row {
	const char *name, *fields, *field, *value; /* NULL: not found */
};

static const struct field_row field_rows[] = {
	{ "none at all", "", "X", NULL },
	{ "another", "XY: 1\r\n", "X", NULL },
	{ "the only one", "X: 1\r\n", "X", "1" },
	{ "in the other case", "Content-TYPE:a/b \r\n", "content-type", "a/b" },
	{ "the last", "X: 1\r\nY: 2\r\nX: 3\r\n", "X", "3" },
	{ "empty", "X:\r\n", "X", "" },
};

static void test_field(const void *data)
{
	const struct field_row *row = data;
	struct form_part *part = form_part_new();
	struct str value;

	assert_non_null(part);
	buf_add_text(&part->fields, row->fields);
	assert_int_equal(form_part_field(part, str_of(row->field), &value),
		row->value != NULL);
	if (row->value)
		assert_true(str_eq(value, str_of(row->value)));
	form_part_free(part);
}

static void make_files(void)
{
	char latin[70002];

	memset(latin, 'a', sizeof(latin));
	latin[70000] = '\xe4';
	latin[70001] = '\0';
	scratch_write("latin", latin, 0600);
	scratch_write("secret", "s", 0);
	assert_int_equal(chdir(scratch_path(".")), 0);
}

int main(void)
{
	static const struct table tables[] = {
		TABLE("form_body_new", size_rows, test_size),
		SINGLE("rewound midway, twice at a time", test_rewind_midway),
		TABLE("files that change", change_rows, test_change),
		SINGLE("a pipe", test_pipe),
		SINGLE("a pipe that is not read", test_pipe_untouched),
		TABLE("form_body_new fails", refuse_rows, test_refuse),
		SINGLE("8 bits in 7, in memory", test_refuse_memory),
		SINGLE("another type", test_type),
		TABLE("form_part_field", field_rows, test_field),
	};
	int failed;

	scratch_begin(NULL);
	make_files();
	failed = table_run("form", tables, sizeof(tables) / sizeof(tables[0]));
	scratch_end();
	return failed;
}
