#include "base/clock.h"
#include "net/unix.h"
#include "proxy/passage.h"
#include "talk/datagram.h"
#include "talk/talk.h"

#define CONNECT_TIMEOUT_MS 300000

struct client {
	struct stream *stream;
	const char *peer; /* the path of a Unix socket, or `text` */
	char text[ENDPOINT_PEER];
	struct buf early; /* what a proxy has passed on with its answer */
};

static int connect_unix(struct client *c, const struct talk *t,
	int64_t deadline, struct error *e)
{
	c->peer = t->endpoint.path;
	c->stream = unix_connect(c->peer, deadline, e);
	if (!c->stream)
		return -e->code;
	log_line(&t->log, "Connected to %s", c->peer);
	return 0;
}

/* --- through a proxy */

/* Where --connect-to leads, that is. */
static struct route find_target(const struct talk *t)
{
	const struct endpoint *to = &t->endpoint;
	struct route route = dial_route(&t->net, to->host, to->port);

	if (!route.host)
		route.host = to->host;
	if (!route.port)
		route.port = to->port;
	return route;
}

static int write_connect(void *talk, struct buf *out, struct error *e)
{
	const struct talk *t = talk;
	struct route to = find_target(t);
	struct buf target;
	struct connect_request request = {
		.http10 = t->through.proxy->kind == PROXY_HTTP10,
		.authorization = t->through.authorization,
		.user_agent = t->through.user_agent,
		.fields = t->through.fields,
		.n_fields = t->through.n_fields,
	};
	int error;

	buf_init(&target, LIMIT_URL);
	connect_target(&target, to.host, to.port);
	request.target = buf_str(&target);
	error = buf_check(&target, "CONNECT target", e);
	if (error == 0)
		error = connect_write(out, &request, e);
	buf_fini(&target);
	return error;
}

/* There is nothing else to be tried after a refusal. */
static int hear_answer(void *talk, const struct head *head,
	const struct findings *found, struct error *e)
{
	const struct talk *t = talk;

	(void)found;
	(void)e;
	log_line(&t->log, "The proxy answers %d %.*s", head->status,
		STR_FMT(head->reason));
	return 0;
}

static int connect_through(struct client *c, const struct talk *t,
	int64_t deadline, struct error *e)
{
	static const struct connect_ops ops = { .request = write_connect,
		.answered = hear_answer };
	struct route to = find_target(t);
	struct passage passage = { .proxy = t->through.proxy,
		.first = t->through.first,
		.host = to.host,
		.port = to.port,
		.net = &t->net,
		.context = t->through.context,
		.ops = &ops,
		.asker = (void *)t,
		.deadline = deadline };
	int error = passage_open(&passage, e);

	if (error == 0) {
		c->stream = passage.stream;
		endpoint_peer(&passage.dial.peer, c->text);
		c->peer = c->text;
		buf_add_str(&c->early, buf_str(&passage.early));
		error = buf_check(&c->early, "answer to CONNECT", e);
	}
	passage_fini(&passage);
	return error;
}

/* --- all ways */

static int connect_tcp(struct client *c, const struct talk *t, int64_t deadline,
	struct error *e)
{
	struct dial_result dialled;
	int result;

	if (t->through.proxy)
		return connect_through(c, t, deadline, e);
	result = dial_tcp(&dialled, &t->net, t->endpoint.host, t->endpoint.port,
		deadline, e);
	if (result < 0)
		return result;
	c->stream = dialled.stream;
	endpoint_peer(&dialled.peer, c->text);
	c->peer = c->text;
	return 0;
}

static int connect_tls(struct client *c, const struct talk *t, int64_t deadline,
	struct error *e)
{
	const struct tls_functions *tls = tls_load(e);
	int result;

	if (!tls)
		return -e->code;
	result = connect_tcp(c, t, deadline, e);
	if (result < 0)
		return result;
	if (c->early.n)
		return error_set(e, ERR_WEIRD_REPLY,
			"%zu bytes have come behind the answer to CONNECT, "
			"before TLS",
			c->early.n);
	c->stream = tls->connect(t->tls_context, c->stream, t->endpoint.host,
		"tcp", deadline, &t->log, NULL, e);
	return c->stream ? 0 : -e->code;
}

static int connect_peer(struct client *c, const struct talk *t,
	int64_t deadline, struct error *e)
{
	int64_t limit = t->net.connect_timeout_ms;

	deadline = deadline_earlier(
		deadline, deadline_in(limit ? limit : CONNECT_TIMEOUT_MS));
	switch (t->endpoint.kind) {
	case ENDPOINT_UNIX:
		return connect_unix(c, t, deadline, e);
	case ENDPOINT_TCP:
		return connect_tcp(c, t, deadline, e);
	case ENDPOINT_TLS:
		return connect_tls(c, t, deadline, e);
	case ENDPOINT_UDP:
	case ENDPOINT_HTTP:
		break;
	}
	return error_set(e, ERR_UNSUPPORTED_PROTOCOL,
		"There are no plain conversations over this protocol");
}

static void tell_end(const struct talk *t, const struct conversation *c)
{
	log_line(&t->log, "Closed: %llu bytes sent, %llu received",
		(unsigned long long)c->sent, (unsigned long long)c->received);
}

int talk_client(struct talk *t, struct error *e)
{
	int64_t deadline = deadline_in(t->max_time_ms);
	struct conversation conversation = { .source = &t->source,
		.receiver = &t->receiver,
		.transcript = t->transcript,
		.keep_sending_side = t->no_shutdown,
		.wait_ms = t->wait_ms > 0 ? t->wait_ms : 0,
		.deadline = deadline };
	struct client client = { 0 };
	struct error own = { 0 };
	int result;

	if (!e)
		e = &own;
	if (t->endpoint.kind == ENDPOINT_UDP)
		return datagram_client(t, deadline, e);
	buf_init(&client.early, CONNECT_REST);
	result = connect_peer(&client, t, deadline, e);
	if (result == 0) {
		conversation.stream = client.stream;
		conversation.peer = client.peer;
		conversation.early = buf_str(&client.early);
		result = conversation_hold(&conversation, e);
		tell_end(t, &conversation);
	}
	stream_close(client.stream);
	buf_fini(&client.early);
	return result;
}
