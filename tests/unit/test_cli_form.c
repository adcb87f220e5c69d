/* Arguments of -F and --form-string, and the bytes that are sent for them. */
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/form.h"
#include "support/form.h"
#include "support/scratch.h"
#include "support/table.h"

#define WORDS_MAX 8

#define FIRST "--<1>\r\nContent-Disposition: form-data"
#define NEXT "\r\n" FIRST
#define LAST "\r\n--<1>--\r\n"
#define N "; name=\"n\""
#define A_TXT "; filename=\"a.txt\"\r\nContent-Type: text/plain"

/* A form with what its arguments bring about. */
struct filled {
	struct form form;
	struct command command;
	struct error error;
};

/* Returns what the last form_add did. */
static int fill(struct filled *f, bool string, const char *const *words)
{
	int result = 0;

	*f = (struct filled){ 0 };
	form_init(&f->form);
	for (; *words && result == 0; words++) {
		char *copy = exact_copy(*words, strlen(*words) + 1);
		struct option_use use = { .shown = string ? "--form-string"
							  : "-F",
			.argument = copy };

		result = form_add(
			&f->form, string, &use, &f->command, &f->error);
		free(copy);
	}
	return result;
}

static void fill_fini(struct filled *f)
{
	for (size_t i = 0; i < f->command.n_messages; i++)
		free(f->command.messages[i].text);
	free(f->command.messages);
	form_fini(&f->form);
}

static void assert_body(
	const struct filled *f, const char *type, bool escape, const char *sent)
{
	struct error e = { 0 };
	struct form_body *body = form_body_new(&f->form, type, escape, &e);
	struct buf out;

	assert_non_null(body);
	buf_init(&out, 1u << 20);
	form_append_shown(&out, body);
	assert_string_equal(buf_text(&out), sent);
	buf_fini(&out);
	form_body_free(body);
}

struct sent_row {
	const char *name;
	const char *words[WORDS_MAX + 1];
	const char *sent;
};

