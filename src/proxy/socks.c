#include "proxy/socks.h"

#include <arpa/inet.h>

#include "proxy/socks4.h"
#include "proxy/socks5.h"

#define MESSAGE_MAX 1024 /* longer than any we send */

struct handshake {
	struct stream *stream;
	const struct proxy *proxy;
	int64_t deadline;
	struct error *e;
	bool begun; /* something was sent */
	bool wants_password; /* the method that the proxy of SOCKS 5 chose */
	bool unreachable; /* its reply is about this address */
};

/* Judges what has come of a reply, as those of socks5.h. */
typedef int judge(struct handshake *h, struct str in, size_t *length);

static int judge_socks4(struct handshake *h, struct str in, size_t *length)
{
	return socks4_reply(in, length, h->e);
}

static int judge_method(struct handshake *h, struct str in, size_t *length)
{
	return socks5_method(in, length, &h->wants_password, h->e);
}

static int judge_password(struct handshake *h, struct str in, size_t *length)
{
	return socks5_password_reply(in, length, h->e);
}

static int judge_socks5(struct handshake *h, struct str in, size_t *length)
{
	h->unreachable = socks5_unreachable(in);
	return socks5_reply(in, length, h->e);
}

/* Read one reply and not a byte more. Returns 0 when it is good. */
static int receive(struct handshake *h, judge *verdict)
{
	char bytes[SOCKS5_REPLY_MAX];
	size_t n = 0, length;

	for (;;) {
		int result = verdict(h, (struct str){ bytes, n }, &length);
		ssize_t got;

		if (result != 0)
			return result < 0 ? result : 0;
		got = stream_read(
			h->stream, bytes + n, length - n, h->deadline, h->e);
		if (got < 0)
			return (int)got;
		if (got == 0)
			return error_set(h->e, ERR_PROXY,
				"The SOCKS proxy closed the connection after "
				"%zu bytes of a reply of at least %zu",
				n, length);
		n += (size_t)got;
	}
}

static int ask(struct handshake *h, const struct buf *message, judge *verdict)
{
	int result = buf_check(message, "message to the SOCKS proxy", h->e);

	h->begun = true;
	if (result == 0)
		result = stream_write(
			h->stream, message->p, message->n, h->deadline, h->e);
	return result < 0 ? result : receive(h, verdict);
}

static int talk_socks4(struct handshake *h, const struct socks_target *target)
{
	struct buf request;
	int result;

	buf_init(&request, MESSAGE_MAX);
	result = socks4_request(&request, target, h->proxy->user, h->e);
	if (result == 0)
		result = ask(h, &request, judge_socks4);
	buf_fini(&request);
	return result;
}

/* An empty user is none: RFC 1929 section 2 has no room for it. */
static bool has_user(const struct proxy *p)
{
	return p->user && *p->user;
}

static int authenticate(struct handshake *h, const struct buf *password)
{
	struct buf greeting;
	int result;

	buf_init(&greeting, MESSAGE_MAX);
	socks5_greeting(&greeting, has_user(h->proxy));
	result = ask(h, &greeting, judge_method);
	buf_fini(&greeting);
	if (result < 0 || !h->wants_password)
		return result;
	if (!has_user(h->proxy))
		return error_set(h->e, ERR_PROXY,
			"The SOCKS 5 proxy wants a user and a password, and "
			"none were given");
	return ask(h, password, judge_password);
}

/* All is composed, and what is too long refused, before the first byte goes
 * out. */
static int talk_socks5(struct handshake *h, const struct socks_target *target)
{
	struct buf password, request;
	int result;

	buf_init(&password, MESSAGE_MAX);
	buf_init(&request, MESSAGE_MAX);
	result = socks5_password(
		&password, h->proxy->user, h->proxy->password, h->e);
	if (result == 0)
		result = socks5_request(&request, target, h->e);
	if (result == 0)
		result = authenticate(h, &password);
	if (result == 0)
		result = ask(h, &request, judge_socks5);
	buf_fini(&password);
	buf_fini(&request);
	return result;
}

/* Read an address; false when `host` is a name. The zone of an address is one
 * of this machine's, and means nothing to the proxy. */
static bool read_literal(struct socks_target *target, const char *host)
{
	char text[INET6_ADDRSTRLEN];
	struct str address, zone;

	str_cut(str_of(host), '%', &address, &zone);
	if (address.n >= sizeof(text))
		return false;
	memcpy(text, address.p, address.n);
	text[address.n] = '\0';
	if (inet_pton(AF_INET, text, target->address) == 1)
		target->kind = SOCKS_IPV4;
	else if (inet_pton(AF_INET6, text, target->address) == 1)
		target->kind = SOCKS_IPV6;
	else
		return false;
	return true;
}

static void take_address(struct socks_target *target, const struct address *a)
{
	if (a->sa.any.sa_family == AF_INET6) {
		target->kind = SOCKS_IPV6;
		memcpy(target->address, &a->sa.v6.sin6_addr, 16);
	} else {
		target->kind = SOCKS_IPV4;
		memcpy(target->address, &a->sa.v4.sin_addr, 4);
	}
}

