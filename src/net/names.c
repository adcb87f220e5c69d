#include "net/names.h"

#include <arpa/inet.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/num.h"

#define HOLDS_US (60 * (int64_t)1000000) /* an entry with '+' */

struct names_entry {
	char *host; /* without a dot at its end; "*" for any */
	uint16_t port;
	int64_t until; /* DEADLINE_NONE: for ever */
	struct address *items;
	size_t n;
};

/* What is left of a text that is taken apart from its front. */
struct scan {
	struct str whole, rest;
	struct error *e;
};

static int refuse(const struct scan *s, struct str at, const char *expected)
{
	return error_set(s->e, ERR_OPTION_SYNTAX,
		"expected %s at byte offset %zu of '%.*s'", expected,
		(size_t)(at.p - s->whole.p), STR_FMT(s->whole));
}

static struct str without_dot(struct str host)
{
	if (host.n > 1 && host.p[host.n - 1] == '.')
		host.n--;
	return host;
}

/* "HOST:" or "[ADDRESS]:" */
static int take_host(struct scan *s, struct str *host)
{
	struct str before = s->rest;
	bool bracketed = str_starts(before, STR("["));

	if (bracketed) {
		if (!str_cut(str_from(before, 1), ']', host, &s->rest) ||
			!str_starts(s->rest, STR(":")))
			return refuse(s, before, "a host as [ADDRESS]:");
		s->rest = str_from(s->rest, 1);
	} else if (!str_cut(before, ':', host, &s->rest)) {
		return refuse(s, str_from(before, before.n),
			"':' and a port behind the host");
	}
	if (host->n == 0)
		return refuse(s, before, "a host, or * for any");
	*host = without_dot(*host);
	return 0;
}

static int take_port(struct scan *s, bool last, uint16_t *port)
{
	struct str before = s->rest, digits;
	bool more = str_cut(before, ':', &digits, &s->rest);
	uint64_t value;

	if (!num_decimal(digits, UINT16_MAX, &value))
		return refuse(s, before, "a port from 0 to 65535");
	if (!more && !last)
		return refuse(s, str_from(before, before.n),
			"':' and an address behind the port");
	*port = (uint16_t)value;
	return 0;
}

static bool read_address(struct address *a, struct str text, uint16_t port)
{
	char copy[INET6_ADDRSTRLEN];

	if (text.n >= 2 && text.p[0] == '[' && text.p[text.n - 1] == ']')
		text = str_first(str_from(text, 1), text.n - 2);
	if (text.n >= sizeof(copy))
		return false;
	memcpy(copy, text.p, text.n);
	copy[text.n] = '\0';
	*a = (struct address){ .n = sizeof(a->sa.v4) };
	a->sa.v4.sin_port = htons(port);
	a->sa.v4.sin_family = AF_INET;
	if (inet_pton(AF_INET, copy, &a->sa.v4.sin_addr) == 1)
		return true;
	*a = (struct address){ .n = sizeof(a->sa.v6) };
	a->sa.v6.sin6_port = htons(port);
	a->sa.v6.sin6_family = AF_INET6;
	return inet_pton(AF_INET6, copy, &a->sa.v6.sin6_addr) == 1;
}

static int take_addresses(
	struct scan *s, uint16_t port, struct addresses *found)
{
	struct str word;
	bool more = true;

	found->n = 0;
	while (more) {
		struct str before = s->rest;

		more = str_cut(before, ',', &word, &s->rest);
		if (found->n == LIMIT_ADDRESSES)
			return refuse(s, before, "no more than 64 addresses");
		if (!read_address(&found->items[found->n], word, port))
			return refuse(s, before, "an IPv4 or IPv6 address");
		found->n++;
	}
	return 0;
}

static struct names_entry *find(
	const struct names *names, struct str host, uint16_t port)
{
	for (size_t i = 0; i < names->n; i++) {
		struct names_entry *entry = &names->entries[i];

		if (entry->port == port &&
			str_eq_nocase(str_of(entry->host), host))
			return entry;
	}
	return NULL;
}

static void entry_fini(struct names_entry *entry)
{
	free(entry->host);
	free(entry->items);
}

static void take_out(struct names *names, struct names_entry *entry)
{
	size_t behind = names->n - (size_t)(entry - names->entries) - 1;

	entry_fini(entry);
	memmove(entry, entry + 1, behind * sizeof(*entry));
	names->n--;
}

static int put(struct names *names, const struct names_entry *entry)
{
	struct names_entry *entries = reallocarray(
		names->entries, names->n + 1, sizeof(*entries));

	if (!entries)
		return -ERR_OUT_OF_MEMORY;
	names->entries = entries;
	entries[names->n++] = *entry;
	return 0;
}

static int keep(struct names *names, struct str host, uint16_t port,
	const struct addresses *found, int64_t until, struct error *e)
{
	size_t size = found->n * sizeof(*found->items);
	struct names_entry entry = { .port = port, .until = until };
	struct names_entry *old = find(names, host, port);

	entry.host = str_dup(host);
	entry.items = malloc(size);
	entry.n = found->n;
	if (entry.host && entry.items) {
		memcpy(entry.items, found->items, size);
		if (old)
			take_out(names, old);
		if (put(names, &entry) == 0)
			return 0;
	}
	entry_fini(&entry);
	return error_memory(e);
}

int names_add(
	struct names *names, struct str text, int64_t now, struct error *e)
{
	struct scan s = { text, text, e };
	bool remove = str_starts(text, STR("-"));
	bool brief = str_starts(text, STR("+"));
	struct names_entry *old;
	struct addresses found;
	struct str host;
	uint16_t port = 0;

	if (remove || brief)
		s.rest = str_from(text, 1);
	if (take_host(&s, &host) < 0 || take_port(&s, remove, &port) < 0)
		return -e->code;
	if (remove) {
		old = find(names, host, port);
		if (old)
			take_out(names, old);
		return 0;
	}
	if (take_addresses(&s, port, &found) < 0)
		return -e->code;
	return keep(names, host, port, &found,
		brief ? now + HOLDS_US : DEADLINE_NONE, e);
}

bool names_find(const struct names *names, const char *host, uint16_t port,
	int64_t now, struct addresses *out)
{
	const struct names_entry *entry;

	entry = find(names, without_dot(str_of(host)), port);
	if (!entry || entry->until <= now)
		entry = find(names, STR("*"), port);
	if (!entry || entry->until <= now)
		return false;
	memcpy(out->items, entry->items, entry->n * sizeof(*entry->items));
	out->n = entry->n;
	return true;
}

void names_fini(struct names *names)
{
	for (size_t i = 0; i < names->n; i++)
		entry_fini(&names->entries[i]);
	free(names->entries);
	*names = (struct names){ 0 };
}