static const struct sent_row sent_rows[] = {
	{ "nothing", { NULL }, "--<1>--\r\n" },
	{ "name and content", { "n=v" }, FIRST N "\r\n\r\nv" LAST },
	{ "no content", { "n=" }, FIRST N "\r\n\r\n" LAST },
	{ "neither", { "=" }, FIRST "\r\n\r\n" LAST },
	{ "no name", { "=v" }, FIRST "\r\n\r\nv" LAST },
	{ "two", { "n=v", "m=w" },
		FIRST N "\r\n\r\nv" NEXT "; name=\"m\"\r\n\r\nw" LAST },
	{ "spaces around content", { "n= \t\vv\r\n " },
		FIRST N "\r\n\r\nv" LAST },
	{ "spaces around a name", { " n =v" },
		FIRST "; name=\" n \"\r\n\r\nv" LAST },
	{ "equals signs", { "n==a=b" }, FIRST N "\r\n\r\n=a=b" LAST },
	{ "quotes", { "n=\" v;w \"" }, FIRST N "\r\n\r\n v;w " LAST },
	{ "escapes in quotes", { "n=\"a\\\"b\\\\c\\d\"" },
		FIRST N "\r\n\r\na\"b\\c\\d" LAST },
	{ "nothing in quotes", { "n=\"\" " }, FIRST N "\r\n\r\n" LAST },
	{ "quotes inside", { "n=a\"b\"" }, FIRST N "\r\n\r\na\"b\"" LAST },
	{ "backslash without quotes", { "n=a\\" }, FIRST N "\r\n\r\na\\" LAST },
	{ "lines", { "n=a\r\nb" }, FIRST N "\r\n\r\na\r\nb" LAST },
	{ "at sign behind a space", { "n= @a.txt" },
		FIRST N "\r\n\r\n@a.txt" LAST },
	{ "commas", { "n=a,b" }, FIRST N "\r\n\r\na,b" LAST },

	{ "quotes in a name", { "a\"b\\c%d=v" },
		FIRST "; name=\"a%22b\\c%d\"\r\n\r\nv" LAST },
	{ "line end in a name", { "a\"\r\nX: y=v" },
		FIRST "; name=\"a%22%0D%0AX: y\"\r\n\r\nv" LAST },
	{ "line end in a file name", { "n=v;filename=\"a\r\n\r\nb\"" },
		FIRST N "; filename=\"a%0D%0A%0D%0Ab\"\r\n\r\nv" LAST },

	{ "type", { "n=v;type=moo/foo-.4" },
		FIRST N "\r\nContent-Type: moo/foo-.4\r\n\r\nv" LAST },
	{ "type of text", { "n=v;type=text/plain" },
		FIRST N "\r\nContent-Type: text/plain\r\n\r\nv" LAST },
	{ "parameters",
		{ "n= <b>;type=text/html;charset=verymoo; format = q;type=x" },
		FIRST N "\r\nContent-Type: text/html;charset=verymoo; "
			"format = q;type=x\r\n\r\n<b>" LAST },
	{ "quoted parameter", { "n=v;type=x/y;a=\"b;encoder=c\";filename=f" },
		FIRST N "; filename=\"f\"\r\nContent-Type: x/y;"
			"a=\"b;encoder=c\"\r\n\r\nv" LAST },
	{ "lone quote in a parameter", { "n=v;type=x/y;a=\"b;filename=f" },
		FIRST N
		"; filename=\"f\"\r\nContent-Type: x/y;a=\"b\r\n\r\nv" LAST },
	{ "spaces around a type", { "n=v ; TYPE= x/y z ; FileName=f" },
		FIRST N
		"; filename=\"f\"\r\nContent-Type: x/y z\r\n\r\nv" LAST },
	{ "comma in a type", { "n=v;type=a/b,c" },
		FIRST N "\r\nContent-Type: a/b,c\r\n\r\nv" LAST },
	{ "type with a semicolon", { "n=v;type=a/b;" },
		FIRST N "\r\nContent-Type: a/b;\r\n\r\nv" LAST },
	{ "no content but a type", { "n=;type=a/b" },
		FIRST N "\r\nContent-Type: a/b\r\n\r\n" LAST },
	{ "nothing between semicolons", { "n=v;;type=a/b" },
		FIRST N "\r\nContent-Type: a/b\r\n\r\nv" LAST },

	{ "file name", { "n=v;filename=f" },
		FIRST N "; filename=\"f\"\r\n\r\nv" LAST },
	{ "file name with a type", { "n=a;filename=a.PDF" },
		FIRST N "; filename=\"a.PDF\"\r\n"
			"Content-Type: application/pdf\r\n\r\na" LAST },
	{ "empty file name", { "n=v;filename=" },
		FIRST N "; filename=\"\"\r\n\r\nv" LAST },
	{ "the last file name", { "n=v;filename=x.png;filename= y  z " },
		FIRST N "; filename=\"y  z\"\r\n\r\nv" LAST },

	{ "header", { "n=v;headers=X-a: b" },
		FIRST N "\r\nX-a: b\r\n\r\nv" LAST },
	{ "headers", { "n=v;headers=\"X-a: b;c\";headers=Y:;type=a/b" },
		FIRST N
		"\r\nContent-Type: a/b\r\nX-a: b;c\r\nY:\r\n\r\nv" LAST },
	{ "file of headers", { "n=v;headers=@fields" },
		FIRST N "\r\nX-1: one\r\nX-2: two folded\ttab\r\nX-3:three\r\n"
			"\r\nv" LAST },
	{ "quoted file of headers", { "n=v;headers=<\"fields\";type=a/b" },
		FIRST N "\r\nContent-Type: a/b\r\nX-1: one\r\n"
			"X-2: two folded\ttab\r\nX-3:three\r\n\r\nv" LAST },
	{ "header in place of a type",
		{ "n=@a.txt;headers=\"content-type: a/b\"" },
		FIRST N
		"; filename=\"a.txt\"\r\nContent-Type: a/b\r\n\r\nhello" LAST },
	{ "type in place of a header",
		{ "n=v;headers=\"Content-Type: a/b\";type=c/d" },
		FIRST N "\r\nContent-Type: c/d\r\n\r\nv" LAST },
	{ "header in place of a disposition",
		{ "n=v;headers=Content-Disposition: foo" },
		"--<1>\r\nContent-Disposition: foo\r\n\r\nv" LAST },
	{ "header in place of an encoding",
		{ "n=v;headers=Content-Transfer-Encoding: x;encoder=base64" },
		FIRST N "\r\nContent-Transfer-Encoding: x\r\n\r\ndg==" LAST },

	{ "binary", { "n=v;encoder=binary" },
		FIRST N "\r\nContent-Transfer-Encoding: binary\r\n\r\nv" LAST },
	{ "8bit", { "n=\xc3\xa4;encoder=8bit" },
		FIRST N
		"\r\nContent-Transfer-Encoding: 8bit\r\n\r\n\xc3\xa4" LAST },
	{ "7bit", { "n=v;encoder=7bit" },
		FIRST N "\r\nContent-Transfer-Encoding: 7bit\r\n\r\nv" LAST },
	{ "base64", { "n=<a.txt;type=x/y;encoder=BASE64" },
		FIRST N
		"\r\nContent-Type: x/y\r\n"
		"Content-Transfer-Encoding: base64\r\n\r\naGVsbG8=" LAST },
	{ "quoted-printable", { "n=a=b ;encoder=\"quoted-printable\"" },
		FIRST N "\r\nContent-Transfer-Encoding: quoted-printable\r\n"
			"\r\na=3Db" LAST },
	{ "the last encoder", { "n=v;encoder=base64;encoder=7bit" },
		FIRST N "\r\nContent-Transfer-Encoding: 7bit\r\n\r\nv" LAST },

	{ "file", { "n=@a.txt" }, FIRST N A_TXT "\r\n\r\nhello" LAST },
	{ "file without a name of the part", { "=@a.txt" },
		FIRST A_TXT "\r\n\r\nhello" LAST },
	{ "spaces around a file", { "n=@ a.txt " },
		FIRST N A_TXT "\r\n\r\nhello" LAST },
	{ "directories", { "n=@./../form/a.txt" },
		FIRST N A_TXT "\r\n\r\nhello" LAST },
	{ "quoted file", { "n=@ \"we,ird;n\\\".html\" ;filename=\"q\\\\r\"" },
		FIRST N "; filename=\"q\\r\"\r\nContent-Type: text/html\r\n"
			"\r\nq" LAST },
	{ "name of a quoted file", { "n=@\"we,ird;n\\\".html\"" },
		FIRST N "; filename=\"we,ird;n%22.html\"\r\n"
			"Content-Type: text/html\r\n\r\nq" LAST },
	{ "file of no known type", { "n=@unknown" },
		FIRST N
		"; filename=\"unknown\"\r\n"
		"Content-Type: application/octet-stream\r\n\r\nu" LAST },
	{ "type by the file name", { "n=@a.txt;filename=d/q.html" },
		FIRST N "; filename=\"d/q.html\"\r\nContent-Type: text/html\r\n"
			"\r\nhello" LAST },
	{ "type by the path", { "n=@a.txt;filename=" },
		FIRST N "; filename=\"\"\r\nContent-Type: text/plain\r\n"
			"\r\nhello" LAST },
	{ "empty file", { "n=@empty" },
		FIRST N "; filename=\"empty\"\r\n"
			"Content-Type: application/octet-stream\r\n\r\n" LAST },

	{ "content of a file", { "n=<a.txt" }, FIRST N "\r\n\r\nhello" LAST },
	{ "content of a file of a type", { "n=<b.jpg" },
		FIRST N "\r\nContent-Type: image/jpeg\r\n\r\nx" LAST },
	{ "content of a file of no known type", { "n=<unknown" },
		FIRST N "\r\n\r\nu" LAST },

	{ "files", { "n=@a.txt,b.jpg" },
		FIRST N "\r\nContent-Type: multipart/mixed; boundary=<2>\r\n"
			"\r\n--<2>\r\nContent-Disposition: attachment" A_TXT
			"\r\n\r\nhello\r\n--<2>\r\nContent-Disposition: "
			"attachment; filename=\"b.jpg\"\r\nContent-Type: "
			"image/jpeg\r\n\r\nx\r\n--<2>--\r\n" LAST },
	{ "files with settings",
		{ "n=@\"a.txt\";type=x/y;q=1;headers=\"X: 1\",b.jpg;"
		  "filename=c;encoder=base64,a.txt" },
		FIRST N
		"\r\nContent-Type: multipart/mixed; boundary=<2>\r\n"
		"\r\n--<2>\r\nContent-Disposition: attachment; "
		"filename=\"a.txt\"\r\nContent-Type: x/y;q=1\r\nX: 1"
		"\r\n\r\nhello\r\n--<2>\r\nContent-Disposition: "
		"attachment; filename=\"c\"\r\nContent-Type: "
		"image/jpeg\r\nContent-Transfer-Encoding: base64\r\n"
		"\r\neA==\r\n--<2>\r\nContent-Disposition: attachment" A_TXT
		"\r\n\r\nhello\r\n--<2>--\r\n" LAST },

	{ "multipart", { "n=(", "a=b", "=)", "c=d" },
		FIRST N "\r\nContent-Type: multipart/mixed; boundary=<2>\r\n"
			"\r\n--<2>\r\nContent-Disposition: attachment; "
			"name=\"a\"\r\n\r\nb\r\n--<2>--\r\n" NEXT
			"; name=\"c\"\r\n\r\nd" LAST },
	{ "empty multipart", { "n=(", "=)" },
		FIRST N "\r\nContent-Type: multipart/mixed; boundary=<2>\r\n"
			"\r\n--<2>--\r\n" LAST },
	{ "alternatives",
		{ "=(;type=multipart/alternative", "=plain",
			"= <body>H</body>;type=text/html", "=<a.txt", "=)",
			"=@a.txt" },
		FIRST "\r\nContent-Type: multipart/alternative; boundary=<2>"
		      "\r\n\r\n--<2>\r\n\r\nplain\r\n--<2>\r\nContent-Type: "
		      "text/html\r\n\r\n<body>H</body>\r\n--<2>\r\n\r\nhello"
		      "\r\n--<2>--\r\n" NEXT A_TXT "\r\n\r\nhello" LAST },
	{ "form in a form", { "n=(;type=Multipart/Form-Data;x=y", "n=v" },
		FIRST N "\r\nContent-Type: Multipart/Form-Data;x=y; "
			"boundary=<2>\r\n\r\n--<2>\r\nContent-Disposition: "
			"form-data; name=\"n\"\r\n\r\nv\r\n--<2>--\r\n" LAST },
	{ "never ended", { "=(;headers=\"X: y\"", "=(", "c=d;filename=q" },
		FIRST "\r\nContent-Type: multipart/mixed; boundary=<2>\r\n"
		      "X: y\r\n\r\n--<2>\r\nContent-Type: multipart/mixed; "
		      "boundary=<3>\r\n\r\n--<3>\r\nContent-Disposition: "
		      "attachment; name=\"c\"; filename=\"q\"\r\n\r\nd\r\n"
		      "--<3>--\r\n\r\n--<2>--\r\n" LAST },
	{ "type of a multipart as a header",
		{ "=(;headers=\"Content-Type: a/b\"", "=v" },
		FIRST "\r\nContent-Type: a/b; boundary=<2>\r\n\r\n--<2>\r\n"
		      "\r\nv\r\n--<2>--\r\n" LAST },
	{ "parentheses that end nothing",
		{ "n=)", "=)x", "=\")\"", "= )", "=);type=a/b", "= (" },
		FIRST N "\r\n\r\n)" NEXT "\r\n\r\n)x" NEXT "\r\n\r\n)" NEXT
			"\r\n\r\n)" NEXT "\r\nContent-Type: a/b\r\n\r\n)" NEXT
			"\r\n\r\n(" LAST },
};

