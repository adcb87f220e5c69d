/* What is made of text while memory runs out: all of it, or it is known that it
 * is not. Each allocation fails in turn. */
#include <stdio.h>

#include "cli/form.h"
#include "http/file_name.h"
#include "support/form.h"
#include "support/memory.h"
#include "support/sinking.h"

/* --- file names */

static const struct name_row {
	const char *name, *value, *wanted;
} name_rows[] = {
	{ "plain", "attachment; filename=\"a \\\"b\\\".txt\"", "a \"b\".txt" },
	{ "extended", "attachment; filename=x; filename*=UTF-8''%61b%20c",
		"ab c" },
	{ "Latin-1", "filename*=ISO-8859-1''%e4", "\xc3\xa4" },
	{ "folded", "attachment;\r\n filename=abc", "abc" },
};

static void test_name(const void *data)
{
	const struct name_row *row = data;
	bool ran_out = true;
	char text[200];

	snprintf(text, sizeof(text),
		"HTTP/1.1 200 OK\r\nContent-Disposition: %s\r\n\r\n",
		row->value);
	for (long n = 1; ran_out; n++) {
		struct head head;
		struct buf out;
		bool found;

		buf_init(&out, 1000);
		sink_parse(&head, text);
		memory_fail(n);
		found = file_name_from_head(&out, &head);
		ran_out = memory_failed();
		assert_true(found || out.failed == ERR_OUT_OF_MEMORY);
		assert_int_equal(out.failed != 0, ran_out);
		if (!ran_out)
			assert_string_equal(buf_text(&out), row->wanted);
		buf_fini(&out);
		head_fini(&head);
	}
}

/* --- forms */

static const struct form_row {
	const char *name, *argument;
	bool string;
} form_rows[] = {
	{ "text", "a=text;type=x/y;headers=A: b", false },
	{ "string", "a=text;type", true },
	{ "quoted", "a=\"te;xt\";encoder=base64", false },
	{ "file", "f=@/dev/null;filename=\"x\";headers=\"A: b\"", false },
	{ "files", "f=@/dev/null,/dev/null", false },
};

static int add(struct form *form, const struct form_row *row,
	struct command *command, struct error *e)
{
	struct option_use use = { .shown = "-F", .argument = row->argument };

	form_init(form);
	return form_add(form, row->string, &use, command, e);
}

static void append(struct buf *out, const struct form *form)
{
	struct error e = { 0 };
	struct form_body *body = form_body_new(form, NULL, false, &e);

	assert_non_null(body);
	form_append_shown(out, body);
	form_body_free(body);
}

static void test_form(const void *data)
{
	const struct form_row *row = data;
	struct command command = { 0 };
	struct error e = { 0 };
	struct buf wanted, got;
	struct form form;
	bool ran_out = true;

	buf_init(&wanted, 10000);
	buf_init(&got, 10000);
	assert_int_equal(add(&form, row, &command, &e), 0);
	append(&wanted, &form);
	form_fini(&form);
	for (long n = 1; ran_out; n++) {
		int result;

		memory_fail(n);
		result = add(&form, row, &command, &e);
		ran_out = memory_failed();
		if (result < 0)
			assert_true(ran_out && result == -ERR_OUT_OF_MEMORY);
		else {
			buf_clear(&got);
			append(&got, &form);
			assert_string_equal(buf_text(&got), buf_text(&wanted));
		}
		form_fini(&form);
	}
	buf_fini(&wanted);
	buf_fini(&got);
}

int main(void)
{
	static const struct table tables[] = {
		TABLE("file_name_from_head", name_rows, test_name),
		TABLE("form_add", form_rows, test_form),
	};

	return table_run("memory", tables, sizeof(tables) / sizeof(tables[0]));
}
