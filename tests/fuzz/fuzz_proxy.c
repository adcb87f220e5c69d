/* Proxies and the hosts without one: the input's first line is what the user
 * says of a proxy, the second a URL, the rest a list of exceptions. */
#include <stdint.h>
#include <stdlib.h>

#include "base/buf.h"
#include "proxy/proxy.h"
#include "url/percent.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(bool good)
{
	if (!good)
		abort();
}

/* Write `p` so that it is read as it was. */
static void print(struct buf *out, const struct proxy *p)
{
	struct str address, zone;

	buf_printf(out, "%s://", proxy_kind_name(p->kind));
	if (p->user) {
		percent_encode(out, str_of(p->user));
		buf_add_char(out, ':');
		percent_encode(out, str_of(p->password));
		buf_add_char(out, '@');
	}
	str_cut(str_of(p->host), '%', &address, &zone);
	if (str_find(address, ':') >= 0) {
		buf_add_char(out, '[');
		buf_add_str(out, address);
		if (zone.n)
			buf_printf(out, "%%25%.*s", STR_FMT(zone));
		buf_add_char(out, ']');
	} else {
		buf_add_str(out, address);
	}
	buf_printf(out, ":%u", p->port);
	if (p->socket) {
		buf_add_char(out, '/');
		percent_encode(out, str_of(p->socket + 1));
	}
}

static void check_again(const struct proxy *p, enum proxy_kind otherwise)
{
	struct proxy again, copy;
	struct error e = { 0 };
	struct buf text;

	buf_init(&text, LIMIT_URL);
	print(&text, p);
	expect(!text.failed);
	expect(proxy_parse(&again, buf_str(&text), otherwise, "it", &e) == 0);
	expect(proxy_equal(p, &again));
	expect(proxy_copy(&copy, p, &e) == 0);
	expect(proxy_equal(&copy, &again));
	proxy_fini(&again);
	proxy_fini(&copy);
	buf_fini(&text);
}

static void check_parse(struct str text, enum proxy_kind otherwise)
{
	struct error e = { 0 };
	struct proxy p;
	int result = proxy_parse(&p, text, otherwise, "it", &e);

	if (result < 0) {
		expect(result == -ERR_RESOLVE_PROXY ||
			result == -ERR_UNSUPPORTED_PROTOCOL ||
			result == -ERR_NOT_BUILT_IN);
		expect(e.code == -result && strstr(e.text, " in it"));
		expect(!p.host && !p.socket && !p.user && !p.password);
		return;
	}
	expect(*p.host && (!p.user == !p.password));
	expect(!p.socket || (proxy_is_socks(&p) && p.socket[0] == '/'));
	check_again(&p, otherwise);
	proxy_fini(&p);
}

/* Case and more exceptions do not take one away; the host itself is one. */
static void check_exceptions(const struct url *url, struct str list)
{
	struct buf text;
	bool excepted;

	buf_init(&text, LIMIT_URL);
	buf_add_str(&text, list);
	if (!buf_text(&text)) {
		buf_fini(&text);
		return;
	}
	excepted = proxy_excepts(buf_text(&text), url->host);
	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] >= 'a' && text.p[i] <= 'z')
			text.p[i] = (char)(text.p[i] - 'a' + 'A');
	expect(proxy_excepts(buf_text(&text), url->host) == excepted);
	/* Behind a NUL nothing is read. */
	text.n = strlen(buf_text(&text));
	buf_add_text(&text, ", ");
	buf_add_str(&text, url->host);
	if (url->host.n && url->host.p[0] != '.')
		expect(proxy_excepts(buf_text(&text), url->host));
	expect(!proxy_excepts(NULL, url->host));
	expect(!proxy_excepts("", url->host));
	expect(proxy_excepts("*", url->host));
	buf_fini(&text);
}

static void check_choice(
	struct str proxy, const struct url *url, struct str list)
{
	char *text = str_dup(proxy), *except = str_dup(list);
	struct proxy_choice choice = {
		.text = text, .option = "it", .except = except
	};
	struct error e = { 0 };
	struct proxy p;
	int result;

	expect(text && except);
	result = proxy_choose(&p, &choice, url, &e);
	expect(result <= 1 && (result == 1) == (p.host != NULL));
	if (proxy_excepts(except, url->host) || !*text)
		expect(result == 0);
	proxy_fini(&p);
	free(text);
	free(except);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct str input = { (const char *)data, size }, proxy, host, list;
	struct error e = { 0 };
	struct url url;

	str_cut(input, '\n', &proxy, &list);
	str_cut(list, '\n', &host, &list);
	for (int kind = PROXY_HTTP; kind <= PROXY_SOCKS5H; kind++)
		check_parse(proxy, (enum proxy_kind)kind);
	if (url_parse(&url, host, NULL, &e) < 0)
		return 0;
	check_exceptions(&url, list);
	check_choice(proxy, &url, list);
	url_fini(&url);
	return 0;
}
