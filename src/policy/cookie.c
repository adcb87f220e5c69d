#include "policy/cookie.h"

#include <stdlib.h>

#include "policy/cookie_store.h"
#include "policy/psl.h"

/* Who sets cookies, or is sent them. */
struct peer {
	struct str host; /* empty: none that can have cookies */
	bool is_address, secure;
};

struct cookie_jar *cookie_jar_new(struct error *e)
{
	struct cookie_jar *jar = calloc(1, sizeof(*jar));

	if (!jar) {
		error_memory(e);
		return NULL;
	}
	jar->lock = lock_new(e);
	if (!jar->lock) {
		free(jar);
		return NULL;
	}
	return jar;
}

void cookie_jar_free(struct cookie_jar *jar)
{
	if (!jar)
		return;
	cookie_store_fini(jar);
	lock_free(jar->lock);
	free(jar);
}

const char *cookie_verdict_text(int verdict)
{
	static const char *const texts[] = {
		[COOKIE_STORED] = "the cookie is stored",
		[COOKIE_REPLACED] = "the cookie replaces an earlier one",
		[COOKIE_EXPIRED] = "the cookie has expired, and is deleted",
		[COOKIE_NO_NAME] = "there is no name before a '=' (RFC "
				   "6265 section 5.2)",
		[COOKIE_BAD_BYTE] = "a control character is in the cookie",
		[COOKIE_TOO_LARGE] = "name and value, or the path, are larger "
				     "than 4096 bytes",
		[COOKIE_BAD_DOMAIN] =
			"the domain is not the host's, or none at all (RFC "
			"6265 section 5.3 step 6)",
		[COOKIE_PUBLIC_SUFFIX] =
			"the domain is a public suffix (RFC 6265 "
			"section 5.3 step 5)",
		[COOKIE_NOT_SECURE] = "a secure cookie can be set or replaced "
				      "over https only",
		[COOKIE_BAD_PREFIX] = "the cookie is not what the prefix of "
				      "its name promises",
		[COOKIE_TOO_MANY] = "there are too many cookies",
	};

	if (verdict < 0 || (size_t)verdict >= sizeof(texts) / sizeof(texts[0]))
		return "the cookie could not be stored";
	return texts[verdict];
}

/* --- peers */

/* The value of a Host field without its port, and without brackets. */
static struct str host_of_field(struct str field)
{
	struct str host, rest;

	field = str_trim(field);
	if (field.n && field.p[0] == '[') {
		str_cut(str_from(field, 1), ']', &host, &rest);
		return host;
	}
	str_cut(field, ':', &host, &rest);
	return host;
}

static bool is_loopback(struct str host)
{
	return str_eq_nocase(host, STR("localhost")) ||
		str_eq(host, STR("127.0.0.1")) || str_eq(host, STR("::1"));
}

/* A Host field alone makes no peer secure. */
static struct peer peer_of(const struct url *url, struct str host)
{
	bool given = host.n > 0;
	struct peer peer = { .host = given ? host_of_field(host) : url->host };

	if (peer.host.n > LIMIT_COOKIE_HOST)
		peer.host.n = 0;
	peer.is_address = given ? cookie_host_is_address(peer.host)
				: url->host_kind != URL_HOST_NAME;
	peer.secure = str_eq(url->scheme, STR("https")) ||
		(is_loopback(url->host) && is_loopback(peer.host));
	return peer;
}

/* --- receiving (section 5.3) */

/* Section 5.3 steps 4 to 6. The domain is compared first, as the list of public
 * suffixes need not be loaded for what fails there. */
static int place_domain(
	struct cookie *c, const struct peer *peer, bool *unlisted)
{
	int is_public;

	if (peer->host.n == 0)
		return COOKIE_BAD_DOMAIN;
	if (c->domain.n == 0) {
		c->host_only = true;
		c->domain = peer->host;
		return COOKIE_STORED;
	}
	if (!cookie_domain_matches(peer->host, peer->is_address, c->domain))
		return COOKIE_BAD_DOMAIN;
	is_public = peer->is_address ? 0 : psl_is_public(c->domain);
	if (is_public > 0 && c->domain.n != peer->host.n)
		return COOKIE_PUBLIC_SUFFIX;
	*unlisted = is_public == PSL_UNKNOWN;
	if (*unlisted)
		c->domain = peer->host;
	c->host_only = is_public != 0 || peer->is_address;
	return COOKIE_STORED;
}

