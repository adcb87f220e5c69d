#include "output/writeout.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/compat.h"
#include "output/descriptor.h"
#include "output/terminal.h"
#include "output/writeout_value.h"

#define TEXT_LIMIT (64u << 20)
#define TEXT_ENOUGH (64u << 10) /* written when that much has gathered */
#define PATH_LIMIT 65536u

struct expansion {
	struct writeout_source source;
	int fd; /* where text goes */
	int file; /* opened by %output{}, or -1 */
	bool safe; /* fd is a terminal to be protected */
	bool stopped;
	int failed; /* 0 or a negative error, with its words in e */
	struct buf text; /* for fd */
	struct error *e;
};

/* --- where text goes */

static void fail_writing(struct expansion *x, int number)
{
	x->failed = error_set(x->e, ERR_WRITE,
		"Failed writing the --write-out text: %s",
		number == ETIMEDOUT ? "it was not taken in time"
				    : error_system(number));
}

static void flush(struct expansion *x)
{
	int64_t deadline = x->source.context->deadline;
	int failed;

	if (!x->failed && x->text.failed)
		x->failed = buf_check(&x->text, "--write-out text", x->e);
	if (!x->failed) {
		failed = descriptor_write_until(x->fd, buf_str(&x->text),
			deadline ? deadline : DEADLINE_NONE);
		if (failed < 0)
			fail_writing(x, -failed);
	}
	buf_clear(&x->text);
}

static void direct_to(struct expansion *x, int fd, bool safe)
{
	flush(x);
	if (x->file >= 0 && close(x->file) < 0 && !x->failed)
		fail_writing(x, errno);
	x->file = -1;
	x->fd = fd;
	x->safe = safe;
}

__attribute__((format(printf, 2, 3))) static void warn(
	struct expansion *x, const char *format, ...)
{
	struct buf *out = x->source.context->warnings;
	va_list args;

	if (!out)
		return;
	buf_add_text(out, "Warning: ");
	va_start(args, format);
	buf_vprintf(out, format, args);
	va_end(args);
	buf_add_char(out, '\n');
}

static void output_to(struct expansion *x, struct str name)
{
	bool append = str_starts(name, STR(">>"));
	struct buf path;
	int fd;

	if (append)
		name = str_from(name, 2);
	buf_init(&path, PATH_LIMIT);
	buf_add_str(&path, name);
	fd = open(buf_text(&path) ? path.p : "",
		O_WRONLY | O_CREAT | O_CLOEXEC | O_NOCTTY |
			(append ? O_APPEND : O_TRUNC),
		0666);
	if (fd < 0) {
		warn(x, "Failed to open the --write-out file %.*s: %s",
			STR_FMT(name), error_system(errno));
	} else {
		direct_to(x, fd, x->source.context->file_safe && isatty(fd));
		x->file = fd;
	}
	buf_fini(&path);
}

/* --- what stands in the template */

static void expand_directive(
	struct expansion *x, int directive, struct buf *out)
{
	const struct writeout_context *context = x->source.context;

	switch (directive) {
	case DIRECTIVE_HEADER_JSON:
		writeout_header_json(writeout_head(&x->source), out);
		break;
	case DIRECTIVE_JSON:
		writeout_json(&x->source, out);
		break;
	case DIRECTIVE_ONERROR:
		x->stopped = context->error->code == 0;
		break;
	case DIRECTIVE_STDERR:
		direct_to(x, context->err_fd, context->err_safe);
		break;
	case DIRECTIVE_STDOUT:
		direct_to(x, context->out_fd, context->out_safe);
		break;
	}
}

static void expand_function(
	struct expansion *x, int function, struct str argument, struct buf *out)
{
	const struct buf *earlier = &x->source.context->facts->earlier;

	switch (function) {
	case FUNCTION_HEADER:
		if (writeout_header(buf_str(earlier), writeout_head(&x->source),
			    argument, out) &&
			earlier->failed)
			warn(x, "the heads of some redirects are not there");
		break;
	case FUNCTION_OUTPUT:
		output_to(x, argument);
		break;
	case FUNCTION_TIME:
		writeout_time(out, argument, clock_wall());
		break;
	}
}

