#include "proxy/proxy.h"

#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "url/percent.h"

struct kind_name {
	const char *scheme;
	enum proxy_kind kind;
};

/* The first of a kind is its name. GNOME sets all_proxy to "socks://", which
 * curl takes for SOCKS 4. */
static const struct kind_name kinds[] = {
	{ "http", PROXY_HTTP },
	{ "http", PROXY_HTTP10 },
	{ "https", PROXY_HTTPS },
	{ "socks4", PROXY_SOCKS4 },
	{ "socks4a", PROXY_SOCKS4A },
	{ "socks5", PROXY_SOCKS5 },
	{ "socks5h", PROXY_SOCKS5H },
	{ "socks", PROXY_SOCKS4 },
};

#define KINDS (sizeof(kinds) / sizeof(kinds[0]))

const char *proxy_kind_name(enum proxy_kind kind)
{
	size_t i = 0;

	while (kinds[i].kind != kind)
		i++;
	return kinds[i].scheme;
}

bool proxy_is_socks(const struct proxy *p)
{
	return p->kind == PROXY_SOCKS4 || p->kind == PROXY_SOCKS4A ||
		p->kind == PROXY_SOCKS5 || p->kind == PROXY_SOCKS5H;
}

/* "http://user:pa/ss@host" looks as if its host was "user", and the rest of the
 * password was the port. */
static bool may_show_password(struct str text)
{
	ssize_t at = str_search(text, STR("://"));
	struct str rest = str_from(text, at < 0 ? 0 : (size_t)at + 3);
	size_t n = 0;

	while (n < rest.n && !memchr("/?#", rest.p[n], 3))
		n++;
	return str_find(str_from(rest, n), '@') >= 0;
}

/* Say what url_parse said of `text`. */
static int refuse(struct str text, const char *what, const struct error *why,
	struct error *e)
{
	struct str rejected = STR("URL rejected: ");
	struct str words = str_of(why->text);

	if (why->code != ERR_URL_MALFORMED)
		return error_set(e, why->code, "%s, in %s", why->text, what);
	if (may_show_password(text))
		return error_set(e, ERR_RESOLVE_PROXY,
			"Unsupported proxy syntax in %s: a '/', '?' or '#' "
			"in a user or a password is written as %%2f, %%3f or "
			"%%23",
			what);
	if (str_starts(words, rejected))
		words = str_from(words, rejected.n);
	return error_set(e, ERR_RESOLVE_PROXY,
		"Unsupported proxy syntax in %s: %.*s", what, STR_FMT(words));
}

static int find_kind(struct proxy *p, const struct url *url,
	enum proxy_kind otherwise, const char *what, struct error *e)
{
	size_t i = 0;

	p->kind = otherwise;
	if (url->scheme_guessed)
		return 0;
	while (i < KINDS && !str_eq(str_of(kinds[i].scheme), url->scheme))
		i++;
	if (i == KINDS)
		return error_set(e, ERR_UNSUPPORTED_PROTOCOL,
			"Unsupported proxy scheme in %s: \"%.*s\" is none of "
			"http, https, socks4, socks4a, socks5 and socks5h",
			what, STR_FMT(url->scheme));
	if (kinds[i].kind != PROXY_HTTP || otherwise != PROXY_HTTP10)
		p->kind = kinds[i].kind;
	return 0;
}

static char *host_of(const struct url *url)
{
	struct buf host;

	buf_init(&host, LIMIT_URL);
	buf_add_str(&host, url->host);
	if (url->zone.n) {
		buf_add_char(&host, '%');
		buf_add_str(&host, url->zone);
	}
	return buf_take(&host);
}

/* The path behind "localhost" of a SOCKS proxy, if there is one. */
static int find_socket(struct proxy *p, const struct url *url, const char *what,
	struct error *e)
{
	struct buf path;

	if (!proxy_is_socks(p) || !str_eq(url->host, STR("localhost")) ||
		url->path.n < 2)
		return 0;
	buf_init(&path, LIMIT_URL);
	percent_decode(&path, url->path);
	if (str_find(buf_str(&path), '\0') >= 0) {
		buf_fini(&path);
		return error_set(e, ERR_RESOLVE_PROXY,
			"Unsupported proxy syntax in %s: the path of a socket "
			"has a NUL",
			what);
	}
	p->socket = buf_take(&path);
	return p->socket ? 0 : error_memory(e);
}