static int place(struct cookie *c, const struct peer *peer,
	const struct url *url, bool *unlisted)
{
	int verdict = place_domain(c, peer, unlisted);

	if (verdict != COOKIE_STORED)
		return verdict;
	if (c->path.n == 0)
		c->path = cookie_path_clean(cookie_path_default(url->path));
	if (c->secure && !peer->secure)
		return COOKIE_NOT_SECURE;
	if (!cookie_keeps_promise(c))
		return COOKIE_BAD_PREFIX;
	return cookie_check(c);
}

/* A cookie that does not come from a secure peer would be sent beside or
 * instead of a secure one (rfc6265bis section 5.7). */
static bool covers_secure(const struct cookie_jar *jar, const struct cookie *c)
{
	struct cookie_entry *entry;

	for (entry = cookie_store_find(jar, COOKIE_BY_NAME, c); entry;
		entry = cookie_store_next(entry, COOKIE_BY_NAME)) {
		const struct cookie *old = &entry->cookie;

		if (old->secure && cookie_path_matches(c->path, old->path) &&
			(cookie_domain_matches(c->domain, false, old->domain) ||
				cookie_domain_matches(
					old->domain, false, c->domain)))
			return true;
	}
	return false;
}

/* `a` has to go before `b` when there are too many (section 5.3, and rfc6265bis
 * section 5.7 for those that are not secure). */
static bool goes_first(
	const struct cookie_entry *a, const struct cookie_entry *b, int64_t now)
{
	bool a_expired = cookie_expired(&a->cookie, now);
	bool b_expired = cookie_expired(&b->cookie, now);

	if (a_expired != b_expired)
		return a_expired;
	if (a->cookie.secure != b->cookie.secure)
		return b->cookie.secure;
	return a->used < b->used;
}

/* Where the domain of `c` has too many cookies, remove one. False when that
 * could only be a secure one, which no other takes the place of. */
static bool thin_domain(
	struct cookie_jar *jar, const struct cookie *c, int64_t now)
{
	struct cookie_entry *entry, *victim = NULL;
	size_t n = 0;

	for (entry = cookie_store_find(jar, COOKIE_BY_DOMAIN, c); entry;
		entry = cookie_store_next(entry, COOKIE_BY_DOMAIN)) {
		n++;
		if (!victim || goes_first(entry, victim, now))
			victim = entry;
	}
	if (n < LIMIT_COOKIES_OF_DOMAIN)
		return true;
	if (victim->cookie.secure && !c->secure &&
		!cookie_expired(&victim->cookie, now))
		return false;
	cookie_store_remove(jar, victim);
	return true;
}

static bool is_full(const struct cookie_jar *jar)
{
	return jar->n >= jar->loaded + LIMIT_COOKIES;
}

/* False when there is no room for a new one. Removing those of other domains
 * would let one server empty the jar. */
static bool make_room(
	struct cookie_jar *jar, const struct cookie *c, int64_t now)
{
	size_t n;

	if (!thin_domain(jar, c, now))
		return false;
	if (!is_full(jar))
		return true;
	n = cookie_store_list(jar);
	for (size_t i = 0; i < n; i++)
		if (cookie_expired(&jar->scratch[i]->cookie, now))
			cookie_store_remove(jar, jar->scratch[i]);
	return !is_full(jar);
}

static int store(struct cookie_jar *jar, const struct cookie *c,
	const struct peer *peer, int64_t now)
{
	struct cookie_entry *old;

	if (!c->secure && !peer->secure && covers_secure(jar, c))
		return COOKIE_NOT_SECURE;
	old = cookie_store_find(jar, COOKIE_BY_IDENTITY, c);
	if (cookie_expired(c, now)) {
		if (old)
			cookie_store_remove(jar, old);
		return COOKIE_EXPIRED;
	}
	if (!old && !make_room(jar, c, now))
		return COOKIE_TOO_MANY;
	if (cookie_store_put(jar, c, old) < 0)
		return -ERR_OUT_OF_MEMORY;
	return old ? COOKIE_REPLACED : COOKIE_STORED;
}

