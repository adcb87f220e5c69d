/* URLs: the input's first line is a URL, the rest a reference that is resolved
 * against it. What was parsed and printed must parse to the same again. */
#include <stdint.h>
#include <stdlib.h>

#include "base/buf.h"
#include "url/percent.h"
#include "url/url.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(bool good)
{
	if (!good)
		abort();
}

static bool has_control_or_blank(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if ((unsigned char)s.p[i] <= ' ' || s.p[i] == 0x7f)
			return true;
	return false;
}

static void expect_same(const struct url *a, const struct url *b)
{
	expect(url_same_origin(a, b));
	expect(str_eq(a->user, b->user) && a->has_user == b->has_user);
	expect(str_eq(a->password, b->password) &&
		a->has_password == b->has_password);
	expect(str_eq(a->path, b->path));
	expect(str_eq(a->query, b->query) && a->has_query == b->has_query);
	expect(str_eq(a->fragment, b->fragment) &&
		a->has_fragment == b->has_fragment);
}

/* What holds of any URL that was parsed. */
static void check_url(const struct url *u, const struct url_options *options)
{
	struct error e = { 0 };
	char *text = url_print(u, URL_PRINT_USER | URL_PRINT_FRAGMENT);
	struct str printed = str_of(text);
	struct url again;

	expect(text != NULL);
	/* Nothing that could end a line gets into a request. */
	expect(!has_control_or_blank(printed));
	expect(!has_control_or_blank(u->host));
	expect(u->host_kind == URL_HOST_NONE || u->host.n > 0);
	expect(u->path.n > 0);
	expect(url_parse(&again, printed, options, &e) == 0);
	expect_same(u, &again);
	url_fini(&again);
	free(text);
}

static void check_error(int result, const struct error *e)
{
	expect(result == -ERR_URL_MALFORMED || result == -ERR_NOT_BUILT_IN);
	expect(e->code == -result && e->text[0]);
}

static void check_percent(struct str s)
{
	struct buf encoded, decoded;

	buf_init(&encoded, 3 * s.n);
	buf_init(&decoded, s.n);
	percent_encode(&encoded, s);
	percent_decode(&decoded, buf_str(&encoded));
	expect(!encoded.failed && str_eq(buf_str(&decoded), s));
	buf_clear(&decoded);
	percent_decode(&decoded, s);
	expect(!decoded.failed);
	buf_fini(&encoded);
	buf_fini(&decoded);
}

static void check_reference(const struct url *base, struct str reference,
	const struct url_options *options)
{
	struct error e = { 0 };
	struct url u;
	int result = url_resolve(&u, base, reference, options, &e);

	if (result < 0) {
		check_error(result, &e);
		return;
	}
	check_url(&u, options);
	url_fini(&u);
}

static void check(struct str text, struct str reference,
	const struct url_options *options)
{
	struct error e = { 0 };
	struct url u;
	int result = url_parse(&u, text, options, &e);

	if (result < 0) {
		check_error(result, &e);
		return;
	}
	check_url(&u, options);
	check_reference(&u, reference, options);
	url_fini(&u);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str input = { (const char *)data, size }, text, reference;
	struct url_options options = { 0 };
	struct error e = { 0 };
	struct url base;

	str_cut(input, '\n', &text, &reference);
	check_percent(input);
	check(text, reference, &options);
	options.path_as_is = true;
	check(text, reference, &options);
	options = (struct url_options){ .default_scheme = "tcp" };
	check(text, reference, &options);
	expect(url_parse(&base, STR("http://u@a/b/c?d#e"), NULL, &e) == 0);
	check_reference(&base, input, NULL);
	url_fini(&base);
	return 0;
}
