/* The chunked coding: whole, in pieces and byte by byte give the same, and what
 * was decoded comes back when it is encoded. */
#include <stdlib.h>

#include "http/chunk.h"

#define DATA_MAX (16u << 20)

struct decoding {
	struct chunk_decoder decoder;
	struct findings found;
	struct buf data;
	int error; /* negative or 0 */
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check(bool holds)
{
	if (!holds)
		abort();
}

static void feed(struct decoding *g, struct str in)
{
	while (in.n && !g->decoder.done && g->error == 0) {
		struct error e = { 0 };
		struct str data;
		ssize_t n = chunk_decode(&g->decoder, in, &data, &e);

		if (n < 0) {
			check(e.code == -n);
			g->error = (int)n;
			return;
		}
		check(n > 0 && (size_t)n <= in.n);
		check(data.n == 0 || data.p + data.n == in.p + n);
		buf_add_str(&g->data, data);
		in = str_from(in, (size_t)n);
	}
}

static void decode(struct decoding *g, struct str in, size_t step)
{
	*g = (struct decoding){ .error = 0 };
	chunk_init(&g->decoder, &g->found);
	buf_init(&g->data, DATA_MAX);
	for (size_t at = 0; at < in.n; at += step)
		feed(g, str_first(str_from(in, at), step));
	check(g->data.n == g->decoder.data);
	check(g->decoder.trailers.n <= LIMIT_TRAILERS);
	check(g->decoder.offset <= in.n);
}

static void release(struct decoding *g)
{
	buf_fini(&g->data);
	chunk_fini(&g->decoder);
}

static void check_same(const struct decoding *a, const struct decoding *b)
{
	check(a->error == b->error);
	check(a->decoder.done == b->decoder.done);
	check(str_eq(buf_str(&a->data), buf_str(&b->data)));
	check(a->found.n == b->found.n);
	for (size_t i = 0; i < a->found.n; i++)
		check(a->found.items[i].id == b->found.items[i].id &&
			a->found.items[i].offset == b->found.items[i].offset);
	/* A limit may be noticed a piece earlier or later. */
	if (a->error == -ERR_TOO_MANY)
		return;
	check(a->decoder.offset == b->decoder.offset);
	check(str_eq(
		buf_str(&a->decoder.trailers), buf_str(&b->decoder.trailers)));
}

static void check_round_trip(const struct decoding *g)
{
	struct decoding again;
	struct buf out;

	buf_init(&out, DATA_MAX);
	if (g->data.n) {
		buf_printf(&out, "%zx\r\n", g->data.n);
		buf_add_str(&out, buf_str(&g->data));
		buf_add_text(&out, "\r\n");
	}
	buf_add_text(&out, "0\r\n\r\n");
	decode(&again, buf_str(&out), out.n);
	check(again.error == 0 && again.decoder.done && again.found.n == 0);
	check(str_eq(buf_str(&again.data), buf_str(&g->data)));
	release(&again);
	buf_fini(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct str in = { (const char *)data, size };
	struct decoding whole, part;

	decode(&whole, in, size ? size : 1);
	for (size_t step = 1; step < size && step < 1000; step = step * 3 + 1) {
		decode(&part, in, step);
		check_same(&whole, &part);
		release(&part);
	}
	check_round_trip(&whole);
	release(&whole);
	return 0;
}
