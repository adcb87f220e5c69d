#include <stdlib.h>

#include "base/base64.h"
#include "base/json_read.h"
#include "net/replay.h"

#define RECEIVED_LIMIT (1u << 30) /* bytes, of one connection */
#define CONNECTIONS_LIMIT 100000u

/* One line. */
struct event {
	struct buf name, host, bytes, error;
	bool has_connection, has_port, has_bytes, has_host;
	bool tls;
	uint64_t connection, port, code;
	struct buf member, base64; /* while it is read */
};

static void event_init(struct event *event)
{
	*event = (struct event){ .code = ERR_RECV };
	buf_init(&event->name, 16);
	buf_init(&event->host, LIMIT_URL);
	buf_init(&event->bytes, RECEIVED_LIMIT);
	buf_init(&event->error, LIMIT_ERROR_TEXT);
	buf_init(&event->member, 256);
	buf_init(&event->base64, RECEIVED_LIMIT);
}

static void event_fini(struct event *event)
{
	buf_fini(&event->name);
	buf_fini(&event->host);
	buf_fini(&event->bytes);
	buf_fini(&event->error);
	buf_fini(&event->member);
	buf_fini(&event->base64);
}

/* --- from JSON */

/* A string that takes the place of one that was there before. */
static bool read_text(struct json_reader *r, struct buf *text)
{
	buf_clear(text);
	return json_read_string(r, text);
}

static bool read_base64(struct json_reader *r, struct event *event)
{
	size_t from = r->at;

	if (!read_text(r, &event->base64))
		return false;
	buf_clear(&event->bytes);
	if (base64_decode(&event->bytes, buf_str(&event->base64)))
		return true;
	r->at = from;
	r->wrong = "this is not base64";
	return false;
}

static bool read_value(struct json_reader *r, struct event *event)
{
	struct str name = buf_str(&event->member);

	if (str_eq(name, STR("event")))
		return read_text(r, &event->name);
	if (str_eq(name, STR("connection"))) {
		event->has_connection = true;
		return json_read_uint(r, INT64_MAX, &event->connection);
	}
	if (str_eq(name, STR("host"))) {
		event->has_host = true;
		return read_text(r, &event->host);
	}
	if (str_eq(name, STR("port"))) {
		event->has_port = true;
		return json_read_uint(r, UINT16_MAX, &event->port);
	}
	if (str_eq(name, STR("tls")))
		return json_read_bool(r, &event->tls);
	if (str_eq(name, STR("code")))
		return json_read_uint(r, 255, &event->code);
	if (str_eq(name, STR("error")))
		return read_text(r, &event->error);
	if (str_eq(name, STR("text"))) {
		event->has_bytes = true;
		return read_text(r, &event->bytes);
	}
	if (str_eq(name, STR("base64"))) {
		event->has_bytes = true;
		return read_base64(r, event);
	}
	return json_read_any(r);
}

static bool read_event(struct json_reader *r, struct event *event)
{
	if (!json_read_object(r))
		return false;
	while (json_read_member(r, &event->member))
		if (!read_value(r, event))
			return false;
	return json_read_end(r);
}

/* --- into connections; these return what is wrong, or NULL */

static const char memory_is_out[] = "memory is out";

static struct replay_connection *find(struct replay *r, uint64_t number)
{
	for (size_t i = r->n; i > 0; i--)
		if (r->connections[i - 1].number == number)
			return &r->connections[i - 1];
	return NULL;
}

/* A list that is doubled at each power of two has no room left. */
static bool is_full(size_t n)
{
	return (n & (n - 1)) == 0;
}

static const char *open_connection(struct replay *r, const struct event *event)
{
	struct replay_connection *c;

	if (!event->has_host || !event->has_port)
		return "an open event needs a host and a port";
	if (find(r, event->connection))
		return "this connection has been opened before";
	if (r->n >= CONNECTIONS_LIMIT)
		return "there are too many connections";
	if (is_full(r->n)) {
		c = reallocarray(
			r->connections, r->n ? r->n * 2 : 1, sizeof(*c));
		if (!c)
			return memory_is_out;
		r->connections = c;
	}
	c = &r->connections[r->n];
	*c = (struct replay_connection){ .number = event->connection,
		.port = (uint16_t)event->port,
		.tls = event->tls };
	buf_init(&c->received, RECEIVED_LIMIT);
	c->host = str_dup(buf_str(&event->host));
	if (!c->host)
		return memory_is_out;
	r->n++;
	return NULL;
}

/* The turn that bytes belong to: the last one, unless `sending` comes behind
 * what was received in it. */
static struct replay_turn *turn_of(struct replay_connection *c, bool sending)
{
	size_t end = c->received.n;
	struct replay_turn *last = c->n_turns ? &c->turns[c->n_turns - 1]
					      : NULL;
	size_t begin = c->n_turns > 1 ? c->turns[c->n_turns - 2].end : 0;

