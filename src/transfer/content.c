#include "transfer/content.h"

#include "http/value.h"

/* --- handing on */

int content_check_size(const struct content *c, uint64_t size, struct error *e)
{
	const struct body_plan *plan = c->plan;

	if (plan->max_size && !plan->discard && size > plan->max_size)
		return error_set(e, ERR_TOO_LARGE,
			"Maximum file size exceeded: more than %llu bytes",
			(unsigned long long)plan->max_size);
	return 0;
}

static int hand_on(
	struct content *c, const struct iovec *iov, int n, struct error *e)
{
	struct exchange *x = c->exchange;
	const struct observer *observer = x->observer;
	struct facts *facts = x->facts;
	uint64_t size = facts->received;
	int error;

	for (int i = 0; i < n; i++)
		size += iov[i].iov_len;
	error = content_check_size(c, size, e);
	if (error == 0 && observer && observer->ops->content)
		for (int i = 0; i < n; i++)
			OBSERVE(observer, content,
				(struct str){
					iov[i].iov_base, iov[i].iov_len });
	if (error == 0)
		error = x->sink->ops->body(x->sink->sink, iov, n, e);
	if (error == 0) {
		x->hop->content += size - facts->received;
		facts->received = size;
	}
	return error;
}

/* A piece of what has been decoded. */
static int hand_on_decoded(void *content, struct str bytes, struct error *e)
{
	struct iovec iov = { (char *)bytes.p, bytes.n };

	return hand_on(content, &iov, 1, e);
}

int content_take(
	struct content *c, const struct iovec *iov, int n, struct error *e)
{
	struct exchange *x = c->exchange;
	uint64_t *count = c->plan->discard ? &c->discarded : &x->facts->wire;
	int error = 0;

	for (int i = 0; i < n; i++) {
		*count += iov[i].iov_len;
		x->hop->body_in += iov[i].iov_len;
	}
	if (c->plan->discard)
		return 0;
	if (!c->coding)
		return hand_on(c, iov, n, e);
	for (int i = 0; i < n && error == 0; i++) {
		struct str in = { iov[i].iov_base, iov[i].iov_len };

		error = coding_decode(
			c->coding, in, false, hand_on_decoded, c, e);
	}
	return error;
}

int content_end(struct content *c, struct error *e)
{
	const struct sink_port *to = c->exchange->sink;
	int error = 0;

	if (c->coding)
		error = coding_decode(c->coding, (struct str){ NULL, 0 }, true,
			hand_on_decoded, c, e);
	if (error == 0 && !c->plan->discard && to->ops->review)
		to->ops->review(to->sink, &c->exchange->found);
	return error;
}

/* --- codings */

/* Which of the content codings nobody knows. */
static void note_unknown_codings(struct content *c)
{
	const struct head *head = &c->exchange->head;
	const struct field *field;

	for (size_t at = 0;
		(field = head_find(head, STR("Content-Encoding"), at, &at));
		at++) {
		struct str rest = field->value, token;

		while (value_next(&rest, &token)) {
			size_t before_end = (size_t)(head->bytes.p +
				head->bytes.n - token.p);

			if (!coding_known(token))
				findings_add(&c->exchange->found,
					FINDING_CONTENT_CODING_UNKNOWN,
					0 - (uint64_t)before_end);
		}
	}
}

/* The codings to undo, in the order in which they were applied: content
 * codings, then transfer codings. */
static void list_codings(const struct content *c, struct buf *list)
{
	const struct head *head = &c->exchange->head;
	const struct field *field;

	for (size_t at = 0; c->plan->decode &&
		(field = head_find(head, STR("Content-Encoding"), at, &at));
		at++) {
		buf_add_str(list, field->value);
		buf_add_char(list, ',');
	}
	buf_add_text(list, c->exchange->framing.codings);
}

static int open_codings(struct content *c, struct str list, struct error *e)
{
	struct error reason = { 0 };
	bool none = true;

	if (list.n)
		c->coding = coding_new(list, &none, &reason);
	if (c->coding || none)
		return 0;
	if (reason.code == ERR_CONTENT_CODING)
		note_unknown_codings(c);
	return error_set(e, reason.code, "%s", reason.text);
}

/* The deadline and all that may end a transfer, while nothing is read. */
static int go_on(void *content, struct error *e)
{
	struct content *c = content;
	uint64_t allowed;

	return exchange_allow(c->exchange, &allowed, e);
}

int content_init(struct content *c, struct exchange *x,
	const struct body_plan *plan, struct error *e)
{
	struct buf list;
	int error;

	*c = (struct content){ .exchange = x, .plan = plan };
	if (plan->raw || plan->discard)
		return 0;
	buf_init(&list, LIMIT_HEAD * 2);
	list_codings(c, &list);
	error = buf_check(&list, "list of codings", e);
	if (error == 0)
		error = open_codings(c, buf_str(&list), e);
	buf_fini(&list);
	if (c->coding)
		coding_watch(c->coding,
			&(struct coding_guard){ .go_on = go_on,
				.context = c,
				.limited = !plan->unlimited });
	return error;
}

void content_fini(struct content *c)
{
	coding_free(c->coding);
}