static int fill(struct proxy *p, const struct url *url, const char *what,
	struct error *e)
{
	p->port = p->kind == PROXY_HTTPS ? PROXY_HTTPS_PORT : PROXY_PORT;
	if (url->has_port)
		p->port = url->port;
	p->host = host_of(url);
	if (!p->host)
		return error_memory(e);
	if (url->has_user) {
		p->user = str_dup(url->user);
		p->password = str_dup(url->password);
		if (!p->user || !p->password)
			return error_memory(e);
	}
	return find_socket(p, url, what, e);
}

int proxy_parse(struct proxy *p, struct str text, enum proxy_kind otherwise,
	const char *what, struct error *e)
{
	struct url_options options = { .path_as_is = true };
	struct error why = { 0 };
	struct url url;
	int result;

	*p = (struct proxy){ 0 };
	if (url_parse(&url, text, &options, &why) < 0)
		return refuse(text, what, &why, e);
	result = find_kind(p, &url, otherwise, what, e);
	if (result == 0)
		result = fill(p, &url, what, e);
	url_fini(&url);
	if (result < 0)
		proxy_fini(p);
	return result;
}

static bool copy_text(char **out, const char *from)
{
	*out = from ? str_dup(str_of(from)) : NULL;
	return *out || !from;
}

int proxy_copy(struct proxy *p, const struct proxy *from, struct error *e)
{
	*p = (struct proxy){ .kind = from->kind, .port = from->port };
	if (copy_text(&p->host, from->host) &&
		copy_text(&p->socket, from->socket) &&
		copy_text(&p->user, from->user) &&
		copy_text(&p->password, from->password))
		return 0;
	proxy_fini(p);
	return error_memory(e);
}

void proxy_fini(struct proxy *p)
{
	free(p->host);
	free(p->socket);
	free(p->user);
	free(p->password);
	*p = (struct proxy){ 0 };
}

static bool same_text(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

bool proxy_equal(const struct proxy *a, const struct proxy *b)
{
	if (!a || !b)
		return a == b;
	return a->kind == b->kind && a->port == b->port &&
		same_text(a->host, b->host) &&
		same_text(a->socket, b->socket) &&
		same_text(a->user, b->user) &&
		same_text(a->password, b->password);
}

static bool is_set(const char *variable)
{
	return variable && *variable;
}

/* The variable for `scheme`, and which one that is. */
static const char *find_variable(
	const struct proxy_choice *choice, struct str scheme, const char **name)
{
	if (str_eq(scheme, STR("http")) && is_set(choice->http)) {
		*name = "http_proxy";
		return choice->http;
	}
	if (str_eq(scheme, STR("https")) && is_set(choice->https)) {
		*name = choice->https_name;
		return choice->https;
	}
	*name = choice->all_name;
	return is_set(choice->all) ? choice->all : NULL;
}

static int from_environment(struct proxy *p, const struct proxy_choice *choice,
	struct str scheme, struct error *e)
{
	const char *name;
	const char *text = find_variable(choice, scheme, &name);
	char what[64];
	int result;

	if (!text)
		return 0;
	snprintf(what, sizeof(what), "the environment variable %s", name);
	result = proxy_parse(p, str_of(text), PROXY_HTTP, what, e);
	return result < 0 ? result : 1;
}

/* Who asks, when the text does not say. */
static int take_user(struct proxy *p, const char *pair, struct error *e)
{
	struct str user, password;

	str_cut(str_of(pair), ':', &user, &password);
	p->user = str_dup(user);
	p->password = str_dup(password);
	if (p->user && p->password)
		return 0;
	proxy_fini(p);
	*p = (struct proxy){ 0 };
	return error_memory(e);
}

int proxy_choose(struct proxy *p, const struct proxy_choice *choice,
	const struct url *url, struct error *e)
{
	int result;

	*p = (struct proxy){ 0 };
	if (url->host_kind == URL_HOST_NONE ||
		proxy_excepts(choice->except, url->host))
		return 0;
	if (!choice->text) {
		result = from_environment(p, choice, url->scheme, e);
	} else if (*choice->text) {
		result = proxy_parse(p, str_of(choice->text), choice->kind,
			choice->option, e);
		result = result < 0 ? result : 1;
	} else {
		return 0;
	}
	if (result > 0 && choice->user && !p->user &&
		take_user(p, choice->user, e) < 0)
		return -e->code;
	return result;
}