static void test_sent(const void *data)
{
	const struct sent_row *row = data;
	struct filled f;

	assert_int_equal(fill(&f, false, row->words), 0);
	assert_int_equal(f.command.n_messages, 0);
	assert_body(&f, NULL, false, row->sent);
	fill_fini(&f);
}

static const struct sent_row string_rows[] = {
	{ "setting", { "n=v;type=x/y" }, FIRST N "\r\n\r\nv;type=x/y" LAST },
	{ "file", { "n=@a" }, FIRST N "\r\n\r\n@a" LAST },
	{ "content of a file", { "n=<a" }, FIRST N "\r\n\r\n<a" LAST },
	{ "quotes and spaces", { "n= \"q\" " },
		FIRST N "\r\n\r\n \"q\" " LAST },
	{ "multipart", { "n=(", "=)" },
		FIRST N "\r\n\r\n(" NEXT "\r\n\r\n)" LAST },
};

static void test_string(const void *data)
{
	const struct sent_row *row = data;
	struct filled f;

	assert_int_equal(fill(&f, true, row->words), 0);
	assert_int_equal(f.command.n_messages, 0);
	assert_body(&f, NULL, false, row->sent);
	fill_fini(&f);
}

static const struct sent_row escape_rows[] = {
	{ "names", { "a\"b\\c=v;filename=\"q\\\"r\\\\s\"" },
		FIRST "; name=\"a\\\"b\\\\c\"; filename=\"q\\\"r\\\\s\"\r\n"
		      "\r\nv" LAST },
	{ "line ends", { "a\r\nb=v;filename=\"\n\"" },
		FIRST "; name=\"a%0D%0Ab\"; filename=\"%0A\"\r\n\r\nv" LAST },
	{ "quoted file", { "n=@\"we,ird;n\\\".html\"" },
		FIRST N "; filename=\"we,ird;n\\\".html\"\r\n"
			"Content-Type: text/html\r\n\r\nq" LAST },
};

