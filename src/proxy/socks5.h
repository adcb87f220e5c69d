/* The messages of SOCKS 5 (RFC 1928) and of its authentication by user and
 * password (RFC 1929). Sans I/O.
 *
 * The functions that judge get what has come so far of a message. They return 1
 * when it is whole and good; 0 when it has to be `*length` bytes long before
 * more can be said, which is never more than it has; -ERR_PROXY as soon as it
 * shows that it is not good. */
#ifndef PROXY_SOCKS5_H
#define PROXY_SOCKS5_H

#include "base/buf.h"
#include "proxy/socks_target.h"

#define SOCKS5_REPLY_MAX 262 /* the longest message that is judged */

/* Append the choice of methods (RFC 1928 section 3): none, and user and
 * password if those can be given. */
void socks5_greeting(struct buf *out, bool with_password);

/* Judge the proxy's choice, of which `*wants_password` then tells. */
int socks5_method(struct str in, size_t *length, bool *wants_password,
	struct error *e) CHECKED;

/* Append user and password (RFC 1929 section 2); -ERR_PROXY, and nothing
 * appended, when one is too long. */
int socks5_password(struct buf *out, const char *user, const char *password,
	struct error *e) CHECKED;

/* Judge the answer to them. */
int socks5_password_reply(
	struct str in, size_t *length, struct error *e) CHECKED;

/* Append a CONNECT request (RFC 1928 section 4); -ERR_PROXY, and nothing
 * appended, when the name is too long. */
int socks5_request(struct buf *out, const struct socks_target *target,
	struct error *e) CHECKED;

/* What has come of the reply to it says that this address cannot be connected
 * to, which another address might (RFC 1928 section 6). */
bool socks5_unreachable(struct str in);

/* Judge the reply to it (RFC 1928 section 6), the words for whose code are in
 * the error. */
int socks5_reply(struct str in, size_t *length, struct error *e) CHECKED;

#endif
