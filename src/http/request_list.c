#include "http/request_list.h"

#include "http/chunk.h"

/* The bytes of a chunked body at the front of `in`; 0 when it is broken or not
 * whole, and `e` filled. */
static size_t chunked_length(
	struct str in, struct findings *found, struct error *e)
{
	struct chunk_decoder d;
	size_t used = 0;

	chunk_init(&d, found);
	while (used < in.n && !d.done) {
		struct str data;
		ssize_t n = chunk_decode(&d, str_from(in, used), &data, e);

		if (n < 0)
			break;
		used += (size_t)n;
	}
	if (!d.done && !e->code)
		error_set(e, ERR_PARTIAL,
			"the chunked body is not whole: %zu bytes of it are "
			"there",
			in.n);
	if (!d.done)
		used = 0;
	chunk_fini(&d);
	return used;
}

/* The bytes of the body behind a head, all of `in` when it is not whole. */
static size_t body_length(const struct framing *framing, struct str in,
	struct findings *found, struct error *e)
{
	size_t n;

	switch (framing->kind) {
	case FRAMING_LENGTH:
		if (framing->length <= in.n)
			return (size_t)framing->length;
		error_set(e, ERR_PARTIAL,
			"the body is not whole: %zu of %llu bytes are there",
			in.n, (unsigned long long)framing->length);
		return in.n;
	case FRAMING_CHUNKED:
		n = chunked_length(in, found, e);
		return n ? n : in.n;
	default:
		return 0;
	}
}

static void take_head(struct str in, struct request_part *part,
	struct received_request *r, struct findings *found)
{
	uint64_t base = found ? found->base : 0;
	ssize_t n = request_parse(in, r, found, &part->wrong);
	struct str body;

	part->bytes = in;
	if (n == 0)
		error_set(&part->wrong, ERR_PARTIAL,
			"the request head is not whole: no empty line ends it");
	if (n <= 0)
		return;
	part->head = (size_t)n;
	part->head_method = str_eq(r->method, STR("HEAD"));
	part->connect_method = str_eq(r->method, STR("CONNECT"));
	part->upgrade = head_find(&r->head, STR("Upgrade"), 0, NULL) != NULL;
	body = str_from(in, part->head);
	if (found)
		found->base = base + part->head;
	part->bytes.n = part->head +
		body_length(&r->framing, body, found, &part->wrong);
	if (found)
		found->base = base;
}

bool request_list_next(
	struct str *rest, struct request_part *part, struct findings *found)
{
	struct received_request r;

	if (rest->n == 0)
		return false;
	*part = (struct request_part){ .head = 0 };
	received_request_init(&r);
	take_head(*rest, part, &r, found);
	received_request_fini(&r);
	*rest = str_from(*rest, part->bytes.n);
	if (found)
		found->base += part->bytes.n;
	return true;
}
