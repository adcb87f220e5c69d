/* netrc files: login and password of a machine. The content is given; reading
 * the file is for others. */
#ifndef POLICY_NETRC_H
#define POLICY_NETRC_H

#include "base/buf.h"
#include "base/error.h"

struct netrc_entry {
	struct buf login, password; /* unquoted; see has_ */
	bool has_login, has_password;
};

/* Find `host` (and `login`, when that is not {NULL, 0}: only an entry with that
 * login or with none fits) in the netrc `content`; `default` fits every host
 * not named before. The first entry with a password and, unless `login` is
 * given, a login is taken, else the first with one of them; what follows a
 * taken one is not read. Words may be in double quotes, with \n, \r, \t and
 * \ before any other character; comments and macdef are understood, unknown
 * words ignored. Returns 1 when found, 0 when not, -ERR_READ for a malformed
 * file: the message names what is wrong, the line (from 1) and the byte offset
 * in it (from 0), and " of FILE" may be appended to it. -ERR_TOO_LARGE for a
 * word of more than LIMIT_CONFIG_LINE bytes, or -ERR_OUT_OF_MEMORY. `entry` is
 * new and needs netrc_fini in any case. */
int netrc_find(struct netrc_entry *entry, struct str content, struct str host,
	struct str login, struct error *e) CHECKED;

void netrc_init(struct netrc_entry *entry);
void netrc_fini(struct netrc_entry *entry);

#endif
