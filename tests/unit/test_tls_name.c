#include "net/tls_openssl_name.h"

#include "support/table.h"

static const struct wildcard_row {
	const char *name, *pattern, *host;
	bool equal;
} rows[] = {
	{ "a label with _", "*.sub.example", "foo_bar.sub.example", true },
	{ "_ in front", "*.sub.example", "_foo.sub.example", true },
	{ "_ at the end", "*.sub.example", "foo_.sub.example", true },
	{ "_ alone", "*.sub.example", "_.sub.example", true },
	{ "another case", "*.SUB.example", "foo_bar.sub.EXAMPLE", true },
	{ "_ in another label", "*.a_b.example", "foo.a_b.example", true },
	{ "a hyphen", "*.sub.example", "foo-a_b.sub.example", true },
	{ "without _", "*.sub.example", "foo.sub.example", false },
	{ "two labels deep", "*.sub.example", "foo.a_b.sub.example", false },
	{ "two labels deep, _ first", "*.sub.example", "a_b.foo.sub.example",
		false },
	{ "no label", "*.sub.example", "sub.example", false },
	{ "an empty label", "*.sub.example", ".sub.example", false },
	{ "another domain", "*.sub.example", "foo_bar.sup.example", false },
	{ "the end of a domain", "*.sub.example", "foo_bar.a-sub.example",
		false },
	{ "all of a top-level domain", "*.example", "foo_bar.example", false },
	{ "everything", "*", "foo_bar", false },
	{ "everything with a dot", "*.", "foo_bar.", false },
	{ "a dot behind it", "*.sub.example.", "foo_bar.sub.example", false },
	{ "a dot behind the host", "*.sub.example", "foo_bar.sub.example.",
		false },
	{ "a part of a label", "foo*.sub.example", "foo_bar.sub.example",
		false },
	{ "a part of a label behind", "*bar.sub.example", "foo_bar.sub.example",
		false },
	{ "a part inside", "f*r.sub.example", "foo_bar.sub.example", false },
	{ "two stars", "**.sub.example", "foo_bar.sub.example", false },
	{ "two labels of stars", "*.*.example", "foo_bar.sub.example", false },
	{ "a star further right", "foo_bar.*.example", "foo_bar.sub.example",
		false },
	{ "a star in the host", "*.sub.example", "*_a.sub.example", false },
	{ "no star, the same name", "foo_bar.sub.example",
		"foo_bar.sub.example", false },
	{ "an address", "*.0.0.1", "127.0.0.1", false },
	{ "what ends as an address", "*.0.0.1", "a_b.0.0.1", false },
	{ "an address of IPv6", "*.sub.example", "::1", false },
	{ "a label of IDNA", "*.sub.example", "xn--a_b.sub.example", false },
	{ "a label of IDNA in capitals", "*.sub.example", "XN--a_b.sub.example",
		false },
	{ "a hyphen in front", "*.sub.example", "-a_b.sub.example", false },
	{ "a hyphen at the end", "*.sub.example", "a_b-.sub.example", false },
	{ "a blank", "*.sub.example", "a_b c.sub.example", false },
	{ "a byte above 127", "*.sub.example", "a_\xff.sub.example", false },
	{ "an empty label inside", "*..example", "a_b..example", false },
	{ "no pattern", "", "foo_bar.sub.example", false },
	{ "no host", "*.sub.example", "", false },
	{ "a label of 63 bytes", "*.sub.example",
		"_2345678901234567890123456789012345678901234567890123456789012"
		"3"
		".sub.example",
		true },
	{ "a label of 64 bytes", "*.sub.example",
		"_2345678901234567890123456789012345678901234567890123456789012"
		"34"
		".sub.example",
		false },
};

static void test_wildcard(const void *row)
{
	const struct wildcard_row *c = row;
	size_t pattern_n = strlen(c->pattern), host_n = strlen(c->host);
	char *pattern = exact_copy(c->pattern, pattern_n);
	char *host = exact_copy(c->host, host_n);

	assert_int_equal(tls_name_wildcard((struct str){ pattern, pattern_n },
				 (struct str){ host, host_n }),
		c->equal);
	free(pattern);
	free(host);
}

/* NUL ends no name. */
static void test_nul(const void *row)
{
	(void)row;
	assert_false(tls_name_wildcard(STR("*.sub.example\0.evil.example"),
		STR("foo_bar.sub.example")));
	assert_false(tls_name_wildcard(
		STR("*.sub.example"), STR("foo_bar.sub.example\0")));
	assert_false(tls_name_wildcard(
		STR("*\0.sub.example"), STR("foo_bar.sub.example")));
}

int main(void)
{
	const struct table tables[] = {
		TABLE("wildcard", rows, test_wildcard),
		SINGLE("wildcard, NUL", test_nul),
	};

	return table_run("tls_name", tables, sizeof(tables) / sizeof(*tables));
}
