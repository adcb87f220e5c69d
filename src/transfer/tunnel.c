#include "transfer/tunnel.h"

#include "transfer/tell.h"

static int write_connect(void *asker, struct buf *out, struct error *e)
{
	struct tunnel *tunnel = asker;
	struct transfer *t = tunnel->transfer;
	const struct connection_key *key = tunnel->key;
	const struct proxy_spec *spec = t->job->proxy;
	struct buf authorization, target;
	struct connect_request request = {
		.http10 = key->proxy->kind == PROXY_HTTP10,
		.user_agent = spec->user_agent,
		.fields = spec->fields,
		.n_fields = spec->n_fields,
	};
	int error;

	buf_init(&authorization, LIMIT_REQUEST_HEAD);
	buf_init(&target, LIMIT_URL);
	connect_target(&target, key->route.host ? key->route.host : key->host,
		key->route.port ? key->route.port : key->port);
	request.target = buf_str(&target);
	error = buf_check(&target, "CONNECT target", e);
	if (error == 0)
		error = credentials_write(&t->proxy_credentials, STR("CONNECT"),
			request.target, &authorization, e);
	if (error == 0)
		error = buf_check(&authorization, "Proxy-Authorization", e);
	request.authorization = buf_str(&authorization);
	if (error == 0)
		error = connect_write(out, &request, e);
	if (error >= 0)
		log_line(t->log, "Establish HTTP proxy tunnel to %s",
			buf_text(&target));
	buf_fini(&authorization);
	buf_fini(&target);
	if (error < 0)
		return error;
	t->facts->request_sent += out->n;
	OBSERVE(t->observer, tunnel_out, buf_str(out));
	return error;
}

/* A granted tunnel has no body, whatever its fields say (RFC 9110 section
 * 9.3.6). */
static void tell_ignored(const struct transfer *t, const struct head *head)
{
	static const struct str framing[] = { { "Content-Length", 14 },
		{ "Transfer-Encoding", 17 } };

	for (size_t i = 0; i < sizeof(framing) / sizeof(framing[0]); i++)
		if (head_find(head, framing[i], 0, NULL))
			log_line(t->log, "Ignoring %.*s in CONNECT %d response",
				STR_FMT(framing[i]), head->status);
}

static void take_bytes(void *asker, struct str bytes)
{
	struct tunnel *tunnel = asker;
	struct transfer *t = tunnel->transfer;

	t->hop.tunnel_in += bytes.n;
	OBSERVE(t->observer, head_bytes, HEAD_TUNNEL, bytes);
}

static int take_answer(void *asker, const struct head *head,
	const struct findings *found, struct error *e)
{
	struct tunnel *tunnel = asker;
	struct transfer *t = tunnel->transfer;
	int again, error = 0;

	t->facts->head_received += head->bytes.n;
	t->hop.connect_status = t->facts->connect_status = head->status;
	OBSERVE(t->observer, tunnel_in, head);
	for (size_t i = 0; i < found->n; i++)
		OBSERVE(t->observer, finding, &found->items[i]);
	if (!t->job->proxy->hide_heads)
		error = t->sink->ops->tunnel_head(t->sink->sink, head, e);
	if (error < 0 || head->status < 200)
		return error;
	again = credentials_answered(
		&t->proxy_credentials, STR("CONNECT"), head, e);
	if (again < 0)
		return again;
	if (head->status == 407)
		tell_challenge(t->observer, &t->proxy_credentials, again > 0);
	if (head->status >= 300)
		return again;
	tell_ignored(t, head);
	log_line(t->log, "CONNECT tunnel established, response %d",
		head->status);
	return 0;
}

const struct connect_ops tunnel_ops = {
	.request = write_connect,
	.came = take_bytes,
	.answered = take_answer,
};
