/* Response heads and their framing: a second parse and every prefix agree with
 * the whole, and what was parsed lies where it says. */
#include <stdlib.h>

#include "http/framing.h"
#include "http/review.h"
#include "http/value.h"

#define PREFIXES 8 /* that are tried, besides all of short inputs */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
	if (!holds)
		abort();
}

static void check_inside(struct str part, struct str whole)
{
	check(part.p >= whole.p && part.p + part.n <= whole.p + whole.n);
}

static void check_head(const struct head *h, struct str in, ssize_t used)
{
	size_t at = h->status_line.n;

	check(h->bytes.p == in.p && h->bytes.n == (size_t)used);
	check(h->status >= 100 && h->status <= 999);
	check(h->major == 1 && h->minor >= 0 && h->minor <= 9);
	check_inside(h->reason, h->status_line);
	for (size_t i = 0; i < h->n; i++) {
		const struct field *f = &h->fields[i];

		check(f->line.p == in.p + at);
		check_inside(f->name, f->line);
		check_inside(f->value, f->line);
		check(f->name.n > 0 && str_find(f->value, '\0') < 0);
		check(value_trim(f->value).n == f->value.n);
		check(head_find(h, f->name, i, NULL) == f);
		at += f->line.n;
	}
	check((size_t)used - at >= 1 && (size_t)used - at <= 2);
}

/* Without its folds a head has the same fields. */
static void check_unfolded(const struct head *h, struct str in)
{
	struct head again;
	struct findings found = { .base = 0 };
	struct buf out;

	buf_init(&out, in.n);
	value_unfold(&out, in);
	check(out.failed == 0);
	head_init(&again);
	check(head_parse(buf_str(&out), &again, &found, NULL) ==
		(ssize_t)out.n);
	check(again.n == h->n && again.status == h->status && !again.folded);
	head_fini(&again);
	buf_fini(&out);
}

/* What is found stands in the head. */
static void check_review(const struct head *h, bool trailers)
{
	struct findings found = { .base = 0 };

	if (trailers)
		review_trailers(h, &found);
	else
		review_head(h, &found);
	for (size_t i = 0; i < found.n; i++)
		check(found.items[i].offset < h->bytes.n);
}

static void check_framing(const struct head *h, unsigned flags)
{
	const struct framing_options options = {
		.ignore_length = flags & 1,
		.head_request = flags & 2,
		.connect_request = flags & 4,
		.codings_wanted = flags & 8,
		.raw = flags & 16,
		.http10_request = flags & 32,
	};
	struct framing framing;
	struct findings found = { .base = 0 };
	struct error e = { 0 };
	int rc = framing_decide(h, &options, &framing, &found, &e);

	check(rc <= 0 && e.code == -rc);
	if (rc < 0)
		return;
	check(framing.length <= INT64_MAX);
	check(strlen(framing.codings) < sizeof(framing.codings));
	check(framing.kind != FRAMING_CLOSE || !framing.persistent);
	check(framing.kind != FRAMING_TUNNEL || !framing.persistent);
	check(framing.kind == FRAMING_LENGTH || framing.length == 0);
	check(!options.head_request || framing.kind == FRAMING_NONE ||
		framing.kind == FRAMING_TUNNEL);
	check(framing.item >= 1 && framing.item <= 8);
}

/* A prefix is not whole, or fails at once. */
static void check_prefix(struct str in, ssize_t whole, size_t n)
{
	char *copy = malloc(n ? n : 1);
	struct findings found = { .base = 0 };
	struct head h;
	ssize_t rc;

	check(copy != NULL);
	if (n)
		memcpy(copy, in.p, n);
	head_init(&h);
	rc = head_parse((struct str){ copy, n }, &h, &found, NULL);
	check(rc <= 0);
	check(rc == 0 || whole < 0);
	check(rc < 0 || found.n == 0);
	head_fini(&h);
	free(copy);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct str in = { (const char *)data, size };
	struct findings found = { .base = 0 };
	struct error e = { 0 };
	struct head h;
	size_t scanned = 0, stop, step;
	ssize_t rc;

	head_init(&h);
	rc = head_parse(in, &h, &found, &e);
	check(e.code == (rc < 0 ? -rc : 0));
	check(rc != 0 || found.n == 0);
	stop = rc > 0 ? (size_t)rc : size;
	if (rc > 0) {
		struct str head = str_first(in, stop);

		check(head_end(in, &scanned) == stop);
		check_head(&h, in, rc);
		if (h.folded)
			check_unfolded(&h, head);
		for (unsigned flags = 0; flags < 64; flags++)
			check_framing(&h, flags);
		check_review(&h, false);
	}
	scanned = 0;
	step = stop / PREFIXES + 1;
	for (size_t n = 0; n < stop; n += step) {
		check_prefix(in, rc, n);
		if (rc > 0)
			check(head_end(str_first(in, n), &scanned) == 0);
	}
	if (rc > 0)
		check(head_end(in, &scanned) == stop);
	rc = head_parse_trailers(in, &h, &found, NULL);
	scanned = 0;
	check(rc <= 0 || head_end(in, &scanned) == (size_t)rc);
	if (rc > 0)
		check_review(&h, true);
	head_fini(&h);
	return 0;
}
