#include "support/answers.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdlib.h>

#include "base/clock.h"
#include "net/dial.h"
#include "net/replay.h"
#include "net/tls.h"
#include "support/fake_time.h"

#define CONNECTIONS_MAX 64
#define SENT_MAX (64u << 20)
#define SILENCES 10000 /* a peer's, before it is given up for dead */

static struct {
	struct replay replay;
	struct connection_manner {
		bool refused, untrusted, silent;
		int64_t pause; /* microseconds */
	} manners[CONNECTIONS_MAX];
	size_t n_dialed, next;
	struct dialed dialed[CONNECTIONS_MAX];
	const struct dialed *last_read;
} all;

int __wrap_dial_tcp(struct dial_result *r, const struct net_config *config,
	const char *host, uint16_t port, int64_t deadline, struct error *e);
int __wrap_dial_addresses(struct addresses *found,
	const struct net_config *config, const char *host, uint16_t port,
	int64_t deadline, struct error *e);
const struct tls_functions *__real_tls_load(struct error *e);
const struct tls_functions *__wrap_tls_load(struct error *e);

static void *must(void *p)
{
	if (!p)
		abort();
	return p;
}

/* --- the text */

static struct replay_connection *add_connection(void)
{
	struct replay *r = &all.replay;
	struct replay_connection *c = &r->connections[r->n];

	*c = (struct replay_connection){ .number = r->n, .end = REPLAY_OPEN };
	buf_init(&c->received, SIZE_MAX);
	r->n++;
	return c;
}

/* What follows is received when `sent` bytes more have been. */
static void add_turn(struct replay_connection *c, size_t sent)
{
	c->turns = must(
		reallocarray(c->turns, c->n_turns + 1, sizeof(*c->turns)));
	c->turns[c->n_turns++] =
		(struct replay_turn){ .sent = sent, .end = c->received.n };
}

static void add_bytes(struct replay_connection *c, struct str bytes)
{
	if (!bytes.n)
		return;
	buf_add_str(&c->received, bytes);
	c->turns[c->n_turns - 1].end = c->received.n;
}

static char *words(const char *text)
{
	return must(str_dup(str_of(text)));
}

static void end_connection(struct replay_connection *c, enum replay_end end)
{
	c->end = end;
	c->code = ERR_RECV;
	if (end == REPLAY_FAILED)
		c->error = words("Recv failure: Connection reset by peer");
	if (end == REPLAY_CUT)
		c->error = words("TLS was cut off without close_notify");
}

static void refuse_writes(struct replay_connection *c)
{
	if (c->refused)
		return;
	c->refused = true;
	c->refused_code = ERR_SEND;
	c->refused_error = words("Send failure: Connection reset by peer");
}

static int64_t pause_of(char digit)
{
	return digit == '9' ? INT64_C(540000000)
			    : (int64_t)1000 << (digit - '0');
}

/* What stands behind a tilde. Returns true when it ends the connection. */
static bool act(struct replay_connection *c, struct connection_manner *manner,
	char what)
{
	switch (what) {
	case '|':
		add_turn(c, 0);
		break;
	case '>':
		add_turn(c, 1);
		break;
	case '.':
		end_connection(c, REPLAY_END);
		return true;
	case '!':
		end_connection(c, REPLAY_FAILED);
		return true;
	case '/':
		end_connection(c, REPLAY_CUT);
		return true;
	case '?':
		manner->silent = true;
		return true;
	case 'w':
		refuse_writes(c);
		break;
	case 'x':
		manner->refused = true;
		break;
	case 't':
		manner->untrusted = true;
		break;
	default:
		if (what >= '0' && what <= '9')
			manner->pause = pause_of(what);
		else
			add_bytes(c, (struct str){ &what, 1 });
	}
	return false;
}

/* One connection from the front of the text; what is left of that. */
static struct str read_connection(struct str text)
{
	struct connection_manner *manner = &all.manners[all.replay.n];
	struct replay_connection *c = add_connection();
	bool ended = false;