static void test_escape(const void *data)
{
	const struct sent_row *row = data;
	struct filled f;

	assert_int_equal(fill(&f, false, row->words), 0);
	assert_body(&f, NULL, true, row->sent);
	fill_fini(&f);
}

struct length_row {
	const char *name;
	const char *words[WORDS_MAX + 1];
	uint64_t length;
};

/* Lengths that curl sends for the same arguments. */
static const struct length_row length_rows[] = {
	{ "nothing in it", { "=" }, 138 },
	{ "two types",
		{ "name=daniel;type=moo/foo-.4",
			"html= <body>hello</body>;type=text/html;"
			"charset=verymoo" },
		341 },
	{ "pdf", { "name=a;filename=a.pdf" }, 201 },
	{ "jpg", { "name=b;filename=b.jpg" }, 196 },
	{ "file", { "name=daniel", "tool=curl", "file=@test71.txt" }, 432 },
	{ "files",
		{ "name=value",
			"file=@test1315.txt,test1315.txt;type=magic/content,"
			"test1315.txt" },
		845 },
};

static void test_length(const void *data)
{
	const struct length_row *row = data;
	struct error e = { 0 };
	struct form_body *body;
	struct filled f;

	assert_int_equal(fill(&f, false, row->words), 0);
	body = form_body_new(&f.form, NULL, false, &e);
	assert_non_null(body);
	assert_int_equal(body->upload.length, row->length);
	assert_true(str_starts(str_of(body->content_type),
		STR("multipart/form-data; boundary=-----------------------")));
	form_body_free(body);
	fill_fini(&f);
}