int cookie_receive(struct cookie_jar *jar, struct str value,
	const struct url *url, struct str host, int64_t now)
{
	struct peer peer = peer_of(url, host);
	bool unlisted = false;
	struct cookie c;
	int verdict = cookie_parse(value, now, &c);

	if (verdict == COOKIE_STORED)
		verdict = place(&c, &peer, url, &unlisted);
	if (verdict != COOKIE_STORED)
		return verdict;
	c.received = true;
	lock_take(jar->lock);
	verdict = store(jar, &c, &peer, now);
	jar->unlisted |= unlisted;
	lock_give(jar->lock);
	return verdict;
}

bool cookie_jar_unlisted(struct cookie_jar *jar)
{
	bool unlisted;

	lock_take(jar->lock);
	unlisted = jar->unlisted;
	jar->unlisted = false;
	lock_give(jar->lock);
	return unlisted;
}

/* --- sending (section 5.4) */

static bool is_for(
	const struct cookie *c, const struct peer *peer, const struct url *url)
{
	if (c->host_only && c->domain.n != peer->host.n)
		return false;
	if (c->secure && !peer->secure)
		return false;
	return cookie_path_matches(url->path, c->path);
}

/* Add those of one domain to the `n` in jar->scratch; the expired are dropped.
 * Returns the new number. */
static size_t collect(struct cookie_jar *jar, struct str domain,
	const struct peer *peer, const struct url *url, int64_t now, size_t n)
{
	struct cookie key = { .domain = domain };
	struct cookie_entry *entry, *next;

	for (entry = cookie_store_find(jar, COOKIE_BY_DOMAIN, &key); entry;
		entry = next) {
		next = cookie_store_next(entry, COOKIE_BY_DOMAIN);
		if (cookie_expired(&entry->cookie, now))
			cookie_store_remove(jar, entry);
		else if (is_for(&entry->cookie, peer, url))
			jar->scratch[n++] = entry;
	}
	return n;
}

/* All that go to the peer: those of its host, of each domain above it, and of
 * none. */
static size_t collect_all(struct cookie_jar *jar, const struct peer *peer,
	const struct url *url, int64_t now)
{
	struct str domain = peer->host, label;
	size_t n = 0;

	while (domain.n) {
		n = collect(jar, domain, peer, url, now, n);
		if (peer->is_address)
			break;
		str_cut(domain, '.', &label, &domain);
	}
	return collect(jar, STR(""), peer, url, now, n);
}

static int compare_sizes(size_t a, size_t b)
{
	return a > b ? -1 : a < b;
}

static int compare_for_request(const void *left, const void *right)
{
	const struct cookie_entry *a = *(struct cookie_entry *const *)left;
	const struct cookie_entry *b = *(struct cookie_entry *const *)right;
	int order = compare_sizes(a->cookie.path.n, b->cookie.path.n);

	if (order == 0)
		order = compare_sizes(a->cookie.domain.n, b->cookie.domain.n);
	if (order == 0)
		order = compare_sizes(a->cookie.name.n, b->cookie.name.n);
	if (order == 0)
		order = a->created > b->created ? -1 : 1;
	return order;
}

/* Write the first of the `n` in jar->scratch, as many as are allowed. */
static void write_list(struct cookie_jar *jar, size_t n, struct buf *out)
{
	size_t left = LIMIT_COOKIE_FIELD - strlen("Cookie: ");

	for (size_t i = 0; i < n && i < LIMIT_COOKIES_SENT; i++) {
		const struct cookie *c = &jar->scratch[i]->cookie;
		struct str separator = i ? STR("; ") : STR("");
		size_t size = separator.n + c->name.n + 1 + c->value.n;

		if (size > left)
			return;
		left -= size;
		jar->scratch[i]->used = ++jar->clock;
		buf_add_str(out, separator);
		buf_add_str(out, c->name);
		buf_add_char(out, '=');
		buf_add_str(out, c->value);
	}
}

void cookie_send(struct cookie_jar *jar, const struct url *url, struct str host,
	int64_t now, struct buf *out)
{
	struct peer peer = peer_of(url, host);
	size_t n;

	if (peer.host.n == 0)
		return;
	lock_take(jar->lock);
	n = collect_all(jar, &peer, url, now);
	if (n) {
		qsort(jar->scratch, n, sizeof(jar->scratch[0]),
			compare_for_request);
		write_list(jar, n, out);
	}
	lock_give(jar->lock);
}
