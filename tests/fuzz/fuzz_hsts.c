/* HSTS: the input's first line is the field's value, the rest a file. */
#include <stdlib.h>

#include "policy/hsts.h"

#define NOW INT64_C(1700000000)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
	if (!holds)
		abort();
}

static struct hsts *load(struct str content, struct hsts_skips *skips)
{
	struct error e = { 0 };
	struct hsts *hsts = hsts_new(&e);

	require(hsts && hsts_load(hsts, content, NOW, skips) == 0);
	return hsts;
}

static void save(struct buf *out, struct hsts *hsts, size_t size)
{
	buf_init(out, 2 * size + 1000);
	hsts_save(hsts, NOW, out);
	require(!out->failed);
}

/* What was saved is read without a flaw, and saved again byte for byte. */
static void check_again(const struct buf *saved)
{
	struct hsts_skips skips;
	struct hsts *hsts = load(buf_str(saved), &skips);
	struct buf again;

	require(skips.count == 0 && !skips.why);
	save(&again, hsts, saved->n);
	require(str_eq(buf_str(saved), buf_str(&again)));
	buf_fini(&again);
	hsts_free(hsts);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str rest = { (const char *)data, size }, value;
	struct hsts_policy policy;
	struct hsts_skips skips;
	struct hsts *hsts;
	struct buf saved;

	str_cut(rest, '\n', &value, &rest);
	hsts = load(rest, &skips);
	require((skips.count > 0) == (skips.why != NULL));
	if (hsts_parse(&policy, value)) {
		require(hsts_note(hsts, STR("x.test"), &policy, NOW) == 0);
		require(!policy.max_age ||
			hsts_knows(hsts, STR("X.test."), NOW));
		require(!policy.max_age || !policy.subdomains ||
			hsts_knows(hsts, STR("y.x.test"), NOW));
	}
	hsts_knows(hsts, value, NOW);
	save(&saved, hsts, size);
	check_again(&saved);
	buf_fini(&saved);
	hsts_free(hsts);
	return 0;
}