struct warning_row {
	const char *name, *word, *warnings, *sent;
};

static const struct warning_row warning_rows[] = {
	{ "unknown setting", "n=a; b=c;type=x/y",
		"option -F: byte 6: skip unknown form field: b=c\n",
		FIRST N "\r\nContent-Type: x/y\r\n\r\na" LAST },
	{ "blank before '='", "n=v;filename =b",
		"option -F: byte 5: skip unknown form field: filename =b\n",
		FIRST N "\r\n\r\nv" LAST },
	{ "behind quotes", "n=\"a\" b;type=x/y",
		"option -F: byte 7: left out, as it is behind the quotes: b\n",
		FIRST N "\r\nContent-Type: x/y\r\n\r\na" LAST },
	{ "one quote", "n=\"a;b",
		"option -F: byte 3: this quote has no second\n"
		"option -F: byte 6: skip unknown form field: b\n",
		FIRST N "\r\n\r\n\"a" LAST },
	{ "one quote that is escaped", "n=\"a\\\"",
		"option -F: byte 3: this quote has no second\n",
		FIRST N "\r\n\r\n\"a\\\"" LAST },
	{ "name of content", "n=<a.txt;filename=zz",
		"option -F: byte 19: there is no file name here: zz\n",
		FIRST N "\r\n\r\nhello" LAST },
	{ "empty header", "n=v;headers=",
		"option -F: byte 13: an empty header is left out\n",
		FIRST N "\r\n\r\nv" LAST },
	{ "what a multipart has not", "n=(foo;encoder=8bit;filename=x",
		"option -F: byte 4: left out, as a multipart has parts only: "
		"foo\n"
		"option -F: byte 16: a multipart has no encoder: 8bit\n"
		"option -F: byte 30: there is no file name here: x\n",
		FIRST N "\r\nContent-Type: multipart/mixed; boundary=<2>\r\n"
			"\r\n--<2>--\r\n" LAST },
};

