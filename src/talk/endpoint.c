#include "talk/endpoint.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/ascii.h"
#include "base/buf.h"

#define UNIX_PATH 107 /* sun_path without its NUL */

static const struct scheme {
	struct str name;
	enum endpoint_kind kind;
} schemes[] = {
	{ { "tcp", 3 }, ENDPOINT_TCP },
	{ { "tls", 3 }, ENDPOINT_TLS },
	{ { "udp", 3 }, ENDPOINT_UDP },
	{ { "unix", 4 }, ENDPOINT_UNIX },
	{ { "http", 4 }, ENDPOINT_HTTP },
};

static const struct scheme *find_scheme(struct str name, bool listening)
{
	for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++)
		if (str_eq_nocase(name, schemes[i].name) &&
			(listening || schemes[i].kind != ENDPOINT_HTTP))
			return &schemes[i];
	return NULL;
}

bool endpoint_scheme(struct str url)
{
	struct str name, rest;

	return str_cut(url, ':', &name, &rest) && str_starts(rest, STR("/")) &&
		find_scheme(name, false);
}

static int unsupported(const struct url *u, bool listening, struct error *e)
{
	return error_set(e, ERR_UNSUPPORTED_PROTOCOL,
		"Protocol \"%.*s\" not supported; use tcp://, tls://, udp://%s "
		"or unix://",
		STR_FMT(u->scheme), listening ? ", http://" : "");
}

static int malformed(struct str text, const char *what, struct error *e)
{
	return error_set(e, ERR_URL_MALFORMED, "URL rejected: %s: %.*s", what,
		STR_FMT(str_first(text, LIMIT_ERROR_TEXT / 2)));
}

/* A part that these URLs do not have, or NULL. */
static const char *find_excess(const struct url *u)
{
	if (u->has_user)
		return "a user is of no use here";
	if (u->path.n > 1)
		return "a path is of no use here";
	if (u->has_query)
		return "a query is of no use here";
	if (u->has_fragment)
		return "a fragment is of no use here";
	return NULL;
}

static int take_path(struct endpoint *p, const struct url *u, struct error *e)
{
	if (u->path.n > UNIX_PATH)
		return error_set(e, ERR_URL_MALFORMED,
			"URL rejected: the path of a Unix socket has %d bytes "
			"at most, this one has %zu",
			UNIX_PATH, u->path.n);
	if (u->path.n < 2)
		return error_set(e, ERR_URL_MALFORMED,
			"URL rejected: no path of a Unix socket; write "
			"unix:///path or unix://@name");
	p->path = str_dup(u->path);
	return p->path ? 0 : error_memory(e);
}

/* The host as resolve takes it: an IPv6 address with its zone. */
static char *host_of(const struct url *u)
{
	struct buf b;

	buf_init(&b, LIMIT_URL);
	buf_add_str(&b, u->host);
	if (u->zone.n) {
		buf_add_char(&b, '%');
		buf_add_str(&b, u->zone);
	}
	return buf_take(&b);
}

static int take_host(struct endpoint *p, const struct url *u, struct str text,
	bool listening, struct error *e)
{
	const char *excess = find_excess(u);

	if (excess)
		return malformed(text, excess, e);
	if (!u->has_port && u->port == 0)
		return malformed(text,
			listening ? "no port; write HOST:PORT, port 0 picks one"
				  : "no port; write HOST:PORT",
			e);
	if (u->port == 0 && !listening)
		return malformed(text, "port 0 cannot be connected to", e);
	p->port = u->port;
	p->host = host_of(u);
	return p->host ? 0 : error_memory(e);
}

/* Where the '*' in place of a host is, or 0. */
static size_t find_star(struct str url)
{
	ssize_t at = str_search(url, STR("://"));
	struct str host;

	if (at < 0)
		return 0;
	host = str_from(url, (size_t)at + 3);
	if (!str_starts(host, STR("*")) ||
		(host.n > 1 && !memchr(":/", host.p[1], 2)))
		return 0;
	return (size_t)at + 3;
}

/* "*" is no host that a URL may have, so that it is parsed as a name of the
 * same length, which keeps the offsets in messages right. */
static int parse_star(
	struct url *u, struct str url, size_t star, struct error *e)
{
	char *copy = str_dup(url);
	int result;

	if (!copy)
		return error_memory(e);
	copy[star] = 'x';
	result = url_parse(u, (struct str){ copy, url.n }, NULL, e);
	free(copy);
	return result;
}

static int take(struct endpoint *p, const struct url *u, struct str text,
	bool listening, struct error *e)
{
	const struct scheme *scheme = find_scheme(u->scheme, listening);

	if (u->scheme_guessed)
		return malformed(text, "no scheme, such as tcp://", e);
	if (!scheme)
		return unsupported(u, listening, e);
	p->kind = scheme->kind;
	return p->kind == ENDPOINT_UNIX ? take_path(p, u, e)
					: take_host(p, u, text, listening, e);
}

int endpoint_parse(
	struct endpoint *p, struct str url, bool listening, struct error *e)
{
	size_t star = listening ? find_star(url) : 0;
	struct url u;
	int result;

	*p = (struct endpoint){ 0 };
	result = star ? parse_star(&u, url, star, e)
		      : url_parse(&u, url, NULL, e);
	if (result < 0)
		return result;
	result = take(p, &u, url, listening, e);
	url_fini(&u);
	if (result == 0 && star && p->host)
		p->host[0] = '*';
	return result;
}

void endpoint_fini(struct endpoint *p)
{
	free(p->host);
	free(p->path);
	*p = (struct endpoint){ 0 };
}

void endpoint_peer(const struct address *a, char out[static ENDPOINT_PEER])
{
	char text[ADDRESS_TEXT];
	uint16_t port = 0;

	address_text(a, text, &port);
	snprintf(out, ENDPOINT_PEER,
		a->sa.any.sa_family == AF_INET6 ? "[%s]:%u" : "%s:%u", text,
		port);
}
