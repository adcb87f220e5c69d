/* Addresses that the user gives for names (--resolve): what is asked before
 * the system's resolver is. */
#ifndef NET_NAMES_H
#define NET_NAMES_H

#include <stdbool.h>

#include "base/str.h"
#include "net/resolve.h"

struct names {
	struct names_entry *entries;
	size_t n;
};

/* Take "[+]HOST:PORT:ADDRESS[,ADDRESS]...", or "-HOST:PORT", which takes an
 * entry out again. HOST "*" is any; names are compared without case and without
 * a dot at their end. IPv6 addresses may stand in brackets. A '+' lets the
 * entry hold for a minute from `now` (clock_now()) on. An entry takes the place
 * of an earlier one of the same host and port. Returns 0; -ERR_OPTION_SYNTAX
 * with the byte's offset (from 0) in the message; -ERR_OUT_OF_MEMORY. `names`
 * may be all zero at first. */
int names_add(struct names *names, struct str text, int64_t now,
	struct error *e) CHECKED;

/* Fill `out` from the entry of `host` at `port`, else from that of any host at
 * this port; an entry that has run out at `now` is none. False when there is
 * none. */
bool names_find(const struct names *names, const char *host, uint16_t port,
	int64_t now, struct addresses *out);

/* Let go of the entries. */
void names_fini(struct names *names);

#endif