	if (last && !(sending && last->end > begin))
		return last;
	if (is_full(c->n_turns)) {
		struct replay_turn *turns = reallocarray(c->turns,
			c->n_turns ? c->n_turns * 2 : 1, sizeof(*turns));

		if (!turns)
			return NULL;
		c->turns = turns;
	}
	c->turns[c->n_turns] = (struct replay_turn){ .end = end };
	return &c->turns[c->n_turns++];
}

static const char *add_bytes(
	struct replay_connection *c, const struct event *event, bool sent)
{
	struct replay_turn *turn;

	if (!event->has_bytes)
		return "such an event needs text or base64";
	if (event->bytes.n == 0)
		return NULL;
	if (!sent && c->end != REPLAY_OPEN)
		return "nothing can be received behind the end";
	turn = turn_of(c, sent);
	if (!turn)
		return memory_is_out;
	if (sent) {
		turn->sent += event->bytes.n;
		return NULL;
	}
	buf_add_str(&c->received, buf_str(&event->bytes));
	turn->end = c->received.n;
	return c->received.failed ? "too much is received" : NULL;
}

static const char *keep_failure(
	const struct event *event, int *code, char **error)
{
	struct str words = buf_str(&event->error);

	if (event->code == 0 || event->code == ERR_AGAIN)
		return "this code is not that of a failure";
	*code = (int)event->code;
	*error = str_dup(words.n ? words : STR("it failed in the recording"));
	return *error ? NULL : memory_is_out;
}

/* Whoever reads on behind the end finds it again: the first one counts. */
static const char *end_connection(struct replay_connection *c,
	const struct event *event, enum replay_end end)
{
	if (c->end != REPLAY_OPEN)
		return NULL;
	c->end = end;
	return end == REPLAY_END ? NULL
				 : keep_failure(event, &c->code, &c->error);
}

static const char *refuse(
	struct replay_connection *c, const struct event *event)
{
	if (c->refused)
		return NULL;
	c->refused = true;
	return keep_failure(event, &c->refused_code, &c->refused_error);
}

static const char *apply(struct replay *r, const struct event *event)
{
	struct str name = buf_str(&event->name);
	struct replay_connection *c;

	if (!name.n)
		return "there is no event in it";
	if (!event->has_connection)
		return "an event needs a connection";
	if (str_eq(name, STR("open")))
		return open_connection(r, event);
	c = find(r, event->connection);
	if (!c)
		return "this connection has not been opened";
	if (str_eq(name, STR("sent")))
		return add_bytes(c, event, true);
	if (str_eq(name, STR("received")))
		return add_bytes(c, event, false);
	if (str_eq(name, STR("end")))
		return end_connection(c, event, REPLAY_END);
	if (str_eq(name, STR("cut")))
		return end_connection(c, event, REPLAY_CUT);
	if (str_eq(name, STR("failed")))
		return end_connection(c, event, REPLAY_FAILED);
	if (str_eq(name, STR("refused")))
		return refuse(c, event);
	if (str_eq(name, STR("shut")) || str_eq(name, STR("close")))
		return NULL;
	return "an unknown event";
}

static int parse_line(struct replay *r, struct str line, unsigned long number,
	struct error *e)
{
	struct json_reader reader;
	struct event event;
	const char *wrong;
	int error = 0;

	event_init(&event);
	json_reader_init(&reader, line);
	if (!read_event(&reader, &event))
		wrong = reader.wrong;
	else if ((wrong = apply(r, &event)))
		reader.at = 0; /* all of it is meant */
	if (wrong == memory_is_out)
		error = error_memory(e);
	else if (wrong)
		error = error_set(e, ERR_READ, "line %lu, byte %zu: %s", number,
			reader.at + 1, wrong);
	event_fini(&event);
	return error;
}

static bool is_blank(struct str line)
{
	while (line.n && memchr(" \t\r", line.p[0], 3))
		line = str_from(line, 1);
	return line.n == 0;
}

int replay_parse(struct replay *r, struct str text, struct error *e)
{
	int error = 0;

	*r = (struct replay){ .lock = lock_new(e) };
	if (!r->lock)
		return -e->code;
	for (unsigned long number = 1; error == 0 && text.n; number++) {
		struct str line;

		if (!str_cut(text, '\n', &line, &text))
			text.n = 0;
		if (!is_blank(line))
			error = parse_line(r, line, number, e);
	}
	return error;
}

void replay_fini(struct replay *r)
{
	for (size_t i = 0; i < r->n; i++) {
		struct replay_connection *c = &r->connections[i];

		free(c->host);
		buf_fini(&c->received);
		free(c->turns);
		free(c->error);
		free(c->refused_error);
	}
	free(r->connections);
	lock_free(r->lock);
}
