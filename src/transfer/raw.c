#include "transfer/raw.h"

#include "http/request_list.h"

/* The answer to one request, and no more of it. */
static int receive(struct transfer *t, struct exchange *x, enum reuse *reuse,
	struct error *e)
{
	struct body_plan plan = { .raw = t->job->request.raw,
		.decode = t->job->request.compressed,
		.unlimited = t->job->request.no_decode_limit,
		.max_size = t->job->max_file_size };
	int error = exchange_judge(x, exchange_head(x, e), e);

	*reuse = REUSE_UNREAD;
	if (error == 0 && x->head.status)
		error = x->sink->ops->head(x->sink->sink, &x->head,
			x->framing.kind != FRAMING_NONE, e);
	return error < 0 ? error : body_receive(x, &plan, reuse, e);
}

/* All answers, in order. */
static int receive_all(struct transfer *t, struct exchange *x,
	enum reuse *reuse, struct error *e)
{
	struct str left = t->job->raw->bytes;
	struct request_part part;
	int error = 0;

	for (unsigned i = 1;
		error == 0 && request_list_next(&left, &part, NULL); i++) {
		if (i > 1)
			exchange_next(x);
		x->options.head_request = part.head_method;
		x->options.connect_request = part.connect_method;
		x->upgrade_asked = part.upgrade;
		x->pipelined = left.n > 0;
		error = receive(t, x, reuse, e);
		if (error == -ERR_EMPTY_REPLY && i > 1)
			error_add(e, ": request %u was not answered", i);
	}
	return error;
}

static int converse(struct transfer *t, struct exchange *x, struct error *e)
{
	enum reuse reuse = REUSE_UNREAD;
	int error;

	OBSERVE(t->observer, head_out, t->job->raw->bytes);
	error = exchange_send_raw(x, t->job->raw, e);
	if (error == 0)
		error = receive_all(t, x, &reuse, e);
	/* Bytes of this kind leave no connection that can be trusted. */
	if (reuse == REUSE_POSSIBLE)
		reuse = REUSE_RAW;
	transfer_end_connection(t, x, reuse);
	return error;
}

int raw_run(struct transfer *t, struct error *e)
{
	struct exchange x;
	struct connection *c;
	int error;

	t->again = false;
	transfer_begin_hop(t, HOP_FIRST);
	transfer_prepare_exchange(t, &x);
	c = transfer_choose_peer(t, e) < 0 || transfer_take_place(t, e) < 0
		? NULL
		: transfer_connect(t, &x.found, e);
	if (c) {
		transfer_begin_exchange(t, &x, c);
		error = converse(t, &x, e);
	} else {
		error = exchange_judge(&x, -e->code, e);
	}
	transfer_end_hop(t, error < 0 ? e : NULL);
	exchange_fini(&x);
	return error;
}
