/* Options that lead connections elsewhere: --resolve, --connect-to,
 * --unix-socket. */
#ifndef CLI_PEERS_H
#define CLI_PEERS_H

#include "cli/apply.h"
#include "net/names.h"

/* Take one more --resolve or --connect-to. Host names are put into ASCII.
 * Return 0; -ERR_OPTION_SYNTAX, or -ERR_URL_MALFORMED for a name that IDNA
 * does not know, with the option and the byte's offset in the message;
 * -ERR_NOT_BUILT_IN; -ERR_OUT_OF_MEMORY. */
int peers_add_name(struct command *c, struct options *o,
	const struct option_use *use, struct error *e) CHECKED;
int peers_add_detour(struct command *c, struct options *o,
	const struct option_use *use, struct error *e) CHECKED;

/* Take --unix-socket, or `abstract` --abstract-unix-socket. Returns 0,
 * -ERR_USAGE for a path that no socket can have, -ERR_OUT_OF_MEMORY. */
int peers_add_socket(struct command *c, struct options *o, bool abstract,
	const struct option_use *use, struct error *e) CHECKED;

/* Fill `names`, which are empty, with the entries of --resolve in all
 * operations up to `o` of `c`. Returns 0 or -ERR_OUT_OF_MEMORY. */
int peers_init(struct names *names, const struct command *c,
	const struct options *o, struct error *e) CHECKED;

#endif
