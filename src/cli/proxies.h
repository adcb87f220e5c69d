/* Proxies on the command line and in the environment. */
#ifndef CLI_PROXIES_H
#define CLI_PROXIES_H

#include "cli/apply.h"
#include "transfer/session.h"

/* Take one of --proxy, --proxy1.0, --socks4 and so on: the last one counts. */
void proxies_choose(struct options *o, const struct option_use *use);

/* Take --haproxy-clientip. Returns 0, or -ERR_USAGE when it is no address. */
int proxies_client(struct options *o, const struct option_use *use,
	struct error *e) CHECKED;

/* The proxies of one operation; all zero at first. */
struct proxies {
	struct proxy_spec spec;
	struct user_field *fields; /* of --proxy-header */
	char *user; /* with the password that was asked for; may be NULL */
};

/* Fill `p` from the options and the environment, and let `job`, whose request
 * is filled already, use it; not when no proxy can be chosen. Warns through
 * `c`. Asks on the terminal for a password that -U leaves out. Returns 0;
 * -ERR_USAGE, naming the option, for a --preproxy that is no SOCKS proxy or a
 * malformed --proxy-header; or what proxy_parse and password_ask fail with.
 * proxies_fini is due either way. */
int proxies_init(struct proxies *p, struct job *job, struct command *c,
	const struct options *o, struct session *session,
	struct error *e) CHECKED;
void proxies_fini(struct proxies *p);

#endif
