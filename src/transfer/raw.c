#include "transfer/raw.h"

#include "base/clock.h"
#include "http/request_list.h"
#include "http/value.h"

/* --- what is sent, request by request */

struct raw {
	struct transfer *t;
	struct exchange *x;
	struct str left; /* of the bytes, behind `part` */
	struct request_part part; /* whose answer is due */
	uint64_t before; /* bytes in front of it */
	struct url url; /* that it is for */
};

/* The words of a request line that can be told apart. */
static void read_line(struct str bytes, struct str *method, struct str *target)
{
	ssize_t end = str_find(bytes, '\n');
	struct str line = end < 0 ? bytes : str_first(bytes, (size_t)end);

	str_cut(line, ' ', method, &line);
	str_cut(line, ' ', target, &line);
	*target = value_trim(*target);
}

struct str raw_method(const struct raw_request *raw)
{
	struct str method, target;

	read_line(raw->bytes, &method, &target);
	return value_is_token(method) ? method : STR("GET");
}

/* The URL that a request to this origin names by its target, or the job's. */
static int find_url(struct raw *r, struct str target, struct error *e)
{
	const struct transfer *t = r->t;
	struct error ignored;

	url_fini(&r->url);
	if (str_starts(target, STR("/")) && !str_starts(target, STR("//")) &&
		url_resolve(&r->url, &t->url, target, &t->job->url_options,
			&ignored) == 0)
		return 0;
	return url_copy(&r->url, &t->url, e);
}

/* The next request; false when there is none, or memory is out. */
static bool next_part(struct raw *r, struct error *e)
{
	struct str method, target;

	r->before += r->part.bytes.n;
	if (!request_list_next(&r->left, &r->part, NULL))
		return false;
	read_line(r->part.bytes, &method, &target);
	if (value_is_token(method))
		r->t->method = method;
	r->t->shown = &r->url;
	return find_url(r, target, e) == 0;
}

static size_t head_size(const struct request_part *part)
{
	return part->head ? part->head : part->bytes.n;
}

static void tell_request(const struct raw *r)
{
	const struct observer *o = r->t->observer;
	struct str head = str_first(r->part.bytes, head_size(&r->part));
	struct str body = str_from(r->part.bytes, head.n);

	OBSERVE(o, head_out, head);
	if (body.n)
		OBSERVE(o, body_out, body);
}

/* All of them go out as one run of bytes: how much of it is of this one? */
static void count_sent(struct raw *r)
{
	uint64_t all = r->x->out.head_sent;
	uint64_t sent = all > r->before ? all - r->before : 0;
	size_t head = head_size(&r->part);

	if (sent > r->part.bytes.n)
		sent = r->part.bytes.n;
	r->t->hop.head_out = sent < head ? sent : head;
	r->t->hop.body_out = sent - r->t->hop.head_out;
}

/* Begin the hop of a request that has been sent behind another one, or still
 * is: its answer is due. */
static void begin_next(struct raw *r)
{
	struct transfer *t = r->t;
	struct exchange *x = r->x;
	const struct facts_times times = t->facts->times;

	transfer_begin_hop(t, HOP_PIPELINED);
	x->connection->reused = true;
	transfer_begin_exchange(t, x, x->connection);
	t->facts->times = times;
	t->hop.ready = clock_now();
	if (!x->pending)
		t->hop.sent = t->hop.ready;
	if (x->answered)
		t->hop.first_byte = t->hop.ready;
	tell_request(r);
}

/* --- what is received */

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

/* All answers, in order; each request has a hop. The last one is not ended. */
static int receive_all(struct raw *r, enum reuse *reuse, struct error *e)
{
	struct exchange *x = r->x;

	for (unsigned i = 1;; i++) {
		int error;

		x->options.head_request = r->part.head_method;
		x->options.connect_request = r->part.connect_method;
		x->upgrade_asked = r->part.upgrade;
		x->pipelined = r->left.n > 0;
		error = receive(r->t, x, reuse, e);
		if (error == -ERR_EMPTY_REPLY && i > 1)
			error_add(e, ": request %u was not answered", i);
		if (error < 0 || r->left.n == 0)
			return error;
		count_sent(r);
		transfer_end_hop(r->t, NULL);
		exchange_next(x);
		if (!next_part(r, e))
			return -e->code;
		begin_next(r);
	}
}

static int converse(struct raw *r, struct error *e)
{
	enum reuse reuse = REUSE_UNREAD;
	int error;

	tell_request(r);
	error = exchange_send_raw(r->x, r->t->job->raw, e);
	if (error == 0 && r->part.bytes.n)
		error = receive_all(r, &reuse, e);
	/* Bytes of this kind leave no connection that can be trusted. */
	if (reuse == REUSE_POSSIBLE)
		reuse = REUSE_RAW;
	count_sent(r);
	transfer_end_connection(r->t, r->x, reuse);
	return error;
}

int raw_run(struct transfer *t, struct error *e)
{
	struct exchange x;
	struct raw r = { .t = t, .x = &x, .left = t->job->raw->bytes };
	struct connection *c;
	int error;

	t->again = false;
	if (!next_part(&r, e) && e->code)
		return -e->code;
	transfer_begin_hop(t, HOP_FIRST);
	transfer_prepare_exchange(t, &x);
	c = transfer_choose_peer(t, e) < 0 || transfer_take_place(t, e) < 0
		? NULL
		: transfer_connect(t, &x.found, e);
	if (c) {
		transfer_begin_exchange(t, &x, c);
		error = converse(&r, e);
	} else {
		error = exchange_judge(&x, -e->code, e);
	}
	transfer_end_hop(t, error < 0 ? e : NULL);
	exchange_fini(&x);
	t->shown = NULL;
	url_fini(&r.url);
	return error;
}
