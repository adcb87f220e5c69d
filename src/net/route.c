#include "net/route.h"

#include "base/num.h"

/* The parts of "HOST1:PORT1:HOST2:PORT2". */
struct parts {
	struct str host[2], port[2];
};

static int refuse(
	const char *text, const char *at, const char *expected, struct error *e)
{
	return error_set(e, ERR_OPTION_SYNTAX,
		"expected %s at byte offset %zu of '%s'", expected,
		(size_t)(at - text), text);
}

/* The length of the host at the front of `s`, its brackets included. */
static size_t host_length(struct str s)
{
	ssize_t n = str_find(s, ':');

	if (str_starts(s, STR("["))) {
		n = str_find(s, ']');
		n = n < 0 ? n : n + 1;
	}
	return n < 0 ? s.n : (size_t)n;
}

static struct str without_brackets(struct str host)
{
	if (str_starts(host, STR("[")))
		return str_first(str_from(host, 1), host.n - 2);
	return host;
}

static int split(struct parts *parts, const char *text, struct error *e)
{
	struct str rest = str_of(text);

	for (int i = 0; i < 2; i++) {
		size_t n = host_length(rest);
		bool open = n && rest.p[0] == '[' && rest.p[n - 1] != ']';

		if (open)
			return refuse(text, rest.p + n, "']'", e);
		if (i == 1 && n == rest.n) { /* as curl, the same port */
			parts->host[1] = without_brackets(rest);
			parts->port[1] = str_from(rest, n);
			return 0;
		}
		if (!str_starts(str_from(rest, n), STR(":")))
			return refuse(text, rest.p + n,
				i ? "':' and PORT2" : "':' and PORT1", e);
		parts->host[i] = without_brackets(str_first(rest, n));
		rest = str_from(rest, n + 1);
		if (str_cut(rest, ':', &parts->port[i], &rest) == (i == 1))
			return refuse(text, parts->port[i].p + parts->port[i].n,
				i ? "the end" : "':' and HOST2", e);
	}
	return 0;
}

static int read_port(
	const char *text, struct str digits, uint16_t *port, struct error *e)
{
	uint64_t value = 0;

	if (digits.n && (!num_decimal(digits, UINT16_MAX, &value) || !value))
		return refuse(
			text, digits.p, "a port from 1 to 65535 or nothing", e);
	*port = (uint16_t)value;
	return 0;
}

/* End the word within `text`, whose next byte is a separator or its end. */
static const char *end_word(char *text, struct str word)
{
	char *begin = text + (word.p - text);

	begin[word.n] = '\0';
	return begin;
}

int detour_parse(struct detour *out, char *text, struct error *e)
{
	struct parts parts;

	if (split(&parts, text, e) < 0 ||
		read_port(text, parts.port[0], &out->from_port, e) < 0 ||
		read_port(text, parts.port[1], &out->to_port, e) < 0)
		return -e->code;
	out->any_port = parts.port[0].n == 0;
	out->from_host = end_word(text, parts.host[0]);
	out->to_host = end_word(text, parts.host[1]);
	return 0;
}

static bool fits(const struct detour *detour, const char *host, uint16_t port)
{
	if (!detour->any_port && detour->from_port != port)
		return false;
	return !*detour->from_host ||
		str_eq_nocase(str_of(detour->from_host), str_of(host));
}

struct route route_find(const char *socket, const struct detour *detours,
	size_t n, const char *host, uint16_t port)
{
	struct route route = { .socket = socket };

	if (socket)
		return route;
	while (n && !fits(detours, host, port)) {
		detours++;
		n--;
	}
	if (!n)
		return route;
	/* A detour to where one would go anyway is none. */
	if (*detours->to_host &&
		!str_eq_nocase(str_of(detours->to_host), str_of(host)))
		route.host = detours->to_host;
	if (detours->to_port != port)
		route.port = detours->to_port;
	return route;
}

bool route_equal(const struct route *a, const struct route *b)
{
	return a->port == b->port &&
		str_eq(str_of(a->socket), str_of(b->socket)) &&
		str_eq(str_of(a->host), str_of(b->host)) &&
		!a->socket == !b->socket;
}
