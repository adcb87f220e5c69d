/* HTTP Strict Transport Security (RFC 6797): which hosts are to be spoken to
 * over https alone, and curl's file of them. The list locks itself. Times are
 * seconds since 1970. */
#ifndef POLICY_HSTS_H
#define POLICY_HSTS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

struct hsts;

/* An empty list, NULL when memory is out. */
struct hsts *hsts_new(struct error *e) CHECKED;
void hsts_free(struct hsts *hsts); /* NULL is allowed */

/* What a Strict-Transport-Security field says. */
struct hsts_policy {
	uint64_t max_age; /* seconds; 0: forget the host */
	bool subdomains; /* includeSubDomains */
};

/* Read the value of such a field (RFC 6797 section 6.1); unknown directives are
 * ignored. False when it is malformed, names a directive twice or lacks
 * max-age. A max-age above UINT64_MAX is that. */
bool hsts_parse(struct hsts_policy *policy, struct str value);

/* Obey the policy that `host`, a name and no address, has sent over https
 * without an error or a warning. Returns 0 or -ERR_OUT_OF_MEMORY. */
int hsts_note(struct hsts *hsts, struct str host,
	const struct hsts_policy *policy, int64_t now) CHECKED;

/* Whether `host`, a name and no address, is to be spoken to over https alone
 * (RFC 6797 section 8.2): it is known itself, or a domain above it that
 * includes its subdomains. Case, and a dot at the end, mean nothing. */
bool hsts_knows(struct hsts *hsts, struct str host, int64_t now);

/* The lines of a file that name no host. */
struct hsts_skips {
	size_t count;
	size_t line, byte; /* of the first: from 1, from 0 */
	const char *why; /* static; NULL when the count is 0 */
};

/* Read a file's content: lines of a host, with a dot in front when subdomains
 * are included, and "YYYYMMDD HH:MM:SS" in UTC or "unlimited" in quotes;
 * comments begin with '#'. Of two entries of a host the one that holds longer
 * counts, and what the host has said since over both; those that have run out
 * at `now` are dropped. Returns 0 or -ERR_OUT_OF_MEMORY. */
int hsts_load(struct hsts *hsts, struct str content, int64_t now,
	struct hsts_skips *skips) CHECKED;

/* Append the list as such a file, in the order in which hosts became known. */
void hsts_save(struct hsts *hsts, int64_t now, struct buf *out);

#endif