	*manner = (struct connection_manner){ .pause = 1000 };
	add_turn(c, 1);
	while (text.n && !ended) {
		struct str plain;

		if (!str_cut(text, '~', &plain, &text))
			text.n = 0;
		add_bytes(c, plain);
		if (text.n) {
			ended = act(c, manner, *text.p);
			text = str_from(text, 1);
		}
	}
	if (!ended)
		end_connection(c, REPLAY_END);
	return text;
}

void answers_begin(struct str text, size_t step)
{
	struct error e;

	all.replay =
		(struct replay){ .lock = must(lock_new(&e)), .step = step };
	all.replay.connections = must(
		calloc(CONNECTIONS_MAX, sizeof(*all.replay.connections)));
	all.n_dialed = all.next = 0;
	all.last_read = NULL;
	while (text.n && all.replay.n < CONNECTIONS_MAX)
		text = read_connection(text);
}

void answers_end(void)
{
	for (size_t i = 0; i < all.n_dialed; i++)
		buf_fini(&all.dialed[i].sent);
	replay_fini(&all.replay);
}

size_t answers_dialed(void)
{
	return all.n_dialed;
}

const struct dialed *answers_dial(size_t index)
{
	return &all.dialed[index];
}

const struct dialed *answers_last_read(void)
{
	return all.last_read;
}

/* --- streams: that of the replay, looked at */

struct answer_stream {
	struct stream base;
	struct stream *under;
	const struct connection_manner *manner;
	struct dialed *dialed;
	bool asked; /* something was sent since something was read */
	unsigned silences;
};

static struct answer_stream *answer_of(struct stream *s)
{
	return (struct answer_stream *)s;
}

static ssize_t answer_read(
	struct stream *s, void *to, size_t n, struct error *e)
{
	struct answer_stream *a = answer_of(s);
	ssize_t got = a->under->ops->read(a->under, to, n, e);

	s->truncated = a->under->truncated;
	a->dialed->failed = got < 0 && got != STREAM_AGAIN;
	a->asked = a->asked && got <= 0;
	all.last_read = a->dialed;
	return got;
}

/* To the replay all that is sent until something comes is one byte. */
static int ask(struct answer_stream *a, struct error *e)
{
	struct iovec once = { (char[]){ '?' }, 1 };
	ssize_t put = a->asked ? 1
			       : a->under->ops->write(a->under, &once, 1, e);

	a->asked = true;
	return put < 0 ? (int)put : 0;
}

static ssize_t answer_write(
	struct stream *s, const struct iovec *iov, int n, struct error *e)
{
	struct answer_stream *a = answer_of(s);
	ssize_t put = ask(a, e);

	for (int i = 0; i < n && put >= 0; i++) {
		buf_add(&a->dialed->sent, iov[i].iov_base, iov[i].iov_len);
		put += (ssize_t)iov[i].iov_len;
	}
	return put;
}

static int answer_shut(struct stream *s, struct error *e)
{
	struct answer_stream *a = answer_of(s);

	return a->under->ops->shut(a->under, e);
}

static short answer_wants(const struct stream *s)
{
	const struct answer_stream *a = (const struct answer_stream *)s;

	return a->under->ops->wants(a->under);
}

static int answer_idle(struct stream *s, struct error *e)
{
	struct answer_stream *a = answer_of(s);
	int error;

	fake_time_pass(a->manner->pause);
	error = a->under->ops->idle(a->under, e);
	if (error < 0 && a->manner->silent && ++a->silences < SILENCES) {
		fake_time_pass(INT64_C(100000) << (a->silences / 10 % 20));
		*e = (struct error){ 0 };
		return 0;
	}
	return error;
}

static void answer_close(struct stream *s)
{
	stream_close(answer_of(s)->under);
	free(s);
}

static const struct stream_ops answer_ops = {
	.read = answer_read,
	.write = answer_write,
	.shut = answer_shut,
	.wants = answer_wants,
	.idle = answer_idle,
	.close = answer_close,
};