static void test_warning(const void *data)
{
	const struct warning_row *row = data;
	const char *words[] = { row->word, NULL };
	struct filled f;
	struct buf out;

	assert_int_equal(fill(&f, false, words), 0);
	buf_init(&out, 1000);
	for (size_t i = 0; i < f.command.n_messages; i++)
		buf_printf(&out, "%s\n", f.command.messages[i].text);
	assert_string_equal(buf_text(&out), row->warnings);
	buf_fini(&out);
	assert_body(&f, NULL, false, row->sent);
	fill_fini(&f);
}

struct error_row {
	const char *name, *word;
	int error;
	const char *text;
};

#define TYPE_WANTED "expected TYPE/SUBTYPE"
#define ENCODER_WANTED "expected binary, 8bit, 7bit, base64 or quoted-printable"
#define NOT_THERE "No such file or directory"

static const struct error_row error_rows[] = {
	{ "empty", "", ERR_USAGE, "byte 1: expected NAME=CONTENT" },
	{ "no equals sign", "nope", ERR_USAGE,
		"byte 5: expected NAME=CONTENT" },
	{ "nothing to end", "=)", ERR_USAGE,
		"byte 2: there is no '=(' for it to end" },
	{ "no type", "n=v;type=", ERR_USAGE, "byte 10: " TYPE_WANTED },
	{ "half a type", "n=v;type=x", ERR_USAGE, "byte 10: " TYPE_WANTED },
	{ "no subtype", "n=v;type=x/;filename=f", ERR_USAGE,
		"byte 10: " TYPE_WANTED },
	{ "no main type", "n=v;type= /x", ERR_USAGE, "byte 11: " TYPE_WANTED },
	{ "space in a main type", "n=v;type=a b/c", ERR_USAGE,
		"byte 10: " TYPE_WANTED },
	{ "type without a subtype in a list", "n=@a.txt;type=x,b.jpg",
		ERR_USAGE, "byte 15: " TYPE_WANTED },
	{ "line end in a type", "n=v;type=a/b\r\nX: y", ERR_USAGE,
		"byte 13: a type has a control character in it" },
	{ "line end in a parameter", "n=v;type=a/b;c=d\nX: y", ERR_USAGE,
		"byte 17: a type has a control character in it" },
	{ "line end in a header", "n=v;headers=\"X: a\r\nY: b\"", ERR_USAGE,
		"byte 13: a header has a control character in it" },
	{ "header without a name", "n=v;headers=Y", ERR_USAGE,
		"byte 13: a header has no NAME: in front" },
	{ "header with an empty name", "n=v;headers=: x", ERR_USAGE,
		"byte 13: a header has no NAME: in front" },
	{ "header with a blank in its name", "n=v;headers=X : y", ERR_USAGE,
		"byte 13: the name of a header is no token" },
	{ "bad line of a file", "n=v;headers=@flawed", ERR_USAGE,
		"byte 13: 'flawed' line 3: a header has no NAME: in front" },
	{ "bad last line of a file", "n=v;headers=@folded", ERR_USAGE,
		"byte 13: 'folded' line 1: the name of a header is no token" },
	{ "no file of headers", "n=v;headers=@nope", ERR_READ,
		"byte 13: cannot read 'nope': " NOT_THERE },
	{ "no encoder", "n=v;encoder=", ERR_USAGE, "byte 13: " ENCODER_WANTED },
	{ "unknown encoder", "n=v;encoder=gzip", ERR_USAGE,
		"byte 13: " ENCODER_WANTED },
	{ "no file", "moo=@boo", ERR_READ,
		"byte 6: cannot read 'boo': " NOT_THERE },
	{ "no name of a file", "n=@", ERR_READ,
		"byte 4: cannot read '': " NOT_THERE },
	{ "no file for content", "n=<a.txt,b.jpg", ERR_READ,
		"byte 4: cannot read 'a.txt,b.jpg': " NOT_THERE },
	{ "nothing behind a comma", "n=@a.txt,", ERR_READ,
		"byte 10: cannot read '': " NOT_THERE },
	{ "no second file", "n=@a.txt;type=x/y, nope,a.txt", ERR_READ,
		"byte 19: cannot read 'nope': " NOT_THERE },
	{ "directory", "n=@/tmp", ERR_READ,
		"byte 4: cannot read '/tmp': Is a directory" },
	{ "secret file", "n=@secret", ERR_READ,
		"byte 4: cannot read 'secret': Permission denied" },
};

