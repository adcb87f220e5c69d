#include "policy/cookie_store.h"

#include <stdlib.h>

#include "base/ascii.h"

#define FIRST_SLOTS 64

/* --- hashes (FNV-1a) */

static uint64_t hash_byte(uint64_t hash, char c)
{
	return (hash ^ (unsigned char)c) * 0x100000001b3;
}

/* Without case, which is right for domains and does no harm elsewhere. The
 * length goes in first, so that "ab", "c" and "a", "bc" differ. */
static uint64_t hash_str(uint64_t hash, struct str s)
{
	hash = hash_byte(hash, (char)s.n);
	for (size_t i = 0; i < s.n; i++)
		hash = hash_byte(hash, ascii_lower(s.p[i]));
	return hash;
}

/* Where the jar lies in memory differs from run to run, so that a server does
 * not know which names collide. */
static uint64_t hash_key(const struct cookie_jar *jar, enum cookie_index index,
	const struct cookie *key)
{
	uint64_t hash = 0xcbf29ce484222325 ^ (uintptr_t)jar;

	if (index != COOKIE_BY_NAME)
		hash = hash_str(hash, key->domain);
	if (index != COOKIE_BY_DOMAIN)
		hash = hash_str(hash, key->name);
	if (index == COOKIE_BY_IDENTITY)
		hash = hash_str(hash, key->path);
	/* The low bits of FNV-1a know nothing of the high ones. */
	return hash ^ (hash >> 32);
}

static bool keys_equal(
	enum cookie_index index, const struct cookie *a, const struct cookie *b)
{
	if (index != COOKIE_BY_NAME && !str_eq_nocase(a->domain, b->domain))
		return false;
	if (index != COOKIE_BY_DOMAIN && !str_eq(a->name, b->name))
		return false;
	return index != COOKIE_BY_IDENTITY ||
		(a->host_only == b->host_only && str_eq(a->path, b->path));
}

static struct cookie_entry *find_from(struct cookie_entry *entry,
	enum cookie_index index, uint64_t hash, const struct cookie *key)
{
	while (entry &&
		(entry->link[index].hash != hash ||
			!keys_equal(index, &entry->cookie, key)))
		entry = entry->link[index].next;
	return entry;
}

struct cookie_entry *cookie_store_find(const struct cookie_jar *jar,
	enum cookie_index index, const struct cookie *key)
{
	uint64_t hash;

	if (jar->n == 0)
		return NULL;
	hash = hash_key(jar, index, key);
	return find_from(jar->slots[index][hash & (jar->slot_count - 1)], index,
		hash, key);
}

struct cookie_entry *cookie_store_next(
	const struct cookie_entry *entry, enum cookie_index index)
{
	return find_from(entry->link[index].next, index,
		entry->link[index].hash, &entry->cookie);
}

/* --- changes */

static void link_entry(struct cookie_jar *jar, struct cookie_entry *entry)
{
	for (int i = 0; i < COOKIE_INDEXES; i++) {
		size_t slot = entry->link[i].hash & (jar->slot_count - 1);
		struct cookie_entry **from = &jar->slots[i][slot];

		entry->link[i].next = *from;
		entry->link[i].from = from;
		if (*from)
			(*from)->link[i].from = &entry->link[i].next;
		*from = entry;
	}
}

static void unlink_entry(struct cookie_entry *entry)
{
	for (int i = 0; i < COOKIE_INDEXES; i++) {
		struct cookie_entry *next = entry->link[i].next;

		*entry->link[i].from = next;
		if (next)
			next->link[i].from = entry->link[i].from;
	}
}

size_t cookie_store_list(struct cookie_jar *jar)
{
	struct cookie_entry *entry;
	size_t n = 0;

	for (size_t i = 0; i < jar->slot_count; i++)
		for (entry = jar->slots[0][i]; entry;
			entry = entry->link[0].next)
			jar->scratch[n++] = entry;
	return n;
}

/* Room for one more entry: as many slots as entries, all in one allocation. */
static bool grow(struct cookie_jar *jar)
{
	size_t count = jar->slot_count ? 2 * jar->slot_count : FIRST_SLOTS;
	struct cookie_entry **slots, **old = jar->slots[0];
	size_t n;

	if (jar->n < jar->slot_count)
		return true;
	slots = calloc(
		(COOKIE_INDEXES + 1) * count, sizeof(struct cookie_entry *));
	if (!slots)
		return false;
	jar->scratch = slots + COOKIE_INDEXES * count;
	n = cookie_store_list(jar);
	for (size_t i = 0; i < COOKIE_INDEXES; i++)
		jar->slots[i] = slots + i * count;
	jar->slot_count = count;
	for (size_t i = 0; i < n; i++)
		link_entry(jar, jar->scratch[i]);
	free(old);
	return true;
}

static struct str copy_to(char **to, struct str s)
{
	struct str copy = { *to, s.n };

	if (s.n)
		memcpy(*to, s.p, s.n);
	*to += s.n;
	return copy;
}

static struct cookie_entry *entry_new(const struct cookie *c)
{
	struct cookie_entry *entry = malloc(sizeof(*entry) + c->name.n +
		c->value.n + c->domain.n + c->path.n);
	char *to;

	if (!entry)
		return NULL;
	to = entry->bytes;
	entry->cookie = *c;
	entry->cookie.name = copy_to(&to, c->name);
	entry->cookie.value = copy_to(&to, c->value);
	entry->cookie.domain = copy_to(&to, c->domain);
	entry->cookie.path = copy_to(&to, c->path);
	return entry;
}

int cookie_store_put(struct cookie_jar *jar, const struct cookie *c,
	struct cookie_entry *old)
{
	struct cookie_entry *entry;

	if (!grow(jar) || !(entry = entry_new(c)))
		return -ERR_OUT_OF_MEMORY;
	entry->used = ++jar->clock;
	entry->created = old ? old->created : entry->used;
	if (old)
		cookie_store_remove(jar, old);
	for (int i = 0; i < COOKIE_INDEXES; i++)
		entry->link[i].hash = hash_key(
			jar, (enum cookie_index)i, &entry->cookie);
	link_entry(jar, entry);
	jar->n++;
	return 0;
}

void cookie_store_remove(struct cookie_jar *jar, struct cookie_entry *entry)
{
	unlink_entry(entry);
	free(entry);
	jar->n--;
}

void cookie_store_fini(struct cookie_jar *jar)
{
	size_t n = cookie_store_list(jar);

	for (size_t i = 0; i < n; i++)
		free(jar->scratch[i]);
	free(jar->slots[0]);
}