/* The text of a value, which may be a peer's words, goes behind what is there.
 * The user's own words of the template are never escaped. */
static void add_foreign(struct expansion *x, const struct buf *value)
{
	struct terminal_filter filter = { .n = 0 };

	if (x->safe)
		terminal_escape(&filter, buf_str(value), true, &x->text);
	else
		buf_add_str(&x->text, buf_str(value));
	if (value->failed)
		x->text.failed = value->failed;
	if (x->text.n >= TEXT_ENOUGH)
		flush(x);
}

static void expand_row(struct expansion *x, const struct writeout_row *row,
	struct str argument)
{
	struct buf value;

	buf_init(&value, TEXT_LIMIT / 8);
	if (row->type == WRITEOUT_FUNCTION)
		expand_function(x, row->choice, argument, &value);
	else if (row->type == WRITEOUT_DIRECTIVE)
		expand_directive(x, row->choice, &value);
	else
		writeout_value(&x->source, row, &value);
	if (x->source.failed)
		value.failed = x->source.failed;
	add_foreign(x, &value);
	buf_fini(&value);
}

/* The offset of the brace that ends what begins at `from`, or -1; with
 * `escapes` one behind a backslash does not. */
static ssize_t find_end(struct str s, size_t from, bool escapes)
{
	for (size_t i = from; i < s.n; i++)
		if (s.p[i] == '}' && !(escapes && s.p[i - 1] == '\\'))
			return (ssize_t)i;
	return -1;
}

/* What a '%' at the front of `s` begins; the bytes it takes. */
static size_t expand_percent(struct expansion *x, struct str s)
{
	const struct writeout_row *row;
	size_t begin = 0;
	ssize_t end;
	struct str inner;

	if (s.n > 1 && s.p[1] == '%') {
		buf_add_char(&x->text, '%');
		return 2;
	}
	row = writeout_find_function(str_from(s, 1), &begin);
	if (!row && s.n > 1 && s.p[1] == '{')
		begin = 1;
	end = begin ? find_end(s, begin + 1, row != NULL) : -1;
	if (end < 0) {
		buf_add_char(&x->text, '%');
		return 1;
	}
	inner = str_first(str_from(s, begin + 1), (size_t)end - begin - 1);
	if (!row)
		row = writeout_find(inner);
	if (row)
		expand_row(x, row, inner);
	else
		warn(x, "unknown --write-out variable: '%.*s'", STR_FMT(inner));
	return (size_t)end + 1;
}

/* What a backslash at the front of `s` begins; the bytes it takes. */
static size_t expand_backslash(struct expansion *x, struct str s)
{
	char c = s.n > 1 ? s.p[1] : '\0';

	if (c == 'n')
		buf_add_char(&x->text, '\n');
	else if (c == 'r')
		buf_add_char(&x->text, '\r');
	else if (c == 't')
		buf_add_char(&x->text, '\t');
	else
		buf_add_str(&x->text, str_first(s, 2));
	return 2;
}

bool writeout_wants_certificates(struct str template)
{
	return str_search(template, STR("%{certs}")) >= 0 ||
		str_search(template, STR("%{num_certs}")) >= 0 ||
		str_search(template, STR("%{json}")) >= 0;
}

int writeout(struct str template, const struct writeout_context *context,
	struct error *e)
{
	struct expansion x = { .fd = context->out_fd,
		.file = -1,
		.safe = context->out_safe,
		.e = e };

	writeout_source_init(&x.source, context);
	buf_init(&x.text, TEXT_LIMIT);
	while (template.n && !x.stopped && !x.failed) {
		size_t plain = 0, used = 0;

		while (plain < template.n && template.p[plain] != '%' &&
			template.p[plain] != '\\')
			plain++;
		buf_add_str(&x.text, str_first(template, plain));
		template = str_from(template, plain);
		if (template.n)
			used = template.p[0] == '%'
				? expand_percent(&x, template)
				: expand_backslash(&x, template);
		template = str_from(template, used);
	}
	direct_to(&x, -1, false);
	buf_fini(&x.text);
	writeout_source_fini(&x.source);
	return x.failed;
}