static void test_error(const void *data)
{
	const struct error_row *row = data;
	const char *words[] = { row->word, NULL };
	char wanted[200];
	struct filled f;

	assert_int_equal(fill(&f, false, words), -row->error);
	snprintf(wanted, sizeof(wanted), "option -F: %s", row->text);
	assert_string_equal(f.error.text, wanted);
	assert_int_equal(f.error.code, row->error);
	/* Nothing of it stays in the form. */
	assert_body(&f, NULL, false, "--<1>--\r\n");
	fill_fini(&f);
}

static void test_depth(const void *row)
{
	struct option_use use = { .shown = "-F", .argument = "=(" };
	struct filled f;

	(void)row;
	fill(&f, false, (const char *const[]){ NULL });
	for (int i = 0; i < FORM_DEPTH_MAX; i++)
		assert_int_equal(
			form_add(&f.form, false, &use, &f.command, &f.error),
			0);
	assert_int_equal(form_add(&f.form, false, &use, &f.command, &f.error),
		-ERR_USAGE);
	assert_string_equal(f.error.text,
		"option -F: byte 1: too many multiparts in one another");
	use.argument = "=)";
	for (int i = 0; i < FORM_DEPTH_MAX; i++)
		assert_int_equal(
			form_add(&f.form, false, &use, &f.command, &f.error),
			0);
	assert_int_equal(form_add(&f.form, false, &use, &f.command, &f.error),
		-ERR_USAGE);
	fill_fini(&f);
}

/* --- standard input */

struct stdin_row {
	const char *name;
	const char *words[WORDS_MAX + 1];
	const char *sent;
};

static const struct stdin_row stdin_rows[] = {
	{ "as a file", { "n=@-" },
		FIRST N "; filename=\"-\"\r\n\r\nfrom stdin" LAST },
	{ "as content", { "n=<-" }, FIRST N "\r\n\r\nfrom stdin" LAST },
	{ "with a file name", { "n=@-;filename=f.html" },
		FIRST N "; filename=\"f.html\"\r\nContent-Type: text/html\r\n"
			"\r\nfrom stdin" LAST },
	{ "with a type", { "n=@\"-\";type=a/b" },
		FIRST N "; filename=\"-\"\r\nContent-Type: a/b\r\n"
			"\r\nfrom stdin" LAST },
	{ "in a list", { "n=@a.txt,-;encoder=base64" },
		FIRST N "\r\nContent-Type: multipart/mixed; boundary=<2>\r\n"
			"\r\n--<2>\r\nContent-Disposition: attachment" A_TXT
			"\r\n\r\nhello\r\n--<2>\r\nContent-Disposition: "
			"attachment; filename=\"-\"\r\n"
			"Content-Transfer-Encoding: base64\r\n\r\n"
			"ZnJvbSBzdGRpbg==\r\n--<2>--\r\n" LAST },
};

