/* -w: the first line of the input is the template, the rest what a server sent
 * as its head. Whatever both are: a terminal is only sent what is harmless or
 * stands in the template, in pieces the same as at once; and JSON has no
 * control character in it. */
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "output/terminal.h"
#include "output/writeout.h"

#define OUTPUT_MAX (16u << 20)

static const struct error failure = { .code = ERR_RECV, .text = "it failed" };

/* Expand with both outputs going to one file; its content is put into `out`. */
static void expand(struct str template, const struct facts *facts, bool safe,
	struct buf *out)
{
	int fd = memfd_create("writeout", MFD_CLOEXEC);
	struct writeout_context context = { .facts = facts,
		.error = &failure,
		.url = "http://user@[::1]:80/path?query#fragment",
		.out_fd = fd,
		.err_fd = fd,
		.out_safe = safe,
		.err_safe = safe };
	struct error e;
	off_t size;
	char *room;

	if (fd < 0 || writeout(template, &context, &e) < 0)
		abort();
	size = lseek(fd, 0, SEEK_END);
	if (size < 0 || !(room = buf_reserve(out, (size_t)size + 1)) ||
		pread(fd, room, (size_t)size, 0) != size)
		abort();
	out->n += (size_t)size;
	close(fd);
}

/* A control character other than LF, tab and the CR of a CRLF. */
static bool has_control(struct str s)
{
	for (size_t i = 0; i < s.n; i++) {
		bool line_end = s.p[i] == '\r' && i + 1 < s.n &&
			s.p[i + 1] == '\n';

		if ((unsigned char)s.p[i] < 0x20 && s.p[i] != '\n' &&
			s.p[i] != '\t' && !line_end)
			return true;
	}
	return false;
}

/* Neither template nor separators bring controls in. */
static bool is_plain(struct str template)
{
	return !has_control(template) && str_search(template, STR("\\r")) < 0 &&
		str_find(template, 0x7f) < 0;
}

static void check_safe(struct str template, const struct facts *facts)
{
	struct buf out;
	struct str shown;

	buf_init(&out, OUTPUT_MAX);
	expand(template, facts, true, &out);
	shown = buf_str(&out);
	if (is_plain(template) &&
		(has_control(shown) || str_find(shown, 0x7f) >= 0))
		abort();
	buf_fini(&out);
}

static void check_json(const char *template, const struct facts *facts)
{
	struct buf out;
	struct str shown;

	buf_init(&out, OUTPUT_MAX);
	expand(str_of(template), facts, false, &out);
	shown = buf_str(&out);
	if (shown.n < 2 || shown.p[0] != '{' || shown.p[shown.n - 1] != '}' ||
		has_control(shown))
		abort();
	buf_fini(&out);
}

static void check_escape(struct str in)
{
	struct terminal_filter filter = { .n = 0 };
	struct buf whole, parts;

	buf_init(&whole, OUTPUT_MAX);
	buf_init(&parts, OUTPUT_MAX);
	terminal_escape(&filter, in, true, &whole);
	for (size_t i = 0; i < in.n; i++)
		terminal_escape(
			&filter, (struct str){ in.p + i, 1 }, false, &parts);
	terminal_escape(&filter, (struct str){ NULL, 0 }, true, &parts);
	if (!str_eq(buf_str(&whole), buf_str(&parts)) || whole.n > 4 * in.n)
		abort();
	/* What was escaped is text, and stays as it is. */
	buf_clear(&parts);
	terminal_escape(&filter, buf_str(&whole), true, &parts);
	if (!str_eq(buf_str(&whole), buf_str(&parts)))
		abort();
	buf_fini(&whole);
	buf_fini(&parts);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str in = { (const char *)data, size };
	struct str template, heads;
	struct facts facts;

	str_cut(in, '\n', &template, &heads);
	check_escape(in);
	/* no files, wherever this runs */
	if (str_search(template, STR("%output{")) >= 0)
		return 0;
	facts_init(&facts);
	buf_add_str(&facts.heads, heads);
	facts.url = str_dup(template);
	facts.redirect_url = str_dup(heads);
	facts.status = 200;
	check_safe(template, &facts);
	check_json("%{json}", &facts);
	check_json("%{header_json}", &facts);
	facts_fini(&facts);
	return 0;
}