static struct stream *open_answer(size_t index, const char *host, uint16_t port)
{
	struct replay_connection *c = &all.replay.connections[index];
	struct answer_stream *a = must(calloc(1, sizeof(*a)));
	struct dialed *d = &all.dialed[all.n_dialed++];
	struct error e;

	*d = (struct dialed){ .port = port };
	buf_init(&d->sent, SENT_MAX);
	for (size_t i = 0; host[i] && i < sizeof(d->host) - 1; i++)
		d->host[i] = host[i];
	c->host = words(host);
	c->port = port;
	a->under = must(replay_open(&all.replay, host, port, false, &e));
	a->base.ops = &answer_ops;
	a->base.name = "tcp";
	a->base.fd = -1;
	a->manner = &all.manners[index];
	a->dialed = d;
	return &a->base;
}

/* --- in the place of the network */

static struct address address_of(const char *text, uint16_t port)
{
	struct address a = { .n = sizeof(a.sa.v4) };

	a.sa.v4.sin_family = AF_INET;
	a.sa.v4.sin_port = htons(port);
	inet_pton(AF_INET, text, &a.sa.v4.sin_addr);
	return a;
}

int __wrap_dial_addresses(struct addresses *found,
	const struct net_config *config, const char *host, uint16_t port,
	int64_t deadline, struct error *e)
{
	(void)config;
	(void)host;
	(void)deadline;
	(void)e;
	found->items[0] = address_of("192.0.2.1", port);
	found->n = 1;
	return 0;
}

int __wrap_dial_tcp(struct dial_result *r, const struct net_config *config,
	const char *host, uint16_t port, int64_t deadline, struct error *e)
{
	size_t index = all.next++;
	bool refused = index >= all.replay.n || all.manners[index].refused;

	*r = (struct dial_result){ .started = clock_now() };
	__wrap_dial_addresses(&r->found, config, host, port, deadline, e);
	r->resolved = clock_now();
	r->n_attempts = 1;
	r->attempts[0] = (struct dial_attempt){ .address = r->found.items[0],
		.start = r->resolved,
		.end = clock_now(),
		.error = refused ? ECONNREFUSED : 0 };
	if (refused) {
		error_set(e, ERR_CONNECT, "Failed to connect to %s port %u",
			host, port);
		e->refused = true;
		return -ERR_CONNECT;
	}
	r->connected = clock_now();
	r->peer = r->found.items[0];
	r->local = address_of("192.0.2.2", 40000);
	log_line(&config->log, "Connected to %s port %u", host, port);
	r->stream = open_answer(index, host, port);
	return 0;
}

static struct tls_context *fake_context(
	const struct tls_config *config, struct error *e)
{
	(void)config;
	(void)e;
	return must(malloc(1));
}

static void fake_context_free(struct tls_context *c)
{
	free(c);
}

static struct stream *fake_connect(struct tls_context *c, struct stream *under,
	const char *host, const char *plain, int64_t deadline,
	const struct log *log, struct tls_failure *failure, struct error *e)
{
	(void)c;
	(void)plain;
	(void)deadline;
	(void)log;
	(void)failure;
	/* Below a proxy's tunnel there is no way to tell whose it is. */
	if (under->ops != &answer_ops || !answer_of(under)->manner->untrusted)
		return under;
	stream_close(under);
	error_set(e, ERR_CERTIFICATE, "the certificate of %s is not trusted",
		host);
	return NULL;
}

static const struct tls_info *fake_info(struct stream *s)
{
	static const struct tls_info info = { .version = "TLSv1.3",
		.cipher = "TLS_AES_256_GCM_SHA384",
		.verified = true };

	(void)s;
	return &info;
}

static int fake_chain(struct stream *s, char **text)
{
	(void)s;
	*text = NULL;
	return 0;
}

const struct tls_functions *__wrap_tls_load(struct error *e)
{
	static struct tls_functions fake;
	const struct tls_functions *real = __real_tls_load(e);

	if (!real)
		return NULL;
	fake = *real;
	fake.context_new = fake_context;
	fake.context_free = fake_context_free;
	fake.connect = fake_connect;
	fake.info = fake_info;
	fake.chain = fake_chain;
	return &fake;
}
