/* A jar: the lines of the input up to an empty one are Set-Cookie values that a
 * host sends, "> " and a Host changes who that is, and the rest is a file. */
#include <stdint.h>
#include <stdlib.h>

#include "base/ascii.h"
#include "policy/cookie.h"

#define NOW INT64_C(1700000000)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(bool good)
{
	if (!good)
		abort();
}

static struct cookie_jar *new_jar(void)
{
	struct cookie_jar *jar = cookie_jar_new(NULL);

	expect(jar != NULL);
	return jar;
}

static void parse_url(struct url *url, const char *text)
{
	expect(url_parse(url, str_of(text), NULL, NULL) == 0);
}

/* Whatever it is that goes into a request, it is one line and of some size. */
static void check_sent(
	struct cookie_jar *jar, const struct url *url, struct str host)
{
	struct buf out;

	buf_init(&out, LIMIT_COOKIE_FIELD - strlen("Cookie: "));
	cookie_send(jar, url, host, NOW, &out);
	expect(!out.failed);
	for (size_t i = 0; i < out.n; i++)
		expect(!ascii_is_control(out.p[i]));
	buf_fini(&out);
}

static void receive_all(struct cookie_jar *jar, struct str lines,
	const struct url *url, struct str host)
{
	while (lines.n) {
		struct str line;
		int verdict;

		str_cut(lines, '\n', &line, &lines);
		if (str_starts(line, STR("> "))) {
			check_sent(jar, url, host);
			host = str_from(line, 2);
			continue;
		}
		verdict = cookie_receive(jar, line, url, host, NOW);
		expect(verdict >= COOKIE_STORED && verdict <= COOKIE_TOO_MANY);
	}
	check_sent(jar, url, host);
}

static void save(struct cookie_jar *jar, size_t size, struct buf *out)
{
	buf_init(out, 10 * size + 1000);
	cookie_save(jar, NOW, out);
	expect(!out->failed);
}

/* A file that was saved holds nothing malformed and loses nothing. */
static struct cookie_jar *load(const struct buf *file)
{
	struct cookie_jar *jar = new_jar();
	struct cookie_skips skips;
	ssize_t lines = -4; /* of the head */

	for (size_t i = 0; i < file->n; i++)
		lines += file->p[i] == '\n';
	expect(cookie_load(jar, buf_str(file), false, NOW, &skips) == lines);
	expect(skips.count == 0);
	return jar;
}

/* Each loading turns the order round. */
static void check_file(struct cookie_jar *jar, size_t size)
{
	struct buf first, second, third;
	struct cookie_jar *again, *last;

	save(jar, size, &first);
	again = load(&first);
	save(again, size, &second);
	last = load(&second);
	save(last, size, &third);
	expect(str_eq(buf_str(&first), buf_str(&third)));
	cookie_jar_free(again);
	cookie_jar_free(last);
	buf_fini(&first);
	buf_fini(&second);
	buf_fini(&third);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str input = { (const char *)data, size };
	ssize_t end = str_search(input, STR("\n\n"));
	struct str lines = end < 0 ? input : str_first(input, (size_t)end);
	struct str file = str_from(input, lines.n + 2);
	struct cookie_jar *jar = new_jar();
	struct cookie_skips skips;
	struct url http, https;

	parse_url(&http, "http://w.h.example/a/b/c?d");
	parse_url(&https, "https://w.h.example/a/b/c?d");
	expect(cookie_load(jar, file, false, NOW, &skips) >= 0);
	expect((skips.count > 0) == (skips.why != NULL));
	expect(skips.byte <= file.n && skips.line <= file.n + 1);
	receive_all(jar, lines, &https, STR(""));
	receive_all(jar, lines, &http, STR(""));
	check_file(jar, size);
	cookie_jar_free(jar);
	url_fini(&http);
	url_fini(&https);
	return 0;
}
