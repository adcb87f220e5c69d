/* Where a connection really goes when it does not go where the URL says:
 * --connect-to, --unix-socket. */
#ifndef NET_ROUTE_H
#define NET_ROUTE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/error.h"
#include "base/str.h"

/* What is meant for one host and port goes to another. */
struct detour {
	const char *from_host; /* "": any; an address without brackets */
	const char *to_host; /* "": the same */
	bool any_port;
	uint16_t from_port;
	uint16_t to_port; /* 0: the same */
};

/* Take "HOST1:PORT1:HOST2:PORT2" apart, each of which may be empty, the last
 * one left out with its colon; the hosts may stand in brackets. `text` is split
 * in place, and borrowed by `out`. Returns 0, or -ERR_OPTION_SYNTAX with the
 * byte's offset (from 0) in the message and `text` as it was. */
int detour_parse(struct detour *out, char *text, struct error *e) CHECKED;

/* All zero is what the URL says. Everything in it is borrowed. */
struct route {
	const char *socket; /* a Unix socket as unix_connect takes it */
	const char *host; /* NULL: the same */
	uint16_t port; /* 0: the same */
};

/* The route to `host` at `port`: through `socket` when that is not NULL, else
 * by the first of the `n` detours that fits. */
struct route route_find(const char *socket, const struct detour *detours,
	size_t n, const char *host, uint16_t port);

bool route_equal(const struct route *a, const struct route *b);

#endif
