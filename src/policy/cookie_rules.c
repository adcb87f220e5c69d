#include "policy/cookie_rules.h"

#include "base/ascii.h"
#include "base/num.h"
#include "policy/cookie.h"
#include "policy/cookie_date.h"
#include "url/url_address.h"

#define LIFE_MAX (400 * 24 * 60 * 60) /* seconds */

bool cookie_host_is_address(struct str host)
{
	uint16_t groups[8];
	uint32_t address;

	return address_read_ipv4(host, &address) ||
		address_read_ipv6(host, groups);
}

bool cookie_seconds(struct str s, int64_t *seconds)
{
	bool negative = s.n && s.p[0] == '-';
	struct str digits = str_from(s, negative);

	for (size_t i = 0; i < digits.n; i++)
		if (!ascii_is_digit(digits.p[i]))
			return false;
	if (digits.n == 0)
		return false;
	if (!num_signed(s, INT64_MIN, INT64_MAX, seconds))
		*seconds = negative ? INT64_MIN : INT64_MAX;
	return true;
}

bool cookie_expired(const struct cookie *c, int64_t now)
{
	return c->persistent && c->expires < now;
}

bool cookie_domain_matches(
	struct str host, bool host_is_address, struct str domain)
{
	size_t more = host.n - domain.n;

	if (host.n < domain.n || domain.n == 0 ||
		!str_eq_nocase(str_from(host, more), domain))
		return false;
	return more == 0 || (host.p[more - 1] == '.' && !host_is_address);
}

bool cookie_path_matches(struct str path, struct str cookie_path)
{
	if (!str_starts(path, cookie_path))
		return false;
	return path.n == cookie_path.n || path.p[cookie_path.n] == '/' ||
		(cookie_path.n && cookie_path.p[cookie_path.n - 1] == '/');
}

struct str cookie_path_default(struct str path)
{
	while (path.n > 1 && path.p[path.n - 1] != '/')
		path.n--;
	if (path.n > 1)
		path.n--;
	return path.n && path.p[0] == '/' ? path : STR("/");
}

struct str cookie_path_clean(struct str path)
{
	if (path.n == 0 || path.p[0] != '/')
		return (struct str){ NULL, 0 };
	while (path.n > 1 && path.p[path.n - 1] == '/')
		path.n--;
	return path;
}

/* --- set-cookie-string */

/* A later date becomes the latest allowed, to the minute, as curl's are. */
static int64_t limit_expiry(int64_t expires, int64_t now)
{
	if (expires <= now + LIFE_MAX)
		return expires;
	return (now + LIFE_MAX + 30) / 60 * 60;
}

/* Section 5.2.2. */
static bool read_max_age(struct str s, int64_t now, int64_t *expires)
{
	int64_t seconds;

	if (!cookie_seconds(s, &seconds))
		return false;
	if (seconds <= 0)
		*expires = INT64_MIN;
	else if (seconds > LIFE_MAX)
		*expires = limit_expiry(now + LIFE_MAX + 1, now);
	else
		*expires = now + seconds;
	return true;
}

/* Servers write quotes around paths, and curl takes them off. */
static struct str unquote(struct str s)
{
	if (s.n && s.p[0] == '"')
		s = str_from(s, 1);
	if (s.n && s.p[s.n - 1] == '"')
		s.n--;
	return s;
}

/* One cookie-av; `aged` is whether a Max-Age has been read, which goes before
 * any Expires. */
static void read_attribute(
	struct str text, int64_t now, struct cookie *c, bool *aged)
{
	struct str name, value;

	str_cut(text, '=', &name, &value);
	name = str_trim(name);
	value = str_trim(value);
	if (value.n > LIMIT_COOKIE_ATTRIBUTE)
		return;
	if (str_eq_nocase(name, STR("Expires"))) {
		int64_t expires;

		if (*aged || !cookie_date_parse(value, &expires))
			return;
		c->expires = limit_expiry(expires, now);
		c->persistent = true;
	} else if (str_eq_nocase(name, STR("Max-Age"))) {
		if (read_max_age(value, now, &c->expires))
			*aged = c->persistent = true;
	} else if (str_eq_nocase(name, STR("Domain"))) {
		if (value.n)
			c->domain = str_from(value, value.p[0] == '.');
	} else if (str_eq_nocase(name, STR("Path"))) {
		c->path = cookie_path_clean(unquote(value));
	} else if (str_eq_nocase(name, STR("Secure"))) {
		c->secure = true;
	} else if (str_eq_nocase(name, STR("HttpOnly"))) {
		c->http_only = true;
	}
}

/* Any control but a tab, which may stand between the parts. */
static bool has_control(struct str s)
{
	for (size_t i = 0; i < s.n; i++)
		if (ascii_is_control(s.p[i]) && s.p[i] != '\t')
			return true;
	return false;
}

int cookie_parse(struct str value, int64_t now, struct cookie *c)
{
	struct str pair, attributes, attribute;
	bool aged = false;

	*c = (struct cookie){ 0 };
	if (has_control(value))
		return COOKIE_BAD_BYTE;
	str_cut(value, ';', &pair, &attributes);
	if (!str_cut(pair, '=', &c->name, &c->value))
		return COOKIE_NO_NAME;
	c->name = str_trim(c->name);
	c->value = str_trim(c->value);
	if (c->name.n == 0)
		return COOKIE_NO_NAME;
	while (attributes.n) {
		str_cut(attributes, ';', &attribute, &attributes);
		read_attribute(attribute, now, c, &aged);
	}
	return COOKIE_STORED;
}

/* --- all of a cookie */

static bool is_clean(struct str s)
{
	return !has_control(s) && str_find(s, '\t') < 0;
}

/* What a host of a URL can be, so that nothing else gets into a file. */
static bool is_host(struct str s)
{
	uint16_t groups[8];

	if (s.n > LIMIT_COOKIE_HOST || (s.n && s.p[0] == '.'))
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (!ascii_is_alnum(s.p[i]) && !memchr("-._~", s.p[i], 4))
			return address_read_ipv6(s, groups);
	return true;
}

bool cookie_keeps_promise(const struct cookie *c)
{
	if (str_starts_nocase(c->name, STR("__Secure-")))
		return c->secure;
	if (str_starts_nocase(c->name, STR("__Host-")))
		return c->secure && c->host_only && str_eq(c->path, STR("/"));
	return true;
}

int cookie_check(const struct cookie *c)
{
	bool written;

	if (c->name.n == 0)
		return COOKIE_NO_NAME;
	if (!is_clean(c->name) || !is_clean(c->value) || !is_clean(c->path))
		return COOKIE_BAD_BYTE;
	if (c->name.n + c->value.n > LIMIT_COOKIE || c->path.n > LIMIT_COOKIE)
		return COOKIE_TOO_LARGE;
	if (!is_host(c->domain))
		return COOKIE_BAD_DOMAIN;
	written = str_starts(c->name, STR("__Secure-")) ||
		str_starts(c->name, STR("__Host-"));
	return !written || cookie_keeps_promise(c) ? COOKIE_STORED
						   : COOKIE_BAD_PREFIX;
}
