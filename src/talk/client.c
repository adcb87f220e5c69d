#include "base/clock.h"
#include "net/unix.h"
#include "talk/datagram.h"
#include "talk/talk.h"

#define CONNECT_TIMEOUT_MS 300000

struct client {
	struct stream *stream;
	const char *peer; /* the path of a Unix socket, or `text` */
	char text[ENDPOINT_PEER];
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

static int connect_tcp(struct client *c, const struct talk *t, int64_t deadline,
	struct error *e)
{
	struct dial_result dialled;
	int result = dial_tcp(&dialled, &t->net, t->endpoint.host,
		t->endpoint.port, deadline, e);

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
	c->stream = tls->connect(t->tls_context, c->stream, t->endpoint.host,
		deadline, &t->log, NULL, e);
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
	result = connect_peer(&client, t, deadline, e);
	if (result < 0)
		return result;
	conversation.stream = client.stream;
	conversation.peer = client.peer;
	result = conversation_hold(&conversation, e);
	stream_close(client.stream);
	log_line(&t->log, "Closed: %llu bytes sent, %llu received",
		(unsigned long long)conversation.sent,
		(unsigned long long)conversation.received);
	return result;
}
