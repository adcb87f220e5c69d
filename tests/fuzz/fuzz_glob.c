/* Globs: the input's first line is a pattern, the rest an output name. */
#include <stdint.h>
#include <stdlib.h>

#include "url/glob.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(bool good)
{
	if (!good)
		abort();
}

/* A URL out of a glob is itself a pattern of one URL, once its braces and
 * brackets are escaped. */
static void check_escaped(struct str url)
{
	struct error e = { 0 };
	struct buf pattern, out;
	uint64_t count;
	struct glob *g;

	buf_init(&pattern, 2 * url.n);
	buf_init(&out, url.n);
	for (size_t i = 0; i < url.n; i++) {
		if (memchr("{}[]", url.p[i], 4))
			buf_add_char(&pattern, '\\');
		buf_add_char(&pattern, url.p[i]);
	}
	g = glob_new(buf_str(&pattern), &count, &e);
	expect(g != NULL && count == 1);
	glob_url(g, 0, &out);
	expect(!out.failed && str_eq(buf_str(&out), url));
	glob_free(g);
	buf_fini(&pattern);
	buf_fini(&out);
}

static void check_index(
	const struct glob *g, uint64_t index, struct str template)
{
	struct buf out;

	buf_init(&out, LIMIT_URL);
	glob_url(g, index, &out);
	expect(!out.failed);
	check_escaped(buf_str(&out));
	buf_clear(&out);
	glob_fill(&(struct glob_place){ g, index }, 1, template, &out);
	if (str_find(template, '#') < 0)
		expect(str_eq(buf_str(&out), template));
	buf_fini(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str input = { (const char *)data, size }, pattern, template;
	struct error e = { 0 };
	uint64_t count = 0;
	struct glob *g;

	str_cut(input, '\n', &pattern, &template);
	g = glob_new(pattern, &count, &e);
	if (!g) {
		expect(e.code == ERR_URL_MALFORMED && e.text[0]);
		return 0;
	}
	expect(count >= 1 && count <= INT64_MAX);
	for (uint64_t i = 0; i < count && i < 20; i++)
		check_index(g, i, template);
	check_index(g, count / 2, template);
	check_index(g, count - 1, template);
	glob_free(g);
	return 0;
}