static int resolve_here(struct addresses *usable, const struct net_config *net,
	bool only_v4, const char *host, uint16_t port, int64_t deadline,
	struct error *e)
{
	struct net_config direct = *net;
	struct addresses found;
	int result;

	/* The route has been taken by whoever calls: to look for one here could
	 * lead on from where it ended. */
	direct.detours = NULL;
	direct.n_detours = 0;
	direct.socket = NULL;
	if (only_v4 && net->family != AF_INET6)
		direct.family = AF_INET;
	result = dial_addresses(&found, &direct, host, port, deadline, e);
	if (result < 0)
		return result;
	for (size_t i = 0; i < found.n; i++) {
		int family = found.items[i].sa.any.sa_family;

		if ((direct.family == AF_UNSPEC || direct.family == family) &&
			!(only_v4 && family != AF_INET))
			usable->items[usable->n++] = found.items[i];
	}
	if (usable->n)
		return 0;
	return error_set(e, ERR_PROXY, "%s has no address that %s", host,
		only_v4 ? "SOCKS 4 can connect to, which is IPv4 only"
			: "may be used");
}

static int resolve_target(struct socks_target *target,
	const struct net_config *net, bool only_v4, const char *host,
	struct socks_choice *choice, int64_t deadline, struct error *e)
{
	int result = 0;

	if (choice->found.n == 0)
		result = resolve_here(&choice->found, net, only_v4, host,
			target->port, deadline, e);
	if (result == 0)
		take_address(target, &choice->found.items[choice->at]);
	return result;
}

static int find_target(struct socks_target *target, const struct proxy *p,
	const struct net_config *net, const char *host,
	struct socks_choice *choice, int64_t deadline, struct error *e)
{
	bool literal = read_literal(target, host);

	switch (p->kind) {
	case PROXY_SOCKS4:
	case PROXY_SOCKS5:
		if (literal)
			return 0;
		return resolve_target(target, net, p->kind == PROXY_SOCKS4,
			host, choice, deadline, e);
	case PROXY_SOCKS4A:
		/* The proxy may understand what 4a has no type for. */
		literal = literal && target->kind == SOCKS_IPV4;
		break;
	default:
		break;
	}
	if (!literal) {
		target->kind = SOCKS_NAME;
		target->name = str_of(host);
	}
	return 0;
}

static void log_target(const struct log *log, const char *version,
	const struct socks_target *target, const char *host)
{
	char text[INET6_ADDRSTRLEN];
	bool six = target->kind == SOCKS_IPV6;

	if (!log_wanted(log))
		return;
	if (target->kind == SOCKS_NAME) {
		log_line(log, "SOCKS%s connect to %s:%u (remotely resolved)",
			version, host, target->port);
		return;
	}
	inet_ntop(
		six ? AF_INET6 : AF_INET, target->address, text, sizeof(text));
	log_line(log, "SOCKS%s connect to %s%s%s:%u%s", version, six ? "[" : "",
		text, six ? "]" : "", target->port,
		strcmp(text, host) == 0 ? "" : " (locally resolved)");
}

/* Another address is to be asked for, if there is one. */
static void go_on(struct socks_choice *choice, const struct log *log,
	const struct error *e)
{
	choice->again = choice->at + 1 < choice->found.n;
	if (!choice->again)
		return;
	choice->at++;
	log_line(log, "%s; trying the next address", e->text);
}

/* Say in the error what it was all for. */
static void add_purpose(
	const struct proxy *p, const char *host, uint16_t port, struct error *e)
{
	error_add(e, "; connecting to %s port %u by way of %s", host, port,
		p->socket ? p->socket : p->host);
	if (!p->socket)
		error_add(e, " port %u", p->port);
}

int socks_connect(struct stream *s, const struct proxy *p,
	const struct net_config *net, const char *host, uint16_t port,
	struct socks_choice *choice, int64_t deadline, struct error *e)
{
	struct socks_choice first = { .at = 0 };
	struct handshake h = {
		.stream = s, .proxy = p, .deadline = deadline, .e = e
	};
	bool four = p->kind == PROXY_SOCKS4 || p->kind == PROXY_SOCKS4A;
	const char *version = four ? "4" : "5";
	struct socks_target target = { .port = port };
	int result;

	if (!choice)
		choice = &first;
	choice->again = false;
	result = find_target(&target, p, net, host, choice, deadline, e);
	if (result < 0)
		return result;
	log_target(&net->log, version, &target, host);
	result = four ? talk_socks4(&h, &target) : talk_socks5(&h, &target);
	if (result < 0) {
		if (h.begun)
			add_purpose(p, host, port, e);
		if (result == -ERR_PROXY && h.unreachable)
			go_on(choice, &net->log, e);
		if (choice->at && !choice->again)
			error_add(e, "; it was the last of %zu addresses",
				choice->found.n);
		return result;
	}
	log_line(&net->log, "SOCKS%s request granted.", version);
	return 0;
}
