/* Where a jar keeps its cookies, found by domain, by name and by identity
 * without a look at the others. The caller holds the jar's lock. */
#ifndef POLICY_COOKIE_STORE_H
#define POLICY_COOKIE_STORE_H

#include "base/lock.h"
#include "policy/cookie_rules.h"

enum cookie_index {
	COOKIE_BY_DOMAIN,
	COOKIE_BY_NAME,
	/* Name, domain, host-only-flag and path (rfc6265bis section 5.7); no
	 * two cookies share it. */
	COOKIE_BY_IDENTITY,
	COOKIE_INDEXES
};

struct cookie_entry {
	struct cookie cookie; /* its strs point to `bytes` */
	uint64_t created, used; /* on the jar's clock */
	struct {
		struct cookie_entry *next, **from;
		uint64_t hash;
	} link[COOKIE_INDEXES];
	char bytes[];
};

struct cookie_jar {
	struct lock *lock;
	struct cookie_entry **slots[COOKIE_INDEXES];
	struct cookie_entry **scratch; /* room for all entries, to sort them */
	size_t slot_count; /* of each index, a power of 2; 0 at first */
	size_t n; /* entries */
	size_t loaded; /* from files: these are beside the limits */
	uint64_t clock; /* counts insertions and uses */
	bool unlisted; /* see cookie_jar_unlisted */
};

/* The first entry that is equal to `key` in what `index` stands for, or NULL;
 * names and paths are compared as they are, domains without case. */
struct cookie_entry *cookie_store_find(const struct cookie_jar *jar,
	enum cookie_index index, const struct cookie *key);

/* The next one that is equal to `entry` in it, or NULL. */
struct cookie_entry *cookie_store_next(
	const struct cookie_entry *entry, enum cookie_index index);

/* Keep a copy of `c` in the place of `old`, whose time of creation it takes
 * over, or as a new one when that is NULL. Returns 0, or -ERR_OUT_OF_MEMORY
 * with nothing changed. */
int cookie_store_put(struct cookie_jar *jar, const struct cookie *c,
	struct cookie_entry *old) CHECKED;

/* Take it out and free it. */
void cookie_store_remove(struct cookie_jar *jar, struct cookie_entry *entry);

/* All entries into jar->scratch, in no order. Returns their number. */
size_t cookie_store_list(struct cookie_jar *jar);

/* Free all entries and the indexes. */
void cookie_store_fini(struct cookie_jar *jar);

#endif
