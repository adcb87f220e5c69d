#include "cli/raw_bytes.h"

#include <stdlib.h>

#include "base/ascii.h"
#include "base/num.h"
#include "cli/input.h"
#include "http/request_list.h"

/* --- escapes */

/* The escape at the front of `in`, behind its backslash: its byte, and `*n`
 * gets its length; -1 when it is none. */
static int escape_value(struct str in, size_t *n)
{
	static const char names[] = "rnt0\\", values[] = "\r\n\t\0\\";
	const char *at = in.n ? memchr(names, in.p[0], sizeof(names) - 1)
			      : NULL;

	*n = 1;
	if (at)
		return (unsigned char)values[at - names];
	if (in.n < 3 || in.p[0] != 'x' || ascii_hex_value(in.p[1]) < 0 ||
		ascii_hex_value(in.p[2]) < 0)
		return -1;
	*n = 3;
	return ascii_hex_value(in.p[1]) << 4 | ascii_hex_value(in.p[2]);
}

int raw_unescape(struct buf *out, struct str in, struct error *e)
{
	size_t at = 0;

	while (at < in.n) {
		struct str rest = str_from(in, at);
		ssize_t plain = str_find(rest, '\\');
		size_t n = plain < 0 ? rest.n : (size_t)plain, used;
		int value;

		buf_add_str(out, str_first(rest, n));
		at += n;
		if (plain < 0)
			break;
		value = escape_value(str_from(rest, n + 1), &used);
		if (value < 0)
			return error_set(e, ERR_USAGE,
				"option --raw-escapes: byte %zu: a backslash "
				"that is followed by none of r n t 0 \\ xNN",
				at);
		buf_add_char(out, (char)value);
		at += 1 + used;
	}
	return buf_check(out, "raw request", e);
}

/* --- cuts */

ssize_t raw_splits(
	size_t splits[static RAW_SPLITS_MAX], struct str list, struct error *e)
{
	struct str item, rest = list;
	size_t n = 0;
	bool more;

	do {
		size_t at = list.n - rest.n;
		uint64_t value;

		more = str_cut(rest, ',', &item, &rest);
		if (!num_decimal(item, SIZE_MAX / 2, &value) || value == 0 ||
			(n && value <= splits[n - 1]))
			return error_set(e, ERR_USAGE,
				"option --raw-split: byte %zu of '%.*s': "
				"expected ascending offsets from 1 on, such as "
				"4,10,11",
				at, STR_FMT(str_first(list, 200)));
		if (n == RAW_SPLITS_MAX)
			return error_set(e, ERR_USAGE,
				"option --raw-split: more than %u offsets",
				RAW_SPLITS_MAX);
		splits[n++] = (size_t)value;
	} while (more);
	return (ssize_t)n;
}

/* --- the request */

static int read_bytes(
	struct buf *bytes, const struct options *options, struct error *e)
{
	struct buf file;
	int error;

	if (!options->raw_escapes)
		return input_read(bytes, options->raw_request, e);
	buf_init(&file, LIMIT_REQUEST_BODY);
	error = input_read(&file, options->raw_request, e);
	if (error == 0)
		error = raw_unescape(bytes, buf_str(&file), e);
	buf_fini(&file);
	return error;
}

/* What goes out is what the user wrote; but a server may not like it. */
static void warn(struct command *command, struct str bytes)
{
	struct findings found = { .n = 0 };
	struct str rest = bytes;
	struct request_part part;
	size_t told = 0;

	for (unsigned i = 1; request_list_next(&rest, &part, &found); i++) {
		if (part.wrong.code && found.n == told)
			command_warn(command, "raw request %u: %s", i,
				part.wrong.text);
		told = found.n; /* below, with the rule */
	}
	for (size_t i = 0; i < found.n; i++) {
		struct buf text;

		buf_init(&text, 1024);
		finding_print(&text, &found.items[i]);
		command_warn(command, "raw request, %s",
			buf_text(&text) ? buf_text(&text) : "");
		buf_fini(&text);
	}
}

static int fill(struct raw_bytes *r, struct command *command,
	const struct options *options, struct error *e)
{
	ssize_t n = 0;
	int error = read_bytes(&r->bytes, options, e);

	if (error < 0)
		return error;
	if (r->bytes.n == 0)
		return error_set(e, ERR_READ,
			"option --raw-request: '%s' is empty, there is nothing "
			"to send",
			options->raw_request);
	if (options->raw_split)
		n = raw_splits(r->splits, str_of(options->raw_split), e);
	if (n < 0)
		return (int)n;
	r->request = (struct raw_request){ .bytes = buf_str(&r->bytes),
		.splits = r->splits,
		.n_splits = (size_t)n,
		.delay_ms = options->raw_delay_ms };
	warn(command, r->request.bytes);
	return 0;
}

struct raw_bytes *raw_bytes_new(
	struct command *command, const struct options *options, struct error *e)
{
	struct raw_bytes *r = calloc(1, sizeof(*r));

	if (!r) {
		error_memory(e);
		return NULL;
	}
	buf_init(&r->bytes, LIMIT_REQUEST_BODY);
	if (fill(r, command, options, e) == 0)
		return r;
	raw_bytes_free(r);
	return NULL;
}

int raw_bytes_missed(const struct options *options, struct error *e)
{
	const char *option = NULL;

	if (options->raw_split)
		option = "--raw-split";
	else if (options->raw_delay_ms)
		option = "--raw-delay";
	else if (options->raw_escapes)
		option = "--raw-escapes";
	if (!option)
		return 0;
	return error_set(e, ERR_USAGE,
		"option %s: it is about the bytes of --raw-request, which was "
		"not given",
		option);
}

void raw_bytes_free(struct raw_bytes *r)
{
	if (!r)
		return;
	buf_fini(&r->bytes);
	free(r);
}