static void check_stdin(const struct stdin_row *row, int fd)
{
	int saved = scratch_redirect(STDIN_FILENO, fd);
	struct filled f;

	assert_int_equal(fill(&f, false, row->words), 0);
	assert_int_equal(f.command.n_messages, 0);
	assert_body(&f, NULL, false, row->sent);
	fill_fini(&f);
	scratch_restore(STDIN_FILENO, saved);
}

static void test_stdin_pipe(const void *row)
{
	struct scratch_ends ends = scratch_pipe();

	assert_int_equal(write(ends.in, "from stdin", 10), 10);
	close(ends.in);
	check_stdin(row, ends.out);
	close(ends.out);
}

/* What was read of it before is left out. */
static void test_stdin_file(const void *row)
{
	int fd;

	scratch_write("form/stdin", "skip from stdin", 0600);
	fd = open("stdin", O_RDONLY | O_CLOEXEC);
	assert_int_equal(lseek(fd, 5, SEEK_SET), 5);
	check_stdin(row, fd);
	close(fd);
}

static void test_stdin_closed(const void *row)
{
	const char *words[] = { "n=@-", NULL };
	int saved = dup(STDIN_FILENO);
	struct filled f;

	(void)row;
	close(STDIN_FILENO);
	assert_int_equal(fill(&f, false, words), -ERR_READ);
	assert_string_equal(f.error.text,
		"option -F: byte 4: cannot read '-': Bad file descriptor");
	fill_fini(&f);
	if (saved >= 0)
		scratch_restore(STDIN_FILENO, saved);
}

/* The directory of the tests, as the current one. */
static void make_files(void)
{
	assert_int_equal(chdir(scratch_path(".")), 0);
	assert_int_equal(mkdir("form", 0700), 0);
	assert_int_equal(chdir("form"), 0);
	scratch_write("form/a.txt", "hello", 0600);
	scratch_write("form/b.jpg", "x", 0600);
	scratch_write("form/unknown", "u", 0600);
	scratch_write("form/empty", "", 0600);
	scratch_write("form/secret", "s", 0);
	scratch_write("form/we,ird;n\".html", "q", 0600);
	scratch_write("form/fields",
		"# comment\nX-1: one  \r\n\n \t \nX-2: two\r\n "
		"folded\n\ttab\r\n"
		"# more\nX-3:three",
		0600);
	scratch_write("form/flawed", "X: y\n\nnocolon\nZ: z\n", 0600);
	scratch_write("form/folded", " X: y\n", 0600);
	scratch_write("form/test71.txt", "foo-\nThis is a moo-\nbar\n", 0600);
	scratch_write("form/test1315.txt", "dummy data\n", 0600);
}

int main(void)
{
	static const struct table tables[] = {
		TABLE("form_add", sent_rows, test_sent),
		TABLE("form_add of --form-string", string_rows, test_string),
		TABLE("form_add with --form-escape", escape_rows, test_escape),
		TABLE("form_body_new's length", length_rows, test_length),
		TABLE("form_add warns", warning_rows, test_warning),
		TABLE("form_add fails", error_rows, test_error),
		SINGLE("many multiparts in one another", test_depth),
		TABLE("form_add of a pipe at stdin", stdin_rows,
			test_stdin_pipe),
		TABLE("form_add of a file at stdin", stdin_rows,
			test_stdin_file),
		SINGLE("stdin is closed", test_stdin_closed),
	};
	int failed;

	scratch_begin(NULL);
	make_files();
	failed = table_run(
		"cli_form", tables, sizeof(tables) / sizeof(tables[0]));
	scratch_end();
	return failed;
}
